// Registers <role-assistant>. To register it under another name, import the class and do so yourself.
import { RoleAssistant } from "./role-assistant.js";

if (!customElements.get("role-assistant")) {
  customElements.define("role-assistant", RoleAssistant);
}

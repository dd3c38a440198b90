// The chat widget: a round button that opens a dialog, which asks the assistant and shows answers with their sources.
// It stores nothing and talks to one host. Importing this file does nothing; widget.js registers the element.
// docs/embed.md tells its attributes, parts and events.
import { Client, Failure } from "./client.js";
import { button, element, say } from "./parts.js";
import { Reply } from "./reply.js";
import { STYLE } from "./style.js";
import { words } from "./words.js";

const LIMIT = 2000; // characters of a question, as the server counts them
const NEAR = 0.9; // the share of it from which on they are counted
const [TURNS, TURN] = [8, 1500]; // the turns that are sent with a question, and their characters, at most
const SLOW = 6000; // milliseconds
const AGAIN = 5000; // and until words that did not come are asked for again
const EXAMPLES = 4;
const PHONE = matchMedia("(max-width: 30em), (max-height: 26em)"); // here the dialog fills the screen and is modal

export class RoleAssistant extends HTMLElement {
  static observedAttributes = ["open", "title", "lang", "full"];

  fetch = (...args) => globalThis.fetch(...args);
  voting = true;
  examples = [];
  client = new Client(
    () => this.server,
    (...args) => this.fetch(...args),
  );
  #turns = []; // what was said, oldest first
  #running = null; // the AbortController of the question that is being answered
  #asked = false; // whether the page's address was looked at for a question
  #suggested = null; // the promise of examples, once the dialog was open
  #speaking = null; // the language that is being fetched
  #built;
  #ready = new Promise((done) => (this.#built = done)); // until there are words

  constructor() {
    super();
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(STYLE);
    this.attachShadow({ mode: "open" }).adoptedStyleSheets = [sheet];
  }

  connectedCallback() {
    PHONE.addEventListener("change", this.#reopen);
    if (this.words) this.#show(false);
    else this.#speak();
    const asked = this.full && !this.#asked && new URLSearchParams(location.search).get("q");
    this.#asked = true;
    if (asked) this.ask(asked);
  }

  disconnectedCallback() {
    PHONE.removeEventListener("change", this.#reopen);
    this.#running?.abort();
  }

  attributeChangedCallback(name) {
    if (name === "lang" && this.#speaking) this.#speak();
    if (!this.words) return;
    if (name === "open") this.#show(true);
    else if (name === "full") this.#reopen();
    else if (name === "title") this.#label();
  }

  /** The base URL of the assistant. */
  get server() {
    return new URL(this.getAttribute("server") ?? new URL("../", import.meta.url), document.baseURI);
  }

  get open() {
    return this.hasAttribute("open");
  }

  set open(value) {
    this.toggleAttribute("open", Boolean(value));
  }

  /** Whether it fills the window while it is open, as the page of an assistant. */
  get full() {
    return this.hasAttribute("full");
  }

  get #modal() {
    return this.full || PHONE.matches;
  }

  get busy() {
    return this.#running !== null;
  }

  /** Asks, and shows what comes back. While another question is being answered, the text waits in the field. */
  async ask(text, within = null) {
    const question = text.trim();
    if (!question) return;
    await this.#ready;
    this.open = true;
    if (this.busy || characters(question).length > LIMIT) {
      this.input.value ||= question;
      this.#count();
      return;
    }
    for (const each of this.log.querySelectorAll(".greeting .first")) each.remove();
    const heading = element("h3", { class: "hidden" }, this.words.asked);
    const bubble = element("div", { class: "question" }, heading, element("p", { class: "text" }, question));
    if (within) bubble.append(element("p", { class: "note" }, say(this.words.within, { title: within.document_title })));
    const reply = element("div", { class: "reply" });
    const exchange = element("article", {}, bubble, reply);
    this.log.append(exchange);
    const filters = within && { filters: { document_ids: [within.document_id] } };
    await this.#run(question, { reply, exchange, filters });
  }

  /** Buttons that ask these questions. */
  offer(questions) {
    const items = questions.map((question) => {
      const ask = () => {
        this.input.focus();
        this.ask(question);
      };
      return element("li", {}, button(question, ask));
    });
    return element("ul", { class: "examples" }, ...items);
  }

  /** The server takes no votes: nobody is asked for one any more. */
  stopVoting() {
    this.voting = false;
    for (const votes of this.log.querySelectorAll(".votes, .why")) votes.remove();
  }

  async #run(question, { reply, exchange, filters }) {
    const running = new AbortController();
    const busy = element("p", { class: "busy" }, this.words.looking);
    const slow = setTimeout(() => busy.replaceChildren(this.words.slow), SLOW);
    const follow = this.#follower(exchange);
    const shown = element("div", { class: "blocks" });
    const made = new Reply(shown, this);
    reply.replaceChildren(shown, busy);
    this.#wait(running);
    follow();
    try {
      const block = (each) => {
        made.add(each);
        follow();
      };
      const body = { question, history: this.#turns.slice(-TURNS), ...filters };
      const answer = await this.client.ask(body, { signal: running.signal, block });
      made.finish(answer);
      const turns = [turn("user", question), ...(answer.answer ? [turn("assistant", answer.answer)] : [])];
      if (answer.reason !== "greeting") this.#turns.push(...turns);
      this.#tell("answer", { question, answer });
    } catch (error) {
      const { kind, values, problem } = error instanceof Failure ? error : new Failure("broken");
      const message = say(this.words[kind], values);
      const again = () => {
        this.input.focus();
        if (!this.busy) this.#run(question, { reply, exchange, filters });
      };
      made.fail(message, again);
      if (!(error instanceof Failure)) console.error(error);
      if (kind !== "stopped") this.#tell("error", { question, message, problem });
    } finally {
      clearTimeout(slow);
      busy.remove();
      if (this.#running === running) this.#wait(null);
      follow();
    }
  }

  /** Keeps an exchange in view as it grows, with its question at the top, until someone scrolls. */
  #follower(exchange) {
    let at = null;
    return () => {
      if (at !== null && Math.abs(this.log.scrollTop - at) > 2) return;
      this.log.scrollTop = exchange.offsetTop - 12;
      at = this.log.scrollTop;
    };
  }

  #wait(running) {
    const focused = this.shadowRoot.activeElement;
    this.#running = running;
    this.sender.hidden = running !== null;
    this.stopper.hidden = running === null;
    if (focused === this.sender || focused === this.stopper) this.input.focus();
  }

  /** Gets the words of its language, and is built of them; what has been said stays. */
  async #speak() {
    const speaking = (this.#speaking = {});
    try {
      const said = await words(this, this.#replaced());
      if (speaking === this.#speaking) this.#build(said);
    } catch (error) {
      console.warn("role-assistant: its words do not come:", error);
      setTimeout(() => this.isConnected && speaking === this.#speaking && this.#speak(), AGAIN);
    }
  }

  #build({ language, direction, words }) {
    const said = this.log ? [...this.log.childNodes] : [];
    const typed = this.input?.value ?? "";
    Object.assign(this, { words, language });
    this.client.language = language;
    this.heading = element("h2", { id: "title" });
    this.log = element("div", { role: "log", "aria-label": words.log, "aria-live": "polite", tabindex: "0" });
    this.input = element("textarea", {
      id: "question",
      rows: "2",
      name: "question",
      autocomplete: "off",
      "aria-describedby": "hint",
      placeholder: words.placeholder,
      input: () => this.#count(),
      keydown: (event) => {
        if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
        event.preventDefault();
        this.#submit();
      },
    });
    this.hint = element("p", { id: "hint", class: "note" });
    this.sender = button(words.send, () => {}, { class: "send", drawn: "send", type: "submit" });
    this.stopper = button(words.stop, () => this.#running?.abort(), { class: "send stop", drawn: "stop" });
    const submit = (event) => {
      event.preventDefault();
      this.#submit();
    };
    this.launcher = button(words.open, () => (this.open = true), {
      class: "launcher",
      drawn: "chat",
      "aria-haspopup": "dialog",
    });
    this.widener = button(words.wider, () => this.#widen(), { class: "icon wider", drawn: "wide", "aria-pressed": "false" });
    this.dialog = element(
      "dialog",
      { "aria-labelledby": "title" },
      element(
        "header",
        {},
        this.heading,
        element("slot", { name: "links" }),
        this.widener,
        button(words.restart, () => this.#restart(), { drawn: "again" }),
        button(words.close, () => (this.open = false), { drawn: "close" }),
      ),
      this.log,
      element(
        "form",
        { class: "ask", submit },
        element("label", { for: "question", class: "hidden" }, words.label),
        element("div", { class: "row" }, this.input, this.sender, this.stopper),
        this.hint,
      ),
    );
    this.dialog.addEventListener("close", () => this.dialog.open || (this.open = false));
    this.dialog.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || event.isComposing) return;
      event.preventDefault();
      this.open = false;
    });
    this.frame = element("section", { title: "" }, this.launcher, this.dialog); // the tooltip of `title` ends here
    for (const each of this.dialog.children) each.dir = direction; // it stands on the side where the page has it
    this.log.append(...said);
    this.input.value = typed;
    this.shadowRoot.replaceChildren(this.frame);
    this.#label();
    this.#count();
    this.#wait(this.#running);
    if (this.isConnected) this.#show(false);
    this.#built();
  }

  /** The words that the page put in place of ours. */
  #replaced() {
    try {
      return JSON.parse(this.getAttribute("strings") ?? "{}");
    } catch {
      console.warn("role-assistant: the attribute `strings` is not a JSON object, so it is left aside");
      return {};
    }
  }

  #label() {
    const title = this.getAttribute("title") || this.words.title;
    this.heading.textContent = title;
    this.frame.setAttribute("aria-label", title);
    this.frame.setAttribute("lang", this.language);
  }

  /** Brings the dialog in line with the attribute `open`. Focus moves where someone opened or closed it. */
  #show(moves) {
    const { dialog, launcher } = this;
    launcher.hidden = this.open;
    if (this.open === dialog.open) return;
    if (this.open) {
      if (this.#modal) dialog.showModal();
      else if (moves) dialog.show();
      else dialog.open = true;
      if (dialog.matches(":modal") || moves) this.input.focus();
      if (!this.#suggested) this.#greet();
    } else {
      const focused = () => dialog.contains(this.shadowRoot.activeElement);
      const inside = focused();
      dialog.close(); // which gives focus back to what had it, where that is known
      if (inside && (focused() || document.activeElement === document.body)) launcher.focus();
    }
  }

  #reopen = () => {
    if (!this.dialog.open) return;
    const focused = this.shadowRoot.activeElement;
    this.dialog.close();
    if (this.#modal) this.dialog.showModal();
    else this.dialog.show();
    (focused ?? this.input).focus();
  };

  /** The first words, and examples: asked for when the dialog is first opened, and not before. */
  async #greet() {
    const greeting = element("div", { class: "greeting" }, element("p", {}, this.words.greeting), element("slot"));
    this.log.prepend(greeting);
    this.#suggested ??= this.client.suggestions();
    this.examples = await this.#suggested;
    if (!this.examples.length || this.#turns.length || this.busy) return;
    const few = this.examples.slice(0, EXAMPLES);
    greeting.append(element("div", { class: "first" }, element("h3", {}, this.words.examples), this.offer(few)));
  }

  #widen() {
    const wide = this.dialog.classList.toggle("wide");
    this.widener.setAttribute("aria-pressed", String(wide));
  }

  #restart() {
    this.#running?.abort();
    this.#turns = [];
    this.log.replaceChildren();
    this.#greet();
    this.input.focus();
  }

  #submit() {
    const text = this.input.value;
    if (this.busy || characters(text.trim()).length > LIMIT) return;
    this.input.value = "";
    this.#count();
    this.ask(text);
  }

  /** Says how long the question is where that comes near to how long it may be. */
  #count() {
    const { words, input, hint } = this;
    const count = characters(input.value.trim()).length;
    const over = count - LIMIT;
    const near = count > NEAR * LIMIT;
    input.setAttribute("aria-invalid", String(over > 0));
    hint.setAttribute("aria-live", over > 0 ? "polite" : "off");
    hint.classList.toggle("error", over > 0);
    hint.hidden = !near;
    hint.textContent = near ? say(words[over > 0 ? "tooLong" : "count"], { over, count, limit: LIMIT }) : "";
  }

  #tell(name, detail) {
    this.dispatchEvent(new CustomEvent(`role-assistant:${name}`, { bubbles: true, composed: true, detail }));
  }
}

/** The characters as the server counts them: code points. */
function characters(text) {
  return [...text];
}

function turn(role, content) {
  return { role, content: characters(content).slice(0, TURN).join("") };
}

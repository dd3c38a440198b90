// The chat widget: asks a question and shows the answer with its sources. Importing this file does nothing;
// widget.js registers the element.
//
//   <role-assistant server="https://answers.example.org"></role-assistant>
//
// Attribute `server`: the base URL of the assistant; without it, where this file came from.
// Property `fetch`: called in place of the browser's own.
// Events, which bubble: `role-assistant:answer` ({question, answer}) and `role-assistant:error` ({question, message, problem}).

const STYLE = `
  :host {
    --_accent: var(--role-assistant-accent, light-dark(#1f5fbf, #8ab4f8));
    --_on-accent: var(--role-assistant-on-accent, light-dark(#ffffff, #10192b));
    --_text: var(--role-assistant-text, light-dark(#1c2430, #e6e9ef));
    --_quiet: var(--role-assistant-quiet, light-dark(#566172, #a3adbd));
    --_surface: var(--role-assistant-surface, light-dark(#ffffff, #171c26));
    --_raised: var(--role-assistant-raised, light-dark(#f2f5f9, #222936));
    --_line: var(--role-assistant-line, light-dark(#d5dce6, #364051));
    --_alarm: var(--role-assistant-alarm, light-dark(#a4262c, #ff9b94));
    --_radius: var(--role-assistant-radius, 12px);
    color-scheme: light dark;
    display: block;
    border: 1px solid var(--_line);
    border-radius: var(--_radius);
    background: var(--_surface);
    color: var(--_text);
    font: var(--role-assistant-font, 16px/1.5 system-ui, sans-serif);
    overflow: clip;
  }
  :host([hidden]) { display: none; }
  * { box-sizing: border-box; }
  p, ol, blockquote { margin: 0; }
  a { color: var(--_accent); }
  :focus-visible { outline: 2px solid var(--_accent); outline-offset: 2px; }
  [role="log"]:not(:empty) { display: grid; gap: 1.5rem; padding: 1.25rem; }
  article { display: grid; gap: 0.75rem; min-width: 0; scroll-margin-block: 1rem 7rem; }
  p, .title, blockquote { overflow-wrap: anywhere; white-space: pre-wrap; unicode-bidi: plaintext; }
  .question {
    justify-self: end; max-width: 85%; padding: 0.5rem 0.9rem;
    border-radius: var(--_radius); background: var(--_accent); color: var(--_on-accent);
  }
  .reply { display: grid; gap: 0.5rem; min-width: 0; }
  .block a { margin-inline-start: 0.35em; font-size: 0.75em; vertical-align: super; line-height: 1; text-decoration: none; }
  .note, .busy, summary, .path { color: var(--_quiet); font-size: 0.875em; }
  .error { color: var(--_alarm); }
  summary { cursor: pointer; }
  ol { display: grid; gap: 0.5rem; margin-top: 0.5rem; padding: 0; list-style: none; }
  li { display: grid; grid-template-columns: auto 1fr; gap: 0 0.6rem; padding: 0.6rem 0.8rem; border-radius: 8px; background: var(--_raised); }
  .number { color: var(--_quiet); font-variant-numeric: tabular-nums; }
  .place { min-width: 0; }
  .path { display: block; }
  blockquote { margin-top: 0.35rem; padding-inline-start: 0.7rem; border-inline-start: 3px solid var(--_accent); font-size: 0.9375em; max-height: 12em; overflow: auto; }
  form {
    position: sticky; bottom: 0; display: flex; gap: 0.6rem; align-items: end; padding: 0.9rem 1.25rem;
    border-top: 1px solid var(--_line); background: var(--_surface);
  }
  [role="log"]:empty + form { border-top: 0; }
  label { flex: 1; display: grid; gap: 0.3rem; color: var(--_quiet); font-size: 0.875em; }
  textarea {
    width: 100%; padding: 0.55rem 0.7rem; border: 1px solid var(--_line); border-radius: 8px; resize: none; field-sizing: content;
    min-height: 2.75rem; max-height: 10rem; background: var(--_surface); color: var(--_text); font: inherit; font-size: 1rem;
  }
  button {
    min-height: 2.75rem; padding: 0 1.1rem; border: 0; border-radius: 8px; background: var(--_accent); color: var(--_on-accent);
    font: inherit; font-weight: 600; cursor: pointer;
  }
  button:disabled { opacity: 0.6; cursor: default; }
`;

export class RoleAssistant extends HTMLElement {
  fetch = (...args) => globalThis.fetch(...args);
  #log = element("div", { role: "log", "aria-label": "Questions and answers" });
  #input = element("textarea", { rows: "1", maxlength: "2000", name: "question", autocomplete: "off" });
  #button = element("button", { type: "submit" }, "Ask");
  #form = element("form", {}, element("label", {}, "Your question", this.#input), this.#button);

  constructor() {
    super();
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(STYLE);
    const root = this.attachShadow({ mode: "open", delegatesFocus: true });
    root.adoptedStyleSheets = [sheet];
    root.append(this.#log, this.#form);
    this.#form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.ask(this.#input.value);
    });
    this.#input.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
        event.preventDefault();
        this.#form.requestSubmit();
      }
    });
  }

  /** The base URL of the assistant. */
  get server() {
    return new URL(this.getAttribute("server") ?? new URL(import.meta.url).origin, document.baseURI);
  }

  get busy() {
    return this.#button.disabled;
  }

  /** Asks, and shows what comes back. Does nothing while another question is being answered. */
  async ask(text) {
    const question = text.trim();
    if (!question || this.busy) return;
    const reply = element("div", { class: "reply" }, element("p", { class: "busy" }, "Looking it up…"));
    const exchange = element("article", {}, element("p", { class: "question" }, question), reply);
    this.#log.append(exchange);
    this.#wait(true);
    this.#input.value = "";
    exchange.scrollIntoView({ block: "nearest" });
    try {
      const answer = await this.#post("v1/ask", { question });
      reply.replaceChildren(...render(answer, this.server));
      this.#tell("answer", { question, answer });
    } catch (error) {
      const { message, problem } = error instanceof Failure ? error : new Failure(inWords(500));
      reply.replaceChildren(element("p", { class: "error" }, message));
      this.#input.value ||= question;
      this.#tell("error", { question, message, problem });
    } finally {
      this.#wait(false);
      exchange.scrollIntoView({ block: "nearest" });
    }
  }

  async #post(path, body) {
    const request = { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) };
    let response;
    try {
      response = await this.fetch(new URL(path, withSlash(this.server)).href, request);
    } catch {
      throw new Failure("The assistant cannot be reached. Check that it is running, then ask again.");
    }
    const content = await response.json().catch(() => null);
    if (response.ok && content?.status) return content;
    throw new Failure(inWords(response.status, content), content);
  }

  #wait(busy) {
    this.#button.disabled = busy;
    this.#log.setAttribute("aria-busy", String(busy));
  }

  #tell(name, detail) {
    this.dispatchEvent(new CustomEvent(`role-assistant:${name}`, { bubbles: true, composed: true, detail }));
  }
}

class Failure extends Error {
  constructor(message, problem = null) {
    super(message);
    this.problem = problem;
  }
}

function inWords(status, problem) {
  if (status === 503) return "The documents are not ready yet. Wait a moment, then ask again.";
  if (status >= 400 && status < 500 && problem?.detail) return `This cannot be asked: ${problem.detail}.`;
  return "Something went wrong at the assistant, so there is no answer. Ask again in a moment.";
}

/** What an answer or a refusal looks like. */
function render(answer, server) {
  if (answer.status === "refused") {
    return [element("p", { class: "message" }, answer.message), ...sources("Closest passages", answer.closest, server)];
  }
  const blocks = answer.blocks.map((block) => {
    const links = block.citations.map((index) => reference(index, answer.citations[index], server));
    return element("p", { class: "block" }, block.text, ...links);
  });
  const differ = answer.conflicts.length ? [element("p", { class: "note" }, "The documents differ about this.")] : [];
  return [...blocks, ...differ, ...sources("Sources", answer.citations, server)];
}

function sources(title, citations, server) {
  if (!citations.length) return [];
  const items = citations.map((citation, index) => {
    const link = element("a", outward(citation, server), citation.document_title);
    const page = citation.page === null ? [] : [`page ${citation.page}`];
    const path = [...citation.section_path, ...page].join(" › ");
    const place = element("div", { class: "place" }, link, element("span", { class: "path" }, path));
    place.append(element("blockquote", {}, citation.cited_text));
    return element("li", {}, element("span", { class: "number" }, String(index + 1)), place);
  });
  const details = element("details", {}, element("summary", {}, `${title} (${items.length})`), element("ol", {}, ...items));
  details.open = items.length <= 3;
  return [details];
}

function reference(index, citation, server) {
  return element("a", { ...outward(citation, server), "aria-label": `Source ${index + 1}` }, String(index + 1));
}

/** A link to the source, in a new tab; only ever to the web. */
function outward(citation, server) {
  const url = new URL(citation.url, server);
  return /^https?:$/.test(url.protocol) ? { href: url.href, target: "_blank", rel: "noopener" } : {};
}

function withSlash(url) {
  return url.href.endsWith("/") ? url.href : `${url.href}/`;
}

/** An element. Strings among its children become text, never markup. */
function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
}

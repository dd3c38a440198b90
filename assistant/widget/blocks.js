// Lays out the blocks of an answer: those of one section under its heading, lists as lists, rows as tables.
import { element } from "./parts.js";

const LISTED = ["item", "pair", "heading"];
const BESIDE = 3; // groups that stand side by side, and blocks of one, at most
const NUMBERED = /^\(?\d{1,3}[.)]\s/; // a step with its number
const LABEL = 48; // characters before the colon of a pair, at most

export class Blocks {
  #key = null; // document and heading of the group that is open
  #group = null;
  #list = null;
  #table = null; // its body, and the names of its columns
  texts = []; // of the blocks, as they came
  lines = []; // the same in plain text, as they are laid out

  /** `into` is the element to fill; `sources` gives the number of a citation, and a button that opens its card. */
  constructor(into, sources) {
    this.into = into;
    this.sources = sources;
  }

  clear() {
    this.into.replaceChildren();
    Object.assign(this, { texts: [], lines: [] });
    this.#key = null;
  }

  /** Sets what is compared side by side: a few short groups. */
  settle() {
    const groups = [...this.into.children].map((group) => group.querySelectorAll(".block").length);
    const few = groups.length > 1 && groups.length <= BESIDE && Math.max(...groups) <= BESIDE;
    this.into.classList.toggle("beside", few);
  }

  /** Shows a block; its citations are whole. */
  add({ text, citations, label, kind = "sentence", cells = [] }) {
    this.texts.push(text);
    const name = label === undefined ? citations[0].section_path.at(-1) : label;
    const cited = [...citations];
    const headed = name && cited.length > 1 && text.startsWith(`${name}: `);
    const above = headed ? [cited.shift()] : [];
    this.#open(name, above, cited[0]);
    this.#show(headed ? text.slice(name.length + 2) : text, cited, kind, cells);
  }

  #open(name, above, { document_id: id }) {
    const key = JSON.stringify([id, name]);
    if (key === this.#key) return;
    this.#key = key;
    this.#group = element("div", { class: "group" });
    this.#list = this.#table = null;
    this.into.append(this.#group);
    if (!name) return;
    const heading = element("h4", { class: "label" }, name);
    const whole = element("div", { class: "headed" }, heading);
    heading.append(...this.#numbers(above, whole));
    this.#group.append(whole);
    this.lines.push(`${this.lines.length ? "\n" : ""}${name}${this.#marks(above)}`);
  }

  #show(text, cited, kind, cells) {
    const said = stated(text);
    const shown = element("span", { class: "text" }, ...(kind === "pair" ? paired(said) : [said]));
    const bullet = LISTED.includes(kind);
    this.lines.push(`${bullet && !NUMBERED.test(said) ? "- " : ""}${said}${this.#marks(cited)}`);
    if (cells.length && (kind === "row" || kind === "header")) return this.#row(cells, cited, kind);
    this.#table = null;
    if (bullet) {
      if (!this.#list) this.#group.append((this.#list = element("ul", { class: "list", role: "list" })));
      const item = element("li", { class: NUMBERED.test(said) ? "block numbered" : "block" }, shown);
      item.append(...this.#numbers(cited, item));
      return this.#list.append(item);
    }
    this.#list = null;
    const line = element(kind === "code" ? "pre" : "p", {}, shown);
    const whole = element("div", { class: "block" }, line);
    line.append(...this.#numbers(cited, whole));
    this.#group.append(whole);
  }

  #row(cells, cited, kind) {
    this.#list = null;
    const names = cells.map(([name, text]) => (kind === "header" ? text : name));
    const same = this.#table && kind === "row" && names.join("\n") === this.#table.names.join("\n");
    if (!same) {
      const body = element("tbody", {});
      const table = element("table", {}, body);
      const whole = element("div", { class: "table" }, table);
      if (names.some(Boolean)) {
        const heads = names.map((name) => element("th", { scope: "col" }, name));
        table.prepend(element("thead", {}, element("tr", {}, ...heads)));
        if (kind === "header") heads.at(-1).append(...this.#numbers(cited, whole));
      }
      this.#group.append(whole);
      this.#table = { names, body, whole };
    }
    if (kind === "header") return;
    const row = cells.map(([, text]) => element("td", {}, text));
    row.at(-1).append(...this.#numbers(cited, this.#table.whole));
    this.#table.body.append(element("tr", { class: "block" }, ...row));
  }

  #numbers(citations, below) {
    return citations.flatMap((citation) => ["\u00a0", this.sources.reference(citation, below)]);
  }

  /** The numbers of citations in plain text. */
  #marks(citations) {
    return citations.map((citation) => ` [${this.sources.number(citation)}]`).join("");
  }
}

/** A pair with its label set off. */
function paired(text) {
  const colon = text.search(/:\s/);
  return 0 < colon && colon <= LABEL ? [element("b", {}, text.slice(0, colon + 1)), text.slice(colon + 1)] : [text];
}

/** The text of a task with the state that its box shows, as a word; another text as it is. */
function stated(text) {
  const task = /^\[([ xX])\]\s+(\S.*)$/s.exec(text);
  return task ? `${task[2]} (${task[1] === " " ? "not done" : "done"})` : text;
}

// Shows one reply: blocks with their numbered sources, a refusal and where to go from it, what one can do with it.
import { Blocks } from "./blocks.js";
import { button, element, link, say } from "./parts.js";

const AROUND = 200; // characters shown on either side of a quotation, at most
const LINES = 3; // and lines, its own included
const EXAMPLES = 4;
const CLOSEST = 2; // passages of a refusal
const WEAK = 0.5; // an answer that is less likely to be right is said to be unsure
const SHARED = "/?q=";

export class Reply {
  #numbers = new Map(); // place -> the number of its source
  #sources = []; // citations, in the order of their numbers

  /** `into` is the element to fill. `chat` is the element: it gives words, client and examples. */
  constructor(into, chat) {
    this.into = into;
    this.chat = chat;
    this.words = chat.words;
    this.said = element("div", { class: "said" });
    this.blocks = new Blocks(this.said, this);
    into.append(this.said);
  }

  /** Shows a block; its citations are whole. */
  add(block) {
    this.blocks.add(block);
  }

  /** Completes the reply from the whole body, with or without blocks before it. */
  finish(answer) {
    const { citations, standalone_question: standalone } = answer;
    const blocks = answer.blocks.map((each) => ({ ...each, citations: each.citations.map((n) => citations[n]) }));
    if (this.blocks.texts.some((text, n) => text !== blocks[n]?.text)) this.blocks.clear();
    for (const block of blocks.slice(this.blocks.texts.length)) this.add(block);
    this.blocks.settle();
    if (standalone && standalone !== answer.question) this.#note(say(this.words.understood, { question: standalone }));
    if (answer.pinned) this.#note(this.#pinned(answer.pinned));
    if (answer.status === "answered" && answer.confidence < WEAK) this.#note(this.words.weak);
    for (const groups of answer.conflicts) this.into.append(this.#conflict(groups, citations));
    if (answer.status === "refused") this.#refuse(answer);
    if (answer.note) this.into.append(element("p", { class: "note" }, answer.note));
    this.into.append(this.#actions(answer), this.#printed());
  }

  /** Says what went wrong, below what there is, and offers to try again. */
  fail(message, retry) {
    this.into.append(
      element("p", { class: "error" }, message),
      element("div", { class: "actions" }, button(this.words.retry, retry)),
    );
  }

  /** That the answer is the operator's own, with what stands beside it there. */
  #pinned({ question, source, valid_until: day }) {
    const until = day && say(this.words.until, { day });
    return [say(this.words.pinned, { question }), source, until].filter(Boolean).join(" · ");
  }

  #note(text) {
    this.said.before(element("p", { class: "note" }, text));
  }

  #refuse(answer) {
    const { words, chat } = this;
    const { question, reason, closest, handoff } = answer;
    this.into.append(element("p", { class: "message" }, answer.message));
    if (handoff) this.into.append(person(handoff, words));
    if (reason === "ambiguous") {
      const choices = closest.map((place) =>
        button(place.document_title, () => chat.ask(question, place)),
      );
      this.into.append(element("div", { class: "examples" }, ...choices));
      return;
    }
    if (reason === "greeting") {
      if (chat.examples.length) this.into.append(chat.offer(chat.examples.slice(0, EXAMPLES)));
      return;
    }
    if (reason === "unsupported" && closest.length) {
      const items = closest.slice(0, CLOSEST).map((place) => {
        const shown = this.#cited("near", place.cited_text.trim(), [place]);
        shown.prepend(this.#where(place));
        return element("li", {}, shown);
      });
      const list = element("ol", { class: "closest", role: "list" }, ...items);
      this.into.append(element("details", {}, element("summary", {}, words.closest), list));
    }
    const near = element("div", { class: "instead" });
    this.into.append(near);
    chat.client.near(question).then((questions) => {
      if (questions.length) near.append(element("h4", { class: "label" }, words.instead), chat.offer(questions));
    });
  }

  #conflict(groups, citations) {
    const values = groups.map((group) => group.map((n) => citations[n]));
    const items = values.map((places) => element("li", {}, this.#cited("value", places[0].cited_text, places)));
    return element("div", { class: "conflict" }, element("p", {}, this.words.conflict), element("ul", {}, ...items));
  }

  /** Text, followed by the numbers of its sources; each opens its card below. */
  #cited(kind, text, citations) {
    const shown = element("p", {}, element("span", { class: "text" }, text));
    const whole = element("div", { class: kind }, shown);
    for (const citation of citations) shown.append(" ", this.reference(citation, whole));
    return whole;
  }

  /** A button with the number of a source, that opens its card at the end of an element. */
  reference(citation, below) {
    const number = this.number(citation);
    let card = null;
    const click = () => {
      card?.remove();
      card = card ? null : this.#card(citation, number);
      made.setAttribute("aria-expanded", card !== null);
      below.append(card ?? "");
      card?.scrollIntoView({ block: "nearest" });
    };
    const named = { class: "ref", "aria-expanded": "false", "aria-label": say(this.words.source, { number }) };
    const made = button(String(number), click, named);
    return made;
  }

  /** Where a citation stands: its document, its sections, its page. */
  #path({ document_title: title, section_path: sections, page }) {
    return [title, ...sections, ...(page === null ? [] : [say(this.words.page, { page })])].join(" › ");
  }

  #where(citation) {
    return element("p", { class: "path" }, this.#path(citation));
  }

  number(citation) {
    const place = [citation.document_id, citation.start_char_index, citation.end_char_index].join(" ");
    if (!this.#numbers.has(place)) this.#numbers.set(place, this.#sources.push(citation));
    return this.#numbers.get(place);
  }

  /** The quotation in its surroundings, and where it stands. */
  #card(citation, number) {
    const { words, chat } = this;
    const quote = element("blockquote", {}, element("mark", {}, citation.cited_text));
    const note = element("p", { class: "note" });
    const links = [
      [words.document, chat.client.address(citation.url)],
      [words.published, web(citation.published_url)],
    ].flatMap(([said, url]) => (url ? [link(said, url, words.newTab)] : []));
    const named = { class: "card", role: "group", "aria-label": say(words.source, { number }) };
    const card = element("div", named, this.#where(citation), quote, note, element("p", { class: "links" }, ...links));
    chat.client.text(citation).then(
      (text) => {
        const around = surroundings(text, citation);
        if (around) quote.replaceChildren(around[0], element("mark", {}, citation.cited_text), around[1]);
        else note.append(words.changed);
        card.scrollIntoView({ block: "nearest" });
      },
      () => note.append(words.alone),
    );
    return card;
  }

  #actions(answer) {
    const { words, chat } = this;
    const told = element("span", { class: "note told", role: "status" });
    const actions = element("div", { class: "actions" });
    const copy = (said, text) =>
      button(said, async () => told.replaceChildren((await copied(text())) ? words.copied : words.notCopied), {
        class: said === words.share ? "icon share" : "icon copy",
        drawn: said === words.share ? "link" : "copy",
      });
    if (answer.status === "answered") actions.append(copy(words.copy, () => this.#plain()));
    if (chat.full && answer.status === "answered")
      actions.append(copy(words.share, () => chat.client.address(SHARED + encodeURIComponent(answer.question))));
    if (chat.voting && chat.client.votes(answer) && answer.reason !== "greeting") {
      const reason = element("div", {});
      const cast = async (vote) => {
        try {
          if (!(await chat.client.vote(answer, { vote }))) return chat.stopVoting();
          for (const each of votes.children) each.setAttribute("aria-pressed", each.classList.contains(vote));
          told.replaceChildren(words.thanks);
          reason.replaceChildren(...(vote === "down" ? [this.#why(answer, told)] : []));
        } catch {
          told.replaceChildren(words.notSent);
        }
      };
      const thumb = (vote) =>
        button(words[vote], () => cast(vote), { class: `icon ${vote}`, drawn: "vote", "aria-pressed": "false" });
      const votes = element("span", { class: "votes" }, thumb("up"), thumb("down"));
      actions.append(votes, told);
      return element("div", { class: "after" }, actions, reason);
    }
    actions.append(told);
    return actions;
  }

  /** A field for what was wrong, after a vote against the answer. */
  #why(answer, told) {
    const { words, chat } = this;
    const field = element("input", { type: "text", maxlength: "500", "aria-label": words.why, placeholder: words.why });
    const submit = async (event) => {
      event.preventDefault();
      const comment = field.value.trim();
      if (!comment) return field.focus();
      try {
        if (!(await chat.client.vote(answer, { vote: "comment", comment }))) return chat.stopVoting();
        form.remove();
        told.replaceChildren(words.noted);
      } catch {
        told.replaceChildren(words.notSent);
      }
    };
    const form = element("form", { class: "why", submit }, field, button(words.tell, () => {}, { type: "submit" }));
    return form;
  }

  /** The reply as plain text, its sources with their addresses. */
  #plain() {
    return [...this.blocks.lines, "", this.words.sources, ...this.#listed()].join("\n");
  }

  #listed() {
    const address = (each) => web(each.published_url) ?? this.chat.client.address(each.url) ?? each.document_id;
    return this.#sources.map((each, n) => `[${n + 1}] ${this.#path(each)}: ${address(each)}`);
  }

  /** The sources, on paper only. */
  #printed() {
    return element("ol", { class: "printed", role: "list" }, ...this.#listed().map((each) => element("li", {}, each)));
  }
}

/** Where the operator sends people on: words, with a link where they hold an address. */
function person(handoff, { newTab }) {
  const found = handoff.match(/https?:\/\/[^\s<>"]*[^\s<>".,;:!?)]|[\w.+-]+@[\w-]+(?:\.[\w-]+)+/);
  if (!found) return element("p", { class: "handoff" }, handoff);
  const [before, after] = [handoff.slice(0, found.index), handoff.slice(found.index + found[0].length)];
  const address = found[0].includes("://") ? web(found[0]) : `mailto:${found[0]}`;
  const shown = address?.startsWith("mailto:")
    ? element("a", { href: address }, found[0])
    : address
      ? link(found[0], address, newTab)
      : found[0];
  return element("p", { class: "handoff" }, before, shown, after);
}

/** The text before and after a citation; null where the document no longer says that there. */
function surroundings(text, { start_char_index: first, end_char_index: last, cited_text: cited }) {
  const start = unit(text, first, 0);
  const end = unit(text, last - first, start);
  if (text.slice(start, end) !== cited) return null;
  const [from, to] = [Math.max(0, start - AROUND), end + AROUND];
  const before = text.slice(from, start).replace(from ? /^\S*\s+/ : /^\s+/, from ? "… " : "");
  const after = text.slice(end, to).replace(to < text.length ? /\s+\S*$/ : /\s+$/, to < text.length ? " …" : "");
  return [before.split("\n").slice(-LINES).join("\n"), after.split("\n").slice(0, LINES).join("\n")];
}

/** The UTF-16 index `points` code points after `from`. Offsets count code points, strings count units. */
function unit(text, points, from) {
  let at = from;
  for (let n = 0; n < points && at < text.length; n++) at += text.codePointAt(at) > 0xffff ? 2 : 1;
  return at;
}

/** The address, if it is one of the web. */
function web(url) {
  return typeof url === "string" && /^https?:\/\//i.test(url) && URL.canParse(url) ? url : null;
}

/** Whether the text is on the clipboard now. Pages without https have the older way only. */
async function copied(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const put = (event) => {
      event.clipboardData.setData("text/plain", text);
      event.preventDefault();
    };
    document.addEventListener("copy", put, { once: true });
    const done = document.execCommand("copy");
    document.removeEventListener("copy", put);
    return done;
  }
}

// Shows one reply: blocks with their numbered sources, a refusal with what came nearest, what one can do with it.
import { button, element, link, say } from "./parts.js";

const AROUND = 200; // characters shown on either side of a quotation, at most
const LINES = 3; // and lines, its own included

export class Reply {
  #texts = []; // of the blocks shown so far
  #numbers = new Map(); // place -> the number of its source
  #sources = []; // citations, in the order of their numbers
  #caption = "";

  /** `into` is the element to fill. `chat` is the element: it gives words, client and examples. */
  constructor(into, chat) {
    this.into = into;
    this.chat = chat;
    this.words = chat.words;
  }

  /** Shows a block; its citations are whole. */
  add({ text, citations }) {
    const caption = this.#path(citations[0]);
    if (caption !== this.#caption) this.into.append(this.#where(citations[0]));
    this.#caption = caption;
    this.#texts.push(text);
    this.into.append(this.#cited("block", text, citations));
  }

  /** Completes the reply from the whole body, with or without blocks before it. */
  finish(answer) {
    const { citations, standalone_question: standalone } = answer;
    const blocks = answer.blocks.map((each) => ({ ...each, citations: each.citations.map((n) => citations[n]) }));
    if (this.#texts.some((text, n) => text !== blocks[n]?.text)) {
      this.into.replaceChildren();
      this.#texts = [];
      this.#caption = "";
    }
    for (const block of blocks.slice(this.#texts.length)) this.add(block);
    if (standalone && standalone !== answer.question) {
      const note = say(this.words.understood, { question: standalone });
      this.into.prepend(element("p", { class: "note" }, note));
    }
    for (const groups of answer.conflicts) this.into.append(this.#conflict(groups, citations));
    if (answer.status === "refused") this.#refuse(answer);
    this.into.append(this.#actions(answer));
  }

  /** Says what went wrong, below what there is, and offers to try again. */
  fail(message, retry) {
    this.into.append(
      element("p", { class: "error" }, message),
      element("div", { class: "actions" }, button(this.words.retry, retry)),
    );
  }

  #refuse(answer) {
    this.into.append(element("p", { class: "message" }, answer.message));
    const { closest, question } = answer;
    if (answer.reason === "ambiguous") {
      const choices = closest.map((place) =>
        button(say(this.words.which, { title: place.document_title }), () => this.chat.ask(question, place)),
      );
      this.into.append(element("div", { class: "examples" }, ...choices));
    }
    if (closest.length) {
      const items = closest.map((place) => {
        const shown = this.#cited("near", place.cited_text.trim(), [place]);
        shown.prepend(this.#where(place));
        return element("li", {}, shown);
      });
      this.into.append(element("h3", {}, this.words.closest), element("ol", { class: "closest" }, ...items));
    }
    const near = nearest(this.chat.examples, question, closest);
    if (near.length) this.into.append(element("h3", {}, this.words.instead), this.chat.offer(near));
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
    for (const citation of citations) shown.append(" ", this.#reference(citation, whole));
    return whole;
  }

  #reference(citation, below) {
    const number = this.#number(citation);
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

  #number(citation) {
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

  /** Asks what is wrong with an answer. */
  #why(tell) {
    const { words } = this;
    const field = element("input", { maxlength: "2000", placeholder: words.why, "aria-label": words.why });
    const submit = (event) => {
      event.preventDefault();
      if (field.value.trim()) tell(field.value.trim());
    };
    return element("form", { class: "why", submit }, field, button(words.send, submit));
  }

  #actions(answer) {
    const { words, chat } = this;
    const said = element("span", { class: "note said", role: "status" });
    const actions = element("div", { class: "actions" });
    if (answer.status === "answered") {
      const copy = async () => said.replaceChildren((await copied(this.#plain())) ? words.copied : words.notCopied);
      actions.append(button(words.copy, copy, { class: "icon copy", drawn: "copy" }));
    }
    if (chat.voting && chat.client.votes(answer)) {
      const cast = async (vote, comment) => {
        try {
          if (!(await chat.client.vote(answer, { vote, comment }))) return chat.stopVoting();
          actions.querySelector(".why")?.remove();
          if (vote === "down" && comment === undefined) actions.append(this.#why((reason) => cast(vote, reason)));
          for (const each of votes.children) each.setAttribute("aria-pressed", each.classList.contains(vote));
          said.replaceChildren(words.thanks);
        } catch {
          said.replaceChildren(words.notSent);
        }
      };
      const thumb = (vote) =>
        button(words[vote], () => cast(vote), { class: `icon ${vote}`, drawn: "vote", "aria-pressed": "false" });
      const votes = element("span", { class: "votes" }, thumb("up"), thumb("down"));
      actions.append(votes);
    }
    actions.append(said);
    return actions;
  }

  /** The reply as plain text, its sources with their addresses. */
  #plain() {
    const shown = [...this.into.querySelectorAll(".block")].map((block) => {
      const numbers = [...block.querySelectorAll(".ref")].map((each) => `[${each.textContent}]`);
      return `${block.querySelector(".text").textContent} ${numbers.join("")}`;
    });
    const address = (each) => web(each.published_url) ?? this.chat.client.address(each.url) ?? each.document_id;
    const sources = this.#sources.map((each, n) => `[${n + 1}] ${this.#path(each)}: ${address(each)}`);
    return [...shown, "", this.words.sources, ...sources].join("\n");
  }
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

/** Up to three examples that share the most words with the question and the titles of what came nearest. */
function nearest(examples, question, closest) {
  const wordsOf = (text) => text.toLowerCase().match(/[\p{L}\p{N}]{4,}/gu) ?? [];
  const near = wordsOf([question, ...closest.flatMap((place) => place.section_path)].join(" "));
  const shared = (example) => wordsOf(example).filter((word) => near.includes(word)).length;
  const others = examples.filter((example) => example !== question);
  return others.sort((a, b) => shared(b) - shared(a)).slice(0, 3);
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

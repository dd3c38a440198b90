// Hands files of questions in, shows what would be asked of each, and how far it is. What is shown is what the server
// keeps, so that a page that is loaded again shows the same. It is said in the language of the page.
import { words } from "../widget/words.js";

const [RUNS, WORDS] = ["batch/runs", "batch/words.json"].map((path) => new URL(path, document.baseURI));
RUNS.username = RUNS.password = ""; // a request may not have them in its address; the browser knows them
WORDS.username = WORDS.password = "";
const SOON = 1000; // milliseconds between two looks while something is asked
const SELDOM = 20000;
const AGAIN = 5000; // until words that did not come are asked for again
const find = (selector, within = document) => within.querySelector(selector);
const cards = new Map(); // by the id of their run
const paces = new Map(); // of a run: when it was seen first, and how far it was then
let timer = 0;
let spoken; // the words of the page, and their language, once they are there

const said = find("#said");
const wrong = find("#wrong");
const input = find("#file");

const ready = listen();

/** Asks for the words until they come. */
async function listen() {
  while (!spoken) {
    try {
      spoken = await words(document.documentElement, {}, WORDS);
    } catch {
      await new Promise((again) => setTimeout(again, AGAIN));
    }
  }
}

/** The words of this name, with values in them. A number is parted as the language does it where they ask for that. */
function say(name, values = {}) {
  const said = spoken.words[name];
  const text = typeof said === "function" ? said(values) : said;
  return text.replace(/\{(\w+)(:,)?\}/g, (whole, key, parted) =>
    parted ? values[key].toLocaleString(locales(), { numberingSystem: "latn" }) : String(values[key]),
  );
}

/** The language of the page, as the browser would rather have it. */
function locales() {
  const plain = (tag) => tag.split("-")[0];
  return [...navigator.languages.filter((tag) => plain(tag) === plain(spoken.language)), spoken.language];
}

/** What the server says to a request. Throws what went wrong, in its words. */
async function call(path, options = {}) {
  let response;
  try {
    const headers = { "Accept-Language": spoken.language, ...options.headers };
    response = await fetch(`${RUNS}${path}`, { cache: "no-store", ...options, headers });
  } catch {
    throw new Error(say("unreachable"));
  }
  if (response.status === 401) throw new Error(say("key_again"));
  if (!response.ok) {
    const problem = await response.json().catch(() => null);
    throw new Error(sentence(problem?.detail ?? say("status", { status: response.status })));
  }
  return response.status === 204 ? null : response.json();
}

/** Does something that the server may refuse, and shows why it did. */
async function attempt(work) {
  wrong.textContent = "";
  try {
    return await work();
  } catch (error) {
    wrong.textContent = error.message;
    return null;
  }
}

const sentence = (text) => text.charAt(0).toUpperCase() + text.slice(1) + (/[.!?؟]$/.test(text) ? "" : ".");

/** Hands in one file after the other. */
async function handIn(files) {
  await ready;
  for (const file of files) {
    if (file.size > Number(input.dataset.most)) {
      wrong.textContent = say("too_large", { name: file.name, most: Number(input.dataset.most) / 1e6 });
      continue;
    }
    said.textContent = say("reading", { name: file.name });
    const run = await attempt(() =>
      call(`?name=${encodeURIComponent(file.name)}`, {
        method: "POST",
        body: file,
        headers: { "Content-Type": "application/octet-stream" },
      }),
    );
    said.textContent = run === null ? "" : say("is_read", { name: run.name, next: run.wrong ? sentence(run.wrong) : asked(run) });
    await look();
    if (run !== null) cards.get(run.id)?.focus();
  }
  input.value = "";
}

const asked = (run) => say("would_ask", { count: run.different });

/** Shows the runs that there are, and looks again when that is worth it. */
async function look() {
  await ready;
  clearTimeout(timer);
  let wait = SELDOM;
  try {
    const { runs } = await call("");
    show(runs);
    if (runs.some((run) => active(run))) wait = document.hidden ? 5 * SOON : SOON;
  } catch (error) {
    wrong.textContent = error.message;
    wait = 5 * SOON;
  }
  clearTimeout(timer);
  timer = setTimeout(look, wait);
}

const active = (run) => run.state === "waiting" || run.state === "running";

function show(runs) {
  const list = find("#runs");
  if (wrong.textContent === say("unreachable")) wrong.textContent = "";
  for (const [id, card] of cards) {
    if (runs.some((run) => run.id === id)) continue;
    if (card.contains(document.activeElement)) input.focus();
    card.remove();
    cards.delete(id);
  }
  runs.forEach((run, n) => {
    let card = cards.get(run.id);
    if (!card) {
      card = made(run);
      cards.set(run.id, card);
    }
    if (list.children[n] !== card) list.insertBefore(card, list.children[n] ?? null);
    tell(card.run, run);
    fill(card, run);
  });
  find("#files").hidden = runs.length === 0;
}

/** A card for a run, whose parts do what they say. */
function made(run) {
  const card = find("#card").content.firstElementChild.cloneNode(true);
  const title = find("h3", card);
  title.id = `run-${run.id}`;
  find("bdi", title).textContent = run.name;
  for (const each of [card, find("progress", card)]) each.setAttribute("aria-labelledby", title.id);
  const [sheet, column] = ["sheet", "column"].map((name) => find(`[name=${name}]`, card));
  const choose = (choice) =>
    attempt(async () => {
      const chosen = await call(`/${run.id}`, {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify(choice),
      });
      said.textContent = chosen.wrong ? sentence(chosen.wrong) : asked(chosen);
      await look();
    });
  sheet.addEventListener("change", () => choose({ sheet: sheet.value }));
  column.addEventListener("change", () => choose({ sheet: card.run.sheet || null, column: Number(column.value) }));
  find("[name=start]", card).addEventListener("click", () =>
    attempt(async () => {
      await call(`/${run.id}/start`, { method: "POST" });
      said.textContent = say("started", { name: run.name });
      await look();
    }),
  );
  find("[name=delete]", card).addEventListener("click", () => {
    if (card.run.state !== "read" && !confirm(say("sure", { name: run.name }))) return;
    attempt(async () => {
      await call(`/${run.id}`, { method: "DELETE" });
      said.textContent = say("deleted", { name: run.name });
      await look();
    });
  });
  return card;
}

/** Says what has changed about a run, so that who does not see the page hears it: each quarter, and the end. */
function tell(before, run) {
  if (!before || before.state === "read") return;
  const quarter = (one) => Math.floor((4 * one.done) / Math.max(1, one.different));
  if (run.state !== before.state) {
    if (run.state === "done") said.textContent = say("is_done", { name: run.name });
    if (run.state === "failed") said.textContent = say("has_stopped", { name: run.name, why: sentence(run.wrong) });
  } else if (run.state === "running" && quarter(run) > quarter(before)) {
    said.textContent = say("is_at", { name: run.name, progress: progress(run) });
  }
}

/** Shows a run on its card, which stays the same, so that nothing loses its place. */
function fill(card, run) {
  const had = card.contains(document.activeElement);
  card.run = run;
  find(".state", card).textContent = {
    read: run.wrong ? sentence(run.wrong) : say("not_asked"),
    waiting: say("waiting"),
    running: say("running"),
    done: say("done", { summary: sentence(run.summary[0] ?? "") }),
    failed: say("stopped", { why: sentence(run.wrong) }),
  }[run.state];
  find(".choose", card).hidden = run.state !== "read";
  options(find(".sheet", card), run.sheets.map((name) => [name, name]), run.sheet);
  const columns = run.columns.map((name, n) => [String(n), name || say("nameless", { number: n + 1 })]);
  const chosen = run.column === null ? "" : String(run.column);
  options(find(".column", card), run.column === null ? [["", say("choose_one")], ...columns] : columns, chosen);
  items(find(".told", card), run.state === "read" ? run.told.map(sentence) : []);
  const shown = find(".shown", card);
  shown.hidden = run.state !== "read" || run.shown.length === 0;
  find("summary", shown).textContent =
    run.shown.length < run.questions ? say("first_questions", { count: run.shown.length }) : say("questions");
  items(find("ul", shown), run.shown);
  find(".going", card).hidden = !active(run);
  Object.assign(find("progress", card), { max: Math.max(1, run.different), value: run.done });
  find(".count", card).textContent = [progress(run), left(run)].filter(Boolean).join(" ");
  find(".summary", card).hidden = run.summary.length < 2;
  items(find(".summary ul", card), run.summary.slice(1));
  const start = find("[name=start]", card);
  start.hidden = !["read", "failed"].includes(run.state);
  start.disabled = run.state === "read" && run.wrong !== "";
  start.textContent = run.state === "failed" ? say("go_on") : say("ask", { count: run.different });
  const link = find("a", card);
  link.hidden = run.state !== "done";
  link.href = `${RUNS}/${run.id}/answers`;
  link.download = run.answers;
  find("bdi", link).textContent = run.answers;
  find("[name=delete]", card).textContent = say(active(run) ? "stop" : "delete");
  const until = new Date(run.until * 1000).toLocaleString(locales(), {
    dateStyle: "medium",
    timeStyle: "short",
    numberingSystem: "latn",
  });
  find(".until", card).textContent = say("until", { when: until });
  if (had && !card.contains(document.activeElement)) card.focus();
  if (had && document.activeElement.closest("[hidden]")) card.focus();
}

const progress = (run) => say("progress", { done: run.done, count: run.different });

/** About how long it will take yet, from the pace since this page has seen it. */
function left(run) {
  if (run.state !== "running") {
    paces.delete(run.id);
    return "";
  }
  const now = performance.now() / 1000;
  if (!paces.has(run.id)) paces.set(run.id, { at: now, done: run.done });
  const since = paces.get(run.id);
  if (run.done <= since.done || now - since.at < 3) return "";
  const seconds = ((now - since.at) * (run.different - run.done)) / (run.done - since.done);
  if (seconds < 90) return say("seconds_left", { count: Math.ceil(seconds / 5) * 5 });
  return say("minutes_left", { count: Math.round(seconds / 60) });
}

/** Fills a select with (value, text), where they are others than it has; with one it is not shown. */
function options(label, choices, chosen) {
  const select = find("select", label);
  label.hidden = choices.length < 2;
  const key = JSON.stringify(choices);
  if (select.dataset.key !== key) {
    select.dataset.key = key;
    select.replaceChildren(...choices.map(([value, text]) => new Option(text, value)));
  }
  if (select.value !== chosen) select.value = chosen;
}

/** Fills a list with texts, or with (row, question), where they are others than it has. */
function items(list, texts) {
  list.hidden = texts.length === 0;
  const key = JSON.stringify(texts);
  if (list.dataset.key === key) return;
  list.dataset.key = key;
  list.replaceChildren(
    ...texts.map((text) => {
      const item = document.createElement("li");
      if (typeof text === "string") {
        item.dir = "auto";
        item.textContent = text;
      } else {
        const question = document.createElement("bdi");
        question.textContent = text[1];
        item.append(say("row", { number: text[0] }), question);
      }
      return item;
    }),
  );
}

input.addEventListener("change", () => handIn([...input.files]));
for (const name of ["dragover", "dragleave", "drop"]) {
  document.addEventListener(name, (event) => {
    if (!event.dataTransfer?.types.includes("Files")) return;
    event.preventDefault();
    document.body.classList.toggle("over", name === "dragover");
    if (name === "drop") handIn([...event.dataTransfer.files]);
  });
}
document.addEventListener("visibilitychange", () => document.hidden || look());
look();

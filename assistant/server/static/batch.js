// Hands files of questions in, shows what would be asked of each, and how far it is. What is shown is what the server
// keeps, so that a page that is loaded again shows the same.

const RUNS = new URL("batch/runs", document.baseURI);
RUNS.username = RUNS.password = ""; // a request may not have them in its address; the browser knows them
const SOON = 1000; // milliseconds between two looks while something is asked
const SELDOM = 20000;
const find = (selector, within = document) => within.querySelector(selector);
const cards = new Map(); // by the id of their run
const paces = new Map(); // of a run: when it was seen first, and how far it was then
let timer = 0;

const said = find("#said");
const wrong = find("#wrong");
const input = find("#file");

/** What the server says to a request. Throws what went wrong, in its words. */
async function call(path, options = {}) {
  let response;
  try {
    response = await fetch(`${RUNS}${path}`, { cache: "no-store", ...options });
  } catch {
    throw new Error("The server cannot be reached. Trying again.");
  }
  if (response.status === 401) throw new Error("The key is asked for again: load this page anew.");
  if (!response.ok) {
    const problem = await response.json().catch(() => null);
    throw new Error(sentence(problem?.detail ?? `The server says ${response.status}.`));
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

const sentence = (text) => text.charAt(0).toUpperCase() + text.slice(1) + (/[.!?]$/.test(text) ? "" : ".");
const many = (count, what) => `${count.toLocaleString()} ${what}${count === 1 ? "" : "s"}`;

/** Hands in one file after the other. */
async function handIn(files) {
  for (const file of files) {
    if (file.size > Number(input.dataset.most)) {
      wrong.textContent = `${file.name} is larger than ${Number(input.dataset.most) / 1e6} MB: split it.`;
      continue;
    }
    said.textContent = `Reading ${file.name} …`;
    const run = await attempt(() =>
      call(`?name=${encodeURIComponent(file.name)}`, {
        method: "POST",
        body: file,
        headers: { "Content-Type": "application/octet-stream" },
      }),
    );
    said.textContent = run === null ? "" : `${run.name} is read. ${run.wrong ? sentence(run.wrong) : asked(run)}`;
    await look();
    if (run !== null) cards.get(run.id)?.focus();
  }
  input.value = "";
}

const asked = (run) => `${many(run.different, "question")} would be asked.`;

/** Shows the runs that there are, and looks again when that is worth it. */
async function look() {
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
  if (wrong.textContent.startsWith("The server cannot be reached")) wrong.textContent = "";
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
  title.textContent = run.name;
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
      said.textContent = `${run.name} is being asked.`;
      await look();
    }),
  );
  find("[name=delete]", card).addEventListener("click", () => {
    if (card.run.state !== "read" && !confirm(`Delete ${run.name} and its answers?`)) return;
    attempt(async () => {
      await call(`/${run.id}`, { method: "DELETE" });
      said.textContent = `${run.name} is deleted.`;
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
    if (run.state === "done") said.textContent = `${run.name} is done. The answers can be downloaded.`;
    if (run.state === "failed") said.textContent = `${run.name} has stopped. ${sentence(run.wrong)}`;
  } else if (run.state === "running" && quarter(run) > quarter(before)) {
    said.textContent = `${run.name}: ${progress(run)}`;
  }
}

/** Shows a run on its card, which stays the same, so that nothing loses its place. */
function fill(card, run) {
  const had = card.contains(document.activeElement);
  card.run = run;
  find(".state", card).textContent = {
    read: run.wrong ? sentence(run.wrong) : "Nothing is asked yet.",
    waiting: "Waits for its turn.",
    running: "Is being asked. You may leave this page, and come back.",
    done: `Done. ${sentence(run.summary[0] ?? "")}`,
    failed: `Stopped: ${sentence(run.wrong)}`,
  }[run.state];
  find(".choose", card).hidden = run.state !== "read";
  options(find(".sheet", card), run.sheets.map((name) => [name, name]), run.sheet);
  const columns = run.columns.map((name, n) => [String(n), name || `column ${n + 1}`]);
  const chosen = run.column === null ? "" : String(run.column);
  options(find(".column", card), run.column === null ? [["", "Choose one"], ...columns] : columns, chosen);
  items(find(".told", card), run.state === "read" ? run.told.map(sentence) : []);
  const shown = find(".shown", card);
  shown.hidden = run.state !== "read" || run.shown.length === 0;
  find("summary", shown).textContent =
    run.shown.length < run.questions ? `The first ${run.shown.length} questions` : "The questions";
  items(find("ul", shown), run.shown);
  find(".going", card).hidden = !active(run);
  Object.assign(find("progress", card), { max: Math.max(1, run.different), value: run.done });
  find(".count", card).textContent = progress(run) + left(run);
  find(".summary", card).hidden = run.summary.length < 2;
  items(find(".summary ul", card), run.summary.slice(1));
  const start = find("[name=start]", card);
  start.hidden = !["read", "failed"].includes(run.state);
  start.disabled = run.state === "read" && run.wrong !== "";
  start.textContent = run.state === "failed" ? "Go on" : `Ask ${many(run.different, "question")}`;
  const link = find("a", card);
  link.hidden = run.state !== "done";
  link.href = `${RUNS}/${run.id}/answers`;
  link.download = run.answers;
  find("bdi", link).textContent = run.answers;
  find("[name=delete]", card).textContent = active(run) ? "Stop and delete" : "Delete";
  const until = new Date(run.until * 1000).toLocaleString([], { dateStyle: "medium", timeStyle: "short" });
  find(".until", card).textContent = `Will be deleted on ${until}.`;
  if (had && !card.contains(document.activeElement)) card.focus();
  if (had && document.activeElement.closest("[hidden]")) card.focus();
}

const progress = (run) => `${run.done.toLocaleString()} of ${many(run.different, "question")} asked.`;

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
  return seconds < 90 ? ` About ${Math.ceil(seconds / 5) * 5} s left.` : ` About ${Math.round(seconds / 60)} min left.`;
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
        item.append(`row ${text[0]}`, question);
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

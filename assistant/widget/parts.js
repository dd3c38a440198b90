// What the widget is made of: its elements, and words with values in them. Strings among an element's children become text, never markup.

/** `say("page {page}", { page: 3 })` is "page 3". Words that depend on a count are a function of the values. */
export function say(words, values) {
  const template = typeof words === "function" ? words(values) : words;
  return template.replace(/\{(\w+)\}/g, (whole, name) => (name in values ? String(values[name]) : whole));
}

/** An element; its classes are its parts too. A function among the attributes listens to the event of that name. */
export function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries({ part: attributes.class ?? tag, ...attributes })) {
    if (typeof value === "function") made.addEventListener(name, value);
    else made.setAttribute(name, value);
  }
  made.append(...children);
  return made;
}

const ICONS = {
  chat: "M4 5h16v11H10l-5 4v-4H4z",
  close: "M6 6l12 12M18 6L6 18",
  again: "M5 4v5h5M5.5 9a8 8 0 1 1-1.3 5",
  send: "M12 20V5M5 12l7-7 7 7",
  stop: "M7 7h10v10H7z",
  copy: "M9 9h11v11H9zM15 9V4H4v11h5",
  vote: "M7 11v9H3v-9zl4-8c2 0 3 1 3 3l-1 4h6c1 0 2 1 2 2l-2 7c0 1-1 1-2 1H7",
  wide: "M4 10V4h6M20 14v6h-6M4 4l6 6M20 20l-6-6",
  link: "M10 14a4 4 0 0 0 6 0l3-3a4 4 0 0 0-6-6l-1 1M14 10a4 4 0 0 0-6 0l-3 3a4 4 0 0 0 6 6l1-1",
  out: "M8 16L17 7M9 7h8v8",
};

/** A drawing that says nothing to a screen reader. */
function icon(name) {
  const [svg, path] = ["svg", "path"].map((tag) => document.createElementNS("http://www.w3.org/2000/svg", tag));
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  path.setAttribute("d", ICONS[name]);
  svg.append(path);
  return svg;
}

/** A button. With an icon, its words are its name and its tooltip. */
export function button(words, click, { drawn, ...attributes } = {}) {
  const named = drawn ? { class: "icon", "aria-label": words, title: words } : { class: "pill" };
  return element("button", { type: "button", click, ...named, ...attributes }, drawn ? icon(drawn) : words);
}

/** A link that opens in a new tab. */
export function link(words, href, newTab) {
  const hidden = element("span", { class: "hidden" }, ` ${newTab}`);
  return element("a", { href, target: "_blank", rel: "noopener noreferrer" }, words, icon("out"), hidden);
}

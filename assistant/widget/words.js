// The words that the widget says, in the language of the element, of its page or of the browser, as far as there are any.
// assistant/languages holds them; the server gives those of one language.

/** The words for an element: `{ language, direction, words }`. Those that the page puts in their place come first. */
export async function words(element, replaced, from = new URL("./words.json", import.meta.url)) {
  const own = element.closest("[lang]")?.lang.replace(/[^\da-z-]/gi, "");
  const headers = own ? { "Accept-Language": [own, ...navigator.languages].join() } : {};
  const response = await fetch(from, { headers });
  if (!response.ok) throw new Error(`no words: ${response.status}`);
  const { language, direction, words } = await response.json();
  const rules = new Intl.PluralRules(language);
  const counted = (forms) => (values) => forms[rules.select(values[forms.by ?? "count"])] ?? forms.other;
  const all = Object.entries({ ...words, ...replaced });
  return {
    language,
    direction,
    words: Object.fromEntries(all.map(([name, said]) => [name, typeof said === "object" ? counted(said) : said])),
  };
}

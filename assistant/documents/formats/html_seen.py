"""Which part of a web page is its content, and what of it a reader can see."""

from __future__ import annotations

import re
from collections.abc import Iterator

from selectolax.lexbor import LexborHTMLParser, LexborNode


def names(words: str) -> frozenset[str]:
    """The names in a text."""
    return frozenset(words.split())


HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))
_UNSEEN = names(
    "script style template noscript svg iframe object embed canvas audio video map head link meta title base select "
    "option optgroup textarea datalist input progress meter rp rt param source track -comment"
)
_CHROME_ROLES = names(
    "navigation banner contentinfo search complementary dialog alertdialog menubar menu tablist toolbar tooltip"
)
_CHROME_NAMES = re.compile(
    r"(?i)(?:^|[\s_-])(?:breadcrumbs?|skip-?(?:link|nav|to-content)|cookie-?(?:banner|consent|notice|bar)|mw-editsection)"
    r"(?=[\s_-]|\Z)"
)
# What hides an element, by the property that does.
_HIDING = {
    "display": re.compile(r"none\b"),
    "visibility": re.compile(r"hidden\b"),
    "opacity": re.compile(r"0(?:\.0*)?\Z"),
    "font-size": re.compile(r"0(?:px|pt|em|rem|%)?\Z"),
    "color": re.compile(r"transparent\b"),
    **dict.fromkeys(("left", "top", "text-indent"), re.compile(r"-\d{3,}")),
}
_FROM_ABOVE = names("inherit initial unset revert currentcolor")  # no color of its own
_SHOWING = re.compile(r"(?i)(?:^|[;\s])(?:display|visibility)\s*:\s*(?!none|hidden)")
_RULE = re.compile(r"([^{}]+)\{([^{}]*)\}")
_SIMPLE = re.compile(r"[.#][\w-]+")
_COMMENT = re.compile(r"/\*(?:.*?\*/|.*)", re.DOTALL)  # one that never ends takes all the rest
_MENU_ITEMS = 3
_OPENERS = ("aria-controls", "data-target", "data-bs-target")


class Seen:
    """Tells of each element of a page whether its text is shown to readers, at once or when they open it."""

    def __init__(self, tree: LexborHTMLParser) -> None:
        self.openable = _openable(tree)
        self.hiding = _hiding_rules(tree)

    def shows(self, node: LexborNode, attributes: dict[str, str | None]) -> bool:
        """Whether the element itself is shown. What can be folded out, or is the panel of a tab, counts as shown."""
        tag = node.tag
        if tag in _UNSEEN:
            return False
        if not attributes:
            return tag != "dialog"
        name = attributes.get("id")
        hidden = "hidden" in attributes and attributes["hidden"] != "until-found"
        hidden = hidden or attributes.get("aria-hidden") == "true"
        if (style := attributes.get("style")) and not hidden:
            hidden = _hides(style)
        if self.hiding and not hidden:
            names = [f".{each}" for each in (attributes.get("class") or "").split()]
            hidden = not self.hiding.isdisjoint([*names, f"#{name}"])
        if not hidden and tag == "dialog":
            hidden = "open" not in attributes
        return not hidden or attributes.get("role") == "tabpanel" or (name is not None and name in self.openable)

    def hides(self, node: LexborNode, attributes: dict[str, str | None]) -> bool:
        """Whether an element that would show its text is hidden."""
        return node.tag not in _UNSEEN and not self.shows(node, attributes)


def is_chrome(node: LexborNode, attributes: dict[str, str | None], *, inside: bool) -> bool:
    """Whether the element is there to get about the site. `inside` is whether it stands in the content itself."""
    tag, role = node.tag, attributes.get("role")
    if tag == "nav" or role in _CHROME_ROLES - {"complementary", "banner"}:
        return True
    if tag == "footer":
        return not (inside and _stands_in(node, ("blockquote", "figure")))
    if (tag in ("header", "aside") or role in ("complementary", "banner")) and not inside:
        return True
    named = f"{attributes.get('class') or ''} {attributes.get('id') or ''}"
    if named != " " and _CHROME_NAMES.search(named) and tag not in ("body", "html", "main"):
        return True
    if tag == "a":
        return _goes_nowhere(node, attributes)
    return tag in ("ul", "ol") and _is_contents(node)


def root(tree: LexborHTMLParser) -> LexborNode | None:
    """The element that holds the page's content: its `main`, its only article, or its body."""
    body = tree.body
    if body is None:
        return tree.root
    everything = len(body.text(deep=True))
    for found in (tree.css("main, [role=main]"), tree.css("article")):
        outer = [node for node in found if not _stands_in(node, ("main", "article"))]
        if not outer:
            continue
        best = max(outer, key=lambda node: len(node.text(deep=True)))
        held = len(best.text(deep=True))
        if (best.tag != "article" and held > 200) or (len(outer) == 1 and held * 2 > everything):
            return best
    return body


def _stands_in(node: LexborNode, tags: tuple[str, ...]) -> bool:
    parent = node.parent
    for _ in range(200):
        if parent is None:
            return False
        if parent.tag in tags:
            return True
        parent = parent.parent
    return False


def _goes_nowhere(node: LexborNode, attributes: dict[str, str | None]) -> bool:
    """Whether a link is a mark beside a heading, or leads on in the page."""
    if not (attributes.get("href") or "").startswith("#"):
        return False
    text = node.text(deep=True).strip()
    return not any(character.isalnum() for character in text) or text.lower().startswith(("skip to", "back to top"))


def is_menu(node: LexborNode) -> bool:
    """Whether a list is nothing but links."""
    items = [child for child in node.iter() if child.tag == "li"]
    for item in items:
        said = sum(map(str.isalnum, item.text(deep=True)))
        if sum(map(str.isalnum, "".join(link.text(deep=True) for link in item.css("a[href]")))) < said:
            return False
    return len(items) >= _MENU_ITEMS


def _is_contents(node: LexborNode) -> bool:
    """Whether a list is a table of contents: nothing but links to places in the page."""
    items = [child for child in node.iter() if child.tag == "li"]
    if len(items) < 2:
        return False
    for item in items:
        links = item.css("a[href^='#']")
        said = "".join(item.text(deep=True).split())
        if not links or len(links[0].attributes.get("href") or "") < 2:
            return False
        if "".join("".join(link.text(deep=True).split()) for link in links) != said:
            return False
    return True


def _openable(tree: LexborHTMLParser) -> frozenset[str]:
    """The ids of what links and buttons of the page open."""
    found: set[str] = set()
    for node in tree.css("a[href^='#']"):
        found.add((node.attributes.get("href") or "")[1:])
    for name in _OPENERS:
        for node in tree.css(f"[{name}]"):
            found.update(each.lstrip("#") for each in (node.attributes.get(name) or "").split())
    return frozenset(found - {""})


def _hiding_rules(tree: LexborHTMLParser) -> frozenset[str]:
    """The classes and ids that the page's own style sheets hide, and never show again."""
    hidden: set[str] = set()
    shown: set[str] = set()
    for sheet in tree.css("style"):
        for selectors, body in _rules(sheet.text(deep=True)):
            for selector in selectors:
                if _SIMPLE.fullmatch(selector) and _hides(body):
                    hidden.add(selector)
                elif _SHOWING.search(body):
                    shown.update(_SIMPLE.findall(selector))
    return frozenset(hidden - shown)


def _hides(style: str) -> bool:
    """Whether these declarations hide an element, or write it in the color of its ground."""
    said: dict[str, str] = {}
    for declaration in _COMMENT.sub("", style).lower().split(";"):
        name, _, value = declaration.partition(":")
        said[name.strip()] = value.partition("!")[0].strip()
    if any(hiding.match(said.get(name, "")) for name, hiding in _HIDING.items()):
        return True
    ink, ground = said.get("color"), said.get("background-color") or said.get("background")
    return ink is not None and ink == ground and ink not in _FROM_ABOVE


def _rules(sheet: str) -> Iterator[tuple[list[str], str]]:
    """The rules that hold on every screen; those within `@media` and the like are left out."""
    sheet = _COMMENT.sub("", sheet[:200_000])
    depth, start = 0, 0
    for brace in re.finditer(r"[{}]", sheet):
        if brace[0] == "{":
            depth += 1
            continue
        depth = max(depth - 1, 0)
        if depth == 0:
            rule = _RULE.fullmatch(sheet[start : brace.end()].strip())
            start = brace.end()
            if rule is not None and not rule[1].startswith("@"):
                yield [selector.strip() for selector in rule[1].split(",")], rule[2]

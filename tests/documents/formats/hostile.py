"""What a hostile file is, and the harm that any archive of XML parts can be made to do: a zip bomb, an entity."""

from __future__ import annotations

import io
import re
import struct
import zipfile
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from typing import Literal, TypeAlias

Parts: TypeAlias = Mapping[str, str | bytes]
Made: TypeAlias = Mapping[str, Callable[[], bytes]]

WORDS = "Leave is 27 days."  # of the sound part of every file that has one
SECRET = "an-oyster-is-what-nobody-outside-may-see"  # stands in this very file, which the entities name
HERE = Path(__file__).resolve().as_uri()
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504)
DISGUISED = "is damaged, or not of the kind that its name says"
LOCKED = "opens with a password only"
LARGE = "unpacks to more than"
WEB = 'TargetMode="External"'
_RELATIONS = '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{}</Relationships>'
_TYPES = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


@dataclass(frozen=True, slots=True)
class Hostile:
    """A file that is made to do harm, and how it should end."""

    make: Callable[[], bytes]
    end: Literal["read", "failed", "either"]
    says: str = ""  # what stands in its text if it is to be read, and in the reason if it is not


def sound(made: Made, words: str = WORDS) -> dict[str, Hostile]:
    """Files of which what is sound is read, these words among it."""
    return {name: Hostile(make, "read", words) for name, make in made.items()}


def refused(reason: str, **made: Callable[[], bytes]) -> dict[str, Hostile]:
    """Files that are refused for a reason with these words. Names are written with `_` for `-`."""
    return {name.replace("_", "-"): Hostile(make, "failed", reason) for name, make in made.items()}


def parts_of(data: bytes) -> dict[str, bytes]:
    """The parts of an archive by their names."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def zipped(parts: Parts) -> bytes:
    """An archive of these parts."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return out.getvalue()


def packed(parts: Callable[[], Parts]) -> Callable[[], bytes]:
    """What makes an archive of these parts, once it is asked to."""
    return lambda: zipped(parts())


def related(*relations: str) -> str:
    """A part of relations."""
    return _RELATIONS.format("".join(relations))


def relation(kind: str, target: str, more: str = "", *, id: str = "") -> str:
    """A relation of an office file's part to another one, or to what lies elsewhere."""
    return f'<Relationship Id="{id or kind}" Type="{_TYPES}/{kind}" Target="{target}" {more}/>'


@cache
def blown(megabytes: int, letter: bytes = b" ") -> tuple[bytes, int]:
    """So many megabytes of one letter, packed, and their checksum."""
    packer, plain = zlib.compressobj(9, zlib.DEFLATED, -15), letter * 1_000_000
    block = packer.compress(plain) + packer.flush(zlib.Z_FULL_FLUSH)
    checksum = 0
    for _ in range(megabytes):
        checksum = zlib.crc32(plain, checksum)
    return block * megabytes + packer.flush(), checksum


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of an archive, with whatever its head says of it."""

    name: str
    packed: bytes
    checksum: int
    size: int
    method: int = zipfile.ZIP_DEFLATED
    flags: int = 0


def entry(name: str, data: bytes, *, flags: int = 0, method: int = zipfile.ZIP_DEFLATED) -> Entry:
    """An entry whose head tells the truth, but for its flags and its method."""
    packer = zlib.compressobj(6, zlib.DEFLATED, -15)
    packed = packer.compress(data) + packer.flush()
    return Entry(name, packed, zlib.crc32(data), len(data), method, flags)


def archive(entries: list[Entry]) -> bytes:
    """An archive that is written by hand, so that its heads may lie."""
    body, directory = bytearray(), bytearray()
    for each in entries:
        name, at = each.name.encode(), len(body)
        said = (each.flags, each.method, 0, 33, each.checksum, len(each.packed), each.size, len(name))
        head = struct.pack("<HHHHHIIIH", 20, *said)
        body += b"PK\x03\x04" + head + struct.pack("<H", 0) + name + each.packed
        directory += b"PK\x01\x02" + struct.pack("<H", 20) + head + struct.pack("<HHHHII", 0, 0, 0, 0, 0, at) + name
    end = struct.pack("<4sHHHHIIH", b"PK\x05\x06", 0, 0, len(entries), len(entries), len(directory), len(body), 0)
    return bytes(body + directory + end)


def poisoned(xml: bytes, declared: str, reference: str = "&e;") -> str:
    """A part with these declarations, that refers to what they declare in its first text, or in its last element."""
    declaration, rest = re.match(r"(?s)\s*(<\?xml.*?\?>)?(.*)", xml.decode()).groups()  # type: ignore[union-attr]
    rest = re.sub(r"(?s)>([^<]+)</", rf">\1{reference}</", rest, count=1)
    if reference not in rest:
        rest = re.sub(r"(?s)</(?!.*</)", f"{reference}</", rest, count=1)
    root = re.search(r"<([\w:.-]+)", rest)
    return f"{declaration or ''}<!DOCTYPE {root[1] if root else 'x'} {declared}>{rest}"


OUTSIDE = f'[<!ENTITY e SYSTEM "{HERE}">]'
LAUGHS = '[<!ENTITY e0 "ha">{}<!ENTITY e "&e11;">]'.format(
    "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 12))
)
QUADRATIC = f'[<!ENTITY e "{"laugh " * 20_000}">]'


def attacks(parts: Parts, main: str, *, read: tuple[str, ...], words: str = WORDS) -> dict[str, Hostile]:
    """What is done to an archive of these parts, in the main one of which the words stand; `read` are its XML parts."""
    given = {name: part.encode() if isinstance(part, str) else part for name, part in parts.items()}
    whole, bare = given[main], re.sub(rb"(?s)^\s*<\?xml.*?\?>", b"", given[main])
    good = zipped(given)

    def made(*changed: Entry) -> Callable[[], bytes]:
        """The archive, some of whose entries are written by hand."""
        names = {each.name for each in changed}
        return lambda: archive([entry(n, part) for n, part in given.items() if n not in names] + [*changed])

    def blow(megabytes: int, size: int | None = None, name: str = main) -> Callable[[], bytes]:
        return lambda: made(Entry(name, *blown(megabytes), size or megabytes * 1_000_000))()

    def with_main(data: bytes) -> Callable[[], bytes]:
        return lambda: zipped({**given, main: data})

    def cut(share: float) -> Callable[[], bytes]:
        return lambda: good[: int(len(good) * share)]

    empty = entry("", b"")
    inner = packed(lambda: {"a.zip": zipped({"b.zip": zipped({"c.xml": b"0" * 1_000_000})})})
    out = ("../../evil.xml", "/etc/passwd", "C:\\evil.xml", "a/../../b.xml", "con", "\\\\host\\share\\x.xml")
    found = sound({
        "bomb-in-a-bomb": lambda: zipped({**given, "x/inner.zip": inner()}),
        "ten-thousand-entries": lambda: archive(
            [*(entry(*each) for each in given.items()), *(Entry(f"x/{n}", *_fields(empty)) for n in range(10_000))]
        ),
        "a-name-twice": lambda: archive([entry(main, b"<x/>"), *(entry(*each) for each in given.items())]),
        "names-that-lead-out": lambda: zipped({**given, **dict.fromkeys(out, "<x/>")}),
        "something-before-it": lambda: b"MZ" + bytes(500) + good,
        "something-after-it": lambda: good + bytes(500),
    }, words)  # fmt: skip
    found |= refused(LARGE, bomb_of_one_entry=blow(450))
    found |= refused(LOCKED, a_part_with_a_password=made(entry(main, whole, flags=1)))
    found |= refused(LOCKED, encrypted=lambda: OLE + "EncryptedPackage".encode("utf-16-le") + bytes(512))
    found |= refused("is of an older format", of_an_older_format=lambda: OLE + bytes(4_000))
    found |= refused(
        DISGUISED,
        a_web_page=lambda: b"<!doctype html><title>x</title><p>Not of this kind.",
        a_pdf=lambda: b"%PDF-1.7\n1 0 obj<<>>endobj\n%%EOF",
        noise=lambda: bytes(range(256)) * 40,
        cut_at_a_quarter=cut(0.25),
        cut_in_the_middle=cut(0.5),
        cut_near_the_end=cut(0.97),
        empty=lambda: b"",
    )
    found |= refused(
        "",
        bomb_in_the_main_part=blow(30),
        bomb_that_says_it_is_small=blow(30, 1_000),
        an_unknown_method=made(entry(main, whole, method=99)),
        another_archive=packed(lambda: {"a.txt": "Text."}),
        without_its_main_part=packed(lambda: {name: part for name, part in given.items() if name != main}),
        main_part_empty=with_main(b""),
        main_part_cut=with_main(whole[: len(whole) // 2]),
        main_part_of_null_bytes=with_main(bytes(10_000)),
        main_part_with_null_bytes=with_main(whole.replace(b">", b">\0", 3)),
        main_part_of_no_encoding=with_main(b'<?xml version="1.0" encoding="x-none"?>' + bare),
        main_part_of_wrong_letters=with_main(b'<?xml version="1.0" encoding="utf-8"?><x>\xff\xfe\xc0\xaf</x>'),
        main_part_nested=with_main(b"<x>" * 20_000 + b"</x>" * 20_000),
    )
    found["outside-by-a-type"] = Hostile(with_main(poisoned(whole, f'SYSTEM "{HERE}"').encode()), "either")
    found["in-another-width"] = Hostile(with_main(poisoned(bare, OUTSIDE).encode("utf-16")), "either")
    for name in read:
        for kind, declared in (("outside", OUTSIDE), ("laughs", LAUGHS), ("quadratic", QUADRATIC)):
            data = partial(_poisoned, given, name, declared, 2_000 if kind == "quadratic" else 1)
            found[f"{kind}-in-{name.replace('/', '-')}"] = Hostile(data, "either")
    return found


def _fields(each: Entry) -> tuple[bytes, int, int]:
    return each.packed, each.checksum, each.size


def _poisoned(given: Mapping[str, bytes], name: str, declared: str, times: int) -> bytes:
    return zipped({**given, name: poisoned(given[name], declared, "&e;" * times)})

"""The command `assistant keys`: makes, lists and removes the keys to a server."""

from __future__ import annotations

import argparse
import sys
from datetime import UTC, datetime
from pathlib import Path

from assistant.access.scopes import SCOPES, Scope
from assistant.errors import UsageError

DETAILS = """\
  assistant keys add NAME     makes a key and shows it, once
  assistant keys list         shows names, scopes, groups, and when each was made
  assistant keys remove NAME  takes a key out; running servers refuse it from then on

scopes:
  ask     questions, searches, chat, suggestions, votes
  read    the documents and their texts
  write   to add and delete documents
  admin   the pages /admin and /admin/batch, and /metrics
The file holds hashes of the keys, not the keys."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Puts the arguments of the command on a parser."""
    parser.add_argument("action", choices=("add", "list", "remove"), help="what to do")
    parser.add_argument("name", nargs="?", metavar="NAME", help="the name of the key")
    parser.add_argument("--keys", type=Path, metavar="FILE", help="the file of the keys, if not the setting's")
    parser.add_argument(
        "--scopes", type=_scopes, metavar="LIST", default=("ask", "read"), help="comma separated (default: ask,read)"
    )
    parser.add_argument(
        "--groups", type=_names, metavar="LIST", default=(), help="whose documents it opens, comma separated"
    )


def run(action: str, name: str | None, path: Path, *, scopes: tuple[Scope, ...], groups: tuple[str, ...]) -> int:
    """Does what the command was asked for."""
    from assistant.access.keys import KeyRing

    ring = KeyRing(path)
    if action == "list":
        for key in ring.all():
            made = datetime.fromtimestamp(key.created, UTC).date().isoformat()
            of = f"  groups {','.join(key.groups)}" if key.groups else ""
            print(f"{key.name}  {','.join(key.scopes)}{of}  made {made}")
        return 0
    if not name:
        raise UsageError(f"say which key: assistant keys {action} NAME")
    if action == "remove":
        ring.remove(name)
        print(f"removed {name}", file=sys.stderr)
        return 0
    secret = ring.add(name, scopes, groups)
    print(f"the key {name}, for {','.join(scopes)}; keep it now, it is not shown again:", file=sys.stderr)
    print(secret)
    return 0


def _names(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip())


def _scopes(text: str) -> tuple[Scope, ...]:
    given = _names(text)
    wrong = [name for name in given if name not in SCOPES]
    if wrong or not given:
        raise argparse.ArgumentTypeError(f"give some of {','.join(SCOPES)}, not {text!r}")
    return tuple(scope for scope in SCOPES if scope in given)

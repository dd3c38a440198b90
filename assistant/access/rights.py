"""Rights per document: its metadata names groups, and whoever is in none of them does not learn that it is there."""

from __future__ import annotations

import hmac
import re
from collections import OrderedDict
from collections.abc import Callable, Collection, Mapping
from threading import Lock
from time import time
from weakref import WeakKeyDictionary

from assistant.errors import AssistantError
from assistant.types import Answerer, Document, Parted

FIELD = "groups"  # of a document's metadata: one name, or a list of them; a document without it is for everyone
VIEWS = 16  # that are kept at once
FRESH = 300  # seconds that a signature is good for, before and after
_SIGNED = re.compile(r"t=(?P<time>\d{1,12}),v1=(?P<mac>[0-9a-f]{64})")


def may_see(document: Document, groups: Collection[str]) -> bool:
    """Whether someone in these groups may know of a document. What its metadata says unreadably, nobody may."""
    if FIELD not in document.metadata:
        return True
    named = document.metadata[FIELD]
    names = [part.strip() for part in named.split(",")] if isinstance(named, str) else named
    return isinstance(names, list) and any(isinstance(name, str) and name and name in groups for name in names)


class Views:
    """Gives the answerer for a person's groups: over the documents that they may see, as if there were no others.

    So nothing of another document can come through a score, a count, a suggestion or a refusal. Views are made when
    they are first asked for, and those used last are kept.
    """

    def __init__(self, current: Callable[[], Answerer], *, most: int = VIEWS) -> None:
        self._current, self._most = current, most
        self._lock = Lock()
        # By the answerer that they are views of: once nothing else holds that one, its views are gone, too.
        self._views: WeakKeyDictionary[Answerer, OrderedDict[frozenset[str], Answerer]] = WeakKeyDictionary()

    def __call__(self, groups: Collection[str]) -> Answerer:
        """The answerer for these groups."""
        whole = self._current()
        ids = frozenset(id for id, document in whole.documents.items() if may_see(document, groups))
        if len(ids) == len(whole.documents):
            return whole
        if not isinstance(whole, Parted):
            raise AssistantError("this answerer cannot keep documents apart: unset ASSISTANT_RIGHTS to serve it to all")
        with self._lock:
            views = self._views.setdefault(whole, OrderedDict())
            view = views.pop(ids, None)
            if view is None:
                view = whole.part(ids)
            views[ids] = view
            if len(views) > self._most:
                views.popitem(last=False)
            return view


def sign(groups: str, secret: str, at: int) -> str:
    """The signature of a list of groups, as a proxy sends it beside them."""
    mac = hmac.new(secret.encode(), f"{at}.{groups}".encode(), "sha256").hexdigest()
    return f"t={at},v1={mac}"


def signed_groups(headers: Mapping[str, str], secret: str, now: Callable[[], float] = time) -> tuple[str, ...] | None:
    """The groups that a proxy says a person is in; None where it does not, or is not who signs so."""
    groups, signature = headers.get("x-assistant-groups"), headers.get("x-assistant-signature")
    if not secret or groups is None or signature is None or not (match := _SIGNED.fullmatch(signature)):
        return None
    at = int(match["time"])
    if not hmac.compare_digest(sign(groups, secret, at).encode(), signature.encode()) or abs(now() - at) > FRESH:
        return None
    return tuple(name.strip() for name in groups.split(",") if name.strip())

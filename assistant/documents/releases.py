"""Headings that name a release or a day: what stands below such a heading holds for that, and for nothing else."""

from __future__ import annotations

import re

_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?"
    r"|nov(?:ember)?|dec(?:ember)?)\.?"
)
_DAY = r"\d{1,2}(?:st|nd|rd|th)?"
_DATE = (
    rf"(?:\d{{4}}[-/.]\d{{1,2}}(?:[-/.]\d{{1,2}})?|\d{{1,2}}[./]\d{{1,2}}[./]\d{{2,4}}|{_DAY}\.? {_MONTH} \d{{4}}"
    rf"|{_MONTH} {_DAY},? \d{{4}}|{_MONTH} \d{{4}})"
)
_NUMBER = r"\d+(?:\.\d+)+(?:[-.+]?(?:alpha|beta|rc|dev|post|pre|a|b)[-.]?\d*)?(?:\+[\w.]+)?"
_BETWEEN = r"[ ]?(?:[-\u2013\u2014/,:|]|\(|\[|released(?: on)?|of|from|as of|on)?[ ]?(?:released(?: on)? )?"
_HEADING = re.compile(
    rf"(?:(?:[\w'&.-]+ ){{0,3}}?(?:version|release|update|v\.?) ?)?"
    rf"(?:(?:v\.?)?\[?{_NUMBER}\]?|(?<=version )\d+|(?<=release )\d+|(?<=update )\d+|(?<=v)\d+)"
    rf"(?:{_BETWEEN}{_DATE}[)\]]?)?(?: ?[(\[][^()\[\]]{{1,30}}[)\]])?:?",
    re.IGNORECASE,
)
_NAMED = re.compile(rf"(?:[^\W\d_][\w'&.-]* ){{1,3}}v?{_NUMBER}(?:{_BETWEEN}{_DATE}[)\]]?)", re.IGNORECASE)
_ALONE = re.compile(rf"(?:{_DATE}|[12]\d{{3}}):?", re.IGNORECASE)
_LONGEST = 100


def names_release(title: str) -> bool:
    """Whether a heading is a version with or without its date, such as "2.3.0 - 2024-03-11"; or a date alone.

    "2.3 Payment terms" is a numbered heading, and no version.
    """
    said = " ".join(title.split())
    if len(said) > _LONGEST:
        return False
    return any(pattern.fullmatch(said) for pattern in (_HEADING, _NAMED, _ALONE))

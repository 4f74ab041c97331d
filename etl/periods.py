"""The period a published figure is for, as a token of `gandan ask`."""

from __future__ import annotations

import re

from etl.text import fold

_TOKEN = re.compile(r"(\d{4})(?:-(?:(0[1-9]|1[0-2])(-YTD)?|(Q[1-4])|(H[12])|(9M)))?")
_YEAR = r"(?P<year>(?:19|20|21)\d{2})"
_WRITTEN = (
    (re.compile(rf"(?:nam )?{_YEAR}"), "{year}"),
    (re.compile(rf"(?:quy|q) ?(?P<n>iv|i{{1,3}}|[1-4])(?: nam)? {_YEAR}"), "{year}-Q{n}"),
    (re.compile(rf"(?:thang|t) ?(?P<n>\d{{1,2}})(?: nam)? {_YEAR}"), "{year}-{n:02d}"),
    (re.compile(rf"(?P<n>\d{{1,2}}) {_YEAR}"), "{year}-{n:02d}"),
    (re.compile(rf"6 thang(?: dau)?(?: nam)? {_YEAR}"), "{year}-H1"),
    (re.compile(rf"9 thang(?: dau)?(?: nam)? {_YEAR}"), "{year}-9M"),
)
_ROMAN = {"i": 1, "ii": 2, "iii": 3, "iv": 4}


def read_period(text: str) -> str | None:
    """Return the token of a period, None when the text names none.

    >>> read_period("2026-Q1"), read_period("Quý III/2026"), read_period("Năm 2025"), read_period("9 tháng năm 2026")
    ('2026-Q1', '2026-Q3', '2025', '2026-9M')
    >>> read_period("Tháng 9/2026"), read_period("2026-10-YTD"), read_period("13/2026"), read_period("quý")
    ('2026-09', '2026-10-YTD', None, None)
    """
    token = text.strip().upper()
    if _TOKEN.fullmatch(token):
        return token
    folded = fold(text)
    for pattern, shape in _WRITTEN:
        found = pattern.fullmatch(folded)
        if found is None:
            continue
        given = found.groupdict().get("n") or "1"
        number = _ROMAN[given] if given in _ROMAN else int(given)
        written = shape.format(year=found["year"], n=number)
        if _TOKEN.fullmatch(written):
            return written
    return None

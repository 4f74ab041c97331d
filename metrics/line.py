"""The command line that puts a question, from the question: one list of arguments for the command and for a page."""

from __future__ import annotations

import shlex
from typing import Literal

from metrics.model import Part, Query
from metrics.viewer import Viewer

Verb = Literal["ask", "cases"]

FLAGS = {
    "level": "--level", "unit": "--unit", "period": "--period", "period_from": "--from", "period_to": "--to",
    "calendar": "--calendar", "by": "--by", "split_value": "--split-value", "boundaries": "--boundaries",
    "within": "--within", "as_of": "--as-of", "as_user": "--as", "part": "--part",
}  # fmt: skip
"""What a question is made of, and how the command line names it."""
SPLITS = {"field": "field_name", "procedure": "procedure_code"}
"""Short names of splits that the command line takes."""


def command(query: Query, viewer: Viewer, as_of: str = "", verb: Verb = "ask", part: Part | None = None) -> str:
    """Return the line that gives this viewer the same answer; it can be pasted as it stands.

    >>> from metrics.viewer import PROVINCE
    >>> command(Query(("on_time_rate",), "commune", None, "2026-10", by="field_name", within="44"), PROVINCE)
    'gandan ask on_time_rate --level commune --period 2026-10 --by field --within 44'
    >>> command(Query(("settled",), "commune", "19432", "2026-01", "2026-10"), Viewer("unit", name="unit:19432"))
    'gandan ask settled --level commune --unit 19432 --from 2026-01 --to 2026-10 --as unit:19432'
    """
    words = ["gandan", verb, *query.metrics]
    for name, value in _said(query, viewer, as_of, part):
        words += [FLAGS[name], value]
    return shlex.join(words)


def _said(query: Query, viewer: Viewer, as_of: str, part: Part | None) -> list[tuple[str, str]]:
    """Return the arguments of the question, without those that the command takes anyway."""
    short = {column: name for name, column in SPLITS.items()}
    usual = Query(query.metrics)
    given = {
        "part": part,
        "level": query.level,
        "unit": query.unit,
        "period_from" if query.period_to else "period": query.period,
        "period_to": query.period_to,
        "calendar": query.calendar if query.calendar != usual.calendar else None,
        "by": short.get(query.by, query.by) if query.by else None,
        "boundaries": query.boundaries if query.boundaries != usual.boundaries else None,
        "within": query.within,
        "as_of": as_of,
        "as_user": "" if viewer.role == "province" else viewer.name or viewer.role,
    }
    found = [(name, str(value)) for name, value in given.items() if value]
    if query.by and query.split_value is not None:
        found.append(("split_value", query.split_value))  # "" is a value: rows that do not say
    return found

"""Which figures a publish would move, by how much and why, worst first. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from metrics import periods
from metrics.model import Metric
from ui import numbers, tables
from ui.desk import Record
from ui.standings import value_kind
from ui.text import Text
from ui.view import mid_sentence

CAUSES = ("new", "changed_status", "changed_due", "changed_end", "replaced", "withdrawn", "corrected")
"""What the rows of a load did, in the order in which it is told."""


def difference(found: Record) -> Record:
    """Return the comparison itself, which the command may wrap in what else it says."""
    inner = found.get("difference")
    return inner if isinstance(inner, dict) else found


def figures(found: Record, unit: str = "") -> list[Record]:
    """Return the figures that would move, of one unit or of all, in the comparison's order: worst first."""
    return [f for f in found.get("figures", []) if not unit or f["unit_id"] == unit]


def units(found: Record) -> dict[str, str]:
    """Return the units of which a figure would move: id → name, the province first, else as listed."""
    listed = found.get("figures", [])
    named = {str(f["unit_id"]): str(f["unit_name"]) for f in listed}
    first = {str(f["unit_id"]) for f in listed if f["level"] == "province"}
    return dict(sorted(named.items(), key=lambda item: item[0] not in first))


def sentence(text: Text, found: Record, n_loads: int) -> str:
    """Return how many published figures would move and because of which files, and how many would be new."""
    state = found.get("state", "compared")
    if state != "compared":
        return text(f"desk.moves.{state}", n=numbers.integer(n_loads, text.lang))
    changed = found.get("n_moved", 0) + found.get("n_gone", 0)
    n, new, past = (numbers.integer(v, text.lang) for v in (changed, found.get("n_new", 0), found.get("n_past", 0)))
    if not changed and not found.get("n_new"):
        return text("desk.moves.none")
    said = [text("desk.moves.some", n=n, because=because(text, causes(found)))] if changed else []
    if changed and found.get("n_past"):
        said.append(text("desk.moves.past", n=past))
    if found.get("n_new"):
        said.append(text("desk.moves.fresh" if changed else "desk.moves.only_fresh", n=new))
    return " ".join(said)


def causes(found: Record) -> list[Record]:
    """Return the loads that change rows, those that change most first."""
    return sorted(found.get("loads", []), key=lambda one: -_total(one))


def because(text: Text, given: Sequence[Record], most: int = 2) -> str:
    """Return why, in words: by file, what its rows did; so many files at most."""
    pieces = []
    for one in given[:most]:
        done = [
            text(f"desk.moves.{name}", n=numbers.integer(one[f"n_{name}"], text.lang))
            for name in CAUSES
            if one.get(f"n_{name}")
        ]
        file = text("desk.moves.file", file=one.get("file_name") or one.get("load_no"))
        pieces.append(f"{file} ({', '.join(done)})" if done else file)
    if len(given) > most:
        pieces.append(text("desk.moves.more", n=len(given) - most))
    return "; ".join(pieces) or numbers.MISSING


def table(text: Text, given: Sequence[Record], definition: Callable[[str], Metric]) -> tables.Table:
    """Return the figures that would move: which, where, when, before, after, by how much, why."""
    rows = []
    for one in given:
        metric = definition(str(one["metric"]))
        kind = value_kind(metric)
        before, after = one.get("before"), one.get("after")
        delta = None if before is None or after is None else after - before
        rows.append(
            (
                metric.label[text.lang],
                one["unit_name"],
                period_name(text, one),
                *(tables.shown(v, kind, text.lang) for v in (before, after)),
                numbers.difference(delta, metric.unit, text("figure.points"), text.lang),
                text(f"desk.moves.kind.{one.get('kind', 'moved')}"),
                because(text, one.get("because", [])),
            )
        )
    heads = ("metric", "unit", "period", "before", "after", "difference", "change", "why")
    return tables.Table(tuple(tables.Column(text(f"column.{h}")) for h in heads), tuple(rows))


def warning(finding: Record) -> str:
    """Return what a check found, without the name of the check.

    >>> warning({"check": "letters_kept", "text": "letters_kept: 2 đơn không còn"})
    '2 đơn không còn'
    """
    return str(finding["text"]).removeprefix(f"{finding['check']}: ")


def period_name(text: Text, figure: Mapping[str, Any]) -> str:
    """Return the name of a figure's period."""
    return mid_sentence(periods.parse(str(figure["period"]), "calendar").name(text.lang))


def _total(one: Record) -> int:
    return sum(int(one.get(f"n_{name}") or 0) for name in CAUSES)

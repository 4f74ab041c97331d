"""Which figures a publish would move, by how much and why, worst first. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from metrics import periods
from metrics.model import Metric
from ui import numbers, tables
from ui.desk import Record
from ui.standings import value_kind
from ui.text import Text
from ui.view import mid_sentence

CAUSES = ("new", "changed_status", "changed_due", "changed_end", "replaced", "withdrawn")


def moves(found: Record, unit: str = "") -> list[Record]:
    """Return the figures that would move, of one unit or of all, as the comparison lists them: worst first."""
    return [m for m in found.get("moves", []) if not unit or m.get("unit_id") == unit]


def units(found: Record) -> dict[str, str]:
    """Return the units of which a figure would move: id → name, the province first, else as listed."""
    named = {str(m["unit_id"]): str(m.get("unit_name") or m["unit_id"]) for m in found.get("moves", [])}
    first = {str(m["unit_id"]) for m in found.get("moves", []) if m.get("level") == "province"}
    return dict(sorted(named.items(), key=lambda item: item[0] not in first))


def sentence(text: Text, found: Record) -> str:
    """Return how many figures would move, and because of which files; or that none would."""
    n = int(found.get("n_moves", len(found.get("moves", []))))
    if not found.get("published"):
        return text("desk.moves.first", n=numbers.integer(len(found.get("loads", [])), text.lang))
    if not n:
        return text("desk.moves.none")
    return text("desk.moves.some", n=numbers.integer(n, text.lang), because=because(text, causes(found)))


def causes(found: Record) -> list[Record]:
    """Return the loads that move figures, each once, with the most it does to any; the heaviest first."""
    if found.get("because"):
        return list(found["because"])
    most: dict[Any, Counter[str]] = {}
    files: dict[Any, Record] = {}
    for move in found.get("moves", []):
        for one in move.get("because", []):
            files.setdefault(one["load_no"], one)
            counts = most.setdefault(one["load_no"], Counter())
            for name in CAUSES:
                counts[f"n_{name}"] = max(counts[f"n_{name}"], int(one.get(f"n_{name}") or 0))
    made = [{**files[number], **counts} for number, counts in most.items()]
    return sorted(made, key=lambda one: -sum(one[f"n_{name}"] for name in CAUSES))


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


def table(text: Text, given: Sequence[Record], definition: Callable[[str], Metric | None]) -> tables.Table:
    """Return the figures that would move: where, when, before, after, by how much, why."""
    rows = []
    for move in given:
        metric = definition(str(move["metric"]))
        before, after = move.get("before"), move.get("after")
        if metric is None:
            label, shown, points = str(move["metric"]), [_plain(text, v) for v in (before, after)], numbers.MISSING
        else:
            kind = value_kind(metric)
            label = metric.label[text.lang]
            shown = [tables.shown(v, kind, text.lang) for v in (before, after)]
            delta = None if before is None or after is None else after - before
            points = numbers.difference(delta, metric.unit, text("figure.points"), text.lang)
        rows.append((label, move.get("unit_name", ""), period_name(text, move), *shown, points,
                     because(text, move.get("because", []))))  # fmt: skip
    heads = ("metric", "unit", "period", "before", "after", "difference", "why")
    return tables.Table(tuple(tables.Column(text(f"column.{h}")) for h in heads), tuple(rows))


def period_name(text: Text, move: Mapping[str, Any]) -> str:
    """Return the name of a move's period."""
    token = str(move.get("period", ""))
    try:
        return mid_sentence(periods.parse(token, "calendar").name(text.lang))
    except ValueError:
        return token


def _plain(text: Text, value: Any) -> str:
    return numbers.decimal(value, 1, text.lang) if isinstance(value, int | float) else numbers.MISSING

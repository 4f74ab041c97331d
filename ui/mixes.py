"""Early, on time and late per field: the bars, the finding, and the table behind them. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ui import charts, numbers, tables
from ui.text import Text

MOST_BARS = 10
ENOUGH = 30
"""A field is named in the title only when its share rests on at least this many cases."""


def by_group(rows: Sequence[Any], parts: Sequence[str]) -> dict[str, tuple[float, ...]]:
    """Return the counts of each part per split value, most cases first."""
    found: dict[str, dict[str, float]] = {}
    for row in rows:
        if row.split_value is not None or row.value:
            found.setdefault(row.split_value or "", {})[row.metric] = row.value or 0
    counts = {name: tuple(values.get(p, 0) for p in parts) for name, values in found.items()}
    return dict(sorted(((n, c) for n, c in counts.items() if sum(c)), key=lambda item: -sum(item[1])))


def results(rows: Sequence[Any], parts: Sequence[str], text: Text) -> tuple[tuple[charts.Bar, ...], str]:
    """Return the bars of the fields with most cases, worst share of the last part first, and the finding."""
    groups = list(by_group(rows, parts).items())[:MOST_BARS]
    share = {name: counts[-1] / sum(counts) for name, counts in groups}
    groups.sort(key=lambda item: -share[item[0]])
    bars = tuple(charts.Bar(_named(name, text), counts) for name, counts in groups)
    worst = next(((n, c) for n, c in groups if sum(c) >= ENOUGH and c[-1]), None)
    if worst is None:
        return bars, text("title.mix_none")
    parts_text = f"{numbers.integer(worst[1][-1], text.lang)}/{numbers.integer(sum(worst[1]), text.lang)}"
    value = f"{numbers.percent(share[worst[0]], text.lang)} ({parts_text})"
    if len(bars) == 1:
        return bars, text("title.mix_one", name=_named(worst[0], text), share=value)
    return bars, text("title.mix", name=_named(worst[0], text), share=value, n=ENOUGH)


def table(rows: Sequence[Any], parts: Sequence[str], text: Text) -> tables.Table:
    """Return every field with its counts and the share of the last part."""
    words = [text("chart.early"), text("chart.on_time"), text("chart.late")]
    columns = [tables.Column(text("column.field_name")), tables.Column(text("column.settled"), "count")]
    columns += [tables.Column(w, "count") for w in words] + [tables.Column(f"{words[-1]} (%)", "share")]
    made = [
        (_named(name, text), sum(counts), *counts, counts[-1] / sum(counts))
        for name, counts in by_group(rows, parts).items()
    ]
    return tables.Table(tuple(columns), tuple(made))


def _named(name: str, text: Text) -> str:
    return name or text("chart.no_field")

"""What the Data page says of the snapshot: how much arrived, rejects, what units sent, closed periods. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

from metrics.model import Metric
from ui import numbers, tables
from ui.standings import value_kind
from ui.text import Text

Records = Sequence[dict[str, Any]]
Words = dict[tuple[str, str], str]
"""What the intake calls its codes: (`reason` or `layout`, code) → words."""


def words(records: Records) -> Words:
    """Return the intake's words of one language by kind and code."""
    return {(r["kind"], r["code"]): r["word"] for r in records}


def _table(text: Text, records: Records, spec: dict[str, tables.Kind], said: Words | None = None) -> tables.Table:
    """Return records as a table with the columns of the spec, codes put into words."""
    columns = tuple(tables.Column(text(f"column.{name}"), kind) for name, kind in spec.items())
    return tables.Table(
        columns, tuple(tuple(_value(text, name, r[name], said or {}) for name in spec) for r in records)
    )


def _value(text: Text, name: str, value: Any, said: Words) -> Any:
    if isinstance(value, bool):
        return text(f"value.yes.{str(value).lower()}")
    if (name, value) in said:
        return said[name, value]
    key = f"value.{name}.{value}"
    return text(key) if isinstance(value, str) and text.has(key) else value


def sentence(text: Text, loads: Records, missing: int) -> str:
    """Return how much arrived, and that read = accepted + rejected."""
    totals = {
        k: numbers.integer(sum(r[k] or 0 for r in loads), text.lang) for k in ("n_read", "n_accepted", "n_rejected")
    }
    return text(
        "sentence.data",
        files=numbers.integer(len(loads), text.lang),
        read=totals["n_read"],
        accepted=totals["n_accepted"],
        rejected=totals["n_rejected"],
        missing=numbers.integer(missing, text.lang),
    )


def reasons(text: Text, records: Records, said: Words) -> tables.Table:
    """Return why rows of these files were rejected, most frequent first."""
    n, files = Counter[str](), Counter[str]()
    for r in records:
        n[r["reason"]] += r["n"]
        files[r["reason"]] += 1
    rows = [{"reason": reason, "n": count, "n_files": files[reason]} for reason, count in n.most_common()]
    return _table(text, rows, {"reason": "text", "n": "count", "n_files": "count"}, said)


def rejects(text: Text, records: Records, said: Words) -> tables.Table:
    """Return rejected rows with the sender's own row number and the shape of the value, never the value."""
    return _table(
        text,
        records,
        {
            "file_name": "text",
            "sheet": "text",
            "row": "count",
            "column": "text",
            "value_shape": "text",
            "reason": "text",
        },
        said,
    )


def dropped(text: Text, records: Records) -> tables.Table:
    """Return the columns that were not kept, and why."""
    columns = tuple(
        tables.Column(text(f"column.{n}"), k)  # type: ignore[arg-type]
        for n, k in (("header", "text"), ("reason", "text"), ("n_sheets", "count"))
    )
    worded = [
        (r["header"], text(f"value.dropped.{r['reason']}") if text.has(f"value.dropped.{r['reason']}") else r["reason"],
         r["n_sheets"])
        for r in records
    ]  # fmt: skip
    return tables.Table(columns, tuple(worded))


def not_seen(text: Text, records: Records) -> tables.Table:
    """Return the bodies with cases that a later file lists no more, and how many."""
    columns = (
        tables.Column(text("column.unit")),
        tables.Column(text("column.code")),
        tables.Column(text("overview.sources.n"), "count"),
    )
    return tables.Table(columns, tuple((r["full_name"], r["code"], r["n"]) for r in records))


def coverage(text: Text, records: Records) -> tables.Table:
    """Return what each unit has sent."""
    columns = (
        tables.Column(text("column.unit")),
        tables.Column(text("column.dataset")),
        tables.Column(text("column.first_on"), "date"),
        tables.Column(text("column.last_on"), "date"),
        tables.Column(text("column.n_loads"), "count"),
    )
    rows = tuple(
        (r["full_name"], _value(text, "dataset", r["dataset"], {}), r["first_on"], r["last_on"], r["n_loads"])
        for r in records
    )
    return tables.Table(columns, rows)


def closed(text: Text, entries: Sequence[Any]) -> tables.Table:
    """Return the closed snapshots: label, who, when, for which report."""
    columns = tuple(
        tables.Column(text(f"column.{n}"), "date" if n == "when" else "text")
        for n in ("label", "report", "who", "when", "snapshot")
    )
    return tables.Table(columns, tuple((e.label, e.report, e.who, e.closed_at.date(), e.snapshot) for e in entries))


def differences(
    text: Text, then: Sequence[Any], now: Sequence[Any], definition: Callable[[str], Metric]
) -> tables.Table:
    """Return the figures whose value is not what it was when the period was closed."""
    before = {(r.metric, r.unit_id, r.period_end): r for r in then}
    made = []
    for row in now:
        old = before.get((row.metric, row.unit_id, row.period_end))
        if old is None or _same(old.value, row.value):
            continue
        metric = definition(row.metric)
        kind = value_kind(metric)
        shown = [tables.shown(v, kind, text.lang) for v in (old.value, row.value)]
        delta = None if None in (old.value, row.value) else row.value - old.value
        points = numbers.difference(delta, metric.unit, text("figure.points"), text.lang)
        made.append((row.unit_name, metric.label[text.lang], *shown, points))
    names = ("unit", "metric", "then", "now", "difference")
    return tables.Table(tuple(tables.Column(text(f"column.{n}")) for n in names), tuple(made))


def _same(a: float | None, b: float | None) -> bool:
    return a == b if None in (a, b) else abs(float(a) - float(b)) < 1e-12  # type: ignore[arg-type]

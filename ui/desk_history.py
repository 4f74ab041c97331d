"""What happened: every load with its state, what changed in cases between loads, codes sent by several bodies."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Any

from ui import numbers, tables
from ui.desk import Record, Words, dataset_name, moment
from ui.text import Text


def loads(text: Text, given: Sequence[Record], published: Sequence[int], words: Words) -> tables.Table:
    """Return every load, newest first: state, who withdrew it and why, counts, hash for the inspector."""
    heads: dict[str, tables.Kind] = {
        "load_no": "count", "file_name": "text", "state": "text", "dataset": "text", "n_read": "count",
        "n_accepted": "count", "n_rejected": "count", "n_warned": "count", "data_on": "date", "loaded_at": "date",
        "layout": "text", "sha256": "text", "note": "text",
    }  # fmt: skip
    rows = []
    for one in reversed(given):
        state = str(one.get("state", "staged"))
        state = "published" if state == "staged" and one["load_no"] in published else state
        loaded, data_on = moment(one.get("loaded_at")), moment(one.get("data_on"))
        rows.append((
            one["load_no"], one.get("file_name", ""), text(f"desk.state.{state}"),
            dataset_name(text, str(one.get("dataset", ""))), one.get("n_read"), one.get("n_accepted"),
            one.get("n_rejected"), one.get("n_warned"), data_on.date() if data_on else None,
            loaded.date() if loaded else None, words("layout", str(one.get("layout", ""))),
            str(one.get("sha256", ""))[:12], _withdrawn(text, one),
        ))  # fmt: skip
    return tables.Table(tuple(tables.Column(text(f"column.{h}"), k) for h, k in heads.items()), tuple(rows))


def _withdrawn(text: Text, load: Record) -> str | None:
    noted = load.get("withdrawn") or {}
    if load.get("state") != "withdrawn":
        return None
    since = moment(noted.get("since"))
    day = numbers.day(since.date()) if since else numbers.MISSING
    return text("desk.history.withdrawn_by", day=day, why=noted.get("reason") or numbers.MISSING)


def arrivals(text: Text, given: Sequence[Record]) -> tables.Table:
    """Return every file that ever arrived, newest first, with what became of it."""
    columns = (
        tables.Column(text("column.loaded_at"), "date"), tables.Column(text("column.file_name")),
        tables.Column(text("column.state")), tables.Column(text("column.load_no"), "count"),
        tables.Column(text("column.sha256")),
    )  # fmt: skip
    rows = []
    for one in reversed(given):
        at, key = moment(one.get("at")), f"desk.state.{one.get('outcome')}"
        state = text(key) if text.has(key) else str(one.get("outcome", ""))
        rows.append((at.date() if at else None, one.get("file_name", ""), state, one.get("load_no"),
                     str(one.get("sha256", ""))[:12]))  # fmt: skip
    return tables.Table(columns, tuple(rows))


def records(
    text: Text, given: Sequence[Record], unit_name: Callable[[str], str], said: Callable[[str, Any], Any] | None = None
) -> tables.Table:
    """Return rows of a query as a table: the columns that have words, in the query's order, codes put into words."""
    names = [n for n in (given[0] if given else {}) if text.has(f"column.{n}")]
    kinds: dict[str, tables.Kind] = {}
    for name in names:
        value = next((r[name] for r in given if r[name] is not None), None)
        kinds[name] = (
            "date" if isinstance(value, date | datetime)
            else "count" if isinstance(value, int) and not isinstance(value, bool) else "text"
        )  # fmt: skip

    def worded(name: str, value: Any) -> Any:
        if said is not None and (found := said(name, value)) is not None:
            return found
        if isinstance(value, bool):
            return text(f"value.yes.{str(value).lower()}")
        if name.endswith("unit_id") and isinstance(value, str):
            return unit_name(value)
        key = f"value.{name}.{value}"
        return text(key) if isinstance(value, str) and text.has(key) else value

    columns = tuple(tables.Column(text(f"column.{n}"), kinds[n]) for n in names)
    return tables.Table(columns, tuple(tuple(worded(n, r[n]) for n in names) for r in given))

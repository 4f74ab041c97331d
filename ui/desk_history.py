"""What happened: every load with its state, what changed in cases between loads, codes sent by several bodies."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from ui import numbers, tables
from ui.desk import Record, Words, dataset_name, moment
from ui.desk_questions import field_name
from ui.text import Text


def loads(
    text: Text, given: Sequence[Record], published: Sequence[int], words: Words, still_open: Mapping[int, int]
) -> tables.Table:
    """Return every load, newest first: state, who withdrew it and why, counts, hash for the inspector.

    `still_open`: load → its rejected rows that wait for a correction.
    """
    heads: dict[str, tables.Kind] = {
        "load_no": "count", "file_name": "text", "state": "text", "dataset": "text", "n_read": "count",
        "n_accepted": "count", "n_rejected": "count", "n_open": "count", "n_warned": "count", "data_on": "date",
        "loaded_at": "date", "layout": "text", "sha256": "text", "note": "text",
    }  # fmt: skip
    rows = []
    for one in reversed(given):
        state = str(one.get("state", "staged"))
        state = "published" if state == "staged" and one["load_no"] in published else state
        loaded, data_on = moment(one.get("loaded_at")), moment(one.get("data_on"))
        rows.append((
            one["load_no"], one.get("file_name", ""), text(f"desk.state.{state}"),
            dataset_name(text, str(one.get("dataset", ""))), one.get("n_read"), one.get("n_accepted"),
            one.get("n_rejected"), still_open.get(one["load_no"]), one.get("n_warned"),
            data_on.date() if data_on else None, loaded.date() if loaded else None,
            words("layout", str(one.get("layout", ""))), str(one.get("sha256", ""))[:12], _withdrawn(text, one),
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


def changes(text: Text, given: Sequence[Record]) -> tables.Table:
    """Return what changed in cases from one load to the next: what, from, to, by which file; doubts marked."""
    heads: dict[str, tables.Kind] = {
        "case_code": "text", "unit": "text", "change": "text", "earlier": "text", "later": "text", "mark": "text",
        "load_before": "count", "load_after": "count", "file_after": "text", "source_row": "count",
    }  # fmt: skip
    rows = []
    for one in given:
        kind, field = str(one["kind"]), str(one["field"])
        change = text(f"desk.change.{field}") if kind == "changed" else text(f"desk.change.{kind}")
        marks = [text("desk.change.no_slip")] if one["is_moved_without_slip"] else []
        marks += [text("desk.change.corrected", id=one["corrected_by"])] if one["corrected_by"] else []
        before, after = (_worded(text, field, one[side]) for side in ("before", "after"))
        rows.append((one["case_code"], one["unit_name"], change, before, after, "; ".join(marks) or None,
                     one["load_before"], one["load_after"], one["file_after"], one["source_row"]))  # fmt: skip
    return tables.Table(tuple(tables.Column(text(f"column.{h}"), k) for h, k in heads.items()), tuple(rows))


def states(text: Text, given: Sequence[Record]) -> tables.Table:
    """Return what each file said of one case, newest first, with the file and row that said it."""
    heads: dict[str, tables.Kind] = {
        "is_current": "text", "status": "text", "received_on": "date", "due_on": "date", "completed_on": "date",
        "load_no": "count", "file_name": "text", "source_row": "count", "data_on": "date", "mark": "text",
    }  # fmt: skip
    rows = []
    for one in given:
        marks = [text("desk.change.corrected", id=one["corrected_by"])] if one["corrected_by"] else []
        said = {**one, "is_current": text(f"value.yes.{str(bool(one['is_current'])).lower()}"),
                "status": _worded(text, "status", one["status"]), "mark": "; ".join(marks) or None}  # fmt: skip
        rows.append(tuple(said[name] for name in heads))
    return tables.Table(tuple(tables.Column(text(f"column.{h}"), k) for h, k in heads.items()), tuple(rows))


def case_id(code: str) -> str:
    """Return the key of a case from a code as somebody types it (the same rule as in `stg_case.sql`).

    >>> case_id(" h44.12-261001-0001 ")
    'H44.12-261001-0001'
    """
    return "".join(code.split()).upper()


def change_counts(text: Text, given: Sequence[Record]) -> str:
    """Return how many changes of which kind there are; cases that are new are not counted among them."""
    told = [one for one in given if one["kind"] != "new"]
    if not told:
        return text("desk.history.changes_none")
    n = Counter(text(f"desk.change.{one['field'] if one['kind'] == 'changed' else one['kind']}") for one in told)
    said = "; ".join(f"{name}: {numbers.integer(count, text.lang)}" for name, count in n.most_common())
    moved = sum(bool(one["is_moved_without_slip"]) for one in told)
    more = " " + text("desk.history.changes_moved", n=numbers.integer(moved, text.lang)) if moved else ""
    return f"{said[:1].upper()}{said[1:]}.{more}"


def conflicts(text: Text, given: Sequence[Record]) -> tables.Table:
    """Return case codes that several bodies send: the row that counts, the one that does not, and why."""
    heads: dict[str, tables.Kind] = {
        "case_code": "text", "unit": "text", "file_name": "text", "source_row": "count", "status": "text",
        "other_unit": "text", "other_file": "text", "other_row": "count", "other_status": "text", "why": "text",
    }  # fmt: skip
    rows = tuple(
        (one["case_code"], one["unit_name"], one["file_name"], one["source_row"],
         _worded(text, "status", one["status"]), one["other_unit_name"], one["other_file_name"], one["other_row"],
         _worded(text, "status", one["other_status"]), text(f"desk.wins.{one['because']}"))
        for one in given
    )  # fmt: skip
    return tables.Table(tuple(tables.Column(text(f"column.{h}"), k) for h, k in heads.items()), rows)


def _worded(text: Text, field: str, value: Any) -> str | None:
    """Return a value as it is printed: a day, or the words of a status."""
    if value is None:
        return None
    if field in ("status", "case"):
        return text(f"value.status.{value}") if text.has(f"value.status.{value}") else str(value)
    found = moment(value)
    return numbers.day(found.date()) if found else str(value)


def layouts(text: Text, given: Sequence[Record]) -> tables.Table:
    """Return the layouts that were learned from files: name, dataset, from which kind of file and when."""
    heads = ("layout", "dataset", "learned_from", "learned_on")
    rows = []
    for one in given:
        on = moment(one.get("learned_on"))
        rows.append((one.get("name", ""), dataset_name(text, str(one.get("dataset", ""))), one.get("learned_from", ""),
                     numbers.day(on.date()) if on else str(one.get("learned_on", ""))))  # fmt: skip
    return tables.Table(tuple(tables.Column(text(f"column.{h}")) for h in heads), tuple(rows))


def layout_columns(text: Text, layout: Record, words: Words) -> tables.Table:
    """Return which header of a learned layout is read as which field, and which are not used."""
    rows = [(", ".join(headers), field_name(text, field, words)) for field, headers in layout["columns"].items()]
    rows += [(header, text("desk.ask.unused")) for header in layout.get("not_used", [])]
    return tables.Table(tuple(tables.Column(text(f"column.{h}")) for h in ("header", "read_as")), tuple(rows))

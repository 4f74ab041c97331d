"""What a list of rows shows: filtered, sorted, with what people wrote to each row, and how late it is. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal

from metrics.viewer import Viewer
from ui import context, numbers, tables
from ui.access import work
from ui.access.work import Kind, Mark, Row
from ui.text import Text
from warehouse.calendar import BeyondCalendar, WorkingCalendar

Record = dict[str, Any]
Marked = Literal["", "without", "with", "due"]
MARKED: tuple[Marked, ...] = ("", "without", "with", "due")
ORDERS = ("late", "due", "received", "field", "code")
WAITING = frozenset({"awaiting_supplement", "awaiting_payment", "suspended"})
"""States in which the clock of an open case stands: it is not past its day."""
FILTERS = {"status": "status", "kind": "kind", "field_name": "field_name", "procedure_name": "procedure_name"}
LATE = "late"
NOT_SAID = ""
"""The choice of a filter for rows that do not say."""
_CODE = {"case": "case_code", "letter": "letter_code"}
_DUE, _ENDED = ("due_on", "settle_due_on"), ("completed_on", "settled_on")


@dataclass(frozen=True)
class Choice:
    """What the reader chose; nothing chosen in a filter lets everything through."""

    filters: tuple[tuple[str, frozenset[str]], ...] = ()
    marked: Marked = ""
    order: str = ""
    columns: tuple[str, ...] | None = None


def kind_of(records: Sequence[Record]) -> Kind | None:
    """Return whether these are cases or letters; None for rows that cannot be told apart, such as receptions."""
    first = records[0] if records else {}
    return next((kind for kind in ("case", "letter") if _CODE[kind] in first and "unit_id" in first), None)


def row_of(record: Record, kind: Kind) -> Row:
    """Return the case or letter of a row, by code and settling unit."""
    return Row(str(record["unit_id"]), str(record[_CODE[kind]]))


def prepared(records: Iterable[Record], day: date, calendar: WorkingCalendar) -> list[Record]:
    """Return the rows with the working days by which each is past its day, of open ones up to the data's date."""
    return [{**one, "late_days": late_days(one, day, calendar)} for one in records]


def late_days(record: Record, day: date, calendar: WorkingCalendar) -> int | None:
    """Return the working days past the due day; None where the row is not late, or has no day to be late for.

    Of settled cases the mart's own number, which follows form II.06a.
    """
    due = next((record[c] for c in _DUE if record.get(c) is not None), None)
    ended = next((record[c] for c in _ENDED if record.get(c) is not None), None)
    if "settled_class" in record and ended is not None:
        found = record.get("late_days")
        return int(found) if found is not None and record["settled_class"] == "late" else None
    end = ended if ended is not None else day
    if due is None or end <= due or (ended is None and record.get("status") in WAITING):
        return None
    try:
        return max(calendar.working_days_between(due, end), 1)
    except BeyondCalendar:
        return None


def marked(
    records: Sequence[Record],
    held: Mapping[Row, Mark],
    kind: Kind | None,
    lang: str,
    person: Callable[[str], str] = str,
) -> list[Record]:
    """Return the rows with what people wrote to them, in words."""
    if kind is None or not held:
        return list(records)
    return [{**one, **_mark(held.get(row_of(one, kind)), lang, person)} for one in records]


def _mark(held: Mark | None, lang: str, person: Callable[[str], str]) -> Record:
    if held is None:
        return {}
    return {
        "mark_reason": work.reason_label(held.reason, lang) or None,
        "mark_note": held.note or None,
        "mark_owner": work.owner_label(held.owner, lang) or None,
        "mark_due_on": held.due_on,
        "mark_by": f"{person(held.who)}, {numbers.day(date.fromisoformat(held.at[:10]))}",
    }


def told(held: Mark, text: Text, person: Callable[[str], str] = str) -> str:
    """Return one entry of a row's history in words: when, who, and what was noted; or that it was taken away."""
    moment = datetime.fromisoformat(held.at)
    parts = [
        work.reason_label(held.reason, text.lang),
        held.note,
        text("lists.history.owner", who=work.owner_label(held.owner, text.lang)) if held.owner else "",
        text("lists.history.due_on", day=numbers.day(held.due_on)) if held.due_on else "",
    ]
    said = "; ".join(p for p in parts if p) or text("lists.history.cleared")
    when = text("opinions.by", who=person(held.who), time=numbers.clock(moment), day=numbers.day(moment.date()))
    return f"{when}: {said}"


def band(days: int | None) -> str:
    """Return the band of lateness that so many working days fall in (`work.toml`)."""
    n = days or 0
    return next(b["code"] for b in work.rules()["late"] if b.get("from", 0) <= n and ("to" not in b or n <= b["to"]))


def band_label(text: Text, code: str) -> str:
    """Return a band in words."""
    one = next(b for b in work.rules()["late"] if b["code"] == code)
    if "to" not in one:
        return text("lists.late.over", n=one["from"] - 1)
    if one["to"] == 0:
        return text("lists.late.none")
    return text("lists.late.between", low=one["from"], high=one["to"])


def orders(records: Sequence[Record]) -> list[str]:
    """Return the orders that tell these rows apart."""
    return [o for o in ORDERS if o != LATE or any(one.get("late_days") for one in records)]


def options(records: Sequence[Record], column: str) -> list[str]:
    """Return the values of a filter, the most frequent first; of lateness in its own order; none where all are one."""
    if column == LATE:
        if not any(c in one for one in records[:1] for c in _DUE):
            return []
        present = {band(one.get("late_days")) for one in records}
        found = [b["code"] for b in work.rules()["late"] if b["code"] in present]
    else:
        counted = Counter(_said(one, column) for one in records if column in one)
        found = [value for value, _ in counted.most_common()]
    return found if len(found) > 1 else []


def _said(record: Record, column: str) -> str:
    if column == LATE:
        return band(record.get("late_days"))
    value = record.get(column)
    return NOT_SAID if value is None else str(value)


def option_label(text: Text, column: str, value: str) -> str:
    """Return a filter's value in words."""
    if column == LATE:
        return band_label(text, value)
    return text("lists.not_said") if value == NOT_SAID else str(context.worded(text, column, value))


def chosen(records: Sequence[Record], choice: Choice, day: date) -> list[Record]:
    """Return the rows that pass every filter, in the order chosen."""
    wanted = [(column, values) for column, values in choice.filters if values]
    found = [
        one
        for one in records
        if all(_said(one, column) in values for column, values in wanted) and _passes(one, choice.marked, day)
    ]
    return sorted(found, key=_order(choice.order)) if choice.order else found


def _passes(record: Record, how: Marked, day: date) -> bool:
    has_mark = record.get("mark_by") is not None
    if how == "due":
        until = record.get("mark_due_on")
        return until is not None and until <= day and not any(record.get(c) for c in _ENDED)
    return how == "" or has_mark == (how == "with")


def _order(name: str) -> Callable[[Record], tuple[Any, ...]]:
    def day(record: Record, columns: Sequence[str]) -> date:
        return next((record[c] for c in columns if record.get(c) is not None), date.max)

    def code(record: Record) -> str:
        return str(record.get("case_code") or record.get("letter_code") or "")

    orders: dict[str, Callable[[Record], tuple[Any, ...]]] = {
        "late": lambda r: (-(r.get("late_days") or 0), day(r, _DUE), code(r)),
        "due": lambda r: (day(r, _DUE), code(r)),
        "received": lambda r: (day(r, ("received_on",)), code(r)),
        "field": lambda r: (r.get("field_name") is None, r.get("field_name") or "", day(r, _DUE), code(r)),
        "code": lambda r: (code(r),),
    }
    return orders[name]


def columns(records: Sequence[Record]) -> list[str]:
    """Return the columns that can be chosen."""
    return context.filled(records)


def table(text: Text, records: Sequence[Record], unit_name: Callable[[str], str], choice: Choice) -> tables.Table:
    """Return the table to show and to export: the same columns, whatever the filter leaves in them."""
    return context.cases_table(text, list(records), unit_name, choice.columns)


def writable(records: Sequence[Record], kind: Kind | None, viewer: Viewer) -> list[Row]:
    """Return the rows that the viewer may write to: a row received for another body is read only."""
    if kind is None:
        return []
    rows = (row_of(one, kind) for one in records)
    return list(dict.fromkeys(row for row in rows if work.may_write(viewer, row.unit_id)))

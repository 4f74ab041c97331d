"""A unit's own totals of form II.06a for a period: typed in, or sent as a table; entries are kept with who and when."""

from __future__ import annotations

import csv
import io
import os
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

from metrics import periods, places
from metrics.model import Calendar
from metrics.places import Snapshot
from warehouse import clock
from warehouse.paths import DataDir

FILE_NAME = "control_totals.csv"
HEADER = ("at", "by", "unit_id", "unit_code", "calendar", "period", "metric", "value")
COUNTS = (
    "received", "received_online", "received_counter_post", "carried_in", "settled", "settled_early", "settled_on_time",
    "settled_late", "pending", "pending_in_time", "pending_overdue",
)  # fmt: skip
"""Columns (3) to (13) of form II.06a: what a unit may state."""
IDENTITIES: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("received", ("received_online", "received_counter_post", "carried_in")),
    ("received", ("settled", "pending")),
    ("settled", ("settled_early", "settled_on_time", "settled_late")),
    ("pending", ("pending_in_time", "pending_overdue")),
)
"""A whole and its parts; what came in equals what went out and what is left."""
CLOSED = 0o640
"""Figures are for the owner and the group of the dashboard."""
NO_NAME = re.compile(r"[\x00-\x1f\x7f]")

MESSAGES = {
    "unknown_count": {
        "vi": "Không có chỉ tiêu {name!r}. Các chỉ tiêu: {known}.",
        "en": "Unknown count {name!r}. Counts: {known}.",
    },
    "not_a_number": {
        "vi": "{name}={value}: phải là số nguyên không âm.",
        "en": "{name}={value}: must be a whole number, not negative.",
    },
    "identity": {
        "vi": "{whole} = {n} nhưng {parts} = {total}.",
        "en": "{whole} = {n} but {parts} = {total}.",
    },
    "parts_exceed": {
        "vi": "{whole} = {n}, nhỏ hơn tổng các phần {parts} = {total}.",
        "en": "{whole} = {n}, less than its parts {parts} = {total}.",
    },
    "not_in_force": {
        "vi": "Đơn vị {name!r} không hoạt động trong kỳ {period}: {life}.",
        "en": "Unit {name!r} is not in force in {period}: {life}.",
    },
    "two_sides": {
        "vi": "Kỳ {period} có ngày đổi đơn vị hành chính; hãy nhập theo từng tháng.",
        "en": "Units changed within {period}; enter the months one by one.",
    },
    "not_begun": {"vi": "Kỳ {period} chưa bắt đầu.", "en": "{period} has not begun."},
    "nothing": {"vi": "Chưa có số nào, ví dụ: received=120 settled=100.", "en": "No counts, e.g. received=120."},
}


class BadTotals(ValueError):
    """Totals that cannot be taken: every reason at once, as (code, values)."""

    def __init__(self, problems: Sequence[tuple[str, dict[str, Any]]]) -> None:
        self.problems = tuple(problems)
        super().__init__(self.text("en"))

    def text(self, lang: str) -> str:
        """Return what is wrong, one reason a line."""
        return "\n".join(MESSAGES[code][lang].format(**values) for code, values in self.problems)


@dataclass(frozen=True)
class Entry:
    """One count that somebody stated; an empty value takes an earlier one back."""

    at: datetime
    by: str
    unit_id: str
    unit_code: str
    calendar: Calendar
    period: str
    metric: str
    value: int | None

    @property
    def key(self) -> tuple[str, str, str]:
        return self.unit_id, self.calendar, self.period


@dataclass(frozen=True)
class Totals:
    """What a unit says of one period, and where it says so."""

    unit_id: str
    calendar: Calendar
    period: str
    """Token; empty for a table whose days are no period of ours."""
    start: date
    end: date
    source: str
    """typed, or sent (a table of form II.06a)."""
    counts: Mapping[str, int]
    by: str = ""
    at: datetime | None = None
    load_no: int | None = None
    file_name: str = ""
    sheet: str = ""
    row: int | None = None


def problems(counts: Mapping[str, int]) -> list[tuple[str, dict[str, Any]]]:
    """Return the identities of form II.06a that the counts break, also where only some of them are stated.

    >>> problems({"settled": 10, "settled_late": 4, "settled_early": 3, "settled_on_time": 3})
    []
    >>> [code for code, _ in problems({"settled": 10, "settled_late": 14})]
    ['parts_exceed']
    """
    found: list[tuple[str, dict[str, Any]]] = []
    for whole, parts in IDENTITIES:
        stated = [p for p in parts if p in counts]
        if whole not in counts or not stated:
            continue
        total = sum(counts[p] for p in stated)
        said = {"whole": whole, "n": counts[whole], "parts": " + ".join(stated), "total": total}
        if len(stated) == len(parts) and total != counts[whole]:
            found.append(("identity", said))
        elif total > counts[whole]:
            found.append(("parts_exceed", said))
    return found


def read_counts(pairs: Iterable[str]) -> dict[str, int | None]:
    """Return the counts of NAME=VALUE texts; raise `BadTotals` with all that is wrong. No value: take it back.

    >>> read_counts(["received=1.200", "settled="])
    {'received': 1200, 'settled': None}
    """
    found: dict[str, int | None] = {}
    wrong: list[tuple[str, dict[str, Any]]] = []
    for pair in pairs:
        name, _, text = (part.strip() for part in pair.partition("="))
        if name not in COUNTS:
            wrong.append(("unknown_count", {"name": name, "known": ", ".join(COUNTS)}))
            continue
        # 1.200 and 1 200 are how people write twelve hundred.
        digits = text.replace(" ", "") if not re.fullmatch(r"\d{1,3}(\.\d{3})+", text) else text.replace(".", "")
        if text and not re.fullmatch(r"\d{1,9}", digits):
            wrong.append(("not_a_number", {"name": name, "value": text}))
            continue
        found[name] = int(digits) if text else None
    if not found and not wrong:
        wrong.append(("nothing", {}))
    if wrong:
        raise BadTotals(wrong)
    return found


def body(snapshot: Snapshot, unit: str, period: periods.Period) -> str:
    """Return the body that a code or id names in the period; raise where none is in force then."""
    known = places.of(snapshot)
    if len(periods.sides(period)) > 1:
        raise BadTotals([("two_sides", {"period": period.token})])
    if period.start > clock.today():
        raise BadTotals([("not_begun", {"period": period.token})])
    named = [unit] if unit in known.units else [u for u, v in known.units.items() if any(x.code == unit for x in v)]
    if not named:
        raise places.UnknownUnit(unit)
    for unit_id in sorted(named):
        if any(
            v.valid_from <= period.end and (v.valid_to is None or v.valid_to > period.start)
            for v in known.units[unit_id]
        ):
            return unit_id
    lives = [v for unit_id in named for v in known.units[unit_id]]
    life = "; ".join(f"{v.valid_from:%d/%m/%Y}–{f'{v.valid_to:%d/%m/%Y}' if v.valid_to else ''}" for v in lives)
    raise BadTotals([("not_in_force", {"name": unit, "period": period.token, "life": life})])


def state(
    data_dir: DataDir,
    snapshot: Snapshot,
    unit: str,
    token: str,
    calendar: Calendar,
    counts: Mapping[str, int | None],
    by: str,
) -> Totals:
    """Write a unit's counts down and return all that it states for the period; call it holding the writer's lock."""
    period = periods.parse(token, calendar)
    unit_id = body(snapshot, unit, period)
    code = places.of(snapshot).version(unit_id, period.end).code
    before = [e for e in entries(data_dir) if e.key == (unit_id, calendar, token)]
    whole = {**_newest(before), **counts}
    stated = {name: value for name, value in whole.items() if value is not None}
    broken = problems(stated)
    if broken:
        raise BadTotals(broken)
    who = NO_NAME.sub(" ", by).strip(" =+-@")[:80]
    now = clock.now().replace(microsecond=0)
    new = [Entry(now, who, unit_id, code, calendar, token, name, value) for name, value in counts.items()]
    _write(data_dir, [*entries(data_dir), *new])
    return Totals(unit_id, calendar, token, period.start, period.end, "typed", stated, who, now)


def path(data_dir: DataDir) -> Path:
    """Return where typed totals lie."""
    return data_dir.root / FILE_NAME


def entries(data_dir: DataDir) -> list[Entry]:
    """Return every entry ever made, oldest first."""
    if not path(data_dir).is_file():
        return []
    with path(data_dir).open(encoding="utf-8-sig", newline="") as file:
        return [
            Entry(
                datetime.fromisoformat(row["at"]),
                row["by"],
                row["unit_id"],
                row["unit_code"],
                "report" if row["calendar"] == "report" else "calendar",
                row["period"],
                row["metric"],
                int(row["value"]) if row["value"] else None,
            )
            for row in csv.DictReader(file)
        ]


def _newest(listed: Iterable[Entry]) -> dict[str, int | None]:
    """Return the last value stated of each count."""
    return {entry.metric: entry.value for entry in listed}


def typed(data_dir: DataDir) -> list[Totals]:
    """Return what stands of the typed totals: the newest value of each count."""
    found: dict[tuple[str, str, str], list[Entry]] = {}
    for entry in entries(data_dir):
        found.setdefault(entry.key, []).append(entry)
    standing = []
    for listed in found.values():
        counts = {name: value for name, value in _newest(listed).items() if value is not None}
        if counts:
            last = listed[-1]
            period = periods.parse(last.period, last.calendar)
            standing.append(
                Totals(
                    last.unit_id,
                    last.calendar,
                    last.period,
                    period.start,
                    period.end,
                    "typed",
                    counts,
                    last.by,
                    last.at,
                )
            )
    return standing


def sent(rows: Iterable[Mapping[str, Any]]) -> list[Totals]:
    """Return the totals of tables of form II.06a: the row of the unit as a whole, else its fields added up."""
    found: dict[tuple[str, date, date], list[Mapping[str, Any]]] = {}
    for row in rows:
        found.setdefault((row["unit_id"], row["period_start"], row["period_end"]), []).append(row)
    made = []
    for (unit_id, start, end), listed in found.items():
        whole = [r for r in listed if r["field_name"] is None] or listed
        counts = {}
        for name in COUNTS:
            values = [r[name] for r in whole]
            if all(v is not None for v in values):
                counts[name] = int(sum(values))
        first = whole[0]
        calendar, token = named(start, end)
        made.append(
            Totals(
                unit_id, calendar, token, start, end, "sent", counts, "", None, first["load_no"],
                first["source_file"] or "", first["source_sheet"] or "",
                first["source_row"] if len(whole) == 1 else None,
            )
        )  # fmt: skip
    return made


def named(start: date, end: date) -> tuple[Calendar, str]:
    """Return the calendar and token of a period by its days; no token where they are none of ours.

    >>> named(date(2026, 10, 1), date(2026, 12, 31)), named(date(2026, 9, 15), date(2026, 10, 14))
    (('calendar', '2026-Q4'), ('report', '2026-10'))
    """
    year, month = end.year, end.month
    tokens = [
        f"{year}-{month:02d}",
        f"{year}-Q{-(-month // 3)}",
        f"{year}-H{1 if month <= 6 else 2}",
        f"{year}-9M",
        f"{year}",
    ]
    for calendar in ("calendar", "report"):
        for token in tokens:
            period = periods.parse(token, calendar)
            if (period.start, period.end) == (start, end):
                return period.calendar, token
    return "calendar", ""


def _write(data_dir: DataDir, listed: Sequence[Entry]) -> None:
    """Replace the file as a whole: a power cut leaves the old one or the new one."""
    out = io.StringIO()
    lines = csv.writer(out, lineterminator="\n")
    lines.writerow(HEADER)
    for entry in listed:
        values = replace(entry)
        lines.writerow(
            [values.at.isoformat(), values.by, values.unit_id, values.unit_code, values.calendar, values.period,
             values.metric, "" if values.value is None else values.value]
        )  # fmt: skip
    aside = path(data_dir).with_name(f".{FILE_NAME}.{os.getpid()}")
    with aside.open("w", encoding="utf-8", newline="") as file:
        file.write(out.getvalue())
        file.flush()
        os.fsync(file.fileno())
    aside.chmod(CLOSED)
    aside.replace(path(data_dir))

"""The cases of the sample as columns of whole numbers: who, what, when, and how each ended."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import numpy.typing as npt

from gandan.demo import stories
from gandan.demo.area import Area
from gandan.demo.days import NONE, Ints, WorkingDays, at, day, day_of
from gandan.demo.handover import handed_over

Floats = npt.NDArray[np.float64]
Columns = dict[str, npt.NDArray[np.int64]]

FIRST, LAST, CHANGE = day(date(2025, 1, 1)), day(date(2026, 10, 31)), day(date(2025, 7, 1))
N_CASES, N_SECOND, SHARE_3TIER = 302_000, 8_000, 0.25
CHANNELS = ("online_full", "online_partial", "counter", "post")
STATUSES = (
    "received", "processing", "awaiting_supplement", "awaiting_payment", "suspended",
    "completed", "refused", "returned", "withdrawn", "not_accepted",
)  # fmt: skip
STATUS = {name: i for i, name in enumerate(STATUSES)}
TET = ((day(date(2025, 1, 27)), day(date(2025, 2, 2))), (day(date(2026, 2, 14)), day(date(2026, 2, 22))))
CLOSING = 17 * 60


@dataclass(frozen=True)
class Procedure:
    """One line of the sample's catalogue, and how often it comes."""

    code: str
    name: str
    field_name: str
    level: str
    deadline_days: int
    is_fee_bearing: bool
    is_full_online: bool
    settled_by: str
    weight_3tier: float
    weight_2tier: float
    season: str


def catalogue() -> list[Procedure]:
    """Return the procedures of the sample."""
    with Path(__file__).with_name("procedures.csv").open(encoding="utf-8", newline="") as file:
        return [
            Procedure(
                row["procedure_code"],
                row["procedure_name"],
                row["field_name"],
                row["level"],
                int(row["deadline_days"]),
                row["is_fee_bearing"] == "true",
                row["is_full_online"] == "true",
                row["settled_by"],
                float(row["weight_3tier"]),
                float(row["weight_2tier"]),
                row["season"],
            )
            for row in csv.DictReader(file)
        ]


def months_of(days: Ints) -> Ints:
    """Return the months since January 2025 of day numbers."""
    months = (np.datetime64("2020-01-01") + days.astype("timedelta64[D]")).astype("datetime64[M]")
    return (months - np.datetime64("2025-01")).astype(np.int64)


def month_index(token: str) -> int:
    """Return the months since January 2025.

    >>> month_index("2026-01")
    12
    """
    return (int(token[:4]) - 2025) * 12 + int(token[5:7]) - 1


def draw(area: Area, calendar: WorkingDays, rng: np.random.Generator, scale: float) -> Columns:
    """Return every case of the sample, sorted by time of receipt, with what happens to it to its end."""
    procedures = catalogue()
    columns = _joined(
        [
            _receipts(area, calendar, procedures, rng, "3tier", int(N_CASES * SHARE_3TIER * scale)),
            _receipts(area, calendar, procedures, rng, "2tier", int(N_CASES * (1 - SHARE_3TIER) * scale)),
            _small_unit(area, calendar, procedures, rng),
        ]
    )
    order = np.argsort(columns["received"], kind="stable")
    columns = {name: values[order] for name, values in columns.items()}
    _settle(area, procedures, columns)
    _outcomes(area, calendar, procedures, columns, rng)
    _marks(procedures, columns, rng)
    return handed_over(area, columns, rng)


def _joined(parts: list[Columns]) -> Columns:
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}


def _day_weights(calendar: WorkingDays, first: int, last: int) -> Floats:
    """How many cases a day brings: office days, online filings on days off, Tết, the year's end, growth."""
    days = np.arange(first, last + 1)
    weights = np.where(calendar.is_working[days], 1.0, 0.05)
    for start, end in TET:
        weights[(days >= start - 7) & (days < start)] *= 0.6
        weights[(days >= start) & (days <= end)] *= 0.2
        weights[(days > end) & (days <= end + 7)] *= 0.75
        weights[(days > end + 7) & (days <= end + 21)] *= 1.15
    month = months_of(days) % 12 + 1
    weights *= np.select([month == 12, np.isin(month, (6, 7, 8))], [1.1, 1.08], 1.0)
    weights[(days >= CHANGE) & (days < CHANGE + 14)] *= 0.7
    grown: Floats = weights * (1 + 0.10 * (days - FIRST) / 365)
    return grown


def _season(procedures: list[Procedure], month: int) -> Floats:
    factor = {
        "school": 1.7 if month in (6, 7, 8, 9) else 1.0,
        "wedding": 1.6 if month in (11, 12, 1, 3) else 0.8,
        "yearend": 3.0 if month in (11, 12) else 0.6,
        "spring": 3.0 if month in (1, 2, 3) else 0.4,
        "": 1.0,
    }
    return np.array([factor[p.season] for p in procedures])


def _receipts(
    area: Area, calendar: WorkingDays, procedures: list[Procedure], rng: np.random.Generator, era: str, n: int
) -> Columns:
    first, last = (FIRST, CHANGE - 1) if era == "3tier" else (CHANGE, LAST)
    day_weight = _day_weights(calendar, first, last)
    days = first + rng.choice(len(day_weight), n, p=day_weight / day_weight.sum())
    weights = area.weight(era)
    second = np.array([body.system == "second" for body in area.bodies])
    weights[[area.of_today(code) for code, plan in stories.PLANS.items() if plan.size]] = 0.0
    # The split town is the busiest place of the second area, so that what its split leaves behind can be seen.
    weights[area.by_code[("3tier", stories.SPLIT_OLD)]] *= 4
    share = N_SECOND / N_CASES
    weights[second] *= share / max(weights[second].sum(), 1e-9) * (1 - share)
    weights[~second] *= (1 - share) / weights[~second].sum()
    units = rng.choice(len(weights), n, p=weights / weights.sum())
    return _details(calendar, procedures, rng, era, units, days)


def _small_unit(area: Area, calendar: WorkingDays, procedures: list[Procedure], rng: np.random.Generator) -> Columns:
    """A unit so small that its rates are noise; it stays that small whatever the scale."""
    days, units = [], []
    day_weight = _day_weights(calendar, CHANGE, LAST)
    for code, plan in stories.PLANS.items():
        if plan.size:
            n = int(plan.size * (LAST - CHANGE + 1) / 365)
            days.append(CHANGE + rng.choice(len(day_weight), n, p=day_weight / day_weight.sum()))
            units.append(np.full(n, area.of_today(code)))
    return _details(calendar, procedures, rng, "2tier", np.concatenate(units), np.concatenate(days))


def _details(
    calendar: WorkingDays, procedures: list[Procedure], rng: np.random.Generator, era: str, units: Ints, days: Ints
) -> Columns:
    n = len(days)
    base = np.array([p.weight_3tier if era == "3tier" else p.weight_2tier for p in procedures])
    month = months_of(days) % 12 + 1
    kind = np.zeros(n, dtype=np.int64)
    for m in range(1, 13):
        rows = np.flatnonzero(month == m)
        weights = base * _season(procedures, m)
        kind[rows] = rng.choice(len(base), len(rows), p=weights / weights.sum())

    # Online filing grows from about a quarter to about two thirds; communes differ in how far they are.
    eager = rng.normal(0, 0.45, units.max() + 1)
    growth = -1.35 + 2.1 * (days - FIRST) / (LAST - FIRST)
    online = rng.random(n) < 1 / (1 + np.exp(-(growth + eager[units])))
    working = calendar.is_working[days]
    online |= ~working
    full = np.array([p.is_full_online for p in procedures])[kind] & (rng.random(n) < 0.8)
    post = ~online & (rng.random(n) < 0.04)
    channel = np.where(online, np.where(full, 0, 1), np.where(post, 3, 2))

    counter_minute = rng.integers(7 * 60 + 15, 16 * 60 + 45, n)
    online_minute = np.clip(rng.normal(14 * 60, 260, n), 10, 1430).astype(np.int64)
    received = at(days, np.where(online, online_minute, counter_minute))
    return {
        "unit": units.astype(np.int64),
        "procedure": kind,
        "channel": channel.astype(np.int64),
        "received": received,
        "era": np.full(n, 3 if era == "3tier" else 2, dtype=np.int64),
    }


def _settle(area: Area, procedures: list[Procedure], columns: Columns) -> None:
    """Add the settling body: the commune's committee, else the body the procedure belongs to."""
    settling = columns["unit"].copy()
    columns["receiving"] = columns["unit"].copy()
    kinds = np.array([p.settled_by.partition(":")[0] for p in procedures])[columns["procedure"]]
    old = columns["era"] == 3
    for unit in area.communes("3tier"):
        rows = old & (columns["unit"] == unit) & (kinds != "commune")
        settling[rows] = columns["receiving"][rows] = area.district_of(unit)
    for agencies, kind in ((area.land_of, "land"), (area.police_of, "police")):
        of_unit = np.arange(len(area.bodies))
        of_unit[list(agencies)] = list(agencies.values())
        rows = (kinds == kind) & (of_unit[columns["unit"]] != columns["unit"])
        settling[rows] = of_unit[columns["unit"]][rows]
    is_second = np.array([body.system == "second" for body in area.bodies])[columns["unit"]]
    is_north = np.array([body.code < "19333" for body in area.bodies])[columns["unit"]]
    for i, procedure in enumerate(procedures):
        if procedure.settled_by.startswith("department:"):
            name = procedure.settled_by.partition(":")[2]
            rows = (columns["procedure"] == i) & ~is_second
            settling[rows & ~old] = area.departments[("44", "2tier", name)]
            settling[rows & old & is_north] = area.departments[("44", "3tier", name)]
            settling[rows & old & ~is_north] = area.departments[("45", "3tier", name)]
    columns["settling"] = settling


def _late_share(area: Area, columns: Columns, procedures: list[Procedure], rng: np.random.Generator) -> Floats:
    """The chance that a case misses its date: the body's own habit, long procedures, the weeks of the change."""
    n_bodies = len(area.bodies)
    habit = rng.normal(-3.15, 0.55, n_bodies)
    months = months_of(day_of(columns["received"]))
    long = np.log1p(np.array([p.deadline_days for p in procedures], dtype=float))[columns["procedure"]]
    upset = np.where((months >= 6) & (months <= 8), 0.45, 0.0)
    logit = habit[columns["settling"]] + 0.28 * (long - 1.2) + upset - 0.012 * months
    share: Floats = 1 / (1 + np.exp(-logit))
    for code, plan in stories.PLANS.items():
        mine = columns["settling"] == area.of_today(code)
        for since, value in plan.late.items():
            share[mine & (months >= month_index(since))] = value
    for code, value in stories.OLD_LATE.items():
        share[columns["settling"] == area.by_code[("3tier", code)]] = value
    branch = area.land_of.get(area.of_today(stories.LATE_BRANCH_OF))
    if branch is not None:
        share[columns["settling"] == branch] = stories.LATE_BRANCH_SHARE
    return share


def _plan_column(area: Area, columns: Columns, name: str, default: float) -> Floats:
    values = np.full(len(area.bodies), default)
    for code, plan in stories.PLANS.items():
        value = getattr(plan, name)
        if value is not None:
            values[area.of_today(code)] = value
    result: Floats = values[columns["settling"]]
    return result


def _outcomes(
    area: Area, calendar: WorkingDays, procedures: list[Procedure], columns: Columns, rng: np.random.Generator
) -> None:
    """Add due dates, supplements, new dates, ends and the final status."""
    n = len(columns["received"])
    received, received_day = columns["received"], day_of(columns["received"])
    term = np.array([p.deadline_days for p in procedures])[columns["procedure"]]
    planned = np.zeros(len(area.bodies), dtype=bool)
    planned[[area.of_today(code) for code, plan in stories.PLANS.items() if plan.late]] = True
    after_hours = (received - received_day * 1440 >= 16 * 60) | ~calendar.is_working[received_day]
    term = np.where((term == 0) & (after_hours | planned[columns["settling"]]), 1, term)

    draw_status = rng.random(n)
    online = columns["channel"] < 2
    status = np.select(
        [
            online & (draw_status < 0.02),
            draw_status < 0.028,
            draw_status < 0.038,
            draw_status < 0.052,
        ],
        [STATUS["not_accepted"], STATUS["refused"], STATUS["withdrawn"], STATUS["returned"]],
        STATUS["completed"],
    )
    months = months_of(received_day)
    stuck = rng.random(n) < np.where(term > 3, 0.004, 0.0008)
    for code, plan in stories.PLANS.items():
        for since, value in plan.stuck.items():
            mine = (columns["settling"] == area.of_today(code)) & (months >= month_index(since))
            stuck |= mine & (rng.random(n) < value)
    late = (rng.random(n) < _late_share(area, columns, procedures, rng)) & (status == STATUS["completed"]) & ~stuck

    # A supplement restarts the clock on the day the complete dossier is in (Decree 61/2018, article 19(4)).
    asked = (rng.random(n) < 0.055) & (term >= 3) & (status != STATUS["not_accepted"])
    asked_day = calendar.add(received_day, np.minimum(rng.integers(1, 4, n), np.maximum(term, 1)))
    given_day = calendar.add(asked_day, rng.integers(1, 13, n))
    never_given = asked & (rng.random(n) < 0.06)
    status[never_given] = np.where(rng.random(n)[never_given] < 0.5, STATUS["withdrawn"], STATUS["returned"])
    late &= ~never_given
    start = np.where(asked & ~never_given, given_day, received_day)
    due_first = calendar.add(received_day, term)
    due = calendar.add(start, term)
    undated = (term == 0) & (columns["channel"] >= 2) & ~asked & (rng.random(n) < 0.7)

    # Most end before their day, some on it; the late ones with a long tail.
    early_by = np.minimum(rng.binomial(np.maximum(term, 1), 0.35), term - after_hours)
    early_by = np.where(rng.random(n) < 0.25, 0, early_by)
    late_by = np.minimum(rng.geometric(0.22, n), 45)
    end_day = np.where(late, calendar.add(due, late_by), calendar.add(start, term - early_by))
    end_day = np.where(never_given, calendar.add(asked_day, 30), end_day)

    would_be_late = late.copy()
    returned = late & (rng.random(n) < _plan_column(area, columns, "returned", 0.0))
    status[returned] = STATUS["returned"]
    moved = late & ~returned & (rng.random(n) < _plan_column(area, columns, "reappointed", 0.10))
    kept = moved & (rng.random(n) < 0.9)
    due_moved = np.where(moved, np.where(kept, calendar.add(end_day, rng.integers(0, 3, n)), calendar.add(due, 1)), due)
    moved_day = np.where(moved, np.maximum(calendar.add(due, -1), start), NONE)

    undated &= ~late
    end = at(end_day, rng.integers(8 * 60, 16 * 60 + 50, n))
    end = np.maximum(end, received + 12)
    end = np.where(stuck, NONE, end)
    refused_soon = status == STATUS["not_accepted"]
    end = np.where(refused_soon, NONE, end)
    handed = at(calendar.add(day_of(np.maximum(end, 0)), rng.integers(0, 4, n)), rng.integers(8 * 60, 16 * 60 + 50, n))
    handed = np.where((end >= 0) & (status == STATUS["completed"]), np.maximum(handed, end + 3), NONE)

    no_due = undated | refused_soon
    columns["due_first"] = np.where(no_due, NONE, at(due_first, np.full(n, CLOSING)))
    columns["due_supplement"] = np.where(no_due, NONE, at(due, np.full(n, CLOSING)))
    columns["due_final"] = np.where(no_due, NONE, at(due_moved, np.full(n, CLOSING)))
    columns["asked"] = np.where(asked, np.maximum(at(asked_day, np.full(n, 10 * 60)), received + 5), NONE)
    columns["given"] = np.where(asked & ~never_given, at(given_day, np.full(n, 14 * 60)), NONE)
    columns["n_supplements"] = np.where(asked, 1 + (rng.random(n) < 0.12), 0)
    columns["moved"] = np.where(moved, np.maximum(at(moved_day, np.full(n, 15 * 60)), received + 6), NONE)
    columns["n_moved"] = np.where(moved, 1 + (rng.random(n) < 0.08), 0)
    apology = would_be_late & ~returned & (moved | (rng.random(n) < 0.45))
    apology_day = np.where(moved, moved_day, due)
    columns["apology"] = np.where(apology, at(apology_day, np.full(n, 15 * 60 + 30)), NONE)
    columns["is_exempt"] = (rng.random(n) < 0.01).astype(np.int64)
    columns["ended"] = end
    columns["handed"] = handed
    columns["status"] = status
    waits = rng.random(n)
    columns["open_status"] = np.where(
        stuck & (waits < 0.12),
        STATUS["suspended"],
        np.where(stuck & (waits < 0.22), STATUS["awaiting_payment"], STATUS["processing"]),
    )
    slow = rng.integers(1, 9, n) * 60
    columns["accepted"] = np.where(refused_soon, NONE, np.where(online, received + slow, received + 4))


def _marks(procedures: list[Procedure], columns: Columns, rng: np.random.Generator) -> None:
    """Add the yes-or-no columns: fee, online payment, electronic result, digitisation, reuse."""
    n = len(columns["received"])
    progress = (day_of(columns["received"]) - FIRST) / (LAST - FIRST)
    fee = np.array([p.is_fee_bearing for p in procedures])[columns["procedure"]]
    online = columns["channel"] < 2
    done = columns["status"] == STATUS["completed"]
    columns["is_fee_bearing"] = fee.astype(np.int64)
    columns["is_paid_online"] = (fee & (rng.random(n) < np.where(online, 0.35, 0.03) + 0.35 * progress)).astype(
        np.int64
    )
    columns["has_e_result"] = (done & (rng.random(n) < 0.45 + 0.4 * progress)).astype(np.int64)
    columns["is_digitised"] = (rng.random(n) < 0.55 + 0.3 * progress).astype(np.int64)
    columns["is_reused"] = (rng.random(n) < 0.08 + 0.3 * progress).astype(np.int64)

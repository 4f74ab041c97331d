"""Citizen reception, dialogues and mobilisation, queue tickets, as their registers are kept: canonical headers."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv as pa_csv

from gandan.demo import stories, text
from gandan.demo.area import Area
from gandan.demo.case_files import UNKNOWN_CODE, Written
from gandan.demo.cases import CHANGE, LAST
from gandan.demo.days import NONE, Ints, WorkingDays, day_of
from gandan.demo.states import Columns, months
from gandan.demo.write import interleaved

HOSTS = ["Chủ tịch", "Ủy quyền", "Thường xuyên"]
KINDS = [
    "Đối thoại", "Hội nghị cộng đồng dân cư", "Giám sát, phản biện", "Kiểm tra", "Mô hình Dân vận khéo", "Tổ dân vận",
    "Công sở thân thiện",
]  # fmt: skip
PER_COMMUNE = (2, 1, 2, 1, 2, 4, 1)
FIRST_STANDING, TEAM = 4, 5
"""Kinds from here on stand for years; teams of a commune are set up on one day."""
RECEPTION_FILES = (("2025-07", "2025-12"), ("2026-01", "2026-06"), ("2026-07", "2026-10"))
TICKET_MONTHS = ("2026-08", "2026-09", "2026-10")


def write_files(
    incoming: Path, area: Area, calendar: WorkingDays, cases: Columns, rng: np.random.Generator
) -> list[Written]:
    """Write the files of reception, engagement and queue tickets; return what was written."""
    communes = senders(area)
    written = []
    receptions = _receptions(area, calendar, communes, rng)
    for first, last in RECEPTION_FILES:
        start, end = months(first, first)[0][0], months(last, last)[0][1]
        rows = (receptions["day"] >= start) & (receptions["day"] <= end)
        columns = _reception_texts(area, {name: values[rows] for name, values in receptions.items()})
        columns["Họ tên người đến"] = text.people("applicant", int(rows.sum()), rng)
        path = incoming / "tiep-cong-dan" / f"so-tiep-cong-dan-den-{last}.csv"
        written.append(write_rows(path, "reception", columns, "received_on", rng))
    engagements = _engagements(area, calendar, communes, rng)
    written.append(write_rows(incoming / "dan-van" / "dan-van-2026-10.csv", "engagement", engagements, "held_on", rng))
    for month in TICKET_MONTHS:
        tickets = _tickets(area, communes, cases, month, rng)
        path = incoming / "lay-so" / f"lay-so-{month}.csv"
        written.append(write_rows(path, "queue_ticket", tickets, "taken_at", rng))
    return written


def senders(area: Area) -> Ints:
    """Return the communes of today that send these registers: those of the province that send anything."""
    silent = {code for code, plan in stories.PLANS.items() if plan.silent_from}
    return np.array(
        [i for i in area.communes("2tier") if area.bodies[i].system != "second" and area.bodies[i].code not in silent]
    )


def write_rows(
    path: Path, dataset: str, columns: dict[str, pa.Array], dated: str = "", rng: np.random.Generator | None = None
) -> Written:
    """Write a file under canonical headers; with `dated` two rows that must be rejected are put in."""
    broken: dict[str, int] = {}
    if rng is not None and dated:
        broken = {"no_receipt": 1, "unknown_unit": 1}
        extra = {name: values.take(pa.array([0, 1])).to_pylist() for name, values in columns.items()}
        extra[dated][0], extra["unit_code"][1] = None, UNKNOWN_CODE
        columns = interleaved(columns, {name: pa.array(v, pa.string()) for name, v in extra.items()}, rng)
    path.parent.mkdir(parents=True, exist_ok=True)
    table = pa.table(columns)
    pa_csv.write_csv(table, str(path), pa_csv.WriteOptions(quoting_style="needed"))
    return Written(path, dataset, int(table.num_rows), broken, "canonical")


def codes(area: Area, units: Ints) -> pa.Array:
    """Return the codes of bodies given by their positions."""
    return text.words(units, [body.code for body in area.bodies])


def _receptions(area: Area, calendar: WorkingDays, communes: Ints, rng: np.random.Generator) -> Columns:
    """The chair receives citizens once a week, some less faithfully than others; regular reception on other days."""
    days = np.arange(CHANGE, LAST + 1)
    thursdays = days[(days + 2) % 7 == 3]
    thursdays = thursdays[calendar.is_working[thursdays]]
    unit, day = np.repeat(communes, len(thursdays)), np.tile(thursdays, len(communes))
    faithful = rng.uniform(0.7, 1.0, len(area.bodies))[unit]
    host = np.where(rng.random(len(unit)) < faithful, 0, np.where(rng.random(len(unit)) < 0.6, 1, 2))
    kept = rng.random(len(unit)) < 0.97
    unit, day, host = unit[kept], day[kept], host[kept]
    n_visits = rng.poisson(1.6, len(unit))
    n_groups = ((rng.random(len(unit)) < 0.03) & (n_visits > 0)).astype(np.int64)
    return {
        "unit": unit,
        "day": day,
        "host": host,
        "n_visits": n_visits,
        "n_people": n_visits + n_groups * rng.integers(4, 12, len(unit)),
        "n_matters": np.maximum(n_visits - (rng.random(len(unit)) < 0.2), 0),
        "n_groups": n_groups,
    }


def _reception_texts(area: Area, rows: Columns) -> dict[str, pa.Array]:
    counted = {name: text.numbers(rows[name]) for name in ("n_visits", "n_people", "n_matters", "n_groups")}
    return {
        "unit_code": codes(area, rows["unit"]),
        "received_on": text.dates(rows["day"], "dmy"),
        "host": text.words(rows["host"], HOSTS),
        **counted,
    }


def _engagements(area: Area, calendar: WorkingDays, communes: Ints, rng: np.random.Generator) -> dict[str, pa.Array]:
    """Dialogues, community meetings, oversight and inspections; models, teams and friendly offices as stocks."""
    unit = np.repeat(communes, sum(PER_COMMUNE))
    kind = np.tile(np.repeat(np.arange(len(KINDS)), PER_COMMUNE), len(communes))
    n = len(unit)
    held = calendar.add(CHANGE + rng.integers(20, LAST - CHANGE - 2, n), 0)
    founded = calendar.add(CHANGE + rng.integers(20, 120, len(area.bodies)), 0)
    held = np.where(kind == TEAM, founded[unit], held)
    is_stock, is_dialogue, is_oversight = kind >= FIRST_STANDING, kind == 0, kind == 2
    asked = np.where(is_dialogue | is_oversight, rng.integers(4, 30, n), NONE)
    answered = np.where(asked >= 0, np.minimum(asked, rng.binomial(np.maximum(asked, 0), 0.9)), NONE)

    def by_then(days: Ints) -> pa.Array:
        return text.dates(np.where(days <= LAST, days, NONE), "dmy")

    return {
        "unit_code": codes(area, unit),
        "held_on": text.dates(held, "dmy"),
        "ended_on": by_then(np.where(is_stock & (rng.random(n) < 0.05), held + 200, NONE)),
        "kind": text.words(kind, KINDS),
        "n_people": text.numbers(np.where(is_stock, NONE, rng.integers(25, 180, n))),
        "n_members": text.numbers(np.where(kind == TEAM, rng.integers(4, 9, n), NONE)),
        "n_questions": text.numbers(asked),
        "n_answered": text.numbers(answered),
        "replied_on": by_then(np.where(is_oversight & (rng.random(n) < 0.85), held + rng.integers(5, 40, n), NONE)),
        "published_on": by_then(np.where(is_dialogue & (rng.random(n) < 0.9), held + rng.integers(2, 16, n), NONE)),
    }


def _tickets(area: Area, communes: Ints, cases: Columns, month: str, rng: np.random.Generator) -> dict[str, pa.Array]:
    """Numbers taken at the counters in a month, one per case filed there; waits grow with the morning rush."""
    first, last = months(month, month)[0]
    day = day_of(cases["received"])
    rows = np.flatnonzero((day >= first) & (day <= last) & (cases["channel"] >= 2) & np.isin(cases["unit"], communes))
    received = cases["received"][rows]
    rush = 1 + 1.2 * ((received % 1440) < 10 * 60)
    wait = np.minimum(rng.gamma(1.6, 5.0 * rush), 120).astype(np.int64)
    service = np.maximum(rng.gamma(2.5, 3.2, len(rows)), 1).astype(np.int64)
    taken = received - wait - service
    is_left = rng.random(len(rows)) < 0.02
    return {
        "unit_code": codes(area, cases["unit"][rows]),
        "taken_at": text.times(taken, "iso"),
        "called_at": text.times(np.where(is_left, NONE, taken + wait), "iso"),
        "finished_at": text.times(np.where(is_left, NONE, received), "iso"),
        "counter_code": text.words(rng.integers(0, 6, len(rows)), [f"Q{i + 1}" for i in range(6)]),
    }

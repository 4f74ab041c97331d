"""What gets its pages later: citizen reception, dialogues, mobilisation, queue tickets, published scores (invented)."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv as pa_csv

from gandan.demo import stories, text
from gandan.demo.area import PROVINCE, Area
from gandan.demo.cases import CHANGE, LAST
from gandan.demo.days import NONE, Ints, WorkingDays, day_of
from gandan.demo.states import Columns, months

DOCUMENT = "MINH-HOA/2026"
"""No real document: published scores of the sample are invented."""


def write_files(folder: Path, area: Area, calendar: WorkingDays, cases: Columns, rng: np.random.Generator) -> None:
    """Write one file per dataset under canonical headers."""
    silent = {code for code, plan in stories.PLANS.items() if plan.silent_from}
    communes = np.array(
        [i for i in area.communes("2tier") if area.bodies[i].system != "second" and area.bodies[i].code not in silent]
    )
    _write(folder / "reception.csv", _receptions(area, calendar, communes, rng))
    _write(folder / "engagement.csv", _engagements(area, calendar, communes, rng))
    _write(folder / "queue_ticket.csv", _tickets(area, communes, cases, rng))
    _write(folder / "official_score.csv", _scores(area, communes, rng))


def _write(path: Path, columns: dict[str, pa.Array]) -> None:
    pa_csv.write_csv(pa.table(columns), str(path), pa_csv.WriteOptions(quoting_style="needed"))


def _codes(area: Area, units: Ints) -> pa.Array:
    return text.words(units, [body.code for body in area.bodies])


def _receptions(area: Area, calendar: WorkingDays, communes: Ints, rng: np.random.Generator) -> dict[str, pa.Array]:
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
        "unit_code": _codes(area, unit),
        "received_on": text.dates(day, "iso"),
        "host": text.words(host, ["chair", "delegate", "regular"]),
        "n_visits": text.numbers(n_visits),
        "n_people": text.numbers(n_visits + n_groups * rng.integers(4, 12, len(unit))),
        "n_matters": text.numbers(np.maximum(n_visits - (rng.random(len(unit)) < 0.2), 0)),
        "n_groups": text.numbers(n_groups),
    }


def _engagements(area: Area, calendar: WorkingDays, communes: Ints, rng: np.random.Generator) -> dict[str, pa.Array]:
    """Dialogues, community meetings, oversight and inspections; models, teams and friendly offices as stocks."""
    kinds = ["dialogue", "community_meeting", "oversight", "inspection", "model", "team", "friendly_office"]
    per_commune = (2, 1, 2, 1, 2, 4, 1)
    unit = np.repeat(communes, sum(per_commune))
    kind = np.tile(np.repeat(np.arange(len(kinds)), per_commune), len(communes))
    n = len(unit)
    held = calendar.add(CHANGE + rng.integers(20, LAST - CHANGE - 40, n), 0)
    is_stock, is_dialogue, is_oversight = kind >= 4, kind == 0, kind == 2
    asked = np.where(is_dialogue | is_oversight, rng.integers(4, 30, n), NONE)
    answered = np.where(asked >= 0, np.minimum(asked, rng.binomial(np.maximum(asked, 0), 0.9)), NONE)
    return {
        "unit_code": _codes(area, unit),
        "held_on": text.dates(held, "iso"),
        "ended_on": text.dates(np.where(is_stock & (rng.random(n) < 0.05), held + 200, NONE), "iso"),
        "kind": text.words(kind, kinds),
        "n_people": text.numbers(np.where(is_stock, NONE, rng.integers(25, 180, n))),
        "n_members": text.numbers(np.where(kind == 5, rng.integers(4, 9, n), NONE)),
        "n_questions": text.numbers(asked),
        "n_answered": text.numbers(answered),
        "replied_on": text.dates(
            np.where(is_oversight & (rng.random(n) < 0.85), held + rng.integers(5, 40, n), NONE), "iso"
        ),
        "published_on": text.dates(
            np.where(is_dialogue & (rng.random(n) < 0.9), held + rng.integers(2, 16, n), NONE), "iso"
        ),
    }


def _tickets(area: Area, communes: Ints, cases: Columns, rng: np.random.Generator) -> dict[str, pa.Array]:
    """Numbers taken at the counters of the last month, one per case filed there; waits grow with the rush."""
    first = months("2026-10", "2026-10")[0][0]
    day = day_of(cases["received"])
    rows = np.flatnonzero((day >= first) & (cases["channel"] >= 2) & np.isin(cases["unit"], communes))
    received = cases["received"][rows]
    rush = 1 + 1.2 * ((received % 1440) < 10 * 60)
    wait = np.minimum(rng.gamma(1.6, 5.0 * rush), 120).astype(np.int64)
    service = np.maximum(rng.gamma(2.5, 3.2, len(rows)), 1).astype(np.int64)
    taken = received - wait - service
    is_left = rng.random(len(rows)) < 0.02
    return {
        "unit_code": _codes(area, cases["unit"][rows]),
        "taken_at": text.times(taken, "iso"),
        "called_at": text.times(np.where(is_left, NONE, taken + wait), "iso"),
        "finished_at": text.times(np.where(is_left, NONE, received), "iso"),
        "counter_code": text.words(rng.integers(0, 6, len(rows)), [f"Q{i + 1}" for i in range(6)]),
    }


def _scores(area: Area, communes: Ints, rng: np.random.Generator) -> dict[str, pa.Array]:
    """Scores as a province would receive them, all invented: the service index per group, the reform index."""
    parts = (
        ("766", "transparency", 18.0),
        ("766", "progress", 20.0),
        ("766", "online", 12.0),
        ("766", "payment", 10.0),
        ("766", "digitisation", 22.0),
        ("766", "satisfaction", 18.0),
        ("PAR_INDEX", "total", 100.0),
    )
    periods = ("2026-Q1", "2026-Q2", "2026-Q3")
    rows = [
        (code, index, part, top, period)
        for code in [PROVINCE, *(area.bodies[i].code for i in communes)]
        for index, part, top in parts
        for period in (periods if index == "766" else ("2025",))
    ]
    score = [round(top * float(rng.beta(14, 3)), 2) for _, _, _, top, _ in rows]
    return {
        "document_no": pa.array([DOCUMENT] * len(rows)),
        "published_on": pa.array(["2026-10-15"] * len(rows)),
        "index_id": pa.array([row[1] for row in rows]),
        "unit_code": pa.array([row[0] for row in rows]),
        "period": pa.array([row[4] for row in rows]),
        "component_id": pa.array([row[2] for row in rows]),
        "score": pa.array([str(value) for value in score]),
        "max_score": pa.array([str(row[3]) for row in rows]),
        "standard_error": pa.array([None] * len(rows), pa.string()),
    }

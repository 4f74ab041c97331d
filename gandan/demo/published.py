"""Published scores, all invented and marked so; the national portal's own figures; form II.06a of one body; steps."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow as pa

from gandan.demo import text
from gandan.demo.area import OLD_NORTH, OLD_SOUTH, PROVINCE, Area
from gandan.demo.case_files import Written
from gandan.demo.cases import STATUS
from gandan.demo.days import NONE, Ints, as_date, day_of
from gandan.demo.others import senders, write_rows
from gandan.demo.states import Columns, months

DOCUMENT = "MINH-HOA/{}"
"""No real document: published scores of the sample are invented."""
GROUPS_766 = {"openness": 18, "progress": 20, "online": 12, "payment": 10, "digitisation": 22, "satisfaction": 18}
PAPI_YEARS = range(2016, 2025)
PAPI_MISSING = 2021
"""A year for which one province has no score: official sheets write zeros there."""
PORTAL_PERIODS = (
    *(("2026-Q1", "2026-01", "2026-03"), ("2026-Q2", "2026-04", "2026-06"), ("2026-Q3", "2026-07", "2026-09")),
    *((month, month, month) for month in ("2026-07", "2026-08", "2026-09", "2026-10")),
)
TABLE_BODY = "44-BQLKKT"
"""Sends no log, only form II.06a by quarter."""
TABLE_FIELDS = ("Hoạt động xây dựng", "Quy hoạch xây dựng")
TABLE_PERIODS = (
    ("2025-07", "2025-09"), ("2025-10", "2025-12"), ("2026-01", "2026-03"), ("2026-04", "2026-06"),
    ("2026-07", "2026-09"), ("2026-10", "2026-10"),
)  # fmt: skip
STEPS = (
    ("Tiếp nhận", "Bộ phận Một cửa"),
    ("Thẩm định", "Chuyên môn"),
    ("Trình ký", "Lãnh đạo"),
    ("Trả kết quả", "Bộ phận Một cửa"),
)
STEP_UNIT, STEP_FROM, N_STEP_CASES = "18880", "2026-08", 400
Row = tuple[str, str, str, str, str, str, float, float | None, float | None]
SCORE_COLUMNS = (
    "document_no", "published_on", "index_id", "unit_code", "period", "component_id", "score", "max_score",
    "standard_error",
)  # fmt: skip


def write_files(
    incoming: Path, area: Area, cases: Columns, case_codes: pa.Array, rng: np.random.Generator
) -> list[Written]:
    """Write the files of published scores, of form II.06a as a table and of steps; return what was written."""
    folder = incoming / "chi-so"
    codes = [area.bodies[i].code for i in senders(area)]
    return [
        _scores(folder / "chi-so-cong-bo-den-2024.csv", _before(rng)),
        _scores(folder / "chi-so-cong-bo-2026.csv", _since(codes, rng)),
        _scores(folder / "cong-dvcqg-2026-10.csv", _portal(area, cases)),
        _table(incoming / "bieu-ii06a" / "II06a-ban-quan-ly-khu-kinh-te.csv", rng),
        _steps(incoming / "buoc-xu-ly" / "buoc-xu-ly-2026-10.csv", area, cases, case_codes, rng),
    ]


def _scores(path: Path, rows: list[Row]) -> Written:
    columns = {
        name: pa.array([None if row[at] is None else str(row[at]) for row in rows], pa.string())
        for at, name in enumerate(SCORE_COLUMNS)
    }
    return write_rows(path, "official_score", columns)


def _papi(code: str, year: int, rng: np.random.Generator, level: float) -> list[Row]:
    """Eight dimensions of 1 to 10 and their sum; zeros where a province has no score."""
    head = (DOCUMENT.format(f"PAPI-{year}"), f"{year + 1}-05-06", "PAPI", code, str(year))
    if year == PAPI_MISSING and code == OLD_NORTH:
        return [(*head, part, 0.0, 80.0 if part == "total" else 10.0, None) for part in ("d1", "d2", "total")]
    scores = [round(float(rng.normal(level, 0.45)), 3) for _ in range(8)]
    rows: list[Row] = [
        (*head, f"d{at + 1}", score, 10.0, round(float(rng.uniform(0.05, 0.2)), 3)) for at, score in enumerate(scores)
    ]
    return [*rows, (*head, "total", round(sum(scores), 3), 80.0, round(float(rng.uniform(0.3, 0.7)), 3))]


def _yearly(code: str, year: int, rng: np.random.Generator) -> list[Row]:
    """SIPAS, the reform index and PCI of one province and year."""
    published = f"{year + 1}-05-30"
    found: list[Row] = []
    for index, parts, top, part_top in (
        ("SIPAS", ("access", "procedures", "officials", "results", "feedback"), 100.0, 100.0),
        ("PAR_INDEX", ("steering", "procedures", "digital", "impact"), 100.0, 15.0),
        ("PCI", ("entry", "land", "transparency", "time"), 100.0, 10.0),
    ):
        head = (DOCUMENT.format(f"{index}-{year}"), published, index, code, str(year))
        found += [(*head, part, round(part_top * float(rng.beta(22, 5)), 2), part_top, None) for part in parts]
        found.append((*head, "total", round(top * float(rng.beta(60, 12)), 2), top, None))
    return found


def _before(rng: np.random.Generator) -> list[Row]:
    """The two provinces that were merged, to 2024."""
    found: list[Row] = []
    for code, level in ((OLD_NORTH, 5.3), (OLD_SOUTH, 5.5)):
        for year in PAPI_YEARS:
            found += _papi(code, year, rng, level)
        for year in range(2022, 2025):
            found += _yearly(code, year, rng)
    return found


def _since(codes: list[str], rng: np.random.Generator) -> list[Row]:
    """The province of today for 2025; its communes by 766, the reform index and DDCI."""
    found = [*_papi(PROVINCE, 2025, rng, 5.4), *_yearly(PROVINCE, 2025, rng)]
    for code in [PROVINCE, *codes]:
        for quarter in ("2026-Q1", "2026-Q2", "2026-Q3"):
            head = (DOCUMENT.format("766-2026"), "2026-10-15", "766", code, quarter)
            points = {part: round(top * float(rng.beta(14, 3)), 2) for part, top in GROUPS_766.items()}
            found += [(*head, part, points[part], float(top), None) for part, top in GROUPS_766.items()]
            found.append((*head, "total", round(sum(points.values()), 2), 100.0, None))
    for code in codes:
        for index in ("PAR_INDEX", "DDCI"):
            head = (DOCUMENT.format(f"{index}-XA-2025"), "2026-03-31", index, code, "2025")
            found.append((*head, "total", round(100 * float(rng.beta(40, 9)), 2), 100.0, None))
    return found


def _portal(area: Area, cases: Columns) -> list[Row]:
    """The portal's own figures: it lacks one case in a hundred, and calls fewer of them late than the log does."""
    ended = day_of(np.where(cases["ended"] <= cases["seen_until"] * 1440 + 1439, cases["ended"], NONE))
    due = np.where(
        cases["moved"] >= 0,
        cases["due_final"],
        np.where(cases["given"] >= 0, cases["due_supplement"], cases["due_first"]),
    )
    is_late = (day_of(due) >= 0) & (ended > day_of(due)) & (cases["status"] == STATUS["completed"])
    mine = np.array([body.system != "second" and body.era == "2tier" for body in area.bodies])
    communes = senders(area)
    found: list[Row] = []
    for period, first, last in PORTAL_PERIODS:
        start, end = months(first, first)[0][0], months(last, last)[0][1]
        inside = (ended >= start) & (ended <= end)
        settled = np.bincount(cases["later_settling"][inside], minlength=len(area.bodies))
        late = np.bincount(cases["later_settling"][inside & is_late], minlength=len(area.bodies))
        counted = [(PROVINCE, int(settled[mine].sum()), int(late[mine].sum()))]
        counted += [(area.bodies[i].code, int(settled[i]), int(late[i])) for i in communes]
        for code, n_settled, n_late in counted:
            n = n_settled - n_settled // 100
            if not n:
                continue
            head = (DOCUMENT.format("CONG-DVCQG"), "2026-10-31", "PORTAL", code, period)
            lower = n_late - n_late // 8
            found += [
                (*head, "on_time_rate", round(100 * (n - lower) / n, 2), 100.0, None),
                (*head, "settled", float(n), None, None),
                (*head, "settled_late", float(lower), None, None),
            ]
    return found


def _table(path: Path, rng: np.random.Generator) -> Written:
    """Form II.06a of a body without a log, by quarter; one row of it does not add up, as happens, and is rejected."""
    names = (
        "unit_code", "period_start", "period_end", "field_name", "received", "received_online", "received_counter_post",
        "carried_in", "settled", "settled_early", "settled_on_time", "settled_late", "pending",
        "pending_in_time", "pending_overdue",
    )  # fmt: skip
    rows: list[tuple[str, ...]] = []
    carried = {name: int(rng.integers(3, 9)) for name in TABLE_FIELDS}
    for first, last in TABLE_PERIODS:
        start, end = as_date(months(first, first)[0][0]), as_date(months(last, last)[0][1])
        whole = np.zeros(11, dtype=np.int64)
        for name in TABLE_FIELDS:
            online, counter = (int(rng.integers(low, high)) for low, high in ((20, 50), (10, 30)))
            received = online + counter + carried[name]
            pending = int(rng.integers(2, 10))
            settled = received - pending
            late, early = int(rng.integers(0, 4)), int(rng.integers(5, 25))
            overdue = int(rng.integers(0, 2))
            on_time, in_time = settled - early - late, pending - overdue
            counts = np.array(
                [received, online, counter, carried[name], settled, early, on_time, late, pending, in_time, overdue]
            )
            rows.append((TABLE_BODY, f"{start}", f"{end}", name, *(str(n) for n in counts)))
            whole += counts
            carried[name] = pending
        if first == TABLE_PERIODS[2][0]:
            whole[0] += 1  # (3) is one more than (4) + (5) + (6)
        rows.append((TABLE_BODY, f"{start}", f"{end}", "Tổng số", *(str(n) for n in whole)))
    columns = {name: pa.array(values) for name, values in zip(names, zip(*rows, strict=True), strict=True)}
    return replace(write_rows(path, "settlement_summary", columns), broken={"sum_of_parts": 1})


def _steps(path: Path, area: Area, cases: Columns, case_codes: pa.Array, rng: np.random.Generator) -> Written:
    """Four steps of some hundred cases of one commune, receipt to result; times of day are left out."""
    first = months(STEP_FROM, STEP_FROM)[0][0]
    mine = (
        (cases["settling"] == area.of_today(STEP_UNIT)) & (day_of(cases["received"]) >= first) & (cases["ended"] >= 0)
    )
    mine &= cases["status"] == STATUS["completed"]
    picked = np.flatnonzero(mine & (cases["ended"] <= cases["seen_until"] * 1440))[:N_STEP_CASES]
    start, end = day_of(cases["received"][picked]), day_of(cases["ended"][picked])
    shares = np.sort(rng.random((len(picked), len(STEPS) - 1)), axis=1)
    edges = [start, *(start + ((end - start) * shares[:, at]).astype(np.int64) for at in range(len(STEPS) - 1)), end]
    n = len(picked)
    picked_codes = pa.array(case_codes.take(pa.array(picked)).to_pylist(), pa.string())
    columns = {
        "case_code": pa.concat_arrays([picked_codes] * len(STEPS)),
        "step_name": text.words(np.repeat(np.arange(len(STEPS)), n), [name for name, _ in STEPS]),
        "role_name": text.words(np.repeat(np.arange(len(STEPS)), n), [role for _, role in STEPS]),
        "started_at": text.dates(_joined(edges[:-1]), "iso"),
        "ended_at": text.dates(_joined(edges[1:]), "iso"),
    }
    return write_rows(path, "case_step", columns)


def _joined(parts: list[Ints]) -> Ints:
    joined: Ints = np.concatenate(parts)
    return joined

"""A published snapshot on disk, drawn from the little world of tests/metrics/marts.py."""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from etl import words
from tests.metrics import marts as m
from warehouse.paths import REPOSITORY, DataDir
from warehouse.schema import SCHEMA
from warehouse.snapshots import point_to

FIELDS = ("Đất đai", "Hộ tịch", "Đăng ký kinh doanh")
NAME = "20261121T093000Z-abcdef"


def month_starts(first: date, last: date) -> Iterator[date]:
    """Yield the first day of each month."""
    day = first
    while day <= last:
        yield day
        day = (day.replace(day=1) + timedelta(days=32)).replace(day=1)


def cases() -> list[dict[str, Any]]:
    """Return 40 settled cases a month and unit, late one in ten in Lao Bảo, one in forty in Đông Hà; 7 are pending."""
    rows: list[dict[str, Any]] = []
    for start in month_starts(date(2025, 1, 1), date(2026, 10, 1)):
        units = (m.LAO_BAO, m.DONG_HA) if start >= m.CHANGE else (m.OLD_WHOLE, m.OLD_OTHER)
        for unit, often in zip(units, (10, 40), strict=True):
            for i in range(40):
                received = start + timedelta(days=i % 15)
                late = i % often == 0
                due = received + timedelta(days=8)
                done = due + timedelta(days=3) if late else due - timedelta(days=i % 3)
                channel = "online_full" if i % 2 else "counter"
                rows.append(
                    m.case(unit_id=unit, received_on=received, due_on=due, completed_on=done, channel=channel,
                           field_name=FIELDS[i % 3], procedure_name="Thủ tục thử")
                )  # fmt: skip
    for i in range(7):
        received = date(2026, 10, 1) + timedelta(days=i)
        rows.append(m.case(received_on=received, due_on=date(2026, 10, 20 + 3 * (i % 4)), field_name=FIELDS[i % 3]))
    return rows


def complaints() -> list[dict[str, Any]]:
    """Return a few letters of each kind in every quarter."""
    rows = []
    for start in month_starts(date(2025, 7, 1), date(2026, 10, 1)):
        for i, kind in enumerate(("complaint", "complaint", "petition", "feedback", "denunciation")):
            settled = start + timedelta(days=20 + 30 * (i == 1))
            rows.append(
                m.complaint(kind=kind, received_on=start + timedelta(days=i), settle_due_on=start + timedelta(days=30),
                            settled_on=settled if settled <= date(2026, 10, 31) else None)
            )  # fmt: skip
    return rows


def survey() -> dict[str, Any]:
    """Return the repository's own questions, and 120 respondents of October 2026 who answered all of them."""
    items = [
        {c: _typed(v, kind) for c, v in row.items() if (kind := m.columns("dim_survey_item").get(c))}
        for row in _reference("survey_items.csv")
    ]
    parts = [
        {c: _typed(v, kind) for c, v in row.items() if (kind := m.columns("dim_survey_part").get(c))}
        for row in _reference("survey_parts.csv")
    ]
    answers = []
    for i in range(120):
        for j, item in enumerate(items):
            score = ((i + j) % 5) / 4
            answers.append(
                m.answer(respondent_id=f"R{i}", item_id=item["item_id"], scale_score=score, answer_value=1 + 4 * score,
                         unit_id=(m.LAO_BAO, m.DONG_HA)[i % 2], is_top_two=score > 0.6 if item["factor"] else None)
            )  # fmt: skip
    return {"answers": answers, "dim_survey_item": items, "dim_survey_part": parts}


def _reference(name: str) -> list[dict[str, str]]:
    with (REPOSITORY / "data" / "reference" / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def deadlines() -> list[dict[str, Any]]:
    """Return the repository's own terms for letters."""
    return [
        {c: _typed(v, m.columns("complaint_deadline")[c]) for c, v in row.items()}
        for row in _reference("deadlines.csv")
    ]


def _typed(value: str, kind: str) -> Any:
    if not value:
        return None
    if kind == "d":
        return date.fromisoformat(value)
    if kind == "b":
        return value == "true"
    return float(value) if kind == "f" else int(float(value)) if kind == "i" else value


def tables(cases_more: list[dict[str, Any]] | None = None) -> dict[str, Any]:
    """Return what `marts` takes."""
    loaded = {"load_no": 1, "file_name": "ho_so_2026.csv", "sha256": "0" * 64, "dataset": "case", "layout": "canonical",
              "loaded_at": datetime(2026, 11, 1, 8), "data_on": date(2026, 10, 31), "era": "2tier", "n_read": 1767,
              "n_accepted": 1765, "n_rejected": 2, "n_warned": 3, "n_repaired": 0, "is_withheld": False}  # fmt: skip
    rejects = [
        {"load_no": 1, "file_name": "ho_so_2026.csv", "sheet": "", "row": 12 + i, "column": "Ngày nhận",
         "field": "received_at", "value_shape": "##/##/####", "reason": "bad_date"}
        for i in range(2)
    ]  # fmt: skip
    targets = [{"metric": "on_time_rate", "level": "province", "target": 0.95, "valid_from": date(2025, 1, 1)}]
    return {
        "cases": cases() + (cases_more or []), "complaints": complaints(), "load": [loaded], "reject": rejects,
        "intake_word": words.rows(DataDir(REPOSITORY / "data")).to_pylist(),
        "dim_target": targets, "complaint_deadline": deadlines(), "is_demo": True, **survey(),
    }  # fmt: skip


def publish(root: Path, name: str = "", is_current: bool = True, **given: Any) -> DataDir:
    """Return a data folder with this snapshot published; with tables of its own it has a name of its own.

    What is asked is kept by the snapshot's name, for one process and all its tests.
    """
    own = hashlib.sha256(str(root).encode()).hexdigest()[:6]
    name = name or (f"20261121T093000Z-{own}" if given else NAME)
    data_dir = DataDir(root)
    data_dir.snapshots.mkdir(parents=True, exist_ok=True)
    world = m.marts(name=name, **{**tables(), **given})
    path = data_dir.snapshots / f"{name}.duckdb"
    world.con.execute("UPDATE snapshot_info SET value = ? WHERE key = 'schema'", [str(SCHEMA)])
    world.con.execute(f"ATTACH '{path}' AS published")
    world.con.execute("COPY FROM DATABASE memory TO published")
    world.con.execute("DETACH published")
    path.chmod(0o444)
    if is_current:
        point_to(data_dir, name)
    return data_dir

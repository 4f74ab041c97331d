"""Adding loads to a published snapshot gives what building it anew gives, in every table."""

from __future__ import annotations

import random
import shutil
from pathlib import Path
from typing import Any

import pytest
from loads import small_dir, write_load

from gandan.publish import run
from warehouse.paths import DataDir
from warehouse.snapshots import SnapshotRef

UNITS = ("19432-20250701", "19435-20250701", "25822-20250701", "44-CPB-20250701")
OLD_UNITS = ("19432-20200101", "19456-20200101", "25822-20200101")
SMALL = ("reception", "engagement", "queue_ticket", "settlement_summary", "official_score", "case_step")
OF_ONE_BUILD = {"snapshot_info"}


def content(ref: SnapshotRef) -> dict[str, list[str]]:
    """Return every table as sorted lines, columns by name."""
    found = {}
    with ref.open() as con:
        tables = con.execute("SELECT table_name FROM duckdb_tables() WHERE schema_name = 'main'").fetchall()
        for (table,) in tables:
            columns = sorted(row[0] for row in con.execute(f'DESCRIBE "{table}"').fetchall())
            named = ", ".join(f'"{column}"' for column in columns)
            found[table] = sorted(map(str, con.execute(f'SELECT {named} FROM "{table}"').fetchall()))
    return {table: rows for table, rows in found.items() if table not in OF_ONE_BUILD}


def draw_cases(chance: random.Random, month: int, era: str) -> list[dict[str, Any]]:
    """Return a month's rows: cases of a small pool of codes, so that many come again in another state."""
    rows = []
    for _ in range(chance.randint(1, 40)):
        number = chance.randint(1, 60)
        # A case keeps its receipt date; those with a low number were received under three tiers.
        received = (
            f"2025-06-{1 + number % 28:02d}" if number <= 25 else f"2025-{8 + number % 4:02d}-{1 + number % 28:02d}"
        )
        ended = chance.choice(
            [
                None,
                None,
                "2025-06-29" if number <= 25 else "2025-12-20",
                f"2026-{month:02d}-{chance.randint(1, 28):02d}",
            ]
        )
        rows.append(
            {
                "case_code": f"C{number}",
                "unit_id": chance.choice(OLD_UNITS if era == "3tier" else UNITS),
                "received_at": received,
                "due_at": chance.choice([None, "2026-01-05", f"2026-{month:02d}-10", "2027-02-01"]),
                "completed_at": ended,
                "status": chance.choice([None, "processing", "completed", "returned", "not_accepted", "suspended"]),
                "channel": chance.choice([None, "online_full", "counter", "post"]),
                "field_name": chance.choice([None, "Đất đai", "Hộ tịch"]),
                "synced_at": chance.choice([None, None, f"2026-{month:02d}-15 08:00"]),
            }
        )
    return rows


def draw_small(data: DataDir, chance: random.Random, dataset: str, data_on: str) -> int:
    """Write one load of a small dataset, of few keys, so that newer rows replace older ones; return its number."""
    rows: list[dict[str, Any]] = []
    for _ in range(chance.randint(1, 12)):
        unit, day = chance.choice(UNITS), f"2026-0{chance.randint(1, 9)}-0{chance.randint(1, 9)}"
        rows.append(
            {
                "reception": {
                    "received_on": day,
                    "host": chance.choice(["chair", None]),
                    "n_visits": chance.randint(0, 9),
                },
                "engagement": {
                    "held_on": day,
                    "kind": chance.choice(["dialogue", "team"]),
                    "n_people": chance.randint(1, 9),
                },
                "queue_ticket": {"taken_at": f"{day} 08:00", "called_at": f"{day} 08:0{chance.randint(0, 9)}"},
                "settlement_summary": {"period_start": f"{day[:7]}-01", "period_end": f"{day[:7]}-28"},
                "official_score": {"period": day[:7], "score": chance.random()},
                "case_step": {"case_code": f"C{chance.randint(1, 70)}", "started_at": day},
            }[dataset]
            | ({"unit_id": unit} if dataset != "case_step" else {})
        )
    return write_load(data, rows, dataset=dataset, data_on=data_on)


def draw_load(data: DataDir, chance: random.Random) -> int:
    """Write one load of any dataset and age, and return its number."""
    month = chance.randint(1, 9)
    data_on = f"2026-{month:02d}-28"
    kind = chance.choice(["case", "case", "case", "case", "complaint", "survey_answer", *SMALL])
    if kind in SMALL:
        return draw_small(data, chance, kind, data_on)
    if kind == "complaint":
        rows: list[dict[str, Any]] = [
            {"letter_code": f"L{chance.randint(1, 9)}", "kind": chance.choice(["complaint", "feedback"]),
             "received_on": f"2026-0{chance.randint(1, 9)}-01", "settled_on": chance.choice([None, "2026-09-30"])}
            for _ in range(8)
        ]  # fmt: skip
        return write_load(data, rows, dataset="complaint", data_on=data_on)
    if kind == "survey_answer":
        rows = [{"respondent_id": str(n), "item_id": "1.1.1", "answer": str(chance.randint(0, 3))} for n in range(6)]
        return write_load(data, rows, dataset="survey_answer", data_on=data_on)
    era = chance.choice(["3tier", "2tier", "2tier", "2tier"])
    rejects = [{"row": 3, "reason": "unknown_unit"}] if chance.random() < 0.3 else None
    layout = chance.choice(["one", "other"])
    return write_load(data, draw_cases(chance, month, era), data_on=data_on, layout=layout, era=era, rejects=rejects)


@pytest.mark.parametrize("seed", range(6))
def test_an_addition_equals_a_full_build_in_every_table(tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    data = small_dir(tmp_path)
    for _ in range(3):
        draw_load(data, chance)
    assert not run(data).is_addition
    for _ in range(2):
        for _ in range(chance.randint(1, 2)):
            draw_load(data, chance)
        added = run(data)
        assert added.is_addition
    whole = DataDir(tmp_path / "whole")
    shutil.copytree(data.loads, whole.loads)
    built = run(whole)
    assert not built.is_addition
    by_addition, by_build = content(added.ref), content(built.ref)
    assert by_addition.keys() == by_build.keys()
    for table, rows in by_build.items():
        assert by_addition[table] == rows, table


def test_a_promise_that_lay_ahead_of_the_data_counts_when_its_day_comes(tmp_path: Path) -> None:
    """The case is still open and nobody sends it again: no difference will ever bring it."""
    data = small_dir(tmp_path)
    write_load(data, [{"case_code": "A", "received_at": "2026-08-20", "due_at": "2026-09-10"}], data_on="2026-08-31")
    run(data)
    write_load(data, [{"case_code": "B", "received_at": "2026-09-20"}], data_on="2026-09-30")
    added = run(data)
    assert added.is_addition
    with added.ref.open() as con:
        assert con.execute("SELECT sum(apology_rate_base) FROM sum_case_flow_unit").fetchall() == [(1,)]


def test_every_small_dataset_added_alone_equals_a_full_build(tmp_path: Path) -> None:
    chance = random.Random(3)
    data = small_dir(tmp_path)
    write_load(data, draw_cases(chance, 1, "2tier"), data_on="2026-01-28")
    for dataset in SMALL:
        draw_small(data, chance, dataset, "2026-05-28")
    run(data)
    for dataset in SMALL:
        draw_small(data, chance, dataset, "2026-09-28")
        added = run(data)
        assert added.is_addition
    # New cases: steps find theirs, and a log goes before a table.
    write_load(data, draw_cases(chance, 9, "2tier"), data_on="2026-09-28")
    added = run(data)
    whole = DataDir(tmp_path / "whole")
    shutil.copytree(data.loads, whole.loads)
    by_addition, by_build = content(added.ref), content(run(whole).ref)
    for table, rows in by_build.items():
        assert by_addition[table] == rows, table
    assert all(by_build[f"fct_{dataset}"] for dataset in SMALL) and by_build["fct_reception_week"]


def test_loads_of_any_order_lose_no_state(tmp_path: Path) -> None:
    chance = random.Random(7)
    data = small_dir(tmp_path)
    for _ in range(6):
        draw_load(data, chance)
        ref = run(data).ref
    with ref.open() as con:
        kept = con.execute(
            "SELECT (SELECT count(*) FROM fct_case) + (SELECT count(*) FROM case_history), "
            "(SELECT sum(n_accepted) FROM load WHERE dataset = 'case')"
        ).fetchall()[0]
    assert kept[0] == kept[1] > 0


def test_other_reference_data_or_a_load_taken_back_means_a_full_build(tmp_path: Path) -> None:
    data = small_dir(tmp_path)
    write_load(data, [{"case_code": "A"}])
    write_load(data, [{"case_code": "B"}])
    run(data)
    (data.root / "reference").mkdir()
    (data.root / "reference" / "remote_areas.csv").write_text("unit_id\n", encoding="utf-8")
    write_load(data, [{"case_code": "C"}])
    assert not run(data).is_addition
    write_load(data, [{"case_code": "D"}])
    assert run(data).is_addition
    (data.loads / "000001" / "WITHHELD").touch()
    taken_back = run(data)
    assert not taken_back.is_addition
    with taken_back.ref.open() as con:
        assert con.execute("SELECT case_id FROM fct_case ORDER BY 1").fetchall() == [("B",), ("C",), ("D",)]

"""corrections.toml: a known error put right row by row, only where the source still says it."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from etl_drawn import HEADER

from etl import corrections
from etl.loaded import columns
from etl.receipt import Receipt
from gandan import publish as publishing
from gandan.__main__ import main
from gandan.exit_codes import Exit
from ui import reader
from warehouse.paths import DataDir
from warehouse.snapshots import Pool, SnapshotRef

Load = Callable[..., Receipt]
ENTRY: dict[str, Any] = {
    "id": "2026-11-01",
    "dataset": "case",
    "key": {"case_code": "H1-260901-0001"},
    "field": "completed_at",
    "expect": "2026-09-25",
    "value": "2026-09-15",
    "reason": "Nhập nhầm ngày, theo Công văn 12",
    "provider": "Trung tâm Phục vụ hành chính công xã",
    "decided_on": "@2026-11-02",
}
LATE = "H1-260901-0001,19432,01/09/2026,20/09/2026,25/09/2026,completed\n"
MENDED = "H1-260901-0001,19432,01/09/2026,20/09/2026,15/09/2026,completed\n"
SENT_ON = date(2026, 9, 30)
OTHER = "H1-260901-0002,19432,01/09/2026,20/09/2026,15/09/2026,completed\n"


def write(data_dir: DataDir, *entries: dict[str, Any]) -> None:
    """Write the data folder's own corrections.toml; "@2026-11-02" stands for a TOML date."""

    def plain(value: Any) -> str:
        if isinstance(value, dict):
            return "{ " + ", ".join(f"{k} = {plain(v)}" for k, v in value.items()) + " }"
        if isinstance(value, str) and value.startswith("@"):
            return value[1:]
        return json.dumps(value, ensure_ascii=False)

    folder = data_dir.root / "reference"
    folder.mkdir(parents=True, exist_ok=True)
    text = "".join("[[correction]]\n" + "".join(f"{k} = {plain(v)}\n" for k, v in e.items()) + "\n" for e in entries)
    (folder / "corrections.toml").write_text(text, encoding="utf-8")


def rows(ref: SnapshotRef, sql: str) -> list[tuple[Any, ...]]:
    """Return the rows of a query on a snapshot."""
    with ref.open() as con:
        found: list[tuple[Any, ...]] = con.execute(sql).fetchall()
    return found


def content(ref: SnapshotRef) -> dict[str, list[str]]:
    """Return every table as sorted lines, columns by name."""
    found = {}
    for (table,) in rows(ref, "SELECT table_name FROM duckdb_tables() WHERE schema_name = 'main'"):
        columns = ", ".join(sorted(f'"{row[0]}"' for row in rows(ref, f'DESCRIBE "{table}"')))
        found[table] = sorted(map(str, rows(ref, f'SELECT {columns} FROM "{table}"')))
    return {table: lines for table, lines in found.items() if table != "snapshot_info"}


CASES = "SELECT case_id, CAST(completed_on AS VARCHAR), settled_class, corrected_by FROM fct_case ORDER BY 1"
STATE = "SELECT id, state, n_rows, n_loads, record_key, value FROM correction ORDER BY id"


def test_a_correction_changes_the_figures_and_the_mark_and_leaves_the_load_as_it_was_sent(
    data_dir: DataDir, load_text: Load
) -> None:
    receipt = load_text(HEADER + LATE + OTHER)
    folder = data_dir.loads / f"{receipt.load_no:06d}"
    sent = (folder / "rows.parquet").read_bytes()
    before = publishing.publish(data_dir)
    assert rows(before, CASES)[0] == ("H1-260901-0001", "2026-09-25", "late", None)
    write(data_dir, ENTRY)
    made = publishing.run(data_dir)
    assert rows(made.ref, CASES) == [
        ("H1-260901-0001", "2026-09-15", "early", "2026-11-01"),
        ("H1-260901-0002", "2026-09-15", "early", None),
    ]
    assert rows(made.ref, STATE) == [("2026-11-01", "applied", 1, 1, "H1-260901-0001", "2026-09-15")]
    assert made.findings == ()
    assert (folder / "rows.parquet").read_bytes() == sent
    states = reader.rows(Pool(data_dir).at(), "case_states", case_id="H1-260901-0001")
    assert [(str(s["completed_on"]), s["corrected_by"]) for s in states] == [("2026-09-15", "2026-11-01")]
    listed = CliRunner().invoke(
        main, ["cases", "settled", "--unit", "19432", "--period", "2026-09", "--format", "json"], catch_exceptions=False
    )
    marks = {row["case_code"]: (row["completed_on"], row["corrected_by"]) for row in json.loads(listed.stdout)}
    assert marks == {"H1-260901-0001": ("2026-09-15", "2026-11-01"), "H1-260901-0002": ("2026-09-15", None)}


def test_a_correction_stops_when_the_source_is_mended_or_says_something_else_or_has_no_such_record(
    data_dir: DataDir, load_text: Load
) -> None:
    load_text(HEADER + LATE, "09.csv", data_on=SENT_ON)
    write(data_dir, ENTRY, {**ENTRY, "id": "none", "key": "H1-999999-0001"})
    assert publishing.run(data_dir).findings[0].sample == (("none", "case", "completed_at", "not_found"),)
    load_text(HEADER + MENDED, "09-sua.csv", data_on=SENT_ON)
    mended = publishing.run(data_dir)
    assert mended.is_addition
    # The older state said what the entry expects, so it is put right in the history; the newest needs nothing.
    assert rows(mended.ref, STATE)[0][:4] == ("2026-11-01", "source_mended", 1, 1)
    assert rows(mended.ref, CASES) == [("H1-260901-0001", "2026-09-15", "early", None)]
    history = "SELECT CAST(completed_on AS VARCHAR), corrected_by FROM case_history"
    assert rows(mended.ref, history) == [("2026-09-15", "2026-11-01")]
    assert ("2026-11-01", "case", "completed_at", "source_mended") in mended.findings[0].sample
    load_text(HEADER + LATE.replace("25/09", "28/09"), "09-lai.csv", data_on=SENT_ON)
    again = publishing.publish(data_dir)
    assert rows(again, STATE)[0][:2] == ("2026-11-01", "source_differs")
    assert rows(again, CASES) == [("H1-260901-0001", "2026-09-28", "late", None)]


def test_an_addition_with_corrections_equals_a_full_build(data_dir: DataDir, load_text: Load, tmp_path: Path) -> None:
    write(
        data_dir,
        ENTRY,
        {**ENTRY, "id": "b", "key": "h1-260901-0003", "field": "status", "expect": "", "value": "returned"},
    )
    load_text(HEADER + LATE + OTHER, "09.csv")
    publishing.publish(data_dir)
    load_text(HEADER + OTHER + "H1-260901-0003,19432,01/09/2026,20/09/2026,,\n" + LATE, "10.csv")
    added = publishing.run(data_dir)
    assert added.is_addition
    whole = DataDir(tmp_path / "whole")
    shutil.copytree(data_dir.loads, whole.loads)
    shutil.copytree(data_dir.root / "reference", whole.root / "reference")
    built = publishing.run(whole)
    by_addition, by_build = content(added.ref), content(built.ref)
    assert {table for table in by_build if by_build[table] != by_addition[table]} == set()
    assert rows(added.ref, "SELECT case_id, status, corrected_by FROM fct_case ORDER BY 1") == [
        ("H1-260901-0001", "completed", "2026-11-01"),
        ("H1-260901-0002", "completed", None),
        ("H1-260901-0003", "returned", "b"),
    ]


def test_of_a_letter_neither_the_record_nor_the_values_are_named(data_dir: DataDir, load_text: Load) -> None:
    load_text("letter_code,kind,unit_code,received_on\nTC1,tố cáo,19432,01/09/2026\n", "letters.csv")
    entry = {
        **ENTRY,
        "dataset": "complaint",
        "key": "TC1",
        "field": "received_on",
        "expect": "@2026-09-01",
        "value": "@2026-09-02",
    }
    write(data_dir, entry)
    ref = publishing.publish(data_dir)
    assert rows(ref, STATE) == [("2026-11-01", "applied", 1, 1, None, None)]
    assert rows(ref, "SELECT CAST(received_on AS VARCHAR) FROM fct_complaint") == [("2026-09-02",)]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"dataset": "cases"}, "dataset"),
        ({"field": "citizen_name"}, "field"),
        ({"key": {"row": "1"}}, "field"),
        ({"value": "hôm qua"}, "type"),
        ({"field": "status", "expect": "processing", "value": "done"}, "label"),
        ({"value": "2026-09-25"}, "same"),
        ({"provider": "bà Nguyễn Thị Hoa"}, "person"),
        ({"reason": "gọi 0912345678"}, "person"),
        ({"status": "sometimes"}, "status"),
        ({"decided_on": "2 tháng 11"}, "date"),
        ({"note": "x"}, "unknown"),
    ],
)
def test_an_entry_that_says_nothing_clear_is_refused_with_its_reason(
    data_dir: DataDir, change: dict[str, Any], code: str
) -> None:
    write(data_dir, {**ENTRY, **change})
    with pytest.raises(corrections.BadCorrections) as refused:
        corrections.read(data_dir, columns)
    assert [problem.code for problem in refused.value.problems] == [code]
    assert all(ENTRY["id"] in problem.message(lang) for problem in refused.value.problems for lang in ("vi", "en"))


def test_all_that_is_wrong_is_said_at_once_and_nothing_is_published(data_dir: DataDir, load_text: Load) -> None:
    load_text(HEADER + LATE)
    write(data_dir, {**ENTRY, "id": "a"}, {**ENTRY, "id": "b"}, {**ENTRY, "id": "c", "dataset": "x"})
    done = CliRunner().invoke(main, ["publish", "--format", "json"])
    assert done.exit_code == Exit.CHECK_FAILED
    found = json.loads(done.stdout)
    assert (found["state"], [p["id"] for p in found["problems"]]) == ("bad_corrections", ["c", "b"])
    assert "corrections.toml" in done.stderr
    assert not data_dir.pointer.exists()


def test_a_retired_entry_does_nothing_and_is_listed(data_dir: DataDir, load_text: Load) -> None:
    load_text(HEADER + LATE)
    write(data_dir, {**ENTRY, "status": "retired"})
    made = publishing.run(data_dir)
    assert rows(made.ref, STATE)[0][1:4] == ("retired", 0, 0)
    assert rows(made.ref, CASES)[0][1] == "2026-09-25"
    assert made.findings == ()


def test_the_repositorys_own_file_reads_and_holds_no_entry(tmp_path: Path) -> None:
    assert corrections.read(DataDir(tmp_path), columns) == []

"""`gandan changes` and `gandan preview` in words: what a person or a page reads."""

from __future__ import annotations

import csv
import io
import json

import pytest
from click.testing import CliRunner
from loads import small_dir, write_load

from gandan import publish as publishing
from gandan.__main__ import main
from gandan.exit_codes import Exit
from warehouse.paths import DataDir


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> DataDir:
    """Two published files of which the second moves a due date, and a third that waits."""
    found = small_dir(tmp_path_factory.mktemp("changes"))
    write_load(found, [{"case_code": "=1+1", "due_at": "2026-09-20"}], data_on="2026-09-15")
    write_load(found, [{"case_code": "=1+1", "due_at": "2026-09-30"}], data_on="2026-09-30")
    publishing.publish(found)
    write_load(found, [{"case_code": "B"}], data_on="2026-09-30", file_name="tháng 9.xlsx")
    return found


def said(data: DataDir, *arguments: str) -> str:
    """Return what a command writes to stdout."""
    done = CliRunner().invoke(main, list(arguments), env={"GANDAN_DATA_DIR": str(data.root)}, catch_exceptions=False)
    assert done.exit_code == 0, done.stderr
    return done.stdout


def test_changes_are_written_as_json_csv_and_a_table(data: DataDir) -> None:
    (found,) = json.loads(said(data, "changes", "--load", "2", "--format", "json"))
    assert (found["field"], found["before"], found["after"]) == ("due_on", "2026-09-20", "2026-09-30")
    assert (found["file_before"], found["file_after"], found["data_on_after"]) == (
        "file-1.csv",
        "file-2.csv",
        "2026-09-30",
    )
    (row,) = csv.DictReader(io.StringIO(said(data, "changes", "--load", "2", "--format", "csv")))
    assert row["case_code"] == "'=1+1", "a spreadsheet would take the code for a formula"
    assert "2026-09-30" in said(data, "changes", "--unit", "19432")


def test_one_case_is_found_by_a_code_written_with_blanks(data: DataDir) -> None:
    states = json.loads(said(data, "changes", "--case", " =1 +1", "--states", "--format", "json"))
    assert [(s["load_no"], s["is_current"]) for s in states] == [(2, True), (1, False)]


def test_states_are_those_of_one_case(data: DataDir) -> None:
    done = CliRunner().invoke(main, ["changes", "--states"], env={"GANDAN_DATA_DIR": str(data.root)})
    assert done.exit_code == Exit.USAGE


def test_counts_stand_by_load_and_conflicts_are_none(data: DataDir) -> None:
    counts = json.loads(said(data, "changes", "--counts", "--format", "json"))
    assert [(c["load_no"], c["n_new"], c["n_moved_without_slip"]) for c in counts] == [(2, 0, 1), (1, 1, 0)]
    assert json.loads(said(data, "changes", "--conflicts", "--format", "json")) == []


def test_a_preview_says_how_many_figures_move_and_through_which_file(data: DataDir) -> None:
    told = said(data, "preview")
    assert told.startswith("4 con số sẽ thay đổi")
    # One more case received and pending in the commune and in the province.
    assert sum("3 tháng 9.xlsx" in line for line in told.splitlines()) == 4
    steps = CliRunner().invoke(
        main, ["preview", "--progress", "json", "--format", "json"], env={"GANDAN_DATA_DIR": str(data.root)}
    )
    assert json.loads(steps.stderr.splitlines()[-1]) == {"step": "done", "text": ""}

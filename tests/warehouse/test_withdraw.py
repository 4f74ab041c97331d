"""A load withdrawn as a whole: out of every figure, on disk and in the history, until it is taken back."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from loads import small_dir, write_load

from gandan import publish as publishing
from gandan.__main__ import main
from gandan.exit_codes import Exit
from warehouse import ledger
from warehouse.paths import DataDir
from warehouse.snapshots import Pool


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> DataDir:
    """Two published loads; the second changes a case of the first and brings another."""
    found = small_dir(tmp_path)
    write_load(found, [{"case_code": "A", "status": "processing"}], data_on="2026-09-30")
    write_load(found, [{"case_code": "A", "status": "completed"}, {"case_code": "B"}], data_on="2026-10-31")
    monkeypatch.setenv("GANDAN_DATA_DIR", str(found.root))
    publishing.publish(found)
    return found


def rows(data: DataDir, sql: str) -> list[tuple[object, ...]]:
    """Return the rows of a query on what is published."""
    found: list[tuple[object, ...]] = Pool(data).cursor().execute(sql).fetchall()
    return found


CASES = "SELECT case_id, status FROM fct_case ORDER BY 1"


def test_a_withdrawn_load_leaves_the_figures_at_the_next_publish_and_says_who_and_why(data: DataDir) -> None:
    done = CliRunner().invoke(main, ["withdraw", "2", "--reason", "Gửi nhầm tháng", "--by", "Sở Nội vụ"])
    assert done.exit_code == 0, done.output
    assert rows(data, CASES) == [("A", "completed"), ("B", None)], "nothing moves before a publish"
    assert CliRunner().invoke(main, ["publish"]).exit_code == 0
    assert rows(data, CASES) == [("A", "processing")]
    told = "SELECT load_no, is_withheld, withheld_why, withheld_by, withheld_reason FROM load ORDER BY 1"
    assert rows(data, told) == [
        (1, False, None, None, None),
        (2, True, "withdrawn", "Sở Nội vụ", "Gửi nhầm tháng"),
    ]
    assert (data.loads / "000002" / "rows.parquet").is_file()
    assert [(one["load_no"], one["state"]) for one in ledger.loads(data)] == [(1, "staged"), (2, "withdrawn")]


def test_release_brings_back_what_a_rollback_withheld_and_never_what_a_person_withdrew(data: DataDir) -> None:
    write_load(data, [{"case_code": "C"}])
    publishing.publish(data)
    assert CliRunner().invoke(main, ["rollback"]).exit_code == 0
    assert CliRunner().invoke(main, ["withdraw", "2", "--reason", "Sai kỳ"]).exit_code == 0
    assert CliRunner().invoke(main, ["publish", "--release"]).exit_code == 0
    assert [row[0] for row in rows(data, CASES)] == ["A", "C"]
    assert CliRunner().invoke(main, ["withdraw", "2", "--undo"]).exit_code == 0
    assert CliRunner().invoke(main, ["publish"]).exit_code == 0
    assert [row[0] for row in rows(data, CASES)] == ["A", "B", "C"]
    acts = [json.loads(line)["act"] for line in (data.loads / "000002" / "acts.jsonl").read_text().splitlines()]
    assert acts == ["withdraw", "undo"]


@pytest.mark.parametrize("reason", ["", "  ", "gọi 0912345678", "ông Nguyễn Văn An yêu cầu"])
def test_a_withdrawal_says_why_and_names_no_person(data: DataDir, reason: str) -> None:
    done = CliRunner().invoke(main, ["withdraw", "2", "--reason", reason])
    assert done.exit_code == Exit.USAGE
    assert "--reason" in done.stderr
    assert not (data.loads / "000002" / "WITHDRAWN").exists()


def test_a_load_that_is_not_there_or_not_withdrawn_is_said_so(data: DataDir) -> None:
    assert CliRunner().invoke(main, ["withdraw", "9", "--reason", "x"]).exit_code == Exit.USAGE
    assert CliRunner().invoke(main, ["withdraw", "2", "--undo"]).exit_code == Exit.USAGE


def test_withdrawing_twice_keeps_the_first_reason_and_status_lists_it_once(data: DataDir) -> None:
    for reason in ("Sai kỳ", "Lý do khác"):
        done = CliRunner().invoke(main, ["withdraw", "2", "--reason", reason, "--format", "json"])
        assert json.loads(done.stdout)["reason"] == "Sai kỳ"
    found = json.loads(CliRunner().invoke(main, ["status", "--format", "json"]).stdout)
    assert (found["withdrawn_loads"], found["withheld_loads"], found["pending_loads"]) == ([2], [], [])


def test_with_every_load_withdrawn_nothing_is_published_and_the_way_back_is_said(data: DataDir) -> None:
    before = data.pointer.read_text()
    for number in ("1", "2"):
        assert CliRunner().invoke(main, ["withdraw", number, "--reason", "Sai kỳ"]).exit_code == 0
    done = CliRunner().invoke(main, ["publish", "--format", "json"])
    assert (done.exit_code, json.loads(done.stdout)["state"]) == (Exit.NOTHING_ACCEPTED, "nothing_takes_part")
    assert "--undo" in done.stderr
    assert data.pointer.read_text() == before


def test_corrections_of_a_load_are_withdrawn_and_used_again_with_it(data: DataDir) -> None:
    mended = write_load(data, [{"case_code": "D"}], corrects={"load_no": 2})
    again = write_load(data, [{"case_code": "E"}], corrects={"load_no": mended})
    other = write_load(data, [{"case_code": "F"}], corrects={"load_no": 1})
    alone = write_load(data, [{"case_code": "G"}], corrects={"load_no": 2})
    assert CliRunner().invoke(main, ["withdraw", str(alone), "--reason", "Sai tệp"]).exit_code == 0

    done = CliRunner().invoke(main, ["withdraw", "2", "--reason", "Gửi nhầm tháng", "--format", "json"])
    assert json.loads(done.stdout)["with_corrections"] == [mended, again]
    publishing.publish(data)
    assert rows(data, CASES) == [("A", "processing"), ("F", None)]
    assert {one["load_no"] for one in ledger.loads(data) if one["state"] == "withdrawn"} == {2, mended, again, alone}

    undone = CliRunner().invoke(main, ["withdraw", "2", "--undo", "--format", "json"])
    assert json.loads(undone.stdout)["with_corrections"] == [mended, again]
    publishing.publish(data)
    cases = [case for case, _ in rows(data, CASES)]
    assert cases == ["A", "B", "D", "E", "F"], "what was withdrawn by itself stays out"
    assert other not in json.loads(undone.stdout)["with_corrections"]

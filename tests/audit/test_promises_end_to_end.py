"""Promises of the contract, tried from outside: files in, commands run, exit codes and printed rows read."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from gandan.__main__ import main
from gandan.exit_codes import Exit

HEADER = "case_code,unit_code,received_at,due_at,completed_at\n"
ANSWER = [
    *("metric", "level", "unit_id", "unit_code", "unit_name", "period_start", "period_end"),
    *("numerator", "denominator", "value", "lower", "upper", "method", "is_shown", "note", "snapshot"),
    *("split", "split_value", "calendar", "status"),
]
OCTOBER = ("--unit", "19432", "--period", "2026-10")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A fresh data folder on 10/11/2026."""
    monkeypatch.setenv("GANDAN_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("GANDAN_TODAY", "2026-11-10")
    return tmp_path


def run(*words: str, code: int = Exit.DONE) -> Result:
    done = CliRunner().invoke(main, list(words))
    assert done.exit_code == code, done.output
    return done


def send(folder: Path, name: str, rows: str, data_on: str) -> None:
    path = folder / name
    path.write_text(HEADER + rows, encoding="utf-8")
    run("load", str(path), "--data-on", data_on)


def asked(*words: str) -> list[dict[str, object]]:
    found: list[dict[str, object]] = json.loads(run("ask", *words, "--format", "json").stdout)
    return found


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A data folder in which one commune has sent one case that ended early and one that is open."""
    folder = tmp_path_factory.mktemp("published")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GANDAN_DATA_DIR", str(folder / "data"))
        patch.setenv("GANDAN_TODAY", "2026-11-10")
        run("ask", "received", *OCTOBER, code=Exit.USAGE)  # nothing is published yet
        run("publish", code=Exit.NOTHING_ACCEPTED)
        rows = "A1,19432,01/10/2026,08/10/2026,07/10/2026\nA2,19432,02/10/2026,09/10/2026,\n"
        send(folder, "a.csv", rows, "31/10/2026")
        run("publish")
        yield folder


def test_json_and_csv_print_the_same_rows_in_the_columns_of_the_contract(published: Path) -> None:
    question = ("on_time_rate", "late_rate", "pending", *OCTOBER)
    from_json = asked(*question)
    from_csv = list(csv.DictReader(io.StringIO(run("ask", *question, "--format", "csv").stdout)))
    assert [list(row) for row in from_json] == [ANSWER] * 3
    assert [list(row) for row in from_csv] == [ANSWER] * 3
    texts = [{k: "" if v is None else str(v) for k, v in row.items()} for row in from_json]
    assert texts == from_csv
    assert [(r["numerator"], r["denominator"], r["value"]) for r in from_json] == [(1, 1, 1.0), (0, 1, 0.0), (1, 1, 1)]


def test_what_cannot_be_asked_is_wrong_use_and_what_is_not_there_yet_is_a_row_with_the_reason(published: Path) -> None:
    for words in (
        ("ask", "nosuch", *OCTOBER),
        ("ask", "received", "--unit", "99999", "--period", "2026-10"),
        ("ask", "received", "--unit", "19432", "--period", "2026-13"),
        ("ask", "received", "--level", "nosuch", "--period", "2026-10"),
        ("ask", "received", *OCTOBER, "--as-of", "nosuch"),
        ("ask", "received", *OCTOBER, "--as", "unit:nosuch"),
        ("cases", "denunciations_received", "--unit", "19432", "--period", "2026-Q3"),
        ("cases", "survey_d1", *OCTOBER),
    ):
        assert run(*words, code=Exit.USAGE).stdout == ""
    (later,) = asked("received", "--unit", "19432", "--period", "2027-01")
    assert (later["value"], later["status"], bool(later["note"])) == (None, "not_available", True)
    (silent,) = asked("received", "--unit", "19597", "--period", "2026-10")
    assert (silent["value"], silent["numerator"], silent["status"]) == (None, None, "not_sent")


def test_a_closed_figure_is_answered_under_its_label_after_newer_loads_a_rollback_and_a_release(folder: Path) -> None:
    def received(*more: str) -> object:
        return asked("received", *OCTOBER, *more)[0]["value"]

    send(folder, "a.csv", "A1,19432,01/10/2026,08/10/2026,\n", "20/10/2026")
    run("publish")
    run("close", "BC tháng 10/2026", "--who", "An", "--report", "II.06a")
    send(folder, "b.csv", "A2,19432,02/10/2026,09/10/2026,\n", "31/10/2026")
    run("publish")
    assert (received(), received("--as-of", "BC tháng 10/2026")) == (2, 1)
    run("rollback")
    assert (received(), received("--as-of", "BC tháng 10/2026")) == (1, 1)
    run("publish")  # the withheld load stays out until it is released
    assert received() == 1
    run("publish", "--release")
    assert (received(), received("--as-of", "BC tháng 10/2026")) == (2, 1)

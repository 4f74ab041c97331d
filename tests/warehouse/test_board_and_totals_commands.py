"""`gandan board` and `gandan totals` on files that went the whole way: loaded, published, withdrawn."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from gandan.__main__ import main
from gandan.exit_codes import Exit

HEADER = "case_code,unit_code,received_at,due_at,completed_at,status,channel\n"
CASES = [
    "H44.1-261005-0001,19432,05/10/2026,20/10/2026,15/10/2026,completed,online_full",
    "H44.1-261006-0002,19432,06/10/2026,20/10/2026,22/10/2026,completed,counter",
    "H44.1-261007-0003,19432,07/10/2026,20/11/2026,,processing,counter",
    "H44.1-261008-0004,19432,08/10/2026,20/10/2026,30/09/2026,completed,counter",  # ends before it begins
    "H44.1-261009-0005,19432,09/10/2026,20/10/2026,16/10/2026,completed,counter",
    "H44.1-261009-0005,19432,09/10/2026,20/10/2026,16/10/2026,completed,counter",  # the same case again
    "H44.1-261012-0006,19333,12/10/2026,20/10/2026,16/10/2026,completed,counter",
]
LATER = [
    "H44.1-261013-0007,19432,13/10/2026,20/10/2026,16/10/2026,completed,counter",
    "H44.1-261014-0008,19204,14/10/2026,20/10/2026,16/10/2026,completed,counter",
]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data folder with October published and one more file only loaded."""
    monkeypatch.setenv("GANDAN_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("GANDAN_TODAY", "2026-11-03")
    for name, rows in (("thang-10.csv", CASES), ("bo-sung.csv", LATER)):
        (tmp_path / name).write_text(HEADER + "\n".join(rows) + "\n", encoding="utf-8")
    run("load", str(tmp_path / "thang-10.csv"), "--data-on", "31/10/2026")
    run("publish")
    run("load", str(tmp_path / "bo-sung.csv"), "--data-on", "31/10/2026")
    return tmp_path


def run(*arguments: str, code: Exit = Exit.DONE) -> Result:
    found = CliRunner().invoke(main, list(arguments), catch_exceptions=False)
    assert found.exit_code == code, found.output
    return found


def answer(*arguments: str) -> Any:
    return json.loads(run(*arguments, "--format", "json").stdout)


@pytest.mark.usefixtures("folder")
def test_totals_that_are_typed_are_compared_and_the_difference_is_told_row_by_row() -> None:
    run("totals", "set", "--unit", "19432", "--period", "2026-10", "settled=6", "settled_late=2", "--by", "Phòng VH-XH")
    (found,) = answer("totals", "check", "--unit", "19432")
    checks = {c["metric"]: c for c in found["checks"]}
    settled = checks["settled"]
    assert (settled["theirs"], settled["ours"], settled["difference"], settled["rest"]) == (6, 3, 3, 1)
    parts = {line["part"]: [(r["file_name"], r["row"]) for r in line["rows"]] for line in settled["lines"]}
    assert parts == {"same_file": [("thang-10.csv", 6)], "unpublished": [("bo-sung.csv", 2)]}
    assert (checks["settled_late"]["ours"], checks["settled_late"]["rest"]) == (1, 1)
    assert (found["source"], found["by"], found["has_log"]) == ("typed", "Phòng VH-XH", True)


@pytest.mark.usefixtures("folder")
def test_a_rejected_row_explains_what_its_own_dates_say() -> None:
    run("totals", "set", "--unit", "19432", "--period", "2026-10", "received=7")
    (found,) = answer("totals", "check", "--unit", "19432", "--period", "2026-10")
    (received,) = found["checks"]
    assert received["n_fits"] == 1
    lines = {line["part"]: line for line in received["lines"]}
    assert (received["ours"], received["difference"]) == (4, 3)
    assert {part: (line["n"], line["is_used"]) for part, line in lines.items()} == {
        "rejected": (1, True), "same_file": (1, True), "unpublished": (1, True)
    }  # fmt: skip
    assert lines["rejected"]["rows"][0]["row"] == 5 and received["rest"] == 0


@pytest.mark.usefixtures("folder")
def test_the_rows_of_a_withdrawn_load_are_told_apart_from_those_not_published() -> None:
    run("totals", "set", "--unit", "19432", "--period", "2026-10", "settled=4")
    run("withdraw", "2", "--reason", "gửi nhầm tệp")
    (found,) = answer("totals", "check", "--unit", "19432")
    used = {line["part"]: line["n"] for line in found["checks"][0]["lines"] if line["is_used"]}
    assert used == {"withdrawn": 1}


@pytest.mark.usefixtures("folder")
def test_the_check_says_it_in_words_and_in_csv() -> None:
    run("totals", "set", "--unit", "19432", "--period", "2026-10", "settled=4", "settled_late=1")
    said = run("totals", "check").stdout
    assert "Xã Lao Bảo, tháng 10/2026: 1/2 chỉ tiêu lệch" in said
    assert "dòng đã nạp, chưa công bố (bo-sung.csv:2)" in said and "khớp" in said
    english = run("totals", "check", "--lang", "en").stdout
    assert "rows loaded but not published yet (bo-sung.csv:2)" in english and "chưa" not in english
    lines = run("totals", "check", "--format", "csv").stdout.splitlines()
    assert lines[0].startswith("unit_code,unit_name") and len(lines) == 1 + 2 + 1


@pytest.mark.usefixtures("folder")
def test_totals_that_cannot_be_are_refused_with_the_reason() -> None:
    refused = run(
        "totals", "set", "--unit", "19432", "--period", "2026-10", "settled=4", "settled_late=9", code=Exit.USAGE
    )
    assert "settled = 4" in refused.stderr
    assert "không hoạt động" in run(
        "totals", "set", "--unit", "19432-20200101", "--period", "2026-10", "settled=4", code=Exit.USAGE
    ).stderr  # fmt: skip
    assert "Chưa có số tổng hợp" in run("totals", "check", code=Exit.USAGE).stderr


@pytest.mark.usefixtures("folder")
def test_the_board_tells_who_sent_and_writes_the_letter() -> None:
    found = answer("board", "--dataset", "case", "--period", "2026-10", "--months", "1")
    states = {r["unit_code"]: (r["state"], r["is_published"]) for r in found["boards"][0]["records"]}
    assert states["19432"] == ("in_time", True) == states["19333"]
    assert states["19204"] == ("in_time", False), "loaded, not published"
    silent = [code for code, (state, _) in states.items() if state == "not_due"]
    assert len(silent) == len(states) - 3
    letter = run("board", "--dataset", "case", "--period", "2026-09", "--format", "letter").stdout
    assert letter.startswith("Kính gửi:") and letter.rstrip().endswith("Lưu: VT, ……")
    assert "Xã Lao Bảo" in letter  # September was never sent


@pytest.mark.usefixtures("folder")
def test_the_board_is_exported_as_a_typed_workbook(tmp_path: Path) -> None:
    import openpyxl

    run(
        "board",
        "--period",
        "2026-09",
        "--owing",
        "--dataset",
        "case",
        "--format",
        "xlsx",
        "-o",
        str(tmp_path / "b.xlsx"),
    )
    sheet = openpyxl.load_workbook(tmp_path / "b.xlsx").active
    assert sheet is not None
    header = next(row for row in sheet.iter_rows(values_only=True) if "Hạn gửi" in row)
    first = next(row for row in sheet.iter_rows(values_only=True) if "chưa gửi" in row)
    assert hasattr(first[header.index("Hạn gửi")], "year"), "a date, not a text"


def test_a_table_of_form_ii06a_that_a_commune_sends_is_compared_with_its_log(folder: Path) -> None:
    names = (
        "received,received_online,received_counter_post,carried_in,settled,settled_early,settled_on_time,settled_late"
    )
    header = f"unit_code,period_start,period_end,{names},pending,pending_in_time,pending_overdue\n"
    table = header + "19432,01/10/2026,31/10/2026,5,2,3,0,4,3,0,1,1,1,0\n"
    (folder / "bieu.csv").write_text(table, encoding="utf-8")
    run("load", str(folder / "bieu.csv"), "--data-on", "31/10/2026")
    run("publish")  # takes in the supplement too
    (found,) = answer("totals", "check", "--unit", "19432")
    assert (found["source"], found["file_name"], found["row"]) == ("sent", "bieu.csv", 2)
    checks = {c["metric"]: (c["theirs"], c["ours"], c["rest"]) for c in found["checks"]}
    assert checks["settled"] == (4, 4, 0) and checks["pending"] == (1, 1, 0)
    # The unit filed one as online that its own log holds as filed at the counter: no row explains that.
    assert checks["received_online"] == (2, 1, 1) and checks["received"] == (5, 5, 0)


@pytest.mark.usefixtures("folder")
def test_every_count_ever_typed_is_listed_with_who_and_when() -> None:
    for value in ("4", "5"):
        run("totals", "set", "--unit", "19432", "--period", "2026-10", f"settled={value}", "--by", "Lan")
    kept = answer("totals", "list", "--unit", "19432")
    assert [(k["metric"], k["value"], k["by"]) for k in kept] == [("settled", 4, "Lan"), ("settled", 5, "Lan")]
    assert run("totals", "list", "--period", "2026-09").stdout == ""

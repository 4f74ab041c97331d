"""`gandan load` and `gandan rejects` as a user calls them."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
import threading
from pathlib import Path

import openpyxl
import pytest
from click.testing import CliRunner
from etl_drawn import HEADER

from etl.loaded import staged_loads
from gandan.__main__ import main
from gandan.exit_codes import Exit
from warehouse.lock import writer
from warehouse.paths import DataDir

GOOD = "H44.12-261001-0001,19432,2026-10-01,2026-10-05,2026-10-03,completed\n"
BAD = ",19432,2026-10-01,,,\n"


@pytest.fixture
def file(tmp_path: Path, data_dir: DataDir) -> Path:
    path = tmp_path / "a.csv"
    path.write_text(HEADER + GOOD + BAD, "utf-8")
    return path


def run(*arguments: str) -> tuple[int, str, str]:
    result = CliRunner().invoke(main, list(arguments))
    return result.exit_code, result.stdout, result.stderr


def test_a_load_with_rejects_is_done_and_its_receipt_is_on_stdout(file: Path) -> None:
    code, out, err = run("load", str(file))
    assert code == Exit.DONE
    assert "đọc 2 = nhận 1 + loại 1" in out and "Thiếu mã" in out
    assert "[1/1] a.csv" in err


def test_json_is_one_document_with_words_in_the_asked_language(file: Path) -> None:
    code, out, _ = run("load", str(file), "--format", "json", "--lang", "en")
    (receipt,) = json.loads(out)
    assert (code, receipt["n_read"], receipt["n_accepted"], receipt["n_rejected"]) == (0, 2, 1, 1)


def test_the_exit_code_says_what_happened(tmp_path: Path, data_dir: DataDir) -> None:
    nothing, unknown, broken = tmp_path / "n.csv", tmp_path / "u.csv", tmp_path / "b.xlsx"
    nothing.write_text(HEADER + BAD)
    unknown.write_text("Mã HS;Mã TTHC;Mã ĐV;Ngày TN;Cái khác\nH44.12-261001-0001;1.004873;19432;01/10/2026;x\n")
    broken.write_bytes(b"PK cut")
    assert run("load", str(nothing))[0] == Exit.NOTHING_ACCEPTED
    assert run("load", str(unknown))[0] == Exit.NEEDS_ANSWER
    assert run("load", str(broken))[0] == Exit.NOTHING_ACCEPTED
    assert run("load", str(tmp_path / "none.csv"))[0] == Exit.NOTHING_ACCEPTED
    assert run("load")[0] == Exit.USAGE
    assert run("load", str(nothing), "--dataset", "hiring")[0] == Exit.NOTHING_ACCEPTED


def test_a_folder_is_its_files_and_one_bad_file_does_not_stop_the_others(file: Path) -> None:
    (file.parent / "in").mkdir()
    file.rename(file.parent / "in" / "a.csv")
    (file.parent / "in" / "b.csv").write_text("x;y\n1;2\n")
    (file.parent / "in" / "~$a.xlsx").write_bytes(b"lock of Excel")
    code, out, err = run("load", str(file.parent / "in"))
    assert "a.csv" in out and "b.csv" in err and "~$" not in err
    assert code == Exit.NEEDS_ANSWER and "1/2 tệp chờ trả lời" in err
    assert json.loads(run("load", str(file.parent / "in" / "a.csv"), "--format", "json")[1])[0]["is_repeat"]


def test_rejects_are_listed_in_each_form_with_the_senders_rows(file: Path, tmp_path: Path) -> None:
    run("load", str(file))
    rows = list(csv.DictReader(io.StringIO(run("rejects", "--format", "csv")[1])))
    assert [(r["row"], r["field"], r["reason"]) for r in rows] == [("3", "case_code", "no_code")]
    assert json.loads(run("rejects", "--format", "json")[1])[0]["reason"] == "no_code"
    assert "Thiếu mã" in run("rejects")[1]
    assert run("rejects", "--load", "2")[1] == ""
    book = tmp_path / "r.xlsx"
    assert run("rejects", "--format", "xlsx", "-o", str(book))[0] == Exit.DONE
    unwritten = run("rejects", "--format", "xlsx", "-o", str(tmp_path / "none" / "r.xlsx"))
    assert unwritten[0] == Exit.USAGE and unwritten[1] == "" and unwritten[2].startswith("Không ghi được")
    sheet = openpyxl.load_workbook(book).active
    assert sheet is not None
    assert [c.value for c in sheet[2]][3:5] == [3, "case_code"]


def test_a_second_writer_waits_and_is_told_who_writes(file: Path, data_dir: DataDir) -> None:
    held, let_go = threading.Event(), threading.Event()

    def hold() -> None:
        with writer(data_dir, "publish"):
            held.set()
            let_go.wait(20)

    holder = threading.Thread(target=hold)
    holder.start()
    held.wait(5)
    command = [sys.executable, "-m", "gandan", "load", str(file), "--lang", "en"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stderr is not None
    first = process.stderr.readline()
    let_go.set()
    out, _ = process.communicate(timeout=60)
    holder.join()
    assert "Waiting: publish" in first
    assert process.returncode == Exit.DONE and "accepted 1" in out


def test_what_a_killed_load_left_behind_is_cleared(file: Path, data_dir: DataDir) -> None:
    half = data_dir.work / "load-now" / "load"
    half.mkdir(parents=True)
    (half / "part-0.parquet").write_bytes(b"half")
    assert run("load", str(file))[0] == Exit.DONE
    assert not half.exists() and [one.load_no for one in staged_loads(data_dir)] == [1]

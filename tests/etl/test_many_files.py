"""Many files at once: side by side, in order, each for itself; what cannot be decided waits and is asked once."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from etl_drawn import HEADER, table

from etl import file_intake, intake, waiting
from etl.intake import Step, load_files
from etl.loaded import staged_loads
from etl.receipt import Receipt
from warehouse import clock, ledger
from warehouse.paths import DataDir

Load = Callable[..., Receipt]
NAMED = "case_code,unit_name,received_at\n"
LAO_BAO, TAN_LAP, TAN_LAP_ELSEWHERE = "19432-20250701", "19462-20250701", "23134-20250701"


def good(number: int, unit: str = "19432") -> str:
    return f"H44.12-261001-{number:04d},{unit},2026-10-01,2026-10-05,2026-10-03,completed\n"


def write(folder: Path, files: dict[str, str]) -> Path:
    folder.mkdir(exist_ok=True)
    for name, text in files.items():
        (folder / name).write_text(text, "utf-8")
    return folder


def test_files_read_side_by_side_are_numbered_in_their_order_and_give_what_one_by_one_gives(
    data_dir: DataDir, tmp_path: Path
) -> None:
    files = {
        f"{n:02d}.csv": HEADER + "".join(good(100 * n + i) for i in range(40 if n == 1 else 2)) for n in range(1, 9)
    }
    folder = write(tmp_path / "in", files | {"05b.csv": "x;y\n1;2\n", "06b.xlsx": "no workbook"})
    together = load_files([folder], data_dir, workers=2)
    alone_dir = DataDir(tmp_path / "alone")
    alone = load_files([folder], alone_dir, workers=1)
    assert [(r.file_name, r.load_no, r.n_accepted) for r in together] == [
        (r.file_name, r.load_no, r.n_accepted) for r in alone
    ]
    assert [r.load_no for r in together if r.load_no] == list(range(1, 9))
    for one, other in zip(together, alone, strict=True):
        if one.load_no:
            assert table(data_dir, one) == table(alone_dir, other)
    assert not list(data_dir.work.iterdir())


def test_the_same_bytes_twice_in_one_batch_are_one_load(data_dir: DataDir, tmp_path: Path) -> None:
    folder = write(tmp_path / "in", {name: HEADER + good(1) for name in ("a.csv", "b.csv")})
    first, second = load_files([folder], data_dir)
    assert (first.is_repeat, second.is_repeat, second.load_no) == (False, True, first.load_no)
    assert len(staged_loads(data_dir)) == 1


def _dies(data_dir: DataDir, task: file_intake.Task, say: object = None) -> list[file_intake.Outcome]:
    if "mortal" in task.name:
        os.kill(os.getpid(), signal.SIGKILL)
    return file_intake.read_file(data_dir, task)


def test_a_reader_that_dies_costs_its_own_file_only(
    data_dir: DataDir, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = ["a.csv", "b mortal.csv", "c.csv", "d.csv", "e.csv"]
    folder = write(tmp_path / "in", {name: HEADER + good(n) for n, name in enumerate(names)})
    monkeypatch.setattr(intake, "read_file", _dies)
    receipts = load_files([folder], data_dir, workers=2)
    assert [r.n_accepted for r in receipts] == [1, 0, 1, 1, 1]
    assert [q.code for q in receipts[1].questions] == ["failed"]


def test_a_load_killed_on_its_way_leaves_whole_loads_and_the_rest_can_come_again(
    data_dir: DataDir, tmp_path: Path
) -> None:
    folder = write(tmp_path / "in", {f"{n:02d}.csv": HEADER + good(n) for n in range(24)})
    command = [sys.executable, "-m", "gandan", "load", str(folder)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and not (data_dir.loads / "000003").is_dir():
        time.sleep(0.01)
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    whole = staged_loads(data_dir)
    assert 3 <= len(whole) < 24 and all(len(table(data_dir, one.receipt)) == 1 for one in whole)
    receipts = load_files([folder], data_dir, workers=2)
    assert sum(r.is_repeat for r in receipts) == len(whole)
    assert {one.receipt.file_name for one in staged_loads(data_dir)} == {f"{n:02d}.csv" for n in range(24)}


def test_progress_names_each_file_of_how_many(data_dir: DataDir, tmp_path: Path) -> None:
    steps: list[Step] = []
    folder = write(tmp_path / "in", {f"{n}.csv": HEADER + good(n) for n in range(5)})
    load_files([folder], data_dir, progress=steps.append, workers=2)
    done = [(s.number, s.of, s.file_name) for s in steps if s.stage == "stage"]
    assert done == [(n + 1, 5, f"{n}.csv") for n in range(5)]


def row(number: int, name: str) -> str:
    return f'H44.12-261001-{number:04d},"{name}",2026-10-01\n'


def test_a_name_in_several_provinces_is_asked_once_and_remembered_for_its_sender(
    load_text: Load, data_dir: DataDir
) -> None:
    first = load_text(NAMED + row(1, "Xã Lao Bảo") + row(2, "Xã Tân Lập"), name="sổ xã 10-2026.csv")
    (question,) = first.questions
    assert (question.code, question.key, question.suggested) == ("which_province", "province", "44")
    assert {"44", "68"} <= {c.value for c in question.choices} and first.load_no is None
    assert [one["id"] for one in ledger.waiting(data_dir)] == [first.waiting_id]
    assert (data_dir.inbox / first.sha256).is_file()

    (settled,) = intake.answer([first.waiting_id], data_dir, {"province": "44"})
    assert [r["unit_id"] for r in table(data_dir, settled)] == [LAO_BAO, TAN_LAP]
    assert not ledger.waiting(data_dir)
    next_month = load_text(NAMED + row(3, "xã tân lập"), name="sổ xã 11-2026.csv")
    assert not next_month.questions and table(data_dir, next_month)[0]["unit_id"] == TAN_LAP
    other = load_text(NAMED + row(4, "Xã Tân Lập"), name="nơi khác.csv")
    assert [q.key for q in other.questions] == ["province"]
    (elsewhere,) = intake.answer([other.waiting_id], data_dir, {"province": "68"})
    assert table(data_dir, elsewhere)[0]["unit_id"] == TAN_LAP_ELSEWHERE


def test_one_answer_settles_every_file_that_waited_for_it(data_dir: DataDir, tmp_path: Path) -> None:
    names = ["Xã Tân Lập", "Xã Quảng Ninh", "Xã Tân Thành"]
    files = {f"xã {n}.csv": NAMED + row(n, name) for n, name in enumerate(names)}
    receipts = load_files([write(tmp_path / "in", files)], data_dir)
    assert [[q.key for q in r.questions] for r in receipts] == [["province"]] * 3
    settled = intake.answer([receipts[0].waiting_id], data_dir, {"province": "44"})
    assert sorted(r.file_name for r in settled) == sorted(files) and all(r.n_accepted == 1 for r in settled)
    assert not ledger.waiting(data_dir) and len(staged_loads(data_dir)) == 3


def test_what_waits_beyond_its_term_goes_and_stays_on_record(
    load_text: Load, data_dir: DataDir, monkeypatch: pytest.MonkeyPatch
) -> None:
    receipt = load_text(NAMED + row(1, "Xã Tân Lập"), name="a.csv")
    days = waiting.retention()["waiting_days"]
    later = datetime.fromisoformat("2026-11-22T09:00:00") + timedelta(days=days + 2)
    monkeypatch.setattr(clock, "now", lambda: later)
    load_text(HEADER + good(1), name="b.csv")
    assert not ledger.waiting(data_dir) and not (data_dir.inbox / receipt.sha256).exists()
    assert [(a["file_name"], a["outcome"]) for a in ledger.arrivals(data_dir)] == [
        ("a.csv", "waiting"), ("a.csv", "expired"), ("b.csv", "loaded"),
    ]  # fmt: skip


def test_a_waiting_file_can_be_let_go(load_text: Load, data_dir: DataDir) -> None:
    receipt = load_text(NAMED + row(1, "Xã Tân Lập"))
    assert intake.discard(receipt.waiting_id, data_dir) and not intake.discard(receipt.waiting_id, data_dir)
    assert not ledger.waiting(data_dir) and not list(data_dir.inbox.iterdir())
    assert ledger.arrivals(data_dir)[-1]["outcome"] == "discarded"


def test_eras_in_one_file_are_asked_and_the_answer_is_obeyed(load_text: Load, data_dir: DataDir) -> None:
    text = NAMED + row(1, "Phường Trúc Bạch, quận Ba Đình, Hà Nội") + row(2, "Xã Lao Bảo, tỉnh Quảng Trị")
    receipt = load_text(text)
    assert [(q.code, q.key) for q in receipt.questions] == [("mixed_eras", "era")]
    (settled,) = intake.answer([receipt.waiting_id], data_dir, {"era": "2tier"})
    assert (settled.n_accepted, settled.sheets[0].rejects) == (1, {"unit_not_in_force": 1})


def test_the_command_line_lists_asks_and_settles(data_dir: DataDir, tmp_path: Path) -> None:
    path = tmp_path / "sổ.csv"
    path.write_text(NAMED + row(1, "Xã Tân Lập"), "utf-8")

    def gandan(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "gandan", *arguments]
        return subprocess.run(command, capture_output=True, text=True, check=False)

    assert gandan("load", str(path)).returncode == 4
    (one,) = json.loads(gandan("waiting", "--format", "json").stdout)
    (question,) = one["receipts"][0]["questions"]
    assert "Xã Tân Lập" in question["text"] and all(c["text"] for c in question["choices"])
    assert gandan("answer", "nothing").returncode == 2
    done = gandan("answer", one["id"], "--answer", "province=44", "--progress", "json", "--format", "json")
    assert done.returncode == 0 and json.loads(done.stdout)[0]["n_accepted"] == 1
    assert all(json.loads(line)["file"] == "sổ.csv" for line in done.stderr.splitlines())
    assert "Không có tệp nào" in gandan("waiting").stderr


@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_a_quoted_header_over_several_lines_moves_no_row_number(
    load_text: Load, line_end: str, mark: str, data_dir: DataDir
) -> None:
    header = '"Mã\nhồ sơ","Tên thủ tục","Cơ quan giải quyết","Ngày tiếp\nnhận","Ngày hẹn trả","Ngày có kết quả"'
    rows = [f"H44.12-2610{n:02d}-{n:04d},Chứng thực,Xã Lao Bảo,{n:02d}/10/2026,30/10/2026," for n in range(1, 20)]
    receipt = load_text(mark + line_end.join([header, *rows, ""]))
    assert [r["source_row"] for r in table(data_dir, receipt)] == list(range(2, 21))

"""The Data page: lives before the first publish, starts commands, follows them from any session, asks, publishes."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from metrics.viewer import Viewer
from tests.metrics import marts as m
from tests.ui import world
from ui import guard, jobs
from ui.text import Text
from warehouse.paths import DataDir

Open = Any
VI = Text.of("vi")

FAKE = r'''
"""Stands for the command line: writes what the real one writes, without reading a file."""
import hashlib, json, os, sys, time
from pathlib import Path
root, word, rest = Path(os.environ["GANDAN_DATA_DIR"]), sys.argv[1], sys.argv[2:]
def say(**said): print(json.dumps(said), file=sys.stderr, flush=True)
def receipt(name, **more):
    found = {"file_name": name, "sha256": hashlib.sha256(name.encode()).hexdigest(), "load_no": None, "dataset": "case",
             "layout": "canonical", "n_read": 0, "n_accepted": 0, "n_rejected": 0, "n_warned": 0, "sheets": [],
             "questions": [], "is_repeat": False, "waiting_id": "", "loaded_at": "2026-11-21T09:00:00",
             "data_on": "2026-10-31"}
    return {**found, **more}
def stage(number, name):
    folder = root / "loads" / f"{number:06d}"
    folder.mkdir(parents=True)
    one = receipt(name, load_no=number, n_read=10, n_accepted=9, n_rejected=1)
    (folder / "receipt.json").write_text(json.dumps(one))
    return one
question = {"code": "column_meaning", "key": "column:ngay tra", "sheet": "", "values": {}, "suggested": "completed_at",
            "choices": [{"value": "completed_at", "text": "Ngày có kết quả"}, {"value": "", "text": "Không dùng"}]}
if word == "load":
    files = [Path(p).name for p in rest if p.startswith("/")]
    done = []
    for n, name in enumerate(files, 1):
        say(number=n, of=len(files), file=name, stage="validate")
        if "cho" in name:
            say(wait="công bố, người dùng lan, từ 09:00")
            time.sleep(30)
        if "cham" in name:
            time.sleep(30)
        if "moi" in name:
            column = {"column_no": 1, "header": "Ngày trả", "field": "", "confidence": 0, "reason": "asked",
                      "examples": ["0#/##/####"]}
            asks = receipt(name, waiting_id="w1", questions=[question],
                           sheets=[{"sheet": "", "header_row": 2, "columns": [column]}])
            (root / "waiting").mkdir(exist_ok=True)
            (root / "waiting" / "w1.json").write_text(json.dumps(
                {"id": "w1", "file_name": name, "sha256": "x", "since": "2026-11-21T09:00:00",
                 "until": "2026-12-21T09:00:00", "options": {}, "receipts": [asks]}))
            done.append(asks)
        elif "hong" in name:
            done.append(receipt(name, questions=[{"code": "broken_workbook", "values": {}}]))
        else:
            done.append(stage(n, name))
    print(json.dumps(done))
elif word == "answer":
    (root / "answered").write_text(" ".join(rest))
    (root / "waiting" / "w1.json").unlink()
    print(json.dumps([stage(9, "moi.xlsx") | {"is_new_layout": True, "layout": "learned-1"}]))
elif word == "discard":
    (root / "waiting" / f"{rest[0]}.json").unlink()
elif word == "preview":
    cause = {"load_no": 1, "file_name": "a.csv", "n_new": 4}
    figure = {"metric": "settled", "unit_id": "u1", "unit_name": "Xã A", "level": "commune", "period": "2026-10",
              "before": 10, "after": 14, "kind": "moved", "because": [cause]}
    print(json.dumps({"state": "compared", "candidate": "c1", "published": "p", "warnings": [], "n_moved": 1,
                      "n_gone": 0, "n_new": 0, "n_past": 1, "figures": [figure], "loads": [cause]}))
elif word == "publish":
    (root / "published").write_text(" ".join(rest))
    print(json.dumps({"state": "published", "snapshot": "s"}))
elif word == "withdraw":
    print("Lý do không được nêu tên người.", file=sys.stderr)
    sys.exit(2)
elif word == "words":
    print(json.dumps({lang: {"question": {"column_meaning": "Cột “Ngày trả” là ngày nào?",
                                          "broken_workbook": "{file}: tệp hỏng."}} for lang in ("vi", "en")}))
else:
    print("[]")
'''


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty data folder, and a command line that only pretends."""
    script = tmp_path / "fake.py"
    script.write_text(FAKE, encoding="utf-8")
    monkeypatch.setattr(jobs, "PREFIX", (sys.executable, str(script)))
    (tmp_path / "data").mkdir()
    return tmp_path / "data"


def said(page: AppTest) -> str:
    kinds = ("title", "header", "markdown", "caption", "info", "success", "warning", "error")
    return "\n".join(str(x.value) for kind in kinds for x in getattr(page, kind))


def drop(page: AppTest, *names: str) -> AppTest:
    """Drop files and press the button."""
    page.file_uploader[0].set_value([(name, b"x", "text/csv") for name in names]).run()
    return page.button(key="start_load").click().run()


def done(page: AppTest, root: Path) -> AppTest:
    """Wait for the jobs to end and draw the page again."""
    for _ in range(200):
        if not jobs.running(DataDir(root)):
            return page.run()
        time.sleep(0.05)
    raise AssertionError("the job did not end")


def test_before_anything_is_published_the_page_takes_files(open_page: Open, root: Path) -> None:
    page = open_page("data", root=root)
    assert not page.exception
    assert page.title[0].value == "Dữ liệu"
    assert VI("desk.nothing_yet") in said(page)
    assert page.segmented_control(key="section").options == ["Nạp tệp", "Công bố", "Phiếu kết quả", "Lịch sử"]
    assert len(page.file_uploader) == 1
    other = open_page("overview", root=root)
    assert "gandan load" in other.info[0].value


@pytest.mark.parametrize("part", ["load", "publish", "slips", "history"])
@pytest.mark.parametrize("lang", ["vi", "en"])
def test_every_part_opens_on_an_empty_data_folder(open_page: Open, root: Path, part: str, lang: str) -> None:
    page = open_page("data", root=root, lang=lang)
    page.segmented_control(key="section").set_value(part).run()
    assert not page.exception and not page.error


def test_dropped_files_are_loaded_and_each_says_what_became_of_it(open_page: Open, root: Path) -> None:
    page = done(drop(open_page("data", root=root), "a.csv", "hong.xlsx", "moi.xlsx"), root)
    assert not page.exception
    assert "1 nạp xong" in said(page) and "1 bị từ chối" in said(page) and "1 chờ trả lời" in said(page)
    assert "**10** dòng = **9** hợp lệ + **1** bị loại" in said(page)
    assert "hong.xlsx: tệp hỏng." in said(page)
    table = next(t.value for t in page.dataframe if "Trạng thái" in t.value.columns)
    assert list(table["Tệp"]) == ["hong.xlsx", "moi.xlsx", "a.csv"]
    assert page.file_uploader[0].value == []  # the box is empty again


def test_the_question_is_answered_by_a_click_and_the_layout_is_said_to_be_remembered(
    open_page: Open, root: Path
) -> None:
    page = done(drop(open_page("data", root=root), "moi.xlsx"), root)
    assert page.radio[0].label == "Cột “Ngày trả” là ngày nào?"
    assert page.radio[0].options == ["Ngày có kết quả (đề xuất)", "Không dùng"]
    assert page.radio[0].value == 0
    readings = next(t.value for t in page.dataframe if "Được đọc là" in t.value.columns)
    assert list(readings["Dạng giá trị"]) == ["0#/##/####"]
    page = done(page.button(key="send_w1").click().run(), root)
    assert not page.exception
    assert (root / "answered").read_text().startswith("w1 --answer column:ngay tra=completed_at --format json")
    assert not page.radio
    assert "Mẫu mới đã ghi nhớ: learned-1" in said(page)
    assert "1 nạp xong" in said(page)


def test_a_waiting_file_can_be_let_go(open_page: Open, root: Path) -> None:
    page = done(drop(open_page("data", root=root), "moi.xlsx"), root)
    page = done(page.button(key="discard_w1").click().run(), root)
    assert not page.radio and not page.exception
    assert "Tệp chờ trả lời" not in said(page)


def test_another_session_sees_the_running_job_and_may_end_it(open_page: Open, root: Path) -> None:
    drop(open_page("data", root=root), "cham.csv")
    (job,) = jobs.running(DataDir(root))
    other = open_page("data", root=root)
    assert [b.key for b in other.button if b.key != "saved_views"] == [f"cancel_{job.id}"]
    other.button(key=f"cancel_{job.id}").click().run()
    other = done(other, root)
    assert "Đã dừng theo yêu cầu" in said(other)
    assert "Đang" not in said(other)


def test_who_loads_while_another_writes_is_told_for_whom_it_waits(open_page: Open, root: Path) -> None:
    page = drop(open_page("data", root=root), "cho.csv")
    (job,) = jobs.running(DataDir(root))
    for _ in range(100):
        if jobs.progress(job).waits_for:
            break
        time.sleep(0.05)
    page.run()
    told = page.get("progress")[0].proto.text
    assert "Đang chờ: công bố, người dùng lan, từ 09:00" in told
    jobs.cancel(job)
    done(page, root)


def test_from_drop_to_publish_are_three_presses_and_what_was_compared_is_published(open_page: Open, root: Path) -> None:
    page = done(drop(open_page("data", root=root), "a.csv"), root)  # one press
    page = done(page.button(key="to_preview").click().run(), root)  # two
    assert page.query_params["part"] in ("publish", ["publish"])
    assert "**1** con số đang công bố sẽ thay đổi, do tệp a.csv (4 mới)." in said(page)
    table = next(t.value for t in page.dataframe if "Sẽ là" in t.value.columns)
    assert [tuple(r) for r in table[["Đang công bố", "Sẽ là", "Chênh lệch"]].values] == [("10", "14", "+4")]
    page = done(page.button(key="publish").click().run(), root)  # three
    assert not page.exception
    assert (root / "published").read_text().startswith("--previewed c1 ")


def test_a_comparison_is_out_of_date_once_another_file_is_loaded(open_page: Open, root: Path) -> None:
    page = done(drop(open_page("data", root=root), "a.csv"), root)
    page = done(page.button(key="to_preview").click().run(), root)
    assert "publish" in [b.key for b in page.button]
    folder = root / "loads" / "000002"
    folder.mkdir()
    receipt = json.loads((root / "loads" / "000001" / "receipt.json").read_text())
    (folder / "receipt.json").write_text(json.dumps(receipt | {"load_no": 2, "file_name": "b.csv"}))
    page.run()
    assert "publish" not in [b.key for b in page.button]
    assert VI("desk.moves.stale") in said(page)


def test_a_refused_act_says_so_in_the_words_of_the_command(open_page: Open, root: Path) -> None:
    page = done(drop(open_page("data", root=root), "a.csv"), root)
    page.segmented_control(key="section").set_value("history").run()
    page.selectbox(key="withdraw_load").set_value(1)
    page.text_input(key="withdraw_reason").set_value("ông A nhầm").run()
    page = done(page.button(key="withdraw").click().run(), root)
    assert page.error[0].value == "Không làm được: Lý do không được nêu tên người."


def test_rejected_rows_of_a_commune_are_those_of_its_own_files(open_page: Open, tmp_path: Path) -> None:
    first = world.tables()["load"][0]
    loads = [{**first, "load_no": n, "file_name": f"{n}.csv", "sender_unit_id": unit}
             for n, unit in ((1, m.LAO_BAO), (2, m.DONG_HA), (3, None))]  # fmt: skip
    rejects = [{**world.tables()["reject"][0], "load_no": n, "file_name": f"{n}.csv", "row": n} for n in (1, 2, 3)]
    world.publish(tmp_path, "20261110T080000Z-cccccc", load=loads, reject=rejects)

    def rejected(unit: str) -> list[str]:
        page = open_page("data", root=tmp_path, period="2026-10", unit=unit, part="rejects")
        assert not page.exception
        return sorted(next(t.value for t in page.dataframe if "Dạng giá trị" in t.value.columns)["Tệp"])

    assert rejected(m.LAO_BAO) == ["1.csv"]
    assert rejected(m.PROVINCE) == ["1.csv", "2.csv", "3.csv"]


@pytest.mark.parametrize("role", ["auditor", "unit", "viewer"])
def test_only_the_province_loads_and_publishes(
    open_page: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, role: Any
) -> None:
    world.publish(tmp_path / "w")
    monkeypatch.setattr(guard, "identify", lambda: Viewer(role))
    if "data" not in guard.PAGES[role]:
        with pytest.raises(ValueError, match="Could not find a navigation page"):
            open_page("data", root=tmp_path / "w", period="2026-10")
        return
    page = open_page("data", root=tmp_path / "w", period="2026-10", part="load")
    assert not page.exception and not page.file_uploader
    shown = page.segmented_control(key="section").options
    assert not {VI("desk.part.load"), VI("desk.part.publish"), VI("desk.part.slips")} & set(shown)

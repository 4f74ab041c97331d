"""The list from which letters of apology are merged: whose cases, in which words, and what never lies in it."""

from __future__ import annotations

import re
import zipfile
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from reports import apology_list
from tests.metrics import marts as m
from tests.ui import world
from ui import guard
from ui.access import audit
from ui.access.store import open_store
from warehouse.paths import REPOSITORY, DataDir

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


def owing(code: str, **more: Any) -> dict[str, Any]:
    """Return a row of the list of cases that owe a letter."""
    return {
        "case_code": code, "unit_id": m.LAO_BAO, "field_name": "Đất đai", "procedure_name": "Thủ tục thử",
        "received_on": date(2026, 10, 1), "promised_on": date(2026, 10, 12), "apology_on": None, **more,
    }  # fmt: skip


def table(content: bytes) -> list[list[str]]:
    """Return the words of a document's table, and hold that it is the only thing in it."""
    with zipfile.ZipFile(BytesIO(content)) as file:
        assert file.testzip() is None
        for name in file.namelist():
            ElementTree.fromstring(file.read(name))
        body = ElementTree.fromstring(file.read("word/document.xml")).find(f"{W}body")
    assert body is not None
    assert [part.tag.removeprefix(W) for part in body] == ["tbl", "p", "sectPr"]
    return [
        ["".join(t.text or "" for t in cell.iter(f"{W}t")) for cell in row.iter(f"{W}tc")]
        for row in body[0].iter(f"{W}tr")
    ]


def test_a_case_with_an_apology_on_record_is_not_in_the_list() -> None:
    found = apology_list.owed([owing("A", apology_on=date(2026, 10, 10)), owing("B")])
    assert [one["case_code"] for one in found] == ["B"]


def test_the_longest_past_its_day_comes_first() -> None:
    found = apology_list.owed([owing("A"), owing("B", promised_on=date(2026, 9, 1))])
    assert [one["case_code"] for one in found] == ["B", "A"]


def test_the_letter_has_the_name_of_the_form_in_force_on_its_day(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GANDAN_DATA_DIR", str(REPOSITORY / "data"))
    before, after = apology_list.letter(date(2025, 9, 14)), apology_list.letter(date(2025, 9, 15))
    assert before is not None and before.label("vi") == "Phiếu xin lỗi và hẹn lại ngày trả kết quả"
    assert after is not None and after.label("vi") == "Văn bản xin lỗi và đề nghị gia hạn thời gian giải quyết"


def test_the_document_is_one_table_whose_words_are_as_given_whatever_signs_they_hold() -> None:
    rows = apology_list.rows(
        [owing("H50<&>01", field_name='Đất "đai" & nhà\x07')], None, lambda unit: "Xã Lao Bảo",
        {(m.LAO_BAO, "H50<&>01"): "Lỗi hệ thống"},
    )  # fmt: skip
    header = list(apology_list.COLUMNS)
    assert table(apology_list.document(header, rows)) == [
        header,
        ["1", "", "Xã Lao Bảo", 'Đất "đai" & nhà', "Thủ tục thử", "H50<&>01", "01/10/2026", "12/10/2026",
         "Lỗi hệ thống", ""],
    ]  # fmt: skip


def test_the_same_list_gives_the_same_bytes() -> None:
    made = [apology_list.document(["a"], [["1"]]) for _ in range(2)]
    assert made[0] == made[1]


@pytest.fixture(scope="module")
def data_dir(tmp_path_factory: pytest.TempPathFactory) -> DataDir:
    """Two communes with cases past their day, some with an apology, some exempt."""
    past = {"received_on": date(2026, 9, 1), "due_on": date(2026, 9, 10), "is_apology_recorded": True,
            "promised_on": date(2026, 9, 10), "completed_on": date(2026, 9, 20)}  # fmt: skip
    more = [
        m.case(case_code="OWED-1", **past), m.case(case_code="OWED-2", **past),
        m.case(case_code="SENT-1", apology_on=date(2026, 9, 8), **past),
        m.case(case_code="EXEMPT-1", is_apology_exempt=True, **past),
        m.case(case_code="OTHER-1", **{**past, "unit_id": m.DONG_HA}),
    ]  # fmt: skip
    return world.publish(tmp_path_factory.mktemp("letters"), **world.tables(more))


def offered(
    data_dir: DataDir, monkeypatch: pytest.MonkeyPatch, role: str, unit: str, page: str = "friendly"
) -> dict[str, Any]:
    """Return what a page offers to download, by key."""
    files: dict[str, Any] = {}
    monkeypatch.setattr(st, "download_button", lambda label, data, **more: files.update({more["key"]: data}))
    monkeypatch.setattr(guard, "account", lambda: None)  # an AppTest has no cookies
    monkeypatch.setenv("GANDAN_TODAY", "2026-11-21")
    monkeypatch.setenv("GANDAN_DATA_DIR", str(data_dir.root))
    monkeypatch.chdir(REPOSITORY)
    app = AppTest.from_file(str(REPOSITORY / "app.py"), default_timeout=60)
    app.session_state[guard.AS] = role
    app.query_params["period"], app.query_params["unit"] = "2026-09", unit
    app.run()
    files.clear()  # of the page that a chair begins with
    app.switch_page(f"pages/{page}.py").run()
    assert not app.exception and not app.error
    return files


def test_a_chair_gets_the_own_cases_that_owe_a_letter_and_the_export_is_noted(
    data_dir: DataDir, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = audit.prepare(open_store(data_dir))
    files = offered(data_dir, monkeypatch, "unit:19432", m.LAO_BAO)
    header, *rows = table(files["merge_letters"]())
    codes = {row[header.index("Mã hồ sơ")] for row in rows}
    assert {"OWED-1", "OWED-2"} <= codes and not codes & {"SENT-1", "EXEMPT-1", "OTHER-1"}
    assert {row[header.index("Tên văn bản")] for row in rows} == {
        "Văn bản xin lỗi và đề nghị gia hạn thời gian giải quyết"
    }
    assert not any(re.search("họ tên|người nộp", name, re.I) for name in header)
    entry = audit.entries(store)[-1]
    assert (entry.action, entry.details["rows"]) == ("letters_exported", len(rows))


def test_the_item_of_apologies_leads_to_its_own_cases_in_one_click(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    open_one = {"received_on": date(2026, 10, 1), "due_on": date(2026, 10, 20), "promised_on": date(2026, 10, 20),
                "is_apology_recorded": True, "completed_on": None, "status": "processing"}  # fmt: skip
    cases = [
        m.case(case_code="PAST-1", **open_one), m.case(case_code="PAST-2", **open_one),
        m.case(case_code="SENT-1", **open_one, apology_on=date(2026, 10, 19)),
        m.case(case_code="LATER-1", **{**open_one, "promised_on": date(2026, 12, 20), "due_on": date(2026, 12, 20)}),
    ]  # fmt: skip
    name = "20261121T093000Z-a9010a"
    folder = world.publish(tmp_path, name, **{**world.tables(), "cases": cases})
    files = offered(folder, monkeypatch, "unit:19432", m.LAO_BAO, "to_act")
    header, *rows = table(files["merge_letters"]())
    assert [row[header.index("Mã hồ sơ")] for row in rows] == ["PAST-1", "PAST-2"]
    assert "merge_letters" not in offered(folder, monkeypatch, "unit:19333", m.DONG_HA, "to_act")


@pytest.mark.parametrize(("role", "unit"), [("unit:19432", m.DONG_HA), ("auditor", m.LAO_BAO)])
def test_nobody_else_is_offered_it(data_dir: DataDir, monkeypatch: pytest.MonkeyPatch, role: str, unit: str) -> None:
    assert "merge_letters" not in offered(data_dir, monkeypatch, role, unit)

"""Form II.06a as a workbook: typed, complete, and refused when it does not add up."""

from __future__ import annotations

import json
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from click.testing import CliRunner
from marts import DONG_HA, OLD_DISTRICT, OLD_WHOLE, PROVINCE, case, complaint, marts, published

from gandan.__main__ import main
from metrics import catalogue
from metrics.viewer import PROVINCE as OPERATOR
from reports import form_ii06a


def d(text: str) -> date:
    return date.fromisoformat(text)


ROWS = [
    case(field_name="Đất đai", received_on=d("2026-09-20"), due_on=d("2026-10-01"), completed_on=d("2026-10-02")),
    case(field_name="Đất đai", received_on=d("2026-09-10"), channel="online_full"),
    case(field_name="Hộ tịch", received_on=d("2026-10-13"), completed_on=d("2026-10-14"), due_on=d("2026-10-20")),
    case(field_name=None, unit_id=DONG_HA, received_on=d("2026-10-14"), due_on=d("2026-10-14")),
]


def test_the_form_of_a_province_by_field_and_by_unit_adds_up_to_one_total() -> None:
    snapshot = marts(ROWS)
    (by_field,) = form_ii06a.forms("44", "2026-10", OPERATOR, snapshot)
    (by_unit,) = form_ii06a.forms("44", "2026-10", OPERATOR, snapshot, by="unit")
    assert (by_field.starts_on, by_field.ends_on) == (d("2026-09-15"), d("2026-10-14"))
    #                              (3) (4) (5) (6) (7) (8) (9)(10)(11)(12)(13)
    assert by_field.total.counts == (4, 0, 3, 1, 2, 1, 0, 1, 2, 2, 0)
    assert by_unit.total == by_field.total
    assert {line.title: line.counts[0] for line in by_field.lines} == {
        "Đất đai": 2,
        "Hộ tịch": 1,
        "Chưa ghi lĩnh vực": 1,
    }
    assert {line.title: line.counts[0] for line in by_unit.lines} == {"Xã Lao Bảo": 3, "Phường Đông Hà": 1}


def received(form: form_ii06a.Form) -> dict[str, int]:
    """Return column (3) of each line."""
    return {line.title: line.counts[0] for line in form.lines}


def test_the_workbook_holds_numbers_headers_and_the_sample_label() -> None:
    made = form_ii06a.forms("44", "2026-10", OPERATOR, marts(ROWS, is_demo=True))
    sheet = openpyxl.load_workbook(BytesIO(form_ii06a.workbook(made, period="2026-10"))).active
    assert sheet is not None
    cells = [[cell.value for cell in row] for row in sheet.iter_rows()]
    texts = [str(row[0]) for row in cells]
    assert texts[0] == "Dữ liệu minh họa"
    assert "Đơn vị: Tỉnh Quảng Trị" in texts
    assert any("Từ ngày 15/09/2026 đến ngày 14/10/2026" in text for text in texts)
    assert any(text.startswith("Số liệu đến hết 31/10/2026") for text in texts)
    assert [f"({i})" for i in range(1, 14)] in cells
    (total,) = (row for row in cells if row[1] == "Tổng cộng")
    assert total[2:] == [4, 0, 3, 1, 2, 1, 0, 1, 2, 2, 0]
    assert all(isinstance(value, int) for value in total[2:])


def test_a_line_that_does_not_add_up_is_refused() -> None:
    with pytest.raises(form_ii06a.IdentityBroken, match="settled"):
        form_ii06a.check(form_ii06a.Line("x", (2, 0, 2, 0, 2, 1, 0, 0, 0, 0, 0)))


def test_a_period_with_the_change_of_units_gives_one_form_per_side() -> None:
    rows = [case(unit_id=OLD_WHOLE, received_on=d("2025-06-20")), case(received_on=d("2025-07-02"))]
    made = form_ii06a.forms("19432", "2025-07", OPERATOR, marts(rows), calendar="report")
    assert [(str(f.starts_on), f.unit_name, f.total.counts[0]) for f in made] == [
        ("2025-06-15", "Thị trấn Lao Bảo", 1),
        ("2025-07-01", "Xã Lao Bảo", 1 + 1),
    ]


def test_by_unit_each_side_of_the_change_names_its_own_units() -> None:
    rows = [case(unit_id=OLD_WHOLE, received_on=d("2025-06-20")), case(received_on=d("2025-07-02"))]
    old, new = form_ii06a.forms("19432", "2025-07", OPERATOR, marts(rows), by="unit")
    assert received(old) == {"Thị trấn Lao Bảo": 1}
    assert received(new) == {"Xã Lao Bảo": 2}


def test_by_unit_a_district_committee_is_named_beside_its_communes() -> None:
    rows = [
        case(unit_id=OLD_WHOLE, received_on=d("2025-06-20")),
        case(unit_id=OLD_DISTRICT, received_on=d("2025-06-21")),
        case(unit_id=OLD_DISTRICT, received_on=d("2025-06-22")),
    ]
    (old,) = form_ii06a.forms("45", "2025-06", OPERATOR, marts(rows), by="unit", calendar="calendar")
    assert received(old) == {"Thị trấn Lao Bảo": 1, "Cấp huyện: Huyện Hướng Hóa": 2}
    assert old.total.counts[0] == 3


@pytest.fixture
def data_dir(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    published(tmp_path, cases=ROWS, complaints=[complaint(kind="denunciation")])
    monkeypatch.setenv("GANDAN_DATA_DIR", str(tmp_path))
    return tmp_path


def run(*arguments: str) -> Any:
    return CliRunner().invoke(main, list(arguments))


def test_the_command_writes_the_form(data_dir: Path) -> None:
    target = data_dir / "form.xlsx"
    done = run("report", "ii06a", "--unit", "44", "--period", "2026-10", "-o", str(target))
    assert done.exit_code == 0, done.output
    assert openpyxl.load_workbook(target).active is not None
    refused = run("report", "ii06a", "--unit", "44", "--period", "2027-10", "-o", str(target))
    assert refused.exit_code == 2
    assert "Không lập biểu" in refused.stderr


def test_a_form_that_cannot_be_written_is_wrong_use_and_stdout_stays_empty(data_dir: Path) -> None:
    asked = ("report", "ii06a", "--unit", "44", "--period", "2026-10", "-o")
    done = run(*asked, str(data_dir / "form.xlsx"))
    assert (done.exit_code, done.stdout) == (0, "") and "form.xlsx" in done.stderr
    refused = run(*asked, str(data_dir / "none" / "v.xlsx"))
    assert (refused.exit_code, refused.stdout) == (2, "")
    assert refused.stderr.startswith("Không ghi được")


def test_ask_prints_data_on_stdout_and_as_many_cases_as_its_number(data_dir: Path) -> None:
    asked = run("ask", "received", "--unit", "44", "--period", "2026-10", "--format", "json")
    (row,) = json.loads(asked.stdout)
    assert (row["value"], row["unit_id"], row["status"]) == (4, PROVINCE, "ok")
    listed = run("cases", "received", "--unit", "44", "--period", "2026-10", "--format", "json")
    assert len(json.loads(listed.stdout)) == row["value"]


def test_ask_narrows_to_a_user_and_names_what_it_hides(data_dir: Path) -> None:
    hidden = run(
        "ask",
        "denunciations_received",
        "--unit",
        "19432",
        "--period",
        "2026-Q4",
        "--as",
        "unit:19432",
        "--format",
        "csv",
    )
    assert hidden.exit_code == 0
    assert ",False,Chỉ dành cho cấp tỉnh," in hidden.stdout
    refused = run("cases", "received", "--unit", "19333", "--period", "2026-10", "--as", "unit:19432")
    assert (refused.exit_code, refused.stdout) == (2, "")


def test_a_promised_name_without_a_definition_says_that_it_is_to_come(
    data_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(catalogue, "planned", lambda: frozenset({"promised_rate"}))
    done = run("ask", "promised_rate", "--lang", "en")
    assert (done.exit_code, done.stdout) == (2, "")
    assert "not there yet" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("ask", "on_tme_rate"), "Did you mean: on_time_rate"),
        (("ask", "received", "--unit", "99999"), "Unknown unit '99999'"),
        (("ask", "received", "--level", "hamlet", "--period", "2026-10"), "Unknown level 'hamlet'"),
        (("ask", "received", "--period", "2026-13"), "2026-13"),
        (("ask", "received", "--as-of", "20200101T000000Z-000000"), "There is no snapshot"),
        (("cases", "survey_total", "--period", "2026"), "counts only"),
    ],
)
def test_a_mistake_is_said_on_stderr_with_the_exit_code_of_wrong_use(
    data_dir: Path, arguments: tuple[str, ...], said: str
) -> None:
    done = run(*arguments, "--lang", "en")
    assert (done.exit_code, done.stdout) == (2, "")
    assert said in done.stderr


def test_explain_gives_definition_formula_basis_and_sql_in_both_languages(data_dir: Path) -> None:
    vi, en = (
        json.loads(run("explain", "on_time_rate", "--format", "json", "--lang", lang).stdout) for lang in ("vi", "en")
    )
    assert vi["label"] == "Tỷ lệ giải quyết đúng hạn"
    assert "Circular" not in vi["basis"][0] and "Thông tư 01/2020/TT-VPCP" in vi["basis"][0]
    assert en["formula"].startswith("count(") and "FROM fct_case" in en["sql"][0]

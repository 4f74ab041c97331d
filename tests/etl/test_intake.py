"""From a file to accepted rows, rejects and a receipt."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path

import pytest
import xlsxwriter
from etl_drawn import HEADER, reasons, table
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from etl import messages
from etl.intake import load_files
from etl.loaded import staged_loads
from etl.receipt import Receipt, read_receipt
from warehouse.paths import DataDir

Load = Callable[..., Receipt]

GOOD = "H44.12-261001-0001,19432,2026-10-01,2026-10-05,2026-10-03,completed\n"


def test_canonical_headers_need_no_layout(load_text: Load, data_dir: DataDir) -> None:
    receipt = load_text(HEADER + GOOD)
    assert (receipt.dataset, receipt.layout, receipt.era, receipt.load_no) == ("case", "canonical", "2tier", 1)
    (row,) = table(data_dir, receipt)
    assert row["case_code"] == "H44.12-261001-0001"
    assert row["unit_id"] == "19432-20250701"
    assert row["received_at"] == datetime(2026, 10, 1)
    assert row["due_at"] == datetime(2026, 10, 5)
    assert (row["status"], row["channel"], row["source_row"]) == ("completed", None, 2)


def test_each_broken_row_is_rejected_with_its_row_and_reason(load_text: Load, data_dir: DataDir) -> None:
    receipt = load_text(
        HEADER
        + GOOD
        + ",19432,2026-10-01,,,\n"
        + "H44.12-261001-0003,,2026-10-01,,,\n"
        + "H44.12-261001-0004,77777,2026-10-01,,,\n"
        + "H44.12-261001-0005,19432,,,,\n"
        + "H44.12-261001-0006,19432,31/02/2026,,,\n"
        + "H44.12-261001-0007,19432,2026-10-05,,2026-10-04,completed\n"
        + "one cell only\n"
        + "H44.12-261001-0009,19432,2026-10-05,,,\n"
    )
    assert reasons(data_dir, receipt) == [
        (3, "case_code", "no_code"),
        (4, "unit_code", "no_unit"),
        (5, "unit_code", "unknown_unit"),
        (6, "received_at", "missing_date"),
        (7, "received_at", "unreadable_date"),
        (8, "completed_at", "completed_before_received"),
        (9, "", "broken_line"),
    ]
    assert [r["source_row"] for r in table(data_dir, receipt)] == [2, 10]
    assert (receipt.n_read, receipt.n_accepted, receipt.n_rejected) == (9, 2, 7)


def test_a_doubtful_row_is_kept_and_warned_of(load_text: Load, data_dir: DataDir) -> None:
    receipt = load_text(
        HEADER
        + "H44.12-261001-0001,19432,2026-10-05,2026-10-01,2026-10-06,completed\n"  # due before receipt
        + "H44.12-261001-0002,19432,2026-10-05,,,completed\n"  # ended without an end date
        + "ABC-1,19432,2026-10-05,,,\n"  # odd code
        + "H44.12-261001-0004,19432,2026-12-05,,,\n"  # future
        + "H44.12-261001-0005,19432,2026-10-05,2031-01-01,,\n"  # beyond the calendar
        + "H44.12-261001-0006,19432,2026-10-05,soon,,vanished\n"  # unreadable, unknown label
        + "H44.12-261001-0006,19432,2026-10-05,,,\n"  # the code again
    )
    assert receipt.n_rejected == 0
    assert reasons(data_dir, receipt, "warnings") == [
        (2, "due_at", "due_before_received"),
        (3, "status", "ended_without_date"),
        (4, "case_code", "odd_case_code"),
        (5, "case_code", "code_date_differs"),
        (5, "received_at", "future_date"),
        (6, "due_at", "beyond_calendar"),
        (7, "due_at", "unreadable_date"),
        (7, "status", "unknown_label"),
        (8, "case_code", "duplicate_in_file"),
    ]
    assert receipt.n_warned == 7


def test_the_same_bytes_twice_are_one_load(load_text: Load, data_dir: DataDir) -> None:
    first = load_text(HEADER + GOOD)
    again = load_text(HEADER + GOOD, name="another name.csv")
    assert again.is_repeat and again.load_no == first.load_no
    assert [one.load_no for one in staged_loads(data_dir)] == [1]


def test_a_file_of_which_nothing_was_accepted_may_come_again(load_text: Load, data_dir: DataDir) -> None:
    text = HEADER + "H44.12-261001-0001,77777,2026-10-01,,,\n"
    assert load_text(text).n_accepted == 0
    reference = data_dir.root / "reference"
    reference.mkdir()
    ours = (
        DataDir(data_dir.root / "none")
        .reference("units.csv")
        .read_text("utf-8")
        .replace("\n19432-20250701,19432,", "\n77777-20250701,77777,")
    )
    (reference / "units.csv").write_text(ours, "utf-8")
    receipt = load_text(text)
    assert (receipt.n_accepted, receipt.is_repeat, len(staged_loads(data_dir))) == (1, False, 1)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_any_encoding_and_delimiter_reads_the_same(
    load_text: Load, data_dir: DataDir, encoding: str, delimiter: str
) -> None:
    header = [
        "Mã hồ sơ",
        "Tên thủ tục",
        "Cơ quan giải quyết",
        "Ngày tiếp nhận",
        "Ngày hẹn trả",
        "Ngày có kết quả",
        "Ghi chú",
    ]
    cells = [
        "H44.12-261001-0001",
        "Đăng ký khai sinh",
        "UBND xã Lao Bảo",
        "01/10/2026 08:05",
        "05/10/2026",
        "3/10/2026",
        "x",
    ]
    text = delimiter.join(header) + "\r\n" + delimiter.join(cells) + "\r\n"
    if encoding.startswith("utf-16-"):
        text = "\ufeff" + text
    receipt = load_text(text, encoding=encoding)
    assert receipt.layout == "onestop-register", receipt.questions
    (row,) = table(data_dir, receipt)
    assert row["received_at"] == datetime(2026, 10, 1, 8, 5)
    assert row["completed_at"] == datetime(2026, 10, 3)
    assert row["unit_id"] == "19432-20250701"


def test_a_quoted_cell_may_run_over_lines(load_text: Load, data_dir: DataDir) -> None:
    receipt = load_text(
        'case_code,unit_code,received_at,note\n"H44.12-261001-0001",19432,2026-10-01,"a\nb;,"\n'
        "H44.12-261001-0002,19432,2026-10-02,c\n"
    )
    assert [r["case_code"] for r in table(data_dir, receipt)] == ["H44.12-261001-0001", "H44.12-261001-0002"]


def test_title_lines_above_the_header_are_passed_over_and_their_date_is_the_datas(
    load_text: Load, data_dir: DataDir
) -> None:
    receipt = load_text(
        "DANH SÁCH HỒ SƠ;;;;;\nSố liệu đến ngày 14/11/2026;;;;;\n;;;;;\n"
        "STT;Mã HS;Mã TTHC;Mã ĐV;Ngày TN;Ngày hẹn\n1;H44.12-261001-0001;1.004873;19432;01/10/2026;05/10/2026\n"
    )
    assert (receipt.layout, receipt.data_on, receipt.data_on_source) == ("onestop-basic", date(2026, 11, 14), "stated")
    assert table(data_dir, receipt)[0]["source_row"] == 5


def workbook(path: Path) -> Path:
    book = xlsxwriter.Workbook(str(path))
    sheet = book.add_worksheet("T10")
    day = book.add_format({"num_format": "dd/mm/yyyy"})
    sheet.merge_range(0, 0, 0, 6, "SỔ THEO DÕI HỒ SƠ")
    for at, header in enumerate(["Mã hồ sơ", "Tên TTHC", "Cơ quan chủ trì giải quyết"]):
        sheet.merge_range(2, at, 3, at, header)
    sheet.merge_range(2, 3, 2, 5, "Ngày, tháng, năm")
    for at, header in enumerate(["Nhận hồ sơ", "Hẹn trả kết quả", "Ngày có kết quả"], 3):
        sheet.write(3, at, header)
    sheet.write_row(4, 0, ["H44.12-261001-0001", "Đăng ký khai sinh", "Xã Lao Bảo"])
    sheet.write_datetime(4, 3, datetime(2026, 10, 1), day)
    sheet.write_number(4, 4, 46300)  # an Excel serial without a date format: 05/10/2026
    sheet.write_string(4, 5, "03/10/2026")
    sheet.write_row(5, 0, ["", "", "Xã Lao Bảo"])
    book.add_worksheet("Ghi chú").write(0, 0, "không có gì")
    book.close()
    return path


def test_a_workbook_with_titles_and_a_two_row_header_is_read(data_dir: DataDir, tmp_path: Path) -> None:
    (receipt,) = load_files([workbook(tmp_path / "so.xlsx")], data_dir)
    assert not receipt.questions
    (row,) = table(data_dir, receipt)
    assert (row["received_at"], row["due_at"], row["completed_at"]) == (
        datetime(2026, 10, 1),
        datetime(2026, 10, 5),
        datetime(2026, 10, 3),
    )
    assert (row["source_sheet"], row["source_row"]) == ("T10", 5)
    assert reasons(data_dir, receipt) == [(6, "case_code", "no_code")]


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("a.csv", b"", "empty_file"),
        ("a.xls", b"<html><table><tr><td>x</td></tr></table>", "no_table"),
        ("a.xlsx", b"PK\x03\x04 cut off", "broken_workbook"),
        ("a.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "broken_workbook"),
        ("a.pdf", b"%PDF-1.7 x", "wrong_type"),
        ("a.csv", "Mã hồ sơ;x\n".encode("cp1258", "replace") + b"\xe3\xf5\n", "encoding"),
        ("a.csv", "một;hai\n1;2\n".encode(), "no_header"),
    ],
)
def test_what_cannot_be_read_is_refused_with_a_next_step(
    data_dir: DataDir, tmp_path: Path, name: str, content: bytes, code: str
) -> None:

    path = tmp_path / name
    path.write_bytes(content)
    (receipt,) = load_files([path], data_dir)
    assert [q.code for q in receipt.questions] == [code]
    assert receipt.load_no is None and not staged_loads(data_dir) and not list(data_dir.inbox.iterdir())
    for lang in messages.LANGUAGES:
        assert name in messages.question(receipt.questions[0], receipt.file_name, lang)


def test_an_unknown_layout_names_the_nearest_and_what_differs(load_text: Load) -> None:
    receipt = load_text(
        "Mã HS;Mã TTHC;Mã ĐV;Ngày hẹn;Nơi lưu\nH44.12-261001-0001;1.004873;19432;05/10/2026;Kho 1\n", name="a.csv"
    )
    (question,) = receipt.questions
    assert question.code == "unknown_layout"
    assert question.values["missing"] == '"received_at"'
    assert question.values["unknown"] == '"Nơi lưu"'


def test_a_strange_header_over_dates_is_asked_for_and_not_passed_over(load_text: Load) -> None:
    receipt = load_text(
        "Mã HS;Mã TTHC;Mã ĐV;Ngày TN;Ngày hẹn khác\nH44.12-261001-0001;1.004873;19432;01/10/2026;05/10/2026\n"
    )
    (question,) = receipt.questions
    assert (question.code, question.key) == ("column_meaning", "column:ngay hen khac")
    assert {c.value for c in question.choices} == {"due_at", "completed_at", ""}


def test_the_other_order_of_day_and_month_is_a_question_not_a_guess(load_text: Load) -> None:
    receipt = load_text(
        HEADER + "H44.12-261001-0001,19432,10/25/2026,,,\n" + "H44.12-261001-0002,19432,10/01/2026,,,\n"
    )
    assert [(q.code, q.key, q.suggested) for q in receipt.questions] == [("date_order_against", "date_order", "mdy")]
    assert receipt.load_no is None


def test_one_wrong_date_among_many_right_ones_is_a_reject_not_a_question(load_text: Load) -> None:
    right = "".join(f"H44.12-261001-{n:04d},19432,25/10/2026,,,\n" for n in range(1, 61))
    receipt = load_text(HEADER + "H44.12-261001-0000,19432,10/25/2026,,,\n" + right)
    assert (receipt.n_accepted, receipt.sheets[0].rejects) == (60, {"unreadable_date": 1})


def test_a_code_is_read_in_the_era_of_its_file(load_text: Load, data_dir: DataDir) -> None:
    # 00004 is Phường Trúc Bạch until 30/06/2025 and Phường Ba Đình since.
    old = load_text(HEADER + "H26.12-250301-0001,00004,2025-03-01,,,\n", name="old.csv")
    new = load_text(HEADER + "H26.12-250301-0001,00004,2025-03-01,,2025-09-01,completed\n", name="new.csv")
    assert [table(data_dir, r)[0]["unit_id"] for r in (old, new)] == ["00004-20200101", "00004-20250701"]
    assert (old.era, new.era) == ("3tier", "2tier")


def test_a_file_that_mixes_eras_is_a_question(load_text: Load) -> None:
    text = 'case_code,unit_name,received_at\nH1-250101-0001,"Phường Trúc Bạch, quận Ba Đình, Hà Nội",2025-03-01\n'
    receipt = load_text(text + 'H1-250101-0002,"Xã Lao Bảo, tỉnh Quảng Trị",2025-08-01\n')
    assert [q.code for q in receipt.questions] == ["mixed_eras"]


def test_repeated_texts_are_proposed_where_there_is_no_catalogue_and_others_are_not_stored(
    load_text: Load, data_dir: DataDir
) -> None:
    rows = [
        f"D-{n},complaint,19432,2026-10-01,{'Đất đai' if n < 6 else 'Việc riêng của nhà tôi'}\n" for n in range(1, 7)
    ]
    receipt = load_text("letter_code,kind,unit_code,received_on,field_name\n" + "".join(rows))
    assert [(p.field, p.text, p.n_cases) for p in receipt.proposals] == [("field_name", "Đất đai", 5)]
    assert [r["field_name"] for r in table(data_dir, receipt)] == ["Đất đai"] * 5 + ["ngoài danh mục"]
    assert "Việc riêng" not in str(table(data_dir, receipt, "warnings"))


def test_a_wide_survey_is_melted_and_counted_by_respondent(data_dir: DataDir, tmp_path: Path) -> None:
    path = tmp_path / "ks.csv"
    path.write_text(
        "Mã phiếu;Mã xã;Ngày khảo sát;C1;C2\nP1;19432;01/10/2026;5;Hài lòng\n"
        "P2;;01/10/2026;4;3\nP3;19432;02/10/2026;Không biết;2\n",
        "utf-8",
    )
    (stopped,) = load_files([path], data_dir)
    assert [q.code for q in stopped.questions] == ["needs_codebook"]
    (tmp_path / "ks.csv.codebook.csv").write_text("column,item_id,survey_id\nC1,sat_1,KS2026\nC2,sat_2,\n", "utf-8")
    (receipt,) = load_files([path], data_dir)
    assert (receipt.n_read, receipt.n_accepted, receipt.n_rejected) == (3, 2, 1)
    found = [
        (r["respondent_id"], r["survey_id"], r["item_id"], r["answer"], r["source_row"])
        for r in table(data_dir, receipt)
    ]
    assert found == [
        ("P1", "KS2026", "sat_1", 5, 2),
        ("P1", "KS2026", "sat_2", 4, 2),
        ("P3", "KS2026", "sat_1", None, 4),
        ("P3", "KS2026", "sat_2", 2, 4),
    ]


def test_the_receipt_on_disk_is_the_receipt_returned(load_text: Load, data_dir: DataDir) -> None:
    receipt = load_text(HEADER + GOOD + ",19432,2026-10-01,,,\n")
    assert read_receipt(data_dir.loads / "000001") == receipt


def test_a_demo_folder_takes_no_real_file(load_text: Load, data_dir: DataDir) -> None:
    data_dir.root.mkdir(parents=True)
    (data_dir.root / "DEMO").write_text('{"files": []}')
    receipt = load_text(HEADER + GOOD)
    assert [q.code for q in receipt.questions] == ["demo_folder"]
    assert not list(data_dir.inbox.iterdir())


def test_the_inbox_is_closed_and_keeps_the_bytes(load_text: Load, data_dir: DataDir) -> None:
    receipt = load_text(HEADER + GOOD)
    assert data_dir.inbox.stat().st_mode & 0o777 == 0o700
    kept = data_dir.inbox / receipt.sha256
    assert kept.read_bytes() == (HEADER + GOOD).encode() and kept.stat().st_mode & 0o777 == 0o600


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    rows=st.lists(
        st.lists(
            st.sampled_from(
                [
                    "",
                    "19432",
                    "2026-10-01",
                    "05/10/2026",
                    "H44.12-261001-0001",
                    "x y",
                    '"',
                    "a;b",
                    "0912345678",
                    "\u00a0",
                ]
            ),
            min_size=1,
            max_size=7,
        ),
        max_size=12,
    )
)
def test_read_is_accepted_plus_rejected_whatever_the_rows(
    data_dir: DataDir, tmp_path: Path, rows: list[list[str]]
) -> None:
    path = tmp_path / "any.csv"
    path.write_text(HEADER + GOOD + "".join(",".join(r) + "\n" for r in rows), "utf-8")
    (receipt,) = load_files([path], data_dir)
    assert receipt.n_read == receipt.n_accepted + receipt.n_rejected
    if receipt.load_no is not None:
        assert len(table(data_dir, receipt)) == receipt.n_accepted
        assert len(table(data_dir, receipt, "rejects")) == receipt.n_rejected


def test_a_unit_name_that_does_not_go_with_its_code_is_said(load_text: Load, data_dir: DataDir) -> None:
    receipt = load_text(
        "case_code,unit_code,unit_name,received_at\nH44.12-261001-0001,19432,Xã Hướng Phùng,2026-10-01\n"
    )
    assert reasons(data_dir, receipt, "warnings") == [(2, "unit_code", "unit_name_differs")]
    assert table(data_dir, receipt)[0]["unit_id"] == "19432-20250701"


def test_a_leading_zero_that_a_workbook_ate_is_put_back_and_counted(load_text: Load, data_dir: DataDir) -> None:
    receipt = load_text("case_code,unit_code,received_at\nH26.12-261001-0001,1006,2026-10-01\n")
    assert table(data_dir, receipt)[0]["unit_id"].startswith("01006-")
    assert (receipt.n_repaired, receipt.sheets[0].repairs) == (1, {"leading_zero": 1})


def test_rows_that_end_with_one_more_delimiter_than_the_header_are_whole(load_text: Load) -> None:
    receipt = load_text(HEADER.replace(",", ";") + GOOD.replace(",", ";").replace("\n", ";\n"))
    assert (receipt.n_accepted, receipt.n_rejected) == (1, 0)


def test_an_item_outside_the_catalogue_is_kept_and_said(load_text: Load, data_dir: DataDir) -> None:
    receipt = load_text(
        "survey_id,respondent_id,unit_code,answered_on,item_id,answer\nKS,P1,19432,2026-10-01,không-có,3\nKS,P1,19432,2026-10-01,1.1.1,2\n"
    )
    assert [r[2] for r in reasons(data_dir, receipt, "warnings")] == ["unknown_item"]
    assert [(r["item_id"], r["answer"]) for r in table(data_dir, receipt)] == [("không-có", 3), ("1.1.1", 2)]


def test_bytes_loaded_before_do_not_stay_in_the_inbox(load_text: Load, data_dir: DataDir) -> None:
    receipt = load_text(HEADER + GOOD)
    (data_dir.inbox / receipt.sha256).unlink()  # as publish does
    load_text(HEADER + GOOD)
    assert not list(data_dir.inbox.iterdir())


def test_a_quote_that_is_never_closed_costs_every_line_it_swallows(load_text: Load, data_dir: DataDir) -> None:
    text = HEADER + GOOD + '"H44.12-261001-0002,19432,2026-10-01,,,\n' + "H44.12-261001-0003,19432,2026-10-01,,,\n"
    receipt = load_text(text)
    assert (receipt.n_read, receipt.n_accepted, receipt.n_rejected) == (3, 1, 2)
    assert reasons(data_dir, receipt) == [(3, "", "broken_line"), (4, "", "broken_line")]


def test_a_line_with_damaged_bytes_is_a_reject_and_the_others_are_taken(data_dir: DataDir, tmp_path: Path) -> None:
    path = tmp_path / "damaged.csv"
    rows = [f"H44.12-261001-{n:04d},19432,2026-10-01,,,Đang xử lý\n".encode() for n in range(1, 10)]
    rows[4] = rows[4].replace("Đ".encode(), b"\xff")
    path.write_bytes(HEADER.encode() + b"".join(rows))
    (receipt,) = load_files([path], data_dir)
    assert not receipt.questions
    assert (receipt.n_read, receipt.n_accepted) == (9, 8)
    assert reasons(data_dir, receipt) == [(6, "", "broken_line")]


def test_line_ends_of_different_systems_are_one(load_text: Load, data_dir: DataDir) -> None:
    text = (
        HEADER
        + GOOD
        + GOOD.replace("0001", "0002").replace("\n", "\r\n")
        + "\r\n"
        + GOOD.replace("0001", '0003"x').replace("\n", "")
    )
    receipt = load_text(text)
    assert [r["case_code"] for r in table(data_dir, receipt)] == ["H44.12-261001-0001", "H44.12-261001-0002"]
    assert receipt.n_rejected == 1


def test_old_macintosh_line_ends_are_read(load_text: Load) -> None:
    assert load_text((HEADER + GOOD).replace("\n", "\r")).n_accepted == 1

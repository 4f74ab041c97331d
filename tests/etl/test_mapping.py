"""Headers nobody has seen before: mapped when sure, asked when not, never to a wrong field."""

from __future__ import annotations

import itertools
from datetime import date

import pytest
from sheets_drawn import (
    CODES,
    DURATIONS,
    N_ROWS,
    PROCEDURES,
    STATUSES,
    UNIT_CODES,
    UNITS,
    asked,
    cases,
    dates,
    fields,
    read,
    sheet,
)  # fmt: skip

from etl.datasets import all_datasets
from etl.extract import Sheet
from etl.headers import dictionary, meaning
from etl.learned import remember
from etl.mapping import MOST_ASKED
from etl.receipt import ColumnReading
from etl.unpack import unpack
from warehouse.paths import DataDir


def reasons(columns: list[ColumnReading]) -> dict[str, str]:
    return {c.header: c.reason for c in columns if not c.field}


# -- what a header says ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("header", "field"),
    [
        ("Ngày giờ T/nhận HS", "received_at"),
        ("NGAY_TIEP_NHAN", "received_at"),
        ("Ngàytiếp nhận", "received_at"),
        ("Ngày tip nhận", "received_at"),
        ("Ngày tiếp nhận (dd/mm/yyyy)", "received_at"),
        ("(4) Ngày tiếp nhận hồ sơ *", "received_at"),
        ("Ngày, tháng, năm: Nhận hồ sơ", "received_at"),
        ("Thời gian hẹn trả KQ", "due_at"),
        ("Kết quả: Ngày trả", "handed_over_at"),
        ("Ngày hoàn tất", "completed_at"),
        ("CQ xử lý", "unit"),
        ("Ngày tiếp nhận bổ sung", "supplement_received_at"),
    ],
)
def test_a_header_is_read_through_abbreviations_remarks_and_typing_errors(header: str, field: str) -> None:
    found = meaning("case", header)
    assert (found.kind, found.fields) == ("sure", (field,))


@pytest.mark.parametrize(
    "header",
    [
        "Ngày tiếp nhận (cơ quan chuyển đến)",
        "Yêu cầu bổ sung: Ngày tiếp nhận",
        "Ngày trả hồ sơ (bổ sung)",
        "Ngày tiếp nhận phản hồi",
        "Hạn nộp phí",
        "Ngày cấp CCCD",
        "Ngày tiếp cận",
        "Thời hạn giải quyết",
        "Ngày trả",
        "Ngày nộp",
    ],
)
def test_a_word_that_changes_the_meaning_is_not_left_out(header: str) -> None:
    assert meaning("case", header).kind not in ("sure", "by_cells")


@pytest.mark.parametrize("dataset", all_datasets())
def test_like_words_do_not_make_two_meanings_one(dataset: str) -> None:
    words = dictionary(dataset)
    for key, meanings in words.made_alike.items():
        own = {(m.kind in ("sure", "by_cells"), m.fields) for m, is_common in meanings.items() if not is_common}
        assert len(own) < 2 or key not in words.alike or key in words.plain, key


# -- a layout never seen ---------------------------------------------------------------------------------------------


def test_an_unseen_layout_of_sure_headers_needs_no_answer(data_dir: DataDir) -> None:
    columns = {
        "STT": [str(n) for n in range(N_ROWS)], "Mã số hồ sơ TTHC": CODES, "Mã cơ quan xử lý": UNIT_CODES,
        "Chủ HS": ["Nguyễn Văn A"] * N_ROWS, "Ngày giờ tiếp nhận HS": dates(), "Thời hạn giải quyết": DURATIONS,
        "Hẹn trả KQ": dates(10), "Ngày hoàn tất": dates(7), "Tình trạng xử lý": STATUSES, "Ghi chú": ["x"] * N_ROWS,
    }  # fmt: skip
    match = read(sheet(columns, above=3), data_dir)
    assert match.is_new and match.last_header_row == 3
    assert fields(match) == {
        "case_code": "Mã số hồ sơ TTHC", "unit_code": "Mã cơ quan xử lý", "received_at": "Ngày giờ tiếp nhận HS",
        "due_at": "Hẹn trả KQ", "completed_at": "Ngày hoàn tất", "status": "Tình trạng xử lý",
    }  # fmt: skip
    assert [c.reason for c in match.columns if not c.field] == [
        "no_field",
        "personal_header",
        "other_column",
        "no_field",
    ]


def test_each_column_says_how_it_was_read_and_shows_no_cell(data_dir: DataDir) -> None:
    match = read(sheet(cases(**{"Hẹn trả KQ": dates(9)})), data_dir)
    assert [(c.field, c.reason) for c in match.columns] == [
        ("case_code", "known_header"), ("unit_name", "known_header"), ("received_at", "known_header"),
        ("due_at", "written_out"),
    ]  # fmt: skip
    assert all(0.8 <= c.confidence <= 1 for c in match.columns)
    shown = " ".join(e for c in match.columns for e in c.examples)
    assert "Lao" not in shown and "####" in shown


def test_a_filing_date_is_no_receipt_date_where_there_is_one(data_dir: DataDir) -> None:
    match = read(sheet(cases(**{"Ngày nộp": dates(-3)})), data_dir)
    assert fields(match)["received_at"] == "Ngày tiếp nhận"
    assert reasons(match.columns)["Ngày nộp"] == "other_column"


def test_a_filing_date_alone_is_asked_about(data_dir: DataDir) -> None:
    drawn = sheet({"Mã hồ sơ": CODES, "Cơ quan giải quyết": UNITS, "Ngày nộp": dates(), "Hẹn trả": dates(9)})
    (question,) = asked(drawn, data_dir).questions
    assert question.key == "column:ngay nop" and [c.value for c in question.choices] == ["received_at", ""]
    assert fields(read(drawn, data_dir, {question.key: "received_at"}))["received_at"] == "Ngày nộp"
    refused = asked(drawn, data_dir, {question.key: ""})
    assert [(q.code, q.key) for q in refused.questions] == [("unknown_layout", "")]


def test_day_of_return_alone_is_asked_about_and_beside_the_result_it_is_the_handing_over(data_dir: DataDir) -> None:
    alone = sheet(cases(**{"Ngày trả": dates(9)}))
    (question,) = asked(alone, data_dir).questions
    assert [c.value for c in question.choices] == ["completed_at", "handed_over_at", ""]
    both = sheet(cases(**{"Ngày trả": dates(9), "Ngày có kết quả": dates(8)}))
    assert fields(read(both, data_dir))["handed_over_at"] == "Ngày trả"


def test_two_columns_for_one_field_are_a_question_unless_they_say_the_same(data_dir: DataDir) -> None:
    columns = cases(**{"Ngày hẹn trả": dates(9), "Hạn trả kết quả": dates(12)})
    (question,) = asked(sheet(columns), data_dir).questions
    assert question.key == "field:due_at" and {c.value for c in question.choices} == {
        "ngay hen tra",
        "han tra ket qua",
        "",
    }
    assert fields(read(sheet(columns), data_dir, {"field:due_at": "han tra ket qua"}))["due_at"] == "Hạn trả kết quả"
    columns["Hạn trả kết quả"] = columns["Ngày hẹn trả"]
    assert "due_at" in read(sheet(columns), data_dir).fields


def test_a_header_over_cells_of_another_kind_is_not_believed(data_dir: DataDir) -> None:
    match = read(sheet(cases(**{"Ngày hẹn trả": DURATIONS, "Hạn trả kết quả": dates(9)})), data_dir)
    assert fields(match)["due_at"] == "Hạn trả kết quả" and reasons(match.columns)["Ngày hẹn trả"] == "cells_differ"


def test_a_column_of_codes_that_holds_names_is_asked_about(data_dir: DataDir) -> None:
    drawn = sheet({"Mã hồ sơ": CODES, "Mã đơn vị": UNITS, "Ngày tiếp nhận": dates()})
    (question,) = asked(drawn, data_dir).questions
    assert (question.key, question.suggested) == ("column:ma don vi", "unit_name")


def test_strange_dates_are_asked_about_where_a_date_is_missing_that_every_figure_needs(data_dir: DataDir) -> None:
    columns = cases(**{"Mốc A": dates(8), "Mốc B": dates(9), "Hẹn trả": dates(10)})
    (question,) = asked(sheet(columns), data_dir).questions
    assert question.key == "field:completed_at" and {c.value for c in question.choices} == {"moc a", "moc b", ""}
    columns["Ngày có kết quả"] = dates(7)
    match = read(sheet(columns), data_dir)
    assert reasons(match.columns)["Mốc A"] == "unknown"


def test_the_receiving_body_alone_is_not_taken_for_the_settling_one(data_dir: DataDir) -> None:
    drawn = sheet({"Mã hồ sơ": CODES, "Đơn vị tiếp nhận": UNITS, "Ngày tiếp nhận": dates(), "Hẹn trả": dates(9)})
    found = asked(drawn, data_dir)
    assert "unit_name" not in [c.field for c in found.columns]


def test_dates_that_contradict_each_other_are_asked_about_and_not_rejected_row_by_row(data_dir: DataDir) -> None:
    drawn = sheet(cases(**{"Ngày hẹn trả": dates(-9), "Ngày có kết quả": dates(-12)}))
    found = asked(drawn, data_dir)
    assert {q.key for q in found.questions} == {"field:received_at", "field:due_at", "field:completed_at"}
    turned = {
        "field:received_at": "ngay co ket qua", "field:due_at": "ngay tiep nhan", "field:completed_at": "ngay hen tra",
    }  # fmt: skip
    assert fields(read(drawn, data_dir, turned))["received_at"] == "Ngày có kết quả"


def test_contents_in_other_columns_than_their_headers_stop_the_file(data_dir: DataDir) -> None:
    columns = [
        ("STT", CODES), ("Mã hồ sơ", UNITS), ("Đơn vị giải quyết", dates()), ("Ngày tiếp nhận", PROCEDURES),
        ("Mã TTHC", dates(9)), ("Ngày hẹn trả", STATUSES), ("Trạng thái", ["x"] * N_ROWS),
    ]  # fmt: skip
    found = asked(sheet(columns), data_dir)
    assert [q.code for q in found.questions] == ["cells_shifted"]


def test_at_most_three_questions_are_asked_and_the_most_consequential_come_first(data_dir: DataDir) -> None:
    columns = {
        "Mã hồ sơ": CODES, "Đơn vị": UNITS, "Ngày nộp": dates(), "Hạn": dates(9), "Ngày trả": dates(8), "A": STATUSES,
    }  # fmt: skip
    keys = [q.key for q in asked(sheet(columns), data_dir).questions]
    assert len(keys) == MOST_ASKED and keys[0] == "column:ngay nop"


def test_a_sheet_without_a_column_that_every_row_needs_is_told_so(data_dir: DataDir) -> None:
    found = asked(sheet({"Mã hồ sơ": CODES, "Cơ quan giải quyết": UNITS, "Trạng thái": STATUSES}), data_dir)
    assert [(q.code, q.values["missing"]) for q in found.questions] == [("unknown_layout", '"received_at"')]


# -- kinds of table --------------------------------------------------------------------------------------------------

TABLES = {
    "case": ["Mã hồ sơ", "Đơn vị xử lý", "Ngày tiếp nhận", "Ngày hẹn trả", "Ngày có kết quả"],
    "case_step": ["Mã hồ sơ", "Tên bước xử lý", "Bắt đầu bước", "Kết thúc bước"],
    "complaint": ["Số đơn", "Phân loại đơn", "Cơ quan giải quyết", "Ngày nhận đơn", "Ngày giải quyết xong"],
    "survey_answer": ["Mã đợt khảo sát", "Số phiếu", "Mã xã", "Mã câu hỏi", "Câu trả lời"],
    "reception": ["Tên đơn vị", "Ngày tiếp công dân", "Hình thức tiếp công dân", "Số lượt tiếp", "Số đoàn đông người"],
    "engagement": ["Tên đơn vị", "Loại hoạt động", "Ngày tổ chức", "Số người tham dự", "Số ý kiến được trả lời"],
    "queue_ticket": ["Mã trung tâm", "Giờ lấy số", "Giờ gọi số", "Giờ kết thúc phục vụ", "Quầy số"],
    "settlement_summary": ["Tên đơn vị", "Từ ngày", "Đến ngày", "Tổng số tiếp nhận", "Tổng số đã giải quyết"],
    "official_score": ["Bộ chỉ số", "Mã đơn vị", "Kỳ đánh giá", "Mã thành phần", "Điểm đạt được", "Điểm tối đa"],
}


@pytest.mark.parametrize("dataset", all_datasets())
def test_the_kind_of_table_is_told_by_vietnamese_headers(dataset: str, data_dir: DataDir) -> None:
    match = read(sheet({header: [""] * N_ROWS for header in TABLES[dataset]}), data_dir)
    assert match.layout.dataset == dataset
    assert len(match.fields) == len(TABLES[dataset])


def test_the_form_is_read_under_its_three_headings(data_dir: DataDir) -> None:
    heads = {
        "Tiếp nhận": ["Tổng số", "Trực tuyến", "Trực tiếp, dịch vụ bưu chính", "Từ kỳ trước"],
        "Đã giải quyết": ["Tổng số", "Trước hạn", "Đúng hạn", "Quá hạn"],
        "Đang giải quyết": ["Tổng số", "Trong hạn", "Quá hạn"],
    }
    upper = ["TT", "Lĩnh vực", *itertools.chain(*([h, *[""] * (len(below) - 1)] for h, below in heads.items()))]
    lower = ["", "", *itertools.chain(*heads.values())]
    numbers = [f"({n})" for n in range(1, 14)]
    rows = [
        ["Đơn vị báo cáo: UBND xã Lao Bảo", *[""] * 12], ["Từ ngày 01/10/2026 đến ngày 31/10/2026", *[""] * 12],
        upper, lower, numbers, ["1", "Đất đai", *["3"] * 11],
    ]  # fmt: skip
    match = read(Sheet("BC", rows, rows=rows), data_dir)
    names = [
        n
        for n in all_datasets()["settlement_summary"].fields
        if n.startswith(("received", "carried", "settled", "pending"))
    ]
    assert [match.fields[n] for n in names] == list(range(2, 13))


def test_a_register_of_feedback_needs_no_column_that_says_so_and_one_of_letters_is_asked(data_dir: DataDir) -> None:
    columns = {"Đơn vị xử lý": UNITS, "Ngày tiếp nhận": dates(), "Ngày xử lý xong": dates(9)}
    match = read(sheet({"Mã PAKN": CODES, **columns}), data_dir)
    assert match.layout.constants == {"kind": "feedback"}
    (question,) = asked(sheet({"Số đơn": CODES, **columns}), data_dir).questions
    assert question.key == "constant:kind" and "complaint" in [c.value for c in question.choices]
    answered = read(sheet({"Số đơn": CODES, **columns}), data_dir, {"constant:kind": "complaint"})
    assert answered.layout.constants == {"kind": "complaint"}


def test_hours_beside_one_day_are_moments(data_dir: DataDir) -> None:
    columns = {
        "Ngày": dates(), "Mã trung tâm": UNIT_CODES, "Giờ lấy số": ["08:00"] * N_ROWS, "Giờ gọi số": ["08:05"] * N_ROWS,
    }  # fmt: skip
    drawn = sheet(columns)
    match = read(drawn, data_dir)
    row = unpack(drawn, match).rows[1]
    assert row[match.fields["taken_at"]] == f"{dates()[0]} 08:00"
    assert row[match.fields["called_at"]] == f"{dates()[0]} 08:05"


def test_a_register_with_the_handing_over_alone_is_asked_for_the_result(data_dir: DataDir) -> None:
    drawn = sheet(cases(**{"Hẹn trả": dates(9), "Ngày công dân nhận kết quả": dates(8)}))
    (question,) = asked(drawn, data_dir).questions
    assert question.key == "field:completed_at"
    kept = fields(read(drawn, data_dir, {question.key: ""}))
    assert kept["handed_over_at"] == "Ngày công dân nhận kết quả" and "completed_at" not in kept


def test_a_register_without_units_is_asked_whether_it_is_of_the_unit_in_its_title(data_dir: DataDir) -> None:
    drawn = sheet({"Mã hồ sơ": CODES, "Ngày tiếp nhận": dates(), "Hẹn trả": dates(9)}, above=2)
    assert [q.code for q in asked(drawn, data_dir).questions] == ["unknown_layout"]
    drawn.preview[0][0] = "UBND XÃ LAO BẢO"
    (question,) = asked(drawn, data_dir).questions
    assert (question.key, question.suggested) == ("constant:unit_name", "UBND XÃ LAO BẢO")
    match = read(drawn, data_dir, {question.key: question.suggested})
    assert match.layout.constants == {"unit_name": "UBND XÃ LAO BẢO"}
    remember(data_dir, match, {question.key: question.suggested}, "a.xlsx", date(2026, 11, 1))
    assert "LAO" not in next((data_dir.learned / "layouts").iterdir()).read_text("utf-8")


def test_a_header_that_stands_again_below_records_is_not_the_header(data_dir: DataDir) -> None:
    known = cases(**{"Ngày hẹn trả": dates(9)})
    drawn = sheet({"Mã số hồ sơ TTHC": CODES, "Cơ quan xử lý": UNITS, "Ngày giờ tiếp nhận": dates(), "Mốc A": dates(9)})
    drawn.preview.insert(6, list(known))
    found = asked(drawn, data_dir)
    assert found.header_row == 1 and [q.key for q in found.questions] == ["column:moc a"]

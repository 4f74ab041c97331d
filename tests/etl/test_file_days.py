"""What a file says of its own days: the date of its data, its era, and whom it covers."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from etl_drawn import HEADER, reasons

from etl import messages
from etl.receipt import Receipt
from warehouse.paths import DataDir

Load = Callable[..., Receipt]

GOOD = "H44.12-261001-0001,19432,2026-10-01,2026-10-05,2026-10-03,completed\n"


def test_the_datas_date_is_the_given_else_synced_else_the_latest_not_in_the_future(load_text: Load) -> None:
    text = HEADER + GOOD + "H44.12-261001-0002,19432,2026-10-09,,,\nH44.12-261001-0003,19432,2027-10-09,,,\n"
    assert load_text(text, name="a.csv").data_on == date(2026, 10, 9)
    assert load_text(text + "\n", name="b.csv", data_on=date(2026, 10, 31)).data_on_source == "option"
    synced = text.replace("status\n", "synced_at\n").replace("completed\n", "2026-11-02 10:00\n")
    assert load_text(synced, name="c.csv").data_on == date(2026, 11, 2)


def test_a_datas_date_still_to_come_is_a_question_and_nothing_is_taken(load_text: Load, data_dir: DataDir) -> None:
    ahead = load_text(HEADER + GOOD, data_on=date(2030, 1, 1))
    titled = load_text("Tính đến ngày 31/12/2036,,,,,\n" + HEADER + GOOD, name="b.csv")
    for receipt, day in ((ahead, "01/01/2030"), (titled, "31/12/2036")):
        assert receipt.load_no is None
        assert [(q.code, q.values["day"]) for q in receipt.questions] == [("data_on_ahead", day)]
    assert load_text(HEADER + GOOD, data_on=date(2026, 11, 22), name="c.csv").n_accepted == 1


def test_a_synchronisation_time_still_to_come_is_warned_of_and_makes_no_data_date(
    load_text: Load, data_dir: DataDir
) -> None:
    receipt = load_text(
        "case_code,unit_code,received_at,synced_at\n"
        "H44.12-261001-0001,19432,2026-10-01,2031-01-01 08:00\n"
        "H44.12-261001-0002,19432,2026-10-02,2026-11-02 10:00\n"
    )
    assert (receipt.data_on, receipt.data_on_source) == (date(2026, 11, 2), "synced_at")
    assert reasons(data_dir, receipt, "warnings") == [(2, "synced_at", "synced_ahead")]


def test_a_file_of_three_tiers_with_later_receipts_is_warned_of_with_their_number(load_text: Load) -> None:
    row = "H44.12-250601-000{},06028,{},,,\n"  # a commune of three tiers only
    text = HEADER + row.format(1, "2025-06-03") + row.format(2, "2025-07-01") + row.format(3, "2025-08-04")
    receipt = load_text(text)
    assert (receipt.era, receipt.notices) == ("3tier", {"received_after_era": 2})
    assert any("sau 30/6/2025" in line and "(2)" in line for line in messages.receipt_lines(receipt))
    assert load_text(HEADER + row.format(1, "2025-06-30"), name="b.csv").notices == {}


@pytest.mark.parametrize(
    ("header", "nearest"),
    [("Foo,Bar,Baz", ""), ("Mã hồ sơ,Tên gì đó,Ngày nào đó", "onestop"), ("Số đơn,Người xử lý,Ghi chú", "letters")],
)
def test_headers_that_nobody_knows_name_the_nearest_layout_and_the_options(
    load_text: Load, header: str, nearest: str
) -> None:
    (question,) = load_text(header + "\n1,2,3\n").questions
    assert question.code == "no_header" and question.values["layout"].startswith(nearest) and question.values["missing"]
    for lang in messages.LANGUAGES:
        said = messages.question(question, "a.csv", lang)
        assert all(word in said for word in (question.values["layout"], "--layout", "--dataset", "layouts.toml"))


REGISTER = "letter_code,kind,unit_code,received_on\n"


def test_a_file_covers_what_its_sender_or_its_layout_says_in_the_era_of_the_file(
    load_text: Load, data_dir: DataDir
) -> None:
    old = REGISTER + "D-1,complaint,19432,2025-03-03\n"
    new = REGISTER + "D-2,complaint,19432,2026-03-03\n"
    assert load_text(new, name="a.csv").covers == []
    assert load_text(new + "\n", name="b.csv", covers=["44"]).covers == ["44-20250701"]
    assert load_text(old, name="c.csv", covers=["45", "465"]).covers == ["45-20200101", "465-20200101"]
    (data_dir.root / "reference").mkdir(parents=True, exist_ok=True)
    (data_dir.root / "reference" / "layouts.toml").write_text(
        '[layout.register]\ndataset = "complaint"\ncovers = "province"\nprovince_code = "44"\n'
        "[layout.register.columns]\n"
        'letter_code = "Số"\nkind = "Loại"\nunit_code = "Mã ĐV"\nreceived_on = "Ngày đến"\n',
        encoding="utf-8",
    )
    named = "Số,Loại,Mã ĐV,Ngày đến\n"
    assert load_text(old.replace(REGISTER, named), name="d.csv").covers == ["44-20200101", "45-20200101"]
    assert load_text(new.replace(REGISTER, named), name="e.csv").covers == ["44-20250701"]


def test_a_unit_that_is_none_on_the_files_day_cannot_be_covered(load_text: Load) -> None:
    receipt = load_text(REGISTER + "D-2,complaint,19432,2026-03-03\n", covers=["45"])  # the former Quảng Trị
    assert receipt.load_no is None
    assert [(q.code, q.values["code"]) for q in receipt.questions] == [("unknown_cover", "45")]

"""Cases: classes of form II.06a, the newest state, and the body that answers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from loads import build, rows_of, small_dir, write_load

from etl.checks import CHECKS

NEW = "19432-20250701"  # xã Lao Bảo, made of three whole predecessors
OLD = "19432-20200101"  # thị trấn Lao Bảo, whole
ONLY_OLD, ONLY_NEW = "00859-20200101", "00859-20250701"  # one body, one whole predecessor
SPLIT_OLD, SPLIT_NEW = "25822-20200101", "25822-20250701"  # thị trấn Lai Uyên went to two communes
LINE_79 = "79-CPB-20250701"
OLD_LINE_45, OLD_LINE_74 = "45-CPB-20200101", "74-CPB-20200101"  # of the provinces before 01/07/2025
DATED = CHECKS / "dated_provinces_add_up.sql"


@pytest.mark.parametrize(
    ("row", "settled_class", "late_days"),
    [
        ({"completed_at": "2026-09-03", "due_at": "2026-09-04"}, "early", None),
        ({"completed_at": "2026-09-04 16:00", "due_at": "2026-09-04 08:00"}, "on_time", None),  # by the day
        ({"completed_at": "2026-09-07", "due_at": "2026-09-04"}, "late", 1),  # Friday to Monday: one working day
        ({"completed_at": "2026-09-07"}, "on_time", None),  # no due date
        ({"completed_at": "2026-09-07", "due_at": "2026-09-04", "status": "returned"}, "on_time", None),
        ({"completed_at": "2026-09-03", "due_at": "2026-09-04", "status": "withdrawn"}, "on_time", None),
        ({"completed_at": "2026-09-07", "due_at": "2026-09-04", "status": "refused"}, "on_time", None),
        ({"completed_at": "2026-09-07", "due_at": "2026-09-04", "status": "not_accepted"}, None, None),
        ({"completed_at": "2026-09-07", "due_at": "2026-09-04", "status": "processing"}, "late", 1),  # whatever it says
        ({"due_at": "2026-09-04", "status": "completed"}, None, None),  # an ended status without an end is pending
        ({"handed_over_at": "2026-09-07", "due_at": "2026-09-04"}, None, None),  # handing over is no end
    ],
)
def test_a_case_is_classed_as_form_II06a_says(
    tmp_path: Path, row: dict[str, Any], settled_class: str | None, late_days: int | None
) -> None:
    data = small_dir(tmp_path)
    write_load(data, [{"case_code": "A", **row}])
    assert rows_of(build(data), "SELECT settled_class, late_days FROM fct_case") == [(settled_class, late_days)]


@pytest.mark.parametrize(
    ("completed_at", "settled_class"),
    [
        ("2026-09-04 09:00", "late"),
        ("2026-09-04 08:00", "on_time"),
        ("2026-09-04 07:59", "on_time"),
        ("2026-09-03", "early"),
    ],
)
def test_with_due_precision_instant_the_hour_decides(tmp_path: Path, completed_at: str, settled_class: str) -> None:
    data = small_dir(tmp_path)
    row = {"case_code": "A", "completed_at": completed_at, "due_at": "2026-09-04 08:00"}
    write_load(data, [row], due_precision="instant")
    assert rows_of(build(data), "SELECT settled_class FROM fct_case") == [(settled_class,)]


@pytest.mark.parametrize(
    ("row", "is_waiting"),
    [
        ({"status": "suspended"}, True),
        ({"status": "awaiting_payment"}, True),
        ({"status": "awaiting_supplement"}, True),
        ({"status": "awaiting_supplement", "supplement_requested_at": "2026-09-02"}, False),  # dated: judged by date
        ({"status": "processing"}, False),
        ({}, False),
    ],
)
def test_a_case_that_waits_by_its_status_waits_at_every_date(
    tmp_path: Path, row: dict[str, Any], is_waiting: bool
) -> None:
    data = small_dir(tmp_path)
    write_load(data, [{"case_code": "A", **row}])
    assert rows_of(build(data), "SELECT is_waiting_today FROM fct_case") == [(is_waiting,)]


def test_processing_days_are_working_days_after_receipt(tmp_path: Path) -> None:
    data = small_dir(tmp_path)
    write_load(data, [{"case_code": "A", "received_at": "2026-09-04", "completed_at": "2026-09-08"}])
    assert rows_of(build(data), "SELECT processing_days FROM fct_case") == [(2,)]  # Monday and Tuesday


def test_a_missing_channel_is_the_counter_and_codes_are_normalised(tmp_path: Path) -> None:
    data = small_dir(tmp_path)
    write_load(data, [{"case_code": "h46.1-a b"}])
    assert rows_of(build(data), "SELECT case_id, case_code, channel FROM fct_case") == [
        ("H46.1-AB", "h46.1-a b", "counter")
    ]


def states(*loads: dict[str, Any]) -> Any:
    """Return a test case: each load has one state of case A, told apart by its procedure code."""
    return loads


@pytest.mark.parametrize(
    ("loads", "newest"),
    [
        (states({"data_on": "2026-09-30"}, {"data_on": "2026-10-31"}), 2),  # later data's date
        (states({"data_on": "2026-10-31"}, {"data_on": "2026-09-30"}), 1),  # an older file fills gaps only
        (states({"data_on": "2026-10-31"}, {"data_on": "2026-10-31"}), 2),  # later load
        (
            states(
                {"data_on": "2026-10-31", "synced_at": "2026-10-02"},
                {"data_on": "2026-10-31", "synced_at": "2026-10-01"},
            ),
            1,
        ),  # later synced_at
        (
            states(
                {"data_on": "2026-09-30", "synced_at": "2026-10-02"},
                {"data_on": "2026-10-31", "synced_at": "2026-10-01"},
            ),
            1,
        ),  # synced_at goes before the data's date
        (
            states(
                {"data_on": "2026-09-30", "synced_at": "2031-01-01"},
                {"data_on": "2026-10-31", "synced_at": "2026-10-01"},
            ),
            2,
        ),  # a synced_at after the load day is none
    ],
)
def test_the_newer_state_is_told_by_synced_at_then_the_datas_date_then_the_load(
    tmp_path: Path, loads: tuple[dict[str, Any], ...], newest: int
) -> None:
    data = small_dir(tmp_path)
    for load in loads:
        row = {key: value for key, value in load.items() if key == "synced_at"}
        write_load(data, [{"case_code": "A", **row}], data_on=load["data_on"])
    con = build(data)
    assert rows_of(con, "SELECT load_no FROM fct_case") == [(newest,)]
    assert rows_of(con, "SELECT load_no, replaced_by_load_no FROM case_history") == [(3 - newest, newest)]


def test_the_last_row_of_a_file_wins_when_it_names_a_case_twice_and_no_row_is_lost(tmp_path: Path) -> None:
    data = small_dir(tmp_path)
    write_load(data, [{"case_code": "A", "status": "received"}, {"case_code": "A", "status": "processing"}])
    con = build(data)
    assert rows_of(con, "SELECT status, source_row FROM fct_case") == [("processing", 3)]
    assert rows_of(con, "SELECT status, source_row, replaced_by_load_no FROM case_history") == [("received", 2, 1)]


def test_a_case_that_a_later_file_should_list_and_does_not_is_marked_not_seen(tmp_path: Path) -> None:
    data = small_dir(tmp_path)
    first = [
        {"case_code": "STAYS", "received_at": "2026-09-10"},
        {"case_code": "GONE", "received_at": "2026-09-11"},
        {"case_code": "BEFORE", "received_at": "2026-08-01"},
    ]
    write_load(data, first, data_on="2026-09-30")
    # The later list begins with its first settlement, 03/09, so what was received in August is not its matter.
    later = [
        {"case_code": "STAYS", "received_at": "2026-09-10", "completed_at": "2026-09-12"},
        {"case_code": "NEW", "received_at": "2026-09-01", "completed_at": "2026-09-03"},
    ]
    write_load(data, later, data_on="2026-10-31")
    assert dict(rows_of(build(data), "SELECT case_id, is_last_seen FROM fct_case")) == {
        "STAYS": True,
        "GONE": False,
        "BEFORE": True,
        "NEW": True,
    }


def test_a_file_of_another_sender_says_nothing_about_a_case(tmp_path: Path) -> None:
    data = small_dir(tmp_path)
    write_load(data, [{"case_code": "A", "received_at": "2026-09-11"}], data_on="2026-09-30", layout="one")
    write_load(data, [{"case_code": "B", "received_at": "2026-09-01"}], data_on="2026-10-31", layout="other")
    assert dict(rows_of(build(data), "SELECT case_id, is_last_seen FROM fct_case")) == {"A": True, "B": True}


@pytest.mark.parametrize(
    ("sent", "received", "answer"),
    [
        (NEW, "2025-08-01", (NEW, None, None)),
        (OLD, "2025-06-01", (OLD, "2025-07-01", NEW)),  # a whole predecessor's cases belong to its successor
        (SPLIT_OLD, "2025-06-01", (SPLIT_OLD, "2025-07-01", LINE_79)),  # a split one's wait on one line
        (ONLY_NEW, "2025-06-01", (ONLY_OLD, "2025-07-01", ONLY_NEW)),  # named by its successor: one body, surely
        (NEW, "2025-06-01", (OLD_LINE_45, "2025-07-01", NEW)),  # three predecessors: which one is not known
        (SPLIT_NEW, "2025-06-01", (OLD_LINE_74, "2025-07-01", SPLIT_NEW)),
    ],
)
def test_the_body_that_answers_is_the_one_of_the_day_of_receipt(
    tmp_path: Path, sent: str, received: str, answer: tuple[str, str | None, str | None]
) -> None:
    data = small_dir(tmp_path)
    write_load(data, [{"case_code": "A", "unit_id": sent, "received_at": received}])
    assert rows_of(build(data), "SELECT unit_id, unit_ends_on, successor_unit_id FROM fct_case") == [answer]


ROLLED = """
    SELECT unit_rollup.ancestor_id, count(*)
    FROM fct_case
    INNER JOIN unit_rollup
        ON unit_rollup.level = 'province'
        AND unit_rollup.unit_id = CASE
            WHEN unit_ends_on IS NOT NULL AND DATE '{day}' >= unit_ends_on THEN successor_unit_id ELSE fct_case.unit_id
        END
        AND unit_rollup.valid_from <= DATE '{day}'
        AND (unit_rollup.valid_to IS NULL OR DATE '{day}' < unit_rollup.valid_to)
    GROUP BY ALL
    ORDER BY ALL
"""


def test_the_provinces_of_a_day_add_up_to_all_rows_of_a_file_that_names_bodies_of_today(tmp_path: Path) -> None:
    data = small_dir(tmp_path)
    sent = [NEW, ONLY_NEW, "19249-20250701"]  # in the former Quảng Trị, Hà Giang and Quảng Bình
    rows = [{"case_code": u, "unit_id": u, "received_at": "2025-06-20"} for u in sent]
    write_load(data, rows, data_on="2025-07-31")
    con = build(data)
    assert rows_of(con, ROLLED.format(day="2025-06-20")) == [
        ("02-20200101", 1),
        ("44-20200101", 1),
        ("45-20200101", 1),
    ]
    assert rows_of(con, ROLLED.format(day="2025-07-31")) == [("08-20250701", 1), ("44-20250701", 2)]
    assert con.execute(DATED.read_text("utf-8")).fetchall() == []


def test_a_case_whose_province_of_the_day_is_not_known_is_counted_in_a_warning(tmp_path: Path) -> None:
    data = small_dir(tmp_path)
    province = "44-20250701"  # made of two, and the case may be either's
    write_load(data, [{"case_code": "A", "unit_id": province, "received_at": "2025-06-20"}], data_on="2025-07-31")
    assert rows_of(build(data), DATED.read_text("utf-8")) == [(province, 1, "2025-06-20", "2025-06-20")]


@pytest.mark.parametrize("order", [("2025-06-30", "2025-10-31"), ("2025-10-31", "2025-06-30")])
def test_a_successors_file_keeps_the_body_that_an_earlier_file_named(tmp_path: Path, order: tuple[str, str]) -> None:
    data = small_dir(tmp_path)
    for data_on in order:
        unit = SPLIT_OLD if data_on < "2025-07-01" else SPLIT_NEW
        write_load(data, [{"case_code": "A", "unit_id": unit, "received_at": "2025-06-02"}], data_on=data_on)
    con = build(data)
    assert rows_of(con, "SELECT unit_id, unit_ends_on, successor_unit_id, sent_unit_id FROM fct_case") == [
        (SPLIT_OLD, "2025-07-01", SPLIT_NEW, SPLIT_NEW)
    ]


def test_a_receipt_before_our_inexact_first_day_of_a_body_is_that_bodys(tmp_path: Path) -> None:
    data = small_dir(tmp_path)
    write_load(data, [{"case_code": "A", "unit_id": OLD, "received_at": "2019-12-02"}])
    assert rows_of(build(data), "SELECT unit_id FROM fct_case") == [(OLD,)]


def test_every_unit_of_a_file_is_covered_from_the_files_own_start(tmp_path: Path) -> None:
    data = small_dir(tmp_path)
    rows = [
        {"case_code": "A", "received_at": "2026-09-02", "completed_at": "2026-09-04"},
        {"case_code": "B", "received_at": "2026-09-20", "unit_id": "19435-20250701"},
    ]
    write_load(data, rows, data_on="2026-09-30")
    assert sorted(rows_of(build(data), "SELECT unit_id, first_on, last_on FROM coverage")) == [
        ("19432-20250701", "2026-09-02", "2026-09-30"),
        ("19435-20250701", "2026-09-04", "2026-09-30"),
    ]


def test_an_old_open_case_does_not_cover_the_other_units_of_its_file(tmp_path: Path) -> None:
    data = small_dir(tmp_path)
    rows = [
        {"case_code": "OLD", "received_at": "2026-01-05"},
        {"case_code": "A", "received_at": "2026-09-02", "completed_at": "2026-09-04"},
        {"case_code": "B", "received_at": "2026-09-20", "unit_id": "19435-20250701"},
    ]
    write_load(data, rows, data_on="2026-09-30")
    assert sorted(rows_of(build(data), "SELECT unit_id, first_on FROM coverage")) == [
        ("19432-20250701", "2026-01-05"),
        ("19435-20250701", "2026-09-04"),
    ]


def test_a_withheld_load_is_listed_and_takes_no_part(tmp_path: Path) -> None:
    data = small_dir(tmp_path)
    write_load(data, [{"case_code": "A"}])
    write_load(data, [{"case_code": "B"}])
    (data.loads / "000002" / "WITHHELD").touch()
    con = build(data)
    assert rows_of(con, "SELECT case_id FROM fct_case") == [("A",)]
    assert rows_of(con, "SELECT load_no, is_withheld FROM load ORDER BY load_no") == [(1, False), (2, True)]

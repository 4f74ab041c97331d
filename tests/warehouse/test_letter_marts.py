"""Letters and answers: the newest state, the days they are due, and values within their bounds."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from loads import build, rows_of, small_dir, write_load


@pytest.mark.parametrize(
    ("row", "accept_due_on", "settle_due_on"),
    [
        # Ten calendar days until 30/06/2026; Saturday 13/06 runs to Monday 15/06.
        ({"received_on": "2026-06-03", "accepted_on": "2026-06-05"}, "2026-06-15", "2026-07-06"),
        # Seven working days since 01/07/2026; thirty days from acceptance.
        ({"received_on": "2026-07-01", "accepted_on": "2026-07-03"}, "2026-07-10", "2026-08-03"),
        ({"received_on": "2026-07-01", "accepted_on": "2026-07-03", "is_complex": True}, "2026-07-10", "2026-08-17"),
        # Acceptance not recorded: from the last day on which it was due.
        ({"received_on": "2026-07-01"}, "2026-07-10", "2026-08-10"),
        # The second settlement: forty-five days, complex sixty.
        ({"received_on": "2026-06-03", "accepted_on": "2026-06-05", "round": 2}, "2026-06-15", "2026-07-20"),
        (
            {"received_on": "2026-06-03", "accepted_on": "2026-06-05", "round": 2, "is_complex": True},
            "2026-06-15",
            "2026-08-04",
        ),
        # A denunciation: seven working days, ten when places must be checked; thirty days, complex thirty more.
        (
            {"received_on": "2026-06-03", "accepted_on": "2026-06-05", "kind": "denunciation"},
            "2026-06-12",
            "2026-07-06",
        ),
        (
            {"received_on": "2026-06-03", "accepted_on": "2026-06-05", "kind": "denunciation", "is_complex": True},
            "2026-06-17",
            "2026-08-04",
        ),
        # Petitions have ten working days and feedback fifteen, from receipt also where somebody wrote an acceptance.
        ({"received_on": "2026-10-01", "kind": "petition"}, None, "2026-10-15"),
        ({"received_on": "2026-10-01", "kind": "feedback"}, None, "2026-10-22"),
        ({"received_on": "2026-10-01", "accepted_on": "2026-10-06", "kind": "feedback"}, None, "2026-10-22"),
        # What was passed on is counted from the day it was.
        ({"received_on": "2026-10-01", "transferred_on": "2026-10-06", "kind": "feedback"}, None, "2026-10-27"),
        ({"received_on": "2026-10-01", "transferred_on": "2026-10-06", "kind": "petition"}, None, "2026-10-15"),
        # Feedback that does not meet the conditions is to be refused in two working days.
        ({"received_on": "2026-10-01", "kind": "feedback", "is_eligible": False}, None, "2026-10-05"),
        ({"received_on": "2026-10-01", "kind": "feedback", "is_eligible": True}, None, "2026-10-22"),
    ],
)
def test_a_letter_is_due_by_the_rule_in_force_on_its_receipt(
    tmp_path: Path, row: dict[str, Any], accept_due_on: str | None, settle_due_on: str
) -> None:
    data = small_dir(tmp_path)
    write_load(data, [{"letter_code": "L", **row}], dataset="complaint")
    assert rows_of(build(data), "SELECT accept_due_on, settle_due_on FROM fct_complaint") == [
        (accept_due_on, settle_due_on)
    ]


@pytest.mark.parametrize(
    ("kind", "received_on", "handle_due_on"),
    [
        # Forty-five days counted through, also when they end on a Saturday; only letters received since 01/07/2026.
        ("complaint", "2026-07-01", "2026-08-15"),
        ("petition", "2026-07-02", "2026-08-16"),
        ("complaint", "2026-06-30", None),
        ("feedback", "2026-07-01", None),
    ],
)
def test_a_letter_may_lie_for_forty_five_days_by_a_rule_of_july_2026(
    tmp_path: Path, kind: str, received_on: str, handle_due_on: str | None
) -> None:
    data = small_dir(tmp_path)
    write_load(data, [{"letter_code": "L", "kind": kind, "received_on": received_on}], dataset="complaint")
    assert rows_of(build(data), "SELECT handle_due_on FROM fct_complaint") == [(handle_due_on,)]


@pytest.mark.parametrize(("accepted_on", "is_on_time"), [("2026-07-10", True), ("2026-07-11", False), (None, None)])
def test_a_complaint_is_accepted_on_time_up_to_the_day_it_is_due(
    tmp_path: Path, accepted_on: str | None, is_on_time: bool | None
) -> None:
    data = small_dir(tmp_path)
    row = {"letter_code": "L", "received_on": "2026-07-01", "accepted_on": accepted_on}
    write_load(data, [row], dataset="complaint")
    assert rows_of(build(data), "SELECT is_accepted_on_time FROM fct_complaint") == [(is_on_time,)]


@pytest.mark.parametrize(
    ("data_on", "settled_on", "is_past_due"),
    [
        ("2026-10-22", None, False),
        ("2026-10-23", None, True),
        ("2026-10-31", "2026-10-22", False),
        ("2026-10-31", "2026-10-23", True),
    ],
)
def test_an_open_letter_is_past_due_by_the_day_its_file_knows_of(
    tmp_path: Path, data_on: str, settled_on: str | None, is_past_due: bool
) -> None:
    data = small_dir(tmp_path)
    row = {"letter_code": "L", "received_on": "2026-10-01", "kind": "feedback", "settled_on": settled_on}
    write_load(data, [row], dataset="complaint", data_on=data_on)
    sql = "SELECT is_past_due, known_on FROM fct_complaint"
    assert rows_of(build(data), sql) == [(is_past_due, data_on)]


@pytest.mark.parametrize(("settled_on", "is_on_time"), [("2026-10-22", True), ("2026-10-23", False), (None, None)])
def test_a_letter_is_settled_on_time_up_to_the_day_it_is_due(
    tmp_path: Path, settled_on: str | None, is_on_time: bool | None
) -> None:
    data = small_dir(tmp_path)
    row = {"letter_code": "L", "received_on": "2026-10-01", "kind": "feedback", "settled_on": settled_on}
    write_load(data, [row], dataset="complaint")
    assert rows_of(build(data), "SELECT is_settled_on_time FROM fct_complaint") == [(is_on_time,)]


def test_a_remote_commune_has_longer_when_the_list_says_so(tmp_path: Path) -> None:
    data = small_dir(tmp_path)
    (data.root / "reference").mkdir(parents=True)
    (data.root / "reference" / "remote_areas.csv").write_text(
        "unit_id,valid_from,valid_to\n19432-20250701,2025-07-01,\n", encoding="utf-8"
    )
    rows = [
        {"letter_code": "FAR", "received_on": "2026-07-01", "accepted_on": "2026-07-03"},
        {"letter_code": "NEAR", "received_on": "2026-07-01", "accepted_on": "2026-07-03", "unit_id": "19333-20250701"},
    ]
    write_load(data, rows, dataset="complaint")
    assert rows_of(build(data), "SELECT letter_id, settle_due_on FROM fct_complaint ORDER BY 1") == [
        ("FAR", "2026-08-17"),
        ("NEAR", "2026-08-03"),
    ]


def test_a_letter_has_one_row_its_newest_state(tmp_path: Path) -> None:
    data = small_dir(tmp_path)
    write_load(data, [{"letter_code": "l 1"}], dataset="complaint", data_on="2026-10-31")
    write_load(data, [{"letter_code": "L1", "settled_on": "2026-09-09"}], dataset="complaint", data_on="2026-09-30")
    assert rows_of(build(data), "SELECT letter_id, settled_on, load_no FROM fct_complaint") == [("L1", None, 1)]


def test_a_value_outside_the_items_bounds_is_no_answer(tmp_path: Path) -> None:
    data = small_dir(tmp_path)
    folder = data.root / "reference"
    folder.mkdir(parents=True)
    (folder / "survey_items.csv").write_text(
        "item_id,sub_dimension_id,dimension_id,factor,name_vi,name_en,scale_min,scale_max,direction,asked_if\n"
        "up,,,f1,a,a,1,5,1,\ndown,,,,b,b,0,1,-1,\n",
        encoding="utf-8",
    )
    from loads import DataDir, build_reference, connect_builder, runner

    rows = [
        {"respondent_id": "1", "item_id": "up", "answer": "4"},
        {"respondent_id": "2", "item_id": "up", "answer": "3"},
        {"respondent_id": "3", "item_id": "up", "answer": "99"},
        {"respondent_id": "4", "item_id": "up", "answer": "không biết"},
        {"respondent_id": "5", "item_id": "down", "answer": "1"},
    ]
    write_load(data, rows, dataset="survey_answer")
    con = connect_builder(None, data.root)
    build_reference(con, DataDir(data.root))
    runner.build_marts(con, data, [1])
    assert rows_of(
        con,
        "SELECT respondent_id, answer_value, scale_score, is_top_two FROM fct_survey_answer ORDER BY respondent_id",
    ) == [
        ("1", 4.0, 0.75, True),
        ("2", 3.0, 0.5, False),
        ("3", None, None, None),
        ("4", None, None, None),
        ("5", 1.0, 0.0, None),
    ]


def test_a_register_of_the_province_covers_its_quiet_communes_and_another_file_does_not(tmp_path: Path) -> None:
    data = small_dir(tmp_path)
    rows = [
        {"letter_code": "A", "received_on": "2026-07-02", "settled_on": "2026-07-06"},
        {"letter_code": "OLD", "received_on": "2025-01-05"},  # still open: the list is not of that year
    ]
    write_load(data, rows, dataset="complaint", data_on="2026-09-30", covers=["44-20250701"])
    write_load(data, [{"letter_code": "B"}], dataset="complaint", data_on="2026-10-31")
    quiet = "19333-20250701"  # phường Đông Hà, in no row
    con = build(data)
    found = rows_of(con, f"SELECT dataset, first_on, last_on, load_no FROM coverage WHERE unit_id = '{quiet}'")
    assert found == [("complaint", "2026-07-06", "2026-09-30", 1)]
    communes = "SELECT unit_id FROM dim_unit WHERE province_id = '44-20250701' AND level = 'commune'"
    covered = "SELECT unit_id FROM coverage WHERE load_no = 1"
    assert rows_of(con, f"{communes} EXCEPT {covered}") == []
    # The province's own committee, and the former line of the old letter.
    assert sorted(rows_of(con, f"{covered} EXCEPT {communes}")) == [("44-20250701",), ("45-CPB-20200101",)]


def test_a_register_still_covers_its_province_when_a_later_one_repeats_its_letters(tmp_path: Path) -> None:
    data = small_dir(tmp_path)
    letter = {"letter_code": "A", "received_on": "2026-07-02"}
    write_load(data, [letter], dataset="complaint", data_on="2026-09-30", covers=["44-20250701"])
    write_load(data, [letter], dataset="complaint", data_on="2026-10-31")
    sql = "SELECT load_no FROM coverage WHERE unit_id = '19333-20250701'"
    assert rows_of(build(data), sql) == [(1,)]

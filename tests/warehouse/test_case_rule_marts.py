"""What the case mart works out once: promises, moved dates, intake within office hours, waiting, what is recorded."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from loads import build, rows_of, small_dir, write_load


def column(tmp_path: Path, name: str, row: dict[str, Any], **load: Any) -> Any:
    """Return a column of the one case that a load draws."""
    data = small_dir(tmp_path)
    write_load(data, [{"case_code": "A", **row}], **load)
    ((found,),) = rows_of(build(data), f"SELECT {name} FROM fct_case")
    return found


@pytest.mark.parametrize(
    ("row", "promised"),
    [
        ({"due_at": "2026-09-10", "due_original_at": "2026-09-04"}, "2026-09-04"),
        ({"due_at": "2026-09-10"}, "2026-09-10"),
        ({}, None),
    ],
)
def test_the_first_promised_day_is_the_original_due_date_where_one_is_known(
    tmp_path: Path, row: dict[str, Any], promised: str | None
) -> None:
    assert column(tmp_path, "promised_on", row) == promised


@pytest.mark.parametrize(
    ("received", "accepted", "is_late"),
    [
        # Wednesday 09/09/2026: eight working hours later is the same time on Thursday.
        ("2026-09-09 09:00", "2026-09-10 09:00", False),
        ("2026-09-09 09:00", "2026-09-10 09:01", True),
        # Filed before opening: the office's first day counts in full.
        ("2026-09-09 06:00", "2026-09-09 17:00", False),
        ("2026-09-09 06:00", "2026-09-10 07:00", True),
        # Filed in the lunch break or after closing.
        ("2026-09-09 12:00", "2026-09-10 13:30", False),
        ("2026-09-09 12:00", "2026-09-10 13:31", True),
        ("2026-09-09 20:00", "2026-09-10 17:00", False),
        ("2026-09-09 20:00", "2026-09-11 07:30", True),
        # Friday morning runs over the weekend; Saturday counts from Monday.
        ("2026-09-11 09:00", "2026-09-14 09:00", False),
        ("2026-09-12 09:00", "2026-09-14 17:00", False),
        ("2026-09-12 09:00", "2026-09-15 07:30", True),
        # Over a holiday: 31/08 to 02/09/2026 are off.
        ("2026-08-28 09:00", "2026-09-03 09:00", False),
        ("2026-08-28 09:00", "2026-09-03 09:30", True),
        # Days without a time are compared as days.
        ("2026-09-09", "2026-09-10", False),
        ("2026-09-09", "2026-09-11", True),
        ("2026-09-09 09:00", "2026-09-10", False),
        ("2026-09-09", None, None),
    ],
)
def test_an_online_filing_is_accepted_within_eight_working_hours(
    tmp_path: Path, received: str, accepted: str | None, is_late: bool | None
) -> None:
    row = {"received_at": received, "accepted_at": accepted, "channel": "online_full"}
    assert column(tmp_path, "is_intake_late", row) is is_late


def test_a_filing_at_the_counter_has_no_term_of_intake(tmp_path: Path) -> None:
    row = {"received_at": "2026-09-09", "accepted_at": "2026-09-30", "channel": "counter"}
    assert column(tmp_path, "is_intake_late", row) is None


@pytest.mark.parametrize(
    ("asked", "brought", "days"),
    [
        (None, None, 8),  # Tuesday 01/09 is a holiday, Wednesday 02/09 too: eight working days to Monday 14/09
        ("2026-09-04", "2026-09-09", 8 - 3),  # Monday, Tuesday and Wednesday the clock stood
        ("2026-09-04", None, 8 - 6),  # never brought: it stood to the end
        ("2026-09-04", "2026-09-20", 8 - 6),  # brought after the end
        ("2026-08-20", "2026-09-04", 8 - 2),  # asked before receipt (a file filed again): from receipt on
        ("2026-09-14", "2026-09-15", 8),  # asked on the last day
        ("2026-09-09", "2026-09-04", 8),  # the two days stand the wrong way round
    ],
)
def test_processing_time_leaves_out_the_wait_for_a_supplement(
    tmp_path: Path, asked: str | None, brought: str | None, days: int
) -> None:
    row = {
        "received_at": "2026-09-01",
        "completed_at": "2026-09-14",
        "supplement_requested_at": asked,
        "supplement_received_at": brought,
    }
    assert column(tmp_path, "processing_days", row) == days


MOVED = {"due_at": "2026-09-20", "due_original_at": "2026-09-10"}


@pytest.mark.parametrize(
    ("row", "is_moved"),
    [
        (MOVED, True),
        ({**MOVED, "n_reappointments": 1}, False),
        ({**MOVED, "reappointed_at": "2026-09-09"}, False),
        ({**MOVED, "apology_at": "2026-09-09"}, False),
        ({**MOVED, "supplement_received_at": "2026-09-09"}, False),  # the clock began again, as the law has it
        ({**MOVED, "supplement_requested_at": "2026-09-09"}, False),  # the clock stands, and the date goes with it
        ({**MOVED, "n_supplements": 1}, False),  # a file that counts supplements and dates none
        ({**MOVED, "n_supplements": 0}, True),
        ({"due_at": "2026-09-10", "due_original_at": "2026-09-20"}, False),  # sooner is no loss
        ({"due_at": "2026-09-10"}, False),
    ],
)
def test_a_due_date_that_went_later_without_a_slip_is_marked(
    tmp_path: Path, row: dict[str, Any], is_moved: bool
) -> None:
    assert column(tmp_path, "is_due_moved", row) is is_moved


@pytest.mark.parametrize(("slip", "is_moved"), [({}, True), ({"n_reappointments": 1}, False)])
def test_a_due_date_that_went_later_between_two_files_is_marked_unless_a_slip_came_with_it(
    tmp_path: Path, slip: dict[str, Any], is_moved: bool
) -> None:
    data = small_dir(tmp_path)
    write_load(data, [{"case_code": "A", "due_at": "2026-09-10"}], data_on="2026-09-05")
    write_load(data, [{"case_code": "A", "due_at": "2026-09-20", **slip}], data_on="2026-09-12")
    assert rows_of(build(data), "SELECT is_due_moved FROM fct_case") == [(is_moved,)]


def test_a_file_without_a_column_for_letters_and_supplements_says_nothing_of_them(tmp_path: Path) -> None:
    data = small_dir(tmp_path)
    write_load(data, [{"case_code": "A"}])
    write_load(data, [{"case_code": "B"}], leaves_out=("apology_at", "n_supplements", "supplement_requested_at"))
    write_load(data, [{"case_code": "C"}], leaves_out=("n_supplements",))
    names = "case_code, is_apology_recorded, is_supplement_recorded, is_supplement_counted"
    assert rows_of(build(data), f"SELECT {names} FROM fct_case ORDER BY 1") == [
        ("A", True, True, True),
        ("B", False, False, False),
        ("C", True, True, False),
    ]

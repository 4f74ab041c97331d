"""What changed in a case from file to file, read from the states that are kept."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import pytest
from loads import build, small_dir, write_load
from test_addition import draw_cases

from gandan import publish as publishing
from ui import reader
from warehouse.paths import DataDir


class Built:
    """The marts of a folder as a source of queries."""

    name = "built"

    def __init__(self, data: DataDir):
        self.con = build(data)

    def cursor(self) -> Any:
        return self.con.cursor()


def asked(**values: Any) -> dict[str, Any]:
    return {"load_no": None, "unit": None, "case_id": None, "most": 1000, **values}


def changes(data: DataDir, **values: Any) -> list[tuple[Any, ...]]:
    """Return (case, kind, field, before, after, load before, load after) of every change."""
    named = ("case_code", "kind", "field", "before", "after", "load_before", "load_after")
    return [tuple(row[n] for n in named) for row in reader.rows(Built(data), "case_changes", **asked(**values))]


@pytest.fixture
def data(tmp_path: Path) -> DataDir:
    """Three monthly files of one commune that list their cases from the first of September on."""
    found = small_dir(tmp_path)
    seen = {"received_at": "2026-09-10", "due_at": "2026-09-30"}
    first = {"case_code": "FIRST", "received_at": "2026-09-01", "completed_at": "2026-09-02", "status": "completed"}
    write_load(
        found,
        [
            first,
            {"case_code": "MOVED", **seen, "status": "processing"},
            {"case_code": "SLIP", **seen, "status": "processing"},
            {"case_code": "GAP", **seen},
            {"case_code": "GONE", **seen},
            {"case_code": "SAME", **seen},
        ],
        data_on="2026-09-15",
    )
    write_load(
        found,
        [
            first,
            {"case_code": "MOVED", **seen, "due_at": "2026-10-15", "status": "processing"},
            {"case_code": "SLIP", **seen, "due_at": "2026-10-15", "status": "processing", "n_reappointments": 1},
            {"case_code": "GONE", **seen},
            {"case_code": "SAME", **seen},
        ],
        data_on="2026-09-30",
    )
    write_load(
        found,
        [
            first,
            {"case_code": "MOVED", **seen, "due_at": "2026-10-15", "status": "completed", "completed_at": "2026-10-10"},
            {"case_code": "SLIP", **seen, "due_at": "2026-10-15", "status": "processing", "n_reappointments": 1},
            {"case_code": "GAP", **seen},
            {"case_code": "SAME", **seen},
            {"case_code": "NEW", "received_at": "2026-10-02", "status": "received"},
        ],
        data_on="2026-10-31",
    )
    return found


def test_each_change_is_told_with_the_files_it_lies_between(data: DataDir) -> None:
    assert sorted(changes(data, load_no=3), key=str) == [
        ("GAP", "reappeared", "case", None, None, 1, 3),
        ("GONE", "not_seen", "case", None, None, 2, 3),
        ("MOVED", "changed", "completed_on", None, "2026-10-10", 2, 3),
        ("MOVED", "changed", "status", "processing", "completed", 2, 3),
        ("NEW", "new", "case", None, "received", None, 3),
    ]


def test_what_a_file_repeats_word_for_word_is_no_change_and_a_later_state_is_not_told_again(data: DataDir) -> None:
    assert {row[0] for row in changes(data)} == {"FIRST", "MOVED", "SLIP", "GAP", "GONE", "SAME", "NEW"}
    assert [row for row in changes(data) if row[0] == "SAME"] == [("SAME", "new", "case", None, None, None, 1)]


def test_a_due_date_that_went_later_without_a_slip_is_marked_and_comes_first(data: DataDir) -> None:
    rows = reader.rows(Built(data), "case_changes", **asked(load_no=2))
    due = {
        r["case_code"]: (r["before"], r["after"], r["is_moved_without_slip"]) for r in rows if r["field"] == "due_on"
    }
    assert due == {"MOVED": ("2026-09-30", "2026-10-15", True), "SLIP": ("2026-09-30", "2026-10-15", False)}
    assert rows[0]["case_code"] == "MOVED"
    assert (rows[0]["file_before"], rows[0]["file_after"]) == ("file-1.csv", "file-2.csv")


def test_changes_are_counted_by_load_and_narrowed_to_a_unit_or_a_case(data: DataDir) -> None:
    counted = {r.pop("load_no"): r for r in reader.rows(Built(data), "case_change_counts", **asked())}
    names = ("n_new", "n_changed_status", "n_changed_due", "n_moved_without_slip", "n_changed_end", "n_reappeared")
    assert {no: [row[n] for n in (*names, "n_not_seen")] for no, row in counted.items()} == {
        1: [6, 0, 0, 0, 0, 0, 0],
        2: [0, 0, 2, 1, 0, 0, 0],
        3: [1, 1, 0, 0, 1, 1, 1],
    }
    assert changes(data, unit="19432", load_no=2) == changes(data, load_no=2)
    assert changes(data, unit="19435") == []
    assert {row[0] for row in changes(data, case_id="MOVED")} == {"MOVED"}


def test_the_states_of_one_case_are_listed_newest_first(data: DataDir) -> None:
    states = reader.rows(Built(data), "case_states", case_id="MOVED")
    assert [(s["load_no"], s["status"], str(s["due_on"]), s["is_current"]) for s in states] == [
        (3, "completed", "2026-10-15", True),
        (2, "processing", "2026-10-15", False),
        (1, "processing", "2026-09-30", False),
    ]


@pytest.mark.parametrize("seed", [1, 2])
def test_drawn_files_give_the_changes_that_walking_through_their_rows_gives(tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    data = small_dir(tmp_path)
    states: dict[str, list[tuple[Any, ...]]] = {}
    for month in (5, 3, 9):  # the second file is older than the first: its states come before
        drawn = draw_cases(chance, month, "2tier")
        number = write_load(data, drawn, data_on=f"2026-{month:02d}-28")
        for at, row in enumerate(drawn, start=2):
            moment = row["synced_at"] or f"2026-{month:02d}-28 23:59:59"
            told = (row["status"], row["due_at"], row["completed_at"])
            states.setdefault(row["case_code"], []).append((moment, month, at, number, told))
    expected = set()
    for code, listed in states.items():
        before: tuple[Any, ...] = ()
        for _, _, _, number, told in sorted(listed, key=lambda one: one[:3]):
            if not before:
                expected.add((code, "new", "case", None, told[0], None, number))
            else:
                expected |= {
                    (code, "changed", field, was, now, before[0], number)
                    for field, was, now in zip(("status", "due_on", "completed_on"), before[1], told, strict=True)
                    if was != now
                }
            before = (number, told)
    found = changes(data)
    assert {row for row in found if row[1] in ("new", "changed")} == expected
    assert len(found) == len(set(found))


def conflicts(data: DataDir) -> list[tuple[Any, ...]]:
    """Return (case, who counts, who does not, why) of every conflict."""
    rows = reader.rows(Built(data), "case_conflicts", **asked())
    return [
        (r["case_code"], r["unit_id"], r["other_unit_id"], r["load_no"], r["other_load_no"], r["because"]) for r in rows
    ]


def test_a_code_that_two_communes_send_is_a_conflict_with_a_reason_and_kin_is_none(tmp_path: Path) -> None:
    data = small_dir(tmp_path)
    old = {"received_at": "2025-06-01"}
    write_load(
        data,
        [
            {"case_code": "TWICE"},
            {"case_code": "SYNCED", "synced_at": "2026-10-20 08:00"},
            {"case_code": "KIN", "unit_id": "19432-20200101", **old},
        ],
        data_on="2026-09-30",
    )
    write_load(
        data,
        [
            {"case_code": "TWICE", "unit_id": "19435-20250701"},
            {"case_code": "SYNCED", "unit_id": "19435-20250701", "synced_at": "2026-10-10 08:00"},
            {"case_code": "KIN", **old},
        ],
        data_on="2026-10-31",
    )
    assert conflicts(data) == [
        ("TWICE", "19435-20250701", "19432-20250701", 2, 1, "newer_data"),
        ("SYNCED", "19432-20250701", "19435-20250701", 1, 2, "newer_synced"),
    ]


def test_a_conflict_is_a_warning_of_the_publish_and_names_rows_not_cases(tmp_path: Path) -> None:
    data = small_dir(tmp_path)
    write_load(data, [{"case_code": "TWICE"}, {"case_code": "TWICE", "unit_id": "19435-20250701"}])
    found = [one for one in publishing.run(data).findings if one.check == "case_of_two_bodies"]
    assert [(one.is_fatal, one.n_rows, one.columns[:2]) for one in found] == [(False, 1, ("load_no", "source_row"))]
    assert "TWICE" not in found[0].message("vi")
    assert conflicts(data)[0][-1] == "later_row"

"""The submission board: who sent what for which cycle, in time or late, told from drawn loads."""

from __future__ import annotations

import json
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from marts import AGENCY, CHANGE, DONG_HA, LAO_BAO, OLD_WHOLE, PROVINCE, UNITS, case, marts

from metrics import submissions
from metrics.submission_rules import RuleError, cycles, rules
from metrics.submissions import Board, Cell, board
from metrics.viewer import Viewer
from warehouse.paths import REPOSITORY, DataDir

RULES = """
guess_days = 5
[[rule]]
dataset = "case"
cycle = "calendar"
levels = ["commune"]
owes = "all"
instead = ["settlement_summary"]
due_days = 3
due_unit = "working"
valid_from = 2025-07-01
[[rule]]
dataset = "case"
cycle = "calendar"
levels = ["agency"]
owes = "senders"
within = 2
due_days = 3
valid_from = 2025-07-01
[[rule]]
dataset = "case"
cycle = "report"
levels = ["commune"]
owes = "all"
due_days = 2
due_unit = "calendar"
valid_from = 2025-07-01
is_confirmed = true
[[exception]]
unit_code = "19333"
dataset = "case"
cycle = "calendar"
due_days = 10
due_unit = "calendar"
reason = "đảo"
"""
"""Cut-off Saturday 31/10/2026: due on Wednesday 04/11; of Đông Hà (19333) on Tuesday 10/11."""
NOVEMBER_6 = date(2026, 11, 6)


class World:
    """Loads as they come in: published ones lie in the snapshot, all have a receipt."""

    def __init__(self, root: Path, said: str = RULES) -> None:
        self.data_dir = DataDir(root)
        (root / "reference").mkdir(parents=True, exist_ok=True)
        (root / "reference" / "submissions.toml").write_text(said, encoding="utf-8")
        self.coverage: list[dict[str, Any]] = []
        self.loads: list[dict[str, Any]] = []
        self.cases: list[dict[str, Any]] = []

    def load(
        self,
        units: str | list[str],
        first: date,
        last: date,
        sent: date,
        dataset: str = "case",
        is_published: bool = True,
        state: str = "",
        **said: Any,
    ) -> int:
        """Draw a load that covers these days of these units, and return its number."""
        number = len(self.loads) + 1
        listed = [units] if isinstance(units, str) else units
        self.loads.append(
            {"load_no": number, "file_name": f"tep-{number}.csv", "dataset": dataset, "data_on": last,
             "loaded_at": datetime(sent.year, sent.month, sent.day, 8), "is_withheld": False}
        )  # fmt: skip
        folder = self.data_dir.loads / f"{number:06d}"
        folder.mkdir(parents=True)
        receipt = {
            "file_name": f"tep-{number}.csv", "dataset": dataset, "data_on": last.isoformat(), "n_accepted": 9,
            "data_on_source": "stated", "loaded_at": f"{sent}T08:00:00", "sender_unit_id": None, "covers": [],
            "units": {u: {"n": 9, "first_on": first.isoformat(), "last_on": last.isoformat()} for u in listed}, **said,
        }  # fmt: skip
        (folder / "receipt.json").write_text(json.dumps(receipt), encoding="utf-8")
        if state:
            (folder / state).write_text("{}", encoding="utf-8")
        if is_published:
            self.coverage += [
                {"dataset": dataset, "unit_id": u, "first_on": first, "last_on": last, "load_no": number}
                for u in listed
            ]
        return number

    def board(self, dataset: str = "case", **asked: Any) -> Board:
        held = {c["load_no"] for c in self.coverage}
        snapshot = marts(self.cases, coverage=self.coverage, load=[one for one in self.loads if one["load_no"] in held])
        asked = {"today": NOVEMBER_6, "upto": "2026-11", "n_cycles": 4, **asked}
        return board(snapshot, self.data_dir, dataset, **asked)

    def cell(self, unit_id: str, token: str = "2026-10", **asked: Any) -> Cell:
        found = self.board(**asked)
        row = next(r for r in found.units if r.unit_id == unit_id)
        return row.cells[found.at(token)]


@pytest.fixture
def world(tmp_path: Path) -> World:
    """A folder in use since July, where Lao Bảo sends each month."""
    drawn = World(tmp_path)
    drawn.load([LAO_BAO, DONG_HA], date(2026, 6, 1), date(2026, 6, 30), date(2026, 7, 2))
    return drawn


def october(first: int = 1, last: int = 31) -> tuple[date, date]:
    return date(2026, 10, first), date(2026, 10, last)


def test_what_came_on_the_last_day_of_the_term_is_in_time(world: World) -> None:
    world.load(LAO_BAO, *october(), date(2026, 11, 4))
    cell = world.cell(LAO_BAO)
    assert (cell.state, cell.due_on, cell.sent_on, cell.days_late) == (
        "in_time", date(2026, 11, 4), date(2026, 11, 4), None
    )  # fmt: skip


def test_what_came_later_is_late_by_as_many_days_as_the_term_is_counted_in(world: World) -> None:
    world.load([LAO_BAO, DONG_HA], *october(), date(2026, 11, 12))
    assert (world.cell(LAO_BAO).days_late, world.cell(LAO_BAO).late_unit) == (6, "working")  # 5, 6, 9, 10, 11, 12
    assert (world.cell(DONG_HA).days_late, world.cell(DONG_HA).late_unit) == (2, "calendar")  # due on 10/11


def test_a_unit_with_its_own_term_is_not_late_where_the_others_are(world: World) -> None:
    world.load([LAO_BAO, DONG_HA], *october(), date(2026, 11, 5))
    assert world.cell(LAO_BAO).state == "late"
    assert (world.cell(DONG_HA).state, world.cell(DONG_HA).due_on) == ("in_time", date(2026, 11, 10))


def test_data_that_stop_before_the_cut_off_are_a_part_and_say_to_which_day(world: World) -> None:
    world.load(LAO_BAO, *october(last=20), date(2026, 10, 21))
    cell = world.cell(LAO_BAO)
    assert (cell.state, cell.known_to, cell.load_no) == ("partly", date(2026, 10, 20), 2)


def test_a_file_of_friday_is_whole_when_the_month_ends_on_a_saturday(world: World) -> None:
    world.load(LAO_BAO, *october(last=30), date(2026, 11, 2))
    assert world.cell(LAO_BAO).state == "in_time"
    world.load(DONG_HA, *october(last=29), date(2026, 11, 2))
    assert world.cell(DONG_HA, today=date(2026, 11, 11)).state == "partly"


def test_a_file_that_does_not_state_its_day_may_end_with_its_last_case(world: World) -> None:
    world.load(LAO_BAO, *october(last=26), date(2026, 11, 2), data_on_source="latest_date")
    assert world.cell(LAO_BAO).state == "in_time"
    world.load(DONG_HA, *october(last=23), date(2026, 11, 2), data_on_source="latest_date")
    assert world.cell(DONG_HA, today=date(2026, 11, 11)).state == "partly"


def test_nothing_sent_is_not_due_until_the_term_is_over(world: World) -> None:
    assert world.cell(LAO_BAO, today=date(2026, 11, 4)).state == "not_due"
    assert world.cell(LAO_BAO, today=date(2026, 11, 5)).state == "not_sent"
    assert world.cell(LAO_BAO, "2026-11", today=date(2026, 11, 5)).state == "not_due"


def test_a_later_list_with_an_old_open_case_does_not_speak_of_the_month_before(world: World) -> None:
    world.load(LAO_BAO, date(2026, 9, 28), date(2026, 10, 31), date(2026, 11, 2))
    assert world.cell(LAO_BAO, "2026-09").state == "late", "without its cases the stretch of days is all that is known"
    world.cases += [
        case(received_on=date(2026, 9, 28), load_no=2),
        case(received_on=date(2026, 10, 5), completed_on=date(2026, 10, 6), load_no=2),
    ]
    assert world.cell(LAO_BAO, "2026-09").state == "not_sent"
    assert world.cell(LAO_BAO, "2026-10").state == "in_time"


def test_the_report_month_is_cut_off_on_the_14th_and_a_month_end_file_may_be_late_for_it(world: World) -> None:
    world.load(LAO_BAO, date(2026, 9, 15), date(2026, 10, 14), date(2026, 10, 15))
    world.load(DONG_HA, *october(), date(2026, 11, 2))
    asked: dict[str, Any] = {"calendar": "report", "token": "2026-10"}
    ours, other = world.cell(LAO_BAO, **asked), world.cell(DONG_HA, **asked)
    assert (ours.state, ours.due_on, ours.is_confirmed) == ("in_time", date(2026, 10, 16), True)
    assert (other.state, other.days_late) == ("late", 17)


def test_an_agency_that_never_sends_is_not_on_the_board_and_one_that_stopped_is(world: World) -> None:
    assert [r.unit_id for r in world.board().units] == [LAO_BAO, DONG_HA]
    world.load(AGENCY, date(2026, 8, 1), date(2026, 8, 31), date(2026, 9, 1))
    row = next(r for r in world.board().units if r.unit_id == AGENCY)
    assert [c.state for c in row.cells] == ["in_time", "not_sent", "not_sent", "not_expected"]


def test_a_unit_owes_nothing_before_its_first_day(world: World) -> None:
    found = world.board(upto="2025-07", n_cycles=2)
    assert {r.unit_id for r in found.units} == {LAO_BAO, DONG_HA}
    assert [[c.state for c in r.cells] for r in found.units] == [["not_expected", "not_sent"]] * 2
    assert OLD_WHOLE not in {r.unit_id for r in found.units}


def test_a_table_of_form_ii06a_stands_for_a_log(world: World) -> None:
    world.load(LAO_BAO, *october(), date(2026, 11, 2), dataset="settlement_summary")
    cell = world.cell(LAO_BAO)
    assert (cell.state, cell.dataset) == ("in_time", "settlement_summary")


def test_a_load_that_is_staged_counts_as_sent_and_says_that_it_is_not_published(world: World) -> None:
    world.load(LAO_BAO, *october(), date(2026, 11, 3), is_published=False)
    cell = world.cell(LAO_BAO)
    assert (cell.state, cell.is_published, cell.file_name) == ("in_time", False, "tep-2.csv")
    world.load(DONG_HA, *october(), date(2026, 11, 3), is_published=False, state="WITHHELD")
    assert world.cell(DONG_HA).state == "in_time", "a rollback withholds the figures; the commune has sent"


def test_the_register_of_a_province_covers_every_commune_of_it(world: World) -> None:
    world.load([LAO_BAO], *october(), date(2026, 11, 3), is_published=False, covers=[PROVINCE])
    assert world.cell(DONG_HA).state == "in_time"


def test_a_withdrawn_load_tells_nothing_and_is_named(world: World) -> None:
    number = world.load(LAO_BAO, *october(), date(2026, 11, 2), state="WITHDRAWN")
    cell = world.cell(LAO_BAO)
    assert (cell.state, cell.withdrawn) == ("not_sent", (number,))
    again = world.load(LAO_BAO, *october(), date(2026, 11, 5))
    cell = world.cell(LAO_BAO)
    assert (cell.state, cell.load_no, cell.days_late) == ("late", again, 1)


def test_a_correction_changes_nothing_of_when_the_first_file_came(world: World) -> None:
    first = world.load(LAO_BAO, *october(), date(2026, 11, 3))
    world.load(LAO_BAO, *october(), date(2026, 11, 20), corrects={"load_no": first, "rows": [["", 9]]})
    cell = world.cell(LAO_BAO, today=date(2026, 11, 25))
    assert (cell.state, cell.load_no) == ("in_time", first)


def test_a_term_before_the_folder_was_in_use_is_not_judged(world: World) -> None:
    world.load(LAO_BAO, date(2026, 5, 1), date(2026, 5, 31), date(2026, 7, 2))
    assert world.cell(LAO_BAO, "2026-05", upto="2026-06").state == "sent"
    assert world.cell(LAO_BAO, "2026-06", upto="2026-06").state == "in_time"


def test_the_last_good_month_is_found_before_the_months_shown(world: World) -> None:
    found = world.board(n_cycles=2)
    assert {r.unit_id: r.last_good for r in found.units} == {LAO_BAO: "2026-06", DONG_HA: "2026-06"}


def test_what_a_predecessor_sent_is_no_good_month_of_the_unit(tmp_path: Path) -> None:
    drawn = World(tmp_path)
    drawn.load([OLD_WHOLE, LAO_BAO], date(2025, 5, 1), date(2025, 6, 30), date(2025, 7, 2))
    assert next(r.last_good for r in drawn.board().units if r.unit_id == LAO_BAO) == ""


def test_a_new_name_is_no_new_body(world: World) -> None:
    world.load(LAO_BAO, *october(), date(2026, 11, 2))
    renamed = {**UNITS[1], "full_name": "Phường Lao Bảo", "valid_from": date(2026, 10, 15)}
    units = [*UNITS[:1], {**UNITS[1], "valid_to": date(2026, 10, 15)}, renamed, *UNITS[2:]]
    snapshot = marts(coverage=world.coverage, load=world.loads, units=units)
    found = board(snapshot, world.data_dir, "case", upto="2026-10", n_cycles=2, today=NOVEMBER_6)
    (row,) = [r for r in found.units if r.unit_id == LAO_BAO]
    assert (row.full_name, [c.state for c in row.cells]) == ("Phường Lao Bảo", ["not_sent", "in_time"])


def test_a_unit_account_sees_its_own_line_only(world: World) -> None:
    found = world.board(viewer=Viewer("unit", frozenset({DONG_HA})))
    assert [r.unit_id for r in found.units] == [DONG_HA]


def test_the_list_of_who_owes_holds_the_silent_and_those_with_a_part(world: World) -> None:
    world.load(LAO_BAO, *october(last=20), date(2026, 10, 21))
    found = world.board(today=date(2026, 11, 11))
    assert found.newest_due() == "2026-10"
    assert [(r.unit_id, c.state) for r, c in found.owing("2026-10")] == [(LAO_BAO, "partly"), (DONG_HA, "not_sent")]
    assert found.counts("2026-10", "commune") == {**dict.fromkeys(submissions.STATES, 0), "partly": 1, "not_sent": 1}
    assert len(found.records()) == 2 * 4
    assert set(found.records()[0]) == set(submissions.RECORD)


def test_a_stray_row_of_another_province_does_not_bring_its_communes_in(world: World) -> None:
    far = "27007-20250701"
    units = [{**u} for u in UNITS]
    many = [{**units[1], "unit_id": f"{n}-20250701", "code": str(n)} for n in range(20000, 20012)]
    other = {**units[1], "unit_id": far, "code": "27007", "province_id": "79-20250701"}
    capital = {**units[0], "unit_id": "79-20250701", "code": "79", "province_id": "79-20250701"}
    world.load([LAO_BAO, far, *(u["unit_id"] for u in many)], *october(), date(2026, 11, 2))
    snapshot = marts(coverage=world.coverage, load=world.loads, units=[*units, *many, other, capital])
    found = board(snapshot, world.data_dir, "case", upto="2026-10", n_cycles=1, today=NOVEMBER_6)
    assert far not in {r.unit_id for r in found.units} and LAO_BAO in {r.unit_id for r in found.units}


def test_a_rule_that_cannot_be_understood_names_its_entry(tmp_path: Path) -> None:
    World(tmp_path, '[[rule]]\ndataset = "case"\ncycle = "weekly"\nowes = "all"\nlevels = ["commune"]\ndue_days = 1\n')
    with pytest.raises(RuleError, match=r"\[\[rule\]\] 1"):
        rules(DataDir(tmp_path))


def test_the_repositorys_own_rules_are_marked_unconfirmed_and_expect_what_figures_expect() -> None:
    from metrics import catalogue

    said = rules(DataDir(REPOSITORY / "data"))
    assert said.rules and not any(r.is_confirmed for r in said.rules)
    all_communes = {r.dataset for r in said.rules if r.owes == "all" and "commune" in r.levels}
    assert all_communes == {s.dataset for s in catalogue.sources().values() if s.expects_all}


def test_cycles_follow_the_two_cut_offs() -> None:
    assert [c.cut_off for c in cycles("2026-03", 2, "calendar")] == [date(2026, 2, 28), date(2026, 3, 31)]
    assert [c.cut_off for c in cycles("2026-03", 2, "report")] == [date(2026, 2, 14), date(2026, 3, 14)]
    assert cycles("2026-03", 1, "report")[0].start == date(2026, 2, 15)
    assert CHANGE - timedelta(days=1) == cycles("2025-06", 1, "calendar")[0].cut_off

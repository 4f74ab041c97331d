"""A unit's own totals against ours: every difference taken apart by rows, and no row counted twice."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
import reference
from hypothesis import given, settings
from hypothesis import strategies as st
from marts import AGENCY, CHANGE, DONG_HA, LAO_BAO, OLD_SPLIT, OLD_WHOLE, UNALLOCATED, case, marts, settlement_summary

from metrics import control_totals as totals
from metrics import periods, reconciliation
from metrics.answer import ask
from metrics.control_totals import COUNTS, BadTotals, Totals
from metrics.model import Query
from metrics.reconciliation import Check, Line, Reconciliation, reconcile
from metrics.scope import NotAllowed
from metrics.viewer import PROVINCE, Viewer
from reports import form_ii06a
from warehouse.paths import DataDir

START, END = date(2026, 10, 1), date(2026, 10, 31)
EARLY, FILE, LATER, MENDED, TAKEN_BACK = 1, 2, 3, 4, 5
LOADS = [
    {"load_no": EARLY, "dataset": "case", "data_on": date(2026, 10, 26), "is_withheld": False},
    {"load_no": FILE, "dataset": "case", "data_on": END, "is_withheld": False},
    {"load_no": LATER, "dataset": "case", "data_on": date(2026, 11, 30), "is_withheld": False},
    {"load_no": MENDED, "dataset": "case", "data_on": END, "is_withheld": False},
]
Row = dict[str, Any]


class World:
    """Cases as we hold them, and the rows that the commune's clerk counts."""

    def __init__(self) -> None:
        self.cases: list[Row] = []
        self.history: list[Row] = []
        self.outside: list[Row] = []
        self.clerk: list[Row] = []
        self.coverage = [
            {"dataset": "case", "unit_id": unit, "first_on": date(2026, 8, 1), "last_on": one["data_on"],
             "load_no": one["load_no"]}
            for unit in (LAO_BAO, DONG_HA)
            for one in LOADS
        ]  # fmt: skip

    def add(self, kind: str, **days: Any) -> None:
        """Add one case of a kind; `days` are its dates, status and channel."""
        row = case(load_no=FILE, **days)
        mine = {**row, "unit_id": LAO_BAO, "receiving_unit_id": LAO_BAO}
        times = 1
        if kind == "rejected_and_there":
            self.outside.append(outside("rejected", row))
            kind = "plain"
        if kind == "withdrawn_and_there":
            self.outside.append(outside("withdrawn", row))
            kind = "plain"
        if kind == "other_body":
            self.cases.append({**row, "unit_id": AGENCY, "receiving_unit_id": LAO_BAO})
        elif kind == "claimed_by_another":
            self.history.append(old(row, FILE, LATER))
            self.cases.append({**row, "unit_id": DONG_HA, "receiving_unit_id": DONG_HA, "load_no": LATER})
        elif kind == "of_split_body":
            placed = {"unit_id": OLD_SPLIT, "receiving_unit_id": OLD_SPLIT, "unit_ends_on": CHANGE}
            self.cases.append({**row, **placed, "successor_unit_id": UNALLOCATED, "received_on": date(2025, 6, 10)})
            mine["received_on"] = date(2025, 6, 10)
        elif kind in ("rejected", "withdrawn", "unpublished"):
            self.outside.append(outside(kind, row))
        elif kind == "withdrawn_twice":
            self.outside += [outside("withdrawn", row), outside("withdrawn", {**row, "load_no": TAKEN_BACK})]
        elif kind == "same_file":
            self.cases.append(row)
            self.history.append(old(row, FILE, FILE))
            times = 2
        elif kind == "other_file":
            self.cases.append(row)
            self.history.append(old(row, EARLY, FILE))
            times = 2
        elif kind == "not_accepted":
            self.cases.append({**row, "status": "not_accepted", "is_counted": False, "settled_class": None,
                               "is_waiting_today": False})  # fmt: skip
            mine = {**mine, "status": "processing", "is_waiting_today": False}
            times = 1 if row["received_on"] >= START else 0
        elif kind == "added_later":
            self.cases.append({**row, "load_no": LATER})
            times = 0
        elif kind == "changed_later":
            then = case(**{**days, "completed_on": None, "status": "processing", "case_code": row["case_code"]})
            self.cases.append({**row, "load_no": LATER})
            self.history.append(old(then, FILE, LATER))
            mine = {**then, "unit_id": LAO_BAO, "receiving_unit_id": LAO_BAO}
        elif kind == "next_month":
            self.cases.append({**row, "load_no": LATER})
            self.history.append(old(row, FILE, LATER))
        elif kind == "mended":
            self.cases.append({**row, "load_no": MENDED})
            self.history.append(old(row, FILE, MENDED))
        else:
            self.cases.append({**row, "is_last_seen": kind != "not_seen"})
            times = 0 if kind == "not_seen" else 1
        self.clerk += [{**mine, "is_counted": True}] * times

    def snapshot(self, **more: Any) -> Any:
        world = {"case_history": self.history, "load": LOADS, **more}
        return marts(self.cases, data_on=date(2026, 11, 30), coverage=self.coverage, **world)

    def stated(self) -> dict[str, int]:
        """Return what the clerk counts, by the words of product.md."""
        found = dict.fromkeys(COUNTS, 0)
        for row in self.clerk:
            for name in reference.counted(reference.full(as_accepted(row)), START, END):
                if name in found:
                    found[name] += 1
        return found

    def check(self, counts: dict[str, int] | None = None, **more: Any) -> Reconciliation:
        stated = self.stated() if counts is None else counts
        one = Totals(LAO_BAO, "calendar", "2026-10", START, END, "typed", stated)
        return reconcile(self.snapshot(), DataDir(Path("data")), one, self.outside, corrections=[MENDED], **more)


def as_accepted(row: Row) -> Row:
    """Return a row as a clerk counts it who takes every filing."""
    given = {k: v for k, v in row.items() if k not in ("is_counted", "settled_class", "status")}
    return {**given, "is_counted": True, "status": row["status"]}


def old(row: Row, load_no: int, replaced_by: int) -> Row:
    return {**row, "load_no": load_no, "replaced_by_load_no": replaced_by, "is_last_seen": False,
            "source_row": row["source_row"] + 100_000}  # fmt: skip


def outside(origin: str, row: Row) -> Row:
    names = ("case_id", "case_code", "channel", "received_on", "due_on", "completed_on", "status", "load_no",
             "supplement_requested_on", "supplement_received_on", "source_file", "source_row")  # fmt: skip
    return {"origin": origin, **{n: row.get(n) for n in names}}


def by_metric(found: Reconciliation) -> dict[str, Check]:
    return {check.metric: check for check in found.checks}


def said(check: Check) -> dict[str, int]:
    return {line.part: line.signed for line in check.lines if line.is_used}


OCTOBER = {"received_on": date(2026, 10, 5), "due_on": date(2026, 10, 20), "completed_on": date(2026, 10, 15)}
KINDS = (
    "plain", "rejected", "rejected_and_there", "other_body", "claimed_by_another", "of_split_body", "withdrawn",
    "withdrawn_twice", "withdrawn_and_there", "unpublished", "same_file", "other_file", "next_month", "mended",
    "not_seen", "added_later", "changed_later", "not_accepted",
)  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "part", "n"),
    [
        ("rejected", "rejected", 1),
        ("other_body", "other_body", 1),
        ("claimed_by_another", "other_body", 1),
        ("of_split_body", "awaiting_placement", 1),
        ("withdrawn", "withdrawn", 1),
        ("withdrawn_twice", "withdrawn", 1),
        ("unpublished", "unpublished", 1),
        ("same_file", "same_file", 1),
        ("other_file", "other_file", 1),
        ("not_seen", "not_seen", -1),
        ("added_later", "added_since", -1),
        ("changed_later", "changed_in", -1),
    ],
)
def test_each_way_to_differ_has_its_own_part(kind: str, part: str, n: int) -> None:
    world = World()
    world.add("plain", **OCTOBER)
    world.add(kind, **OCTOBER)
    settled = by_metric(world.check())["settled"]
    assert (settled.difference, said(settled), settled.rest) == (n, {part: n}, 0)
    (line,) = [line for line in settled.lines if line.is_used]
    assert len(line.rows) == 1 and line.rows[0].row is not None


@pytest.mark.parametrize("kind", ["plain", "next_month", "mended", "rejected_and_there", "withdrawn_and_there"])
def test_what_both_count_once_is_no_difference(kind: str) -> None:
    world = World()
    world.add(kind, **OCTOBER)
    assert all(check.difference == 0 and not check.lines for check in world.check().checks)


def test_a_case_that_a_later_file_settled_leaves_what_was_pending_and_joins_what_was_settled() -> None:
    world = World()
    world.add("changed_later", **OCTOBER)
    found = by_metric(world.check())
    assert (said(found["pending"]), found["pending"].difference) == ({"changed_out": 1}, 1)
    assert (said(found["settled"]), found["settled"].difference) == ({"changed_in": -1}, -1)
    assert found["received"].difference == 0


def test_the_first_file_of_a_period_is_no_later_one_however_late_it_came() -> None:
    world = World()
    world.coverage = [one for one in world.coverage if one["load_no"] == LATER]
    world.cases = [case(**OCTOBER, load_no=LATER)]
    found = by_metric(world.check({"received": 0}))
    assert found["received"].lines == () and found["received"].rest == -1


def test_a_filing_that_was_not_accepted_is_a_part_of_its_own_and_is_carried_into_no_later_month() -> None:
    world = World()
    world.add("plain", received_on=date(2026, 10, 5), status="not_accepted")
    world.cases.append(case(received_on=date(2026, 8, 5), status="not_accepted", load_no=FILE))
    found = by_metric(world.check())
    assert said(found["received"]) == {"not_accepted": 1} == said(found["pending"])
    assert found["carried_in"].difference == 0


DAYS = st.integers(0, 90).map(lambda n: date(2026, 8, 10) + timedelta(days=n))


@st.composite
def one_case(draw: st.DrawFn) -> tuple[str, dict[str, Any]]:
    kind = draw(st.sampled_from(KINDS))
    received = draw(DAYS)
    completed = draw(st.none() | st.integers(0, 60).map(lambda n: received + timedelta(days=n)))
    ended = draw(st.sampled_from(("completed", "returned"))) if completed else "processing"
    days = {
        "received_on": received,
        "completed_on": completed,
        "due_on": draw(st.none() | st.integers(0, 30).map(lambda n: received + timedelta(days=n))),
        "status": draw(st.sampled_from((ended, ended, "suspended" if not completed else ended))),
        "channel": draw(st.sampled_from(("counter", "online_full"))),
    }
    return kind, days


@settings(max_examples=12, deadline=None)
@given(st.lists(one_case(), min_size=6, max_size=40))
def test_in_drawn_worlds_the_parts_add_up_to_the_difference_exactly_and_no_row_stands_twice(
    drawn: list[tuple[str, dict[str, Any]]],
) -> None:
    world = World()
    for kind, days in drawn:
        world.add(kind, **days)
    found = world.check()
    for check in found.checks:
        assert check.ours is not None and check.difference is not None
        # Every part, needed or not, is the clerk's: together they are the whole difference.
        if check.lines:
            assert sum(line.signed for line in check.lines) == check.difference, check
        assert check.rest == 0, check
        if check.metric != "received":
            places = [(r.file_name, r.sheet, r.row, r.load_no) for line in check.lines for r in line.rows]
            assert len(places) == len(set(places)), check
    answered = {
        row.metric: row.numerator
        for row in ask(Query(COUNTS, "commune", LAO_BAO, "2026-10"), PROVINCE, world.snapshot())
    }
    assert {check.metric: check.ours for check in found.checks} == answered, "ours is the number that all pages show"


def test_what_no_row_explains_is_said_as_a_number() -> None:
    world = World()
    world.add("plain", **OCTOBER)
    world.add("rejected", **OCTOBER)
    check = by_metric(world.check({"settled": 7}))["settled"]
    assert (check.difference, said(check), check.rest) == (6, {"rejected": 1}, 5)


def test_a_rejected_row_without_a_date_is_counted_beside_the_parts() -> None:
    world = World()
    world.add("plain", **OCTOBER)
    row = {"origin": "rejected", "load_no": FILE, "source_file": "t.csv", "source_row": 9}
    world.outside += [
        {**row, "data_on": END},
        {**row, "data_on": date(2026, 3, 31)},
        {**row, "data_on": END, **OCTOBER},
    ]
    found = world.check({"settled": 2})
    assert found.n_undated == 1 and said(by_metric(found)["settled"]) == {"rejected": 1}


def test_rows_that_the_difference_does_not_need_are_listed_and_not_used() -> None:
    world = World()
    world.add("plain", **OCTOBER)
    world.add("rejected", **OCTOBER)
    for _ in range(5):
        world.add("other_body", **OCTOBER)
    check = by_metric(world.check({"settled": 2}))["settled"]
    assert said(check) == {"rejected": 1} and check.rest == 0
    assert {line.part: line.n for line in check.lines if not line.is_used} == {"other_body": 5}


def test_a_part_with_more_rows_than_the_difference_explains_none_of_it() -> None:
    lines = [Line("other_body", 66, 1, ()), Line("not_accepted", 1, 1, ()), Line("not_seen", 4, -1, ())]
    for difference, used in ((51, ["not_accepted"]), (-4, ["not_seen"]), (-2, []), (62, ["other_body", "not_seen"])):
        marked, _ = reconciliation.fitted(lines, difference)
        assert [line.part for line in marked if line.is_used] == used


def test_of_two_explanations_the_rows_that_were_sent_and_not_counted_go_first_and_both_are_counted() -> None:
    lines = [Line("other_body", 3, 1, ()), Line("rejected", 3, 1, ()), Line("not_seen", 1, -1, ())]
    for difference, used, n_fits in (
        (3, ["rejected"], 2),
        (2, ["rejected", "not_seen"], 2),
        (6, ["other_body", "rejected"], 1),
    ):
        marked, fits = reconciliation.fitted(lines, difference)
        assert ([line.part for line in marked if line.is_used], fits) == (used, n_fits)


def test_two_files_of_different_months_are_no_duplicates_in_a_quarter() -> None:
    world = World()
    world.cases = [case(received_on=date(2026, 10, 5), load_no=LATER)]
    world.history = [old(world.cases[0], FILE, LATER)]
    period = periods.parse("2026-Q4")
    one = Totals(LAO_BAO, "calendar", "2026-Q4", period.start, period.end, "typed", {"received": 2})
    found = by_metric(reconcile(world.snapshot(), DataDir(Path("data")), one))
    assert (found["received"].lines, found["received"].rest) == ((), 1)


def test_without_a_log_there_is_nothing_to_compare_with() -> None:
    snapshot = marts(load=LOADS, covered=[DONG_HA])
    one = Totals(LAO_BAO, "calendar", "2026-10", START, END, "sent", {"settled": 5})
    found = reconcile(snapshot, DataDir(Path("data")), one)
    assert not found.has_log and found.checks == (Check("settled", 5, None),)
    assert found.checks[0].difference is None and found.checks[0].rest is None


def test_a_unit_account_reconciles_its_own_totals_only() -> None:
    world = World()
    world.add("rejected", **OCTOBER)
    assert world.check(viewer=Viewer("unit", frozenset({LAO_BAO}))).checks
    with pytest.raises(NotAllowed):
        world.check(viewer=Viewer("unit", frozenset({DONG_HA})))


# What a unit states ---------------------------------------------------------------------------------------------------


def kept(data_dir: DataDir, *pairs: str, unit: str = "19432", period: str = "2026-10", **more: Any) -> Totals:
    calendar = more.get("calendar", "calendar")
    return totals.state(data_dir, marts(load=LOADS), unit, period, calendar, totals.read_counts(pairs), "Lan")


@pytest.fixture
def data_dir(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> DataDir:
    monkeypatch.setenv("GANDAN_TODAY", "2026-11-20")
    return DataDir(tmp_path)


def test_what_is_typed_is_kept_with_who_and_when_and_the_newest_stands(data_dir: DataDir) -> None:
    kept(data_dir, "received=120", "settled=100", "pending=20")
    kept(data_dir, "settled=90", "pending=30")
    (standing,) = totals.typed(data_dir)
    assert standing.counts == {"received": 120, "settled": 90, "pending": 30}
    assert (standing.by, standing.unit_id, standing.start) == ("Lan", LAO_BAO, START)
    assert [e.value for e in totals.entries(data_dir) if e.metric == "settled"] == [100, 90], "history stays"
    kept(data_dir, "settled=", "received=", "pending=")
    assert totals.typed(data_dir) == [] and len(totals.entries(data_dir)) == 8


def test_a_number_as_people_write_it_is_read_and_one_that_is_none_is_refused_by_name() -> None:
    assert totals.read_counts(["received=1.234", "settled=1 000"]) == {"received": 1234, "settled": 1000}
    with pytest.raises(BadTotals) as bad:
        totals.read_counts(["received=-3", "settled=1,5", "pendingg=3"])
    assert [code for code, _ in bad.value.problems] == ["not_a_number", "not_a_number", "unknown_count"]
    for lang in ("vi", "en"):
        text = bad.value.text(lang)
        assert "received=-3" in text and "settled=1,5" in text and "pendingg" in text


@pytest.mark.parametrize(
    ("pairs", "whole"),
    [
        (["received=10", "settled=4", "pending=5"], "received"),
        (["settled=10", "settled_early=4", "settled_on_time=4", "settled_late=1"], "settled"),
        (["settled=10", "settled_late=11"], "settled"),
        (["pending=10", "pending_in_time=4", "pending_overdue=7"], "pending"),
        (["received=9", "received_online=4", "received_counter_post=4", "carried_in=2"], "received"),
    ],
)
def test_an_identity_of_the_form_that_is_broken_is_named(data_dir: DataDir, pairs: list[str], whole: str) -> None:
    with pytest.raises(BadTotals) as bad:
        kept(data_dir, *pairs)
    assert bad.value.problems[0][1]["whole"] == whole and f"{whole} = " in bad.value.text("vi")
    assert totals.entries(data_dir) == [], "nothing is kept of what cannot be"


def test_an_identity_that_two_entries_break_together_is_refused_too(data_dir: DataDir) -> None:
    kept(data_dir, "settled=10")
    with pytest.raises(BadTotals):
        kept(data_dir, "settled_late=11")


def test_a_unit_that_is_not_in_force_in_the_period_is_refused(data_dir: DataDir) -> None:
    for unit, period in ((OLD_WHOLE, "2026-10"), (LAO_BAO, "2025-05")):
        with pytest.raises(BadTotals) as bad:
            kept(data_dir, "received=1", unit=unit, period=period)
        assert bad.value.problems[0][0] == "not_in_force"
    assert kept(data_dir, "received=1", unit="19432", period="2025-05").unit_id == OLD_WHOLE, "the code, by its day"


def test_a_period_that_units_change_in_or_that_has_not_begun_is_refused(data_dir: DataDir) -> None:
    for period, code in (("2025", "two_sides"), ("2026-12", "not_begun")):
        with pytest.raises(BadTotals) as bad:
            kept(data_dir, "received=1", period=period)
        assert bad.value.problems[0][0] == code


def test_a_name_cannot_begin_a_formula_or_a_new_line(data_dir: DataDir) -> None:
    totals.state(data_dir, marts(load=LOADS), "19432", "2026-10", "calendar", {"received": 1}, "=cmd|x\nLan")
    assert totals.typed(data_dir)[0].by == "cmd|x Lan"


def test_a_table_sent_is_read_by_its_whole_row_else_by_the_sum_of_its_fields(data_dir: DataDir) -> None:
    def rows(*given: Row) -> list[Row]:
        blank = dict.fromkeys((*COUNTS, "source_sheet"))
        return [{**blank, **settlement_summary(**one), "field_name": one.get("field_name")} for one in given]

    fields = [{"field_name": "Đất đai", "settled": 4}, {"field_name": "Hộ tịch", "settled": 5}]
    assert [t.counts for t in totals.sent(rows(*fields))] == [{"settled": 9}]
    (whole,) = totals.sent(rows({"settled": 10, "source_row": 7}, *fields))
    assert (whole.counts, whole.row, whole.calendar, whole.period) == ({"settled": 10}, 7, "calendar", "2026-10")


def test_a_unit_that_states_totals_is_found_with_what_it_sent_and_typed(data_dir: DataDir) -> None:
    kept(data_dir, "received=1")
    snapshot = marts(load=LOADS, fct_settlement_summary=[settlement_summary(unit_id=DONG_HA, settled=3)])
    assert [(t.unit_id, t.source) for t in reconciliation.stated(snapshot, data_dir)] == [
        (LAO_BAO, "typed"),
        (DONG_HA, "sent"),
    ]
    own = Viewer("unit", frozenset({DONG_HA}))
    assert [t.unit_id for t in reconciliation.stated(snapshot, data_dir, own)] == [DONG_HA]


def test_the_identities_are_those_that_the_form_is_checked_by() -> None:
    def as_set(listed: Iterable[tuple[str, tuple[str, ...]]]) -> set[tuple[str, frozenset[str]]]:
        return {(whole, frozenset(parts)) for whole, parts in listed}

    assert as_set(totals.IDENTITIES) == as_set(form_ii06a.IDENTITIES) and COUNTS == form_ii06a.COLUMNS

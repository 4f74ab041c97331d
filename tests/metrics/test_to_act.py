"""What a unit has to act on: each check on planted rows, the order, old data, silent files, and who may ask."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import pytest

from metrics.analysis import to_act
from metrics.analysis import to_act_counts as counting
from metrics.analysis.to_act_rules import checks, most, thresholds, tiers
from metrics.model import Query
from metrics.scope import NotAllowed
from metrics.viewer import PROVINCE, Viewer
from tests.metrics import marts as m
from tests.test_portable_sql import violations

AT = date(2026, 10, 30)
"""A Friday: three working days after it is Wednesday 04/11/2026."""
LAO_BAO = Query(("pending",), level="commune", unit=m.LAO_BAO, period="2026-10")
CHAIR = Viewer("unit", frozenset({m.LAO_BAO, m.OLD_WHOLE}), name="unit:19432")


def day(number: int, month: int = 10) -> date:
    return date(2026, month, number)


def told(today: date = AT, viewer: Viewer = CHAIR, **drawn: Any) -> to_act.ToAct:
    """Return what Lao Bảo has to act on, by data up to 30/10/2026."""
    return to_act.to_act(LAO_BAO, viewer, m.marts(data_on=AT, **drawn), today=today)


def numbers(found: to_act.ToAct) -> dict[str, int]:
    """Return how many rows each item counts, worst first."""
    return {item.check: item.n for item in (*found.items, *found.others)}


def states(found: to_act.ToAct) -> dict[str, str]:
    return {one.check: one.state for one in found.checked}


def listed(check: str, today: date = AT, **drawn: Any) -> Sequence[dict[str, Any]]:
    return to_act.rows(LAO_BAO, CHAIR, m.marts(data_on=AT, **drawn), check=check, today=today)


# Cases ----------------------------------------------------------------------------------------------------------------


def open_case(**given: Any) -> dict[str, Any]:
    """Return a case that owes nobody a letter, so that one check is looked at at a time."""
    return m.case(**{"received_on": day(1), "is_apology_exempt": True, **given})


def test_a_case_past_its_day_is_overdue_and_one_due_on_the_data_s_date_is_not() -> None:
    found = told(cases=[open_case(due_on=day(29)), open_case(due_on=day(30))])
    assert numbers(found) == {"overdue": 1, "due_soon": 1}


def test_due_soon_counts_three_working_days_over_the_weekend_and_not_three_dates() -> None:
    cases = [open_case(due_on=date(2026, 11, d), case_code=f"H-{d}") for d in (2, 3, 4, 5)]
    assert [row["case_code"] for row in listed("due_soon", cases=cases)] == ["H-2", "H-3", "H-4"]
    assert numbers(told(cases=cases)) == {"due_soon": 3}


def test_a_case_that_waits_for_the_applicant_is_neither_overdue_nor_due_soon() -> None:
    waiting = [
        open_case(due_on=day(29), supplement_requested_on=day(20)),
        open_case(due_on=date(2026, 11, 3), status="suspended"),
    ]
    found = told(cases=waiting)
    assert (numbers(found), found.items) == ({}, ())
    assert states(found)["overdue"] == "clear"


def test_a_case_inherited_from_a_whole_predecessor_is_the_successor_s_to_act_on() -> None:
    old = open_case(unit_id=m.OLD_WHOLE, received_on=date(2025, 6, 2), due_on=date(2025, 7, 20), case_code="H-OLD")
    split = open_case(unit_id=m.OLD_SPLIT, received_on=date(2025, 6, 2), due_on=date(2025, 7, 20))
    assert [row["case_code"] for row in listed("overdue", cases=[old, split])] == ["H-OLD"]


def test_the_worst_case_is_told_with_its_working_days() -> None:
    found = told(cases=[open_case(due_on=day(29)), open_case(due_on=day(16))])
    assert (found.items[0].oldest, found.items[0].n_late) == (day(16), 10)


def test_no_apology_recorded_counts_from_three_working_days_before_the_first_promise() -> None:
    cases = [
        m.case(received_on=day(1), due_on=day(20), case_code="past"),
        m.case(received_on=day(1), due_on=date(2026, 11, 4), case_code="soon"),
        m.case(received_on=day(1), due_on=date(2026, 11, 5), case_code="later"),
        m.case(received_on=day(1), due_on=day(20), case_code="sent", apology_on=day(19)),
        m.case(received_on=day(1), due_on=day(20), case_code="exempt", is_apology_exempt=True),
        m.case(received_on=day(1), due_on=day(20), case_code="unrecorded", is_apology_recorded=False),
        m.case(received_on=day(1), due_on=day(20), case_code="waits", supplement_requested_on=day(15)),
    ]
    assert [row["case_code"] for row in listed("apology", cases=cases)] == ["past", "soon"]


def test_files_without_a_column_for_apologies_are_no_data_and_not_nothing_to_do() -> None:
    cases = [m.case(received_on=day(1), due_on=day(20), is_apology_recorded=False)]
    found = told(cases=cases)
    assert "apology" not in numbers(found)
    assert states(found)["apology"] == "not_recorded"


def test_a_step_is_long_by_half_the_time_stated_for_its_procedure_where_the_catalogue_has_one() -> None:
    def procedure(code: str, days: int | None, **given: Any) -> dict[str, Any]:
        return {"procedure_code": code, "procedure_name": code, "deadline_days": days, "valid_from": day(1, 1), **given}

    cases = [
        open_case(case_code=code, procedure_code=procedure)
        for code, procedure in (
            ("same-day", "P0"), ("three", "P3"), ("three-yesterday", "P3"), ("thirty", "P30"), ("thirty-long", "P30"),
            ("none", "PX"), ("none-short", "PX"), ("ended", "PE"),
        )
    ]  # fmt: skip
    # Friday 30/10 is the data's day: a day ago Thursday 29/10, two 28/10, five 23/10, fifteen 09/10
    began = {
        "same-day": 29, "three": 28, "three-yesterday": 29, "thirty": 23, "thirty-long": 9, "none": 23,
        "none-short": 26, "ended": 23,
    }  # fmt: skip
    calendar = [
        {"date": d, "is_working_day": d.weekday() < 5, "working_day_number": sum(
            (day(1) + timedelta(i)).weekday() < 5 for i in range((d - day(1)).days + 1))}
        for d in (day(1) + timedelta(i) for i in range(31))
    ]  # fmt: skip
    sent = [{"dataset": d, "unit_id": m.LAO_BAO, "first_on": day(1), "last_on": AT, "load_no": 1}
            for d in ("case", "case_step")]  # fmt: skip
    found = listed(
        "step_wait", cases=cases, coverage=sent, dim_date=calendar,
        fct_case_step=[m.case_step(case_id=code, started_on=day(at)) for code, at in began.items()],
        dim_procedure=[procedure("P0", 0), procedure("P3", 3), procedure("P30", 30), procedure("PX", None),
                       procedure("PE", 30, valid_to=day(1, 9))],
    )  # fmt: skip
    assert {row["case_id"] for row in found} == {"same-day", "three", "thirty-long", "none", "ended"}


def test_a_step_that_waits_five_working_days_is_told_unless_the_case_waits_for_the_applicant() -> None:
    cases = [
        open_case(case_code="H-1"), open_case(case_code="H-2", supplement_requested_on=day(20)),
        open_case(case_code="H-3"), open_case(case_code="H-4", completed_on=day(28)),
    ]  # fmt: skip
    steps = [
        m.case_step(case_id="H-1", started_on=day(23)), m.case_step(case_id="H-2", started_on=day(23)),
        m.case_step(case_id="H-3", started_on=day(26)), m.case_step(case_id="H-4", started_on=day(1)),
        m.case_step(case_id="H-3", step_name="Tiếp nhận", started_on=day(1), ended_on=day(26)),
    ]  # fmt: skip
    sent = [{"dataset": d, "unit_id": m.LAO_BAO, "first_on": day(1), "last_on": AT, "load_no": 1}
            for d in ("case", "case_step")]  # fmt: skip
    drawn: dict[str, Any] = {"cases": cases, "fct_case_step": steps, "coverage": sent}
    assert [row["case_id"] for row in listed("step_wait", **drawn)] == ["H-1"]
    assert numbers(told(**drawn)) == {"step_wait": 1}
    assert states(told(cases=cases))["step_wait"] == "not_sent"


# Letters --------------------------------------------------------------------------------------------------------------


def test_complaints_and_petitions_are_told_apart_and_denunciations_never() -> None:
    kinds = ("complaint", "petition", "petition", "denunciation", "denunciation", "feedback")
    letters = [m.complaint(kind=kind, received_on=day(1), settle_due_on=day(20)) for kind in kinds]
    found = told(complaints=letters)
    assert numbers(found) == {"petitions_past": 2, "complaints_past": 1}
    shown = {
        row["kind"] for check in ("complaints_past", "petitions_past") for row in listed(check, complaints=letters)
    }
    assert shown == {"complaint", "petition"}


def test_no_check_has_a_condition_that_lets_a_denunciation_in() -> None:
    for check in checks().values():
        if check.source == "fct_complaint":
            for condition in filter(None, (check.rows, check.known, check.unknown)):
                assert condition.startswith("kind = '"), (check.name, condition)
                assert "denunciation" not in condition


def test_a_complaint_not_accepted_in_time_is_past_its_limit_before_the_time_to_settle() -> None:
    letters = [
        m.complaint(letter_code="late", received_on=day(1), accept_due_on=day(12), settle_due_on=date(2026, 12, 1)),
        m.complaint(letter_code="taken", received_on=day(1), accept_due_on=day(12), accepted_on=day(5),
                    settle_due_on=date(2026, 12, 1)),
        m.complaint(letter_code="near", received_on=day(25), accept_due_on=date(2026, 11, 5)),
    ]  # fmt: skip
    assert [row["letter_code"] for row in listed("complaints_past", complaints=letters)] == ["late"]
    assert [row["letter_code"] for row in listed("complaints_soon", complaints=letters)] == ["near"]


def test_letters_passed_on_settled_or_of_another_body_are_nobody_s_to_act_on_here() -> None:
    gone: dict[str, Any] = {"received_on": day(1), "settle_due_on": day(20)}
    letters = [
        m.complaint(**gone, transferred_on=day(5)), m.complaint(**gone, settled_on=day(25)),
        m.complaint(**gone, is_in_competence=False), m.complaint(**gone, is_eligible=False),
        m.complaint(**gone, unit_id=m.DONG_HA),
    ]  # fmt: skip
    assert numbers(told(complaints=letters)) == {}


def test_feedback_answered_within_thirty_days_that_left_people_dissatisfied_is_told() -> None:
    def answered(on: date, is_satisfied: bool | None, **given: Any) -> dict[str, Any]:
        return m.complaint(kind="feedback", received_on=day(1, 8), settled_on=on, is_satisfied=is_satisfied, **given)

    letters = [answered(day(20), False), answered(day(20), True), answered(day(20), None), answered(day(20, 9), False),
               answered(day(20), False, reopened_on=day(25))]  # fmt: skip
    assert numbers(told(complaints=letters)) == {"feedback": 1}
    assert states(told(complaints=[answered(day(20), None)]))["feedback"] == "not_recorded"
    assert states(told(complaints=[answered(day(20), True)]))["feedback"] == "clear"


# The order ------------------------------------------------------------------------------------------------------------


def test_planted_communes_are_ordered_by_urgency_then_by_how_many_people_wait() -> None:
    cases = [open_case(due_on=day(20)) for _ in range(4)]  # 4 × 1
    cases += [open_case(due_on=date(2026, 11, 2)) for _ in range(90)]  # many, but there is still time
    letters = [m.complaint(received_on=day(1), settle_due_on=day(20))]  # 1 × 5
    letters += [m.complaint(kind="petition", received_on=day(1), settle_due_on=day(20)) for _ in range(2)]  # 2 × 3
    letters += [m.complaint(kind="feedback", received_on=day(1), settled_on=day(20), is_satisfied=False)] * 60
    found = told(cases=cases, complaints=letters)
    assert [item.check for item in found.items] == [
        "petitions_past", "complaints_past", "overdue", "due_soon", "feedback",
    ]  # fmt: skip


def test_at_most_five_items_are_shown_and_the_rest_is_named() -> None:
    letters = [m.complaint(kind=kind, received_on=day(1), settle_due_on=due)
               for kind in ("complaint", "petition") for due in (day(20), date(2026, 11, 3))]  # fmt: skip
    cases = [open_case(due_on=day(20)), open_case(due_on=date(2026, 11, 2)), m.case(due_on=date(2026, 11, 4))]
    found = told(cases=cases, complaints=letters)
    assert len(found.items) == most() == 5
    assert {item.check for item in found.others} == {"due_soon", "apology"} - {i.check for i in found.items}
    assert [i.tier for i in (*found.items, *found.others)] == [1, 1, 1, 2, 2, 2, 2]


def test_with_nothing_to_do_every_check_says_what_it_came_to() -> None:
    found = told(cases=[open_case(due_on=date(2026, 12, 1))])
    assert found.items == found.others == ()
    assert states(found).keys() == checks().keys()
    assert states(found)["overdue"] == "clear"
    assert states(found)["step_wait"] == "not_sent"


def test_the_rows_behind_an_item_are_as_many_as_it_says() -> None:
    cases = [m.case(received_on=day(1), due_on=day(1) + timedelta(days=n)) for n in range(40)]
    letters = [m.complaint(kind=kind, received_on=day(1), settle_due_on=day(1) + timedelta(days=n))
               for n in range(40) for kind in ("complaint", "petition", "denunciation")]  # fmt: skip
    found = numbers(told(cases=cases, complaints=letters))
    assert found.keys() >= {"overdue", "apology", "due_soon", "complaints_past", "petitions_soon"}
    assert {check: len(listed(check, cases=cases, complaints=letters)) for check in found} == found


# Old data and silence -------------------------------------------------------------------------------------------------


def test_data_older_than_two_working_days_say_nothing_of_what_is_due_soon() -> None:
    cases = [m.case(received_on=day(1), due_on=day(20), case_code="past"), m.case(due_on=date(2026, 11, 3))]
    letters = [m.complaint(received_on=day(1), settle_due_on=date(2026, 11, 3))]
    fresh = told(today=date(2026, 11, 3), cases=cases, complaints=letters)  # Monday and Tuesday have passed
    assert numbers(fresh) == {"overdue": 1, "complaints_soon": 1, "apology": 2, "due_soon": 1}
    assert fresh.n_old == 0
    old = told(today=date(2026, 11, 4), cases=cases, complaints=letters)
    assert numbers(old) == {"overdue": 1, "apology": 1}
    assert old.n_old == 5
    assert {states(old)[c] for c in ("due_soon", "complaints_soon", "petitions_soon")} == {"stale"}
    assert [r["case_code"] for r in listed("apology", date(2026, 11, 4), cases=cases)] == ["past"]


def test_a_unit_is_told_as_of_its_own_data_and_not_of_the_newest_of_all() -> None:
    sent = [{"dataset": "case", "unit_id": m.LAO_BAO, "first_on": day(1, 1), "last_on": day(15), "load_no": 1},
            {"dataset": "case", "unit_id": m.DONG_HA, "first_on": day(1, 1), "last_on": AT, "load_no": 2}]  # fmt: skip
    found = told(cases=[open_case(due_on=day(14)), open_case(due_on=day(20))], coverage=sent)
    assert (found.data_on, found.n_old) == (day(15), 15)
    assert numbers(found) == {"overdue": 1}


def test_a_unit_that_sent_nothing_has_no_data_and_not_nothing_to_do() -> None:
    found = told(covered=[m.DONG_HA])
    assert (found.items, found.data_on) == ((), None)
    assert set(states(found).values()) == {"not_sent"}


def test_rejected_rows_of_the_unit_s_own_files_are_told_and_those_of_others_are_not() -> None:
    sent = [{"dataset": "case", "unit_id": m.LAO_BAO, "first_on": day(1), "last_on": AT, "load_no": 1},
            {"dataset": "case", "unit_id": m.LAO_BAO, "first_on": day(1), "last_on": AT, "load_no": 2},
            {"dataset": "case", "unit_id": m.DONG_HA, "first_on": day(1), "last_on": AT, "load_no": 2}]  # fmt: skip
    reject = [{"load_no": n, "file_name": "t.csv", "sheet": "", "row": n, "column": "A", "reason": "bad_date",
               "value_shape": "#"} for n in (1, 2)]  # fmt: skip
    snapshot = m.marts(data_on=AT, coverage=sent, reject=reject)
    found = to_act.to_act(LAO_BAO, CHAIR, snapshot, today=AT, returned=((1, 3), (2, 40)))
    assert numbers(found) == {"returned": 3}
    rows = to_act.returned_rows(LAO_BAO, CHAIR, snapshot, loads=(1, 2))
    assert [row["row"] for row in rows] == [1]
    assert "value_shape" not in rows[0]


# Signals --------------------------------------------------------------------------------------------------------------


def months(last_late: int) -> list[dict[str, Any]]:
    """Return fifteen months of 60 settled cases, 3 or 4 of them late; in October 2026 so many."""
    rows = []
    for at in range(15):
        start = date(2025 + (7 + at) // 12, (7 + at) % 12 + 1, 1)
        late = last_late if start == day(1) else 3 + at % 2
        for n in range(60):
            end = start + timedelta(days=14 if n < late else 9)
            rows.append(m.case(received_on=start, due_on=start + timedelta(days=10), completed_on=end))
    return rows


def test_a_month_unlike_those_before_is_a_signal_with_its_late_cases_as_rows() -> None:
    at = day(31)
    bad = m.marts(data_on=at, cases=months(25))
    found = to_act.to_act(LAO_BAO, CHAIR, bad, today=at)
    assert numbers(found) == {"signal": 25}
    assert found.items[0].token == "2026-10"
    assert len(to_act.rows(LAO_BAO, CHAIR, bad, check="signal", today=at, month="2026-10")) == 25
    ordinary = to_act.to_act(LAO_BAO, CHAIR, m.marts(data_on=at, cases=months(4)), today=at)
    assert states(ordinary)["signal"] == "clear"
    few = to_act.to_act(LAO_BAO, CHAIR, m.marts(data_on=at, cases=months(25)[-120:]), today=at)
    assert states(few)["signal"] == "not_judged"


def test_a_month_that_runs_on_is_no_signal_and_the_one_before_it_still_is() -> None:
    cases = [*months(25), *(m.case(received_on=date(2026, 11, 2), due_on=date(2026, 11, 3)) for _ in range(9))]
    at = date(2026, 11, 6)
    found = to_act.to_act(LAO_BAO, CHAIR, m.marts(data_on=at, cases=cases), today=at)
    assert [(i.check, i.token, i.n) for i in found.items if i.check == "signal"] == [("signal", "2026-10", 25)]
    later = date(2026, 12, 4)
    old = to_act.to_act(LAO_BAO, CHAIR, m.marts(data_on=later, cases=cases), today=later)
    assert states(old)["signal"] == "not_judged"


# Who may ask ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("viewer", [
    Viewer("unit", frozenset({m.DONG_HA})), Viewer("auditor"), Viewer("viewer"), Viewer("unit"),
])  # fmt: skip
def test_nobody_but_the_unit_and_the_province_is_told_anything(viewer: Viewer) -> None:
    snapshot = m.marts(data_on=AT, cases=[m.case(received_on=day(1), due_on=day(20))])
    with pytest.raises(NotAllowed):
        to_act.to_act(LAO_BAO, viewer, snapshot, today=AT)
    with pytest.raises(NotAllowed):
        to_act.rows(LAO_BAO, viewer, snapshot, check="overdue", today=AT)
    with pytest.raises(NotAllowed):
        to_act.returned_rows(LAO_BAO, viewer, snapshot, loads=(1,))
    with pytest.raises(NotAllowed):
        to_act.busiest(LAO_BAO.at(unit=None), viewer, snapshot, today=AT)


def test_the_province_sees_the_units_with_most_to_do_as_counts() -> None:
    cases = [open_case(due_on=date(2026, 11, 2)) for _ in range(9)]
    cases += [open_case(unit_id=m.DONG_HA, due_on=day(20)) for _ in range(2)]
    found = to_act.busiest(LAO_BAO.at(unit=None), PROVINCE, m.marts(data_on=AT, cases=cases), today=AT)
    assert [(load.unit_id, load.n("overdue"), load.n("due_soon")) for load in found] == [
        (m.DONG_HA, 2, 0), (m.LAO_BAO, 0, 9),
    ]  # fmt: skip
    assert to_act.busiest(LAO_BAO.at(unit=None), PROVINCE, m.marts(data_on=AT), today=AT) == ()


def test_the_province_counts_rejected_rows_of_a_unit_s_own_files_and_of_no_common_one() -> None:
    def sent(load: int, *units: str) -> list[dict[str, Any]]:
        return [{"dataset": "case", "unit_id": u, "first_on": day(1), "last_on": AT, "load_no": load} for u in units]

    snapshot = m.marts(
        data_on=AT, coverage=[*sent(1, m.LAO_BAO, m.OLD_WHOLE), *sent(2, m.LAO_BAO, m.DONG_HA), *sent(3, m.DONG_HA)]
    )
    found = to_act.busiest(
        LAO_BAO.at(unit=None), PROVINCE, snapshot, today=AT, returned=((1, 4), (2, 9), (3, 0), (7, 5))
    )
    # the second load speaks of two units: whose a rejected row of it is cannot be told
    assert [(load.unit_id, load.n("returned"), load.points[-1]) for load in found] == [(m.LAO_BAO, 4, 4.0)]


def test_every_check_stands_in_a_tier_and_every_threshold_says_since_when_and_whether_it_was_checked() -> None:
    assert {check.tier for check in checks().values()} == set(tiers())
    assert {t.name for t in thresholds()} == {"soon", "letters_soon", "step_wait", "step_share", "recent", "stale"}
    assert all(t.cite and not t.is_confirmed for t in thresholds())


def test_counts_and_rows_keep_to_the_sql_that_engines_agree_on(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    run = counting._run

    def kept(sql: str, snapshot: Any) -> Any:
        asked.append(sql)
        return run(sql, snapshot)

    monkeypatch.setattr(counting, "_run", kept)
    sent = [{"dataset": d, "unit_id": m.LAO_BAO, "first_on": day(1), "last_on": AT, "load_no": 1}
            for d in ("case", "complaint", "case_step")]  # fmt: skip
    drawn: dict[str, Any] = {"cases": [m.case(received_on=day(1), due_on=day(20), case_code="H-1")], "coverage": sent,
                             "fct_case_step": [m.case_step(case_id="H-1", started_on=day(1))]}  # fmt: skip
    for item in told(**drawn).items:
        listed(item.check, **drawn)
    assert len(asked) >= 8  # how far the data reach, cases, letters, steps, own loads, three lists
    counting.senders([1], m.marts(data_on=AT, **drawn))
    assert [(sql, wrong) for sql in asked if (wrong := violations(sql))] == []

"""Letters: four kinds apart, a rate per head, a backlog, and the legal time."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from marts import DONG_HA, LAO_BAO, PROVINCE, complaint, marts

from metrics import catalogue
from metrics.answer import Row, ask, cases
from metrics.model import Query
from metrics.viewer import PROVINCE as OPERATOR
from metrics.viewer import Viewer


def d(text: str) -> date:
    return date.fromisoformat(text)


def one(metric: str, rows: list[dict[str, Any]], period: str = "2026-Q3", **tables: Any) -> Row:
    """Return the metric's row for Lao Bảo."""
    (row,) = ask(Query((metric,), "commune", LAO_BAO, period), OPERATOR, marts(complaints=rows, **tables))
    return row


def test_the_four_kinds_are_never_added_up() -> None:
    kinds = {"complaint": 4, "denunciation": 3, "petition": 2, "feedback": 1}
    rows = [complaint(kind=k, received_on=d("2026-07-06")) for k, n in kinds.items() for _ in range(n)]
    for kind, n in kinds.items():
        name = f"{kind}s_received" if kind != "feedback" else "feedback_received"
        assert one(name, rows).value == n


def test_complaints_per_10k_counts_complaints_only_in_the_period_and_is_not_annualised() -> None:
    rows = [complaint(received_on=d("2026-07-06")) for _ in range(12)]
    rows += [complaint(kind="petition", received_on=d("2026-07-06")), complaint(received_on=d("2026-06-30"))]
    people = [{"unit_id": LAO_BAO, "valid_from": d("2025-07-01"), "population": 24_000}]
    row = one("complaints_per_10k", rows, dim_population=people)
    assert (row.numerator, row.denominator, row.method) == (12, 24_000, "byar")
    assert row.value == pytest.approx(10_000 * 12 / 24_000)
    assert row.lower is not None and row.upper is not None and row.lower < 5 < row.upper


def test_under_ten_complaints_the_interval_is_exact_and_without_population_there_is_no_rate() -> None:
    rows = [complaint(received_on=d("2026-07-06")) for _ in range(3)]
    people = [{"unit_id": LAO_BAO, "valid_from": d("2025-07-01"), "population": 10_000}]
    assert one("complaints_per_10k", rows, dim_population=people).method == "exact_poisson"
    row = one("complaints_per_10k", rows)
    assert (row.value, row.numerator, row.note) == (None, 3, "Chưa có số dân")


def test_a_provinces_population_is_the_sum_of_its_communes_when_all_are_known() -> None:
    rows = [complaint(received_on=d("2026-07-06"))]
    people = [
        {"unit_id": u, "valid_from": d("2025-07-01"), "population": n} for u, n in ((LAO_BAO, 1000), (DONG_HA, 4000))
    ]
    query = Query(("complaints_per_10k",), "province", PROVINCE, "2026-Q3")
    (row,) = ask(query, OPERATOR, marts(complaints=rows, dim_population=people))
    assert row.denominator == 1000 + 4000
    (row,) = ask(query, OPERATOR, marts(complaints=rows, dim_population=people[:1]))
    assert (row.denominator, row.value) == (None, None)


def test_the_backlog_is_what_is_neither_settled_nor_transferred_on_the_last_day() -> None:
    rows = [
        complaint(received_on=d("2026-07-06")),
        complaint(received_on=d("2026-01-06"), settled_on=d("2026-10-01")),
        complaint(received_on=d("2026-07-06"), settled_on=d("2026-09-30")),
        complaint(received_on=d("2026-07-06"), transferred_on=d("2026-07-08")),
        complaint(received_on=d("2026-10-01")),
        complaint(received_on=d("2026-07-06"), kind="petition"),
    ]
    assert one("complaint_backlog", rows).value == 1 + 1


def test_the_legal_time_is_judged_on_settled_complaints_with_a_known_term() -> None:
    settled = {"received_on": d("2026-07-06"), "settled_on": d("2026-08-10")}
    rows = [
        complaint(**settled, settle_due_on=d("2026-08-10")),
        complaint(**settled, settle_due_on=d("2026-08-09")),
        complaint(**settled),
        complaint(received_on=d("2026-07-06"), settle_due_on=d("2026-08-09")),
        complaint(kind="denunciation", **settled, settle_due_on=d("2026-08-10")),
    ]
    row = one("complaint_on_time_rate", rows)
    assert (row.numerator, row.denominator) == (1, 1 + 1)


def test_letters_are_complaints_denunciations_and_petitions_and_matters_are_told_apart_by_their_code() -> None:
    day = d("2026-07-06")
    rows = [
        complaint(matter_code="V1", received_on=day),
        complaint(matter_code="V1", received_on=day, kind="petition"),
        complaint(matter_code="V2", received_on=day, kind="denunciation"),
        complaint(received_on=day),
        complaint(received_on=day),
        complaint(received_on=day, kind="feedback"),
        complaint(matter_code="V9", received_on=d("2026-06-30")),
    ]
    assert one("letters_received", rows).value == 5
    assert one("matters_received", rows).value == len({"V1", "V2"}) + 2


def test_a_matter_sent_to_two_units_is_one_matter_of_the_province() -> None:
    rows = [complaint(matter_code="V1", unit_id=u, received_on=d("2026-07-06")) for u in (LAO_BAO, DONG_HA)]
    query = Query(("matters_received",), "province", PROVINCE, "2026-Q3")
    (row,) = ask(query, OPERATOR, marts(complaints=rows))
    assert row.value == 1
    assert one("matters_received", rows).value == 1


def test_a_group_is_five_people_or_more_and_denunciations_are_not_told_by_it() -> None:
    day = d("2026-07-06")
    rows = [
        complaint(n_people=5, matter_code="V1", received_on=day),
        complaint(n_people=9, matter_code="V1", received_on=day),
        complaint(n_people=12, received_on=day, kind="petition"),
        complaint(n_people=4, received_on=day),
        complaint(n_people=30, received_on=day, kind="denunciation"),
        complaint(received_on=day),
    ]
    assert one("group_matters_received", rows).value == 1 + 1


def test_what_is_not_the_bodys_to_settle_is_no_backlog_of_it() -> None:
    day = d("2026-07-06")
    rows = [
        complaint(received_on=day),
        complaint(received_on=day, is_in_competence=True, is_eligible=True),
        complaint(received_on=day, is_in_competence=False),
        complaint(received_on=day, is_eligible=False),
    ]
    assert one("complaint_backlog", rows).value == 1 + 1


def test_the_backlog_past_its_legal_time_is_read_on_the_last_day() -> None:
    day = d("2026-07-06")
    rows = [
        complaint(received_on=day, settle_due_on=d("2026-09-29")),
        complaint(received_on=day, settle_due_on=d("2026-09-30")),
        complaint(received_on=day),
        complaint(received_on=day, settle_due_on=d("2026-08-05"), settled_on=d("2026-10-02")),
        complaint(received_on=day, settle_due_on=d("2026-08-05"), settled_on=d("2026-09-02")),
    ]
    assert one("complaint_backlog_overdue", rows).value == 1 + 1


def test_the_age_of_the_backlog_is_counted_in_days_to_the_end_of_the_period() -> None:
    rows = [
        complaint(received_on=d("2026-09-29")),
        complaint(received_on=d("2026-09-20")),
        complaint(received_on=d("2026-07-01")),
        complaint(received_on=d("2026-01-01"), settled_on=d("2026-09-30")),
        complaint(received_on=d("2026-01-01"), kind="petition"),
        complaint(received_on=d("2026-01-01"), is_in_competence=False),
    ]
    row = one("complaint_backlog_age_median", rows)
    assert (row.value, row.denominator) == (10, 3)  # ages 1, 10 and 91


def test_acceptance_is_judged_on_the_complaints_accepted_in_the_period() -> None:
    due = {"received_on": d("2026-07-06"), "accept_due_on": d("2026-07-15")}
    rows = [
        complaint(**due, accepted_on=d("2026-07-15")),
        complaint(**due, accepted_on=d("2026-07-16")),
        complaint(**due, accepted_on=d("2026-10-01")),
        complaint(**due),
        complaint(received_on=d("2026-07-06"), accepted_on=d("2026-07-08")),
        complaint(**due, accepted_on=d("2026-07-15"), kind="denunciation"),
    ]
    row = one("complaint_acceptance_on_time_rate", rows)
    assert (row.numerator, row.denominator) == (1, 1 + 1)
    # What the rate lets pass: the one never accepted, and the one accepted only after the period.
    assert one("complaints_not_accepted_overdue", rows).value == 1 + 1


def test_the_settlement_rate_counts_matters_settled_among_matters_carried_in_and_received() -> None:
    old, new = {"received_on": d("2026-06-03")}, {"received_on": d("2026-07-06")}
    rows = [
        complaint(**old, matter_code="V1"),
        complaint(**new, matter_code="V1", settled_on=d("2026-08-03"), outcome="right"),
        complaint(**old, settled_on=d("2026-08-03"), outcome="upheld", round=2),
        complaint(**new, settled_on=d("2026-08-03"), outcome="withdrawn"),
        complaint(**new, settled_on=d("2026-08-03")),  # result not recorded
        complaint(**new, settled_on=d("2026-08-03"), outcome="terminated"),
        complaint(**new, settled_on=d("2026-10-02"), outcome="wrong"),
        complaint(**new),
        # In no part of it:
        complaint(**old, settled_on=d("2026-06-30")),
        complaint(**new, transferred_on=d("2026-07-08")),
        complaint(**new, is_in_competence=False),
        complaint(**new, is_eligible=False),
        complaint(**new, kind="petition"),
    ]
    row = one("complaint_settlement_rate", rows)
    decided, withdrawn = 1 + 1 + 1, 1
    assert (row.numerator, row.denominator) == (decided + withdrawn, decided + withdrawn + 1 + 1 + 1)
    assert row.method == "wilson"


def test_the_letters_behind_the_settlement_rate_are_those_of_its_parts() -> None:
    rows = [
        complaint(received_on=d("2026-06-03"), matter_code="V1", letter_code="A"),
        complaint(received_on=d("2026-07-06"), matter_code="V1", letter_code="B", settled_on=d("2026-08-03")),
        complaint(received_on=d("2026-07-06"), letter_code="C"),
    ]
    query = Query(("complaint_settlement_rate",), "commune", LAO_BAO, "2026-Q3")
    listed = {
        part: [r["letter_code"] for r in cases(query, part, OPERATOR, marts(complaints=rows)).rows]
        for part in ("numerator", "denominator")
    }
    assert listed == {"numerator": ["B"], "denominator": ["A", "B", "C"]}


def test_right_and_overturned_are_told_of_the_round_they_belong_to() -> None:
    settled = {"received_on": d("2026-07-06"), "settled_on": d("2026-08-03")}
    first = {"right": 2, "partly_right": 1, "wrong": 3, "withdrawn": 1, "terminated": 1}
    second = {"upheld": 3, "overturned": 1, "withdrawn": 1}
    rows = [complaint(**settled, outcome=o) for o, n in first.items() for _ in range(n)]
    rows += [complaint(**settled, outcome=o, round=2) for o, n in second.items() for _ in range(n)]
    rows += [complaint(**settled, outcome="right", kind="denunciation"), complaint(**settled, outcome="right", round=2)]
    row = one("complaint_right_rate", rows)
    assert (row.numerator, row.denominator) == (2, 2 + 1 + 3)
    row = one("complaint_overturned_rate", rows)
    assert (row.numerator, row.denominator) == (1, 3 + 1)


def test_complaints_settled_are_told_by_their_result() -> None:
    settled = {"received_on": d("2026-07-06"), "settled_on": d("2026-08-03")}
    rows = [complaint(**settled, outcome=o) for o in ("right", "wrong", "wrong", None)] + [complaint()]
    assert one("complaints_settled", rows).value == 4
    query = Query(("complaints_settled",), "commune", LAO_BAO, "2026-Q3", by="outcome")
    found = {r.split_value: r.value for r in ask(query, OPERATOR, marts(complaints=rows))}
    assert found == {"": 1, "right": 1, "wrong": 2}


def test_a_letter_lies_unhandled_when_nothing_is_on_record_after_its_forty_five_days() -> None:
    old = {"received_on": d("2026-07-06"), "handle_due_on": d("2026-08-20")}
    rows = [
        complaint(**old),
        complaint(**old, kind="petition"),
        complaint(**old, accepted_on=d("2026-10-02")),
        # In no part of it: denunciations, what something was done with, what is not the body's, what is not due.
        complaint(**old, kind="denunciation"),
        complaint(**old, accepted_on=d("2026-09-30")),
        complaint(**old, transferred_on=d("2026-07-08")),
        complaint(**old, settled_on=d("2026-08-03"), kind="petition"),
        complaint(**old, is_in_competence=False),
        complaint(**old, is_eligible=False),
        complaint(received_on=d("2026-08-16"), handle_due_on=d("2026-09-30")),
        complaint(received_on=d("2026-06-01")),
    ]
    assert one("letters_unhandled_over_45_days", rows).value == 1 + 1 + 1


def test_feedback_on_time_is_judged_on_what_was_answered_in_the_period() -> None:
    answered = {"kind": "feedback", "received_on": d("2026-07-06"), "settle_due_on": d("2026-07-27")}
    rows = [
        complaint(**answered, settled_on=d("2026-07-27")),
        complaint(**answered, settled_on=d("2026-07-28")),
        complaint(**answered, settled_on=d("2026-10-01")),
        complaint(**answered),
        complaint(received_on=d("2026-07-06"), settled_on=d("2026-07-08"), settle_due_on=d("2026-07-27")),
    ]
    row = one("feedback_on_time_rate", rows)
    assert (row.numerator, row.denominator) == (1, 1 + 1)


def test_feedback_is_not_satisfied_when_disliked_reopened_or_late_and_not_rated_is_not_disliked() -> None:
    came = {"kind": "feedback", "received_on": d("2026-07-06"), "settle_due_on": d("2026-07-27")}
    good = {**came, "settled_on": d("2026-07-20")}
    rows = [
        complaint(**good, is_satisfied=True),
        complaint(**good),
        complaint(**{**came, "settle_due_on": d("2026-11-05")}),  # open, and not late yet
        complaint(**came, is_in_competence=False),  # open, and another body's to answer
        complaint(**came, is_eligible=False),
        complaint(**came, transferred_on=d("2026-07-08")),
        complaint(**good, is_satisfied=False),
        complaint(**good, is_satisfied=True, reopened_on=d("2026-08-01")),
        complaint(**came, settled_on=d("2026-07-28"), is_satisfied=True),
        complaint(**came),  # open and late
    ]
    row = one("feedback_satisfied_rate", rows)
    assert (row.numerator, row.denominator) == (1 + 1 + 1 + 1 + 1 + 1, 6 + 4)


def test_no_difference_of_figures_tells_a_denunciation_to_a_unit_or_for_less_than_a_quarter() -> None:
    """Letters and matters contain denunciations, so they are kept as closely: a difference would tell them."""
    day = d("2026-07-06")
    rows = [complaint(received_on=day), complaint(received_on=day, kind="denunciation")]
    secret = ("letters_received", "matters_received", "denunciations_received")
    account = Viewer("unit", frozenset({LAO_BAO}))
    snapshot = marts(complaints=rows)
    for viewer, period in ((account, "2026-Q3"), (OPERATOR, "2026-07"), (OPERATOR, "2026-07-YTD")):
        for row in ask(Query(secret, "commune", LAO_BAO, period), viewer, snapshot):
            assert not row.is_shown
            assert (row.value, row.numerator, row.denominator) == (None, None, None)
    found = {r.metric: r.value for r in ask(Query(secret, "commune", LAO_BAO, "2026-Q3"), OPERATOR, snapshot)}
    assert found == {"letters_received": 2, "matters_received": 2, "denunciations_received": 1}
    told = [m for m in catalogue.metrics().values() if m.source == "fct_complaint" and m.name not in secret]
    names = tuple(m.name for m in told)
    with_one = ask(Query(names, "commune", LAO_BAO, "2026-Q3"), account, snapshot)
    without = ask(Query(names, "commune", LAO_BAO, "2026-Q3"), account, marts(complaints=rows[:1]))
    assert [(r.metric, r.value, r.numerator, r.denominator) for r in with_one] == [
        (r.metric, r.value, r.numerator, r.denominator) for r in without
    ]

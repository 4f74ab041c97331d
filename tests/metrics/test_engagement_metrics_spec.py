"""Reception, dialogue, oversight and mobilisation on small drawn tables: what each number counts."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from marts import (
    CHANGE,
    DONG_HA,
    LAO_BAO,
    OLD_OTHER,
    OLD_PROVINCE,
    OLD_SPLIT,
    OLD_WHOLE,
    PROVINCE,
    UNALLOCATED,
    engagement,
    marts,
    reception,
    reception_week,
)

from metrics import catalogue
from metrics.answer import Row, ask, cases
from metrics.model import Query
from metrics.viewer import PROVINCE as OPERATOR
from metrics.viewer import Viewer

SENDERS = (PROVINCE, LAO_BAO, DONG_HA, OLD_PROVINCE, OLD_WHOLE, OLD_SPLIT, OLD_OTHER)
FIRST, LAST = date(2025, 1, 1), date(2026, 10, 31)
NEUTRAL = (
    "reception_visits", "group_visits", "dialogues_held", "mobilisation_teams", "mobilisation_members",
    "mobilisation_models", "friendly_units",
)  # fmt: skip


def d(text: str) -> date:
    return date.fromisoformat(text)


def covered(*datasets: str, units: tuple[str, ...] = SENDERS) -> list[dict[str, Any]]:
    return [
        {"dataset": name, "unit_id": unit, "first_on": FIRST, "last_on": LAST, "load_no": 1}
        for name in datasets
        for unit in units
    ]


def asked(metric: str, period: str, unit: str = LAO_BAO, level: str = "commune", **tables: Any) -> Row:
    """Return the metric's row of one unit; every unit has sent both datasets unless `coverage` says otherwise."""
    tables.setdefault("coverage", covered("reception", "engagement"))
    (row,) = ask(Query((metric,), level, unit, period), OPERATOR, marts(**tables))
    return row


def day(received_on: str, unit_id: str = LAO_BAO, **given: Any) -> dict[str, Any]:
    return reception(received_on=d(received_on), unit_id=unit_id, **{"host": "regular", **given})


def week(monday: str, kept: bool, unit_id: str = LAO_BAO) -> dict[str, Any]:
    return reception_week(unit_id=unit_id, week_starts_on=d(monday), has_chair_reception=kept)


def event(kind: str, held_on: str, unit_id: str = LAO_BAO, **given: Any) -> dict[str, Any]:
    return engagement(unit_id=unit_id, kind=kind, held_on=d(held_on), **given)


def former(row: dict[str, Any], successor: str) -> dict[str, Any]:
    return {**row, "unit_ends_on": CHANGE, "successor_unit_id": successor}


# Reception ----------------------------------------------------------------------------------------------------------


def test_visits_of_the_period_are_added_up_over_days_and_hosts() -> None:
    rows = [
        day("2026-10-01", host="chair", n_visits=3),
        day("2026-10-31", n_visits=4),
        day("2026-10-15", host="delegate"),
        day("2026-09-30", n_visits=50),
        day("2026-10-15", DONG_HA, n_visits=7),
    ]
    assert asked("reception_visits", "2026-10", fct_reception=rows).value == 3 + 4 + 0
    assert asked("reception_visits", "2026-10", PROVINCE, "province", fct_reception=rows).value == 3 + 4 + 7


def test_visits_can_be_told_by_who_received_them() -> None:
    rows = [day("2026-10-01", host="chair", n_visits=3), day("2026-10-02", n_visits=4), day("2026-10-03", n_visits=1)]
    query = Query(("reception_visits",), "commune", LAO_BAO, "2026-10", by="host")
    found = {
        r.split_value: r.value for r in ask(query, OPERATOR, marts(fct_reception=rows, coverage=covered("reception")))
    }
    assert found == {"chair": 3, "regular": 4 + 1}


def test_a_day_that_gives_no_number_of_groups_adds_none_and_a_group_counts_each_time_it_comes() -> None:
    rows = [day("2026-10-01", n_groups=1), day("2026-10-08", n_groups=2), day("2026-10-09", n_groups=None)]
    assert asked("group_visits", "2026-10", fct_reception=rows).value == 1 + 2


def test_no_visit_in_a_month_that_was_sent_is_zero_and_a_month_that_was_not_sent_is_nothing() -> None:
    assert asked("reception_visits", "2026-10").value == 0
    silent = asked("reception_visits", "2026-10", coverage=covered("reception", units=(DONG_HA,)))
    assert (silent.value, silent.status) == (None, "not_sent")


def test_the_chairs_weeks_are_those_with_a_reception_of_the_weeks_on_record() -> None:
    weeks = [
        week("2026-09-28", True),  # its Monday lies in September
        week("2026-10-05", True),
        week("2026-10-12", False),
        week("2026-10-19", True),
        week("2026-10-26", True),
        week("2026-10-05", False, DONG_HA),
    ]
    row = asked("chair_reception_weeks_rate", "2026-10", fct_reception_week=weeks)
    assert (row.numerator, row.denominator, row.method) == (3, 4, "wilson")
    assert row.value == pytest.approx(3 / 4) and not row.is_small
    province = asked("chair_reception_weeks_rate", "2026-10", PROVINCE, "province", fct_reception_week=weeks)
    assert (province.numerator, province.denominator) == (3 + 0, 4 + 1)


def test_weeks_that_are_not_on_record_are_not_weeks_without_reception() -> None:
    row = asked("chair_reception_weeks_rate", "2026-10", fct_reception_week=[week("2026-10-05", True)])
    assert (row.numerator, row.denominator, row.value) == (1, 1, 1.0)
    assert row.is_small, "one week of a month is too few to judge"
    none = asked("chair_reception_weeks_rate", "2026-10")
    assert (none.value, none.numerator, none.denominator) == (None, 0, 0)


def test_reception_before_the_change_of_units_is_the_former_units_and_can_be_led_over() -> None:
    rows = [former(day("2025-06-10", OLD_WHOLE, n_visits=5), LAO_BAO), day("2025-07-10", n_visits=2)]
    assert asked("reception_visits", "2025-06", OLD_WHOLE, fct_reception=rows).value == 5
    query = Query(("reception_visits",), "province", PROVINCE, "2025", boundaries="today")
    (row,) = ask(query, OPERATOR, marts(fct_reception=rows, coverage=covered("reception")))
    assert row.value == 5 + 2


# Dialogue and oversight ---------------------------------------------------------------------------------------------


def test_dialogues_are_told_from_other_meetings() -> None:
    rows = [event("dialogue", "2026-10-01"), event("dialogue", "2026-10-31"), event("community_meeting", "2026-10-02")]
    assert asked("dialogues_held", "2026-10", fct_engagement=rows).value == 2


def test_answers_are_counted_among_questions_not_among_dialogues() -> None:
    rows = [
        event("dialogue", "2026-10-01", n_questions=10, n_answered=10),
        event("dialogue", "2026-10-02", n_questions=30, n_answered=12),
        event("dialogue", "2026-10-03", n_questions=8, n_answered=0),
    ]
    row = asked("dialogue_answered_rate", "2026-10", fct_engagement=rows)
    assert (row.numerator, row.denominator) == (10 + 12 + 0, 10 + 30 + 8)
    assert row.value == pytest.approx((10 + 12) / (10 + 30 + 8))


def test_a_dialogue_that_does_not_say_how_many_were_answered_or_says_too_many_does_not_count() -> None:
    rows = [
        event("dialogue", "2026-10-01", n_questions=10, n_answered=9),
        event("dialogue", "2026-10-02", n_questions=10),
        event("dialogue", "2026-10-03", n_answered=10),
        event("dialogue", "2026-10-04", n_questions=10, n_answered=11),
        event("dialogue", "2026-10-05", n_questions=0, n_answered=0),
        event("oversight", "2026-10-06", n_questions=10, n_answered=1),
    ]
    row = asked("dialogue_answered_rate", "2026-10", fct_engagement=rows)
    assert (row.numerator, row.denominator) == (9, 10)


def test_a_dialogue_is_judged_in_the_period_in_which_its_day_to_publish_lies() -> None:
    rows = [
        event("dialogue", "2026-10-01", publish_due_on=d("2026-10-11"), published_on=d("2026-10-11")),
        event("dialogue", "2026-09-25", publish_due_on=d("2026-10-05"), published_on=d("2026-10-06")),
        event("dialogue", "2026-10-02", publish_due_on=d("2026-10-12")),
        event("dialogue", "2026-10-25", publish_due_on=d("2026-11-04"), published_on=d("2026-10-26")),
        event("dialogue", "2025-06-20"),
    ]
    row = asked("dialogue_published_on_time_rate", "2026-10", fct_engagement=rows)
    assert (row.numerator, row.denominator) == (1, 3)


def test_a_day_to_publish_after_the_datas_day_is_not_judged_yet() -> None:
    rows = [
        event("dialogue", "2026-10-05", publish_due_on=d("2026-10-15"), published_on=d("2026-10-08")),
        event("dialogue", "2026-10-12", publish_due_on=d("2026-10-22")),
    ]
    row = asked("dialogue_published_on_time_rate", "2026-10", fct_engagement=rows, data_on=date(2026, 10, 20))
    assert (row.numerator, row.denominator) == (1, 1)


def test_a_file_without_a_column_for_it_says_nothing_of_publishing_or_replies() -> None:
    due = {"publish_due_on": d("2026-10-12")}
    rows = [
        event("dialogue", "2026-10-02", is_publication_recorded=False, **due),
        event("dialogue", "2026-10-02", published_on=d("2026-10-05"), **due),
        event("oversight", "2026-10-02", is_reply_recorded=False),
        event("oversight", "2026-10-02"),
    ]
    published = asked("dialogue_published_on_time_rate", "2026-10", fct_engagement=rows)
    replied = asked("oversight_replied_rate", "2026-10", fct_engagement=rows)
    assert (published.numerator, published.denominator) == (1, 1)
    assert (replied.numerator, replied.denominator) == (0, 1)


def test_oversight_counts_the_sessions_with_a_reply_on_record() -> None:
    rows = [
        event("oversight", "2026-10-01", replied_on=d("2026-11-20")),
        event("oversight", "2026-10-02"),
        event("inspection", "2026-10-03", replied_on=d("2026-10-04")),
        event("oversight", "2026-09-30", replied_on=d("2026-10-04")),
    ]
    row = asked("oversight_replied_rate", "2026-10", fct_engagement=rows)
    assert (row.numerator, row.denominator, row.is_small) == (1, 2, True)


# Mobilisation -------------------------------------------------------------------------------------------------------


def test_teams_and_their_members_are_those_at_work_on_the_last_day() -> None:
    rows = [
        event("team", "2025-08-01", n_members=6),
        event("team", "2026-10-31", n_members=7),
        event("team", "2026-01-01"),
        event("team", "2026-11-01", n_members=50),
        event("team", "2025-08-01", n_members=50, ended_on=d("2026-10-31")),
        event("team", "2025-08-01", n_members=5, ended_on=d("2026-11-01")),
        event("model", "2025-08-01", n_members=50),
    ]
    assert asked("mobilisation_teams", "2026-10", fct_engagement=rows).value == 4
    assert asked("mobilisation_members", "2026-10", fct_engagement=rows).value == 6 + 7 + 5
    assert asked("mobilisation_models", "2026-10", fct_engagement=rows).value == 1


def test_a_team_of_a_former_unit_is_its_successors_afterwards() -> None:
    rows = [former(event("team", "2025-03-01", OLD_WHOLE, n_members=9), LAO_BAO)]
    assert asked("mobilisation_teams", "2025-05", OLD_WHOLE, fct_engagement=rows).value == 1
    assert asked("mobilisation_teams", "2025-08", fct_engagement=rows).value == 1


def test_a_unit_with_two_friendly_models_is_one_unit() -> None:
    rows = [
        event("friendly_office", "2025-08-01"),
        event("friendly_office", "2026-02-01"),
        event("friendly_office", "2026-02-01", DONG_HA),
        event("friendly_office", "2026-02-01", DONG_HA, ended_on=d("2026-05-01")),
    ]
    assert asked("friendly_units", "2026-10", fct_engagement=rows).value == 1
    assert asked("friendly_units", "2026-10", PROVINCE, "province", fct_engagement=rows).value == len(
        {LAO_BAO, DONG_HA}
    )


def test_friendly_models_of_units_that_became_one_are_one_unit_since_and_two_before() -> None:
    units = {OLD_WHOLE: LAO_BAO, OLD_OTHER: DONG_HA, OLD_SPLIT: DONG_HA}
    rows = [former(event("friendly_office", "2025-02-01", old), new) for old, new in units.items()]
    rows.append(event("friendly_office", "2025-08-01", LAO_BAO))
    before = asked("friendly_units", "2025-05", OLD_PROVINCE, "province", fct_engagement=rows)
    since = asked("friendly_units", "2025-09", PROVINCE, "province", fct_engagement=rows)
    assert (before.value, since.value) == (len(units), len({LAO_BAO, DONG_HA}))
    assert asked("friendly_units", "2025-09", fct_engagement=rows).value == 1


# What they may say --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", NEUTRAL)
def test_counts_of_visits_people_teams_and_models_are_neutral(name: str) -> None:
    metric = catalogue.metric(name)
    assert (metric.direction, metric.interval) == ("neutral", "none")


def test_a_unit_account_sees_its_own_and_the_provinces_figures_and_not_another_units() -> None:
    rows = [day("2026-10-01", n_visits=3), day("2026-10-01", DONG_HA, n_visits=4)]
    snapshot = marts(fct_reception=rows, coverage=covered("reception"))
    own = Viewer("unit", frozenset({LAO_BAO}))
    shown = {r.unit_id: r.value for r in ask(Query(("reception_visits",), "commune", None, "2026-10"), own, snapshot)}
    assert shown == {LAO_BAO: 3, DONG_HA: None}


def test_the_rows_behind_a_number_add_up_to_it() -> None:
    rows = [day("2026-10-01", n_visits=3), day("2026-10-02", n_visits=4), day("2026-09-02", n_visits=9)]
    found = cases(
        Query(("reception_visits",), "commune", LAO_BAO, "2026-10"), "numerator", OPERATOR,
        marts(fct_reception=rows, coverage=covered("reception")),
    )  # fmt: skip
    assert sum(r["n_visits"] for r in found.rows) == 3 + 4


@pytest.mark.parametrize("unit", [UNALLOCATED])
def test_a_friendly_model_of_a_unit_that_was_parted_stays_on_the_line_that_nobody_answers_for(unit: str) -> None:
    rows = [former(event("friendly_office", "2025-02-01", OLD_SPLIT), unit)]
    assert asked("friendly_units", "2025-09", LAO_BAO, fct_engagement=rows).value == 0
    assert asked("friendly_units", "2025-09", PROVINCE, "province", fct_engagement=rows).value == 1

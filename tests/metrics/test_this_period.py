"""What a month comes to: signals, target, tier, what is past its time; lateness by field and step. Drawn here."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from metrics.analysis import standing, this_period, trend
from metrics.answer import Row
from metrics.model import Query
from metrics.viewer import PROVINCE, Viewer
from tests.metrics import marts as m

OCTOBER = Query(("on_time_rate",), level="commune", unit=m.LAO_BAO, period="2026-10")
BARE = trend.ControlChart("on_time_rate", "commune", m.LAO_BAO, "Xã Lao Bảo", "calendar", "share")


def row(metric: str, **given: Any) -> Row:
    values = {"numerator": None, "denominator": None, "value": None, "lower": None, "upper": None, "status": "ok",
              "is_shown": True, **given}  # fmt: skip
    return Row(
        metric, "commune", m.LAO_BAO, "19432", "Xã Lao Bảo", date(2026, 10, 1), date(2026, 10, 31),
        values["numerator"], values["denominator"], values["value"], values["lower"], values["upper"], "wilson",
        values["is_shown"], "", "s", None, None, "calendar", values["status"], is_small=values.get("is_small", False),
    )  # fmt: skip


def codes(chart: trend.ControlChart = BARE, own: Any = None, *rows: Row) -> list[tuple[str, str]]:
    found = this_period.findings(chart, "2026-10", own, {r.metric: r for r in rows})
    return [(f.code, f.word) for f in found]


@pytest.mark.parametrize(
    ("value", "lower", "upper", "found"),
    [
        (0.96, 0.93, 0.98, ("target_met", "fine")),
        (0.95, 0.92, 0.97, ("target_met", "fine")),  # the target itself is met
        (0.94, 0.91, 0.96, ("target_near", "plain")),  # chance explains what is missing
        (0.90, 0.86, 0.93, ("target_missed", "watch")),
    ],
)
def test_a_target_is_missed_only_where_the_interval_leaves_it_out(
    value: float, lower: float, upper: float, found: tuple[str, str]
) -> None:
    chart = replace(BARE, target=0.95)
    assert codes(chart, None, row("on_time_rate", value=value, lower=lower, upper=upper)) == [found]


def test_a_small_or_provisional_figure_is_not_held_against_the_target() -> None:
    chart = replace(BARE, target=0.95)
    figure = {"value": 0.5, "lower": 0.2, "upper": 0.8}
    assert codes(chart, None, row("on_time_rate", is_small=True, **figure)) == []
    assert codes(chart, None, row("on_time_rate", status="provisional", **figure)) == []


@pytest.mark.parametrize(("variation", "word"), [("concern", "watch"), ("improvement", "fine")])
def test_a_signal_counts_only_in_the_month_it_was_seen(variation: Any, word: str) -> None:
    point = trend.Point("2026-10", date(2026, 10, 1), date(2026, 10, 31), 0.8)
    chart = replace(BARE, points=(point,), latest=0, variation=variation)
    assert codes(chart) == [(variation, word)]
    assert codes(replace(chart, points=(replace(point, token="2026-09"),))) == []
    assert codes(replace(chart, variation="ordinary")) == []  # the noise is neither good nor bad


def test_what_is_past_its_time_calls_for_attention_and_none_of_it_is_fine() -> None:
    assert codes(BARE, None, row("pending_overdue", value=3)) == [("overdue", "watch")]
    assert codes(BARE, None, row("pending_overdue", value=0)) == [("overdue_none", "fine")]
    assert codes(BARE, None, row("pending_overdue", status="not_sent")) == []  # not sent is not none
    assert codes(BARE, None, row("complaint_backlog_overdue", value=0, is_shown=False, status="hidden")) == []


def test_a_week_not_on_record_is_not_a_week_not_kept() -> None:
    assert codes(BARE, None, row("chair_reception_weeks_rate", numerator=2, denominator=4)) == [("missing", "plain")]
    unpublished = row("dialogue_published_on_time_rate", numerator=0, denominator=1)
    assert codes(BARE, None, unpublished) == [("missing", "plain")]
    assert codes(BARE, None, row("feedback_on_time_rate", numerator=2, denominator=4)) == [("missing", "watch")]
    assert codes(BARE, None, row("feedback_on_time_rate", numerator=4, denominator=4)) == [("missing_none", "fine")]
    unfinished = row("feedback_satisfied_rate", numerator=4, denominator=4, status="provisional")
    assert codes(BARE, None, unfinished) == []  # it may still turn out otherwise


@pytest.mark.parametrize(("tier", "word"), [("top", "fine"), ("middle", "plain"), ("bottom", "watch")])
def test_a_tier_is_said_with_its_rank_interval(tier: Any, word: str) -> None:
    own = standing.UnitStanding(m.LAO_BAO, "19432", "Xã Lao Bảo", 36, 40, 0.9, 0.8, 0.95, "ok", tier=tier, rank_low=3,
                                rank_high=9)  # fmt: skip
    (found,) = this_period.findings(BARE, "2026-10", own, {})
    assert (found.code, found.word, found.n, found.of) == (f"tier_{tier}", word, 3, 9)


def test_what_calls_for_attention_comes_first() -> None:
    found = codes(
        replace(BARE, target=0.9),
        None,
        row("on_time_rate", value=0.95, lower=0.9, upper=0.99),
        row("pending_overdue", value=2),
        row("chair_reception_weeks_rate", numerator=1, denominator=4),
    )
    assert [word for _, word in found] == ["watch", "fine", "plain"]


# What carries the lateness --------------------------------------------------------------------------------------------


def settled(n: int, late: int, **given: Any) -> list[dict[str, Any]]:
    due = date(2026, 10, 12)
    return [
        m.case(due_on=due, completed_on=date(2026, 10, 20) if i < late else date(2026, 10, 9), **given)
        for i in range(n)
    ]


def test_the_field_with_most_late_cases_comes_first_and_the_parts_add_up() -> None:
    cases = settled(10, 1, field_name="Hộ tịch") + settled(5, 3, field_name="Đất đai") + settled(2, 0, field_name=None)
    world = m.marts(cases + settled(9, 9, field_name="Đất đai", unit_id=m.DONG_HA), name="fields")
    found = this_period.fields(OCTOBER, PROVINCE, world)
    assert [(c.name, c.late, c.settled) for c in found] == [("Đất đai", 3, 5), ("Hộ tịch", 1, 10), ("", 0, 2)]


def stepped(name: str) -> m.Marts:
    """Return two late cases that stood ten days at the signature, three others that stood there two days."""
    cases = settled(5, 2)
    steps = []
    for i, one in enumerate(cases):
        start = one["received_on"]
        held = date(2026, 10, 19) if i < 2 else date(2026, 10, 7)
        steps.append(m.case_step(case_id=one["case_id"], step_name="Tiếp nhận", started_on=start, ended_on=start))
        steps.append(m.case_step(case_id=one["case_id"], step_name="Trình ký", started_on=start, ended_on=held))
    other = m.case(unit_id=m.DONG_HA, due_on=date(2026, 10, 12), completed_on=date(2026, 10, 30))
    steps.append(m.case_step(case_id=other["case_id"], unit_id=m.DONG_HA, step_name="Trình ký",
                             ended_on=date(2026, 10, 30)))  # fmt: skip
    return m.marts([*cases, other], name=name, fct_case_step=steps)


def test_the_step_that_late_cases_stayed_longer_in_comes_first() -> None:
    found = this_period.steps(OCTOBER, PROVINCE, stepped("steps"))
    first, second = found.steps
    assert (first.name, first.n_late, first.n_in_time, first.days_late, first.days_in_time) == ("Trình ký", 2, 3, 10, 2)
    assert (second.name, second.more) == ("Tiếp nhận", 0)
    assert found.n_cases == 5  # none of the other commune's


def test_the_steps_of_another_unit_are_not_shown_to_a_unit_account() -> None:
    world = stepped("hidden")
    assert this_period.steps(OCTOBER, Viewer("unit", frozenset({m.LAO_BAO})), world).steps
    found = this_period.steps(OCTOBER, Viewer("unit", frozenset({m.DONG_HA})), world)
    assert found.steps == () and found.why_not is not None


def test_without_a_file_of_steps_there_are_none() -> None:
    assert this_period.steps(OCTOBER, PROVINCE, m.marts(settled(3, 1), name="none")) == this_period.Steps()

"""A recent month whose cases are still open says so: what is not finished may turn out one way or the other."""

from __future__ import annotations

from datetime import date

import pytest
from marts import LAO_BAO, case, complaint, marts

from metrics import catalogue, sums
from metrics.answer import Row, ask
from metrics.model import Query
from metrics.viewer import PROVINCE as OPERATOR


def asked(n_open: int, n_ended: int, use_sums: bool) -> Row:
    """Return the supplement rate of October 2026 with so many cases open and ended at the end of the month."""
    ended = [case(completed_on=date(2026, 10, 20), n_supplements=1, status="completed") for _ in range(n_ended)]
    snapshot = marts([*ended, *(case(n_supplements=0) for _ in range(n_open))], data_on=date(2026, 10, 31))
    sums.build(snapshot.con)
    (row,) = ask(Query(("supplement_rate",), "commune", LAO_BAO, "2026-10"), OPERATOR, snapshot, use_sums=use_sums)
    return row


@pytest.mark.parametrize("use_sums", [True, False])
def test_a_month_with_a_material_share_of_open_cases_is_provisional_and_tells_how_many(use_sums: bool) -> None:
    row = asked(3, 17, use_sums)
    assert (row.status, row.numerator, row.denominator) == ("provisional", 17, 20)
    assert "3/20 chưa kết thúc" in row.note


@pytest.mark.parametrize("use_sums", [True, False])
def test_a_few_open_cases_leave_the_figure_as_it_is(use_sums: bool) -> None:
    assert asked(2, 18, use_sums).status == "ok"


def test_a_rate_of_what_was_settled_has_nothing_unfinished() -> None:
    by_end = [m for m in catalogue.metrics().values() if m.period_on in ("completed_on", "settled_on")]
    assert by_end and not [m.name for m in by_end if m.unfinished]


def test_feedback_that_waits_for_an_answer_keeps_its_month_provisional() -> None:
    open_, answered = complaint(kind="feedback"), complaint(kind="feedback", settled_on=date(2026, 10, 9))
    snapshot = marts(complaints=[open_, answered])
    (row,) = ask(Query(("feedback_satisfied_rate",), "commune", LAO_BAO, "2026-10"), OPERATOR, snapshot)
    assert (row.status, row.value) == ("provisional", 1.0)

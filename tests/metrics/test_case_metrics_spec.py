"""Form II.06a, row by row of the contract: small drawn tables, expectations a reader can check by eye."""

# ruff: noqa: E501
from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from marts import (
    AGENCY,
    DONG_HA,
    LAO_BAO,
    OLD_DISTRICT,
    OLD_OTHER,
    OLD_PROVINCE,
    OLD_SPLIT,
    OLD_WHOLE,
    PROVINCE,
    UNALLOCATED,
    case,
    marts,
)  # fmt: skip

from metrics.answer import ask, cases
from metrics.model import Query
from metrics.viewer import PROVINCE as OPERATOR

COUNTS = (
    "received", "received_in_period", "received_online", "received_counter_post", "carried_in", "settled", "settled_early",
    "settled_on_time", "settled_late", "pending", "pending_in_time", "pending_overdue",
)  # fmt: skip


def d(text: str) -> date:
    """Return a day of October 2026 ("05") or any day ("2026-09-30")."""
    return date.fromisoformat(text if len(text) > 2 else f"2026-10-{text}")


def counts(**given: Any) -> set[str]:
    """Return the counts of October 2026 in Lao Bảo to which one case adds one."""
    table = ask(Query(COUNTS, "commune", LAO_BAO, "2026-10"), OPERATOR, marts([case(**given)], data_on=d("2026-11-15")))
    return {row.metric for row in table if row.numerator == 1}


NEW = {"received", "received_in_period", "received_counter_post"}
OLD = {"received", "carried_in"}


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"status": "not_accepted"}, set()),
        ({"received_on": d("2026-09-30")}, OLD | {"pending", "pending_in_time"}),
        ({"received_on": d("2026-09-30"), "completed_on": d("2026-09-30")}, set()),
        ({"received_on": d("2026-09-30"), "completed_on": d("01")}, OLD | {"settled", "settled_on_time"}),
        ({"received_on": d("01")}, NEW | {"pending", "pending_in_time"}),
        ({"received_on": d("31")}, NEW | {"pending", "pending_in_time"}),
        (
            {"channel": "online_full"},
            {"received", "received_in_period", "received_online", "pending", "pending_in_time"},
        ),
        (
            {"channel": "online_partial"},
            {"received", "received_in_period", "received_online", "pending", "pending_in_time"},
        ),
        ({"channel": "post"}, NEW | {"pending", "pending_in_time"}),
        ({"completed_on": d("07"), "due_on": d("08")}, NEW | {"settled", "settled_early"}),
        ({"completed_on": d("08"), "due_on": d("08")}, NEW | {"settled", "settled_on_time"}),
        ({"completed_on": d("09"), "due_on": d("08")}, NEW | {"settled", "settled_late"}),
        ({"completed_on": d("09")}, NEW | {"settled", "settled_on_time"}),
        ({"completed_on": d("09"), "due_on": d("08"), "status": "returned"}, NEW | {"settled", "settled_on_time"}),
        ({"completed_on": d("09"), "due_on": d("08"), "status": "withdrawn"}, NEW | {"settled", "settled_on_time"}),
        ({"completed_on": d("09"), "due_on": d("08"), "status": "refused"}, NEW | {"settled", "settled_on_time"}),
        # The last day belongs to the period: who ends on it is settled, who ends on the next is pending.
        ({"completed_on": d("31")}, NEW | {"settled", "settled_on_time"}),
        ({"completed_on": d("2026-11-01")}, NEW | {"pending", "pending_in_time"}),
        ({"received_on": d("2026-11-01")}, set()),
        # An ended status without an end date is pending.
        ({"status": "completed", "due_on": d("30")}, NEW | {"pending", "pending_overdue"}),
        ({"due_on": d("31")}, NEW | {"pending", "pending_in_time"}),
        ({"due_on": d("30")}, NEW | {"pending", "pending_overdue"}),
        ({"due_on": d("30"), "supplement_requested_on": d("31")}, NEW | {"pending", "pending_in_time"}),
        (
            {"due_on": d("20"), "supplement_requested_on": d("10"), "supplement_received_on": d("12")},
            NEW | {"pending", "pending_overdue"},
        ),
        ({"due_on": d("20"), "status": "suspended"}, NEW | {"pending", "pending_in_time"}),
        ({"due_on": d("20"), "status": "awaiting_payment"}, NEW | {"pending", "pending_in_time"}),
        ({"due_on": d("20"), "status": "awaiting_supplement"}, NEW | {"pending", "pending_in_time"}),
    ],
)
def test_a_case_counts_as_the_contract_says(given: dict[str, Any], expected: set[str]) -> None:
    assert counts(**given) == expected


def test_a_case_handed_over_later_is_settled_on_its_end_date() -> None:
    assert "settled" in counts(received_on=d("2026-09-01"), completed_on=d("01"), handed_over_on=d("2026-11-02"))


def test_stocks_do_not_add_over_periods_but_flows_do() -> None:
    snapshot = marts([case(received_on=d("2026-08-03"))])
    months = ask(
        Query(("carried_in", "received_in_period"), "commune", LAO_BAO, "2026-08", "2026-10"), OPERATOR, snapshot
    )
    assert [r.value for r in months if r.metric == "carried_in"] == [0, 1, 1]
    assert [r.value for r in months if r.metric == "received_in_period"] == [1, 0, 0]


def test_a_period_that_is_not_over_is_read_on_the_datas_day() -> None:
    snapshot = marts([case(due_on=d("20"))], data_on=d("15"))
    (row,) = ask(Query(("pending_overdue",), "commune", LAO_BAO, "2026-10"), OPERATOR, snapshot)
    assert (row.value, row.status) == (0, "provisional")
    assert row.note == "Tạm tính đến hết 15/10/2026"


def test_a_period_after_the_data_has_no_figure() -> None:
    (row,) = ask(Query(("received",), "commune", LAO_BAO, "2026-11"), OPERATOR, marts([case()]))
    assert (row.value, row.numerator, row.status) == (None, None, "not_available")


def test_a_quiet_unit_is_zero_and_a_silent_one_is_nothing() -> None:
    snapshot = marts([case()], covered=[LAO_BAO])
    table = ask(Query(("settled",), "commune", period="2026-10"), OPERATOR, snapshot)
    assert {r.unit_id: (r.value, r.status) for r in table} == {LAO_BAO: (0, "ok"), DONG_HA: (None, "not_sent")}


def silent_since_july(**given: Any) -> Any:
    """Return a snapshot in which Lao Bảo sent until 31/07/2026 and left a case open; Đông Hà sends to this day."""
    covered = [
        {"dataset": "case", "unit_id": unit, "first_on": d("2025-01-01"), "last_on": last, "load_no": 1}
        for unit, last in ((LAO_BAO, d("2026-07-31")), (DONG_HA, d("31")))
    ]
    return marts([case(received_on=d("2026-07-10"), due_on=d("2026-07-20"), **given)], coverage=covered)


@pytest.mark.parametrize(
    "metric", ["received", "carried_in", "pending", "pending_in_time", "pending_overdue", "pending_overdue_rate"]
)
def test_what_a_silent_unit_left_open_is_no_figure_of_later_periods(metric: str) -> None:
    snapshot = silent_since_july()
    query = Query((metric,), "commune", LAO_BAO, "2026-08")
    (row,) = ask(query, OPERATOR, snapshot)
    # No value; the parts stay, because the case left open can still be listed.
    assert (row.value, row.status) == (None, "not_sent")
    (sent,) = ask(query.at(period="2026-07"), OPERATOR, snapshot)
    assert sent.status == "ok"


def test_a_province_keeps_what_its_silent_commune_left_open_and_says_provisional() -> None:
    (row,) = ask(Query(("pending",), "province", period="2026-08"), OPERATOR, silent_since_july())
    assert (row.value, row.status) == (1, "provisional")
    assert row.note_in("en") == "Provisional: 1 of 2 communes have not sent all their data"


def test_a_province_with_a_silent_commune_is_provisional() -> None:
    (row,) = ask(Query(("received",), "province", period="2026-10"), OPERATOR, marts([case()], covered=[LAO_BAO]))
    assert (row.value, row.status) == (1, "provisional")
    assert row.note_in("en") == "Provisional: 1 of 2 communes have not sent all their data"


def test_a_rate_of_nothing_has_no_value_and_a_rate_of_few_is_marked() -> None:
    table = ask(Query(("on_time_rate",), "commune", period="2026-10"), OPERATOR, marts([case(completed_on=d("07"))]))
    dong_ha, lao_bao = table.rows
    assert (dong_ha.value, dong_ha.denominator, dong_ha.status) == (None, 0, "no_denominator")
    assert (lao_bao.value, lao_bao.denominator, lao_bao.is_shown, lao_bao.is_small) == (1.0, 1, True, True)
    assert lao_bao.note == "Ít hồ sơ (1), không đánh giá"


def test_a_commune_answers_for_what_it_settles_and_lists_apart_what_it_received_for_others() -> None:
    snapshot = marts([case(unit_id=AGENCY, receiving_unit_id=LAO_BAO, completed_on=d("30"), due_on=d("10"))])
    table = ask(Query(("settled_late", "received_for_others"), "commune", LAO_BAO, "2026-10"), OPERATOR, snapshot)
    assert [r.value for r in table] == [0, 1]
    (late,) = ask(Query(("settled_late",), "agency", AGENCY, "2026-10"), OPERATOR, snapshot)
    assert late.value == 1


def test_open_cases_cross_the_change_of_units_to_the_successor_or_to_the_unallocated_line() -> None:
    rows = [case(unit_id=u, received_on=date(2025, 6, 10)) for u in (OLD_WHOLE, OLD_SPLIT, OLD_OTHER)]
    snapshot = marts(rows)
    query = Query(("pending",), "commune", period="2025-07")
    assert {r.unit_id: r.value for r in ask(query, OPERATOR, snapshot)} == {LAO_BAO: 1, DONG_HA: 1}
    (unplaced,) = ask(query.at(level="agency", unit=UNALLOCATED), OPERATOR, snapshot)
    assert unplaced.value == 1
    (province,) = ask(query.at(level="province"), OPERATOR, snapshot)
    assert province.value == 1 + 1 + 1


def test_a_period_with_the_change_is_answered_per_side_or_on_todays_boundaries_as_one() -> None:
    rows = [
        case(unit_id=OLD_WHOLE, received_on=date(2025, 6, 10)),
        case(unit_id=LAO_BAO, received_on=date(2025, 7, 10)),
    ]
    query = Query(("received_in_period",), "province", period="2025")
    sides = ask(query, OPERATOR, marts(rows))
    assert [(r.unit_id, str(r.period_start), str(r.period_end), r.value) for r in sides] == [
        (OLD_PROVINCE, "2025-01-01", "2025-06-30", 1),
        (PROVINCE, "2025-07-01", "2025-12-31", 1),
    ]
    (one,) = ask(query.at(boundaries="today"), OPERATOR, marts(rows))
    assert (one.unit_id, one.value) == (PROVINCE, 2)


def test_a_district_is_a_level_before_the_change_and_an_area_after_it() -> None:
    rows = [
        case(unit_id=OLD_WHOLE, received_on=date(2025, 6, 10)),
        case(unit_id=OLD_DISTRICT, received_on=date(2025, 6, 11)),
        case(unit_id=LAO_BAO, received_on=date(2025, 7, 10)),
        case(unit_id=DONG_HA, received_on=date(2025, 7, 10)),
    ]
    sides = ask(Query(("received_in_period",), "district", OLD_DISTRICT, "2025-Q2", "2025-Q3"), OPERATOR, marts(rows))
    assert [r.value for r in sides] == [1 + 1, 1]


def test_a_split_adds_up_to_the_whole_and_its_list_to_its_number() -> None:
    rows = [case(field_name="Đất đai"), case(field_name="Đất đai"), case(field_name=None)]
    query = Query(("received",), "commune", LAO_BAO, "2026-10", by="field_name")
    snapshot = marts(rows)
    table = ask(query, OPERATOR, snapshot)
    assert {r.split_value: r.value for r in table} == {"Đất đai": 2, "": 1}
    for row in table:
        listed = cases(query.at(split_value=row.split_value), "numerator", OPERATOR, snapshot)
        assert len(listed) == row.value


def test_a_split_that_a_metric_does_not_have_is_refused_with_the_reason() -> None:
    (row,) = ask(Query(("online_rate",), "commune", LAO_BAO, "2026-10", by="channel"), OPERATOR, marts([case()]))
    assert (row.is_shown, row.status, row.value) == (False, "not_available", None)

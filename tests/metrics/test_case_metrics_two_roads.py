"""Each number by two roads, and as many rows behind it as it says."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
import reference
import reference_rules
from draw import DATA_ON, cases, letters, periods
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
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
    Marts,
    case,
    marts,
)  # fmt: skip

from metrics import answer, sums
from metrics.model import Query
from metrics.viewer import PROVINCE as OPERATOR

SHARES = (*reference_rules.SHARES, *reference_rules.COUNTS)
METRICS = (*reference.COUNTS, *reference.RATES, *reference.QUANTILES, *reference.MEANS, *SHARES)
LEAVES = {
    PROVINCE: (LAO_BAO, DONG_HA, AGENCY, UNALLOCATED),
    OLD_PROVINCE: (OLD_WHOLE, OLD_SPLIT, OLD_OTHER, OLD_PROVINCE),
    LAO_BAO: (LAO_BAO,),
    DONG_HA: (DONG_HA,),
    OLD_WHOLE: (OLD_WHOLE,),
    OLD_SPLIT: (OLD_SPLIT,),
    OLD_OTHER: (OLD_OTHER,),
    AGENCY: (AGENCY,),
    UNALLOCATED: (UNALLOCATED,),
}
many = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def leaves(row: answer.Row) -> tuple[str, ...]:
    """Return the settling units of an answer row in the little world."""
    if row.unit_id == OLD_DISTRICT:  # the district, and its area since 01/07/2025
        return (OLD_WHOLE, OLD_SPLIT, OLD_OTHER) if row.period_start.isoformat() < "2025-07-01" else (LAO_BAO,)
    if row.unit_id == "cluster-1":
        return (LAO_BAO, DONG_HA)
    return LEAVES[row.unit_id]


def same(row: answer.Row, rows: list[dict[str, Any]]) -> None:
    expected = reference.figures(rows, leaves(row), row.period_start, row.period_end)[row.metric]
    found = (row.numerator, row.denominator, row.value)
    assert found == (expected[0], expected[1], pytest.approx(expected[2]) if expected[2] is not None else None), row


@many
@given(rows=cases, period=periods, level=st.sampled_from(["province", "district", "commune", "agency", "cluster"]))
def test_compiled_sql_agrees_with_the_row_by_row_reference(
    rows: list[dict[str, Any]], period: tuple[Any, str], level: str
) -> None:
    query = Query(METRICS, level=level, calendar=period[0], period=period[1])
    table = answer.ask(query, OPERATOR, marts(rows, data_on=DATA_ON))
    assert {r.metric for r in table} == set(METRICS) or level in ("cluster", "agency")
    for row in table:
        if row.status in ("ok", "no_denominator"):
            same(row, rows)


@many
@given(
    rows=cases,
    period=periods,
    level=st.sampled_from(["province", "district", "commune"]),
    boundaries=st.sampled_from(["dated", "today"]),
    by=st.sampled_from([None, "field_name", "channel"]),
)
def test_the_sums_give_the_answers_of_the_marts(
    rows: list[dict[str, Any]], period: tuple[Any, str], level: str, boundaries: Any, by: str | None
) -> None:
    snapshot = marts(rows, data_on=DATA_ON)
    sums.build(snapshot.con)
    metrics = (*METRICS, "received_for_others")
    query = Query(metrics, level=level, calendar=period[0], period=period[1], boundaries=boundaries, by=by)
    stored = answer.ask(query, OPERATOR, snapshot)
    assert stored.rows == answer.ask(query, OPERATOR, snapshot, use_sums=False).rows
    # Promised days go on past the data's day: only what is promised in its half-month is asked of the cases.
    assert by or not [sql for sql in stored.statements if "fct_case" in sql and "promised_on" not in sql]


LETTER_METRICS = (
    "complaints_received", "petitions_received", "feedback_received", "complaint_backlog", "complaint_on_time_rate",
)  # fmt: skip


@many
@given(
    rows=letters,
    period=periods,
    level=st.sampled_from(["province", "district", "commune"]),
    boundaries=st.sampled_from(["dated", "today"]),
    by=st.sampled_from([None, "field_name"]),
)
def test_the_sums_of_letters_give_the_answers_of_the_marts(
    rows: list[dict[str, Any]], period: tuple[Any, str], level: str, boundaries: Any, by: str | None
) -> None:
    snapshot = marts(complaints=rows, data_on=DATA_ON)
    sums.build(snapshot.con)
    query = Query(LETTER_METRICS, level=level, calendar=period[0], period=period[1], boundaries=boundaries, by=by)
    stored = answer.ask(query, OPERATOR, snapshot)
    assert stored.rows == answer.ask(query, OPERATOR, snapshot, use_sums=False).rows
    assert not [sql for sql in stored.statements if "fct_complaint" in sql]


@many
@given(
    rows=cases,
    unit=st.sampled_from(
        [("province", PROVINCE), ("district", OLD_DISTRICT), ("commune", LAO_BAO), ("cluster", "cluster-1")]
    ),
    span=st.sampled_from([("2025-05", "2025-10"), ("2025-Q1", "2025-Q4"), ("2025-05-YTD", "2025-09-YTD")]),
    by=st.sampled_from([None, "field_name"]),
)
def test_one_unit_over_many_periods_is_the_same_by_either_road(
    rows: list[dict[str, Any]], unit: tuple[str, str], span: tuple[str, str], by: str | None
) -> None:
    snapshot = marts(rows, data_on=DATA_ON)
    sums.build(snapshot.con)
    query = Query((*METRICS, "received_for_others"), unit[0], unit[1], span[0], span[1], by=by)
    stored = answer.ask(query, OPERATOR, snapshot)
    assert stored.rows == answer.ask(query, OPERATOR, snapshot, use_sums=False).rows


def test_a_fact_after_the_datas_day_sends_the_question_to_the_marts() -> None:
    late = case(received_on=date(2026, 10, 25))
    snapshot = marts([case(received_on=date(2026, 10, 20)), late], data_on=date(2026, 10, 22))
    sums.build(snapshot.con)
    query = Query(("received_in_period",), "commune", LAO_BAO, "2026-10")
    table = answer.ask(query, OPERATOR, snapshot)
    assert [row.value for row in table] == [1]
    assert "fct_case" in table.statements[0]


def test_a_day_promised_after_the_datas_day_is_not_counted_before_it_comes() -> None:
    promised = [case(due_on=date(2026, 10, day)) for day in (19, 21, 28)]
    snapshot = marts(promised, data_on=date(2026, 10, 22))
    sums.build(snapshot.con)
    query = Query(("apology_rate", "received_in_period"), "commune", LAO_BAO, "2026-10")
    stored = answer.ask(query, OPERATOR, snapshot)
    assert [row.denominator for row in stored] == [2, 3]
    assert stored.rows == answer.ask(query, OPERATOR, snapshot, use_sums=False).rows


@many
@given(
    rows=cases,
    period=periods,
    metric=st.sampled_from(METRICS),
    unit=st.sampled_from([None, LAO_BAO, OLD_SPLIT]),
    part=st.sampled_from(["numerator", "denominator"]),
    boundaries=st.sampled_from(["dated", "today"]),
)
def test_as_many_cases_are_listed_as_the_number_says(
    rows: list[dict[str, Any]], period: tuple[Any, str], metric: str, unit: str | None, part: Any, boundaries: Any
) -> None:
    snapshot = marts(rows, data_on=DATA_ON)
    query = Query((metric,), "commune", unit, calendar=period[0], period=period[1], boundaries=boundaries)
    table = answer.ask(query, OPERATOR, snapshot)
    listed = answer.cases(query, part, OPERATOR, snapshot)
    # Of a mean the numerator is a sum of days: its cases are those it is the mean of.
    number = sum(getattr(row, "denominator" if metric in reference.MEANS else part) or 0 for row in table)
    assert len(listed) == number
    keys = [(r["case_code"], r["answering_unit_id"]) for r in listed.rows]
    if len({(r.period_start) for r in table}) == 1:
        assert len(set(keys)) == len(keys)


@many
@given(rows=cases, period=periods, level=st.sampled_from(["province", "commune", "agency"]))
def test_the_identities_of_form_II06a_hold_for_every_unit(
    rows: list[dict[str, Any]], period: tuple[Any, str], level: str
) -> None:
    query = Query(reference.COUNTS, level=level, calendar=period[0], period=period[1])
    table = answer.ask(query, OPERATOR, marts(rows, data_on=DATA_ON))
    by_unit: dict[tuple[str, Any], dict[str, Any]] = {}
    for row in table:
        by_unit.setdefault((row.unit_id, row.period_start), {})[row.metric] = row.numerator or 0
    for n in by_unit.values():
        assert n["received"] == n["received_online"] + n["received_counter_post"] + n["carried_in"]
        assert n["received"] == n["settled"] + n["pending"]
        assert n["settled"] == n["settled_early"] + n["settled_on_time"] + n["settled_late"]
        assert n["pending"] == n["pending_in_time"] + n["pending_overdue"]


@many
@given(before=cases, after=cases, changed=st.integers(0, 5))
def test_adding_a_load_to_the_sums_gives_what_a_full_build_gives(
    before: list[dict[str, Any]], after: list[dict[str, Any]], changed: int
) -> None:
    gone = before[:changed]
    newer = [
        case(**{**row, "completed_on": None, "status": "processing", "settled_class": None, "load_no": 2})
        for row in gone
    ]
    added = marts(before, data_on=date(2025, 9, 30))
    sums.build(added.con)
    fresh = marts([*before[changed:], *newer, *after], data_on=DATA_ON)
    added.con.execute("DROP TABLE fct_case")
    move(fresh, added, "fct_case")
    added.con.execute(f"UPDATE snapshot_info SET value = '{DATA_ON}' WHERE key = 'data_on'")
    changes = marts([*gone, *newer, *after])
    changes.con.execute("ALTER TABLE fct_case RENAME TO fct_case_change")
    changes.con.execute("ALTER TABLE fct_case_change ADD COLUMN sign INTEGER")
    # An old state and its newer one share the id here: the old one is told by its load.
    old = [row["source_row"] for row in gone]
    changes.con.execute(
        "UPDATE fct_case_change SET sign ="
        " CASE WHEN load_no = 1 AND source_row IN (SELECT unnest($1)) THEN -1 ELSE 1 END",
        [old],
    )
    move(changes, added, "fct_case_change")
    sums.build(added.con, changes="fct_case_change")
    sums.build(fresh.con)
    for table in (*sums.NAMES, "sum_column", "sum_read_day", "sum_scope"):
        assert content(added, table) == content(fresh, table), table


def move(source: Marts, target: Marts, table: str) -> None:
    target.con.register("moved", source.con.sql(f"SELECT * FROM {table}").to_arrow_table())
    target.con.execute(f"CREATE TABLE {table} AS SELECT * FROM moved")
    target.con.unregister("moved")


def content(snapshot: Marts, table: str) -> list[Any]:
    return sorted(snapshot.con.execute(f"SELECT * FROM {table}").fetchall(), key=repr)

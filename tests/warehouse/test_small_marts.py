"""Reception, engagement, queue tickets, published scores, form II.06a as a table, steps: what the marts say of them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from loads import build, rows_of, small_dir, write_load

from etl.checks import CHECKS

NEW, OTHER = "19432-20250701", "19333-20250701"
OLD = "19432-20200101"  # thị trấn Lao Bảo, whole
KEPT, STEPS = CHECKS / "small_rows_kept.sql", CHECKS / "steps_have_their_case.sql"
ONLY_OLD, ONLY_NEW = "00859-20200101", "00859-20250701"  # one body, one whole predecessor


def fact(data: Any, table: str, columns: str = "*", order: str = "1") -> list[tuple[Any, ...]]:
    return rows_of(build(data), f"SELECT {columns} FROM {table} ORDER BY {order}")


# Which row counts ---------------------------------------------------------------------------------------------------


def test_a_newer_file_replaces_what_an_older_one_said_of_a_reception_day_and_adds_the_rest(tmp_path: Path) -> None:
    data = small_dir(tmp_path)
    monday, tuesday = {"received_on": "2026-09-07", "host": "chair"}, {"received_on": "2026-09-08", "host": "chair"}
    write_load(data, [{**monday, "n_visits": 1}, {**tuesday, "n_visits": 2}], "reception", "2026-09-30")
    write_load(
        data, [{**monday, "n_visits": 5}, {**monday, "host": "regular", "n_visits": 9}], "reception", "2026-10-31"
    )
    found = fact(data, "fct_reception", "received_on, host, n_visits, load_no", "1, 2")
    assert found == [("2026-09-07", "chair", 5, 2), ("2026-09-07", "regular", 9, 2), ("2026-09-08", "chair", 2, 1)]


def test_a_file_of_an_older_date_replaces_nothing(tmp_path: Path) -> None:
    data = small_dir(tmp_path)
    row = {"received_on": "2026-09-07", "host": "chair"}
    write_load(data, [{**row, "n_visits": 5}], "reception", "2026-10-31")
    write_load(data, [{**row, "n_visits": 1}], "reception", "2026-09-30")
    assert fact(data, "fct_reception", "n_visits") == [(5,)]


def test_within_a_file_the_later_row_of_a_day_and_host_stands(tmp_path: Path) -> None:
    data = small_dir(tmp_path)
    row = {"received_on": "2026-09-07"}  # host not said: a key of its own
    write_load(
        data, [{**row, "n_visits": 1}, {**row, "n_visits": 2}, {**row, "host": "chair", "n_visits": 3}], "reception"
    )
    assert fact(data, "fct_reception", "host, n_visits", "2") == [(None, 2), ("chair", 3)]


def test_four_teams_of_one_day_are_four_until_a_newer_file_knows_three(tmp_path: Path) -> None:
    data = small_dir(tmp_path)
    team = {"kind": "team", "held_on": "2025-09-01"}
    write_load(data, [team] * 4, "engagement", "2026-09-30")
    assert fact(data, "fct_engagement", "count(*)") == [(4,)]
    write_load(data, [team] * 3, "engagement", "2026-10-31")
    assert fact(data, "fct_engagement", "count(DISTINCT engagement_id), min(load_no)") == [(3, 2)]


def test_every_document_of_a_published_score_is_kept_and_a_corrected_row_of_one_replaces_it(tmp_path: Path) -> None:
    data = small_dir(tmp_path)
    row = {"index_id": "PAPI", "period": "2025", "component_id": "total"}
    write_load(
        data, [{**row, "document_no": "A", "score": 40.0}, {**row, "document_no": "B", "score": 41.0}], "official_score"
    )
    write_load(data, [{**row, "document_no": "A", "score": 40.5}], "official_score")
    assert fact(data, "fct_official_score", "document_no, score") == [("A", 40.5), ("B", 41.0)]


# Where it belongs ---------------------------------------------------------------------------------------------------


def test_a_row_belongs_to_the_body_of_its_day(tmp_path: Path) -> None:
    data = small_dir(tmp_path)
    # The last: a two-tier list of an older day.
    sent = [(NEW, "2026-09-01"), (OLD, "2025-05-05"), (ONLY_NEW, "2025-05-06")]
    write_load(data, [{"unit_id": unit, "received_on": day} for unit, day in sent], "reception")
    write_load(data, [{"unit_id": unit, "held_on": day} for unit, day in sent], "engagement")
    write_load(data, [{"unit_id": unit, "taken_at": f"{day} 08:00"} for unit, day in sent], "queue_ticket")
    con = build(data)
    for table in ("fct_reception", "fct_engagement", "fct_queue_ticket"):
        assert rows_of(con, f"SELECT unit_id, unit_ends_on, successor_unit_id FROM {table} ORDER BY source_row") == [
            (NEW, None, None),
            (OLD, "2025-07-01", NEW),
            (ONLY_OLD, "2025-07-01", ONLY_NEW),
        ]


def test_a_published_score_stays_with_the_body_that_its_document_names(tmp_path: Path) -> None:
    data = small_dir(tmp_path)
    write_load(data, [{"unit_id": ONLY_NEW, "period": "2024"}], "official_score")
    assert fact(data, "fct_official_score", "unit_id, successor_unit_id") == [(ONLY_NEW, None)]


# Weeks of reception -------------------------------------------------------------------------------------------------


def weeks(data: Any, unit: str = NEW) -> dict[str, bool]:
    return dict(fact(data, f"fct_reception_week WHERE unit_id = '{unit}'", "week_starts_on, has_chair_reception"))


def chair(day: str, **given: Any) -> dict[str, Any]:
    return {"received_on": day, "host": "chair", "n_visits": 0, **given}


def test_a_week_is_kept_when_the_chair_received_in_it_whether_or_not_anybody_came(tmp_path: Path) -> None:
    data = small_dir(tmp_path)
    rows = [chair("2026-09-09"), chair("2026-09-17", host="delegate"), chair("2026-09-26")]  # the last a Saturday
    write_load(data, rows, "reception", "2026-09-30")
    assert weeks(data) == {"2026-08-31": False, "2026-09-07": True, "2026-09-14": False, "2026-09-21": True}


def test_the_first_week_of_a_month_counts_from_the_month_and_the_last_only_when_the_next_month_was_sent(
    tmp_path: Path,
) -> None:
    data = small_dir(tmp_path)
    write_load(data, [chair("2026-06-10")], "reception", "2026-06-30")  # a Tuesday: the week of 29/06 is not over
    known = weeks(data)
    assert (min(known), max(known), known["2026-06-01"]) == ("2026-06-01", "2026-06-22", False)
    write_load(data, [chair("2026-07-08")], "reception", "2026-07-31")
    known = weeks(data)
    assert known["2026-06-29"] is False and max(known) == "2026-07-27"


def test_weeks_that_nobody_sent_are_not_there(tmp_path: Path) -> None:
    data = small_dir(tmp_path)
    write_load(data, [chair("2026-03-04")], "reception", "2026-03-13")
    write_load(data, [chair("2026-06-10")], "reception", "2026-06-30")
    assert not [monday for monday in weeks(data) if "2026-03-10" < monday < "2026-06-01"]


def test_a_file_that_never_says_who_received_tells_of_no_week(tmp_path: Path) -> None:
    data = small_dir(tmp_path)
    write_load(data, [{"received_on": "2026-09-09", "n_visits": 4}], "reception", "2026-09-30")
    assert weeks(data) == {}


def test_a_week_of_tet_without_a_working_day_is_not_there(tmp_path: Path) -> None:
    data = small_dir(tmp_path)
    write_load(data, [chair("2026-02-04"), chair("2026-02-26")], "reception", "2026-02-28")
    assert weeks(data) == {"2026-02-02": True, "2026-02-09": False, "2026-02-23": True}


def test_the_week_in_which_communes_were_merged_is_nobodys(tmp_path: Path) -> None:
    data = small_dir(tmp_path)
    write_load(data, [chair("2025-06-04", unit_id=OLD)], "reception", "2025-06-30")
    write_load(data, [chair("2025-07-02")], "reception", "2025-07-31")
    assert max(weeks(data, OLD)) == "2025-06-23" and min(weeks(data)) == "2025-07-07"


# Engagement ---------------------------------------------------------------------------------------------------------


def test_a_dialogue_is_published_in_time_by_the_duty_of_its_day(tmp_path: Path) -> None:
    data = small_dir(tmp_path)
    rows: list[tuple[dict[str, Any], str | None, bool | None]] = [
        ({"held_on": "2026-09-01", "published_on": "2026-09-11"}, "2026-09-11", True),
        ({"held_on": "2026-09-01", "published_on": "2026-09-12"}, "2026-09-11", False),
        ({"held_on": "2026-09-02", "published_on": "2026-09-14"}, "2026-09-14", True),  # the 12th is a Saturday
        ({"held_on": "2026-09-01"}, "2026-09-11", None),  # whether the term is over depends on the day asked for
        ({"held_on": "2026-09-01", "kind": "oversight", "published_on": "2026-09-30"}, None, None),
        ({"held_on": "2025-06-02", "published_on": "2025-06-30", "unit_id": OLD}, None, None),  # before the law
    ]
    write_load(data, [row for row, _, _ in rows], "engagement")
    found = fact(data, "fct_engagement", "publish_due_on, is_published_on_time", "source_row")
    assert found == [(due, in_time) for _, due, in_time in rows]


def test_an_old_team_does_not_say_that_its_file_knows_all_meetings_since_then(tmp_path: Path) -> None:
    data = small_dir(tmp_path)
    write_load(data, [{"kind": "team", "held_on": "2021-03-01"}, {"held_on": "2026-09-10"}], "engagement", "2026-09-30")
    known = fact(data, f"coverage WHERE dataset = 'engagement' AND unit_id = '{NEW}'", "first_on, last_on")
    assert known == [("2026-09-10", "2026-09-30")]


# Tickets, scores, steps ---------------------------------------------------------------------------------------------


def test_waits_are_whole_minutes_and_moments_out_of_order_give_none(tmp_path: Path) -> None:
    data = small_dir(tmp_path)
    rows: list[tuple[dict[str, Any], tuple[int | None, int | None]]] = [
        ({"called_at": "2026-09-01 08:12:59", "finished_at": "2026-09-01 08:20:00"}, (12, 7)),
        ({}, (None, None)),
        ({"called_at": "2026-09-01 07:59", "finished_at": "2026-09-01 08:05"}, (None, 6)),  # called before taken
        ({"called_at": "2026-09-01 08:10", "finished_at": "2026-09-01 08:05"}, (10, None)),
    ]
    write_load(data, [{"taken_at": "2026-09-01 08:00", **row} for row, _ in rows], "queue_ticket")
    found = fact(data, "fct_queue_ticket", "waiting_minutes, service_minutes", "source_row")
    assert found == [minutes for _, minutes in rows]


def test_a_published_period_has_its_calendar_days(tmp_path: Path) -> None:
    data = small_dir(tmp_path)
    periods = {
        "2025": ("2025-01-01", "2025-12-31"),
        "2026-Q3": ("2026-07-01", "2026-09-30"),
        "2024-02": ("2024-02-01", "2024-02-29"),
        "2026-H1": ("2026-01-01", "2026-06-30"),
        "2026-H2": ("2026-07-01", "2026-12-31"),
        "2026-9M": ("2026-01-01", "2026-09-30"),
        "2026-10-YTD": ("2026-01-01", "2026-10-31"),
    }
    write_load(data, [{"period": period, "index_id": "par index"} for period in periods], "official_score")
    found = fact(data, "fct_official_score", "index_id, period, period_start, period_end", "source_row")
    assert found == [("PAR_INDEX", period, *days) for period, days in periods.items()]


def test_a_step_has_the_unit_of_its_case_and_one_of_an_unknown_case_is_left_out_and_said(tmp_path: Path) -> None:
    data = small_dir(tmp_path)
    write_load(data, [{"case_code": "h1-A"}])
    steps = [
        {"case_code": "H1-a", "started_at": "2026-09-04 16:00", "ended_at": "2026-09-08 09:00"},  # Friday to Tuesday
        {"case_code": "H1-a", "step_name": "Trình ký", "started_at": "2026-09-08"},
        {"case_code": "H9-Z"},
    ]
    write_load(data, steps, "case_step")
    con = build(data)
    found = rows_of(con, "SELECT case_id, unit_id, step_name, started_on, step_days FROM fct_case_step ORDER BY 4")
    assert found == [("H1-A", NEW, "Thẩm định", "2026-09-04", 2), ("H1-A", NEW, "Trình ký", "2026-09-08", None)]
    assert rows_of(con, STEPS.read_text("utf-8")) == [(2, 1)]


# Form II.06a as a table ---------------------------------------------------------------------------------------------


def test_a_table_gives_way_where_the_log_covers_the_whole_period(tmp_path: Path) -> None:
    data = small_dir(tmp_path)
    sent: list[tuple[str, list[tuple[str, str]], bool]] = [
        ("19432-20250701", [], False),
        ("19333-20250701", [("2026-09-02", "2026-09-30"), ("2026-10-02", "2026-10-31")], True),
        ("19360-20250701", [("2026-10-02", "2026-10-31")], False),  # September is not in the log
        ("18880-20250701", [("2026-09-02", "2026-10-20")], False),  # the log ends before the period
        ("19009-20250701", [("2026-09-02", "2026-10-31")], True),
    ]
    period = {"period_start": "2026-09-01", "period_end": "2026-10-31", "received": 7}
    write_load(data, [{**period, "unit_id": unit} for unit, _, _ in sent], "settlement_summary")
    for unit, logs, _ in sent:
        for first, last in logs:
            write_load(data, [{"case_code": f"{unit}{first}", "unit_id": unit, "received_at": first}], data_on=last)
    found = fact(data, "fct_settlement_summary", "unit_id, received, is_superseded", "source_row")
    assert found == [(unit, 7, superseded) for unit, _, superseded in sent]


@pytest.mark.parametrize("dataset", ["reception", "engagement", "queue_ticket", "official_score", "settlement_summary"])
def test_a_row_that_a_small_file_alone_says_and_the_marts_lack_stops_the_publish(tmp_path: Path, dataset: str) -> None:
    data = small_dir(tmp_path)
    write_load(data, [{}, {"unit_id": OTHER}], dataset, "2026-09-30")
    write_load(data, [{}, {}], dataset, "2026-10-31")
    con = build(data)
    assert rows_of(con, KEPT.read_text("utf-8")) == []
    con.execute(f"DELETE FROM fct_{dataset} WHERE unit_id = ?", [OTHER])
    assert rows_of(con, KEPT.read_text("utf-8")) == [(dataset, 2, 1)]

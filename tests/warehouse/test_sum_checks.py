"""The sums are checked before they are published: against the cases in total, and by the identities of form II.06a."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest
from loads import small_dir, write_load

from etl.checks import run_checks
from gandan import publish as publishing
from warehouse.engines import connect_builder
from warehouse.paths import REPOSITORY

CASES = [
    {"case_code": "A", "received_at": "2026-08-03", "due_at": "2026-08-20", "completed_at": "2026-09-02"},
    {"case_code": "B", "received_at": "2026-09-03", "due_at": "2026-09-20"},
    {"case_code": "C", "received_at": "2026-09-20", "completed_at": "2026-09-22", "channel": "online_full"},
]


@pytest.fixture
def con(tmp_path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """A published snapshot that may be written to."""
    data = small_dir(tmp_path)
    write_load(data, CASES)
    path = publishing.publish(data).path
    path.chmod(0o600)
    opened = connect_builder(path, tmp_path)
    # What a build has beside the marts.
    opened.execute("CREATE TEMP VIEW loaded_survey_answer AS SELECT *, load_no AS n FROM fct_survey_answer")
    for name in ("complaint", "reception", "engagement", "queue_ticket", "official_score", "settlement_summary"):
        opened.execute(f"CREATE TEMP VIEW loaded_{name} AS SELECT * FROM fct_{name}")
    opened.execute("CREATE TEMP VIEW loaded_case_step AS SELECT *, case_id AS case_code FROM fct_case_step")
    yield opened
    opened.close()


def failing(con: duckdb.DuckDBPyConnection) -> set[str]:
    """Return the names of the checks that would stop a publish."""
    return {finding.check for finding in run_checks(con, has_previous=False) if finding.is_fatal}


def test_published_sums_pass(con: duckdb.DuckDBPyConnection) -> None:
    assert failing(con) == set()


@pytest.mark.parametrize(
    ("change", "check"),
    [
        ("DELETE FROM sum_case_flow_unit", "sums_equal_cases"),
        ("UPDATE sum_case_flow_field SET settled = settled + 1", "sums_equal_cases"),
        ("DELETE FROM sum_case_flow_channel", "sums_equal_cases"),
        ("UPDATE sum_case_stock_channel SET pending = pending + 1", "sums_equal_cases"),
        ("DELETE FROM sum_case_stock_field", "sums_equal_cases"),
        ("DELETE FROM sum_case_days", "sums_equal_cases"),
        ("UPDATE sum_case_stock_unit SET pending = pending + 1", "sums_keep_the_identities"),
        ("UPDATE sum_case_stock_unit SET carried_in = 0", "sums_keep_the_identities"),
        ("UPDATE sum_case_stock_unit SET pending_overdue = 0", "sums_keep_the_identities"),
        ("UPDATE sum_case_flow_unit SET settled_late = 0", "sums_keep_the_identities"),
        ("UPDATE sum_case_flow_unit SET received_online = 0", "sums_keep_the_identities"),
    ],
)
def test_a_sum_that_is_wrong_stops_the_publish(con: duckdb.DuckDBPyConnection, change: str, check: str) -> None:
    con.execute(change)
    assert check in failing(con)


def test_in_an_addition_a_changed_case_is_still_checked_by_itself(con: duckdb.DuckDBPyConnection) -> None:
    con.execute(
        "CREATE TEMP TABLE fct_case_change AS"
        " SELECT * REPLACE (DATE '2026-01-01' AS completed_on), 1 AS sign FROM fct_case"
    )
    names = {f.check for f in run_checks(con, has_previous=False, changes="fct_case_change") if f.is_fatal}
    assert "ended_after_receipt" in names
    assert "ended_after_receipt" not in failing(con)


def test_whatever_decides_the_sums_is_in_the_hash_that_asks_for_a_full_build() -> None:
    sources = {"etl/runner.py", "etl/loaded.py", "metrics/compile.py", "metrics/sums.py", "metrics/sum_sql.py"}
    assert sources <= set(publishing.CODE)
    for name in publishing.CODE:
        assert (REPOSITORY / name).exists(), name

"""Golden SQL: what the compiler makes of a definition; drift shows as a diff.

Regenerate with `GANDAN_GOLDEN=write pytest tests/metrics/test_compiled_sql.py` and read the diff.
"""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path

import pytest

from metrics import catalogue, compile
from metrics.compile import Span

GOLDEN = Path(__file__).resolve().parent / "golden"
OCTOBER = Span(0, date(2026, 10, 1), date(2026, 10, 31), date(2026, 10, 31))
JUNE = Span(1, date(2025, 6, 1), date(2025, 6, 30), date(2025, 6, 30))
CASES = {
    "on_time_rate.by_commune": (("on_time_rate",), {"level": "commune"}),
    "settled.one_scan_for_many": (("settled", "settled_late", "late_rate"), {"level": "commune"}),
    "received.by_channel": (("received",), {"level": "province", "by": "channel"}),
    "pending_overdue.one_unit": (("pending_overdue",), {"level": "commune", "units": ["19432-20250701"]}),
    "processing_days_median.today": (("processing_days_median",), {"level": "district", "boundaries": "today"}),
    "received_for_others.by_commune": (("received_for_others",), {"level": "commune"}),
    "on_time_rate_766.ratio_of_sums": (("on_time_rate_766",), {"level": "commune"}),
    "services_used.different_keys": (("services_used",), {"level": "province"}),
    "processing_days_mean.by_commune": (("processing_days_mean",), {"level": "commune"}),
    "complaints_per_10k.by_commune": (("complaints_per_10k",), {"level": "commune"}),
    "dialogue_answered_rate.sums_of_amounts": (("dialogue_answered_rate",), {"level": "commune"}),
    "complaint_backlog.by_commune": (("complaint_backlog",), {"level": "commune"}),
    "complaint_on_time_rate.by_commune": (("complaint_on_time_rate",), {"level": "commune"}),
}


@pytest.mark.parametrize("name", list(CASES))
def test_compiled_sql_is_as_reviewed(name: str) -> None:
    metrics, options = CASES[name]
    groups = compile.scans(compile.parts([catalogue.metric(m) for m in metrics]))
    sql = ";\n\n".join(compile.count_sql(group, [JUNE, OCTOBER], **options) for group in groups) + "\n"  # type: ignore[arg-type]
    golden = GOLDEN / f"{name}.expected.sql"
    if os.environ.get("GANDAN_GOLDEN") == "write":
        golden.parent.mkdir(exist_ok=True)
        golden.write_text(sql, encoding="utf-8")
    assert sql == golden.read_text(encoding="utf-8")


def test_every_kind_of_metric_that_is_counted_in_sql_has_a_reviewed_statement() -> None:
    reviewed = {catalogue.metric(name).kind for names, _ in CASES.values() for name in names}
    in_sql = {m.kind for m in catalogue.metrics().values() if m.source != "fct_survey_answer"}
    # The catalogue is read once per snapshot; a score is made of the shares of its indicators.
    assert in_sql - reviewed <= {"catalogue", "score"}


@pytest.mark.parametrize("name", [m.name for m in catalogue.metrics().values() if m.source == "fct_case"])
def test_the_engine_counts_and_never_divides(name: str) -> None:
    for group in compile.scans(compile.parts([catalogue.metric(name)])):
        sql = compile.count_sql(group, [OCTOBER], "commune").lower()
        assert "/" not in sql
        for word in ("quantile", "median", "percentile", "avg(", "qualify", "group by all", "left join", "datediff"):
            assert word not in sql


def test_metrics_of_one_date_share_one_scan() -> None:
    names = ("settled", "settled_early", "settled_late", "on_time_rate", "late_rate")
    assert len(compile.scans(compile.parts([catalogue.metric(n) for n in names]))) == 1


def test_a_quote_in_a_split_value_stays_a_text() -> None:
    (group,) = compile.scans(compile.parts([catalogue.metric("settled")]))
    sql = compile.count_sql(group, [OCTOBER], "commune", by="field_name", split_value="x' OR TRUE --")
    assert "= 'x'' OR TRUE --'" in sql

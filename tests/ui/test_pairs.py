"""Two periods side by side: what hinders a comparison, and a typed table of different figures."""

from __future__ import annotations

import io
from datetime import date

import openpyxl
import pytest

from metrics import catalogue, compare
from metrics.answer import Row
from metrics.periods import Period, parse
from metrics.viewer import PROVINCE, Viewer
from ui import pairs, tables
from ui.text import Text

VI = Text.of("vi")


def row(metric: str, value: float, of: int | None = None, *, is_small: bool = False, status: str = "ok") -> Row:
    """Return a figure of one unit; with `of` a share with its parts and its interval."""
    number = round(value * of) if of else value
    lower, upper = (value - 0.01, value + 0.01) if of else (None, None)
    start, end = date(2026, 1, 1), date(2026, 1, 31)
    return Row(metric, "commune", "u", "1", "Xã A", start, end, number, of, value, lower, upper,
               "wilson" if of else "none", True, "", "s", None, None, "calendar", status, (), is_small)  # fmt: skip


def told(metric: str, now: Row, then: Row, one: str = "2026-10", other: str = "2026-09") -> pairs.Pair:
    key = ("u", metric)
    return pairs.pairs([metric], {"u": "Xã A"}, {key: now}, {key: then}, parse(one), parse(other))[0]


def test_only_what_chance_does_not_explain_has_a_direction() -> None:
    name = "on_time_rate"
    assert told(name, row(name, 0.9, 1000), row(name, 0.7, 1000)).verdict == "improvement"
    assert told(name, row(name, 0.7, 1000), row(name, 0.9, 1000)).verdict == "concern"
    assert told(name, row(name, 0.9, 100), row(name, 0.85, 100)).verdict == "ordinary"
    late = "late_rate"
    assert told(late, row(late, 0.3, 1000), row(late, 0.1, 1000)).verdict == "concern"


def test_what_is_small_neutral_or_without_an_interval_is_not_judged() -> None:
    name = "on_time_rate"
    assert told(name, row(name, 0.9, 1000, is_small=True), row(name, 0.1, 1000)).verdict == "small"
    running = told(name, row(name, 0.9, 1000, status="provisional"), row(name, 0.1, 1000))
    assert running.verdict == "improvement" and "(tạm tính)" in pairs.value_lines(running, running.first, VI)
    assert told("settled", row("settled", 90), row("settled", 10)).verdict == "neutral"
    assert told("pending_overdue", row("pending_overdue", 90), row("pending_overdue", 10)).verdict == "count"


def test_amounts_of_periods_of_different_length_have_no_difference_and_stocks_have() -> None:
    settled = told("settled", row("settled", 90), row("settled", 10), "2026-Q3", "2026-10")
    assert settled.verdict == "lengths" and settled.change is None
    stock = told("pending_overdue", row("pending_overdue", 90), row("pending_overdue", 10), "2026-Q3", "2026-10")
    assert stock.change == compare.Change(80.0)


@pytest.mark.parametrize(
    ("one", "other", "said"),
    [
        ("2026-03", "2025-03", ["01/7/2025 nằm giữa"]),
        ("2025-Q3", "2026-Q3", []),
        ("2025", "2024", ["chứa ngày 01/7/2025"]),
        ("2026-Q3", "2026-10", ["3 tháng và 1 tháng"]),
        ("2026-Q3", "2026-08", ["từ 01/08/2026 đến 31/08/2026", "3 tháng và 1 tháng"]),
        ("2026-10", "2026-10", ["là một"]),
    ],
)
def test_what_stands_in_the_way_of_a_comparison_is_said(one: str, other: str, said: list[str]) -> None:
    found = pairs.warnings(parse(one), parse(other), VI)
    assert len(found) == len(said)
    assert all(words in sentence for words, sentence in zip(said, found, strict=True))


def test_the_export_keeps_each_figure_s_own_type() -> None:
    one, other = parse("2026-10"), parse("2026-09")
    found = [
        told("on_time_rate", row("on_time_rate", 0.9, 1000), row("on_time_rate", 0.7, 1000)),
        told("settled", row("settled", 1200), row("settled", 900)),
    ]
    table = pairs.table(found, one, other, VI)
    sheet = openpyxl.load_workbook(io.BytesIO(tables.workbook(table, ["Đầu"], "So lieu"))).active
    assert sheet is not None
    cells = {cell.value: column for column, cell in enumerate(sheet[3], start=1)}
    now, apart = cells["Tháng 10/2026"], cells["Chênh lệch"]
    rate, count = sheet.cell(4, now), sheet.cell(5, now)
    assert (rate.value, rate.number_format) == (0.9, "0.0%")
    assert (count.value, count.number_format) == (1200, "#,##0")
    assert (sheet.cell(4, apart).value, sheet.cell(5, apart).value) == (pytest.approx(20.0), 300)
    assert tables.styled(table, "vi").to_html().count("90,0 %") == 1


def test_the_other_period_offered_first_is_a_year_earlier_else_the_one_before() -> None:
    first = date(2025, 8, 1)

    def offered(token: str) -> Period | None:
        return pairs.counterpart(parse(token), first)

    assert offered("2026-10") == parse("2025-10")
    assert offered("2026-03") == parse("2026-02")
    assert offered("2026-03-YTD") is None


def test_a_unit_is_not_offered_what_only_the_province_may_see() -> None:
    unit = Viewer("unit", frozenset({"u"}), name="x")
    hidden = set(pairs.offered_metrics(PROVINCE, VI)) - set(pairs.offered_metrics(unit, VI))
    assert "denunciations_received" in hidden
    assert not any(catalogue.metric(n).is_component for n in pairs.offered_metrics(PROVINCE, VI))

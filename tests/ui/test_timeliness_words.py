"""The three rules, the portal's figure and the ages of what is pending, in words: true, and adding up."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from metrics.analysis.ageing import AgeClass, Ageing
from metrics.analysis.conventions import FIRST_PROMISE, FORM, SERVICE_INDEX, Conventions, Rule, TierChange, Tiers
from metrics.analysis.published import Document, Portal, Score
from metrics.answer import Row
from ui import ageing, conventions
from ui.text import Text

VI, EN = Text.of("vi"), Text.of("en")
OCTOBER = (date(2026, 10, 1), date(2026, 10, 31))


def row(metric: str, n: float | None, of: float | None = None, **more: Any) -> Row:
    """Return an answer row of a share, or of a count where there is nothing it is of."""
    value = None if n is None or of == 0 else n / of if of else n
    base = Row(
        metric, "commune", "u", "1", "Xã A", *OCTOBER, n, of, value, None, None, "none", True, "", "s", None, None,
        "calendar", "ok",
    )  # fmt: skip
    return replace(base, **more)


RULES = Conventions(
    (
        Rule(row(FORM, 97, 100), (row("returned_after_due", 3), row("settled_undated", 0)), ()),
        Rule(row(SERVICE_INDEX, 90, 100), (), (row("settled_multi_supplement", 4),)),
        Rule(row(FIRST_PROMISE, 80, 100), (), ()),
    ),
    (row("reappointed_rate", 5, 100), row("apology_rate", None, None)),
)


def test_the_distance_between_the_rules_is_the_finding() -> None:
    assert conventions.title(RULES, VI) == "Ba cách tính cho kết quả từ 80,0 % đến 97,0 %, chênh 17,0 điểm %"
    assert "17.0 points apart" in conventions.title(RULES, EN)


def test_each_rule_says_what_it_lets_pass_and_what_it_turns_down_and_no_zeros() -> None:
    first, second, third = conventions.listed(RULES, VI).split("\n")
    assert "97,0 % (97/100)**. Trong đó vẫn tính là đạt: 3 hồ sơ trả lại, rút, từ chối sau ngày hẹn" in first
    assert "không có ngày hẹn" not in first
    assert "Không tính là đạt: 4 hồ sơ" in second and "chưa đối chiếu nguyên văn" in second
    assert third.startswith("- **Tỷ lệ trả kết quả theo ngày hẹn đầu tiên: 80,0 % (80/100)**.")
    assert "đúng hạn" not in third  # by the first promise it is never called on time


def test_what_is_not_recorded_is_not_told() -> None:
    said = conventions.promises(RULES, VI)
    assert "5,0 % (5/100)" in said and "thư xin lỗi:" not in said.split(": ", 1)[1]


def test_a_rule_without_a_figure_says_why_and_the_distance_is_not_told() -> None:
    one = Conventions((RULES.rules[0], Rule(row(SERVICE_INDEX, 0, 0, status="no_denominator"), (), ())), ())
    assert conventions.title(one, VI).endswith("97,0 % (97/100)")
    assert conventions.title(Conventions((), ()), VI) == "Ba cách tính: chưa có số liệu"


def test_no_rule_is_coloured_as_better_than_another() -> None:
    dots = next(t for t in conventions.figure(RULES, VI).to_plotly_json()["data"] if t["mode"] == "markers")
    assert len(set(dots["marker"]["color"])) == 1


def test_units_that_change_tier_are_counted_and_named() -> None:
    change = TierChange("u", "Xã A", ("middle", "bottom", None))
    assert "1 trong 75 đơn vị được đánh giá đổi nhóm (xã A)" in conventions.changed(Tiers((), (change,), 75), VI)
    assert "không đơn vị nào trong 75" in conventions.changed(Tiers((), (), 75), VI)
    assert conventions.changed(Tiers((), (), 0), VI) == ""


def test_the_portals_figure_stands_beside_ours_with_the_difference_in_cases_and_its_document() -> None:
    document = Document("12/TB-VPCP", date(2026, 11, 5))
    theirs = Score(
        "PORTAL", "u", "Xã A", "on_time_rate", "2026-10", *OCTOBER, 95.0, 100.0, None, document,
    )  # fmt: skip
    found = Portal(theirs, 0.95, row(FORM, 970, 1000), None, None, -0.02, -20, False)
    said = conventions.portal(found, (), VI)
    assert "**95,0 %**" in said and "**97,0 % (970/1.000)**" in said
    assert "Chênh lệch −2,0 điểm %. Tính trên số hồ sơ đã giải quyết của tỉnh" in said and "khoảng −20 hồ sơ" in said
    counted = replace(found, settled=900.0, late=45.0, cases=-115, is_counted=True)
    assert "855 hồ sơ đúng hạn trong 900 hồ sơ" in conventions.portal(counted, (), VI)
    assert "chênh −115 hồ sơ đúng hạn" in conventions.portal(counted, (), VI)
    assert "12/TB-VPCP, 05/11/2026" in said
    assert "kỳ khác: 2026-10" in conventions.portal(None, (theirs,), VI)


AGES = Ageing(
    OCTOBER[1], 10, (AgeClass(1, 5, 4), AgeClass(6, 20, 3), AgeClass(21, 60, 2), AgeClass(61, None, 1)), 7.0, 80, 5, 12,
    1, 2,
)  # fmt: skip


def test_the_parts_of_the_pending_add_up_in_the_sentence_and_in_the_table() -> None:
    said = ageing.sentence(AGES, VI)
    assert (
        "Đang giải quyết **30** hồ sơ" in said and "**10** quá hạn (một nửa quá từ 7 ngày làm việc, lâu nhất 80" in said
    )
    assert sum(n for _, n in ageing.table(AGES, VI).rows) == AGES.n_pending == 30


def test_the_title_counts_those_overdue_for_a_month_or_more() -> None:
    assert ageing.title(AGES, VI) == "10 hồ sơ đang giải quyết quá hạn, trong đó 3 hồ sơ quá từ 21 ngày làm việc"
    none = replace(AGES, n_overdue=0, classes=(), median=None, longest=None)
    assert ageing.title(none, VI) == "Không có hồ sơ đang giải quyết nào quá hạn"
    assert "không hồ sơ nào quá hạn" in ageing.sentence(none, VI)


def test_columns_start_at_zero_and_carry_their_numbers() -> None:
    made = ageing.figure(AGES, VI).to_plotly_json()
    assert made["data"][0]["text"] == ["4", "3", "2", "1"] and made["data"][0]["x"][-1] == "từ 61"
    assert made["layout"]["yaxis"]["rangemode"] == "tozero"

"""The points of Decision 766: rates to points, and a scale that keeps unknown what is unknown."""

from __future__ import annotations

import doctest
from datetime import date
from pathlib import Path

import pytest

from metrics import points as scale
from metrics.stats import points as rule
from metrics.stats.points import points

DAY = date(2026, 10, 31)


def test_the_examples_in_the_documentation_hold() -> None:
    assert doctest.testmod(rule) == (0, 1)


@pytest.mark.parametrize(
    ("rate", "maximum", "target", "reached"),
    [
        (0.0, 6, 0.5, 0.0),
        (0.25, 6, 0.5, 3.0),  # half of the target brings half of the points, not a fixed share of them
        (0.499, 6, 0.5, 5.988),
        (0.5, 6, 0.5, 6.0),
        (1.0, 6, 0.5, 6.0),  # never more than the maximum
        (0.9, 20, None, 18.0),
        (1.0, 20, None, 20.0),
        (0.15, 6, 0.3, 3.0),
    ],
)
def test_a_rate_below_its_target_scores_in_proportion_and_never_beyond_the_maximum(
    rate: float, maximum: float, target: float | None, reached: float
) -> None:
    assert points(rate, maximum, target) == pytest.approx(reached)


@pytest.mark.parametrize(("rate", "target"), [(94.2, None), (-0.1, None), (0.5, 80.0), (0.5, 0.0)])
def test_a_rate_in_per_cent_is_refused_and_not_scored_a_hundredfold(rate: float, target: float | None) -> None:
    with pytest.raises(ValueError):
        points(rate, 6, target)


def test_each_group_adds_up_to_what_the_portal_prints_for_it_except_where_a_maximum_is_unknown() -> None:
    known = {g.group: sum(i.points or 0 for i in scale.indicators(g.group, DAY)) for g in scale.groups(DAY)}
    assert known == {
        "openness": 4 + 4 + 4 + 6,
        "progress": 20,
        "online": 2 + 4 + 6,
        "payment": 2 + 2 + 6,
        "digitisation": 6 + 4 + 2,  # of 22: 4.4 and 4.5 are not known
        "satisfaction": 6 + 6 + 6,
    }
    assert {g.group: g.points for g in scale.groups(DAY)} == known | {"digitisation": 22}
    assert sum(g.points for g in scale.groups(DAY)) == 100


def test_what_is_not_known_stays_unknown_and_what_is_doubtful_says_so() -> None:
    found = {i.code: i for g in scale.groups(DAY) for i in scale.indicators(g.group, DAY)}
    assert [code for code, i in found.items() if i.points is None] == ["4.4", "4.5"]
    assert {code for code, i in found.items() if not i.is_confirmed} == {
        "1.1", "1.2", "1.3", "1.4", "3.4", "4.4", "4.5", "5.2", "5.3",
    }  # fmt: skip
    assert all(i.cite for i in found.values())


def test_targets_are_shares_and_linear_indicators_have_none() -> None:
    found = {i.code: i.target for g in scale.groups(DAY) for i in scale.indicators(g.group, DAY)}
    assert {code: target for code, target in found.items() if target is not None} == {
        "3.1": 0.8, "3.3": 0.5, "3.4": 0.8, "3.5": 0.8, "3.6": 0.3, "4.2": 0.8, "4.3": 0.8, "5.4": 0.9,
    }  # fmt: skip


def test_a_province_can_replace_the_scale_and_an_old_period_keeps_the_old_points(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "reference").mkdir()
    (tmp_path / "reference" / "points_766.csv").write_text(
        "code,group,points,target_pct,metric,valid_from,valid_to,name_vi,name_en,cite,is_confirmed\n"
        "2.1,progress,20,,on_time_rate_766,2022-06-23,2026-07-01,Cũ,Old,a,true\n"
        "2.1,progress,15,90,on_time_rate_766,2026-07-01,,Mới,New,b,false\n",
        encoding="utf-8",
    )
    monkeypatch.setenv("GANDAN_DATA_DIR", str(tmp_path))
    (before,), (after,) = (scale.indicators("progress", day) for day in (date(2026, 6, 30), date(2026, 7, 1)))
    assert (before.points, before.target, before.label("vi")) == (20, None, "Cũ")
    assert (after.points, after.target, after.is_confirmed, after.label("en")) == (15, 0.9, False, "New")
    assert scale.indicators("progress", date(2022, 6, 22)) == ()


def test_a_question_about_a_group_counts_each_of_its_metrics_once() -> None:
    assert scale.metrics_of("progress") == ("on_time_rate_766",)
    assert scale.metrics_of("digitisation") == ("e_result_rate", "digitised_rate", "reuse_rate")
    assert scale.metrics_of("openness") == ()

"""The drawings of the indices page as data: parts that add up, marks of their own period, lines that break."""

from __future__ import annotations

import doctest
from dataclasses import replace
from datetime import date
from types import SimpleNamespace
from typing import Any

import pytest

from metrics import points as scale
from metrics.analysis.published import Document, Published, Score
from metrics.analysis.score766 import GroupTrial, Item, Trial
from metrics.indices import breaks, index
from ui import indices, indices_history, indices_trial
from ui.text import Text

VI, EN = Text.of("vi"), Text.of("en")
DAY = date(2026, 10, 31)


def score(value: float | None, of: int, error: float | None = None, unit: str = "u", part: str = "total") -> Score:
    """Return a PAPI score of a year, on the side of the breaks that it lies on."""
    start = date(of, 1, 1)
    side = sum(b.since <= start for b in breaks("PAPI"))
    document = Document(f"BC {of}", date(of + 1, 4, 1))
    return Score("PAPI", unit, f"Tỉnh {unit}", part, str(of), start, date(of, 12, 31), value, 80.0, error, document,
                 side=side)  # fmt: skip


def papi(*scores: Score) -> Published:
    return Published(index("PAPI"), scores, breaks("PAPI"))


def trial(rate: float = 0.9) -> Trial:
    """Return a trial in which 2.1 reaches a rate, 3.6 has nothing to divide by, and nothing else has data."""
    groups = []
    for group in scale.groups(DAY):
        items = []
        for one in scale.indicators(group.group, DAY):
            state = "unknown" if one.points is None else "information" if not one.points else "no_source"
            reached = None
            if one.code == "2.1":
                state, reached = "computed", rate * 20
            elif one.code == "3.6":
                state = "free"
            items.append(Item(one, state, None, reached))  # type: ignore[arg-type]
        groups.append(GroupTrial(group, tuple(items)))
    return Trial("u", date(2026, 10, 1), DAY, DAY, tuple(groups))


@pytest.mark.parametrize("module", [indices_trial, indices_history])
def test_the_examples_in_the_documentation_hold(module: Any) -> None:
    found = doctest.testmod(module)
    assert found.attempted and not found.failed


def test_the_parts_of_every_bar_add_up_to_the_maximum_of_its_group() -> None:
    bars = [t for t in indices_trial.figure(trial(), (), True, VI).data if t.type == "bar"]
    lengths = [sum(bar.x[i] for bar in bars) for i in range(6)]
    assert lengths == pytest.approx([18, 20, 12, 10, 22, 18])
    assert {bar.name for bar in bars} == {VI(f"indices.{p}") for p in indices_trial.PARTS}
    assert len({(bar.marker.color, bar.marker.pattern.shape) for bar in bars}) == 5  # never colour alone


def test_points_that_nobody_gives_are_drawn_apart_from_those_reached() -> None:
    bars = {t.name: list(t.x) for t in indices_trial.figure(trial(), (), True, VI).data if t.type == "bar"}
    assert bars["Đạt được"] == pytest.approx([0, 18, 0, 0, 0, 0])
    assert bars["Mẫu số bằng 0"] == [0, 0, 0, 6, 0, 0]
    assert bars["Chưa rõ điểm"] == [0, 0, 0, 0, 10, 0]


def test_a_published_score_of_another_period_is_drawn_hollow() -> None:
    mark = Score("766", "u", "U", "progress", "2026-Q3", date(2026, 7, 1), date(2026, 9, 30), 18.4, 20, None,
                 Document("A", DAY))  # fmt: skip
    drawn = {same: indices_trial.figure(trial(), (mark,), same, VI).data[-1] for same in (True, False)}
    assert drawn[True].marker.color != drawn[False].marker.color  # filled with ink, or as pale as the page
    assert list(drawn[True].x) == [None, 18.4, None, None, None, None]
    assert "◇" in indices_trial.mark_line(VI, (mark,), False) and "không so trực tiếp" in indices_trial.mark_line(
        VI, (mark,), False
    )
    assert "◆" in indices_trial.mark_line(EN, (mark,), True)


def test_a_maximum_that_was_not_reached_is_not_printed_as_reached() -> None:
    assert indices_trial.of_most(trial(0.99999).group("progress"), "vi") == "> 19,99/20"
    assert indices_trial.of_most(trial(1.0).group("progress"), "vi") == "20,00/20"


@pytest.mark.parametrize("text", [VI, EN])
def test_the_finding_names_the_group_that_lacks_most_and_says_when_none_does(text: Text) -> None:
    assert "18" in indices_trial.title(text, trial(0.9))
    assert indices_trial.title(text, trial(1.0)) == text("indices.title_full")


def with_row(found: Trial, **row: Any) -> Trial:
    """Return the trial with this answer row behind 2.1."""
    usual = {"value": 0.9, "status": "ok", "is_small": False, "note_in": lambda lang: "Ít hồ sơ (4)"}
    given = SimpleNamespace(**{**usual, **row})
    groups = [
        replace(g, items=tuple(replace(i, row=given) if i.indicator.code == "2.1" else i for i in g.items))
        for g in found.groups
    ]
    return replace(found, groups=tuple(groups))


def test_few_cases_bring_no_finding_and_are_listed() -> None:
    few = with_row(trial(0.5), is_small=True)
    assert indices_trial.title(VI, few) == VI("indices.title_small")
    assert any("2.1 (ít hồ sơ (4))" in line for line in indices_trial.notes(VI, few))


def test_a_finding_on_provisional_data_says_so() -> None:
    running = with_row(trial(0.5), status="provisional")
    assert indices_trial.title(VI, running).endswith("tạm tính")
    assert "Tạm tính" in indices_trial.sentence(VI, running, "Xã A", "tháng 10/2026")


def test_no_line_leads_across_a_break_nor_over_a_year_without_a_score() -> None:
    found = papi(*(score(None if of == 2022 else 40.0 + of % 5, of, 0.3) for of in range(2017, 2025)))
    figure = indices_history.history(found, "total", VI)
    runs = ("2017", "2018", "2019 2020", "2021 2022 2023 2024")
    assert [list(line.x) for line in figure.data] == [run.split() for run in runs]
    assert figure.data[-1].y[1] is None and figure.data[-1].connectgaps is False
    assert [rule.x0 for rule in figure.layout.shapes] == [0.5, 1.5, 3.5]
    assert [n.text for n in figure.layout.annotations][:3] == ["(1)", "(2)", "(3)"]
    line = indices.breaks_line(found, "total", VI)
    assert line.index("từ 2018") < line.index("từ 2019") < line.index("từ 2021") and "chưa xác nhận" in line


def test_the_last_value_stands_at_its_own_place_on_an_axis_of_years() -> None:
    figure = indices_history.history(papi(score(42.0, 2023), score(43.5, 2024)), "total", VI)
    assert [(n.x, n.text) for n in figure.layout.annotations] == [(1, "<b>43,50</b>")]
    assert not figure.layout.showlegend


def test_an_interval_is_drawn_of_1_96_errors_and_none_where_none_was_published() -> None:
    with_error = indices_history.history(papi(score(42.0, 2023, 0.5), score(43.5, 2024, 0.5)), "total", VI)
    assert list(with_error.data[0].error_y.array) == pytest.approx([0.98, 0.98], abs=1e-3)
    bare = indices_history.history(papi(score(42.0, 2023), score(43.5, 2024)), "total", VI)
    assert bare.data[0].error_y.visible is False


def test_units_that_became_one_are_lines_of_their_own_and_a_namesake_is_told_apart_by_its_last_day() -> None:
    ended = {"unit_ended_on": date(2025, 7, 1)}
    old, other, new = (
        replace(score(42.0, 2023, unit="A"), **ended),
        replace(score(41.0, 2024, unit="B"), **ended),
        replace(score(43.0, 2025, unit="A2"), unit_name="Tỉnh A"),
    )
    found = papi(old, other, new)
    figure = indices_history.history(found, "total", VI)
    assert {line.name: line.line.dash for line in figure.data} == {
        "Tỉnh A (đến 30/06/2025)": "solid", "Tỉnh B (đến 30/06/2025)": "dash", "Tỉnh A": "dot",
    }  # fmt: skip
    assert figure.layout.showlegend
    assert [(n.x, n.text) for n in figure.layout.annotations] == [(2, "<b>43,00</b>")]
    assert "năm 2025, tỉnh A: 43,00" in indices.finding(found, new, VI)


@pytest.mark.parametrize(
    ("before", "after", "error", "vi", "en"),
    [
        (42.0, 43.5, 0.2, "Cao hơn năm 2023 1,50", "Higher than 2023 by 1.50"),
        (43.5, 42.0, 0.2, "Thấp hơn năm 2023 1,50", "Lower than 2023 by 1.50"),
        (42.0, 42.3, 0.2, "trong phạm vi sai số", "within the errors"),
        (42.0, 42.3, None, "không kết luận tăng, giảm", "no rise or fall is concluded"),
    ],
)
def test_a_sentence_about_two_years_says_no_more_than_their_errors_allow(
    before: float, after: float, error: float | None, vi: str, en: str
) -> None:
    found = papi(score(before, 2023, error), score(after, 2024, error))
    assert vi in indices.change(found, found.scores, VI)
    assert en in indices.change(found, found.scores, EN)


def test_parts_on_different_scales_are_not_drawn_on_one() -> None:
    one = score(4.0, 2024, part="d1")
    other = Score(**{**one.__dict__, "component_id": "d2", "max_score": 3.3})
    assert indices.parts((one, other), VI) == ()
    assert len(indices.parts((one, Score(**{**one.__dict__, "component_id": "d2"})), VI)) == 2

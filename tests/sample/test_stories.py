"""Each planted story is really there: read off the clean rows, one by one, without the metrics."""

from __future__ import annotations

from pathlib import Path

import pytest

from gandan.demo.document import markdown
from gandan.demo.stories import PLANS, STORIES, Figure
from metrics import catalogue
from tests.sample.reference import Clean

FIGURES = [(story.name, figure) for story in STORIES for figure in story.figures]
DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "sample.md"


@pytest.mark.parametrize(
    ("story", "figure"), FIGURES, ids=[f"{name}-{f.metric}-{f.unit}-{f.period}" for name, f in FIGURES]
)
def test_the_figure_of_a_story_lies_where_it_is_told(clean: Clean, story: str, figure: Figure) -> None:
    value = clean.figure(figure.metric, figure.unit, figure.period)
    assert figure.holds(value), f"{story}: {figure.metric} of {figure.unit} in {figure.period} is {value}"


def test_every_planted_commune_has_a_story() -> None:
    told = {figure.unit[:5] for _, figure in FIGURES}
    assert set(PLANS) <= told


def test_a_figure_that_ask_cannot_give_yet_is_marked_as_coming_later() -> None:
    rows = [line for line in DOCUMENT.read_text(encoding="utf-8").splitlines() if line.startswith("| `")]
    named = {(row.split("`")[1], "(later)" in row) for row in rows if row.count("|") == 6}
    assert named and named == {(name, name not in catalogue.metrics()) for name, _ in named}


def test_the_document_tells_just_these_stories() -> None:
    assert DOCUMENT.read_text(encoding="utf-8") == markdown(), "run: python -m gandan.demo.document > docs/sample.md"

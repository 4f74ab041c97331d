"""A kept answer is shared by all who see the same, and by nobody who sees less: figure for figure as if asked alone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest

from metrics import answer, catalogue
from metrics.analysis import to_act_counts
from metrics.analysis.this_period import steps
from metrics.analysis.to_act import to_act
from metrics.answer import ANYONE, seen_as
from metrics.model import Query
from metrics.viewer import PROVINCE, Viewer
from tests.metrics import marts as m
from tests.ui import world
from ui.kept import Kept, rows
from warehouse.snapshots import Opened, Pool

OWN = Viewer("unit", frozenset({m.LAO_BAO}), name="unit:19429")
OTHER = Viewer("unit", frozenset({m.DONG_HA}), name="unit:19360")
AUDITOR = Viewer("auditor", name="auditor")
EVERY = tuple(sorted(name for name, one in catalogue.metrics().items() if not one.is_component))


@dataclass(frozen=True)
class Keeping(Opened):
    answers: Kept[Any]


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Opened:
    return Pool(world.publish(tmp_path_factory.mktemp("data"))).at()


def keeping(opened: Opened) -> Keeping:
    return Keeping(opened.ref, opened.connection, opened.lock, Kept[Any](1_000_000, rows))


def questions(name: str) -> list[Query]:
    """Every form of question about a metric: each level, alone, all, within, over periods, split."""
    metric = catalogue.metric(name)
    base = Query((name,), period="2026-10")
    found = [base.at(level="province", unit=m.PROVINCE), base.at(level="commune")]
    found += [base.at(level="commune", unit=m.LAO_BAO)]
    found += [base.at(level="commune", within=m.PROVINCE, period="2026-09", period_to="2026-10")]
    found += [base.at(level="commune", by=by) for by in metric.splits[:1]]
    return found


VIEWERS = (PROVINCE, OTHER, OWN, ANYONE, AUDITOR)


@pytest.mark.parametrize("name", EVERY)
def test_each_viewer_gets_from_what_others_asked_before_what_it_would_get_alone(opened: Opened, name: str) -> None:
    for at, query in enumerate(questions(name)):
        shared = keeping(opened)
        first = at % len(VIEWERS)
        for viewer in (*VIEWERS[first:], *VIEWERS[:first]):
            assert answer.ask(query, viewer, shared).rows == answer.ask(query, viewer, opened).rows, (query, viewer)


def test_figures_open_to_all_are_made_once_and_letters_for_each_unit_apart(opened: Opened) -> None:
    shared = keeping(opened)
    for viewer in (OWN, OTHER, ANYONE):
        answer.ask(Query(("on_time_rate",), level="commune", period="2026-10"), viewer, shared)
    assert len(shared.answers) == 1
    for viewer in (OWN, OTHER, ANYONE):
        answer.ask(Query(("complaints_received",), level="commune", period="2026-10"), viewer, shared)
    assert len(shared.answers) == 4


def test_a_question_of_which_one_metric_is_not_open_is_answered_for_the_asker_alone() -> None:
    mixed = Query(("on_time_rate", "complaints_received"), level="commune", period="2026-10")
    assert seen_as(mixed, OWN) == OWN
    assert seen_as(mixed, AUDITOR) == PROVINCE
    assert seen_as(mixed.at(metrics=("on_time_rate",)), OWN) == ANYONE


@pytest.mark.parametrize("viewer", [OWN, OTHER], ids=lambda v: v.name)
def test_a_chair_is_told_of_its_own_unit_what_it_would_be_told_alone(opened: Opened, viewer: Viewer) -> None:
    shared, today = keeping(opened), date(2026, 11, 2)
    for one in (OTHER, OWN):
        (unit,) = one.unit_ids
        asked = Query(("on_time_rate",), level="commune", unit=unit, period="2026-10")
        to_act(asked, one, shared, today=today)
        steps(asked, one, shared)
    (unit,) = viewer.unit_ids
    asked = Query(("on_time_rate",), level="commune", unit=unit, period="2026-10")
    assert to_act(asked, viewer, shared, today=today) == to_act(asked, viewer, opened, today=today)
    assert steps(asked, viewer, shared) == steps(asked, viewer, opened)


def test_cases_to_act_on_are_counted_for_all_chairs_at_once(opened: Opened, monkeypatch: pytest.MonkeyPatch) -> None:
    shared, asked = keeping(opened), []
    run = to_act_counts._run

    def heard(sql: str, snapshot: Any) -> Any:
        asked.append(sql)
        return run(sql, snapshot)

    monkeypatch.setattr(to_act_counts, "_run", heard)
    counts = []
    for viewer in (OWN, OTHER):
        (unit,) = viewer.unit_ids
        to_act(Query(("on_time_rate",), level="commune", unit=unit, period="2026-10"), viewer, shared,
               today=date(2026, 11, 2))  # fmt: skip
        counts.append(sum("count(*) FILTER" in sql for sql in asked))
    # one more for a table that speaks of another day here; asked apart it would be as many again
    assert 0 < counts[1] - counts[0] < counts[0] or counts[1] == counts[0] > 0

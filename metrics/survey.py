"""Scores of the province's own survey."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from metrics.engine import Key
from metrics.figures import NOTHING, Figure
from metrics.model import Metric, Query
from metrics.notes import Reason
from metrics.stretches import Stretch

SOURCE = "fct_survey_answer"


@dataclass(frozen=True)
class Scored:
    figure: Figure
    is_shown: bool
    reasons: tuple[Reason, ...] = ()


class Scores:
    """What the survey says, per metric, span, unit and factor."""

    statements: tuple[str, ...] = ()

    def keys(self) -> set[Key]:
        return set()

    def figure(self, metric: Metric, key: Key, start: date, end: date) -> Scored:
        return Scored(NOTHING, False)


def scores(
    metrics: Sequence[Metric], query: Query, times: Sequence[Stretch], targets: dict[int, list[str]], cursor: Any
) -> Scores:
    return Scores()

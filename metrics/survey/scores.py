"""What the survey says to a question: each metric's figure per stretch of time, unit and split, as far as published.

Respondents are read once per snapshot (`respondents`), picked by time, population and unit (`samples`), and measured by
their design (`estimates`). Which figure may be published follows the dated rules of `rules.toml`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np

from metrics.engine import Key
from metrics.figures import NOTHING, Figure
from metrics.model import Metric, Query
from metrics.notes import Reason, reason
from metrics.stretches import Stretch
from metrics.survey import respondents, samples
from metrics.survey.estimates import NOBODY, Measured, PartScores, mean, share
from metrics.survey.formula import of_part
from metrics.survey.respondents import POPULATIONS, Bools, Respondents
from metrics.survey.rules import publish_rule
from metrics.survey.samples import Pool, Sample

SOURCE = "fct_survey_answer"
ITEM, FACTOR, POPULATION = "item", "factor", "population"
UNSTATED = ""
"""Split value of those whose file does not say whether they are users or residents."""


@dataclass(frozen=True)
class Scored:
    """A figure, and whether so few answers may be published."""

    figure: Figure
    is_shown: bool
    reasons: tuple[Reason, ...] = ()
    is_small: bool = False
    """For reference only: to be drawn grey, without a rank."""


@dataclass(frozen=True)
class Answered:
    """What was measured for one key, of whom, and whether only surveys of a higher level reached the unit."""

    measured: Measured
    population: str
    is_usual: bool
    is_represented: bool = True


class Scores:
    """What the survey says, per metric, stretch, unit and split value."""

    def __init__(self) -> None:
        self.statements: list[str] = []
        self.found: dict[tuple[str, Key], Answered] = {}

    def keys(self) -> set[Key]:
        """Return every stretch, unit and split value that has an answer."""
        return {key for _, key in self.found}

    def figure(self, metric: Metric, key: Key, start: date, end: date) -> Scored:
        """Return the metric's figure, hidden or marked where few people answered."""
        one = self.found.get((metric.name, key))
        if one is None:
            return Scored(NOTHING, True, (reason("survey_none"),))
        if not one.is_represented:
            return Scored(NOTHING, False, (reason("survey_level"),))
        rule, found = publish_rule(end), one.measured
        n = found.n
        if n == 0:
            return Scored(NOTHING, True, (reason("survey_none"),))
        if n < rule.hide_below:
            return Scored(NOTHING, False, (reason("survey_few", n=n),))
        if n < rule.pool_below and (end - start).days + 1 < rule.pooled_days:
            return Scored(NOTHING, False, (reason("survey_pooled", n=n),))
        is_small = n < rule.refer_below or round(found.n_effective, 6) < rule.refer_below
        reasons = [_of_size(n, found.n_effective, is_small, rule.refer_below)]
        if found.missing:
            reasons.insert(0, reason("survey_incomplete", parts=", ".join(found.missing)))
        if found.is_approximate:
            reasons.append(reason("survey_borrowed"))
        if not one.is_usual:
            reasons.append(reason(f"survey_of_{one.population}"))
        result = Figure(found.numerator, found.denominator, found.value, found.lower, found.upper, found.method)
        return Scored(result, True, tuple(reasons), is_small)


def _of_size(n: int, effective: float, is_small: bool, enough: int) -> Reason:
    if not is_small:
        return reason("survey_n", n=n)
    if n < enough:
        return reason("survey_reference", n=n)
    return reason("survey_reference_effective", n=n, effective=int(effective))


def scores(
    metrics: Sequence[Metric], query: Query, times: Sequence[Stretch], targets: dict[int, list[str]], cursor: Any
) -> Scores:
    """Return what the survey says for the metrics."""
    found = Scores()
    asked = [m for m in metrics if query.by is None or query.by in m.splits]
    known = [t for t in times if t.known_to and targets[t.no]]
    if not asked or not known or not _has_answers(known, cursor):
        return found
    everyone, sql = respondents.of(cursor)
    found.statements.append(sql)
    for time in known:
        rows = samples.in_time(everyone, time)
        if len(rows):
            _Stretch(everyone, query, time, rows, targets[time.no]).measure(asked, found)
    return found


def _has_answers(times: Sequence[Stretch], cursor: Any) -> bool:
    """Return whether anyone answered in the days asked for: most months have no survey, and need no respondents."""
    first, last = min(t.starts_on for t in times), max(t.known_to or t.ends_on for t in times)
    sql = f"SELECT 1 FROM {SOURCE} WHERE answered_on BETWEEN DATE '{first}' AND DATE '{last}' LIMIT 1"
    return bool(cursor.execute(sql).fetchall())


class _Stretch:
    """Measures the metrics over one stretch of time; pools and samples are made once for all of them."""

    def __init__(self, everyone: Respondents, query: Query, time: Stretch, rows: Any, targets: Sequence[str]) -> None:
        self.everyone, self.query, self.time, self.targets = everyone, query, time, targets
        self.rule, self.publish = samples.rule_of(time), publish_rule(time.ends_on)
        speaks = samples.representing(everyone, rows, query.level)
        self.rows, self.silent = rows[speaks], rows[~speaks]
        self.pools: dict[bytes, tuple[Pool, dict[str, Sample]]] = {}
        self.parts: dict[tuple[int, str], PartScores] = {}

    def measure(self, metrics: Sequence[Metric], found: Scores) -> None:
        """Add every figure of the stretch to what was found."""
        for metric in metrics:
            usual = str(metric.options["population"])
            for value, chosen, columns in self._splits(metric):
                answered = self._answered(columns, metric)
                rows, population = samples.of_population(self.everyone, self.rows, answered, usual, chosen)
                is_usual = chosen is not None or population == usual
                units = self._units(rows) if len(rows) else {}
                for unit_id, (pool, sample) in units.items():
                    one = self._figure(metric, columns, pool, sample, unit_id)
                    if one.n or self.query.by is None:
                        key = (self.time.no, unit_id, value)
                        found.found[(metric.name, key)] = Answered(one, population, is_usual)
                for unit_id in self._unheard() - units.keys():
                    key = (self.time.no, unit_id, value)
                    found.found[(metric.name, key)] = Answered(NOBODY, population, is_usual, False)

    def _splits(self, metric: Metric) -> list[tuple[str, str | None, list[int]]]:
        """Return the split values with the population and the items that each means."""
        by, wanted = self.query.by, self.query.split_value
        items = self._items(metric)
        if by == POPULATION:
            values: list[tuple[str, str | None, list[int]]] = [(p, p, items) for p in (*POPULATIONS, UNSTATED)]
        elif by == ITEM:
            values = [(self.everyone.items[i], None, [i]) for i in items]
        elif by == FACTOR:
            values = [(f, None, self.everyone.of_factor([f])) for f in metric.options["factors"]]
        else:
            return [("", None, items)]
        return [v for v in values if wanted in (None, v[0])]

    def _items(self, metric: Metric) -> list[int]:
        if "part" in metric.options:
            subs = {p.part_id for p in of_part(self.everyone.parts, str(metric.options["part"]))}
            return [i for i, s in enumerate(self.everyone.sub_dimensions) if s in subs]
        if "items" in metric.options:
            return self.everyone.columns(metric.options["items"])
        return self.everyone.of_factor(metric.options["factors"])

    def _answered(self, columns: list[int], metric: Metric) -> Bools:
        values = self.everyone.tops if metric.kind == "proportion" else self.everyone.scores
        return np.asarray((~np.isnan(values[self.rows][:, columns])).any(axis=1))

    def _units(self, rows: Any) -> dict[str, tuple[Pool, Sample]]:
        """Return the sample of each target that has anyone among the rows."""
        key = rows.tobytes()
        if key not in self.pools:
            pool = Pool(self.everyone, rows, self.rule)
            today = self.query.boundaries == "today"
            inside = samples.by_unit(self.everyone, rows, self.query.level, self.targets, self.time, today)
            self.pools[key] = pool, {u: pool.sample(marks, self.query.level) for u, marks in inside.items()}
        pool, sampled = self.pools[key]
        return {unit_id: (pool, sample) for unit_id, sample in sampled.items()}

    def _unheard(self) -> set[str]:
        """Return the targets in which people answered only surveys that do not speak for this level."""
        if not len(self.silent):
            return set()
        today = self.query.boundaries == "today"
        return set(samples.by_unit(self.everyone, self.silent, self.query.level, self.targets, self.time, today))

    def _figure(self, metric: Metric, columns: list[int], pool: Pool, sample: Sample, unit_id: str) -> Measured:
        if metric.kind == "proportion":
            tops = self.everyone.tops[sample.rows][:, columns]
            return share(np.nansum(tops, axis=1), (~np.isnan(tops)).sum(axis=1).astype(float), sample)
        if "part" in metric.options:
            parts = of_part(self.everyone.parts, str(metric.options["part"]))
            return self._part_scores(pool, sample, unit_id).score(parts)
        x = self.everyone.scores[sample.rows][:, columns]
        n_answered = (~np.isnan(x)).sum(axis=1)
        enough = (n_answered > 0) & (2 * n_answered >= len(columns))
        means = np.where(enough, np.nansum(x, axis=1) / np.maximum(n_answered, 1), np.nan)
        return mean(means, sample, *metric.options["scale"])

    def _part_scores(self, pool: Pool, sample: Sample, unit_id: str) -> PartScores:
        key = (id(pool), unit_id)
        if key not in self.parts:
            columns = [i for i, s in enumerate(self.everyone.sub_dimensions) if s]
            self.parts[key] = PartScores(
                self.everyone.scores[sample.rows][:, columns],
                [self.everyone.sub_dimensions[i] for i in columns],
                self.everyone.parts,
                sample,
                self.publish.hide_below,
                self.rule.replicates,
            )
        return self.parts[key]

"""The rows of an answer: figures with their notes, blanks with their reasons, one per unit, stretch and split value."""

from __future__ import annotations

from dataclasses import replace

from metrics import catalogue, compile, coverage, engine, scope, summaries, survey
from metrics.figures import NOTHING, Facts, Figure, figure, left_out
from metrics.model import Metric, Query
from metrics.notes import Reason, reason
from metrics.places import WITH_LOGS, Places
from metrics.stretches import Stretch
from metrics.table import Row
from metrics.viewer import Viewer

SPARSE_SPLITS = ("procedure_code",)
"""Splits of so many values that a unit gets rows only for those it has."""

BODIES = ("commune", "agency")
"""Levels of single bodies: what such a unit has not sent is its own, not a share of many."""

SMALL = {"case": "small", "complaint": "small_letters"}
NOTHING_OF = {"case": "no_denominator", "complaint": "no_letters"}
"""What is said of too few, or of none, by dataset; of the others in general words."""

MATERIAL_SHARE = 0.1
"""With more of its rows unfinished a figure may still move by more than it should without saying so."""

PROVISIONAL = ("provisional", "partial", "months_missing", "cut_short", "unfinished")
"""Reasons for which a figure is marked tạm tính."""


class Builder:
    """Makes the rows of one answer."""

    def __init__(
        self,
        query: Query,
        viewer: Viewer,
        known: Places,
        found: engine.Found,
        scored: survey.Scores,
        told: tuple[engine.Found, set[tuple[int, str]]],
    ) -> None:
        self.query, self.viewer, self.known, self.found, self.scored = query, viewer, known, found, scored
        self.with_tables, self.told = told
        self.today = query.boundaries == "today"
        self.values: dict[tuple[int, str] | None, set[str]] = {None: set()}
        for span_no, unit_id, value in self.with_tables.keys() | scored.keys():
            self.values[None].add(value)
            self.values.setdefault((span_no, unit_id), set()).add(value)

    def split_values(self, definition: Metric, time: Stretch, unit_id: str) -> list[str | None]:
        """Return the split values that get a row: all that were seen, or of this unit where there are too many."""
        by = self.query.by
        if by is None or by not in definition.splits:
            return [None]
        if self.query.split_value is not None:
            return [self.query.split_value]
        # An account of one unit hears of the values that its own rows have, not of those that exist elsewhere.
        own = by in SPARSE_SPLITS or not self.viewer.sees_province
        seen = self.values.get((time.no, unit_id) if own else None, set())
        return [*sorted(seen)] or [None]

    def row(self, definition: Metric, time: Stretch, unit_id: str, value: str | None) -> Row:
        """Return the row of one metric, stretch, unit and split value."""
        refused = scope.unavailable(definition, self.query, time.starts_on, time.ends_on)
        if refused:
            status = "hidden" if refused.code == "whole_quarters" else "not_available"
            return self.blank(definition, time, unit_id, status, refused, value)
        closed = scope.hidden(definition, self.query, self.viewer, unit_id)
        if closed:
            return self.blank(definition, time, unit_id, "hidden", closed, value)
        if time.known_to is None:
            return self.blank(definition, time, unit_id, "not_available", reason("future"), value, is_shown=True)
        key = (time.no, unit_id, value or "")
        if definition.source == survey.SOURCE:
            one = self.scored.figure(definition, key, time.starts_on, time.ends_on)
            shown, reasons = one.is_shown, list(one.reasons)
            result, is_small = one.figure, one.is_small
        else:
            found = self.with_tables if summaries.can_tell(definition.name) else self.found
            result = figure(definition, found, key, self._facts(unit_id, time))
            reasons, shown = self._of_score(definition, found, key, unit_id, time), True
            is_small = bool(
                (definition.is_share or definition.kind in ("quantile", "mean"))
                and result.denominator is not None
                and 0 < result.denominator < definition.min_denominator
            )
        if self.today and self.query.level in BODIES and self.known.splits_before(unit_id, time.starts_on):
            why = reason("split_before", year=self.known.units[unit_id][0].valid_from.year)
            return self.blank(definition, time, unit_id, "not_available", why, value, parts=result)
        status = "ok" if shown else "hidden"
        source = catalogue.sources()[definition.source]
        dataset = WITH_LOGS if summaries.can_tell(definition.name) else source.dataset
        if not self._has_data(definition, dataset, time, unit_id, result):
            parts = result if result.numerator else NOTHING
            why = reason("not_sent")
            return self.blank(definition, time, unit_id, "not_sent", why, value, is_shown=True, parts=parts)
        if result.value is None and shown:
            status = "no_denominator"
            if not reasons:
                reasons.append(_why_no_value(definition, result))
        if is_small and definition.source != survey.SOURCE:  # a survey says itself how many are few
            reasons.append(reason(SMALL.get(source.dataset, "small_other"), n=result.denominator))
        if time.is_provisional:
            reasons.append(reason("provisional", day=time.known_to))
        reasons += self._unfinished(definition, key, result)
        reasons += self._partial(dataset, source.expects_all, time, unit_id)
        unlisted: tuple[float | int, float | int] = (0, 0)
        if (time.no, unit_id) in self.told and source.name == "fct_case":
            reasons.append(self._of_tables(dataset == WITH_LOGS))
            if dataset == WITH_LOGS:
                by_log = figure(definition, self.found, key, self._facts(unit_id, time))
                unlisted = (
                    (result.numerator or 0) - (by_log.numerator or 0),
                    (result.denominator or 0) - (by_log.denominator or 0),
                )
        if self.today and time.starts_on < self.known.units[unit_id][0].valid_from:
            reasons.append(reason("bridged"))
        if status == "ok" and any(r.code in PROVISIONAL for r in reasons):
            status = "provisional"
        made = self._made(definition, time, unit_id, value, result, shown, tuple(reasons), status, is_small)
        return replace(made, unlisted=unlisted) if any(unlisted) else made

    def _of_tables(self, is_told: bool) -> Reason:
        """Return what is said where a unit sent a table of the form's counts and no log."""
        if not is_told:
            return reason("without_summary")
        return reason("from_summary" if self.query.level in BODIES else "some_from_summary")

    def _of_score(
        self, definition: Metric, found: engine.Found, key: engine.Key, unit_id: str, time: Stretch
    ) -> list[Reason]:
        """Return what is said with every trial score: that it is one, and what is not in it."""
        if definition.kind != "score":
            return []
        missing = left_out(definition, found, key, self._facts(unit_id, time))
        return [reason("trial"), *(reason(why, codes=", ".join(codes)) for why, codes in missing.items() if codes)]

    def _unfinished(self, definition: Metric, key: engine.Key, result: Figure) -> list[Reason]:
        """Return that a material share of the rows may still turn out one way or the other."""
        part = compile.unfinished_part(definition)
        if part is None or not result.denominator:
            return []
        n = self.found.count(part, key)
        return [reason("unfinished", n=n, of=result.denominator)] if n > MATERIAL_SHARE * result.denominator else []

    def _facts(self, unit_id: str, time: Stretch) -> Facts:
        return Facts(
            population=lambda: self.known.population(unit_id, time.rolls_on),
            codes=lambda flag, day: self.known.codes(flag, self.query.level, day),
        )

    def blank(
        self,
        definition: Metric,
        time: Stretch,
        unit_id: str,
        status: str,
        why: Reason,
        value: str | None = None,
        is_shown: bool = False,
        parts: Figure = NOTHING,
    ) -> Row:
        """Return a row without a value, with the reason; the parts that cases can be listed for stay."""
        bare = NOTHING if definition.rows == "none" else Figure(parts.numerator, parts.denominator, None)
        return self._made(definition, time, unit_id, value, bare, is_shown, (why,), status, False)

    def _has_data(self, definition: Metric, dataset: str, time: Stretch, unit_id: str, result: Figure) -> bool:
        """Return whether a zero is a zero: someone in the unit sent a file that speaks of the period.

        What happened in a period was sent; what stood open before it tells nothing of a period nobody sent for.
        """
        parts = compile.components(definition)
        if all(c.kind == "catalogue" for c in parts):
            return True  # the catalogue is nobody's to send
        happened = not any(c.period_on in compile.STOCKS for c in parts)
        if happened and (result.numerator or (result.denominator and definition.kind != "rate")):
            return True
        if not happened and self.known.is_unallocated(unit_id):
            return True  # nobody sends for this line: it holds what split bodies left open
        if definition.source == survey.SOURCE and (time.no, unit_id) in self.values:
            return True
        bodies = {unit_id, *self.known.leaves(unit_id, time.rolls_on, self.query.level)}
        sent = (self.known.sent(dataset, b, time, self.today) for b in bodies if b in self.known.units)
        if not happened and any(c.period_on == "at" for c in parts):
            # What stands open on the last day is known only to who sent for that month.
            last = coverage.months(time.starts_on, time.known_to or time.ends_on)[-1]
            return any(last not in one.missing for one in sent)
        return any(not one.is_nothing for one in sent)

    def _partial(self, dataset: str, expects_all: bool, time: Stretch, unit_id: str) -> list[Reason]:
        """Return why a figure is not yet whole: months that the unit, or communes of it, have not sent."""
        if not expects_all:
            return []
        if self.query.level not in BODIES:
            total, n = self.known.incomplete(dataset, unit_id, self.query.level, time, self.today)
            return [reason("partial", n=n, total=total)] if n else []
        if self.known.is_unallocated(unit_id):
            return []
        sent = self.known.sent(dataset, unit_id, time, self.today)
        if sent.missing:
            return [reason("months_missing", months=", ".join(f"{m:02d}/{y}" for y, m in sent.missing))]
        return [reason("cut_short", day=sent.cut_on)] if sent.cut_on else []

    def _made(
        self,
        definition: Metric,
        time: Stretch,
        unit_id: str,
        value: str | None,
        result: Figure,
        is_shown: bool,
        reasons: tuple[Reason, ...],
        status: str,
        is_small: bool,
    ) -> Row:
        unit = self.known.version(unit_id, time.rolls_on)
        by = self.query.by
        return Row(
            metric=definition.name,
            level=self.query.level,
            unit_id=unit_id,
            unit_code=unit.code,
            unit_name=unit.full_name or unit.name,
            period_start=time.starts_on,
            period_end=time.ends_on,
            numerator=result.numerator,
            denominator=result.denominator,
            value=result.value,
            lower=result.lower,
            upper=result.upper,
            method=result.method,
            is_shown=is_shown,
            note="; ".join(r.text("vi") for r in reasons),
            snapshot=self.known.name,
            split=by,
            split_value=value,
            calendar=self.query.calendar,
            status=status,
            reasons=reasons,
            is_small=is_small,
        )


def _why_no_value(definition: Metric, result: Figure) -> Reason:
    if definition.kind == "rate":
        return reason("no_population")
    if definition.kind == "ratio" and any(c.kind == "catalogue" for c in compile.components(definition)):
        return reason("no_catalogue")
    return reason(NOTHING_OF.get(catalogue.sources()[definition.source].dataset, "nothing_held"))

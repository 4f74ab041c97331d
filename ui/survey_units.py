"""Units of a survey as far as the rule of publishing lets it speak of them: marks, sentences, the table. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import plotly.graph_objects as go

from metrics.answer import Row
from metrics.model import Metric
from ui import charts, figures, sentences, standings, tables
from ui.survey import cells, is_rankable, is_shown
from ui.text import Text
from ui.view import mid_sentence

TOO_FEW = ("survey_few", "survey_pooled", "survey_level")
OUT_OF_SIGHT = ("suppressed", "scope_own", "scope_province")
MOST_UNITS = 80


@dataclass(frozen=True)
class Units:
    """The units of a level as far as the survey may speak of them."""

    metric: Metric
    rankable: tuple[Row, ...]
    """Enough respondents, highest first."""
    for_reference: tuple[Row, ...]
    too_few: tuple[Row, ...]
    out_of_sight: tuple[Row, ...]
    """Not for this viewer."""
    silent: tuple[Row, ...]
    """Nobody was asked there."""
    whole: Row | None

    @property
    def drawn(self) -> tuple[Row, ...]:
        """Return the units of the chart: those to be compared, for reference, withheld; the first of very many."""
        return (*self.rankable, *self.for_reference, *self.too_few)[:MOST_UNITS]


def of(metric: Metric, rows: Sequence[Row], whole: Row | None) -> Units:
    """Return the rows of units (in Vietnamese order) grouped by what the rule of publishing allows."""
    shown = [r for r in rows if is_shown(r)]
    rankable = sorted((r for r in shown if is_rankable(r)), key=lambda r: -(r.value or 0))
    few, hidden = (
        [r for r in rows if not is_shown(r) and any(x.code in codes for x in r.reasons)]
        for codes in (TOO_FEW, OUT_OF_SIGHT)
    )
    seen = {id(r) for r in (*shown, *few, *hidden)}
    return Units(
        metric,
        tuple(rankable),
        tuple(r for r in shown if not is_rankable(r)),
        tuple(few),
        tuple(hidden),
        tuple(r for r in rows if id(r) not in seen),
        whole if whole is not None and is_shown(whole) else None,
    )


def marks(found: Units, chosen: str, text: Text) -> tuple[charts.Mark, ...]:
    """Return a dot per unit; those for reference are hollow and grey, those too few have the reason for a name."""
    made = []
    for row in found.drawn:
        sign = figures.standing(found.metric, row, found.whole) if is_rankable(row) else "unknown"
        label = row.unit_name
        if not is_shown(row):
            label = f"{row.unit_name}: {mid_sentence(row.reasons[0].text(text.lang))}"
        mark = standings.mark(found.metric, row, sign, text, row.unit_id == chosen, label)
        made.append(
            charts.Mark(
                mark.key, mark.label, mark.value, mark.lower, mark.upper, mark.sign, mark.hover,
                not is_rankable(row), mark.is_chosen,
            )
        )  # fmt: skip
    return tuple(made)


def title(found: Units, text: Text) -> str:
    """Return how many units differ from the whole beyond the draw of the sample."""
    label = found.metric.label[text.lang]
    if found.whole is None or not found.rankable:
        return text("survey.units_reference" if found.for_reference else "survey.units_none", label=label)
    words = [figures.standing(found.metric, r, found.whole) for r in found.rankable]
    above, below = words.count("improvement"), words.count("concern")
    key = "survey.units_apart" if above or below else "survey.units_alike"
    value = figures.value_text(found.metric, found.whole, text.lang)
    return text(key, label=label, above=above, below=below, n=len(found.rankable), whole=value)


def sentence(found: Units, text: Text) -> str:
    """Return how many units are shown for reference, withheld, and without respondents; each with its reason."""
    pieces = []
    if found.for_reference:
        pieces.append(text("survey.units_for_reference", n=len(found.for_reference)))
    for code in TOO_FEW:
        names = [r.unit_name for r in found.too_few if r.reasons[0].code == code]
        if names:
            pieces.append(text(f"survey.units_{code}", n=len(names), names=sentences.some(names)))
    if found.out_of_sight:
        pieces.append(text("survey.units_out_of_sight", n=len(found.out_of_sight)))
    if found.silent:
        pieces.append(text("survey.units_silent", n=len(found.silent)))
    if len(found.drawn) == MOST_UNITS:
        pieces.append(text("survey.units_cut", n=MOST_UNITS))
    return " ".join(pieces)


def figure(found: Units, chosen: str, text: Text) -> go.Figure:
    """Return a dot per unit, with the whole as a line."""
    reference = found.whole.value if found.whole is not None else None
    style = charts.Style(
        unit=found.metric.unit, lang=text.lang, reference=reference, reference_label=text("survey.whole")
    )
    drawn = marks(found, chosen, text)
    made = go.Figure(charts.ranking(drawn, style))
    # Many rows: plotly pads its ends by a share of them, which leaves several empty.
    made.update_yaxes(autorange=False, range=[len(drawn) - 0.4, -0.6])
    return made


def subtitle(found: Units, level: str, when: str, text: Text) -> str:
    """Return which units, when, and what the marks mean."""
    level = level[:1].upper() + level[1:]
    if found.whole is None:
        return text("survey.units_subtitle_bare", level=level, when=when)
    value = figures.value_text(found.metric, found.whole, text.lang)
    return text("survey.units_subtitle", level=level, when=when, whole=value)


def needs_pooling(rows: Sequence[Row]) -> bool:
    """Return whether some figure would be published if twelve months were taken together."""
    return any(x.code == "survey_pooled" for r in rows for x in r.reasons)


def table(found: Units, rows: Sequence[Row], text: Text) -> tables.Table:
    """Return every unit with its figure, its respondents and why there is none."""
    kind = standings.value_kind(found.metric)
    columns = (
        tables.Column(text("column.unit")), tables.Column(text("column.code")),
        tables.Column(found.metric.label[text.lang], kind), tables.Column(text("column.lower"), kind),
        tables.Column(text("column.upper"), kind), tables.Column(text("survey.respondents"), "count"),
        tables.Column(text("column.note")),
    )  # fmt: skip
    return tables.Table(columns, tuple((r.unit_name, r.unit_code, *cells(r, text)) for r in rows))

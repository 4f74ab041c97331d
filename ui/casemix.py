"""Lateness beside what a unit's mix of procedures leads one to expect, and the units most like it: words. Pure."""

from __future__ import annotations

from metrics.analysis.casemix import CaseMix
from metrics.analysis.peers import Peers
from ui import numbers, tables
from ui.text import Text
from ui.view import mid_sentence


def sentence(found: CaseMix, text: Text) -> str:
    """Return late cases seen over expected, and what share of the gap the mix explains; or why not."""
    if found.ratio is None or found.ratio.value is None or found.gap is None or found.own is None:
        why = mid_sentence(found.why_not.text(text.lang)) if found.why_not else numbers.MISSING
        return text("casemix.none", reason=why)
    ratio = found.ratio
    apart = "casemix.more" if found.late > ratio.expected else "casemix.fewer"
    key = apart if ratio.is_apart else "casemix.as_expected"
    said = text(
        key,
        unit=found.unit_name,
        late=numbers.integer(found.late, text.lang),
        ratio=numbers.decimal(ratio.value, 2, text.lang),
        expected=numbers.decimal(ratio.expected, 1, text.lang),
        span=numbers.span(ratio.lower, ratio.upper, "score", text.lang),
    )
    pieces = [said, _gap(found, text) if ratio.is_apart else ""]
    if found.is_small:
        pieces.append(text("casemix.small"))
    return " ".join(p for p in pieces if p)


def _gap(found: CaseMix, text: Text) -> str:
    assert found.gap is not None
    rates = {
        "own": numbers.percent(found.own, text.lang),
        "overall": numbers.percent(found.overall, text.lang),
    }
    if found.gap.explained is None:
        return text("casemix.gap_unexplained", expected_rate=numbers.percent(found.expected_rate, text.lang), **rates)
    points = {
        name: numbers.difference(abs(value), "percent", text("figure.points"), text.lang).lstrip("+")
        for name, value in (("gap", found.gap.total), ("by_mix", found.gap.by_mix), ("rest", found.gap.rest))
    }
    share = numbers.percent(found.gap.explained, text.lang, 0)
    return text("casemix.gap_higher" if found.gap.total > 0 else "casemix.gap_lower", share=share, **points, **rates)


def note(found: CaseMix, text: Text) -> str:
    """Return how many procedures were taken together by field."""
    return text("casemix.pooled", n=found.n_pooled) if found.n_pooled else ""


def table(found: CaseMix, text: Text) -> tables.Table:
    """Return the unit's procedures with late cases seen and expected, those furthest apart first."""
    columns = (
        tables.Column(text("standing.column_procedure")),
        tables.Column(text("column.settled"), "count"),
        tables.Column(text("standing.column_late"), "count"),
        tables.Column(text("standing.column_expected"), "decimal"),
    )
    return tables.Table(columns, tuple((p.name, p.settled, p.late, p.expected) for p in found.procedures))


def peers_sentence(found: Peers, text: Text) -> str:
    """Return the most similar units with what makes them so."""
    if not found.peers:
        return text("peers.none")
    first = found.peers[0]
    field = first.top_field or text("chart.no_field")
    own = text("peers.own", unit=found.unit_name, n=numbers.integer(found.n, text.lang), field=field,
               share=numbers.percent(first.own_top_share, text.lang, 0))  # fmt: skip
    names = ", ".join(
        text("peers.one", unit=mid_sentence(p.unit_name), n=numbers.integer(p.n, text.lang), field=field,
             share=numbers.percent(p.top_share, text.lang, 0))
        for p in found.peers
    )  # fmt: skip
    return f"{text('peers.sentence', names=names)} {own}"


def peers_table(found: Peers, text: Text) -> tables.Table:
    """Return the similar units, the nearest first."""
    columns = (
        tables.Column(text("column.unit")),
        tables.Column(text("column.code")),
        tables.Column(text("standing.column_unit_kind")),
        tables.Column(text("column.settled"), "count"),
        tables.Column(text("standing.column_peer_distance"), "score"),
    )
    return tables.Table(columns, tuple((p.unit_name, p.unit_code, p.kind, p.n, p.mix_distance) for p in found.peers))

"""What a control chart says: title, sentences, subtitle, the words of a point. Pure; never more than the data say."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from metrics import catalogue
from metrics.analysis.trend import ControlChart, Point
from metrics.model import Metric
from metrics.periods import parse
from metrics.plan import Target
from metrics.stats.choice import LIMITS_NEED
from metrics.stats.control import TRIAL_UNDER
from metrics.stats.verdict import Variation
from ui import milestones, numbers
from ui.text import Text, plainly
from ui.view import mid_sentence, short_label

LETTERS = "fct_complaint"
MARKS: tuple[Variation, ...] = ("ordinary", "improvement", "concern", "high", "low")


def title(chart: ControlChart, metric: Metric, text: Text, until: date | None = None) -> str:
    """Return the finding: where the newest judged month stands, or why nothing can be said.

    The month is named where it is not the one that ends the period asked for.
    """
    label, point = metric.label[text.lang], chart.last_point
    if point is None:
        known = [p for p in chart.points if p.value is not None]
        why = "all_small" if any(p.is_small for p in known) else "all_provisional" if known else "no_data"
        return text(_of_letters(f"control.title.{why}", chart, text), label=label)
    shown = value(chart, metric, point.value, text)
    if point != chart.points[-1] or until not in (None, point.ends_on):
        shown = f"{shown} ({mid_sentence(parse(point.token, chart.calendar).name(text.lang))})"
    given = {"label": label, "value": shown}
    segment = chart.segments[point.segment]
    if segment.why:
        return text(_of_letters(f"control.title.{segment.why}", chart, text), **given)
    if segment.is_trial:
        return text("control.title.trial", n=segment.n_used, **given)
    if chart.variation == "ordinary":
        return text("control.title.ordinary", **given)
    if chart.is_seasonal:
        return text("control.title.seasonal", signal=signal(chart, metric, text), **given)
    return text(f"control.title.{chart.variation}", signal=signal(chart, metric, text), **given)


def sentences(chart: ControlChart, metric: Metric, text: Text) -> list[str]:
    """Return the verdict in words: the month, its variation, the season, the target, and what chance alone would do."""
    point = chart.last_point
    if point is None:
        return []
    segment = chart.segments[point.segment]
    said = [_month(chart, metric, point, text)]
    by_whom = "" if chart.nature == "count" else target_set(chart.target_set, metric, text)
    if segment.why == "few_months":
        said.append(text("control.say.few_months", least=LIMITS_NEED))
    elif segment.why:
        is_count = segment.why == "few_events" and chart.nature == "count"
        key = f"control.say.{segment.why}{'_count' if is_count else ''}"
        said.append(text(_of_letters(key, chart, text)))
    elif segment.is_trial:
        said.append(text("control.say.trial", n=segment.n_used, least=TRIAL_UNDER))
    else:
        said += _verdict(chart, metric, point, text)
    return [
        s for s in (*said, by_whom, *_left_out(chart, text), *milestones.sentences(milestones.of(chart, text))) if s
    ]


def beneath(chart: ControlChart, metric: Metric, text: Text) -> list[str]:
    """Return what must stand by a chart whose verdict is told elsewhere: its numbered events, who set the target."""
    found = milestones.of(chart, text)
    told = milestones.sentences(found) if any(one.number for one in found) else []
    by_whom = "" if chart.nature == "count" else target_set(chart.target_set, metric, text)
    return [*told, *([by_whom] if by_whom else [])]


def brief(chart: ControlChart, metric: Metric, token: str, text: Text) -> str:
    """Return the verdict on one month in a sentence; nothing where it is not the newest judged, or has no verdict."""
    point = chart.last_point
    if point is None or point.token != token or chart.variation == "none":
        return ""
    n = chart.segments[point.segment].n_used
    said = text(f"control.brief.{chart.variation}", n=n, signal=signal(chart, metric, text))
    return f"{said} {_season(chart, metric, text)}" if chart.is_seasonal else said


def target_set(target: Target | None, metric: Metric, text: Text) -> str:
    """Return who set the target in force on the page, when and upon what; nothing of one of the reference file."""
    if target is None or not target.who:
        return ""
    key = f"access.role.{target.who.partition(':')[0]}"
    given = {
        "value": numbers.number(target.value, metric.unit, text.lang),
        "who": text(key) if text.has(key) else plainly(target.who),
        "day": numbers.day(target.set_on),
        "begins": numbers.day(target.valid_from),
    }
    if target.source:
        return text("plan.set_by", document=plainly(target.source), **given)
    return text("plan.set_by_unconfirmed", **given)


def target_said(target: Target, metric: Metric, text: Text) -> str:
    """Return the target in force in a sentence: with who set it, or of the reference file with what it rests on."""
    if target.who:
        return target_set(target, metric, text)
    key = "plan.in_force" if target.is_confirmed else "plan.in_force_unconfirmed"
    return text(key, value=numbers.number(target.value, metric.unit, text.lang))


def wanted_day(chart: ControlChart) -> date:
    """Return the day on which whoever looks at a chart most likely noted something: where its newest run begins."""
    if chart.latest is not None and chart.points[chart.latest].rule:
        return chart.run_of(chart.latest)[0].starts_on
    return chart.points[-1].starts_on


def target_label(chart: ControlChart, metric: Metric, text: Text) -> str:
    """Return the words at the line of the target: from which month, where another or none held before it."""
    shown = numbers.number(chart.target, metric.unit, text.lang)
    key = "chart.target" if chart.is_target_confirmed else "funnel.target_unconfirmed"
    words = text(key, value=shown)
    first = next((i for i in range(len(chart.targets) - 1, -1, -1) if chart.targets[i] != chart.target), None)
    if first is None or first + 1 >= len(chart.points):
        return words
    return text("plan.target_from", label=words, month=short_label(chart.points[first + 1].token))


def _of_letters(key: str, chart: ControlChart, text: Text) -> str:
    """Return the key of the words that speak of letters, where the metric counts them and there are such words."""
    own = f"{key}_letters"
    return own if text.has(own) and catalogue.metric(chart.metric).source == LETTERS else key


def _month(chart: ControlChart, metric: Metric, point: Point, text: Text) -> str:
    month = parse(point.token, chart.calendar).name(text.lang)
    if chart.nature == "share":
        share = numbers.share(point.value, point.count, point.of, text.lang)
        return text("control.say.share", month=month, share=share)
    if chart.nature == "count":
        count, days = numbers.integer(point.count, text.lang), numbers.integer(point.of, text.lang)
        shown = per_day(point.value, text)
        return text("control.say.count", month=month, count=count, days=days, value=shown)
    return text("control.say.value", month=month, value=value(chart, metric, point.value, text))


def _verdict(chart: ControlChart, metric: Metric, point: Point, text: Text) -> list[str]:
    said = []
    if chart.variation == "ordinary":
        low, high = (value(chart, metric, v, text, is_bare=True) for v in (point.lower, point.upper))
        said.append(text("control.say.ordinary", low=low, high=high))
    else:
        is_surge = chart.variation == "high" and point.rule == 1
        found = "surge" if is_surge else chart.variation
        said.append(text(f"control.say.{found}", signal=signal(chart, metric, text)))
        said.append(_season(chart, metric, text))
    if chart.assurance != "none" and chart.target is not None:
        target = numbers.number(chart.target, metric.unit, text.lang)
        if not chart.is_target_confirmed:
            target = f"{target} ({text('control.target_unconfirmed')})"
        said.append(text(f"control.say.{chart.assurance}", target=target))
    run = chart.run_of(chart.latest) if chart.latest is not None and point.rule else ()
    earlier = [p for p in chart.points if p.rule and p not in run]
    if earlier:
        said.append(text("control.say.earlier", months=listed(earlier)))
    if chart.expected_marked is not None:
        given: dict[str, object] = {"judged": chart.n_judged, "expected": chance(chart.expected_marked, text)}
        is_none = not chart.n_marked
        said.append(
            text("control.say.chance_none", **given)
            if is_none
            else text("control.say.chance", marked=chart.n_marked, **given)
        )
    return said


def _season(chart: ControlChart, metric: Metric, text: Text) -> str:
    """Return what the same month last year was; nothing where it belongs to the same run as this one."""
    if chart.last_year is None or (chart.last_year.is_alike and not chart.is_seasonal):
        return ""
    month = mid_sentence(parse(chart.last_year.token, chart.calendar).name(text.lang))
    then = value(chart, metric, chart.last_year.value, text)
    key = "season_alike" if chart.is_seasonal else "season_other"
    return text(f"control.say.{key}", month=month, value=then)


def _left_out(chart: ControlChart, text: Text) -> list[str]:
    found = {
        "provisional": [p for p in chart.points if p.value is not None and p.is_provisional],
        "small": [p for p in chart.points if p.value is not None and p.is_small and not p.is_provisional],
    }
    keys = {key: _of_letters(f"control.say.{key}", chart, text) for key in found}
    return [text(keys[key], months=listed(points)) for key, points in found.items() if points]


def signal(chart: ControlChart, metric: Metric, text: Text) -> str:
    """Return why the newest judged month is a signal, empty where it is none."""
    point = chart.last_point
    if point is None or not point.rule:
        return ""
    end = "high" if point.side > 0 else "low"
    limit = point.upper if point.side > 0 else point.lower
    given: dict[int, dict[str, object]] = {
        1: {"limit": value(chart, metric, limit, text, is_bare=True)},
        2: {"n": chart.in_a_row(), "centre": value(chart, metric, point.centre, text, is_bare=True)},
        3: {"n": chart.in_a_row()},
        4: {},
    }
    return text(f"control.rule.{point.rule}_{end}", **given[point.rule])


def subtitle(chart: ControlChart, where: str, text: Text) -> str:
    """Return what, where and by which limits, and what the marks that are drawn mean."""
    drawn = {p.word for p in chart.points}
    marks = [text(f"control.mark.{m}") for m in MARKS if m in drawn]
    known = [p for p in chart.points if p.value is not None]
    others = {
        "provisional": any(p.is_provisional for p in known),
        "small": any(p.is_small and not p.is_provisional for p in known),
        "trial": chart.kind is not None and any(p.is_used and p.word == "none" for p in known),
    }
    marks += [text(_of_letters(f"control.mark.{name}", chart, text)) for name, is_drawn in others.items() if is_drawn]
    last = mid_sentence(parse(chart.points[-1].token, chart.calendar).name(text.lang)) if chart.points else ""
    if chart.kind is None:
        said = text("control.subtitle.none", where=where, last=last)
    else:
        kind = text(f"control.kind.{chart.kind}")
        said = text("control.subtitle.limits", where=where, last=last, kind=kind)
    return f"{said} {text('control.subtitle.marks', marks=' · '.join(marks))}" if marks else said


def hover(chart: ControlChart, metric: Metric, point: Point, text: Text) -> str:
    """Return what a month says when pointed at."""
    lines = [f"<b>{parse(point.token, chart.calendar).name(text.lang)}</b>"]
    if point.value is None:
        return "<br>".join([*lines, point.row.note_in(text.lang) if point.row else numbers.MISSING])
    if chart.nature == "share":
        lines.append(numbers.share(point.value, point.count, point.of, text.lang))
    else:
        lines.append(value(chart, metric, point.value, text))
    if point.lower is not None and point.upper is not None:
        low, high = (value(chart, metric, v, text, is_bare=True) for v in (point.lower, point.upper))
        lines.append(f"{text('control.column.lower')}: {low}<br>{text('control.column.upper')}: {high}")
    if point.rule:
        lines.append(f"{text(f'control.mark.{point.word}')} ({text(f'control.named.{point.rule}')})")
    elif point.word == "ordinary":
        lines.append(text("control.mark.ordinary"))
    if point.row is not None and point.row.note_in(text.lang):
        lines.append(point.row.note_in(text.lang))
    return "<br>".join(lines)


def value(chart: ControlChart, metric: Metric, shown: float | None, text: Text, is_bare: bool = False) -> str:
    """Return a value as charted: a share, a metric's own value, or a count "per working day"."""
    if chart.nature == "count":
        words = per_day(shown, text)
        return words if is_bare else text("control.per_day", value=words)
    return numbers.number(shown, metric.unit, text.lang)


def per_day(shown: float | None, text: Text) -> str:
    """Return a count per working day; small ones with two decimals.

    >>> per_day(662.27, Text("vi")), per_day(0.046, Text("vi"))
    ('662,3', '0,05')
    """
    return numbers.decimal(shown, 1 if shown is None or shown >= 1 else 2, text.lang)


def chance(months: float, text: Text) -> str:
    """Return about how many months chance alone would mark; less than a tenth is said so.

    >>> chance(0.42, Text("vi")), chance(0.03, Text("en"))
    ('khoảng 0,4', 'less than 0.1')
    """
    return text("funnel.about", n=numbers.decimal(months, 1, text.lang)) if months >= 0.05 else text("funnel.few")


def listed(points: Sequence[Point]) -> str:
    """Return months in order, those that follow each other as first–last."""
    stretches: list[list[Point]] = []
    for point in points:
        if stretches and (point.starts_on - stretches[-1][-1].ends_on).days == 1:
            stretches[-1].append(point)
        else:
            stretches.append([point])
    ends = [dict.fromkeys((short_label(s[0].token), short_label(s[-1].token))) for s in stretches]
    return ", ".join("–".join(pair) for pair in ends)

"""The lines around the figures: where, when, how fresh, what a metric means, and the rows behind it. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Any

from metrics import catalogue
from metrics.model import Metric
from metrics.notes import word
from ui import drafts, numbers, tables
from ui import view as choices
from ui.sentences import some
from ui.text import Text

# what a list of rows shows, where the source has it: column → how it is printed
CASE_COLUMNS: dict[str, tables.Kind] = {
    "case_code": "text", "letter_code": "text", "kind": "text", "mark_reason": "text", "mark_note": "text",
    "mark_owner": "text", "mark_due_on": "date", "mark_by": "text", "unit_id": "text", "procedure_name": "text",
    "field_name": "text", "channel": "text", "host": "text", "week_starts_on": "date", "has_chair_reception": "text",
    "held_on": "date", "received_on": "date", "promised_on": "date", "apology_on": "date", "due_on": "date",
    "accept_due_on": "date", "accepted_on": "date", "settle_due_on": "date", "completed_on": "date",
    "settled_on": "date", "handle_due_on": "date", "ended_on": "date", "n_visits": "count", "n_people": "count",
    "n_matters": "count", "n_groups": "count", "n_members": "count", "n_questions": "count", "n_answered": "count",
    "replied_on": "date", "publish_due_on": "date", "published_on": "date", "status": "text", "settled_class": "text",
    "outcome": "text", "processing_days": "count", "late_days": "count", "source_file": "text",
    "source_sheet": "text", "source_row": "count",
}  # fmt: skip


def title(page: Any, name: str) -> str:
    """Return the page's title; a centrally run city is not called a province."""
    key = f"page.{name}.title"
    if (
        page.unit is not None
        and page.text.has(f"{key}_city")
        and page.province.type_name
        and page.province.type_name in page.text("unit.city_types")
    ):
        key = f"{key}_city"
    return str(page.text(key))


def where(page: Any) -> str:
    """Return unit › area › province."""
    text, start = page.text, page.period.start
    chain = [choices.unit_label(page.unit, start, text)]
    if page.unit.level == "commune":
        area = page.places.area_of(page.unit.unit_id)
        if area:
            chain.append(choices.unit_label(area, start, text))
    if page.unit.level != "province" and page.province is not page.unit:
        chain.append(page.province.full_name)
    return " › ".join(chain)


def when(page: Any) -> str:
    """Return the period with its first and last day."""
    return str(page.period.title(page.text.lang))


def freshness(page: Any, missing: Sequence[dict[str, Any]]) -> str:
    """Return how far the data reach, when they were put together, and who has not sent."""
    text = page.text
    data_on = page.info.get("data_on", "")
    built = page.info.get("built_at", "")
    pieces = (
        [text("context.data_on", day=numbers.day(date.fromisoformat(data_on[:10])))] if data_on[:4].isdigit() else []
    )
    if built[:4].isdigit():
        moment = datetime.fromisoformat(built.rstrip("Z"))
        pieces.append(text("context.built", time=numbers.clock(moment), day=numbers.day(moment.date())))
    line = ", ".join(pieces)
    if missing:
        line += "; " + text("context.not_sent", n=f"{len(missing):02d}", names=some([m["full_name"] for m in missing]))
    if drafts.of(getattr(page, "source", None)) is not None:
        line = f"{text('drafts.mark')} · {line}"
    if page.view.asof:
        line += " · " + text("context.asof", name=page.source.name)
    return line


def definition(text: Text, metric: Metric, row: Any, where: str, when: str, snapshot: str) -> str:
    """Return a metric's definition as Markdown: in words, with its parts here and now; no code."""
    items = [("kind", text(f"metric_kind.{metric.kind}"))]
    if metric.expression:
        items.append(("formula", in_labels(metric.expression, text)))
    if metric.is_share and row is not None and row.is_shown and row.denominator is not None:
        here = " · ".join((where, when))
        numerator, denominator = (numbers.integer(n, text.lang) for n in (row.numerator, row.denominator))
        if metric.kind == "proportion":
            items.append(("numerator", _part(metric, metric.numerator, numerator, text)))
            items.append(("denominator", _part(metric, metric.denominator, denominator, text)))
        items.append(("here", f"{here}: {numbers.share(row.value, row.numerator, row.denominator, text.lang)}"))
    items.append(("direction", text(f"direction.{metric.direction}")))
    about = "sample" if metric.source == "fct_survey_answer" else "census"
    interval = text(f"method.{metric.interval}")
    items.append(("interval", interval if metric.interval == "none" else f"{interval}. {text(f'definition.{about}')}"))
    if metric.is_share and about == "census":
        items.append(("small", text("definition.small_rule", n=metric.min_denominator)))
    items.append(("levels", "; ".join(word("level", level, text.lang) for level in metric.levels)))
    items.append(("rows", text(f"rows.{metric.rows}")))
    lines = [
        metric.description[text.lang],
        "",
        *(f"- **{text(f'definition.{name}')}**: {said}" for name, said in items),
    ]
    for basis in metric.regulation:
        dates = " – ".join(numbers.day(d) for d in (basis.since, basis.until) if d)
        dates = text("definition.since", day=dates) if basis.since and not basis.until else dates
        doubt = "" if basis.is_confirmed else f" *({text('definition.unconfirmed')})*"
        cite = f"{basis.cite}, {basis.article}" if basis.article else basis.cite
        lines.append(f"- **{text('definition.basis')}**: {cite}" + (f" ({dates})" if dates else "") + doubt)
    lines.append(f"- **{text('definition.snapshot')}**: {snapshot}")
    return "\n".join(lines)


def conditions(text: Text, metric: Metric) -> str:
    """Return the exact conditions of a metric as Markdown, in the language of the database."""
    lines = [f"- **{text('definition.name')}**: `{metric.name}`"]
    for name, said in (
        ("formula", metric.expression),
        ("numerator" if metric.denominator else "counted", metric.numerator),
        ("denominator", metric.denominator),
    ):
        if said:
            lines.append(f"- **{text(f'definition.{name}')}**: `{said}`")
    return "\n".join(lines)


def in_labels(expression: str, text: Text) -> str:
    """Return a formula over metrics with their labels in place of their names."""
    known = catalogue.metrics()
    found = re.sub(r"[a-z_]\w*", lambda m: f"“{known[m[0]].label[text.lang]}”" if m[0] in known else m[0], expression)
    return found.replace("*", "×").replace(" / ", " ÷ ").replace(" - ", " − ")


def _part(metric: Metric, predicate: str, n: str, text: Text) -> str:
    """Return a part's number, with the name of the count that has the same condition, if one has."""
    same = (
        m.label[text.lang]
        for m in catalogue.metrics().values()
        if m.kind in ("count", "stock")
        and (m.source, m.period_on, m.numerator) == (metric.source, metric.period_on, predicate)
    )
    name = next(same, "")
    return f"{n} ({name[:1].lower()}{name[1:]})" if name else n


def filled(records: Sequence[dict[str, Any]]) -> list[str]:
    """Return the columns that a list of these rows has to show: those of its source with a value in them."""
    return [c for c in CASE_COLUMNS if any(r.get(c) is not None for r in records)]


def cases_table(
    text: Text, found: Any, unit_name: Callable[[str], str] = str, only: Sequence[str] | None = None
) -> tables.Table:
    """Return the rows behind a number as a table: the columns a reader needs, labels instead of codes.

    `only` names the columns chosen; without it those that hold anything.
    """
    records: list[dict[str, Any]] = records_of(found)
    present = filled(records) if only is None else list(only)
    columns = tuple(tables.Column(text(f"column.{c}"), CASE_COLUMNS[c]) for c in present)
    names = {u: unit_name(u) for u in {r.get("unit_id") for r in records} if u}
    rows = tuple(
        tuple(names.get(r.get(c), r.get(c)) if c == "unit_id" else worded(text, c, r.get(c)) for c in present)
        for r in records
    )
    return tables.Table(columns, rows)


def records_of(found: Any) -> list[dict[str, Any]]:
    """Return rows as dictionaries, whatever holds them."""
    if hasattr(found, "to_dict"):
        return list(found.to_dict("records"))
    if hasattr(found, "columns") and hasattr(found, "rows"):
        return [r if isinstance(r, dict) else dict(zip(found.columns, r, strict=True)) for r in found.rows]
    return [dict(r) for r in found]


def worded(text: Text, column: str, value: Any) -> Any:
    """Return the word of a code, the value itself where it has none."""
    word = str(value).lower() if isinstance(value, bool) else value
    key = f"value.{column}.{word}"
    return text(key) if isinstance(word, str) and text.has(key) else value

"""The lines around the figures: where, when, how fresh, what a metric means, and the rows behind it. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from metrics.model import Metric
from ui import numbers, tables
from ui import view as choices
from ui.text import Text

# what a list of rows shows, where the source has it: column → how it is printed
_CASE_COLUMNS: dict[str, tables.Kind] = {
    "case_code": "text", "letter_code": "text", "kind": "text", "unit_name": "text", "procedure_name": "text",
    "field_name": "text", "channel": "text", "received_on": "date", "due_on": "date", "settle_due_on": "date",
    "completed_on": "date", "settled_on": "date", "status": "text", "settled_class": "text", "outcome": "text",
    "processing_days": "count", "late_days": "count", "source_file": "text", "source_sheet": "text",
    "source_row": "count",
}  # fmt: skip
_NAMES_SHOWN = 5


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
        line += "; " + text(
            "context.not_sent", n=f"{len(missing):02d}", names=_some([m["full_name"] for m in missing], text)
        )
    if page.view.asof:
        line += " · " + text("context.asof", name=page.source.name)
    return line


def _some(names: Sequence[str], text: Text) -> str:
    """Return the first few names in mid-sentence case."""
    listed = ", ".join(choices.mid_sentence(n) for n in names[:_NAMES_SHOWN])
    return f"{listed}, …" if len(names) > _NAMES_SHOWN else listed


def definition(text: Text, metric: Metric, snapshot: str) -> str:
    """Return a metric's definition as Markdown."""
    lines = [
        metric.description[text.lang],
        "",
        f"- **{text('definition.kind')}**: {text(f'metric_kind.{metric.kind}')}",
    ]
    if metric.expression:
        lines.append(f"- **{text('definition.formula')}**: `{metric.expression}`")
    if metric.denominator:
        lines.append(f"- **{text('definition.numerator')}**: `{metric.numerator}`")
        lines.append(f"- **{text('definition.denominator')}**: `{metric.denominator}`")
    elif metric.numerator:
        lines.append(f"- **{text('definition.counted')}**: `{metric.numerator}`")
    lines.append(f"- **{text('definition.direction')}**: {text(f'direction.{metric.direction}')}")
    lines.append(f"- **{text('definition.interval')}**: {text(f'method.{metric.interval}')}")
    if metric.kind == "proportion":
        lines.append(f"- **{text('definition.small')}**: {text('definition.small_rule', n=metric.min_denominator)}")
    lines.append(f"- **{text('definition.rows')}**: {text(f'rows.{metric.rows}')}")
    for basis in metric.regulation:
        dates = " – ".join(numbers.day(d) for d in (basis.since, basis.until) if d)
        doubt = "" if basis.is_confirmed else f" *({text('definition.unconfirmed')})*"
        cite = f"{basis.cite}, {basis.article}" if basis.article else basis.cite
        lines.append(f"- **{text('definition.basis')}**: {cite}" + (f" ({dates})" if dates else "") + doubt)
    lines.append(f"- **{text('definition.source')}**: `{metric.name}` · {snapshot}")
    return "\n".join(lines)


def cases_table(text: Text, found: Any) -> tables.Table:
    """Return the rows behind a number as a table: the columns a reader needs, labels instead of codes."""
    records: list[dict[str, Any]] = records_of(found)
    present = [c for c in _CASE_COLUMNS if records and c in records[0]]
    columns = tuple(tables.Column(text(f"column.{c}"), _CASE_COLUMNS[c]) for c in present)
    rows = tuple(tuple(_worded(text, c, r[c]) for c in present) for r in records)
    return tables.Table(columns, rows)


def records_of(found: Any) -> list[dict[str, Any]]:
    """Return rows as dictionaries, whatever holds them."""
    if hasattr(found, "to_dict"):
        return list(found.to_dict("records"))
    if hasattr(found, "columns") and hasattr(found, "rows"):
        return [r if isinstance(r, dict) else dict(zip(found.columns, r, strict=True)) for r in found.rows]
    return [dict(r) for r in found]


def _worded(text: Text, column: str, value: Any) -> Any:
    key = f"value.{column}.{value}"
    return text(key) if isinstance(value, str) and text.has(key) else value

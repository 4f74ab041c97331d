"""What a unit has to act on, in words and tables. Pure: no page, no database."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from html import escape
from typing import Any

from metrics import catalogue, forms
from metrics.analysis.to_act import Checked, Item, ToAct, UnitLoad
from metrics.analysis.to_act_rules import checks, threshold
from metrics.periods import parse
from ui import control_words, numbers, tables
from ui.access import work
from ui.access.opinions import Figure
from ui.access.work import Line
from ui.text import Text
from ui.view import View, mid_sentence

LETTERS = ("complaints_past", "petitions_past", "complaints_soon", "petitions_soon")
STEP_COLUMNS: dict[str, tables.Kind] = {
    "case_id": "text", "step_name": "text", "role_name": "text", "started_on": "date", "source_file": "text",
    "source_row": "count",
}  # fmt: skip
REJECT_COLUMNS: dict[str, tables.Kind] = {
    "file_name": "text", "sheet": "text", "row": "count", "column": "text", "reason": "text",
}  # fmt: skip
SHOWN_UNITS = 10


def head(found: ToAct, unit: str, text: Text) -> str:
    """Return how many items there are and as of when."""
    if found.data_on is None:
        return text("to_act.head_no_cases", unit=unit)
    day = numbers.day(found.data_on)
    if not found.items:
        return f"{text('to_act.none')} {text('to_act.as_of', day=day)}"
    if len(found.items) == 1:
        return text("to_act.head_one", unit=unit, day=day)
    return text("to_act.head", unit=unit, n=len(found.items), day=day)


def old(found: ToAct, text: Text) -> str:
    """Return that the data are too old to tell what is due soon, nothing where they are not."""
    if not found.n_old:
        return ""
    return text("to_act.old", n=numbers.integer(found.n_old, text.lang), day=numbers.day(found.data_on))


def title(item: Item, text: Text) -> str:
    """Return the item in words with its number."""
    given: dict[str, Any] = {"n": numbers.integer(item.n, text.lang)}
    given |= {key: threshold(name, item.at).value for key, name in THRESHOLDS.items()}
    if item.check == "apology":
        given["form"] = mid_sentence(_form(item.at, text)[0])
    if item.chart is not None and item.chart.last_point is not None:
        metric = catalogue.metric(item.chart.metric)
        given["month"] = parse(item.token).name(text.lang)
        given["value"] = numbers.number(item.chart.last_point.value, metric.unit, text.lang)
    key = f"to_act.title.{item.check}"
    if item.is_stale and text.has(f"{key}_stale"):
        key = f"{key}_stale"
    return text(key, **given)


THRESHOLDS = {"soon": "soon", "lead": "letters_soon", "wait": "step_wait", "share": "step_share", "recent": "recent"}


def worst(item: Item, text: Text) -> str:
    """Return the worst of the rows in words."""
    days = numbers.integer(item.n_late, text.lang)
    return text(
        f"to_act.worst.{item.check}", n=numbers.integer(item.n, text.lang), day=numbers.day(item.oldest), days=days
    )


def why(item: Item, text: Text) -> str:
    """Return why it matters, and as of when."""
    given: dict[str, Any] = {key: threshold(name, item.at).value for key, name in THRESHOLDS.items()}
    if item.check == "apology":
        _, cite, is_confirmed = _form(item.at, text)
        given |= {"cite": cite, "mark": "" if is_confirmed else text("to_act.unconfirmed.mark")}
    if item.chart is not None:
        said = control_words.signal(item.chart, catalogue.metric(item.chart.metric), text)
        given |= {"signal": f"{said[:1].upper()}{said[1:]}".rstrip(".") + "." if said else ""}
    reason = text(f"to_act.why.{item.check}", **given).strip()
    return f"{reason} {text('to_act.as_of', day=numbers.day(item.at))}"


def _form(day: date, text: Text) -> tuple[str, str, bool]:
    """Return name, basis and whether it was checked, of the letter of apology in force on the day."""
    found = forms.in_force("apology", day, day)
    if not found:
        return text("to_act.name.apology"), "", False
    return found[-1].label(text.lang), found[-1].cite, found[-1].is_confirmed


def line(item: Item, text: Text) -> str:
    """Return an item that did not fit among the first, in one line."""
    return f"{title(item, text)}. {text('to_act.as_of', day=numbers.day(item.at))}"


def order(text: Text) -> str:
    """Return how the items are ordered, with what was said of letters."""
    weights = {name: f"{checks()[check].weight:g}" for name, check in
               (("complaint", "complaints_past"), ("petition", "petitions_past"))}  # fmt: skip
    said = [text("to_act.order", **weights), text("to_act.overlap"), text("to_act.no_denunciations")]
    return " ".join([*said, text("to_act.still_counted")])


def checked(found: Sequence[Checked], text: Text) -> str:
    """Return every check with what it came to and how far its data reach, as a list: it is read on a phone."""
    return "\n".join(f"- {_checked(one, text)}" for one in found)


def _checked(one: Checked, text: Text) -> str:
    state = text(f"to_act.state.{one.state}", n=numbers.integer(one.n, text.lang))
    said = f"{text(f'to_act.name.{one.check}')}: **{state}**"
    return f"{said} ({text('to_act.until', day=numbers.day(one.at))})" if one.at is not None else said


def busiest(found: Sequence[UnitLoad], name: Callable[[str], str], text: Text) -> tables.Table:
    """Return the units with what each check counts in them."""
    names = [c.name for c in checks().values() if c.is_counted or c.is_of_arrivals]
    columns = [tables.Column(text("to_act.column.unit"))]
    columns += [tables.Column(text(f"to_act.name.{n}"), "count") for n in names]
    return tables.Table(
        tuple(columns),
        tuple((name(load.unit_id), *(dict(load.counts).get(n) for n in names)) for load in found),
    )


def is_plain(item: Item) -> bool:
    """Return whether its rows are neither cases nor letters."""
    return checks()[item.check].source in ("fct_case_step", "load")


def listed(item: Item, rows: Sequence[Mapping[str, Any]], reasons: Mapping[str, str], text: Text) -> tables.Table:
    """Return steps, or rejected rows with their reasons in words and never a value, as a table."""
    if item.check != "returned":
        return _table(rows, STEP_COLUMNS, text)
    worded = [{**row, "reason": reasons.get(row["reason"], row["reason"])} for row in rows]
    return _table(worded, REJECT_COLUMNS, text)


def figure(item: Item, unit_id: str, view: View, snapshot: str) -> Figure | None:
    """Return the figure that the item's rows stand behind, for a doubt about it; None where it is no metric's."""
    rule = checks()[item.check]
    metric = rule.metric or rule.list
    return Figure(metric, unit_id, item.token or view.period, view.calendar, snapshot) if metric else None


def _table(rows: Sequence[Mapping[str, Any]], kinds: Mapping[str, tables.Kind], text: Text) -> tables.Table:
    columns = tuple(tables.Column(_label(name, text), kind) for name, kind in kinds.items())
    return tables.Table(columns, tuple(tuple(row.get(name) for name in kinds) for row in rows))


def _label(name: str, text: Text) -> str:
    own = f"to_act.column.{name}"
    return text(own) if text.has(own) else text("column.case_code" if name == "case_id" else f"column.{name}")


def minutes(lines: Sequence[Line | None], text: Text) -> str:
    """Return the lines of the meeting for the sheet: what stands, and rules to write on by hand."""
    heads = "".join(f'<th scope="col">{text(f"to_act.minutes.{name}")}</th>' for name in ("task", "who", "until"))
    rows = "".join(_ruled(line, text) for line in lines)
    body = f"<thead><tr>{heads}</tr></thead><tbody>{rows}</tbody>"
    return f'<table class="minutes"><caption>{text("to_act.minutes.title")}</caption>{body}</table>'


def _ruled(line: Line | None, text: Text) -> str:
    if line is None:
        return f"<tr>{'<td>&nbsp;</td>' * 3}</tr>"
    until = numbers.day(line.due_on) if line.due_on else ""
    cells = (line.conclusion, work.owner_label(line.owner, text.lang), until)
    return f"<tr>{''.join(f'<td>{escape(cell)}&nbsp;</td>' for cell in cells)}</tr>"

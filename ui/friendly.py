"""Friendly government in words: what the page answers, which form and duty apply, what is not on record. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from metrics.forms import Form
from metrics.model import Metric
from ui import figures, numbers, tables, waiting
from ui.text import Text

HOSTS = ("chair", "delegate", "regular", "")
SILENT = ("not_sent", "not_available")


def is_silent(rows: Sequence[Any]) -> bool:
    """Return whether nobody has sent anything of a part for this unit and period; a zero is something."""
    return all(r is None or (r.value is None and r.status in SILENT) for r in rows)


def answer(rows: Mapping[str, Any], metrics: Mapping[str, Metric], unit: str, period: str, text: Text) -> list[str]:
    """Return the page's answer, one sentence per part that has a figure, and which parts have none."""
    said = [text("friendly.answer.where", unit=unit, period=period)]
    absent, provisional = [], []
    for key, names in ANSWERS.items():
        found = [rows[name] for name in names]
        if found[0].value is None or not found[0].is_shown:
            absent.append(text(f"friendly.part.{key}").lower())
            continue
        shown = {f"v{i}": _value(metrics[name], rows[name], text) for i, name in enumerate(names)}
        said.append(text(f"friendly.answer.{key}", **shown))
        if found[0].status == "provisional":
            provisional.append(text(f"friendly.part.{key}").lower())
    if provisional:
        said.append(text("friendly.answer.provisional", parts=", ".join(provisional)))
    if absent:
        said.append(text("friendly.answer.absent", parts=", ".join(absent)))
    return said


ANSWERS = {
    "letters": ("apology_rate",),
    "reception": ("chair_reception_weeks_rate", "reception_visits"),
    "dialogue": ("dialogues_held",),
    "mobilisation": ("mobilisation_teams", "mobilisation_models"),
    "queue": ("waiting_minutes_median", "waiting_minutes_p90"),
}
"""The parts of the page, and the figures that a sentence of each prints."""


def _value(metric: Metric, row: Any, text: Text) -> str:
    if metric.is_share and row.value is not None:
        return numbers.share(row.value, row.numerator, row.denominator, text.lang)
    if metric.unit == "minutes" and row.value is not None:
        return waiting.minutes(row.value, text)
    return figures.value_text(metric, row, text.lang)


def beside(log: Any, survey: Any, survey_metric: Metric | None, text: Text) -> str:
    """Return the log's apology rate and what the survey says of apologies, each with its n: two facts, not one."""
    pieces = []
    if log is not None and log.value is not None and log.is_shown:
        share = numbers.share(log.value, log.numerator, log.denominator, text.lang)
        pieces.append(text("friendly.beside.log", share=share))
    else:
        pieces.append(text("friendly.beside.log_none"))
    if survey is not None and survey_metric is not None and survey.value is not None and survey.is_shown:
        value = figures.value_text(survey_metric, survey, text.lang)
        span = numbers.span(survey.lower, survey.upper, survey_metric.unit, text.lang)
        n = numbers.integer(survey.denominator, text.lang)
        pieces.append(
            text(
                "friendly.beside.survey",
                value=value,
                n=n,
                span=f"; {text('figure.interval', span=span)}" if span else "",
            )
        )
    else:
        reason = survey.note_in(text.lang) if survey is not None else ""
        pieces.append(text("friendly.beside.survey_none", reason=f" ({reason})" if reason else ""))
    return " ".join([*pieces, text("friendly.beside.apart")])


def forms(found: Sequence[Form], text: Text) -> str:
    """Return the form that an apology takes, by name with its days and basis; two where the period spans a change."""
    said = []
    for form in found:
        since = text("friendly.form.since", day=numbers.day(form.valid_from))
        mark = "" if form.is_confirmed else text("friendly.form.unconfirmed")
        said.append(text("friendly.form.one", name=form.label(text.lang), cite=form.cite, since=since, mark=mark))
    return " ".join([text("friendly.form.head"), "; ".join(said) + "."]) if said else ""


def duty(rows: Sequence[Mapping[str, Any]], name: str, level: str, text: Text) -> str:
    """Return what is owed, in words with its basis and whether that was checked; nothing where no duty is known."""
    found = [r for r in rows if r["duty"] == name and r["level"] in (level, None, "")]
    said = []
    for row in found:
        amount = text(f"friendly.amount.{row['amount_unit']}", n=numbers.integer(row["amount"], text.lang))
        mark = "" if row["is_confirmed"] else text("friendly.form.unconfirmed")
        since = text("friendly.form.since", day=numbers.day(row["valid_from"]))
        said.append(text("friendly.duty.one", amount=amount, cite=row["cite"], since=since, mark=mark))
    return text(f"friendly.duty.{name}", amounts="; ".join(said)) if said else ""


def by_host(rows: Sequence[Any], text: Text) -> tables.Table:
    """Return visits and groups by who received them."""
    found: dict[str, dict[str, Any]] = {}
    for row in rows:
        if row.value is not None and row.is_shown:
            found.setdefault(row.split_value or "", {})[row.metric] = row.value
    columns = (
        tables.Column(text("column.host")),
        tables.Column(text("column.n_visits"), "count"),
        tables.Column(text("column.n_groups"), "count"),
    )
    known = [*HOSTS, *sorted(found.keys() - set(HOSTS))]
    listed = [(h, found[h]) for h in known if h in found]
    made = [(_host(h, text), own.get("reception_visits"), own.get("group_visits")) for h, own in listed]
    return tables.Table(columns, tuple(made))


def _host(host: str, text: Text) -> str:
    key = f"value.host.{host}"
    return text(key) if text.has(key) else host or text("friendly.no_host")


def counts_by_unit(metrics: Sequence[Metric], rows: Sequence[Any], text: Text) -> tables.Table:
    """Return one row per unit with several counts side by side; no order but the units' own, no standing."""
    found: dict[str, dict[str, Any]] = {}
    for row in rows:
        found.setdefault(row.unit_id, {})[row.metric] = row
    columns = [tables.Column(text("column.unit")), tables.Column(text("column.code"))]
    columns += [tables.Column(m.label[text.lang], "count") for m in metrics]
    columns.append(tables.Column(text("column.note")))
    made = []
    for own in found.values():
        first = next(iter(own.values()))
        cells = [r.value if (r := own.get(m.name)) is not None and r.is_shown else None for m in metrics]
        notes = list(dict.fromkeys(n for r in own.values() if (n := r.note_in(text.lang))))
        made.append((first.unit_name, first.unit_code, *cells, "; ".join(notes) or None))
    return tables.Table(tuple(columns), tuple(made))

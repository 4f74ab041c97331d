"""The words of a receipt, ready to be laid out: the same lines for the workbook, the print and the terminal."""

from __future__ import annotations

from dataclasses import dataclass

from etl import messages
from etl.correction import words
from etl.rejects import RejectedRow
from etl.slip_model import Finding, Slip
from warehouse import clock


@dataclass(frozen=True)
class Line:
    """One label with its value or number."""

    label: str
    value: str | int


def recipient(slip: Slip, lang: str) -> str:
    """Return whom a slip is about: a unit with its code, or what else it gathers."""
    if slip.kind == "unit":
        return f"{slip.unit_name} ({slip.unit_code})"
    return words(lang)[f"for_{slip.kind}"]


def scope(slip: Slip, lang: str) -> str:
    """Return what a slip is about, with its label."""
    label = "for_unit" if slip.kind == "unit" else "scope"
    return f"{words(lang)[label]}: {recipient(slip, lang)}"


def shown(value: str | int, lang: str) -> str:
    """Return a value as text, a count with its thousands apart.

    >>> shown(1234, "vi"), shown(1234, "en"), shown("1234", "vi")
    ('1.234', '1,234', '1234')
    """
    return f"{value:,}".replace(",", "." if lang == "vi" else ",") if isinstance(value, int) else value


def recipient_note(slip: Slip, lang: str) -> str:
    """Return what a slip without a unit holds."""
    return words(lang).get(f"for_{slip.kind}_note", "")


def number(slip: Slip, lang: str) -> str:
    """Return "Phiếu số 12-ab12cd34"."""
    return words(lang)["number"].format(number=slip.number)


def made_on(lang: str) -> str:
    """Return the day on which the slip is printed."""
    return words(lang)["made_on"].format(day=f"{clock.today():%d/%m/%Y}")


def _days(slip: Slip) -> str:
    if slip.first_on is None or slip.last_on is None:
        return "–"
    return f"{slip.first_on:%d/%m/%Y} – {slip.last_on:%d/%m/%Y}"


def file_facts(slip: Slip, lang: str) -> list[Line]:
    """Return what is known of the file."""
    w = words(lang)
    source = messages.text("source", slip.data_on_source, lang)
    found = [
        Line(w["file_name"], slip.file_name),
        Line(w["dataset"], messages.text("dataset", slip.dataset, lang)),
        Line(w["layout"], slip.layout_title.get(lang) or slip.layout),
        Line(w["loaded_at"], f"{slip.loaded_at:%d/%m/%Y %H:%M}" if slip.loaded_at else "–"),
        Line(w["load_no"], str(slip.load_no)),
        Line(w["data_on"], f"{messages.day(slip.data_on)} ({source})"),
        Line(w["rows_period"], _days(slip)),
        Line(w["era"], messages.text("era", slip.era, lang) if slip.era else "–"),
        Line(w["sha256"], slip.sha256[:16]),
    ]
    if slip.corrects:
        told = w["corrects_load"].format(load_no=slip.corrects["load_no"], n=slip.corrects["n_rows"])
        found.append(Line(w["corrects"], told))
    return found


def results(slip: Slip, lang: str) -> list[Line]:
    """Return the counts: read = accepted + rejected, and what of the rejected rows is still open."""
    names = ["n_read", "n_accepted", "n_rejected", "n_mended", "n_open", "n_warned", "n_repaired"]
    if not slip.n_rejected:
        names = [name for name in names if name not in ("n_mended", "n_open")]
    return [Line(words(lang)[name], getattr(slip, name)) for name in names]


def reasons(slip: Slip, lang: str, kind: str) -> list[Line]:
    """Return the reasons of rejects, warnings or repairs with their rows, the most frequent first."""
    return [Line(messages.reason(code, lang), n) for code, n in getattr(slip, kind).most_common()]


def aside(slip: Slip, lang: str) -> list[Line]:
    """Return the file's rows that are no records, and the texts that were put right before they were read."""
    rows = [Line(messages.text("set_aside", code, lang), n) for code, n in slip.set_aside.items()]
    return rows + [Line(messages.text("text_repair", code, lang), n) for code, n in slip.text_repairs.items()]


def dropped(slip: Slip, lang: str) -> list[str]:
    """Return the file's columns that were not taken, each with the reason."""
    return [
        words(lang)["column_dropped"].format(header=header, why=messages.text("dropped", reason, lang))
        for header, reason in dict.fromkeys(slip.dropped)
    ]


def months(slip: Slip, lang: str) -> tuple[list[str], list[list[str | int]]]:
    """Return the header and the rows of the figures by month, the sum last; no rows where the dataset has no dates."""
    w = words(lang)
    has_end = any(one.n_settled is not None for one in slip.months)
    header = [w["month"], w["n_received"] if has_end else w["n_rows"], *([w["n_settled"]] if has_end else [])]
    body: list[list[str | int]] = [
        [_month(one.month, lang), one.n_received, *([one.n_settled or 0] if has_end else [])] for one in slip.months
    ]
    if len(body) > 1:
        sums = [sum(int(line[at]) for line in body) for at in range(1, len(header))]
        body.append([w["total"], *sums])
    return header, body


def _month(token: str, lang: str) -> str:
    return f"{token[5:7]}/{token[:4]}" if token else words(lang)["no_date"]


def place(one: Finding, lang: str) -> str:
    """Return the cell of a finding in the sender's file, else its row."""
    return one.cell or f"{words(lang)['row']} {one.row}"


def state(one: Finding | RejectedRow, lang: str) -> str:
    """Return whether a rejected row still waits for a correction."""
    return words(lang)[f"state_{one.state}"].format(by=one.by_load) if one.state else ""


def lines(slip: Slip, lang: str) -> list[str]:
    """Return a slip as lines to read in a terminal."""
    w = words(lang)
    found = [w["title"], f"{number(slip, lang)}. {scope(slip, lang)}"]
    found += [f"  {line.label}: {shown(line.value, lang)}" for line in file_facts(slip, lang) + results(slip, lang)]
    for kind, part in (("rejects", "part_rejected"), ("warnings", "part_warned"), ("repairs", "part_repaired")):
        told = reasons(slip, lang, kind)
        if told:
            found += [f"{w[part]}:", *(f"  {line.label} ({shown(line.value, lang)})" for line in told)]
        for one in slip.rejected if kind == "rejects" else ():
            named = " · ".join(text for text in (one.sheet, place(one, lang), one.column, one.value) if text)
            found.append(f"    {named}: {messages.reason(one.reason, lang)} [{state(one, lang)}]")
    no_records = aside(slip, lang)
    if no_records:
        found += [f"{w['part_aside']}:", *(f"  {line.label} ({shown(line.value, lang)})" for line in no_records)]
    left_out = dropped(slip, lang)
    if left_out:
        found += [f"{w['part_dropped']}:", *(f"  {text}" for text in left_out)]
    header, body = months(slip, lang)
    if body:
        found += [f"{w['part_months']}:", f"  {' | '.join(header)}"]
        found += [f"  {' | '.join(shown(cell, lang) for cell in line)}" for line in body]
    if slip.n_unlisted:
        found.append(w["rows_not_listed"].format(n=slip.n_unlisted))
    return found

"""The receipt as a page to print: one self-contained HTML file, A4, nothing from outside."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from etl import messages, slip_view
from etl.correction import words
from etl.slip_model import Finding, Slip
from etl.slip_view import Line, shown

MOST_ROWS = 200
"""So many findings of a kind are printed; the workbook holds them all."""

SHORT = 16
"""Values up to so many signs (a date with its time) are kept on one line."""

STYLE = """
@page { size: A4; margin: 15mm 15mm 18mm 20mm; }
* { box-sizing: border-box; }
body { font: 11pt/1.35 "Times New Roman", "Liberation Serif", Tinos, serif; color: #111; background: #fff;
       max-width: 180mm; margin: 8mm auto; padding: 0 4mm; }
h1 { font-size: 15pt; text-align: center; margin: 0 0 2mm; text-transform: uppercase; }
h2 { font-size: 11.5pt; margin: 6mm 0 2mm; border-bottom: .6pt solid #444; break-after: avoid; }
p { margin: 1mm 0; }
.centre { text-align: center; }
.note { color: #444; font-style: italic; font-size: 9.5pt; }
.facts { display: grid; grid-template-columns: 58mm 1fr; gap: .6mm 4mm; margin: 0; }
.facts dt { color: #444; } .facts dd { margin: 0; overflow-wrap: anywhere; }
table { border-collapse: collapse; width: 100%; font-size: 9.5pt; }
thead { display: table-header-group; }
th, td { border: .5pt solid #777; padding: .8mm 1.4mm; text-align: left; vertical-align: top; }
td { overflow-wrap: break-word; }
td.k { white-space: nowrap; }
th { background: #eee; -webkit-print-color-adjust: exact; print-color-adjust: exact; }
tr { break-inside: avoid; }
td.n, th.n { text-align: right; white-space: nowrap; }
.counts td { font-size: 12pt; text-align: center; } .counts th { text-align: center; }
.narrow { width: auto; min-width: 70mm; }
.shape { font-style: italic; color: #555; }
.sign { display: flex; justify-content: space-between; margin-top: 10mm; break-inside: avoid; text-align: center; }
.sign div { width: 45%; min-height: 30mm; }
@media print { body { margin: 0; padding: 0; max-width: none; } }
"""


def page(slip: Slip, lang: str = "vi") -> str:
    """Return the slip as an HTML document."""
    w = words(lang)
    note = slip_view.recipient_note(slip, lang)
    parts = [
        f"<h1>{escape(w['title'])}</h1>",
        f'<p class="centre">{escape(slip_view.number(slip, lang))} · {escape(slip_view.made_on(lang))}</p>',
        f'<p class="centre"><b>{escape(slip_view.scope(slip, lang))}</b></p>',
        f'<p class="note centre">{escape(note)}</p>' if note else "",
        _heading(w["part_file"]) + _facts(slip_view.file_facts(slip, lang)),
        _heading(w["part_result"]) + _counts(slip_view.results(slip, lang), lang),
    ]
    header, body = slip_view.months(slip, lang)
    if body:
        note = f'<p class="note">{escape(w["months_note"])}</p>'
        parts.append(_heading(w["part_months"]) + _table(header, body, lang, "narrow") + note)
    rejects = slip_view.reasons(slip, lang, "rejects")
    parts.append(_heading(w["part_rejected"]))
    if not rejects:
        parts.append(f"<p>{escape(w['none'])}</p>")
    parts.append(_reasons(rejects, lang) + _findings(slip.rejected, lang, True))
    if len(slip.rejected) > MOST_ROWS:
        parts.append(f"<p>{escape(w['more'].format(n=len(slip.rejected) - MOST_ROWS))}</p>")
    if slip.n_unlisted:
        parts.append(f"<p>{escape(w['rows_not_listed'].format(n=slip.n_unlisted))}</p>")
    warnings = slip_view.reasons(slip, lang, "warnings")
    if warnings:
        parts.append(_heading(w["part_warned"]) + _reasons(warnings, lang) + _findings(slip.warned, lang, False))
        missing = sum(int(line.value) for line in warnings) - min(len(slip.warned), MOST_ROWS)
        if missing > 0 and slip.kind != "restricted":
            parts.append(f"<p>{escape(w['more_warned'].format(n=missing))}</p>")
    for heading, told in (
        ("part_repaired", slip_view.reasons(slip, lang, "repairs")),
        ("part_aside", slip_view.aside(slip, lang)),
    ):
        if told:
            parts.append(_heading(w[heading]) + _reasons(told, lang))
    left_out = slip_view.dropped(slip, lang)
    if left_out:
        parts.append(_heading(w["part_dropped"]) + "".join(f"<p>{escape(text)}</p>" for text in left_out))
    if any(one.is_shape for one in (*slip.rejected, *slip.warned)):
        parts.append(f'<p class="note">{escape(w["shape_note"])}</p>')
    signs = "".join(
        f"<div><b>{escape(w[key])}</b><br><span class='note'>{escape(w['signature'])}</span></div>"
        for key in ("signer", "checker")
    )
    parts.append(f'<div class="sign">{signs}</div>')
    title = f"{w['title']} {slip.number}"
    return (
        f'<!DOCTYPE html>\n<html lang="{lang}"><head><meta charset="utf-8"><title>{escape(title)}</title>'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<style>{STYLE}</style></head><body>{''.join(parts)}</body></html>\n"
    )


def _heading(text: str) -> str:
    return f"<h2>{escape(text)}</h2>"


def _facts(told: Sequence[Line]) -> str:
    pairs = "".join(f"<dt>{escape(line.label)}</dt><dd>{escape(str(line.value))}</dd>" for line in told)
    return f'<dl class="facts">{pairs}</dl>'


def _counts(told: Sequence[Line], lang: str) -> str:
    head = "".join(f"<th>{escape(line.label)}</th>" for line in told)
    body = "".join(f"<td>{escape(shown(line.value, lang))}</td>" for line in told)
    return f'<table class="counts"><tr>{head}</tr><tr>{body}</tr></table>'


def _table(header: Sequence[str], body: Sequence[Sequence[str | int]], lang: str, name: str = "") -> str:
    head = "".join(f"<th{' class=n' if at else ''}>{escape(text)}</th>" for at, text in enumerate(header))
    lines = "".join(
        "<tr>"
        + "".join(f"<td{' class=n' if isinstance(cell, int) else ''}>{escape(str(cell))}</td>" for cell in line)
        + "</tr>"
        for line in body
    )
    return f'<table class="{name}"><thead><tr>{head}</tr></thead><tbody>{lines}</tbody></table>'


def _reasons(told: Sequence[Line], lang: str) -> str:
    return "".join(f"<p>{escape(str(line.label))} <b>({escape(shown(line.value, lang))})</b></p>" for line in told)


def _findings(found: Sequence[Finding], lang: str, is_rejected: bool) -> str:
    if not found:
        return ""
    w = words(lang)
    has_sheets = any(one.sheet for one in found)
    headers = [*([w["sheet"]] if has_sheets else []), w["cell"], w["column"], w["value"], w["reason"]]
    has_state = is_rejected and any(one.state != "open" for one in found)
    headers += [w["state"]] if has_state else []
    lines = []
    for one in found[:MOST_ROWS]:
        look = " class='shape'" if one.is_shape else " class='k'" if len(one.value) <= SHORT else ""
        cells = [
            *([f"<td>{escape(one.sheet)}</td>"] if has_sheets else []),
            f"<td class='k'>{escape(slip_view.place(one, lang))}</td>",
            f"<td>{escape(one.column)}</td>",
            f"<td{look}>{escape(one.value)}</td>",
            f"<td>{escape(messages.reason(one.reason, lang))}</td>",
            *([f"<td>{escape(slip_view.state(one, lang))}</td>"] if has_state else []),
        ]
        lines.append(f"<tr>{''.join(cells)}</tr>")
    head = "".join(f"<th>{escape(text)}</th>" for text in headers)
    return f"<table><thead><tr>{head}</tr></thead><tbody>{''.join(lines)}</tbody></table>"

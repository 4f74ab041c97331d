"""Words for codes, in Vietnamese and English (`vi.toml`, `en.toml`: the same keys)."""

from __future__ import annotations

import tomllib
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from etl.receipt import Choice, Question, Receipt

LANGUAGES = ("vi", "en")


@cache
def table(lang: str) -> dict[str, Any]:
    """Return all messages of a language."""
    return tomllib.loads((Path(__file__).parent / f"{lang}.toml").read_text("utf-8"))


def text(section: str, code: str, lang: str = "vi", **values: object) -> str:
    """Return the message of a code, its places filled; an unknown code is shown as it is."""
    found = table(lang).get(section, {}).get(code)
    return str(found).format(**values) if found else code


def reason(code: str, lang: str = "vi") -> str:
    """Return what is wrong with a rejected or warned row, and the next step."""
    return text("reason", code, lang)


def question(one: Question, file_name: str, lang: str = "vi") -> str:
    """Return what stopped a file or sheet, with the file's name and the next step."""
    sheet = ", " + text("receipt", "sheet", lang, sheet=one.sheet).removesuffix(": ") if one.sheet else ""
    unsaid = {"suffix": "?", "guess": "?", "layout": "–", "matched": "0", "of": "0", "missing": "–"}
    values = {**unsaid, **one.values}
    if "field" in values:
        values["field"] = text("field", values["field"], lang)
    return text("question", one.code, lang, file=file_name, sheet=sheet, **values)


def choice(one: Choice, lang: str = "vi") -> str:
    """Return an answer that a question offers, in words."""
    code = one.code or one.value
    section = next((name for name in ("choice", "field", "dataset") if code in table(lang).get(name, {})), "choice")
    return one.text or text(section, code, lang, **one.values)


def answers(one: Question, lang: str = "vi") -> str:
    """Return how a question is answered on the command line; empty when no choice answers it."""
    if not one.key:
        return ""
    offered = "; ".join(f"{c.value or '-'} = {choice(c, lang)}" for c in one.choices)
    return text("receipt", "answer_with", lang, key=one.key, choices=offered)


def day(value: date | None) -> str:
    """Return dd/mm/yyyy."""
    return value.strftime("%d/%m/%Y") if value else "–"


def receipt_lines(one: Receipt, lang: str = "vi") -> list[str]:
    """Return the receipt as lines to read."""
    lines = []
    if one.is_repeat:
        return [text("receipt", "repeat", lang, file=one.file_name, load_no=one.load_no)]
    if one.load_no is not None:
        dataset = text("dataset", one.dataset, lang)
        lines.append(
            text("receipt", "title", lang, file=one.file_name, dataset=dataset, layout=one.layout, load_no=one.load_no)
        )
        source, era = text("source", one.data_on_source, lang), text("era", one.era, lang)
        lines.append("  " + text("receipt", "data_on", lang, data_on=day(one.data_on), source=source, era=era))
    for sheet in one.sheets if one.load_no is not None else ():
        name = text("receipt", "sheet", lang, sheet=sheet.sheet) if sheet.sheet else ""
        counts = {n: getattr(sheet, n) for n in ("n_read", "n_accepted", "n_rejected", "n_warned", "n_repaired")}
        if sheet.is_hidden:
            lines.append(text("receipt", "hidden", lang, sheet=name))
            continue
        lines.append(text("receipt", "counts", lang, **counts | {"sheet": name}))
        for kind in ("rejects", "warnings", "repairs"):
            for code, n in sorted(getattr(sheet, kind).items(), key=lambda item: -item[1]):
                lines.append(text("receipt", kind, lang, text=reason(code, lang), n=n))
        for kind, group in (("set_aside", "set_aside"), ("text_repairs", "text_repair")):
            for code, n in sorted(getattr(sheet, kind).items()):
                lines.append(text("receipt", kind, lang, text=text(group, code, lang), n=n))
        for column in sheet.dropped:
            why = text("dropped", column.reason, lang)
            lines.append(text("receipt", "dropped", lang, column_no=column.column_no, header=column.header, text=why))
    for code, n in one.notices.items():
        lines.append(text("receipt", "warnings", lang, text=reason(code, lang), n=n))
    if one.covers:
        codes = ", ".join(unit_id.rpartition("-")[0] for unit_id in one.covers)
        lines.append(text("receipt", "covers", lang, units=codes))
    if one.proposals:
        lines.append(text("receipt", "proposals", lang, n=len(one.proposals), text=one.proposals[0].text))
    return lines

"""The list from which letters of apology are merged: one row per case, by its code, no name; a Word document.

The file holds one table and nothing else, as a mail merge wants its data source: the first row names the fields.
A document of one table is a few lines of XML in a ZIP file, so no package is needed to write it.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from io import BytesIO
from typing import TYPE_CHECKING, Any, Literal
from xml.sax.saxutils import escape

from metrics import forms

if TYPE_CHECKING:
    from metrics.forms import Form

COLUMNS = ("number", "letter", "unit", "field", "procedure", "code", "received", "promised", "reason", "new_day")
"""The fields of the list; `new_day` is left to be filled in."""
METRIC = "apology_rate"
"""Its denominator is every case that owes a letter, by files with a column for it; exempt and waiting ones aside."""
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_TYPES = (
    f'<Types xmlns="{_PACKAGE}/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    f'<Override PartName="/word/document.xml" ContentType="{DOCX}.main+xml"/></Types>'
)
_RELATIONS = (
    f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="rId1" '
    'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" '
    'Target="word/document.xml"/></Relationships>'
)
_WIDTHS = (600, 2000, 1700, 1500, 2500, 2100, 1200, 1200, 1500, 1200)
"""Of the columns, in twentieths of a point: together the breadth of an A4 sheet on its side."""
_DATED = date(2000, 1, 1)
"""Files in the ZIP carry no time of their own: the same list gives the same bytes."""


def owed(records: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Return the cases that owe a letter and have none on record, the longest past its day first."""
    open_ones = [one for one in records if one.get("apology_on") is None]
    return sorted(open_ones, key=lambda one: (one["promised_on"], str(one["case_code"])))


def letter(day: date) -> Form | None:
    """Return the form in force on the day on which the letters are written."""
    found = forms.in_force("apology", day, day)
    return found[-1] if found else None


def rows(
    records: Sequence[Mapping[str, Any]],
    form: Form | None,
    unit_name: Callable[[str], str],
    reasons: Mapping[tuple[str, str], str],
    lang: Literal["vi", "en"] = "vi",
) -> list[tuple[str, ...]]:
    """Return one row of words per case; `reasons` by unit and case code, where one was noted."""
    return [
        (
            str(number),
            form.label(lang) if form else "",
            unit_name(str(one["unit_id"])),
            str(one.get("field_name") or ""),
            str(one.get("procedure_name") or one.get("procedure_code") or ""),
            str(one["case_code"]),
            _day(one.get("received_on")),
            _day(one.get("promised_on")),
            reasons.get((str(one["unit_id"]), str(one["case_code"])), ""),
            "",
        )
        for number, one in enumerate(owed(records), start=1)
    ]


def document(header: Sequence[str], lines: Sequence[Sequence[str]]) -> bytes:
    """Return the DOCX: A4 on its side, one table, its header on every page."""
    grid = "".join(f'<w:gridCol w:w="{width}"/>' for width in _WIDTHS[: len(header)])
    edges = "".join(
        f'<w:{side} w:val="single" w:sz="4" w:space="0" w:color="auto"/>'
        for side in ("top", "left", "bottom", "right", "insideH", "insideV")
    )
    body = (
        f'<w:tbl><w:tblPr><w:tblW w:w="{sum(_WIDTHS[: len(header)])}" w:type="dxa"/>'
        f"<w:tblBorders>{edges}</w:tblBorders>"
        f'<w:tblLayout w:type="fixed"/></w:tblPr><w:tblGrid>{grid}</w:tblGrid>'
        + _line(header, is_header=True)
        + "".join(_line(one) for one in lines)
        + "</w:tbl><w:p/>"
        '<w:sectPr><w:pgSz w:w="16838" w:h="11906" w:orient="landscape"/>'
        '<w:pgMar w:top="850" w:right="650" w:bottom="850" w:left="650" w:header="400" w:footer="400" w:gutter="0"/>'
        "</w:sectPr>"
    )
    parts = {
        "[Content_Types].xml": _TYPES,
        "_rels/.rels": _RELATIONS,
        "word/document.xml": f'<w:document xmlns:w="{_WORD}"><w:body>{body}</w:body></w:document>',
    }
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in parts.items():
            entry = zipfile.ZipInfo(name, (_DATED.year, _DATED.month, _DATED.day, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            file.writestr(entry, f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n{content}')
    return out.getvalue()


def _line(values: Sequence[str], is_header: bool = False) -> str:
    kind = "<w:trPr><w:cantSplit/><w:tblHeader/></w:trPr>" if is_header else "<w:trPr><w:cantSplit/></w:trPr>"
    return f"<w:tr>{kind}{''.join(_cell(v, w, is_header) for v, w in zip(values, _WIDTHS, strict=False))}</w:tr>"


def _cell(value: str, width: int, is_bold: bool) -> str:
    font = '<w:rFonts w:ascii="Times New Roman" w:hAnsi="Times New Roman" w:cs="Times New Roman"/>'
    style = f'<w:rPr>{font}{"<w:b/>" if is_bold else ""}<w:sz w:val="22"/></w:rPr>'
    return (
        f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/></w:tcPr>'
        f'<w:p><w:r>{style}<w:t xml:space="preserve">{_plain(value)}</w:t></w:r></w:p></w:tc>'
    )


def _plain(value: str) -> str:
    """Return a text as XML takes it: no control characters, signs escaped."""
    return escape(re.sub(r"[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\U00010000-\U0010FFFF]", "", value))


def _day(value: date | None) -> str:
    return "" if value is None else f"{value:%d/%m/%Y}"

"""The codebook of a wide survey: which column is which item."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

from etl.extract import Unreadable
from etl.text import fold

CODEBOOK_SUFFIX = ".codebook.csv"


@dataclass(frozen=True)
class Codebook:
    """Which columns of a wide survey are which items (`column,item_id[,survey_id]`)."""

    items: dict[str, str]
    """Folded header -> item_id."""
    survey_id: str = ""


def read_codebook(survey: Path, named: Path | None) -> Codebook | None:
    """Return the codebook that was named, else the one beside the survey, else None."""
    beside = [survey.with_name(survey.name + CODEBOOK_SUFFIX), survey.with_suffix(CODEBOOK_SUFFIX)]
    path = named or next((p for p in beside if p.is_file()), None)
    if path is None:
        return None
    if not path.is_file():
        raise Unreadable("no_codebook")
    text = _text(path)
    delimiter = max(",;\t", key=text.split("\n", 1)[0].count)
    rows = list(csv.DictReader(text.splitlines(), delimiter=delimiter))
    if not rows or not {"column", "item_id"} <= set(rows[0]):
        raise Unreadable("bad_codebook")
    survey_id = next((r["survey_id"] for r in rows if r.get("survey_id")), "")
    return Codebook({fold(r["column"]): r["item_id"].strip() for r in rows if r["item_id"]}, survey_id)


def _text(path: Path) -> str:
    content = path.read_bytes()
    try:
        return content.decode("utf-16" if content[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig")
    except UnicodeDecodeError:
        raise Unreadable("bad_codebook") from None

"""A unit's own totals against ours as a table, sentences and lists of rows, from the records of the check. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from metrics import catalogue, periods
from ui import numbers, tables
from ui.text import Text
from ui.view import mid_sentence

Record = Mapping[str, Any]
"""One item of `gandan totals check --format json`."""


def period(record: Record, text: Text) -> str:
    """Return the period in a sentence, by its name where it has one."""
    if record["period"]:
        return mid_sentence(periods.parse(record["period"], record["calendar"]).name(text.lang))
    first, last = (date.fromisoformat(record[k]) for k in ("period_start", "period_end"))
    return f"{numbers.day(first)}–{numbers.day(last)}"


def title(record: Record, text: Text) -> str:
    """Return how many counts differ."""
    checks = record["checks"]
    if not record["has_log"]:
        return text("totals.title_no_log", unit=record["unit_name"], period=period(record, text))
    differing = sum(bool(c["difference"]) for c in checks)
    said = {"unit": record["unit_name"], "period": period(record, text), "of": len(checks)}
    return text("totals.title", n=differing, **said) if differing else text("totals.title_agrees", **said)


def subtitle(record: Record, text: Text) -> str:
    """Return where the unit's figures are from."""
    if record["source"] == "sent":
        row = record["row"] if record["row"] is not None else numbers.MISSING
        source = text("totals.source_sent", file=record["file_name"], row=row)
    else:
        at = datetime.fromisoformat(record["at"]) if record["at"] else None
        source = text("totals.source_typed", by=record["by"], at=numbers.day(at.date() if at else None))
    return text("totals.subtitle", source=source)


def label(name: str, text: Text) -> str:
    """Return what a count is called."""
    return catalogue.metric(name).label[text.lang]


def rest(check: Record, text: Text) -> str:
    """Return what no row explains, in words."""
    if check["difference"] is None:
        return ""
    if check["difference"] == 0:
        return text("totals.agrees")
    left = check["rest"]
    if left == 0:
        return text("totals.rest_none")
    return text("totals.rest", n=numbers.difference(left, "cases", "", text.lang))


def table(record: Record, text: Text) -> tables.Table:
    """Return one row per count: theirs, ours, the difference, what explains it, what is left."""
    kinds: tuple[tuple[str, tables.Kind], ...] = (
        ("metric", "text"), ("theirs", "count"), ("ours", "count"), ("difference", "count"), ("explained", "count"),
        ("rest", "count"), ("part", "text"),
    )  # fmt: skip
    rows = tuple(
        (
            label(c["metric"], text),
            c["theirs"],
            c["ours"],
            c["difference"],
            sum(line["sign"] * line["n"] for line in c["lines"] if line["is_used"]) if c["difference"] else None,
            c["rest"],
            parts(c, text) or None,
        )
        for c in record["checks"]
    )
    return tables.Table(tuple(tables.Column(text(f"totals.column.{n}"), kind) for n, kind in kinds), rows)


def parts(check: Record, text: Text) -> str:
    """Return the parts that explain a difference: "12 dòng bị loại khi tiếp nhận; …"."""
    used = [line for line in check["lines"] if line["is_used"]]
    return "; ".join(f"{_signed(line, text)} {text('totals.part.' + line['part'])}" for line in used)


def also(check: Record, text: Text) -> str:
    """Return the parts that were found and are not needed to explain the difference."""
    return "; ".join(
        f"{numbers.integer(line['n'], text.lang)} {text('totals.part.' + line['part'])}"
        for line in check["lines"]
        if not line["is_used"]
    )


def rows(record: Record, text: Text, metric: str = "", used_only: bool = True) -> tables.Table:
    """Return the rows behind the parts (of one count): which file, sheet and row, which case."""
    kinds: tuple[tuple[str, tables.Kind], ...] = (
        ("metric", "text"), ("part", "text"), ("case_code", "text"), ("file", "text"), ("sheet", "text"),
        ("row", "count"),
    )  # fmt: skip
    listed = tuple(
        (
            label(c["metric"], text),
            text(f"totals.part.{line['part']}"),
            r["case_code"] or None,
            r["file_name"],
            r["sheet"] or None,
            r["row"],
        )
        for c in record["checks"]
        if metric in ("", c["metric"])
        for line in c["lines"]
        if line["is_used"] or not used_only
        for r in line["rows"]
    )
    return tables.Table(tuple(tables.Column(text(f"totals.column.{n}"), kind) for n, kind in kinds), listed)


def lines(record: Record, text: Text) -> list[str]:
    """Return a reconciliation as lines for a terminal."""
    found = [title(record, text), f"  {subtitle(record, text)}"]
    if not record["has_log"]:
        return [*found, f"  {text('totals.no_log')}"]
    for check in record["checks"]:
        found.append(f"  {sentence(check, text)}")
        if check["difference"]:
            found += [f"      {piece}" for piece in _explained(check, text)]
    left_out = undated(record, text)
    return [*found, f"  {left_out}"] if left_out else found


def undated(record: Record, text: Text) -> str:
    """Return how many rejected rows could be placed in no count, for want of a date; nothing when all could."""
    n = record.get("n_undated", 0)
    return text("totals.undated", n=numbers.integer(n, text.lang)) if n else ""


def sentence(check: Record, text: Text) -> str:
    """Return one count in a sentence."""
    return text(
        "totals.sentence",
        metric=label(check["metric"], text),
        theirs=numbers.integer(check["theirs"], text.lang),
        ours=numbers.integer(check["ours"], text.lang),
        difference=numbers.difference(check["difference"], "cases", "", text.lang),
        rest=rest(check, text),
    )


def _explained(check: Record, text: Text) -> Sequence[str]:
    found = [
        f"{_signed(line, text)} {text('totals.part.' + line['part'])}{_places(line)}"
        for line in check["lines"]
        if line["is_used"]
    ]
    others = also(check, text)
    if check["n_fits"] > 1:
        found.append(text("totals.doubt", n=check["n_fits"]))
    return [*found, text("totals.also", parts=others)] if others else found


def _signed(line: Record, text: Text) -> str:
    return numbers.difference(line["sign"] * line["n"], "cases", "", text.lang)


def _places(line: Record, most: int = 3) -> str:
    """Return the first few rows of a part: file and row."""
    named = [f"{r['file_name']}{'/' + r['sheet'] if r['sheet'] else ''}:{r['row']}" for r in line["rows"][:most]]
    return f" ({', '.join(named)}{', …' if len(line['rows']) > most else ''})" if named else ""

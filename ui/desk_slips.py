"""The slip of one commune and file, in words and as a table with the sender's own cells. Pure."""

from __future__ import annotations

from collections import Counter

from ui import numbers, tables
from ui.desk import Record, Words, dataset_name, moment
from ui.text import Text
from ui.view import short_label

KINDS = ("unit", "unknown", "restricted", "file")


def listed(found: Record) -> list[Record]:
    """Return the slips of a load: those with rows to correct first, and that of the whole file last."""
    slips = sorted(found["slips"], key=lambda one: -int(one.get("n_open") or 0))
    return [*slips, found["file"]] if len(slips) > 1 else slips or [found["file"]]


def unit_name(text: Text, slip: Record) -> str:
    """Return for whom a slip is, and how many rows it asks to correct."""
    kind = str(slip.get("kind", "unit"))
    name = str(slip.get("unit_name") or "") or text(f"desk.slip.kind.{kind if kind in KINDS else 'unknown'}")
    still = slip.get("n_open")
    return text("desk.slip.with_open", name=name, n=numbers.integer(still, text.lang)) if still else name


def unit_option(slip: Record) -> list[str]:
    """Return how the command line names the slip's unit; nothing for the whole file."""
    name = slip.get("unit_code") or (slip["kind"] if slip.get("kind") in ("unknown", "restricted") else "")
    return ["--unit", str(name)] if name else []


def counts(text: Text, slip: Record) -> str:
    """Return read = accepted + rejected, and what else became of rows."""
    n = {k: numbers.integer(slip.get(f"n_{k}") or 0, text.lang) for k in
         ("read", "accepted", "rejected", "warned", "repaired")}  # fmt: skip
    said = text("desk.slip.counts", aside=numbers.integer(sum(slip.get("set_aside", {}).values()), text.lang), **n)
    if slip.get("n_rejected"):
        mended, still = (numbers.integer(slip.get(k) or 0, text.lang) for k in ("n_mended", "n_open"))
        said += " " + text("desk.slip.open", open=still, mended=mended)
    return said


def facts(text: Text, slip: Record, words: Words) -> list[str]:
    """Return the lines below: dates, layout, what was mended, the control numbers of each month."""
    loaded, data_on, first, last = (moment(slip.get(k)) for k in ("loaded_at", "data_on", "first_on", "last_on"))
    day = {k: numbers.day(v.date()) if v else numbers.MISSING for k, v in
           (("loaded", loaded), ("data", data_on), ("first", first), ("last", last))}  # fmt: skip
    lines = [
        text("desk.slip.about", number=slip.get("number", ""), file=slip.get("file_name", ""),
             dataset=dataset_name(text, str(slip.get("dataset", ""))), loaded=day["loaded"], data=day["data"],
             first=day["first"], last=day["last"])
    ]  # fmt: skip
    for key, kind in (("warnings", "reason"), ("repairs", "reason"), ("set_aside", "set_aside"),
                      ("text_repairs", "text_repair")):  # fmt: skip
        found = slip.get(key) or {}
        if found:
            said = "; ".join(f"{words(kind, code)} ({numbers.integer(n, text.lang)})" for code, n in found.items())
            lines.append(f"{text(f'desk.slip.{key}')}: {said}")
    months = [m for m in slip.get("months", []) if m.get("month")]
    if months:
        said = "; ".join(
            text("desk.slip.month" if m.get("n_settled") is not None else "desk.slip.month_received",
                 month=short_label(m["month"]), received=numbers.integer(m["n_received"], text.lang),
                 settled=numbers.integer(m.get("n_settled"), text.lang))
            for m in months
        )  # fmt: skip
        lines.append(f"{text('desk.slip.months')}: {said}")
    return lines


def reasons(slip: Record, kind: str) -> list[str]:
    """Return the codes of what is wrong in the rejected or warned rows, the most frequent first."""
    return [code for code, _ in Counter(str(one.get("reason", "")) for one in slip.get(kind, [])).most_common()]


def findings(text: Text, slip: Record, words: Words, kind: str = "rejected", reason: str = "") -> tables.Table:
    """Return rejected or warned rows (of one reason) by the sender's own cells: value, next step, what is mended."""
    heads = ["sheet", "cell", "column", "value_shape", "reason", *(["state"] if kind == "rejected" else [])]
    rows = []
    for one in slip.get(kind, []):
        if reason and one.get("reason") != reason:
            continue
        key = f"desk.slip.state.{one.get('state') or 'open'}"
        said = text(key, load=one.get("by_load") or "") if text.has(key) else str(one.get("state"))
        cells = (one.get("sheet", ""), str(one.get("cell") or one.get("row")), one.get("column", ""),
                 one.get("value", ""), words("reason", str(one.get("reason", ""))), said)  # fmt: skip
        rows.append(cells[: len(heads)])
    return tables.Table(tuple(tables.Column(text(f"column.{h}")) for h in heads), tuple(rows))


def file_name(slip: Record, load_no: int, form: str) -> str:
    """Return the name of a slip's file: load and unit."""
    return "-".join(filter(None, ["phieu", str(load_no), str(slip.get("unit_code") or "")])) + f".{form}"

"""The case files of every sender and period, with rows that no one could accept at known places."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from gandan.demo import forms, text
from gandan.demo.area import Area
from gandan.demo.cases import catalogue
from gandan.demo.days import Ints, as_date, day_of
from gandan.demo.forms import Form
from gandan.demo.states import CHANGE, Columns, listed_in, months, state_at
from gandan.demo.write import interleaved, write_delimited, write_workbook

BROKEN = ("no_receipt", "unknown_unit", "end_before_receipt", "no_code")
SENDERS_VI = {"north": "phía bắc", "south": "phía nam", "second": "Bàu Bàng", "workbook": "các xã gửi sổ Excel"}
LONGER = {1: 3, 3: 8}
"""Months in a file of the small sample, by those in one of the full sample."""
UNKNOWN_CODE, UNKNOWN_NAME = "99999", "UBND xã Không Có Thật"


@dataclass
class Written:
    """One file: how many rows a reader finds in it, and how many of them must be rejected, by reason."""

    path: Path
    dataset: str
    n_rows: int
    broken: dict[str, int] = field(default_factory=dict)
    form: str = ""


@dataclass(frozen=True)
class Dispatch:
    """Which system sends when, in which form."""

    system: str
    form_name: str
    form: Form
    first: str
    last: str
    step: int
    stem: str


DISPATCHES = (
    Dispatch("north", "portal", forms.PORTAL, "2025-01", "2025-06", 1, "hoso-quang-binh-{:%Y-%m}.csv"),
    Dispatch("south", "portal-iso", forms.PORTAL_ISO, "2025-01", "2025-06", 1, "HSTTHC_QuangTri_T{:%m-%Y}.csv"),
    Dispatch("second", "second", forms.SECOND, "2025-01", "2025-06", 3, "bau-bang-den-{:%m-%Y}.csv"),
    Dispatch("north", "portal", forms.PORTAL, "2025-07", "2026-10", 1, "hoso-phia-bac-{:%Y-%m}.csv"),
    Dispatch("south", "named", forms.NAMED, "2025-07", "2026-10", 1, "ketxuat mot cua phia nam {:%m.%Y}.txt"),
    Dispatch("second", "second", forms.SECOND, "2025-07", "2026-10", 3, "bau-bang-den-{:%m-%Y}.csv"),
    Dispatch("workbook", "workbook", forms.WORKBOOK, "2025-07", "2026-10", 3, "So theo doi {unit} den {:%m-%Y}.xlsx"),
)


def write_case_files(
    folder: Path,
    area: Area,
    cases: Columns,
    codes: pa.Array,
    rng: np.random.Generator,
    progress: Callable[[str], None],
    is_small: bool = False,
) -> list[Written]:
    """Write every case file; return what was written. A small sample comes in fewer, longer periods."""
    written = []
    systems = np.array([body.system for body in area.bodies])
    before, after = systems[cases["unit"]], systems[cases["later_unit"]]
    for dispatch in DISPATCHES:
        progress(f"Đang ghi hồ sơ: {SENDERS_VI[dispatch.system]}, {dispatch.first} – {dispatch.last}")
        for first, last in months(dispatch.first, dispatch.last, LONGER[dispatch.step] if is_small else dispatch.step):
            era = 3 if last < CHANGE else 2
            mask = listed_in(cases, first, last) & ((before if era == 3 else after) == dispatch.system)
            for name, rows in _senders(dispatch, area, cases, np.flatnonzero(mask), last):
                if len(rows):
                    path = folder / name
                    written.append(_write(path, dispatch, area, cases, codes, rows, last, era, rng))
    return written


def _senders(dispatch: Dispatch, area: Area, cases: Columns, rows: Ints, last: int) -> Iterator[tuple[str, Ints]]:
    """One file per system, but a workbook per commune."""
    if dispatch.system != "workbook":
        yield dispatch.stem.format(as_date(last)), rows
        return
    for unit in np.unique(cases["later_unit"][rows]):
        name = area.bodies[unit].name
        yield dispatch.stem.format(as_date(last), unit=name), rows[cases["later_unit"][rows] == unit]


def _write(
    path: Path,
    dispatch: Dispatch,
    area: Area,
    cases: Columns,
    codes: pa.Array,
    rows: Ints,
    last: int,
    era: int,
    rng: np.random.Generator,
) -> Written:
    form = dispatch.form
    state = state_at(cases, rows, np.minimum(last, cases["seen_until"][rows]), era)
    columns = _text(form, area, state, codes, rng, as_cells=dispatch.system == "workbook")
    broken: dict[str, int] = {}
    usable = np.flatnonzero(state["completed_at"] >= 0)
    if len(usable) >= 20:
        wanted = {"no_receipt": 2, "unknown_unit": 1, "end_before_receipt": 2, "no_code": int(last % 3 == 0)}
        broken = {reason: n for reason, n in wanted.items() if n}
        extra = _broken_rows(form, columns, state, usable, broken, rng)
        columns = interleaved(columns, extra, rng)
    n = len(columns["case_code"])
    columns["row_number"] = pa.array([str(i + 1) for i in range(n)])
    for name in forms.PERSONAL:
        columns[name] = text.people(name, n, rng)
    if dispatch.system == "workbook":
        titles = (
            "ỦY BAN NHÂN DÂN",
            "SỔ THEO DÕI HỒ SƠ THỦ TỤC HÀNH CHÍNH",
            f"(Số liệu tính đến hết ngày {as_date(last):%d/%m/%Y})",
            "",
        )
        write_workbook(path, form, columns, titles, frozenset({"received_at"}))
    else:
        write_delimited(path, form, columns)
    return Written(path, "case", n, broken, dispatch.form_name)


def _text(
    form: Form, area: Area, state: Columns, codes: pa.Array, rng: np.random.Generator, as_cells: bool
) -> dict[str, pa.Array]:
    """Return the state of the cases in the words of one form."""
    procedures = catalogue()
    plain = [body.name for body in area.bodies]
    ready: dict[str, pa.Array] = {
        "case_code": codes.take(pa.array(state["case"])),
        "procedure_code": text.words(state["procedure"], [p.code for p in procedures]),
        "procedure_name": text.words(state["procedure"], [p.name for p in procedures]),
        "field_name": text.words(state["procedure"], [p.field_name for p in procedures]),
        "unit_code": text.words(state["unit"], [body.code for body in area.bodies]),
        "receiving_unit_code": text.words(state["receiving"], [body.code for body in area.bodies]),
        "unit_name": text.words(state["unit"], [text.unit_words(b) for b in area.bodies] if form.unit_words else plain),
        "receiving_unit_name": text.words(state["receiving"], [text.centre_words(b) for b in area.bodies]),
        "channel": text.words(state["channel"], forms.CHANNELS),
        "status": text.words(state["status"], forms.STATUSES),
    }
    for name in form.fields - set(ready):
        if name.startswith(("is_", "has_")):
            ready[name] = text.words(state[name], (forms.NO, forms.YES))
        elif name.startswith("n_"):
            ready[name] = text.numbers(state[name])
        elif name == "received_at" and as_cells:
            ready[name] = text.numbers(day_of(state[name]))
        elif name.endswith("_at"):
            ready[name] = text.times(state[name], form.dates)
    # Some senders leave the channel empty: it counts as the counter.
    gaps = pa.array((state["channel"] == 2) & (rng.random(len(state["channel"])) < 0.01))
    ready["channel"] = pc.if_else(gaps, pa.scalar(None, pa.string()), ready["channel"])
    return ready


def _broken_rows(
    form: Form,
    columns: dict[str, pa.Array],
    state: Columns,
    usable: Ints,
    broken: dict[str, int],
    rng: np.random.Generator,
) -> dict[str, pa.Array]:
    """Return rows like the others under codes of their own, each with one fault that must reject it."""
    reasons = [reason for reason, n in broken.items() for _ in range(n)]
    chosen = rng.choice(usable, len(reasons), replace=False)
    rows = {name: values.take(pa.array(chosen)).to_pylist() for name, values in columns.items()}
    for i, reason in enumerate(reasons):
        code = rows["case_code"][i]
        rows["case_code"][i] = None if reason == "no_code" else f"{code[:-4]}{9500 + i}"
        if reason == "no_receipt":
            rows["received_at"][i] = None
        elif reason == "unknown_unit":
            for name, value in (("unit_code", UNKNOWN_CODE), ("unit_name", UNKNOWN_NAME)):
                rows[name][i] = value
        elif reason == "end_before_receipt":
            end = day_of(state["received_at"][chosen[i : i + 1]]) - 4
            rows["completed_at"][i] = text.times(end * 1440 + 600, form.dates)[0].as_py()
    return {name: pa.array(values, pa.string()) for name, values in rows.items()}

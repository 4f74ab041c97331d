"""Complaints, denunciations, petitions and feedback of the sample, and the files they come in."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa

from gandan.demo import forms, stories, text
from gandan.demo.area import Area
from gandan.demo.case_files import UNKNOWN_CODE, Written
from gandan.demo.cases import CHANGE, FIRST, LAST, Columns, month_index, months_of
from gandan.demo.days import NONE, Ints, WorkingDays, as_date
from gandan.demo.forms import Form
from gandan.demo.states import months
from gandan.demo.write import interleaved, write_delimited

KINDS = ("complaint", "denunciation", "petition", "feedback")
SIZES = {"complaint": 900, "denunciation": 260, "petition": 1840, "feedback": 3000}
FIELDS = (
    "Đất đai", "Bồi thường, giải phóng mặt bằng", "Chính sách xã hội", "Trật tự xây dựng",
    "Vệ sinh môi trường", "Thủ tục hành chính", "Thái độ phục vụ", "Hạ tầng, giao thông",
)  # fmt: skip
FIELD_WEIGHTS = {
    "complaint": (45, 25, 10, 12, 3, 3, 1, 1),
    "denunciation": (35, 15, 15, 10, 3, 7, 15, 0),
    "petition": (25, 12, 14, 10, 15, 6, 2, 16),
    "feedback": (10, 2, 6, 8, 22, 26, 12, 14),
}
OUTCOMES = tuple(forms.OUTCOMES)


@dataclass
class Letters:
    """One row per letter, in columns of whole numbers (days, positions, yes or no)."""

    columns: Columns
    codes: list[str]


def draw(area: Area, calendar: WorkingDays, rng: np.random.Generator, scale: float) -> Letters:
    """Return every letter of the sample, sorted by day of receipt."""
    parts = [_of_kind(area, calendar, rng, kind, max(int(n * scale), 12)) for kind, n in SIZES.items()]
    parts.append(_surge(area, calendar, rng, scale))
    columns = {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
    order = np.argsort(columns["received_on"], kind="stable")
    columns = {name: values[order] for name, values in columns.items()}
    codes = [f"D{as_date(day):%y}-{i + 1:05d}" for i, day in enumerate(columns["received_on"])]
    return Letters(columns, codes)


def _of_kind(area: Area, calendar: WorkingDays, rng: np.random.Generator, kind: str, n: int) -> Columns:
    days = np.arange(FIRST, LAST + 1)
    weight = np.where(calendar.is_working[days], 1.0, 0.15 if kind == "feedback" else 0.0)
    weight *= 1 + (0.5 if kind == "feedback" else 0.15) * (days - FIRST) / len(days)
    received = FIRST + rng.choice(len(days), n, p=weight / weight.sum())
    silent = [area.of_today(code) for code, plan in stories.PLANS.items() if plan.silent_from or plan.size]
    followed = [
        i for i in area.communes("3tier") if len(area.successor.get(i, [])) == 1 and area.successor[i][0] not in silent
    ]
    people_weight = np.array([area.population[i] for i in followed], dtype=float)
    commune = np.array(followed)[rng.choice(len(followed), n, p=people_weight / people_weight.sum())]
    return _life(area, calendar, rng, kind, received, commune)


def _surge(area: Area, calendar: WorkingDays, rng: np.random.Generator, scale: float) -> Columns:
    """The complaints of a commune where land is taken for a road: many in one quarter, many of them together."""
    days, communes = [], []
    for code, plan in stories.PLANS.items():
        before = next((old for old, new in area.successor.items() if new == [area.of_today(code)]), None)
        for month, factor in plan.complaints.items():
            first = months(month, month)[0]
            n = max(int(2.2 * factor * scale), 3)
            office_days = np.flatnonzero(calendar.is_working[first[0] : first[1] + 1]) + first[0]
            days.append(rng.choice(office_days, n))
            communes.append(np.full(n, before))
    received, commune = np.concatenate(days), np.concatenate(communes)
    columns = _life(area, calendar, rng, "complaint", received, commune)
    columns["field"][:] = FIELDS.index("Bồi thường, giải phóng mặt bằng")
    columns["n_people"] = np.where(rng.random(len(received)) < 0.4, rng.integers(5, 30, len(received)), 1)
    return columns


def _life(
    area: Area, calendar: WorkingDays, rng: np.random.Generator, kind: str, received: Ints, commune: Ints
) -> Columns:
    n = len(received)
    successor = np.array([area.successor[i][0] if i in area.successor else i for i in range(len(area.bodies))])
    is_old = received < CHANGE
    district = np.array([area.district_of(i) for i in commune])
    unit = np.where(is_old, district, successor[commune])
    is_complex = (rng.random(n) < 0.12) & (kind in ("complaint", "denunciation"))
    is_eligible = rng.random(n) < (0.9 if kind != "feedback" else 0.95)
    in_competence = is_eligible & (rng.random(n) < 0.85)
    if kind == "feedback":
        accepted = np.maximum(calendar.add(received, rng.integers(0, 3, n)), received)
        settled = calendar.add(
            received, np.where(rng.random(n) < 0.08, rng.integers(16, 35, n), rng.integers(2, 15, n))
        )
    elif kind == "petition":
        accepted = received + rng.integers(1, 9, n)
        settled = calendar.add(
            accepted, np.where(rng.random(n) < 0.15, rng.integers(11, 40, n), rng.integers(3, 11, n))
        )
    else:
        slow = rng.random(n) < 0.06
        accepted = received + np.where(slow, rng.integers(12, 25, n), rng.integers(2, 9, n))
        term = np.where(is_complex, 45 if kind == "complaint" else 60, 30)
        late = rng.random(n) < np.where(months_of(received) == month_index("2026-05"), 0.35, 0.18)
        settled = accepted + np.where(late, term + rng.integers(1, 60, n), (term * rng.uniform(0.4, 1, n)).astype(int))
    closed = in_competence & (rng.random(n) < (0.97 if kind == "feedback" else 0.93))
    accepted = np.where(is_eligible, accepted, NONE)
    settled = np.where(closed, settled, NONE)
    outcome = rng.choice(4, n, p=(0.18, 0.2, 0.52, 0.1))
    weights = np.array(FIELD_WEIGHTS[kind], dtype=float)
    groups = (rng.random(n) < 0.03) & (kind != "feedback")
    return {
        "kind": np.full(n, KINDS.index(kind)),
        "unit": unit,
        "later_unit": successor[commune],
        "field": rng.choice(len(FIELDS), n, p=weights / weights.sum()),
        "received_on": received.astype(np.int64),
        "accepted_on": accepted,
        "settled_on": settled,
        "round": np.where(rng.random(n) < 0.06, 2, 1),
        "n_people": np.where(groups, rng.integers(5, 25, n), 1),
        "is_complex": is_complex.astype(np.int64),
        "is_eligible": is_eligible.astype(np.int64),
        "is_in_competence": in_competence.astype(np.int64),
        "outcome": outcome if kind in ("complaint", "denunciation") else np.full(n, NONE),
        "is_satisfied": (rng.random(n) < 0.82).astype(np.int64) if kind == "feedback" else np.full(n, NONE),
    }


def write_files(
    folder: Path, area: Area, drawn: Letters, rng: np.random.Generator, is_small: bool = False
) -> list[Written]:
    """Write a register of letters and an export of feedback each quarter, a small sample each year; return them."""
    written = []
    columns = drawn.columns
    step = 12 if is_small else 3
    second = np.array([body.system == "second" for body in area.bodies])[columns["later_unit"]]
    is_feedback = columns["kind"] == KINDS.index("feedback")
    for first, last in months("2025-01", "2025-06", step) + months("2025-07", "2026-10", step):
        is_new = last >= CHANGE
        open_before = (columns["received_on"] < first) & (
            (columns["settled_on"] >= first) | ((columns["settled_on"] == NONE) & (columns["is_in_competence"] == 1))
        )
        listed = ((columns["received_on"] >= first) & (columns["received_on"] <= last)) | open_before
        end = as_date(last)
        named, coded = forms.LETTERS, forms.LETTERS_CANONICAL
        for name, form, mask in (
            (f"so-don-thu-den-{end:%m-%Y}.csv", named if is_new else coded, listed & ~is_feedback & ~second),
            (f"letters-bau-bang-{end:%Y-%m}.csv", coded, listed & ~is_feedback & second),
            (f"PAKN_{end:%m_%Y}.csv", forms.FEEDBACK, listed & is_feedback),
        ):
            rows = np.flatnonzero(mask)
            if len(rows):
                written.append(_write(folder / name, form, area, drawn, rows, last, is_new, rng))
    return written


def _write(
    path: Path, form: Form, area: Area, drawn: Letters, rows: Ints, last: int, is_new: bool, rng: np.random.Generator
) -> Written:
    columns = {name: values[rows] for name, values in drawn.columns.items()}
    settled = np.where(columns["settled_on"] <= last, columns["settled_on"], NONE)
    ended = settled >= 0
    unit = columns["later_unit"] if is_new else columns["unit"]
    codes = [drawn.codes[i] for i in rows]
    yes_no = ("false", "true") if form is forms.LETTERS_CANONICAL else (forms.NO, forms.YES)
    is_coded = form is forms.LETTERS_CANONICAL
    ready: dict[str, pa.Array] = {
        "letter_code": pa.array(codes),
        "kind": text.words(columns["kind"], KINDS if is_coded else [forms.KINDS[k] for k in KINDS]),
        "matter_code": pa.array([f"V{code[1:]}" for code in codes]),
        "unit_code": text.words(unit, [body.code for body in area.bodies]),
        "unit_name": text.words(unit, [text.unit_words(body) for body in area.bodies]),
        "field_name": text.words(columns["field"], FIELDS),
        "received_on": text.dates(columns["received_on"], form.dates),
        "accepted_on": text.dates(np.where(columns["accepted_on"] <= last, columns["accepted_on"], NONE), form.dates),
        "settled_on": text.dates(settled, form.dates),
        "outcome": text.words(
            np.where(ended, columns["outcome"], NONE), OUTCOMES if is_coded else list(forms.OUTCOMES.values())
        ),
        "is_satisfied": text.words(np.where(ended, columns["is_satisfied"], NONE), yes_no),
    }
    for name in ("is_complex", "is_eligible", "is_in_competence"):
        ready[name] = text.words(columns[name], yes_no)
    for name in ("round", "n_people"):
        ready[name] = text.numbers(columns[name])
    broken: dict[str, int] = {}
    if len(rows) >= 30:
        broken = {"no_receipt": 1, "unknown_unit": 1}
        extra = {name: values.take(pa.array([0, 1])).to_pylist() for name, values in ready.items()}
        extra["letter_code"] = [f"{code}X" for code in extra["letter_code"]]
        extra["received_on"][0] = None
        extra["unit_code"][1], extra["unit_name"][1] = UNKNOWN_CODE, "UBND xã Không Có Thật"
        ready = interleaved(ready, {name: pa.array(values, pa.string()) for name, values in extra.items()}, rng)
    n = len(ready["letter_code"])
    ready["row_number"] = pa.array([str(i + 1) for i in range(n)])
    for name in forms.PERSONAL:
        ready[name] = text.people(name, n, rng)
    write_delimited(path, form, ready)
    return Written(path, "complaint", n, broken, "letters")

"""The sample's own surveys: residents on the eight dimensions, users on satisfaction and friendly government."""

from __future__ import annotations

import csv
import zlib
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.csv as pa_csv
import xlsxwriter

from gandan.demo import stories, text
from gandan.demo.area import Area
from gandan.demo.case_files import Written
from gandan.demo.days import Ints, day
from gandan.demo.write import CREATED
from warehouse.paths import DataDir

Floats = npt.NDArray[np.float64]
ITEMS_OF_A_PART = 2
"""Questions asked of each part of a dimension: a full questionnaire would be several times the size."""
WIDEST_SCALE = 10
NOT_ASKED = -1.0
"""Written "Không áp dụng": the question was for others."""
MET_TROUBLE, GAVE_OPINION = 0.18, 0.12
"""Shares of users whom the conditional questions of the friendly group are for."""


@dataclass(frozen=True)
class Item:
    """One question, with the bounds and the direction that the codebook gives it."""

    item_id: str
    low: float
    high: float
    is_reversed: bool
    name: str


@dataclass
class Wave:
    """One survey: its respondents in columns, one answer per respondent and item (NaN: don't know; or not asked)."""

    survey_id: str
    population: str
    items: list[Item]
    unit: Ints
    answered_on: Ints
    psu: Ints
    weight: Floats
    answers: Floats
    layout: str


@dataclass
class Survey:
    waves: list[Wave]


WAVES = (
    ("QT-CD-2025", "resident", date(2025, 11, 10), 3500, 24, "long"),
    ("QT-CD-2026", "resident", date(2026, 9, 7), 3500, 24, "wide"),
    ("QT-HL-2026-1", "user", date(2026, 5, 11), 2500, 40, "workbook"),
    ("QT-HL-2026-2", "user", date(2026, 10, 5), 2500, 40, "long"),
)

TITLES = {
    "QT-CD-2025": ("Khảo sát cộng đồng năm 2025 (minh họa)", "Survey of residents 2025 (invented)"),
    "QT-CD-2026": ("Khảo sát cộng đồng năm 2026 (minh họa)", "Survey of residents 2026 (invented)"),
    "QT-HL-2026-1": ("Khảo sát hài lòng đợt 1 năm 2026 (minh họa)", "Survey of users, first of 2026 (invented)"),
    "QT-HL-2026-2": ("Khảo sát hài lòng đợt 2 năm 2026 (minh họa)", "Survey of users, second of 2026 (invented)"),
}
LIST_COLUMNS = ("survey_id", "title_vi", "title_en", "lowest_level", "population", "is_confirmed", "note")


def listed() -> list[tuple[str, ...]]:
    """Return the rows of `surveys.csv`: what each survey is and the lowest level that it represents."""
    return [(name, *TITLES[name], "commune", population, "false", "") for name, population, *_ in WAVES]


def _items(data_dir: DataDir, population: str) -> list[Item]:
    path = data_dir.reference("survey_items.csv")
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    chosen: list[Item] = []
    taken: dict[str, int] = {}
    for row in rows:
        is_of_dimension = bool(row["dimension_id"])
        if is_of_dimension != (population == "resident"):
            continue
        if float(row["scale_max"]) - float(row["scale_min"]) > WIDEST_SCALE:
            continue  # amounts and distances: two other questions of the same part are asked
        part = row["sub_dimension_id"]
        taken[part] = taken.get(part, 0) + 1
        if population == "resident" and taken[part] > ITEMS_OF_A_PART:
            continue
        is_reversed = row["direction"] == "-1"
        chosen.append(
            Item(row["item_id"], float(row["scale_min"]), float(row["scale_max"]), is_reversed, row["name_vi"])
        )
    return chosen


def draw(data_dir: DataDir, area: Area, rng: np.random.Generator, scale: float) -> Survey:
    """Return every wave with its respondents and answers."""
    waves = []
    for survey_id, population, first, n, n_communes, layout in WAVES:
        items = _items(data_dir, population)
        unit = _respondents(area, rng, n, n_communes, scale)
        waves.append(_wave(area, rng, items, survey_id, population, first, unit, layout))
    return Survey(waves)


def _respondents(area: Area, rng: np.random.Generator, n: int, n_communes: int, scale: float) -> Ints:
    """A sample of communes with about the same number of people in each, and the few where it is too small."""
    kept = max(round(n_communes * scale), 2)
    each = n // n_communes
    excluded = set(stories.SURVEY_SIZES) | {
        code for code, plan in stories.PLANS.items() if plan.silent_from or plan.size
    }
    communes = [
        i for i in area.communes("2tier") if area.bodies[i].code not in excluded and area.bodies[i].system != "second"
    ]
    always = [area.of_today(code) for code, plan in stories.PLANS.items() if plan.satisfaction]
    others = [i for i in communes if i not in always]
    chosen = always + list(rng.choice(others, max(kept - len(always), 1), replace=False))
    units = [np.full(each, i) for i in chosen]
    units += [np.full(size, area.of_today(code)) for code, size in stories.SURVEY_SIZES.items()]
    result: Ints = np.concatenate(units).astype(np.int64)
    if scale == 1.0 and len(result) < n:
        result = np.concatenate([result, rng.choice(np.array(chosen), n - len(result))])
    return np.sort(result)


def _wave(
    area: Area,
    rng: np.random.Generator,
    items: list[Item],
    survey_id: str,
    population: str,
    first: date,
    unit: Ints,
    layout: str,
) -> Wave:
    n = len(unit)
    shift = np.zeros(len(area.bodies))
    for code, plan in stories.PLANS.items():
        shift[area.of_today(code)] = plan.satisfaction
    psu = rng.integers(1, 5, n)
    # People of one village answer alike: a small effect of the village on top of the commune's.
    commune_effect = rng.normal(0, 0.05, len(area.bodies))[unit] + shift[unit] * 0.25
    village_effect = rng.normal(0, 0.04, (len(area.bodies), 5))[unit, psu]
    person_effect = rng.normal(0, 0.08, n)
    level = rng.uniform(0.45, 0.75, len(items)) if population == "resident" else rng.uniform(0.72, 0.86, len(items))
    answers = np.empty((n, len(items)))
    for position, item in enumerate(items):
        base = np.clip(level[position] + commune_effect + village_effect + person_effect, 0.02, 0.98)
        if item.high - item.low <= 1:
            share = (rng.random(n) < base).astype(float)
        else:
            share = np.clip(base + rng.normal(0, 0.18, n), 0, 1)
        share = 1 - share if item.is_reversed else share
        values = item.low + share * (item.high - item.low)
        answers[:, position] = np.where(rng.random(n) < 0.03, np.nan, np.rint(values))
    _leave_out(answers, [item.item_id for item in items], np.random.default_rng(zlib.crc32(survey_id.encode())))
    return Wave(
        survey_id,
        population,
        items,
        unit,
        day(first) + rng.integers(0, 18, n),
        psu,
        np.round(rng.uniform(0.6, 1.6, n), 2),
        answers,
        layout,
    )


def _leave_out(answers: Floats, items: list[str], rng: np.random.Generator) -> None:
    """Put "not asked" where a question follows on another: an apology on trouble, a remedy on an apology."""
    at = {item: i for i, item in enumerate(items)}
    if "F04" in at:
        met_trouble = rng.random(len(answers)) < MET_TROUBLE
        answers[~met_trouble, at["F04"]] = NOT_ASKED
        answers[~(answers[:, at["F04"]] >= 4), at["F05"]] = NOT_ASKED
        answers[rng.random(len(answers)) >= GAVE_OPINION, at["F15"]] = NOT_ASKED


def write_files(folder: Path, area: Area, drawn: Survey, rng: np.random.Generator) -> list[Written]:
    """Write every wave in its shape: answers in rows, or respondents in rows with a codebook beside; return them."""
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for wave in drawn.waves:
        respondents = {
            "Mã đợt khảo sát": pa.array([wave.survey_id] * len(wave.unit)),
            "Mã phiếu": pa.array([f"{wave.survey_id}-{i + 1:05d}" for i in range(len(wave.unit))]),
            "Mã xã": text.words(wave.unit, [body.code for body in area.bodies]),
            "Ngày khảo sát": text.dates(wave.answered_on, "dmy"),
            "Đối tượng": pa.array(
                ["Người dân" if wave.population == "resident" else "Người sử dụng dịch vụ"] * len(wave.unit)
            ),
            "Tầng": text.words(wave.unit, [body.name.split()[0] for body in area.bodies]),
            "Cụm mẫu": pa.array([f"{area.bodies[u].code}-{p}" for u, p in zip(wave.unit, wave.psu, strict=True)]),
            "Trọng số": pa.array([f"{w:.2f}".replace(".", ",") for w in wave.weight]),
        }
        path = folder / f"khao-sat-{wave.survey_id}.{'xlsx' if wave.layout == 'workbook' else 'csv'}"
        if wave.layout == "long":
            n = _write_long(path, wave, respondents)
        else:
            n = _write_wide(path, wave, respondents, rng)
            _write_codebook(path.with_name(f"{path.name}.codebook.csv"), wave)
        written.append(Written(path, "survey_answer", n, {}, wave.layout))
    return written


def _answers(values: Floats) -> pa.Array:
    """Return answers as text; who did not know, or was not asked, is written so."""
    labels = [str(i) for i in range(0, 1001)] + ["Không biết", "Không áp dụng"]
    coded = np.where(np.isnan(values), 1001, np.where(values == NOT_ASKED, 1002, np.nan_to_num(values)))
    return text.words(coded.astype(np.int64), labels)


def _write_long(path: Path, wave: Wave, respondents: dict[str, pa.Array]) -> int:
    n, k = wave.answers.shape
    index = pa.array(np.repeat(np.arange(n), k))
    columns = {name: values.take(index) for name, values in respondents.items()}
    columns["Mã câu hỏi"] = text.words(np.tile(np.arange(k), n), [item.item_id for item in wave.items])
    columns["Trả lời"] = _answers(wave.answers.ravel())
    buffer = pa.BufferOutputStream()
    pa_csv.write_csv(pa.table(columns), buffer, pa_csv.WriteOptions(delimiter=";", quoting_style="needed"))
    path.write_bytes(b"\xef\xbb\xbf" + buffer.getvalue().to_pybytes())
    return n * k


def _write_wide(path: Path, wave: Wave, respondents: dict[str, pa.Array], rng: np.random.Generator) -> int:
    n = len(wave.unit)
    columns = {"STT": pa.array([str(i + 1) for i in range(n)]), **respondents}
    columns["Họ tên người trả lời"] = text.people("applicant", n, rng)
    for position in range(len(wave.items)):
        columns[_column(position)] = _answers(wave.answers[:, position])
    if path.suffix == ".csv":
        buffer = pa.BufferOutputStream()
        pa_csv.write_csv(pa.table(columns), buffer, pa_csv.WriteOptions(delimiter=";", quoting_style="needed"))
        path.write_bytes(buffer.getvalue().to_pybytes())
        return n
    book = xlsxwriter.Workbook(str(path), {"strings_to_numbers": False})
    book.set_properties({"created": CREATED})
    sheet = book.add_worksheet("Phiếu")
    for position, (header, values) in enumerate(columns.items()):
        sheet.write_string(0, position, header)
        for row, value in enumerate(values.to_pylist()):
            sheet.write_string(row + 1, position, value)
    book.close()
    return n


def _column(position: int) -> str:
    return f"C{position + 1:02d}"


def _write_codebook(path: Path, wave: Wave) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["column", "item_id"])
        writer.writerows([_column(i), item.item_id] for i, item in enumerate(wave.items))

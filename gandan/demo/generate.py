"""The sample province from a seed: everything in memory, or as the files that its senders send."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa

from gandan.demo import letters, others, published, reference, stories, survey, text, to_try
from gandan.demo.area import Area, read_area
from gandan.demo.case_files import Written, write_case_files
from gandan.demo.cases import Columns, draw
from gandan.demo.days import WorkingDays, working_days
from warehouse.paths import REPOSITORY, DataDir

SMALL_BELOW = 0.5
READ_BY_THE_GENERATOR = ("units.csv", "unit_succession.csv", "agencies.csv", "calendar.csv", "survey_items.csv")
Progress = Callable[[str], None]


@dataclass
class Sample:
    """The clean sample before it is written: what a faultless sender would know on the last day."""

    area: Area
    calendar: WorkingDays
    cases: Columns
    case_codes: pa.Array
    letters: letters.Letters
    survey: survey.Survey
    scale: float


def build(data_dir: DataDir, scale: float = 1.0, seed: int = stories.SEED) -> Sample:
    """Return the sample in memory; the same seed and scale give the same rows."""
    streams = np.random.default_rng(seed).spawn(4)
    area = read_area(data_dir, streams[0])
    calendar = working_days(data_dir)
    cases = draw(area, calendar, streams[1], scale)
    codes = text.case_codes(area, cases["receiving"], cases["received"])
    return Sample(
        area,
        calendar,
        cases,
        codes,
        letters.draw(area, calendar, streams[2], scale),
        survey.draw(data_dir, area, streams[3], scale),
        scale,
    )


def generate(
    data_dir: DataDir, scale: float = 1.0, seed: int = stories.SEED, progress: Progress = lambda message: None
) -> list[Written]:
    """Write the sample's files and reference data into a data folder; return what was written.

    `incoming/` holds what senders send, `to-try/` what is left for a reader to load; `DEMO` lists them all.
    """
    progress("Đang tạo dữ liệu minh họa…")
    sample = build(data_dir, scale, seed)
    incoming = data_dir.root / "incoming"
    for folder in (incoming, data_dir.root / to_try.FOLDER, data_dir.root / "later"):  # as earlier versions had it
        shutil.rmtree(folder, ignore_errors=True)
    incoming.mkdir(parents=True)
    rng = np.random.default_rng([seed, 1])
    is_small = scale < SMALL_BELOW
    reference.write_reference(data_dir, sample.area)
    written = write_case_files(
        incoming / "ho-so", sample.area, sample.cases, sample.case_codes, rng, progress, is_small
    )
    progress("Đang ghi đơn thư, phản ánh và khảo sát…")
    written += letters.write_files(incoming / "don-thu", sample.area, sample.letters, rng, is_small)
    written += survey.write_files(incoming / "khao-sat", sample.area, sample.survey, rng)
    progress("Đang ghi sổ tiếp công dân, dân vận, lấy số và chỉ số công bố…")
    written += others.write_files(incoming, sample.area, sample.calendar, sample.cases, rng)
    written += published.write_files(incoming, sample.area, sample.cases, sample.case_codes, rng)
    tried = to_try.write_files(data_dir.root / to_try.FOLDER, np.random.default_rng([seed, 2]))
    _write_marker(data_dir, [*written, *tried], scale, seed)
    return written


def _write_marker(data_dir: DataDir, written: list[Written], scale: float, seed: int) -> None:
    marker = {
        "version": version(data_dir),
        "seed": seed,
        "scale": scale,
        "last_day": stories.LAST_DAY,
        "files": [hashlib.sha256(file.path.read_bytes()).hexdigest() for file in written],
        "written": [
            {
                "name": str(file.path.relative_to(data_dir.root)),
                "dataset": file.dataset,
                "n_rows": file.n_rows,
                "broken": file.broken,
            }
            for file in written
        ],
    }
    (data_dir.root / "DEMO").write_text(json.dumps(marker, ensure_ascii=False, indent=1), encoding="utf-8")


def marker_of(data_dir: DataDir) -> dict[str, object] | None:
    """Return what `DEMO` says, or None where no sample lies."""
    path = data_dir.root / "DEMO"
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else None


def is_current(data_dir: DataDir, scale: float, seed: int = stories.SEED) -> bool:
    """Return whether the folder already holds this version of the sample."""
    marker = marker_of(data_dir)
    wanted = {"version": version(data_dir), "seed": seed, "scale": scale}
    return marker is not None and all(marker.get(key) == value for key, value in wanted.items())


def version(data_dir: DataDir) -> str:
    """Return what the files are made from: the generator and the reference data it reads."""
    return _sum([*_sources("gandan/demo"), *(data_dir.reference(name) for name in READ_BY_THE_GENERATOR)])


def intake_version() -> str:
    """Return the code and the settings the files were loaded by: loaded otherwise, they are loaded again."""
    folders = ("etl", "etl/messages", "etl/readers", "etl/reference")
    return _sum([path for folder in folders for path in _sources(folder)])


def is_loaded(data_dir: DataDir) -> bool:
    """Return whether every file of this sample has been loaded, by the intake of today."""
    marker = marker_of(data_dir)
    return marker is not None and marker.get("loaded_by") == intake_version()


def set_loaded(data_dir: DataDir) -> None:
    """Note that every file has been loaded, so that the next start does not look at them again."""
    marker = marker_of(data_dir) or {}
    (data_dir.root / "DEMO").write_text(
        json.dumps({**marker, "loaded_by": intake_version()}, ensure_ascii=False, indent=1), encoding="utf-8"
    )


def _sources(folder: str) -> list[Path]:
    return [f for f in (REPOSITORY / folder).iterdir() if f.suffix in (".py", ".toml", ".csv", ".md")]


def _sum(files: list[Path]) -> str:
    total = hashlib.sha256()
    for path in sorted(files, key=lambda f: f.name):
        total.update(path.name.encode())
        total.update(path.read_bytes())
    return total.hexdigest()[:16]

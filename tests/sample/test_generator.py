"""The sample is the same every time, of the promised size, and holds nobody."""

from __future__ import annotations

import hashlib
import json
import re
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from gandan.demo import generate, text, to_try
from gandan.demo.days import as_date, day_of
from tests.sample.conftest import Small
from tests.sample.reference import LAST, Clean
from warehouse.paths import DataDir

CASE_CODE = re.compile(r"(?:\d{3}\.\d{2}\.\d{2}\.[A-Z]\d{2}|[A-Z]\d{2}(?:\.\d{1,3}){0,4})-(\d{6})-\d{4,7}")


def test_the_same_seed_writes_the_same_bytes(tmp_path: Path) -> None:
    markers = []
    for name in ("once", "again"):
        data_dir = DataDir(tmp_path / name)
        generate.generate(data_dir, 0.01)
        markers.append(json.loads((data_dir.root / "DEMO").read_text(encoding="utf-8")))
    assert markers[0] == markers[1]


def test_another_seed_writes_other_bytes(tmp_path: Path) -> None:
    first, second = DataDir(tmp_path / "a"), DataDir(tmp_path / "b")
    generate.generate(first, 0.01)
    generate.generate(second, 0.01, seed=7)
    listed = [set(json.loads((d.root / "DEMO").read_text(encoding="utf-8"))["files"]) for d in (first, second)]
    assert not listed[0] & listed[1]


def test_the_sample_has_the_promised_size(clean: Clean) -> None:
    sample = clean.sample
    respondents = sum(len(wave.unit) for wave in sample.survey.waves)
    assert 295_000 <= len(sample.cases["received"]) <= 305_000
    assert 5_900 <= len(sample.letters.codes) <= 6_200
    assert 11_900 <= respondents <= 12_200


def test_the_sample_covers_the_78_communes_of_quang_tri_and_their_predecessors(clean: Clean) -> None:
    area = clean.sample.area
    today = [i for i in area.communes("2tier") if area.bodies[i].system != "second"]
    before = [i for i in area.communes("3tier") if area.bodies[i].system != "second"]
    assert len(today) == 78
    assert {area.successor[i][0] for i in before} | {area.of_today("19742")} == set(today)


def test_no_case_is_received_after_the_last_day_and_none_ends_before_it_came(clean: Clean) -> None:
    assert max(case.received for case in clean.cases) <= LAST
    assert all(case.ended is None or case.ended >= case.received for case in clean.cases)


def test_counters_take_cases_on_working_days_only(clean: Clean) -> None:
    cases, calendar = clean.sample.cases, clean.sample.calendar
    at_counter = day_of(cases["received"])[cases["channel"] >= 2]
    off = at_counter[~calendar.is_working[at_counter]]
    assert len(off) == 0
    tet = [as_date(d) for d in np.unique(at_counter)]
    assert date(2026, 2, 17) not in tet
    assert date(2026, 8, 22) in tet  # a Saturday worked to make up for 31/08


def test_case_codes_are_unique_and_carry_the_day_of_receipt(clean: Clean) -> None:
    codes = clean.sample.case_codes.to_pylist()
    assert len(set(codes)) == len(codes)
    for code, received in zip(codes[::997], clean.sample.cases["received"][::997], strict=True):
        found = CASE_CODE.fullmatch(code)
        assert found, code
        assert found.group(1) == f"{as_date(received // 1440):%y%m%d}"


def test_the_marker_lists_every_file_that_a_sender_sends_and_those_to_try(small: Small) -> None:
    marker = json.loads((small.data_dir.root / "DEMO").read_text(encoding="utf-8"))
    files = [
        path
        for folder in ("incoming", to_try.FOLDER)
        for path in (small.data_dir.root / folder).rglob("*")
        if path.is_file() and not path.name.endswith(".codebook.csv")
    ]
    assert {hashlib.sha256(path.read_bytes()).hexdigest() for path in files} == set(marker["files"])
    assert generate.is_current(small.data_dir, 0.05)
    assert not generate.is_current(small.data_dir, 1.0)


@pytest.mark.parametrize("field", ["applicant", "phone", "citizen_number", "address", "note"])
def test_personal_values_are_invented(field: str) -> None:
    values = {value for value in text.people(field, 2000, np.random.default_rng(1)).to_pylist() if value}
    if field == "applicant":
        assert all(value.endswith(text.GIVEN) for value in values)
    else:
        digits = [run for value in values for run in re.findall(r"\d{9,}", value)]
        assert all(run.startswith(("0900000", "000000000")) for run in digits)
        assert field in ("note", "address") or digits

"""Columns of whole numbers turned into the text of a file: dates, codes, names of bodies, invented people."""

from __future__ import annotations

from datetime import timedelta
from functools import cache

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from gandan.demo.area import Area, Body
from gandan.demo.days import EPOCH, N_DAYS, Ints
from gandan.demo.forms import DateStyle

SURNAMES = ("Nguyễn", "Trần", "Lê", "Phạm", "Hoàng", "Võ", "Phan", "Trương", "Bùi", "Đặng", "Hồ")
MIDDLES = ("Văn", "Thị", "Hữu", "Ngọc", "Minh", "Xuân")
GIVEN = ("Ví Dụ", "Minh Họa", "Mẫu", "Thử", "Giả Định", "Không Thật")
"""Given names that nobody bears: the people of the sample must look invented to a reader."""


@cache
def _days(style: DateStyle) -> pa.Array:
    pattern = "%Y-%m-%d" if style == "iso" else "%d/%m/%Y"
    return pa.array([(EPOCH + timedelta(days=i)).strftime(pattern) for i in range(N_DAYS)])


@cache
def _minutes() -> pa.Array:
    return pa.array([f"{i // 60:02d}:{i % 60:02d}" for i in range(1440)])


def dates(days: Ints, style: DateStyle) -> pa.Array:
    """Return day numbers as text; unknown is null."""
    return _days(style).take(pa.array(days, mask=days < 0))


def times(minutes: Ints, style: DateStyle) -> pa.Array:
    """Return times in minutes as text, with the hour where the style shows it; unknown is null."""
    day_text = dates(np.where(minutes >= 0, minutes // 1440, -1), style)
    if style == "dmy":
        return day_text
    hours = _minutes().take(pa.array(minutes % 1440, mask=minutes < 0))
    return pc.binary_join_element_wise(day_text, hours, " ")


def words(values: Ints, labels: tuple[str, ...] | list[str]) -> pa.Array:
    """Return the label of each number; a negative one is null."""
    return pa.array(labels, pa.string()).take(pa.array(values, mask=values < 0))


def numbers(values: Ints) -> pa.Array:
    return pc.cast(pa.array(values, mask=values < 0), pa.string())


def unit_words(body: Body) -> str:
    """Return a body as its own office writes it: the committee of a place, an agency by its name.

    >>> unit_words(Body("", "", "Xã Lao Bảo", "commune", "2tier", "", "", "south"))
    'UBND xã Lao Bảo'
    """
    return body.name if body.level == "agency" else f"UBND {body.name[0].lower()}{body.name[1:]}"


def centre_words(body: Body) -> str:
    """Return the receiving side of a commune as it is written since 07/2025."""
    if body.level == "agency":
        return body.name
    return f"Trung tâm Phục vụ hành chính công {body.name[0].lower()}{body.name[1:]}"


def case_prefixes(area: Area) -> list[str]:
    """Return what the case codes of each body begin with: the old order in the north before 07/2025, else the new."""
    province = {"north": "H46", "south": "H50", "second": "H09", "workbook": "H50"}
    district_number: dict[str, int] = {}
    commune_number: dict[str, int] = {}
    prefixes = []
    for i, body in enumerate(area.bodies):
        if body.era == "2tier":
            head = "H29" if body.system == "second" else "H50"
            prefixes.append(f"{head}.{100 + i % 900}.{i // 900}")
            continue
        district = body.district_id or body.unit_id
        number = district_number.setdefault(district, len(district_number) + 1)
        commune = 0
        if body.level == "commune":
            commune = commune_number[district] = commune_number.get(district, 0) + 1
        if body.system == "north":
            prefixes.append(f"000.{commune:02d}.{number:02d}.H46")
        else:
            prefixes.append(f"{province[body.system]}.{number:02d}.{commune:02d}")
    return prefixes


def case_codes(area: Area, receiving: Ints, received: Ints) -> pa.Array:
    """Return a case code for each case, counted within the receiving body and day; cases come sorted by receipt."""
    day = received // 1440
    key = receiving * N_DAYS + day
    order = np.argsort(key, kind="stable")
    sorted_key = key[order]
    starts = np.flatnonzero(np.r_[True, sorted_key[1:] != sorted_key[:-1]])
    lengths = np.diff(np.r_[starts, len(key)])
    serial = np.empty(len(key), dtype=np.int64)
    serial[order] = np.arange(len(key)) - np.repeat(starts, lengths) + 1
    short_days = pa.array([(EPOCH + timedelta(days=i)).strftime("%y%m%d") for i in range(N_DAYS)])
    return pc.binary_join_element_wise(
        words(receiving, case_prefixes(area)),
        short_days.take(pa.array(day)),
        pc.utf8_lpad(pc.cast(pa.array(serial), pa.string()), 4, "0"),
        "-",
    )


def people(field: str, n: int, rng: np.random.Generator) -> pa.Array:
    """Return invented personal values: names nobody bears, numbers nobody has."""
    if field == "applicant":
        pool = [f"{a} {b} {c}" for a in SURNAMES for b in MIDDLES for c in GIVEN]
        return words(rng.integers(0, len(pool), n), pool)
    if field == "phone":
        return words(rng.integers(0, 1000, n), [f"0900000{i:03d}" for i in range(1000)])
    if field == "citizen_number":
        return words(rng.integers(0, 1000, n), [f"000000000{i:03d}" for i in range(1000)])
    if field == "address":
        return words(rng.integers(0, 60, n), [f"Số {i}, thôn Minh Họa" for i in range(60)])
    notes = ["", "", "", "Công dân đề nghị gọi lại số 0900000123", "Người nhận thay: Trần Thị Ví Dụ", "Đã hướng dẫn"]
    return words(rng.integers(0, len(notes), n), notes)

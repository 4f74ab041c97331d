"""Text to value by our own rules."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from etl.extract import cell_text
from etl.types import date_macros, date_sql, label_tables, read_number
from warehouse.paths import DataDir


@pytest.fixture(scope="module")
def con() -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect()
    for macro in date_macros():
        connection.execute(macro)
    return connection


def read_date(con: duckdb.DuckDBPyConnection, text: str, order: str = "dmy") -> datetime | None:
    found = con.execute(f"SELECT {date_sql('t', order)} FROM (SELECT ? AS t)", [text]).fetchone()  # type: ignore[arg-type]
    assert found is not None
    return found[0]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("01/10/2026", datetime(2026, 10, 1)),
        ("1/10/2026", datetime(2026, 10, 1)),
        ("01-10-2026", datetime(2026, 10, 1)),
        ("1.10.2026 7h05", datetime(2026, 10, 1, 7, 5)),
        ("01/10/2026 13:47", datetime(2026, 10, 1, 13, 47)),
        ("13:47 01/10/2026", datetime(2026, 10, 1, 13, 47)),
        ("01/10/2026 13:47:05", datetime(2026, 10, 1, 13, 47, 5)),
        ("2026-10-01", datetime(2026, 10, 1)),
        ("2026-10-01T13:47:05", datetime(2026, 10, 1, 13, 47, 5)),
        ("2026-10-01T13:47:05+07:00", datetime(2026, 10, 1, 13, 47, 5)),
        ("2026-10-01T20:00:00Z", datetime(2026, 10, 2, 3)),
        ("\u00a001/10/2026 ", datetime(2026, 10, 1)),
        ("46296", datetime(2026, 10, 1)),
        ("46296.5E0", datetime(2026, 10, 1, 12)),
        ("31/02/2026", None),
        ("10/25/2026", None),
        ("1/10/26", datetime(2026, 10, 1)),
        ("31/12/49 7:05", datetime(2049, 12, 31, 7, 5)),
        ("1.1.50", datetime(1950, 1, 1)),
        ("2026/10/1", datetime(2026, 10, 1)),
        ("2026.10.01 08:05", datetime(2026, 10, 1, 8, 5)),
        ("01/10/2026 1:05:09 CH", datetime(2026, 10, 1, 13, 5, 9)),
        ("12:30 SA 01/10/2026", datetime(2026, 10, 1, 0, 30)),
        ("1/10/2026 12:30 PM", datetime(2026, 10, 1, 12, 30)),
        ("8h 01/10/2026", datetime(2026, 10, 1, 8)),
        ("08 giờ 30 phút ngày 01/10/2026", datetime(2026, 10, 1, 8, 30)),
        ("01/10/2026 - 13:47", datetime(2026, 10, 1, 13, 47)),
        ("20261001", datetime(2026, 10, 1)),
        ("20122012", None),  # 20/12/2012, or the year 2012
        ("01/10/2026 25:00", None),
        ("1/10/126", None),
        ("0026-10-01", None),
        ("infinity", None),
        ("hôm qua", None),
        ("2026", None),
        ("", None),
    ],
)
def test_dates_are_read_as_they_are_written_here(
    con: duckdb.DuckDBPyConnection, text: str, value: datetime | None
) -> None:
    assert read_date(con, text) == value


def test_the_other_order_is_read_only_where_the_layout_says_so(con: duckdb.DuckDBPyConnection) -> None:
    assert read_date(con, "10/25/2026", "mdy") == datetime(2026, 10, 25)
    assert read_date(con, "2026-10-25", "mdy") == datetime(2026, 10, 25)
    assert read_date(con, "10/5/26", "mdy") == datetime(2026, 10, 5)
    # Words say which is which, whatever the layout.
    for order in ("dmy", "mdy"):
        assert read_date(con, "ngày 5 tháng 10 năm 2026", order) == datetime(2026, 10, 5)


@settings(max_examples=150, deadline=None)
@given(
    at=st.datetimes(datetime(1980, 1, 1), datetime(2150, 1, 1)).map(lambda d: d.replace(microsecond=0)),
    form=st.sampled_from(
        ["%d/%m/%Y %H:%M:%S", "%Y-%m-%d %H:%M:%S", "%d-%m-%Y %H:%M:%S", "%H:%M:%S %d/%m/%Y", "%Y-%m-%dT%H:%M:%SZ"]
    ),
)
def test_a_written_moment_is_read_back(con: duckdb.DuckDBPyConnection, at: datetime, form: str) -> None:
    expected = at + timedelta(hours=7) if form.endswith("Z") else at
    assert read_date(con, at.strftime(form)) == expected


@settings(max_examples=100, deadline=None)
@given(day=st.dates(date(1954, 10, 4), date(2119, 1, 1)))
def test_an_excel_serial_is_the_day_it_counts(con: duckdb.DuckDBPyConnection, day: date) -> None:
    serial = (day - date(1899, 12, 30)).days
    assert read_date(con, str(serial)) == datetime(day.year, day.month, day.day)


@settings(max_examples=200, deadline=None)
@given(text=st.text(alphabet="0123456789/-:. TZhg+", max_size=22))
def test_no_text_breaks_the_reading_of_dates(con: duckdb.DuckDBPyConnection, text: str) -> None:
    value = read_date(con, text)
    assert value is None or 1900 <= value.year <= 2199


@pytest.mark.parametrize(
    ("text", "number_format", "integer", "value", "is_open"),
    [
        ("1.234", "vi", True, 1234, False),
        ("1.234", "vi", False, 1234, True),
        ("1.234", "en", False, "1.234", True),
        ("1.234,5", "vi", False, "1234.5", False),
        ("1.234,5", "en", False, "1234.5", False),  # only one reading explains it
        ("1,234.5", "vi", False, "1234.5", False),
        ("1,5", "vi", False, "1.5", False),
        ("1,234", "vi", True, 1234, False),
        ("1.234.567", "vi", True, 1234567, False),
        ("12.34", "vi", True, None, False),
        ("12 345", "vi", True, 12345, False),
        ("-7", "vi", True, -7, False),
        ("1.234E0", "vi", False, "1.234", False),
        ("1.234E0", "vi", True, None, False),
        ("mười", "vi", True, None, False),
        ("1.2.3", "vi", False, None, False),
    ],
)
def test_a_number_is_read_by_the_rules_of_its_file(
    text: str, number_format: str, integer: bool, value: object, is_open: bool
) -> None:
    found = read_number(text, number_format, integer)  # type: ignore[arg-type]
    assert found == (None if value is None else Decimal(str(value)), is_open)


@given(st.integers(-(10**12), 10**12))
def test_a_grouped_integer_is_itself_in_the_writing_of_its_file(number: int) -> None:
    text = f"{number:,}"
    found, is_open = read_number(text.replace(",", "."), "vi", integer=True)
    assert found == number
    # "5.000" may be five thousand or five with three decimals: read as the file is written, and said.
    assert is_open == (text.count(",") == 1 and text.endswith(",000"))
    assert read_number(text, "en", integer=True) == (found, is_open)


@given(st.floats(allow_nan=False, allow_infinity=False, width=32))
def test_a_number_cell_of_a_workbook_is_never_read_by_guessing(value: float) -> None:
    found, is_open = read_number(cell_text(value))
    assert found is not None and not is_open
    assert float(found) == pytest.approx(value)


def test_no_label_means_two_things(tmp_path: object) -> None:
    import tomllib
    from pathlib import Path

    from etl.types import label_key

    tables = tomllib.loads((Path(__file__).parents[2] / "etl" / "labels.toml").read_text("utf-8"))
    for name, table in tables.items():
        owner: dict[str, str] = {}
        for value, texts in table.items():
            for text in [value, *texts] if name != "missing" else texts:
                assert owner.setdefault(label_key(text), value) == value, (name, text)


def test_labels_are_compared_without_case_accents_and_punctuation() -> None:
    status = label_tables(DataDir.from_environment())["status"]
    from etl.types import label_key

    assert status[label_key("ĐÃ TRẢ  KẾT QUẢ.")] == "completed"

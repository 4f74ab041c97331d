"""The browser gets the same texts of a table as from Streamlit's own way of writing one down, only sooner."""

from __future__ import annotations

from datetime import date
from typing import Any

import pandas as pd
import pyarrow as pa
import pytest
from streamlit.elements import arrow
from streamlit.proto.ArrowData_pb2 import ArrowData
from streamlit.testing.v1 import AppTest

from ui import frames, tables
from ui.tables import Column, Each, Table

COLUMNS = (
    Column("Đơn vị"), Column("Tỷ lệ", "share"), Column("Số hồ sơ", "count"), Column("Ngày xử lý", "decimal"),
    Column("Điểm", "score"), Column("Hạn", "date"), Column("Giá trị", "each"),
)  # fmt: skip
ROWS = (
    ("Xã Lao Bảo", 0.9512, 12345, 3.25, 4.567, date(2026, 10, 31), Each(0.5, "share")),
    ("Phường Đông Hà", None, None, None, None, None, None),
    (None, 1.0, 0, -1.05, 0.0, date(2026, 1, 2), Each(1234, "count")),
)


def written(write: Any, table: Table, lang: str) -> pd.DataFrame:
    proto = ArrowData()
    write(proto, tables.styled(table, lang), "any")
    return pa.ipc.open_stream(proto.styler.display_values).read_all().to_pandas()


@pytest.mark.parametrize("lang", ["vi", "en"])
@pytest.mark.parametrize("rows", [ROWS, ROWS[:1], ROWS[1:2], ()])
def test_the_texts_are_those_of_streamlits_own_way(rows: tuple[Any, ...], lang: str) -> None:
    table = Table(COLUMNS, rows)
    ours, theirs = written(frames.write, table, lang), written(frames._streamlits, table, lang)
    assert list(ours.columns) == list(theirs.columns)
    assert ours.to_numpy().tolist() == theirs.to_numpy().tolist()


def test_streamlit_asks_our_way_for_every_table_it_draws(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(arrow, "marshall_styler", frames._streamlits)
    frames.use()

    def app() -> None:
        import streamlit as st

        from ui import tables

        table = tables.Table((tables.Column("Tỷ lệ", "share"),), ((0.5,),))
        st.dataframe(tables.styled(table, "vi"))

    page = AppTest.from_function(app).run()
    proto = page.dataframe[0].proto.arrow_data
    assert proto.styler.uuid == frames.UUID
    assert b"50,0 %" in proto.styler.display_values


def test_a_frame_of_nobody_here_is_written_as_ever() -> None:
    proto, theirs = ArrowData(), ArrowData()
    frame = pd.DataFrame({"a": [1.5]})
    frames.write(proto, frame.style.format("{:.2f}").set_uuid("x"), "any")
    frames._streamlits(theirs, frame.style.format("{:.2f}").set_uuid("x"), "any")
    assert proto == theirs
    assert b"1.50" in proto.styler.display_values

"""How a table's texts reach the browser: made by us. Streamlit has pandas make them cell by cell, on every page again.

Streamlit asks one function of its own to write a styled frame down; this one stands in its place for the frames of
ui/tables.py, and leaves every other frame to it. tests/ui/test_frames.py compares the two.
"""

from __future__ import annotations

from typing import Any

from streamlit import dataframe_util
from streamlit.elements import arrow

from ui import tables

_streamlits = arrow.marshall_styler
UUID = "gandan"
"""Of a frame's style sheet; ours have none."""


def write(proto: Any, styler: Any, default_uuid: str) -> None:
    """Write a styled frame's texts into the message to the browser."""
    shown = getattr(styler, tables.SHOWN, None)
    if shown is None:
        _streamlits(proto, styler, default_uuid)
        return
    proto.styler.uuid = UUID
    proto.styler.display_values = dataframe_util.convert_pandas_df_to_arrow_bytes(shown())


def use() -> None:
    """Have every table written down this way from now on."""
    arrow.marshall_styler = write

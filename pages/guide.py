"""Guide: one page for chairs, one for analysts, one for the administrator; the text of docs/huong-dan.md."""

import re

import streamlit as st

from ui import controls, guard
from ui.text import Text
from warehouse.paths import REPOSITORY

viewer = guard.require("guide")
text = Text.of(controls.language())
written = (REPOSITORY / "docs" / "huong-dan.md").read_text("utf-8")
st.title(text("page.guide.title"), anchor=False)
if text.lang != "vi":
    st.info(text("guide.in_vietnamese"), icon=":material/translate:")
# Links to files of the repository lead nowhere from here; those within the page stay.
st.markdown(re.sub(r"\[([^\]]+)\]\((?!#)[^)]+\)", r"\1", written.partition("\n")[2]))

"""Guide: one page for chairs, one for analysts, one for the administrator; the text of docs/huong-dan.md."""

import re

import streamlit as st

from ui import controls, guard
from warehouse.paths import REPOSITORY

FOLDER = REPOSITORY / "docs"
PICTURE = re.compile(r"^!\[([^\]]+)\]\((pictures/[a-z0-9-]+\.png)\)$", re.MULTILINE)
LINK = re.compile(r"(?<!!)\[([^\]]+)\]\((?!#)[^)]+\)")
NAMES = ("chair", "analyst", "administrator")
# Whoever looks begins with the part written for them; everybody can read all of them.
FIRST = {"unit": "chair", "administrator": "administrator"}

viewer = guard.require("guide")
work = controls.open_plain("guide")
if work.text.lang != "vi":
    st.info(work.text("guide.in_vietnamese"), icon=":material/translate:")
opening, *written = re.split(r"^## ", (FOLDER / "huong-dan.md").read_text("utf-8"), flags=re.MULTILINE)
parts = dict(zip(NAMES, (part.partition("\n") for part in written), strict=True))
account = guard.account()
mine = FIRST.get(account.role if account else viewer.role, "analyst")
order = [mine, *(name for name in NAMES if name != mine)]
chosen = controls.named_part(work, "guide", {name: parts[name][0] for name in order})
# What stands above the parts are links to them and what holds for all.
st.caption(opening.strip().splitlines()[-1])
heading, _, body = parts[chosen]
st.header(heading, anchor=False)
# Links to files of the repository lead nowhere from here. A picture splits into its words, its file, and what follows.
words, *pictured = PICTURE.split(LINK.sub(r"\1", body))
st.markdown(words, anchors=False)
for alt, file, following in zip(pictured[::3], pictured[1::3], pictured[2::3], strict=True):
    with st.container(border=True, width="content"):  # a picture of a page looks like the page around it
        st.image(FOLDER / file, alt=alt)
    st.markdown(following, anchors=False)

"""Metric dictionary: every definition with its formula, legal basis and who may see it, by topic and by words."""

import streamlit as st

from metrics import catalogue
from ui import blocks, controls, dictionary, guard

viewer = guard.require("dictionary")

page = controls.open_page(viewer, "dictionary", "case")
text = page.text
every, planned = list(catalogue.metrics().values()), sorted(catalogue.planned())
st.markdown(dictionary.sentence(every, planned, text))

wanted = st.session_state.pop(blocks.WANTED, None)
if wanted:
    # a definition was opened on another page: nothing that was looked for here before may hide it
    st.session_state.update(dictionary_search="", dictionary_topic="", dictionary_metric=wanted)
words = st.text_input(
    text("dictionary.search"), key="dictionary_search", placeholder=text("dictionary.search_hint"),
    help=text("dictionary.table_note"),
)  # fmt: skip
topics = ("", *dictionary.topics(every))
st.session_state.setdefault("dictionary_topic", "")
topic = st.pills(
    text("dictionary.topic"), topics, key="dictionary_topic",
    format_func=lambda t: dictionary.topic_name(t, text) if t else text("dictionary.all"),
)  # fmt: skip
found = dictionary.looked_for(every, words or "", text.lang, topic or "")
if found:
    names = [m.name for m in found]
    name = st.selectbox(
        text("dictionary.choose"), names,
        format_func=lambda n: page.metric(n).label[text.lang], key="dictionary_metric",
        placeholder=text("filter.choose"),
    )  # fmt: skip
    with st.container(border=True):
        blocks.heading(page.metric(name).label[text.lang])
        blocks.definition(page, name)
        st.markdown(dictionary.beside(page.metric(name), text))
        blocks.explore(page, name)
    blocks.table(page, dictionary.table(found, text), text("dictionary.table", n=len(found)), "dictionary")
else:
    st.info(text("dictionary.none"))
if planned:
    blocks.heading(text("dictionary.planned_title"))
    st.markdown(dictionary.planned_line(planned, text))

"""Data: what arrived, what was rejected and why, who is missing, closed periods, and every definition."""

import streamlit as st

from metrics import catalogue
from ui import arrivals, controls, guard

viewer = guard.require("data")

SECTIONS = ("loads", "rejects", "coverage", "closed", "dictionary")

page = controls.open_page(viewer, "data", "case")
text = page.text
controls.context_line(page, "case", rule=False)

loads = page.read("loads")
controls.say(arrivals.sentence(text, loads, len(page.not_sent("case"))))
section = controls.section(page, SECTIONS)

if section == "loads":
    controls.table(page, arrivals.loads(text, loads), text("data.loads_title"), "loads")
    st.caption(text("data.reading"))
elif section == "rejects":
    reasons = page.read("rejects_by_reason")
    controls.table(page, arrivals.reasons(text, reasons), text("data.rejects_title"), "reasons")
    rejected = page.read("rejects", reason=None)
    controls.table(page, arrivals.rejects(text, rejected), text("data.reject_rows_title"), "rejects")
    dropped = page.read("dropped_columns")
    controls.table(page, arrivals.dropped(text, dropped), text("data.dropped_title"), "dropped")
    st.caption(text("data.dropped_note"))
elif section == "coverage":
    for dataset in filter(page.expects_all, page.extent):
        missing = page.not_sent(dataset)
        name = text(f"dataset.{dataset}")
        if missing:
            title = text("data.not_sent_title", dataset=name)
            controls.table(page, arrivals.missing(text, missing), title, f"missing-{dataset}")
        else:
            st.success(text("data.all_sent", dataset=name), icon=":material/check:")
    covered = page.read("coverage", unit_id=page.unit.unit_id, end=page.period.end)
    controls.table(page, arrivals.coverage(text, covered), text("data.coverage_title"), "coverage")
elif section == "closed":
    kept = controls.closed_snapshots()
    if not kept:
        st.info(text("data.closed_none"))
    else:
        controls.table(page, arrivals.closed(text, kept), text("data.closed_title"), "closed")
        entry = controls.closed_choice(page, kept)
        then = page.headline(controls.snapshot(entry.snapshot))
        differing = arrivals.differences(text, then, page.headline(), page.metric)
        n = len(differing)
        st.markdown(text("data.differ_some" if n else "data.differ_none", n=n, name=entry.label))
        if n:
            controls.table(page, differing, text("data.differ_title"), "differences")
else:
    metrics = catalogue.metrics()
    name = controls.metric_choice(page, list(metrics))
    controls.definition(page, name)
    controls.table(page, arrivals.dictionary(text, list(metrics.values())), text("data.dictionary_title"), "dictionary")

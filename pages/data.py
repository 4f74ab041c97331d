"""Data: what arrived, what was rejected and why, who is missing, and closed periods."""

import streamlit as st

from ui import arrivals, blocks, controls, coverage, guard
from ui import view as choices
from ui.view import short_label

viewer = guard.require("data")

SECTIONS = ("loads", "rejects", "coverage", "closed")

page = controls.open_page(viewer, "data", "case")
text = page.text
blocks.context_line(page, "case", rule=False)

loads = page.read("loads")
words = arrivals.words(page.read("intake_words", lang=text.lang))
blocks.say(arrivals.sentence(text, loads, len(page.not_sent("case"))))
section = controls.section(page, SECTIONS)

if section == "loads":
    blocks.table(page, arrivals.loads(text, loads, words), text("data.loads_title"), "loads")
    st.caption(text("data.reading"))
elif section == "rejects":
    by_file = page.read("rejects_by_reason")
    if not by_file:
        st.success(text("data.rejects_none"), icon=":material/check:")
    else:
        worded = {words.get(("reason", r["reason"]), r["reason"]): r["reason"] for r in by_file}
        file_name, why = controls.reject_choice(page, sorted({r["file_name"] for r in by_file}), list(worded))
        chosen = [
            r for r in by_file if file_name in (None, r["file_name"]) and worded.get(why or "") in (None, r["reason"])
        ]
        blocks.table(page, arrivals.reasons(text, chosen, words), text("data.rejects_title"), "reasons")
        rejected = page.read("rejects", reason=worded.get(why or ""), file_name=file_name)
        blocks.table(page, arrivals.rejects(text, rejected, words), text("data.reject_rows_title"), "rejects")
    dropped = page.read("dropped_columns")
    blocks.table(page, arrivals.dropped(text, dropped), text("data.dropped_title"), "dropped")
    st.caption(text("data.dropped_note"))
elif section == "coverage":
    dataset = controls.dataset_choice(page, sorted(filter(page.expects_all, page.extent)))
    months = choices.history(page.view.period, *page.extent[dataset], kind="month", most=13)
    sent = page.read("coverage_months", dataset=dataset, unit_id=page.unit.unit_id, end=page.period.end)
    found = coverage.matrix(sent, months, page.extent[dataset][1])
    name = text(f"dataset.{dataset}")
    if found.units:
        key = "data.coverage_some" if found.silent else "data.coverage_all"
        title = text(key, n=found.silent, of=len(found.units), dataset=name)
        subtitle = text("data.coverage_subtitle", where=page.where, label=short_label(months[-1]))
        blocks.chart(coverage.figure(found, text), title, subtitle, "coverage")
        blocks.twin(page, coverage.table(found, text), title, "coverage-months")
    missing = page.not_sent(dataset)
    if missing:
        title = text("data.not_sent_title", dataset=name)
        blocks.table(page, arrivals.missing(text, missing), title, f"missing-{dataset}")
        st.caption(text("data.not_sent_next"))
    else:
        st.success(text("data.all_sent", dataset=name), icon=":material/check:")
    covered = page.read("coverage", unit_id=page.unit.unit_id, end=page.period.end)
    blocks.twin(page, arrivals.coverage(text, covered), text("data.coverage_title"), "coverage")
else:
    kept = controls.closed_snapshots()
    if not kept:
        st.info(text("data.closed_none"))
    else:
        blocks.table(page, arrivals.closed(text, kept), text("data.closed_title"), "closed")
        entry = controls.closed_choice(page, kept)
        then = page.headline(controls.snapshot(entry.snapshot))
        differing = arrivals.differences(text, then, page.headline(), page.metric)
        n = len(differing)
        st.markdown(text("data.differ_some" if n else "data.differ_none", n=n, name=entry.label))
        if n:
            blocks.table(page, differing, text("data.differ_title"), "differences")

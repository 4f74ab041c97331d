"""Who has sent what: by month for each unit, who is missing, and what each unit has sent so far."""

from __future__ import annotations

import streamlit as st

from pages.data_parts.desk import Desk
from ui import arrivals, blocks, controls, coverage
from ui import view as choices
from ui.view import short_label


def show(work: Desk) -> None:
    """Draw the part."""
    page, text = work.page, work.text
    assert page is not None
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

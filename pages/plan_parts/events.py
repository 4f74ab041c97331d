"""Events: what happened on a day and shows on charts, a new one with what it will change, withdrawing."""

from __future__ import annotations

from datetime import date

import streamlit as st

from metrics import catalogue
from metrics.analysis import events
from metrics.analysis.events import Event
from pages.plan_parts import desk as work
from pages.plan_parts.desk import Desk
from ui import blocks, lists, plan, plan_tables
from ui.access import annotations as kept
from ui.access import notes, targets
from ui.plan import EVERY, ONE_UNIT

KIND = "event"


def show(desk: Desk) -> None:
    """Draw the part."""
    page, text = desk.page, desk.text
    viewer = page.viewer

    def withdraw(number: int, is_withdrawn: bool) -> None:
        kept.withdraw(desk.store(), viewer, desk.who, number, is_withdrawn)

    entries = kept.seen_by(desk.store(), viewer) if desk.is_kept else []
    lines = plan.event_lines(entries, events.filed(), viewer, desk.today)
    units = desk.units() if viewer.role in ("province", "unit") else {}
    work.said(desk, KIND, withdraw)
    if not lines:
        st.info(text("plan.events_none"))
    if viewer.role == "province" or units:
        _new(desk, units)
    else:
        st.caption(text("plan.events_read_only"))
    if not lines:
        return
    left = work.filtered(desk, KIND, lines)
    if left:
        blocks.table(page, plan_tables.events_table(left, desk.names, text), text("plan.events_list"), "events")
    else:
        st.caption(text("plan.none_left"))
    mine = {e.event.number for e in entries if kept.may_turn(viewer, e)}
    work.turns(desk, KIND, [line for line in lines if not line.is_filed and line.of.number in mine], withdraw)
    work.history(desk, KIND, lines)


def _new(desk: Desk, units: dict[str, str]) -> None:
    """Offer to note an event; on which charts it will show is said before it is kept."""
    page, text = desk.page, desk.text
    is_province = page.viewer.role == "province"
    with st.expander(text("plan.form.add_event"), icon=":material/flag:", expanded="day" in st.query_params):
        if not is_province:
            st.caption(text("plan.events_own"))
        left, right = st.columns(2)
        with left:
            day = st.date_input(
                text("plan.form.day"), value=_wanted_day() or desk.today, format="DD/MM/YYYY",
                min_value=targets.EARLIEST, max_value=targets.LATEST, key=desk.key("event_day"),
            )  # fmt: skip
            metric = _metric(desk)
            words = st.text_input(
                text("plan.form.words_vi"), key=desk.key("event_words"), max_chars=notes.LONGEST,
                help=text("lists.mark.note_help"),
            )  # fmt: skip
            document = st.text_input(
                text("plan.form.document"), key=desk.key("event_document"), max_chars=notes.LONGEST,
                help=text("plan.form.event_document_help"),
            )  # fmt: skip
        with right:
            level, unit_id, is_chosen = _whom(desk, units, is_province)
            english = st.text_input(text("plan.form.words_en"), key=desk.key("event_english"), max_chars=notes.LONGEST)
            owner = st.text_input(
                text("plan.form.owner"), key=desk.key("event_owner"), max_chars=notes.LONGEST,
                help=text("plan.form.owner_help"),
            )  # fmt: skip
            rebases = is_province and st.checkbox(
                text("plan.form.rebases"), key=desk.key("event_rebases"), help=text("plan.form.rebases_help")
            )
        if day is None or not is_chosen:
            return
        new = Event(
            day, (("vi", words), ("en", english)), document, bool(document), metric, level, unit_id, rebases, owner
        )
        st.markdown(f"{text('plan.form.changes')} {' '.join(plan.event_preview(new, page.last_day, desk.names, text))}")
        if st.button(text("plan.form.add"), key="event_set", type="primary"):
            _keep(desk, new)


def _keep(desk: Desk, new: Event) -> None:
    text = desk.text
    try:
        number = kept.add(desk.store(), desk.page.viewer, desk.who, new)
    except notes.Refused as why:
        st.error(lists.refusal(text, why), icon=":material/error:")
    except targets.Bad as why:
        st.warning(text(f"plan.bad.{why.code}"))
    else:
        if "day" in st.query_params:
            del st.query_params["day"]
        work.written(KIND, number, "set")


def _wanted_day() -> date | None:
    """Return the day that a chart led here with."""
    try:
        day = date.fromisoformat(st.query_params.get("day", ""))
    except ValueError:
        return None
    return day if targets.EARLIEST <= day < targets.LATEST else None


def _metric(desk: Desk) -> str:
    """Return the metric that an event is of, "" for every one."""
    text, viewer = desk.text, desk.page.viewer
    offered = {
        m.name: m.label[text.lang]
        for m in catalogue.metrics().values()
        if not m.is_component and (m.viewers != "province" or viewer.sees_province)
    }
    names = ["", *offered]
    wanted = st.query_params.get("metric", "")
    return str(
        st.selectbox(
            text("plan.form.metric"), names, index=names.index(wanted) if wanted in offered else 0,
            format_func=lambda n: offered.get(n, text("plan.every_metric")), key=desk.key("event_metric"),
            placeholder=text("filter.choose"),
        )
        or ""
    )  # fmt: skip


def _whom(desk: Desk, units: dict[str, str], is_province: bool) -> tuple[str, str, bool]:
    """Return the level and the unit that an event is of ("" for all), and whether that is chosen."""
    text, own = desk.text, desk.page.unit
    scope: str = ONE_UNIT
    if is_province:
        options = [EVERY, *targets.LEVELS, ONE_UNIT]
        scope = st.selectbox(
            text("plan.form.whom"), options, index=0 if own.level == "province" else options.index(ONE_UNIT),
            format_func=lambda level: plan.level_name(level, text), key=desk.key("event_whom"),
            placeholder=text("filter.choose"),
        )  # fmt: skip
    if scope != ONE_UNIT:
        return scope, "", True
    ids = list(units)
    unit_id = st.selectbox(
        text("plan.form.which"), ids, index=ids.index(own.unit_id) if own.unit_id in units else 0 if len(ids) == 1
        else None, format_func=units.__getitem__, key=desk.key("event_unit"), placeholder=text("filter.choose"),
    )  # fmt: skip
    return (desk.level_of(unit_id), unit_id, True) if unit_id else ("", "", False)

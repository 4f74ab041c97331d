"""Targets: those in force and those that were, a new one with what it will change, withdrawing."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import streamlit as st

from metrics import plan as plans
from metrics.model import Metric
from metrics.plan import Target
from pages.plan_parts import desk as work
from pages.plan_parts.desk import Desk
from ui import blocks, lists, plan, plan_tables
from ui.access import notes, targets
from ui.plan import ONE_UNIT

KIND = "target"


def show(desk: Desk) -> None:
    """Draw the part."""
    page, text = desk.page, desk.text

    def withdraw(number: int, is_withdrawn: bool) -> None:
        targets.withdraw(desk.store(), page.viewer, desk.who, number, is_withdrawn)

    entries = targets.seen_by(desk.store(), page.viewer) if desk.is_kept else []
    filed = plan.seen_targets(plans.filed(page.source), page.viewer)
    lines = plan.target_lines(entries, filed, desk.today)
    may_set = targets.may_set(page.viewer)
    work.said(desk, KIND, withdraw)
    if lines:
        blocks.say(plan.count(lines, text))
    else:
        st.info(text("plan.targets_none"))
    if may_set:
        _new(desk, [line.of for line in lines if line.state != "withdrawn" and isinstance(line.of, Target)])
    else:
        st.caption(text("plan.read_only"))
    if not lines:
        return
    left = work.filtered(desk, KIND, lines)
    if left:
        blocks.table(page, plan_tables.targets_table(left, desk.names, text), text("plan.targets_list"), "targets")
    else:
        st.caption(text("plan.none_left"))
    st.caption(text("plan.order"))
    if may_set:
        work.turns(desk, KIND, [line for line in lines if not line.is_filed], withdraw)
    work.history(desk, KIND, lines)


def _new(desk: Desk, known: Sequence[Target]) -> None:
    """Offer to set a target; what it will change is said before it is set."""
    page, text = desk.page, desk.text
    offered = {m.name: m for m in plan.metrics_with_targets()}
    wanted = st.query_params.get("metric", "")
    is_open = wanted in offered and st.query_params.get("part", "targets") == "targets"
    with st.expander(text("plan.form.add_target"), icon=":material/add:", expanded=is_open):
        st.caption(text("plan.neutral"))
        names = list(offered)
        left, right = st.columns(2)
        with left:
            name = st.selectbox(
                text("plan.form.metric"), names, index=names.index(wanted) if wanted in offered else None,
                format_func=lambda n: offered[n].label[text.lang], key=desk.key("target_metric"),
                placeholder=text("filter.choose"),
            )  # fmt: skip
        metric = offered[name] if name else None
        if metric is None:
            return
        with right:
            level, unit_id = _whom(desk, metric)
        amount, begins, ends = st.columns(3)
        with amount:
            value = _value(desk, metric)
        with begins:
            first = _day(desk, "first", desk.today.replace(day=1))
        with ends:
            last = _day(desk, "last", None)
        left, right = st.columns(2)
        with left:
            document = st.text_input(
                text("plan.form.document"), key=desk.key("target_document"), max_chars=notes.LONGEST,
                help=text("plan.form.document_help"),
            )  # fmt: skip
        with right:
            note = st.text_input(
                text("plan.form.note"), key=desk.key("target_note"), max_chars=notes.LONGEST,
                help=text("lists.mark.note_help"),
            )  # fmt: skip
        if value is None or first is None or (not level and not unit_id):
            return
        new = Target(metric.name, level, unit_id, plan.kept(value, metric), first, plan.day_after(last), document)
        try:
            targets.checked(new)
        except targets.Bad as why:
            st.warning(text(f"plan.bad.{why.code}"))
            return
        st.markdown(f"{text('plan.form.changes')} {' '.join(plan.preview(new, known, desk.names, text))}")
        if st.button(text("plan.form.set"), key="target_set", type="primary"):
            try:
                number = targets.add(desk.store(), page.viewer, desk.who, new, note)
            except notes.Refused as why:
                st.error(lists.refusal(text, why), icon=":material/error:")
                return
            work.written(KIND, number, "set")


def _whom(desk: Desk, metric: Metric) -> tuple[str, str]:
    """Return the level and the unit that a target is for; no unit for all of a level."""
    text = desk.text
    whole = [level for level in targets.LEVELS if level in metric.levels]
    options = [*whole, ONE_UNIT]
    is_whole = desk.page.unit.level == "province" and "province" in whole
    scope = st.selectbox(
        text("plan.form.whom"), options, index=options.index("province" if is_whole else ONE_UNIT),
        format_func=lambda level: plan.level_name(level, text), key=desk.key("target_whom"),
        placeholder=text("filter.choose"),
    )  # fmt: skip
    if scope != ONE_UNIT:
        return str(scope), ""
    units = {u: n for u, n in desk.units().items() if desk.level_of(u) in metric.levels}
    ids = list(units)
    own = desk.page.unit.unit_id
    unit_id = st.selectbox(
        text("plan.form.which"), ids, index=ids.index(own) if own in units else None, format_func=units.__getitem__,
        key=desk.key("target_unit"), placeholder=text("filter.choose"),
    )  # fmt: skip
    return (desk.level_of(unit_id), unit_id) if unit_id else ("", "")


def _value(desk: Desk, metric: Metric) -> float | None:
    bounds = plans.bounds(metric)
    assert bounds is not None
    low, high, step = (plan.written(n, metric) for n in (bounds.low, bounds.high, bounds.step))
    value: float | None = st.number_input(
        desk.text("plan.form.value", unit=plan.measure(metric, desk.text)), min_value=low, max_value=high, step=step,
        value=None, key=desk.key("target_value"), placeholder="", format="%.1f",
    )  # fmt: skip
    return value


def _day(desk: Desk, name: str, begin: date | None) -> date | None:
    found: date | None = st.date_input(
        desk.text(f"plan.form.{name}"), value=begin, format="DD/MM/YYYY", min_value=targets.EARLIEST,
        max_value=targets.LATEST, key=desk.key(f"target_{name}"),
    )  # fmt: skip
    return found

"""What one page is narrowed to beside the choices of all pages, kept in its URL; and the way back up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import streamlit as st

from ui import controls, outlines, reader
from ui import view as choices
from ui.page import Page
from warehouse.paths import DataDir


def to_one(
    page: Page, key: str, names: Mapping[str, str], label: str, drops: Sequence[str] = (), first: str = ""
) -> str:
    """Return which of the named things the page is narrowed to, "" for all of them; the URL says it.

    `first` names what stands for no choice; `drops` are choices below, which mean nothing once this one changes.
    """
    offered = {"": first or page.text("filter.all"), **names}
    wanted = st.query_params.get(key, "")
    st.session_state[f"narrow_{key}"] = wanted if wanted in offered else ""
    return str(
        st.selectbox(
            label, list(offered), format_func=offered.__getitem__, key=f"narrow_{key}", on_change=_narrowed,
            args=(key, tuple(drops)), placeholder=page.text("filter.choose"),
        )
    )  # fmt: skip


def to_some(
    page: Page, key: str, names: Mapping[str, str], label: str, most: int, help: str, first: Sequence[str] = ()
) -> list[str]:
    """Return which of the named things are chosen, so many at most; the URL says it, `first` stands for no choice."""
    wanted = [one for one in st.query_params.get(key, "").split(",") if one in names][:most]
    wanted = wanted or [one for one in first if one in names]
    if st.session_state.get(f"narrow_{key}") != wanted:
        st.session_state[f"narrow_{key}"] = wanted
    chosen = st.multiselect(
        label, list(names), format_func=names.__getitem__, key=f"narrow_{key}", on_change=_narrowed, args=(key, ()),
        max_selections=most, placeholder=page.text("filter.choose"), help=help, select_all=False,
    )  # fmt: skip
    return [str(one) for one in chosen] or [one for one in first if one in names]


def _narrowed(key: str, drops: Sequence[str]) -> None:
    """Write what the page is narrowed to in the URL; all of it needs no name."""
    chosen = st.session_state[f"narrow_{key}"]
    said = ",".join(chosen) if isinstance(chosen, list) else chosen
    for name in (key, *drops):
        if name in st.query_params:
            del st.query_params[name]
    if said:
        st.query_params[key] = said


def map_kind(page: Page, kinds: Sequence[str]) -> str:
    """Return the kind of map, named in the URL where it is not the first: tiles, or the units' true outlines."""
    wanted = st.query_params.get("map", kinds[0])
    st.session_state["narrow_map"] = wanted if wanted in kinds else kinds[0]
    chosen = st.segmented_control(
        page.text("chart.map_kind"), kinds, required=True, format_func=lambda k: page.text(f"chart.{k}"),
        key="narrow_map", label_visibility="collapsed", on_change=_map_changed, args=(kinds[0],),
    )  # fmt: skip
    return str(chosen or kinds[0])


def _map_changed(first: str) -> None:
    chosen = st.session_state["narrow_map"]
    if chosen and chosen != first:
        st.query_params["map"] = chosen
    elif "map" in st.query_params:
        del st.query_params["map"]


def found_outlines(page: Page, codes: frozenset[str], level: str) -> outlines.Outlines:
    """Return what the boundary files of the data folder have of these units; former districts are of the old era."""
    root = DataDir.from_environment().root / outlines.rules()["folder"]
    is_old = level == "district" or page.period.end < reader.CHANGE_DAY
    return outlines.find(root, codes, page.province.code, is_old)


def open_unit(page: Page, clicked: Sequence[str]) -> None:
    """Offer to open the unit that was clicked on a map."""
    unit = page.places.get(clicked[0]) if clicked else None
    if unit is not None and unit.unit_id != page.unit.unit_id:
        label = page.text("action.open_unit", unit=choices.mid_sentence(unit.full_name))
        kept = {"unit": unit.unit_id}
        st.button(label, key="open_unit", on_click=controls.choose, kwargs=kept, icon=":material/open_in_new:")


def way_up(page: Page) -> None:
    """Offer the area and the province that the chosen unit lies in; the rest of the choice stays."""
    above = [page.places.area_of(page.unit.unit_id) if page.unit.level == "commune" else None]
    above.append(page.province if page.unit.level != "province" else None)
    offered = [unit for unit in above if unit is not None]
    if not offered:
        return
    with st.container(horizontal=True, gap="xsmall"):
        for unit in offered:
            name = choices.mid_sentence(choices.unit_label(unit, page.period.start, page.text))
            st.button(
                page.text("overview.up", unit=name), key=f"up_{unit.unit_id}", on_click=controls.choose,
                kwargs={"unit": unit.unit_id}, type="tertiary", icon=":material/arrow_upward:",
            )  # fmt: skip

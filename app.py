"""The application: navigation, the reader's choices, and the viewer; every page is drawn inside it."""

import streamlit as st

from pages.app_parts import saved
from ui import blocks, controls, guard
from ui.text import Text
from warehouse.paths import REPOSITORY

ICONS = {
    "to_act": "flag",
    "this_period": "fact_check",
    "overview": "map",
    "timeliness": "schedule",
    "complaints": "mark_email_unread",
    "survey": "group",
    "friendly": "handshake",
    "indices": "query_stats",
    "opinions": "forum",
    "plan": "target",
    "data": "database",
    "explorer": "search",
    "dictionary": "menu_book",
    "guide": "help",
    "administration": "admin_panel_settings",
    "my_account": "account_circle",
}
text = Text.of(controls.language())
st.set_page_config(page_title=text("app.name"), page_icon=str(REPOSITORY / "static" / "icon.svg"), layout="wide")
blocks.style()
try:
    viewer = guard.identify()
except guard.NotAllowed:
    st.error(text("app.not_loopback"))
    st.stop()
except guard.NotSignedIn:
    blocks.sign_in(text)
    st.stop()
offered = guard.offered(viewer)
pages = [
    st.Page(f"pages/{name}.py", title=text(f"page.{name}.nav"), icon=f":material/{icon}:", url_path=name)
    for name, icon in sorted(ICONS.items(), key=lambda page: page[0] != guard.START[viewer.role])
    if name in offered
]


def start() -> None:
    """Go to the first page. Streamlit drops the default page's own path, and a link to it would not be found."""
    st.switch_page(pages[0], query_params=st.query_params.to_dict())


chosen = st.navigation([st.Page(start, default=True, visibility="hidden"), *pages], expanded=True)
blocks.reach(text)
blocks.who(text, viewer)
show_saved = saved.panel(text, viewer, chosen.url_path, offered)
with guard.application(viewer):
    try:
        guard.shielded(chosen.run, text)
    finally:
        show_saved()

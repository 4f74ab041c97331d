"""The dashboard as a server: the pages, sign-in and sign-out beside them, and safe headers on everything."""

from __future__ import annotations

import streamlit as st
from starlette.middleware import Middleware

from ui.access import web
from warehouse.paths import REPOSITORY

app = st.App(
    str(REPOSITORY / "app.py"),
    routes=web.routes(),
    middleware=[Middleware(web.SafeHeaders), Middleware(web.Door)],
)

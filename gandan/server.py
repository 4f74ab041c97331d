"""The dashboard as a server: the pages, sign-in and sign-out beside them, and safe headers on everything."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import streamlit as st
from starlette.middleware import Middleware

from gandan import warm
from ui.access import web
from warehouse.paths import REPOSITORY


@asynccontextmanager
async def _ready(_app: st.App) -> AsyncIterator[None]:
    warm.start()
    yield


app = st.App(
    str(REPOSITORY / "app.py"),
    lifespan=_ready,
    routes=web.routes(),
    middleware=[Middleware(web.SafeHeaders), Middleware(web.Door)],
)

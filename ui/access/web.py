"""Sign-in and sign-out as plain pages of the server, and the headers of every answer. No Streamlit here."""

from __future__ import annotations

import secrets
from functools import cache
from html import escape
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

from anyio import move_on_after, to_thread
from starlette.requests import HTTPConnection, Request
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ui.access import accounts, sessions
from ui.access.accounts import Account
from ui.access.store import Store, open_store
from ui.access.store import is_there as store_is_there
from ui.text import Text
from warehouse.paths import DataDir

SESSION_COOKIE = "gandan_session"
FORM_COOKIE = "gandan_form"
SIGN_IN, SIGN_OUT = "/dang-nhap", "/dang-xuat"
SINGLE = "/sign-in/oidc"
"""Under which the routes of single sign-on lie (ui/access/oidc_web.py)."""
STILL_IN = "con-phien"
"""Query parameter of the form after signing out here, while the provider's own session is still open."""
LONGEST_OFFER = 2.0
"""Seconds for which signing out waits to learn whether the provider has a way out of its own."""
LARGEST_FORM = 4096
CLOSED = ("/_stcore/metrics",)
"""Pages of the server that nobody outside needs."""
POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'wasm-unsafe-eval' blob:; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self' data: blob:; worker-src 'self' blob:; "
    "frame-ancestors 'none'; object-src 'none'; base-uri 'self'; form-action 'self'"
)
HEADERS = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
}


class SafeHeaders:
    """ASGI middleware: the headers above on every answer, and what is closed stays closed."""

    def __init__(self, app: ASGIApp):
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        if scope["path"].startswith(CLOSED):
            await PlainTextResponse("", status_code=404)(scope, receive, send)
            return

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                present = {name.lower() for name, _ in message["headers"]}
                message["headers"] = [
                    *message["headers"],
                    *((n.encode(), v.encode()) for n, v in HEADERS.items() if n.encode() not in present),
                ]
            await send(message)

        await self.app(scope, receive, with_headers)


OPEN = (SIGN_IN, SIGN_OUT, SINGLE, "/_stcore/health", "/_stcore/host-config", "/static/", "/app/static/", "/favicon")
"""What can be had without signing in: the form itself, and files that hold no figure."""
NOT_SIGNED_IN = 4401
"""Code with which a connection of somebody who is not signed in is closed."""


class Door:
    """ASGI middleware: where there are accounts, nobody without a session gets a page, a connection or a file."""

    def __init__(self, app: ASGIApp):
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        is_kept = scope["type"] in ("http", "websocket") and not scope["path"].startswith(OPEN)
        if not is_kept or await to_thread.run_sync(_may_enter, HTTPConnection(scope).cookies.get(SESSION_COOKIE, "")):
            await self.app(scope, receive, send)
        elif scope["type"] == "websocket":
            await receive()
            await send({"type": "websocket.close", "code": NOT_SIGNED_IN})
        elif scope["method"] == "GET" and "." not in scope["path"].rpartition("/")[2]:
            query = scope["query_string"].decode("latin-1")
            onward = f"{scope['path']}?{query}" if query else scope["path"]
            lang = "en" if "lang=en" in query.split("&") else "vi"
            await RedirectResponse(sign_in_link(onward, lang), 303)(scope, receive, send)
        else:
            await PlainTextResponse("", status_code=401)(scope, receive, send)


def _may_enter(token: str) -> bool:
    data_dir = DataDir.from_environment()
    if not store_is_there(data_dir):
        return True
    store = accounts.prepare(open_store(data_dir))
    return sessions.account_of(store, token) is not None or not accounts.are_there(store)


async def sign_in(request: Request) -> Response:
    """Show the form, or take what was written into it."""
    lang = "en" if request.query_params.get("lang") == "en" else "vi"
    onward = local_path(request.query_params.get("tiep", ""))
    if request.method != "POST":
        return form(request, Text.of(lang), onward)
    body = await _body(request)
    given = {name: values[0] for name, values in parse_qs(body.decode("utf-8", "replace")).items()}
    text = Text.of(lang)
    ours = request.cookies.get(FORM_COOKIE, "")
    if not ours or not secrets.compare_digest(ours.encode(), given.get("form", "").encode()):
        return form(request, text, onward, text("access.form_expired"), 403)
    store = accounts.prepare(open_store(DataDir.from_environment()))
    source = request.client.host if request.client else ""
    try:
        account = await to_thread.run_sync(
            accounts.sign_in, store, given.get("login", ""), given.get("password", ""), source
        )
    except accounts.LockedOut as locked:
        return form(request, text, onward, text("access.locked", n=locked.minutes), 429)
    if account is None:
        return form(request, text, onward, text("access.wrong"), 401)
    token = await to_thread.run_sync(sessions.begin, store, account)
    answer = RedirectResponse(onward, 303)
    keep(answer, request, SESSION_COOKIE, token)
    answer.delete_cookie(FORM_COOKIE, path=SIGN_IN)
    return answer


async def sign_out(request: Request) -> Response:
    """End the session at once, in every tab, and go to the form; another site's link only asks."""
    text = Text.of("en" if request.query_params.get("lang") == "en" else "vi")
    if not is_asked_here(request):
        link = f'<p><a href="{SIGN_OUT}">{escape(text("access.sign_out"))}</a></p>'
        return HTMLResponse(_page(text, link))
    account = await end_session(request)
    answer = RedirectResponse(f"{SIGN_IN}?lang={text.lang}", 303)
    if account is not None and not account.has_password:
        from ui.access import oidc_settings, oidc_web

        settings = oidc_settings.usable(DataDir.from_environment())
        with move_on_after(LONGEST_OFFER):
            if settings is not None and await oidc_web.way_out(settings):
                answer = RedirectResponse(f"{SIGN_IN}?lang={text.lang}&{STILL_IN}=1", 303)
    answer.delete_cookie(SESSION_COOKIE, path="/")
    return answer


def is_asked_here(request: Request) -> bool:
    """Return whether it was a page of ours, or the person at the keyboard, that asked."""
    return request.headers.get("sec-fetch-site", "none") in ("same-origin", "none")


async def end_session(request: Request) -> Account | None:
    """End the session of the browser at once, in every tab; return whose it was."""
    token = request.cookies.get(SESSION_COOKIE, "")
    if not token:
        return None
    store: Store = accounts.prepare(open_store(DataDir.from_environment()))
    account = await to_thread.run_sync(sessions.account_of, store, token)
    await to_thread.run_sync(sessions.end, store, token)
    return account


def local_path(given: str) -> str:
    """Return where to go on to: a path of this server, else its start.

    >>> local_path("/data?section=slips"), local_path("//evil.example"), local_path("https://evil.example")
    ('/data?section=slips', '/', '/')
    """
    parts = urlsplit(given)
    is_local = (
        given.startswith("/")
        and not given.startswith("//")
        and "\\" not in given
        and not parts.scheme
        and not parts.netloc
    )
    return given if is_local and not any(ord(c) < 32 for c in given) else "/"


def sign_in_link(path: str, lang: str) -> str:
    """Return the address of the form that goes on to a path."""
    return f"{SIGN_IN}?lang={lang}&tiep={quote(local_path(path), safe='')}"


async def _body(request: Request) -> bytes:
    found = b""
    async for part in request.stream():
        found += part
        if len(found) > LARGEST_FORM:
            return b""
    return found


def keep(answer: Response, request: Request, name: str, value: str, path: str = "/", is_secure: bool = False) -> None:
    """Give the browser a cookie that no script reads and no other site sends along."""
    is_secure = is_secure or request.url.scheme == "https" or request.headers.get("x-forwarded-proto") == "https"
    answer.set_cookie(name, value, path=path, httponly=True, samesite="lax", secure=is_secure)


def form(request: Request, text: Text, onward: str, said: str = "", status: int = 200) -> Response:
    """Return the page of signing in, with what has to be said."""
    from ui.access import oidc_web

    token = secrets.token_urlsafe(24)
    other = "en" if text.lang == "vi" else "vi"
    action = escape(f"{SIGN_IN}?lang={text.lang}&tiep={quote(onward, safe='')}")
    switch = escape(f"{SIGN_IN}?lang={other}&tiep={quote(onward, safe='')}")
    notice = f'<p role="alert" class="said">{escape(said)}</p>' if said else ""
    has_left = STILL_IN in request.query_params
    way = oidc_web.offer(text, onward, is_anew=has_left or bool(said))
    focus = "" if way else " autofocus"
    if has_left:
        notice = f"{oidc_web.offer_out(text)}{notice}"
    content = f"""
{notice}
{way}
<form method="post" action="{action}"{' class="second"' if way else ""}>
<input type="hidden" name="form" value="{token}">
<label for="login">{escape(text("access.login"))}</label>
<input id="login" name="login" autocomplete="username" autocapitalize="none" spellcheck="false" required{focus}>
<label for="password">{escape(text("access.password"))}</label>
<input id="password" name="password" type="password" autocomplete="current-password" required>
<button type="submit">{escape(text("access.sign_in"))}</button>
</form>
<p class="aside">{escape(text("access.help"))}</p>
<p class="aside"><a href="{switch}" lang="{other}" hreflang="{other}">{escape(text(f"lang.{other}"))}</a></p>"""
    answer = HTMLResponse(_page(text, content), status)
    answer.headers["cache-control"] = "no-store"
    keep(answer, request, FORM_COOKIE, token, SIGN_IN)
    return answer


@cache
def _style() -> str:
    return (Path(__file__).parent / "sign_in.css").read_text("utf-8")


def _page(text: Text, content: str) -> str:
    title = escape(text("app.name"))
    return (
        f'<!doctype html><html lang="{text.lang}"><head><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width, initial-scale=1"><title>{title}</title>'
        f"<style>{_style()}</style></head><body><main><h1>{title}</h1><p>{escape(text('access.about'))}</p>"
        f"{content}</main></body></html>"
    )


def routes() -> list[Any]:
    """Return the routes of sign-in and sign-out."""
    from starlette.routing import Route

    from ui.access import oidc_web

    return [
        Route(SIGN_IN, sign_in, methods=["GET", "POST"]),
        Route(SIGN_OUT, sign_out, methods=["GET"]),
        *oidc_web.routes(),
    ]

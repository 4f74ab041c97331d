"""Single sign-on as routes of the server: to the provider, back from it, and out of it."""

from __future__ import annotations

import secrets
from html import escape
from urllib.parse import quote

from anyio import to_thread
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from ui.access import oidc_attempts, oidc_settings, passwords, sessions, web
from ui.access.oidc_settings import Settings
from ui.access.store import Store, open_store
from ui.text import Text
from warehouse import log
from warehouse.paths import DataDir

START, BACK, OUT = web.SINGLE, f"{web.SINGLE}/callback", f"{web.SINGLE}/sign-out"
BROWSER_COOKIE = "gandan_oidc"
ANEW = "dang-nhap-lai"
"""Query parameter of the way to the provider: the person is to sign in there once more."""
ERRORS = frozenset(
    {"access_denied", "login_required", "interaction_required", "consent_required", "invalid_request", "invalid_scope",
     "unauthorized_client", "unsupported_response_type", "server_error", "temporarily_unavailable"}
)  # fmt: skip
"""What a provider may answer instead of a code; anything else is not written down."""


def offer(text: Text, onward: str, is_anew: bool = False) -> str:
    """Return the link that leads to the provider, empty where there is none.

    `is_anew`: whoever has just left, or was refused, is not to come in as the same person without being asked.
    """
    settings = oidc_settings.usable(DataDir.from_environment())
    if settings is None:
        return ""
    # from the public address: the cookie of the attempt has to come back to the very name it was given to
    address = f"{settings.public_address}{START}?lang={text.lang}&tiep={quote(onward, safe='')}"
    address += f"&{ANEW}=1" if is_anew else ""
    words = text("sso.sign_in", name=_name(settings, text))
    aside = escape(text("sso.or"))
    return f'<a class="way" href="{escape(address)}">{escape(words)}</a>\n<p class="or"><span>{aside}</span></p>'


async def start(request: Request) -> Response:
    """Lead the browser to the provider."""
    text, settings = _text(request), oidc_settings.usable(DataDir.from_environment())
    if settings is None:
        return PlainTextResponse("", status_code=404)
    onward = web.local_path(request.query_params.get("tiep", ""))
    from ui.access import oidc

    browser = request.cookies.get(BROWSER_COOKIE, "") or secrets.token_urlsafe(32)
    try:
        await oidc.metadata(settings)  # a provider that is down is told before anything is kept
        attempt = await to_thread.run_sync(oidc_attempts.begin, _store(), browser, onward, text.lang)
        answer = RedirectResponse(
            await oidc.authorization(settings, attempt, text.lang, ANEW in request.query_params), 303
        )
    except oidc.Failed as failed:
        return _failed(request, text, settings, onward, failed.why, failed.detail)
    answer.headers["cache-control"] = "no-store"
    answer.set_cookie(
        BROWSER_COOKIE, browser, path=web.SINGLE, httponly=True, samesite="lax", secure=_is_secure(settings),
        max_age=60 * passwords.rules()["oidc"]["attempt_minutes"],
    )  # fmt: skip
    return answer


async def back(request: Request) -> Response:
    """Take the provider's answer: a session of ours begins, or a sentence says why not."""
    settings = oidc_settings.usable(DataDir.from_environment())
    if settings is None:
        return PlainTextResponse("", status_code=404)
    from ui.access import oidc, oidc_people

    store, given = _store(), request.query_params
    state, browser = given.get("state", ""), request.cookies.get(BROWSER_COOKIE, "")
    attempt = await to_thread.run_sync(oidc_attempts.take, store, browser, state)
    if attempt is None:
        return await _refused(request, _text(request), settings, "/", "expired")
    text, onward = Text.of(attempt.lang), web.local_path(attempt.onward)
    try:
        await oidc.check_sender(settings, given.get("iss"))
        if "error" in given:
            raise oidc.Failed("denied", given["error"] if given["error"] in ERRORS else "other")
        code = given.get("code", "")
        claims = await oidc.claims(settings, attempt, code, oidc_people.wanted(settings))
        account = await to_thread.run_sync(oidc_people.admit, store, settings, claims, _source(request))
    except oidc.Failed as failed:
        await to_thread.run_sync(oidc_people.note_refused, store, "?", failed.why, _source(request))
        return _failed(request, text, settings, onward, failed.why, failed.detail)
    except oidc_people.Refused as refused:
        return await _refused(request, text, settings, onward, refused.code, is_noted=True, **refused.values)
    token = await to_thread.run_sync(sessions.begin, store, account)
    answer = RedirectResponse(onward, 303)
    answer.headers["cache-control"] = "no-store"
    web.keep(answer, request, web.SESSION_COOKIE, token, is_secure=_is_secure(settings))
    answer.delete_cookie(BROWSER_COOKIE, path=web.SINGLE)
    return answer


async def out(request: Request) -> Response:
    """End our session, where there is still one, and lead the browser to where the provider ends its own."""
    text, settings = _text(request), oidc_settings.usable(DataDir.from_environment())
    home = f"{web.SIGN_IN}?lang={text.lang}"
    if not web.is_asked_here(request):
        return RedirectResponse(home, 303)
    await web.end_session(request)
    answer = RedirectResponse((await way_out(settings) if settings else None) or home, 303)
    answer.delete_cookie(web.SESSION_COOKIE, path="/")
    return answer


async def way_out(settings: Settings) -> str | None:
    """Return where a session at the provider ends; None where it has no such place or does not answer."""
    from ui.access import oidc

    try:
        return await oidc.sign_out_address(settings, web.SIGN_IN)
    except oidc.Failed:
        return None


def offer_out(text: Text) -> str:
    """Return what is said after signing out here: the provider's own session is still open, and how to end it."""
    settings = oidc_settings.usable(DataDir.from_environment())
    if settings is None:
        return ""
    name = _name(settings, text)
    link = f'<a href="{OUT}?lang={text.lang}">{escape(text("sso.sign_out", name=name))}</a>'
    return f'<p role="status">{escape(text("sso.still_in", name=name))} {link}</p>'


def _failed(request: Request, text: Text, settings: Settings, onward: str, why: str, detail: str) -> Response:
    log.get(DataDir.from_environment()).warning("single sign-on: %s (%s)", why, detail)
    said = text(f"sso.{why}", name=_name(settings, text), who=_who(settings, text))
    return web.form(request, text, onward, said, {"down": 503, "denied": 403}.get(why, 403))


async def _refused(
    request: Request,
    text: Text,
    settings: Settings,
    onward: str,
    code: str,
    is_noted: bool = False,
    **values: object,
) -> Response:
    if not is_noted:
        from ui.access.oidc_people import note_refused

        await to_thread.run_sync(note_refused, _store(), "?", code, _source(request))
    # to a stranger, an account with a password is none: logins cannot be tried out through the provider
    key = "unknown" if code == "password_account" else code
    values |= {"name": _name(settings, text), "who": _who(settings, text)}
    said = text("access.locked", **values) if key == "locked" else text(f"sso.{key}", **values)
    return web.form(request, text, onward, said, {"locked": 429, "expired": 400}.get(key, 403))


def _name(settings: Settings, text: Text) -> str:
    return settings.name(text.lang) or text("sso.name")


def _who(settings: Settings, text: Text) -> str:
    return settings.contact or text("sso.who")


def _is_secure(settings: Settings) -> bool:
    return settings.public_address.startswith("https:")


def _text(request: Request) -> Text:
    return Text.of("en" if request.query_params.get("lang") == "en" else "vi")


def _source(request: Request) -> str:
    return request.client.host if request.client else ""


def _store() -> Store:
    return oidc_attempts.prepare(open_store(DataDir.from_environment()))


def routes() -> list[Route]:
    """Return the routes of single sign-on."""
    return [Route(path, found, methods=["GET"]) for path, found in ((START, start), (BACK, back), (OUT, out))]

"""The server at its door: what a stranger gets, what the form takes, and the headers of every answer."""

from __future__ import annotations

import http.client
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import connect

from tests.browser.conftest import serving
from tests.ui import world
from ui.access import accounts, audit, web
from ui.access.store import open_store
from warehouse.paths import DataDir

PASSWORD = "bốn con ngựa đá cửa"


@dataclass(frozen=True)
class Server:
    address: str
    data_dir: DataDir


@dataclass
class Answer:
    status: int
    headers: dict[str, str]
    body: str
    cookies: dict[str, str] = field(default_factory=dict)
    set_cookies: list[str] = field(default_factory=list)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    data_dir = DataDir(world.publish(tmp_path_factory.mktemp("door")).root)
    store = accounts.prepare(open_store(data_dir))
    accounts.add(store, "quantri", "Quản trị", "administrator", PASSWORD)
    with serving(data_dir.root, data_dir.root) as address:
        yield Server(address, data_dir)


def ask(
    server: Server, path: str, form: dict[str, str] | None = None, cookies: dict[str, str] | None = None, **more: str
) -> Answer:
    """Return one answer; no redirect is followed."""
    host = urlsplit(server.address).netloc
    connection = http.client.HTTPConnection(host, timeout=20)
    headers = {name.replace("_", "-"): value for name, value in more.items()}
    if cookies:
        headers["cookie"] = "; ".join(f"{k}={v}" for k, v in cookies.items())
    body = urlencode(form) if form is not None else None
    if body is not None:
        headers["content-type"] = "application/x-www-form-urlencoded"
    connection.request("POST" if form is not None else "GET", path, body, headers)
    got = connection.getresponse()
    text = got.read().decode("utf-8", "replace")
    given = [value for name, value in got.getheaders() if name.lower() == "set-cookie"]
    taken = {m[1]: m[2] for one in given if (m := re.match(r"([^=]+)=([^;]*)", one))}
    connection.close()
    return Answer(got.status, {k.lower(): v for k, v in got.getheaders()}, text, taken, given)


def sign_in(
    server: Server, login: str = "quantri", password: str = PASSWORD, path: str = web.SIGN_IN, **more: str
) -> Answer:
    page = ask(server, path)
    token = page.cookies[web.FORM_COOKIE]
    return ask(server, path, {"login": login, "password": password, "form": token}, {web.FORM_COOKIE: token}, **more)


def test_a_deep_link_as_the_first_request_of_a_fresh_server_leads_to_the_form(server: Server) -> None:
    answer = ask(server, "/data?section=slips&lang=en")
    assert answer.status == 303
    assert answer.headers["location"] == "/dang-nhap?lang=en&tiep=%2Fdata%3Fsection%3Dslips%26lang%3Den"


@pytest.mark.parametrize(
    "path", ["/media/0123456789abcdef.xlsx", "/_stcore/upload_file/x/y.csv", "/component/x/index.html"]
)
def test_a_stranger_gets_no_file(server: Server, path: str) -> None:
    assert ask(server, path).status in (401, 303)


def test_a_stranger_gets_no_connection_and_a_session_does_from_pages_of_ours_alone(server: Server) -> None:
    address = server.address.replace("http", "ws") + "/_stcore/stream"

    def connects(cookie: str, origin: str = "") -> bool:
        headers = {name: value for name, value in (("cookie", cookie), ("origin", origin)) if value}
        try:
            with connect(address, additional_headers=headers) as link:
                link.recv(timeout=1)
                return False
        except (InvalidStatus, ConnectionClosed):
            return False
        except TimeoutError:
            return True

    assert not connects("")
    assert not connects(f"{web.SESSION_COOKIE}=made-up")
    token = sign_in(server).cookies[web.SESSION_COOKIE]
    assert connects(f"{web.SESSION_COOKIE}={token}")
    assert connects(f"{web.SESSION_COOKIE}={token}", server.address)
    assert not connects(f"{web.SESSION_COOKIE}={token}", "https://evil.example")


def test_the_right_password_opens_and_goes_on_to_where_one_wanted_to_go(server: Server) -> None:
    answer = sign_in(server, path="/dang-nhap?lang=vi&tiep=%2Fdata%3Fsection%3Dslips")
    assert (answer.status, answer.headers["location"]) == (303, "/data?section=slips")
    (cookie,) = [c for c in answer.set_cookies if c.startswith(web.SESSION_COOKIE)]
    assert "httponly" in cookie.lower() and "samesite=lax" in cookie.lower() and "secure" not in cookie.lower()
    assert ask(server, "/data", cookies={web.SESSION_COOKIE: answer.cookies[web.SESSION_COOKIE]}).status == 200
    behind_tls = sign_in(server, x_forwarded_proto="https")
    assert all("secure" in c.lower() for c in behind_tls.set_cookies if c.startswith(web.SESSION_COOKIE))


@pytest.mark.parametrize("onward", ["//evil.example", "https://evil.example", "/\\evil.example", "javascript:alert(1)"])
def test_the_form_leads_to_no_other_server(server: Server, onward: str) -> None:
    answer = sign_in(server, path=f"/dang-nhap?{urlencode({'tiep': onward})}")
    assert answer.headers["location"] == "/"


def test_a_form_that_is_not_ours_or_far_too_large_is_refused(server: Server) -> None:
    good = {"login": "quantri", "password": PASSWORD}
    assert ask(server, web.SIGN_IN, good).status == 403
    assert ask(server, web.SIGN_IN, good | {"form": "guessed"}, {web.FORM_COOKIE: "other"}).status == 403
    assert ask(server, web.SIGN_IN, good | {"form": "x", "more": "y" * 100_000}, {web.FORM_COOKIE: "x"}).status == 403


def test_what_was_typed_is_not_shown_again(server: Server) -> None:
    answer = sign_in(server, login="<script>alert(1)</script>", password="<b>")
    assert answer.status == 401 and "<script>alert" not in answer.body and 'role="alert"' in answer.body


def test_signing_out_ends_the_session_for_whoever_holds_the_cookie(server: Server) -> None:
    token = sign_in(server).cookies[web.SESSION_COOKIE]
    cookies = {web.SESSION_COOKIE: token}
    assert ask(server, web.SIGN_OUT, cookies=cookies, sec_fetch_site="cross-site").status == 200  # asks first
    assert ask(server, "/data", cookies=cookies).status == 200
    assert ask(server, web.SIGN_OUT, cookies=cookies).status == 303
    assert ask(server, "/data", cookies=cookies).status == 303
    assert [e.action for e in audit.entries(open_store(server.data_dir), 1)] == ["signed_out"]


def test_every_answer_has_safe_headers_and_the_counters_are_closed(server: Server) -> None:
    for path in ("/dang-nhap", "/_stcore/health", "/data", "/static/nothing.js"):
        headers = ask(server, path).headers
        assert headers["x-content-type-options"] == "nosniff" and headers["x-frame-options"] == "DENY"
        assert "unsafe-eval" not in headers["content-security-policy"].replace("wasm-unsafe-eval", "")
        assert "frame-ancestors 'none'" in headers["content-security-policy"]
    token = sign_in(server).cookies[web.SESSION_COOKIE]
    assert ask(server, "/_stcore/metrics", cookies={web.SESSION_COOKIE: token}).status == 404


def test_too_many_failures_are_told_with_the_time_to_wait(server: Server) -> None:
    accounts.add(accounts.prepare(open_store(server.data_dir)), "khoa", "Thử", "viewer", PASSWORD)
    for _ in range(5):
        assert sign_in(server, "khoa", "sai mật khẩu").status == 401
    locked = sign_in(server, "khoa")
    assert locked.status == 429 and "15 phút" in locked.body and web.SESSION_COOKIE not in locked.cookies


def test_other_machines_are_served_only_where_there_are_accounts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GANDAN_DATA_DIR", str(tmp_path))
    command = [sys.executable, "-m", "gandan", "serve", "--address", "0.0.0.0", "--port", "0"]
    run = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert run.returncode == 2 and "gandan accounts add" in run.stderr

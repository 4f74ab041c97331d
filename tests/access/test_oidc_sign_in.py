"""Single sign-on from the button to the session and out again, against a mock provider on this machine."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from urllib.parse import parse_qs, quote, urlsplit

import httpx
import pytest
from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from tests.access.providers import PUBLIC, SECRET, Honest, forging, honest, write_settings
from ui.access import accounts, audit, oidc, oidc_attempts, oidc_people, passwords, sessions, web
from ui.access.store import Store, open_store
from warehouse import clock
from warehouse.paths import DataDir

PASSWORD = "bốn con ngựa đá cửa"
START = "/sign-in/oidc"


@pytest.fixture(scope="module")
def provider() -> Iterator[Honest]:
    with honest() as found:
        yield found


CHEAP = PasswordHash((Argon2Hasher(time_cost=1, memory_cost=8, parallelism=1),))
"""The same hashes, made in no time: how dear they are is measured elsewhere."""


@pytest.fixture
def store(tmp_path: Path, provider: Honest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    monkeypatch.setattr(passwords, "_hasher", lambda: CHEAP)
    monkeypatch.setenv("GANDAN_DATA_DIR", str(tmp_path))
    oidc.forget()
    write_settings(tmp_path, provider.issuer)
    found = accounts.prepare(open_store(DataDir(tmp_path)))
    accounts.add(found, "quantri", "Quản trị", "administrator", PASSWORD, by="@test")
    accounts.add(found, "xa.laobao", "Xã Lao Bảo", "unit", None, ("19432",), by="@test")
    provider.knows("s-1", preferred_username="Xa.LaoBao", email="a@b.vn", name="Ai đó")
    yield found
    passwords.nobodys_hash.cache_clear()  # a cheap one is of no use to others


async def page(request: Request) -> PlainTextResponse:
    return PlainTextResponse(f"inside {request.url.path}")


@dataclass
class Browser:
    """One browser at the public address; redirects are followed by hand."""

    provider: Honest
    client: TestClient = field(
        default_factory=lambda: TestClient(
            Starlette(
                routes=[*web.routes(), Route("/{path:path}", page)],
                middleware=[Middleware(web.SafeHeaders), Middleware(web.Door)],
            ),
            base_url=PUBLIC,
            follow_redirects=False,
        )
    )

    def get(self, path: str, **headers: str) -> httpx.Response:
        return self.client.get(path, headers={name.replace("_", "-"): value for name, value in headers.items()})

    def begins(self, onward: str = "/", lang: str = "vi") -> str:
        """Choose the button; return the address at the provider."""
        answer = self.get(f"{START}?lang={lang}&tiep={quote(onward, safe='')}")
        assert answer.status_code == 303, answer.text
        return str(answer.headers["location"])

    def signs_in(self, subject: str = "s-1", onward: str = "/", lang: str = "vi") -> httpx.Response:
        return self.get(self.provider.agrees(self.begins(onward, lang), subject))

    def is_in(self) -> bool:
        return bool(self.get("/data").text == "inside /data")


@pytest.fixture
def browser(store: Store, provider: Honest) -> Browser:
    return Browser(provider)


def noted(store: Store, n: int = 1) -> list[tuple[str, str, object]]:
    return [(e.who, e.action, e.details.get("why")) for e in audit.entries(store, n)]


def test_the_button_leads_through_the_provider_to_where_one_wanted_to_go(store: Store, browser: Browser) -> None:
    turned_away = browser.get("/data?section=slips")
    form = browser.get(turned_away.headers["location"])
    link = f'href="{PUBLIC}/sign-in/oidc?lang=vi&amp;tiep=%2Fdata%3Fsection%3Dslips"'
    assert link in form.text and "Đăng nhập qua hệ thống của tỉnh" in form.text
    answer = browser.signs_in(onward="/data?section=slips")
    assert (answer.status_code, answer.headers["location"]) == (303, "/data?section=slips")
    assert browser.is_in()
    account = sessions.account_of(store, browser.client.cookies[web.SESSION_COOKIE])
    assert account is not None and (account.login, account.unit_codes) == ("xa.laobao", ("19432",))
    assert noted(store) == [("xa.laobao", "signed_in", None)]
    assert audit.entries(store, 1)[0].details["way"] == "oidc"


def test_the_cookie_of_an_attempt_is_short_unreadable_for_scripts_and_goes_when_it_has_served(browser: Browser) -> None:
    answer = browser.get(START)
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie and "samesite=lax" in cookie and "path=/sign-in/oidc" in cookie
    assert "max-age=600" in cookie and "secure" not in cookie and answer.headers["cache-control"] == "no-store"
    back = browser.signs_in()
    kept = back.headers.get_list("set-cookie")
    assert any(c.startswith('gandan_oidc=""') for c in kept)
    (session,) = [c.lower() for c in kept if c.startswith(web.SESSION_COOKIE)]
    assert "httponly" in session and "samesite=lax" in session


def test_behind_a_proxy_the_public_address_is_the_one_that_was_configured(
    store: Store, provider: Honest, browser: Browser
) -> None:
    write_settings(store.path.parent, provider.issuer, public_address="https://gandan.example.gov.vn/")
    answer = browser.get(START, host="10.0.0.7:8501", x_forwarded_host="evil.example")
    asked = parse_qs(urlsplit(answer.headers["location"]).query)
    assert asked["redirect_uri"] == ["https://gandan.example.gov.vn/sign-in/oidc/callback"]
    assert "secure" in answer.headers["set-cookie"].lower()


@pytest.mark.parametrize("onward", ["//evil.example", "https://evil.example", "/\\evil.example", "javascript:alert(1)"])
def test_the_way_through_the_provider_leads_to_no_other_server(browser: Browser, onward: str) -> None:
    assert browser.signs_in(onward=onward).headers["location"] == "/"


def test_an_answer_with_another_state_of_another_browser_or_used_once_opens_nothing(
    store: Store, browser: Browser, provider: Honest
) -> None:
    address = provider.agrees(browser.begins(), "s-1")
    assert browser.get(address.replace("state=", "state=x")).status_code == 400
    assert noted(store) == [("?", "sign_in_refused", "expired")]
    stranger = Browser(provider)
    assert stranger.get(address).status_code == 400 and not stranger.is_in()
    stranger.begins()  # has an attempt of its own, which is another
    answer = stranger.get(address)
    assert answer.status_code == 400 and "trình duyệt khác" in answer.text and not stranger.is_in()
    assert browser.get(address).status_code == 303 and browser.is_in()
    assert browser.get(address).status_code == 400


def test_an_attempt_is_over_after_the_minutes_of_the_rule(
    browser: Browser, provider: Honest, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = provider.agrees(browser.begins(), "s-1")
    later = clock.now() + timedelta(minutes=11)
    monkeypatch.setattr(clock, "now", lambda: later)
    assert browser.get(address).status_code == 400 and not browser.is_in()


def test_a_flood_of_attempts_keeps_the_newest_ones_only(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(passwords.rules()["oidc"], "open_attempts", 3)
    oidc_attempts.prepare(store)
    begun = [oidc_attempts.begin(store, "browser", "/", "vi") for _ in range(5)]
    assert [oidc_attempts.take(store, "browser", one.state) is not None for one in begun] == [False] * 2 + [True] * 3


def test_an_answer_of_another_provider_opens_nothing(browser: Browser, provider: Honest) -> None:
    address = provider.agrees(browser.begins(), "s-1")
    assert browser.get(f"{address}&iss=https%3A%2F%2Fevil.example").status_code == 403 and not browser.is_in()


def test_saying_no_at_the_provider_comes_back_to_the_form_with_a_sentence(
    store: Store, browser: Browser, provider: Honest
) -> None:
    refused = urlsplit(browser.begins(lang="en"))
    state = parse_qs(refused.query)["state"][0]
    answer = browser.get(f"{START}/callback?state={state}&error=<script>alert(1)</script>&error_description=whatever")
    assert answer.status_code == 403 and "was not completed" in answer.text
    assert "<script>alert" not in answer.text and "whatever" not in answer.text
    assert noted(store) == [("?", "sign_in_refused", "denied")] and not browser.is_in()


def test_whom_the_provider_knows_and_we_do_not_is_told_whom_to_ask(
    store: Store, browser: Browser, provider: Honest
) -> None:
    provider.knows("s-9", preferred_username="nguoi.la")
    answer = browser.signs_in("s-9")
    assert answer.status_code == 403 and "Liên hệ quản trị viên của tỉnh" in answer.text
    assert noted(store) == [("?", "sign_in_refused", "unknown")]  # the trail names nobody without an account
    write_settings(store.path.parent, provider.issuer, contact="Phòng CNTT, điện thoại nội bộ 105")
    assert "Phòng CNTT, điện thoại nội bộ 105" in browser.signs_in("s-9").text
    assert accounts.get(store, "nguoi.la") is None and not browser.is_in()


def test_an_account_with_a_password_is_not_opened_by_a_name_chosen_at_the_provider(
    store: Store, browser: Browser, provider: Honest
) -> None:
    provider.knows("s-8", preferred_username="quantri")
    provider.knows("s-9", preferred_username="nguoi.la")
    answer = browser.signs_in("s-8")
    assert answer.status_code == 403 and not browser.is_in()
    assert noted(store) == [("quantri", "sign_in_refused", "password_account")]
    told = [line for line in answer.text.splitlines() if "alert" in line]
    assert told == [line for line in browser.signs_in("s-9").text.splitlines() if "alert" in line]  # as a stranger is


def test_an_account_moves_to_single_sign_on_and_the_last_way_in_for_bad_days_stays(
    store: Store, browser: Browser, provider: Honest
) -> None:
    accounts.add(store, "thanhtra", "Thanh tra", "auditor", PASSWORD, by="@test")
    provider.knows("s-7", preferred_username="thanhtra")
    assert browser.signs_in("s-7").status_code == 403
    oidc_people.entrust(store, "thanhtra", "quantri")
    assert browser.signs_in("s-7").status_code == 303
    assert accounts.sign_in(store, "thanhtra", PASSWORD) is None
    with pytest.raises(accounts.Refused, match="last_local_administrator"):
        oidc_people.entrust(store, "quantri", "quantri")
    assert accounts.sign_in(store, "quantri", PASSWORD) is not None


def test_a_disabled_account_is_refused_and_disabling_ends_its_session_at_once(store: Store, browser: Browser) -> None:
    browser.signs_in()
    assert browser.is_in()
    accounts.set_enabled(store, "xa.laobao", False, "quantri")
    assert not browser.is_in()
    answer = browser.signs_in()
    assert answer.status_code == 403 and "đang bị khóa" in answer.text and not browser.is_in()
    assert noted(store) == [("xa.laobao", "sign_in_refused", "disabled")]


def test_a_locked_login_stays_locked_whichever_way_is_taken(store: Store, browser: Browser) -> None:
    for _ in range(5):
        accounts.sign_in(store, "xa.laobao", "đoán bừa")
    answer = browser.signs_in()
    assert answer.status_code == 429 and "15 phút" in answer.text and not browser.is_in()


def test_a_changed_role_ends_the_session_and_holds_at_the_next(store: Store, browser: Browser) -> None:
    browser.signs_in()
    accounts.set_role(store, "xa.laobao", "auditor", (), "quantri")
    assert not browser.is_in()
    browser.signs_in()
    account = sessions.account_of(store, browser.client.cookies[web.SESSION_COOKIE])
    assert account is not None and account.role == "auditor"


def test_a_login_that_the_provider_gives_to_somebody_else_opens_nothing_until_it_is_unlinked(
    store: Store, browser: Browser, provider: Honest
) -> None:
    browser.signs_in()
    provider.knows("s-2", preferred_username="xa.laobao")
    other = Browser(provider)
    answer = other.signs_in("s-2")
    assert answer.status_code == 403 and "người dùng khác" in answer.text and not other.is_in()
    assert noted(store) == [("xa.laobao", "sign_in_refused", "other_person")]
    oidc_people.entrust(store, "xa.laobao", "quantri")
    assert not browser.is_in()
    assert other.signs_in("s-2").status_code == 303 and browser.signs_in("s-1").status_code == 403


GROUPS = """
[oidc.groups]
claim = "groups"
[[oidc.groups.grant]]
group = "cchc-chuyen-vien"
role = "analyst"
[[oidc.groups.grant]]
group = "xa-lao-bao"
role = "unit"
units = ["19432"]
[[oidc.groups.grant]]
group = "xa-huong-phung"
role = "unit"
units = ["19429"]
"""


def test_groups_of_the_provider_decide_role_and_units_anew_at_each_sign_in(
    store: Store, browser: Browser, provider: Honest
) -> None:
    write_settings(store.path.parent, provider.issuer, GROUPS)

    def granted(*groups: str) -> tuple[str, tuple[str, ...]] | int:
        provider.knows("s-1", preferred_username="xa.laobao", groups=list(groups))
        answer = browser.signs_in()
        account = accounts.get(store, "xa.laobao")
        assert account is not None
        return (account.role, account.unit_codes) if answer.status_code == 303 else answer.status_code

    assert granted("khac", "xa-huong-phung", "xa-lao-bao") == ("unit", ("19432", "19429"))
    assert granted("xa-lao-bao", "cchc-chuyen-vien") == ("analyst", ())
    assert granted("khac") == 403 and noted(store) == [("xa.laobao", "sign_in_refused", "no_group")]
    assert granted() == 403 and browser.get("/data").status_code == 200  # the session begun before is not touched
    changes = [e.who for e in audit.entries(store) if e.action == "account_changed"]
    assert changes == ["@oidc", "@oidc"]


def test_another_person_under_a_login_changes_nothing_of_the_account(
    store: Store, browser: Browser, provider: Honest
) -> None:
    write_settings(store.path.parent, provider.issuer, GROUPS)
    provider.knows("s-1", preferred_username="xa.laobao", groups=["xa-lao-bao"])
    assert browser.signs_in("s-1").status_code == 303
    provider.knows("s-2", preferred_username="xa.laobao", groups=["cchc-chuyen-vien"])
    assert Browser(provider).signs_in("s-2").status_code == 403
    account = accounts.get(store, "xa.laobao")
    assert account is not None and account.role == "unit" and browser.is_in()


def test_no_group_makes_or_unmakes_an_administrator(store: Store, browser: Browser, provider: Honest) -> None:
    accounts.add(store, "quantri.sso", "Quản trị", "administrator", None, by="@test")
    provider.knows("s-3", preferred_username="quantri.sso", groups=["xa-lao-bao"])
    write_settings(store.path.parent, provider.issuer, GROUPS)
    assert browser.signs_in("s-3").status_code == 303
    account = accounts.get(store, "quantri.sso")
    assert account is not None and account.role == "administrator"
    write_settings(store.path.parent, provider.issuer, GROUPS.replace('"analyst"', '"administrator"'))
    assert browser.get(START).status_code == 404  # settings that would: refused as a whole


def test_accounts_are_made_by_themselves_only_where_the_province_says_so(
    store: Store, browser: Browser, provider: Honest
) -> None:
    provider.knows("s-4", preferred_username="moi.den", name="Nguyễn Văn Thử", groups=["cchc-chuyen-vien"])
    assert browser.signs_in("s-4").status_code == 403 and accounts.get(store, "moi.den") is None
    write_settings(store.path.parent, provider.issuer, automatic_accounts=True)
    assert browser.signs_in("s-4").status_code == 303
    made = accounts.get(store, "moi.den")
    assert made is not None and (made.role, made.name, made.has_password) == ("viewer", "moi.den", False)
    assert ("@oidc", "account_added", None) in noted(store, 5)
    write_settings(store.path.parent, provider.issuer, GROUPS, automatic_accounts=True)
    provider.knows("s-5", preferred_username="khong.nhom", groups=[])
    assert browser.signs_in("s-5").status_code == 403 and accounts.get(store, "khong.nhom") is None


def test_an_address_that_the_provider_has_not_verified_is_no_login(
    store: Store, browser: Browser, provider: Honest
) -> None:
    accounts.add(store, "chuyenvien@so.gov.vn", "Chuyên viên", "analyst", None, by="@test")
    write_settings(store.path.parent, provider.issuer, account_claim="email")
    provider.knows("s-6", email="chuyenvien@so.gov.vn", email_verified=False)
    assert browser.signs_in("s-6").status_code == 403 and noted(store) == [("?", "sign_in_refused", "no_login")]
    provider.knows("s-6", email="chuyenvien@so.gov.vn", email_verified=True)
    assert browser.signs_in("s-6").status_code == 303


def test_nothing_of_the_person_is_kept_but_the_login(store: Store, browser: Browser, provider: Honest) -> None:
    provider.knows("001199012345", preferred_username="xa.laobao", name="Trần Thị Mẫu", email="mau@example.vn")
    assert browser.signs_in("001199012345").status_code == 303
    folder = store.path.parent
    kept = b"".join(p.read_bytes() for p in folder.rglob("*") if p.is_file() and p.name != "access.toml")
    assert b"xa.laobao" in kept
    for told in ("001199012345", "Trần Thị Mẫu", "mau@example.vn", SECRET, "eyJ"):
        assert told.encode() not in kept, told


def test_signing_out_ends_the_session_and_offers_to_end_that_of_the_provider(
    store: Store, browser: Browser, provider: Honest
) -> None:
    browser.signs_in()
    token = browser.client.cookies[web.SESSION_COOKIE]
    answer = browser.get(f"{web.SIGN_OUT}?lang=vi")
    assert answer.status_code == 303 and sessions.account_of(store, token) is None and not browser.is_in()
    form = browser.get(answer.headers["location"])
    assert "Phiên tại hệ thống của tỉnh vẫn còn mở" in form.text
    assert f'href="{START}/sign-out?lang=vi"' in form.text
    (again,) = [line for line in form.text.splitlines() if 'class="way"' in line]
    back = browser.get(again.partition('href="')[2].partition('"')[0].removeprefix(PUBLIC).replace("&amp;", "&"))
    assert parse_qs(urlsplit(back.headers["location"]).query)["prompt"] == [
        "login"
    ]  # the next one may be another person
    assert "prompt" not in parse_qs(urlsplit(browser.begins()).query)
    leaving = browser.get(f"{START}/sign-out?lang=vi")
    assert leaving.headers["location"].startswith(f"{provider.issuer}/oauth2/end_session?client_id=gandan&post_logout")
    left = httpx.get(leaving.headers["location"])
    assert left.status_code in (200, 302)
    cookies = {web.SESSION_COOKIE: token}
    assert Browser(provider).client.get("/data", cookies=cookies).status_code == 303  # a cookie kept aside is no use


def test_a_link_of_another_site_neither_signs_out_nor_leads_on(browser: Browser) -> None:
    browser.signs_in()
    answer = browser.get(f"{START}/sign-out", sec_fetch_site="cross-site")
    assert answer.headers["location"].startswith(web.SIGN_IN) and browser.is_in()


def test_a_local_account_signs_in_and_out_beside_without_the_provider(store: Store, browser: Browser) -> None:
    with forging() as broken:
        broken.status = 503
        write_settings(store.path.parent, broken.issuer)
        answer = browser.get(f"{START}?lang=vi")
        assert answer.status_code == 503 and "Không kết nối được" in answer.text and "Traceback" not in answer.text
        assert 'name="password"' in answer.text
    form = browser.get(web.SIGN_IN)
    token = form.cookies[web.FORM_COOKIE]
    given = {"login": "quantri", "password": PASSWORD, "form": token}
    assert browser.client.post(web.SIGN_IN, data=given).status_code == 303 and browser.is_in()
    assert browser.get(web.SIGN_OUT).headers["location"] == f"{web.SIGN_IN}?lang=vi"


def test_without_single_sign_on_there_is_no_button_no_route_and_nothing_of_it_is_loaded(
    store: Store, browser: Browser
) -> None:
    (store.path.parent / "access.toml").unlink()
    assert "sign-in/oidc" not in browser.get(web.SIGN_IN).text
    assert [browser.get(f"{START}{path}").status_code for path in ("", "/callback?state=x&code=y")] == [404, 404]
    import subprocess
    import sys

    program = (
        "import sys; from ui.access import web; web.routes(); "
        "print(sorted({'authlib', 'httpx', 'joserfc', 'cryptography'} & set(sys.modules)))"
    )
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"

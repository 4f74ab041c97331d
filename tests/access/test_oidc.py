"""What is believed of a provider: discovery, keys, the id_token and its every claim."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from joserfc.jwk import RSAKey

from tests.access.providers import PUBLIC, SECRET, Forger, aside, certificate, forging, write_settings
from ui.access import oidc, oidc_settings, passwords
from ui.access.oidc_attempts import Attempt
from ui.access.oidc_settings import Settings
from warehouse.paths import DataDir

ATTEMPT = Attempt("state", "nonce-of-ours", "v" * 64, "/", "vi")
LOGIN = ("preferred_username",)


@pytest.fixture
def forger() -> Iterator[Forger]:
    oidc.forget()
    with forging() as found:
        found.nonce = ATTEMPT.nonce
        yield found
    oidc.forget()


@pytest.fixture
def settings(forger: Forger, tmp_path: Path) -> Settings:
    write_settings(tmp_path, forger.issuer)
    found = oidc_settings.load(DataDir(tmp_path))
    assert found is not None
    return found


def claims(settings: Settings, wanted: tuple[str, ...] = LOGIN) -> dict[str, Any]:
    return aside(lambda: asyncio.run(oidc.claims(settings, ATTEMPT, "the-code", wanted)))


def refused(settings: Settings) -> str:
    with pytest.raises(oidc.Failed) as failed:
        claims(settings)
    return f"{failed.value.why}: {failed.value.detail}"


def test_the_browser_is_sent_with_state_nonce_and_the_challenge_whose_verifier_is_shown_at_the_token_endpoint(
    forger: Forger, settings: Settings
) -> None:
    address = aside(lambda: asyncio.run(oidc.authorization(settings, ATTEMPT, "en")))
    asked = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
    assert address.startswith(f"{forger.issuer}/authorize?")
    assert asked["redirect_uri"] == f"{PUBLIC}/sign-in/oidc/callback"
    assert (asked["state"], asked["nonce"], asked["response_type"]) == ("state", "nonce-of-ours", "code")
    assert (asked["scope"], asked["ui_locales"]) == ("openid profile email", "en")
    challenge = base64.urlsafe_b64encode(hashlib.sha256(ATTEMPT.verifier.encode()).digest()).rstrip(b"=").decode()
    assert (asked["code_challenge"], asked["code_challenge_method"]) == (challenge, "S256")
    assert ATTEMPT.verifier not in address and SECRET not in address

    assert claims(settings)["preferred_username"] == "xa.laobao"
    sent = forger.form("/token")
    assert (sent["code"], sent["code_verifier"], sent["grant_type"]) == (
        "the-code", ATTEMPT.verifier, "authorization_code",
    )  # fmt: skip
    assert sent["redirect_uri"] == f"{PUBLIC}/sign-in/oidc/callback"


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"claims": {"nonce": "of-another-attempt"}}, "nonce"),
        ({"without": ("nonce",)}, "nonce"),
        ({"claims": {"aud": "another-client"}}, "aud"),
        ({"claims": {"aud": ["gandan", "another"]}}, "azp"),
        ({"claims": {"aud": ["gandan", "another"], "azp": "another"}}, "azp"),
        ({"claims": {"iss": "https://evil.example"}}, "iss"),
        ({"without": ("iss",)}, "iss"),
        ({"without": ("exp",)}, "exp"),
        ({"without": ("sub",)}, "sub"),
        ({"claims": {"at_hash": "AAAAAAAAAAAAAAAAAAAAAA"}}, "at_hash"),
        ({"alg": "none"}, ""),
        ({"alg": "HS256"}, ""),
    ],
)
def test_a_token_that_is_not_for_this_attempt_is_refused(
    forger: Forger, settings: Settings, change: dict[str, Any], why: str
) -> None:
    for name, value in change.items():
        setattr(forger, name, value)
    assert refused(settings).startswith("untrusted: id_token") and why in refused(settings)


def test_a_token_of_yesterday_or_tomorrow_is_refused_and_clocks_may_differ_a_little(
    forger: Forger, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    skew, now = passwords.rules()["oidc"]["clock_skew_seconds"], int(time.time())
    monkeypatch.setenv("GANDAN_TODAY", "2020-01-01")  # the day of the pages says nothing of tokens
    forger.claims = {"exp": now - skew - 5}
    assert refused(settings) == "untrusted: id_token: exp"
    forger.claims = {"iat": now + skew + 30, "exp": now + 900}
    assert refused(settings).startswith("untrusted")
    forger.claims = {"exp": now - skew // 2, "iat": now + skew // 2}
    assert claims(settings)["sub"] == "s-1"


def test_a_token_signed_by_another_key_is_refused_and_new_keys_are_fetched_once(
    forger: Forger, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert claims(settings)["sub"] == "s-1"
    forger.published = [forger.key]
    forger.key = RSAKey.generate_key(2048, {"kid": "one"})  # the same name, another key
    assert refused(settings).startswith("untrusted: id_token")
    forger.key = RSAKey.generate_key(2048, {"kid": "two"})
    forger.published = [forger.key]
    n = sum(path == "/jwks" for path, _, _ in forger.asked)
    assert refused(settings).startswith("untrusted")  # asked a moment ago: a forged name of a key is no reason to ask
    assert sum(path == "/jwks" for path, _, _ in forger.asked) == n
    monkeypatch.setitem(passwords.rules()["oidc"], "keys_again_seconds", 0)
    assert claims(settings)["sub"] == "s-1"


def test_groups_that_only_the_userinfo_endpoint_tells_are_taken_from_there_for_the_same_person_only(
    forger: Forger, settings: Settings
) -> None:
    forger.userinfo = {"sub": "s-1", "groups": ["chuyen-vien"], "preferred_username": "quantri"}
    assert "groups" not in claims(settings)  # not asked for: nobody's business
    told = claims(settings, ("preferred_username", "groups"))
    assert (told["groups"], told["preferred_username"]) == (["chuyen-vien"], "xa.laobao")
    forger.userinfo = {"sub": "s-2", "groups": ["chuyen-vien"]}
    with pytest.raises(oidc.Failed):
        claims(settings, ("preferred_username", "groups"))


@pytest.mark.parametrize(
    "metadata",
    [
        {"issuer": "https://evil.example"},
        {"token_endpoint": "http://evil.example/token"},
        {"authorization_endpoint": "javascript:alert(1)"},
        {"jwks_uri": None},
    ],
)
def test_a_provider_that_says_it_is_another_or_sends_elsewhere_in_the_clear_is_not_trusted(
    forger: Forger, settings: Settings, metadata: dict[str, Any]
) -> None:
    forger.metadata = metadata
    with pytest.raises(oidc.Failed) as failed:
        aside(lambda: asyncio.run(oidc.authorization(settings, ATTEMPT, "vi")))
    assert failed.value.why == "untrusted"


def test_a_provider_that_is_down_slow_or_broken_is_told_within_the_time_of_the_rule(
    forger: Forger, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(passwords.rules()["oidc"], "provider_seconds", 0.3)
    forger.delay = 2.0
    began = time.monotonic()
    assert refused(settings).startswith("down: ")
    assert time.monotonic() - began < 1.5
    forger.delay, forger.status = 0.0, 502
    assert refused(settings) == "down: status 502"
    monkeypatch.setitem(passwords.rules()["oidc"], "provider_seconds", 5)
    gone = Settings("http://127.0.0.1:9", "gandan", SECRET, PUBLIC)
    with pytest.raises(oidc.Failed) as failed:
        aside(lambda: asyncio.run(oidc.metadata(gone)))
    assert failed.value.why == "down"


def test_the_secret_goes_to_the_token_endpoint_in_the_way_the_provider_takes_and_nowhere_else(
    forger: Forger, settings: Settings
) -> None:
    claims(settings)
    headers = {path: sent for path, sent, _ in forger.asked}
    assert headers["/token"]["Authorization"].startswith("Basic ") and "client_secret" not in forger.form("/token")
    assert "Authorization" not in headers["/jwks"] and SECRET not in repr(settings)
    oidc.forget()
    forger.metadata = {"token_endpoint_auth_methods_supported": ["client_secret_post"]}
    claims(settings)
    assert forger.form("/token")["client_secret"] == SECRET


def test_the_way_out_at_the_provider_is_offered_only_where_there_is_one(forger: Forger, settings: Settings) -> None:
    assert aside(lambda: asyncio.run(oidc.sign_out_address(settings, "/dang-nhap"))) is None
    oidc.forget()
    forger.metadata = {"end_session_endpoint": f"{forger.issuer}/out?realm=t"}
    address = aside(lambda: asyncio.run(oidc.sign_out_address(settings, "/dang-nhap")))
    assert address is not None and address.startswith(f"{forger.issuer}/out?realm=t&client_id=gandan")
    asked = parse_qs(urlsplit(address).query)
    assert asked["post_logout_redirect_uri"] == [f"{PUBLIC}/dang-nhap"] and "id_token_hint" not in asked


def test_a_certificate_that_nobody_vouches_for_is_refused_unless_the_province_names_it(tmp_path: Path) -> None:
    oidc.forget()
    own = certificate(tmp_path)
    with forging(own) as forger:
        forger.nonce = ATTEMPT.nonce
        for bundle, is_good in (("", False), (str(own), True)):
            write_settings(tmp_path, forger.issuer, ca_bundle=bundle)
            found = oidc_settings.load(DataDir(tmp_path))
            assert found is not None
            assert claims(found)["sub"] == "s-1" if is_good else refused(found) == "down: ConnectError"


def test_an_answer_that_another_provider_sent_or_that_hides_its_sender_is_not_taken(
    forger: Forger, settings: Settings
) -> None:
    def is_taken(issuer: str | None) -> bool:
        try:
            aside(lambda: asyncio.run(oidc.check_sender(settings, issuer)))
        except oidc.Failed:
            return False
        return True

    assert [is_taken(i) for i in (forger.issuer, None, "https://evil.example")] == [True, True, False]
    oidc.forget()
    forger.metadata = {"authorization_response_iss_parameter_supported": True}
    assert [is_taken(i) for i in (forger.issuer, None, "https://evil.example")] == [True, False, False]


@pytest.mark.parametrize(("said", "noted"), [("invalid_client", "invalid_client"), ("<b>", "OAuthError")])
def test_what_the_token_endpoint_says_is_told_in_known_words_only(
    forger: Forger, settings: Settings, said: str, noted: str
) -> None:
    forger.says_no = said
    assert refused(settings) == f"untrusted: {noted}"


def test_a_provider_may_describe_itself_elsewhere_and_has_to_name_the_same_issuer(
    forger: Forger, tmp_path: Path
) -> None:
    write_settings(tmp_path, forger.issuer, discovery=f"{forger.issuer}/elsewhere")
    found = oidc_settings.load(DataDir(tmp_path))
    assert found is not None and claims(found)["sub"] == "s-1"
    assert "/elsewhere" in [path for path, _, _ in forger.asked]
    oidc.forget()
    forger.metadata = {"issuer": "https://evil.example"}
    assert refused(found) == "untrusted: issuer differs"

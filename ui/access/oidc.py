"""OpenID Connect with one provider: authorization code with PKCE, state and nonce, and every check of the id_token.

Authlib does the protocol, joserfc the signatures; nothing of this module is loaded before somebody chooses this way in.
What a provider answers is never told on: a failure is a code, and the log holds that code alone.
"""

from __future__ import annotations

import ssl
import time
import warnings
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlencode

import anyio
import httpx
from authlib.common.errors import AuthlibBaseError
from authlib.deprecate import AuthlibDeprecationWarning
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import InvalidKeyIdError, JoseError
from joserfc.jwk import KeySet
from joserfc.jws import JWSRegistry

from ui.access import passwords
from ui.access.oidc_attempts import Attempt
from ui.access.oidc_settings import Settings, is_safe

with warnings.catch_warnings():
    # Authlib would rather have httpx2; the exact pins of requirements-sso.lock say which one is tested.
    warnings.simplefilter("ignore", AuthlibDeprecationWarning)
    from authlib.integrations.httpx_client import AsyncOAuth2Client

CALLBACK = "/sign-in/oidc/callback"
DISCOVERY = "/.well-known/openid-configuration"
SIGNED_BY_KEY_PAIR = frozenset(
    {"RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA", "Ed25519"}
)
"""What an id_token may be signed with: never `none`, never a shared secret (a public key could be taken for one)."""
KEY_PAIRS = frozenset({"RSA", "EC", "OKP"})
TOKEN_ERRORS = frozenset({"invalid_client", "invalid_grant", "invalid_request", "unauthorized_client", "invalid_scope"})
"""What a token endpoint may say (RFC 6749): the first means a wrong secret, and helps whoever reads the log."""
NEEDED = ("authorization_endpoint", "token_endpoint", "jwks_uri")
OFFERED = ("userinfo_endpoint", "end_session_endpoint")

Why = Literal["down", "denied", "untrusted"]


class Failed(Exception):
    """The provider is down, said no, or cannot be trusted; `detail` is a word of ours for the log."""

    def __init__(self, why: Why, detail: str):
        super().__init__(f"{why}: {detail}")
        self.why, self.detail = why, detail


@dataclass
class _Known:
    """What was learned of a provider, until when it is taken for true."""

    metadata: Mapping[str, Any]
    until: float
    keys: KeySet | None = None
    keys_at: float = 0.0


_known: dict[str, _Known] = {}


def forget() -> None:
    """Forget every provider's addresses and keys."""
    _known.clear()


async def metadata(settings: Settings) -> Mapping[str, Any]:
    """Return what the provider says of itself; raise `Failed`."""
    return (await _provider(settings)).metadata


async def check_sender(settings: Settings, issuer: str | None) -> None:
    """Raise `Failed` for an answer that another provider sent (RFC 9207), or hides whose it is where ours says so."""
    says_so = (await metadata(settings)).get("authorization_response_iss_parameter_supported") is True
    if issuer != settings.issuer and (issuer is not None or says_so):
        raise Failed("untrusted", "iss of the answer")


async def authorization(settings: Settings, attempt: Attempt, lang: str, is_anew: bool = False) -> str:
    """Return the address at the provider to which the browser goes; `is_anew`: its open session does not do."""
    more = {"prompt": "login"} if is_anew else {}
    found = await metadata(settings)
    async with _talking(), _client(settings, found) as client:
        address, _ = client.create_authorization_url(
            found["authorization_endpoint"],
            state=attempt.state,
            code_verifier=attempt.verifier,
            nonce=attempt.nonce,
            ui_locales=lang,
            **more,
        )
    return str(address)


async def claims(settings: Settings, attempt: Attempt, code: str, wanted: tuple[str, ...]) -> dict[str, Any]:
    """Return what the provider vouches for about who signed in; raise `Failed`.

    Claims that are wanted and not in the id_token are asked of the userinfo endpoint: some providers keep groups there.
    """
    provider = await _provider(settings)
    async with _talking(), _client(settings, provider.metadata) as client:
        token = await client.fetch_token(
            provider.metadata["token_endpoint"],
            grant_type="authorization_code",
            code=code,
            code_verifier=attempt.verifier,
        )
        if not isinstance(token.get("id_token"), str):
            raise Failed("untrusted", "no id_token")
        found = await _verified(settings, provider, token["id_token"], token.get("access_token"), attempt.nonce)
        address = provider.metadata.get("userinfo_endpoint")
        if address and token.get("access_token") and any(name not in found for name in wanted):
            told = await _json(client, address, {"authorization": f"Bearer {token['access_token']}"})
            if told.get("sub") != found["sub"]:
                raise Failed("untrusted", "userinfo of somebody else")
            found = told | found
        return found


async def sign_out_address(settings: Settings, onward: str) -> str | None:
    """Return where the browser ends its session at the provider; None where the provider has no such place.

    The id_token is not kept (it names a person), so the provider may ask once more before it ends the session.
    """
    address = (await metadata(settings)).get("end_session_endpoint")
    if not address:
        return None
    values = {"client_id": settings.client_id, "post_logout_redirect_uri": f"{settings.public_address}{onward}"}
    return f"{address}{'&' if '?' in address else '?'}{urlencode(values)}"


async def _provider(settings: Settings) -> _Known:
    found = _known.get(settings.issuer)
    if found is not None and time.monotonic() < found.until:
        return found
    async with _talking(), _client(settings) as client:
        told = await _json(client, settings.discovery or settings.issuer.rstrip("/") + DISCOVERY)
    if told.get("issuer") != settings.issuer:
        raise Failed("untrusted", "issuer differs")
    is_local = settings.issuer.startswith("http:")
    for name in (*NEEDED, *OFFERED):
        address = told.get(name)
        if address is None and name in OFFERED:
            continue
        if not isinstance(address, str) or not is_safe(address, is_local):
            raise Failed("untrusted", f"{name} missing or not https")
    until = time.monotonic() + 60 * passwords.rules()["oidc"]["metadata_minutes"]
    _known[settings.issuer] = _Known(told, until)
    return _known[settings.issuer]


async def _verified(
    settings: Settings, provider: _Known, id_token: str, access_token: str | None, nonce: str
) -> dict[str, Any]:
    """Return the claims of an id_token that is signed by the provider, for us, now, and answers this very attempt."""
    offered = provider.metadata.get("id_token_signing_alg_values_supported") or ["RS256"]
    registry = JWSRegistry(algorithms=[a for a in offered if a in SIGNED_BY_KEY_PAIR], strict_check_header=False)
    try:
        try:
            token = jwt.decode(id_token, await _keys(settings, provider), registry=registry)
        except InvalidKeyIdError:  # the provider has new keys
            token = jwt.decode(id_token, await _keys(settings, provider, anew=True), registry=registry)
        options: Any = {
            "iss": {"essential": True, "value": settings.issuer},
            "aud": {"essential": True, "value": settings.client_id},
        }
        params = {"nonce": nonce, "client_id": settings.client_id, "access_token": access_token}
        found = CodeIDToken(token.claims, token.header, options, params)
        # the real clock: a day set for the pages (GANDAN_TODAY) would let an old token in
        found.validate(now=int(time.time()), leeway=passwords.rules()["oidc"]["clock_skew_seconds"])
    except (JoseError, ValueError, TypeError, KeyError) as error:
        raise Failed("untrusted", f"id_token: {getattr(error, 'claim', '') or type(error).__name__}") from None
    if not isinstance(found.get("sub"), str) or not found["sub"]:
        raise Failed("untrusted", "id_token: sub")
    return dict(found)


async def _keys(settings: Settings, provider: _Known, anew: bool = False) -> KeySet:
    now = time.monotonic()
    is_young = now - provider.keys_at < passwords.rules()["oidc"]["keys_again_seconds"]
    if provider.keys is not None and (not anew or is_young):
        return provider.keys
    async with _client(settings) as client:
        told = await _json(client, provider.metadata["jwks_uri"])
    usable = [key for key in told.get("keys", []) if key.get("kty") in KEY_PAIRS and key.get("use", "sig") == "sig"]
    provider.keys, provider.keys_at = KeySet.import_key_set({"keys": usable}), now
    return provider.keys


def _client(settings: Settings, found: Mapping[str, Any] | None = None) -> AsyncOAuth2Client:
    """Return a client that follows no redirect and waits no longer than the rule."""
    methods = (found or {}).get("token_endpoint_auth_methods_supported") or ["client_secret_basic"]
    return AsyncOAuth2Client(
        client_id=settings.client_id,
        client_secret=settings.client_secret,
        token_endpoint_auth_method="client_secret_basic" if "client_secret_basic" in methods else "client_secret_post",
        scope=" ".join(settings.scopes),
        redirect_uri=f"{settings.public_address}{CALLBACK}",
        code_challenge_method="S256",
        timeout=passwords.rules()["oidc"]["provider_seconds"],
        verify=_trusted(settings.ca_bundle),
        follow_redirects=False,
    )


def _trusted(ca_bundle: str) -> ssl.SSLContext:
    """Return the authorities of the machine, or the province's own; a file that was changed is read anew."""
    return _authorities(ca_bundle, Path(ca_bundle).stat().st_mtime_ns if ca_bundle else 0)


@lru_cache(maxsize=2)
def _authorities(ca_bundle: str, _changed: int) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=ca_bundle or None)


@asynccontextmanager
async def _talking() -> AsyncIterator[None]:
    """Turn whatever goes wrong at the provider into `Failed`; nothing it wrote is told on."""
    try:
        with anyio.fail_after(passwords.rules()["oidc"]["provider_seconds"]):
            yield
    except httpx.HTTPStatusError as error:
        raise Failed("down", f"status {error.response.status_code}") from None
    except (TimeoutError, httpx.HTTPError, OSError) as error:
        raise Failed("down", type(error).__name__) from None
    except AuthlibBaseError as error:
        raise Failed("untrusted", error.error if error.error in TOKEN_ERRORS else type(error).__name__) from None
    except (JoseError, ValueError) as error:
        raise Failed("untrusted", type(error).__name__) from None


async def _json(client: AsyncOAuth2Client, address: str, headers: Mapping[str, str] | None = None) -> dict[str, Any]:
    response = await client.request("GET", address, withhold_token=True, headers=headers)
    response.raise_for_status()
    told = response.json()
    if not isinstance(told, dict):
        raise Failed("untrusted", "no JSON object")
    return told

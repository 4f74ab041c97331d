"""`gandan accounts …`: who may sign in; the first administrator is made here and nowhere else."""

from __future__ import annotations

import getpass
import json
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING

import click

from gandan.exit_codes import Exit
from gandan.messages import lang_option, stop, tell, text
from warehouse.paths import DataDir

if TYPE_CHECKING:
    from ui.access.store import Store

ROLES = ("administrator", "analyst", "unit", "auditor", "viewer")
STDIN = click.option("--password-stdin", is_flag=True, help="Đọc mật khẩu từ stdin (read the password from stdin).")
UNITS = click.option("--unit", "units", multiple=True, help="Mã đơn vị của tài khoản cấp xã (codes of its units).")


@click.group()
def accounts() -> None:
    """Tài khoản đăng nhập (accounts)."""


@accounts.command("add")
@click.argument("login")
@click.option("--role", type=click.Choice(ROLES), required=True, help="Vai trò (role).")
@click.option("--name", default="", help="Tên hiển thị, ví dụ chức danh (shown name).")
@UNITS
@STDIN
@click.option(
    "--single-sign-on",
    "--without-password",
    "is_single",
    is_flag=True,
    help="Chỉ đăng nhập một lần qua hệ thống của tỉnh (OpenID Connect).",
)
@lang_option
def add(
    login: str, role: str, name: str, units: tuple[str, ...], password_stdin: bool, is_single: bool, lang: str
) -> None:
    """Thêm tài khoản (add an account); mật khẩu hỏi hai lần, không bao giờ nằm trên dòng lệnh."""
    from ui.access import accounts as kept

    password = None if is_single else _password(password_stdin, lang)
    _do(lambda store: kept.add(store, login, name or login, role, password, units, by=_who()), lang)  # type: ignore[arg-type]
    tell("account_added", lang, login=login)


@accounts.command("list")
@click.option("--format", "form", type=click.Choice(["table", "json"]), default="table", show_default=True)
@lang_option
def list_accounts(form: str, lang: str) -> None:
    """Liệt kê tài khoản (list)."""
    from ui.access import accounts as kept

    found = kept.all_accounts(_store())
    if form == "json":
        shown = [
            {"login": a.login, "name": a.name, "role": a.role, "units": a.unit_codes, "is_enabled": a.is_enabled,
             "single_sign_on": not a.has_password}
            for a in found
        ]  # fmt: skip
        click.echo(json.dumps(shown, ensure_ascii=False, indent=1))
        return
    for a in found:
        state = text("account_on" if a.is_enabled else "account_off", lang)
        way = text("account_by_password" if a.has_password else "account_by_single_sign_on", lang)
        click.echo(f"{a.login:<28}{a.role:<16}{state:<12}{way:<20}{' '.join(a.unit_codes) or '–'}  {a.name}")


@accounts.command("password")
@click.argument("login")
@STDIN
@lang_option
def password(login: str, password_stdin: bool, lang: str) -> None:
    """Đổi mật khẩu; mọi phiên của tài khoản kết thúc (change the password; its sessions end)."""
    from ui.access import accounts as kept

    given = _password(password_stdin, lang)
    _do(lambda store: kept.set_password(store, login, given, _who()), lang)
    tell("account_changed", lang, login=login)


@accounts.command("single-sign-on")
@click.argument("login")
@lang_option
def single_sign_on(login: str, lang: str) -> None:
    """Từ nay chỉ đăng nhập qua hệ thống của tỉnh: bỏ mật khẩu, gỡ liên kết với người cũ (no password any more)."""
    from ui.access import oidc_people

    _do(lambda store: oidc_people.entrust(store, login, _who()), lang)
    tell("account_entrusted", lang, login=login)


@accounts.command("disable")
@click.argument("login")
@lang_option
def disable(login: str, lang: str) -> None:
    """Khóa tài khoản; mọi phiên kết thúc ngay (keep out; its sessions end at once)."""
    _enable(login, False, lang)


@accounts.command("enable")
@click.argument("login")
@lang_option
def enable(login: str, lang: str) -> None:
    """Mở lại tài khoản (let in again)."""
    _enable(login, True, lang)


@accounts.command("role")
@click.argument("login")
@click.argument("role", type=click.Choice(ROLES))
@UNITS
@lang_option
def role(login: str, role: str, units: tuple[str, ...], lang: str) -> None:
    """Đổi vai trò hoặc đơn vị (change role or units); mọi phiên kết thúc."""
    from ui.access import accounts as kept

    _do(lambda store: kept.set_role(store, login, role, units, _who()), lang)  # type: ignore[arg-type]
    tell("account_changed", lang, login=login)


def _enable(login: str, is_enabled: bool, lang: str) -> None:
    from ui.access import accounts as kept

    _do(lambda store: kept.set_enabled(store, login, is_enabled, _who()), lang)
    tell("account_changed", lang, login=login)


def _store() -> Store:
    from ui.access.accounts import prepare
    from ui.access.store import open_store

    return prepare(open_store(DataDir.from_environment()))


def _do(work: Callable[[Store], object], lang: str) -> None:
    from ui.access.accounts import Refused
    from ui.access.passwords import Weak

    try:
        work(_store())
    except (Refused, Weak) as refused:
        stop(Exit.USAGE, text(f"account_{refused.code}", lang, **refused.values))


def _who() -> str:
    from ui.access.audit import acting

    return acting()


def _password(is_from_stdin: bool, lang: str) -> str:
    """Return the password from stdin, or asked twice on a terminal; it is never an argument."""
    if is_from_stdin:
        return sys.stdin.readline().rstrip("\n")
    if not sys.stdin.isatty():
        stop(Exit.NEEDS_ANSWER, text("account_password_where", lang))
    first = getpass.getpass(text("account_password", lang) + ": ")
    if first != getpass.getpass(text("account_password_again", lang) + ": "):
        stop(Exit.USAGE, text("account_passwords_differ", lang))
    return first

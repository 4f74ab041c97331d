"""What a province may write about its single sign-on, and what `gandan doctor` says of it."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from gandan.__main__ import main
from gandan.doctor import Look, examine
from gandan.messages import text
from tests.access.providers import PUBLIC, SECRET, aside, forging, write_settings
from ui.access import accounts, oidc, oidc_settings
from ui.access.store import open_store
from warehouse.paths import REPOSITORY, DataDir

ISSUER = "https://dangnhap.example.gov.vn"
GRANT = '[oidc.groups]\n[[oidc.groups.grant]]\ngroup = "a"\nrole = "{role}"\n{more}'


def sso(data_dir: DataDir) -> list[Look]:
    return [look for look in aside(lambda: examine(data_dir)) if look.key.startswith("doctor_sso")]


def test_without_the_file_or_its_section_there_is_no_single_sign_on_and_doctor_says_nothing(tmp_path: Path) -> None:
    data_dir = DataDir(tmp_path)
    assert oidc_settings.load(data_dir) is None and sso(data_dir) == []
    (tmp_path / "access.toml").write_text("# soon\n", "utf-8")
    assert oidc_settings.load(data_dir) is None and sso(data_dir) == []


@pytest.mark.parametrize(
    ("values", "more", "code"),
    [
        ({"isuer": "x"}, "", "unknown_key"),
        ({"client_id": ""}, "", "missing"),
        ({"issuer": "http://dangnhap.example.gov.vn"}, "", "not_https"),
        ({"public_address": "gandan.example.gov.vn"}, "", "not_https"),
        ({"public_address": "https://example.gov.vn/gandan"}, "", "public_address_path"),
        ({"scopes": ["profile"]}, "", "no_openid_scope"),
        ({"scopes": "openid"}, "", "bad_value"),
        ({"client_secret": ""}, "", "no_secret"),
        ({"client_secret": "mật khẩu"}, "", "bad_value"),
        ({"ca_bundle": "nowhere.pem"}, "", "no_ca_bundle"),
        ({"automatic_accounts": "yes"}, "", "bad_value"),
        ({"automatic_role": "administrator"}, "", "administrator_by_hand"),
        ({"automatic_role": "unit"}, "", "automatic_role_unit"),
        ({}, GRANT.format(role="administrator", more=""), "administrator_by_hand"),
        ({}, GRANT.format(role="chair", more=""), "no_such_role"),
        ({}, GRANT.format(role="unit", more=""), "grant_units"),
        ({}, GRANT.format(role="analyst", more='units = ["19432"]'), "grant_units"),
        ({}, "[oidc.groups]\nclaims = 1\n", "bad_value"),
        ({}, "[oidc", "unreadable"),
    ],
)
def test_a_wrong_setting_is_named_offers_no_button_and_never_tells_the_secret(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, values: dict[str, Any], more: str, code: str
) -> None:
    monkeypatch.delenv(oidc_settings.SECRET, raising=False)
    write_settings(tmp_path, ISSUER, more, **values)
    data_dir = DataDir(tmp_path)
    (look,) = sso(data_dir)
    assert (look.key, look.level) == (f"doctor_sso_{code}", "fail") and oidc_settings.usable(data_dir) is None
    for lang in ("vi", "en"):
        said = text(look.key, lang, **look.values)
        assert SECRET not in said and "{" not in said


def test_the_example_of_the_guide_is_right_with_and_without_what_it_leaves_open(tmp_path: Path) -> None:
    guide = (REPOSITORY / "docs" / "huong-dan.md").read_text("utf-8")
    (block,) = re.findall(r"```\n(\[oidc\]\n.*?)```", guide, re.DOTALL)
    own = write_settings(tmp_path, ISSUER).rename(tmp_path / "own.pem")
    whole = re.sub(r"^# (?=[\[a-z])", "", block, flags=re.MULTILINE).replace("/etc/ssl/tinh-ca.pem", str(own))
    assert whole != block
    found = []
    for text_of_file in (block, whole):
        (tmp_path / "access.toml").write_text(text_of_file, "utf-8")
        (tmp_path / "access.toml").chmod(0o600)
        found.append(oidc_settings.load(DataDir(tmp_path)))
    assert [(f.is_automatic, [g.role for g in f.grants]) for f in found if f] == [(False, []), (True, ["unit"])]


def test_a_secret_that_others_on_the_machine_can_read_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GANDAN_DATA_DIR", str(tmp_path))
    path, data_dir = write_settings(tmp_path, ISSUER), DataDir(tmp_path)
    assert oidc_settings.usable(data_dir) is not None
    path.chmod(0o640)
    assert oidc_settings.usable(data_dir) is None and [k.key for k in sso(data_dir)] == ["doctor_sso_secret_readable"]
    run = CliRunner().invoke(main, ["doctor"])
    assert run.exit_code == 5 and f"chmod 600 {path}" in run.output and SECRET not in run.output
    monkeypatch.setenv(oidc_settings.SECRET, "of-the-environment")  # then the file holds none that is used
    found = oidc_settings.usable(data_dir)
    assert found is not None and found.client_secret == "of-the-environment"


def test_doctor_says_whether_the_provider_answers_and_which_address_it_has_to_know(tmp_path: Path) -> None:
    oidc.forget()
    with forging() as provider:
        write_settings(tmp_path, provider.issuer)
        (look,) = sso(DataDir(tmp_path))
        assert (look.key, look.level) == ("doctor_sso", "ok")
        assert look.values["address"] == f"{PUBLIC}/sign-in/oidc/callback"
        oidc.forget()
        provider.metadata = {"issuer": "https://evil.example"}
        assert [k.key for k in sso(DataDir(tmp_path))] == ["doctor_sso_untrusted"]
    (look,) = sso(DataDir(tmp_path))
    assert (look.key, look.level) == ("doctor_sso_down", "fail")
    assert all(text(look.key, lang, **look.values) for lang in ("vi", "en"))


def test_where_the_packages_are_missing_there_is_no_button_and_doctor_names_the_command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_settings(tmp_path, ISSUER)
    monkeypatch.delitem(sys.modules, "ui.access.oidc", raising=False)
    monkeypatch.setattr("ui.access.oidc", None, raising=False)
    monkeypatch.delattr("ui.access.oidc")
    monkeypatch.setitem(sys.modules, "httpx", None)
    monkeypatch.setattr(oidc_settings, "find_spec", lambda name: None if name == "httpx" else object())
    assert oidc_settings.usable(DataDir(tmp_path)) is None
    (look,) = sso(DataDir(tmp_path))
    assert look.key == "doctor_sso_packages" and "requirements-sso.lock" in text(look.key, "vi", **look.values)


def test_an_account_for_single_sign_on_is_made_by_command_and_shown_as_such(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GANDAN_DATA_DIR", str(tmp_path))
    given = {"input": "bốn con ngựa đá cửa\n"}
    runner = CliRunner()
    for login in ("quantri", "thanhtra"):
        role = "administrator" if login == "quantri" else "auditor"
        runner.invoke(main, ["accounts", "add", login, "--role", role, "--password-stdin"], **given)
    runner.invoke(main, ["accounts", "add", "xa.laobao", "--role", "unit", "--unit", "19432", "--single-sign-on"])
    run = runner.invoke(main, ["accounts", "single-sign-on", "thanhtra"])
    assert run.exit_code == 0, run.output
    shown = json.loads(runner.invoke(main, ["accounts", "list", "--format", "json"]).stdout)
    assert {one["login"]: one["single_sign_on"] for one in shown} == {
        "quantri": False, "thanhtra": True, "xa.laobao": True,
    }  # fmt: skip
    run = runner.invoke(main, ["accounts", "single-sign-on", "quantri"])
    assert run.exit_code == 2 and "quản trị viên cuối cùng có mật khẩu" in run.output
    assert "đăng nhập một lần" in runner.invoke(main, ["accounts", "list"]).output
    found = accounts.get(open_store(DataDir(tmp_path)), "thanhtra")
    assert found is not None and not found.has_password

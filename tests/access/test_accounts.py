"""Who may sign in, and what ends it: accounts, passwords, lock-out, sessions, the audit trail."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from metrics.viewer import Viewer
from ui.access import accounts, audit, passwords, sessions
from ui.access.store import FILE, Store, open_store
from ui.access.viewers import may_manage, may_write, viewer_of
from warehouse import clock
from warehouse.paths import DataDir

GOOD = "bốn con ngựa đá cửa"
NOW = datetime(2026, 11, 22, 9, 0, 0)


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Store:
    monkeypatch.setattr(clock, "now", lambda: NOW)
    found = accounts.prepare(open_store(DataDir(tmp_path)))
    accounts.add(found, "quantri", "Quản trị", "administrator", GOOD, by="@test")
    return found


def later(monkeypatch: pytest.MonkeyPatch, **passed: float) -> None:
    moment = clock.now() + timedelta(**passed)
    monkeypatch.setattr(clock, "now", lambda: moment)


def test_the_file_is_for_its_owner_alone_and_holds_no_password(store: Store) -> None:
    assert store.path.name == FILE and store.path.stat().st_mode & 0o777 == 0o600
    kept = store.path.read_bytes() + b"".join(p.read_bytes() for p in store.path.parent.glob(f"{FILE}-*"))
    assert GOOD.encode() not in kept and b"$argon2id$" in kept


def test_a_password_opens_its_account_whichever_way_its_letters_are_written(store: Store) -> None:
    import unicodedata

    found = accounts.sign_in(store, " QuanTri ", unicodedata.normalize("NFD", GOOD))
    assert found is not None and (found.login, found.role) == ("quantri", "administrator")
    assert accounts.sign_in(store, "quantri", GOOD + "!") is None
    assert accounts.sign_in(store, "nobody", GOOD) is None


@pytest.mark.parametrize(
    ("password", "code"),
    [("ngắn quá", "too_short"), ("aaaaaaaaaaaaaaa", "too_plain"), ("Matkhau@2026!", "too_common"),
     ("xa-lao-bao-2026", "too_common"), ("x" * 100 + "abcde" * 30, "too_long")],
)  # fmt: skip
def test_weak_passwords_are_refused_with_the_reason(store: Store, password: str, code: str) -> None:
    with pytest.raises(passwords.Weak) as refused:
        accounts.add(store, "xa.laobao", "Xã Lao Bảo", "unit", password, ("19432",))
    assert refused.value.code == code and accounts.get(store, "xa.laobao") is None


def test_five_failures_lock_a_login_for_a_while_even_to_the_right_password(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    rule = passwords.rules()["lock_out"]
    for _ in range(rule["failures"]):
        assert accounts.sign_in(store, "quantri", "sai mật khẩu rồi") is None
    with pytest.raises(accounts.LockedOut) as locked:
        accounts.sign_in(store, "quantri", GOOD)
    assert locked.value.minutes == rule["for_minutes"]
    later(monkeypatch, minutes=rule["for_minutes"] + 1)
    assert accounts.sign_in(store, "quantri", GOOD) is not None
    assert accounts.sign_in(store, "quantri", "sai một lần nữa") is None  # counted anew after a good one


def test_signing_out_ends_the_session_at_once_and_nothing_in_the_store_opens_one(store: Store) -> None:
    account = accounts.get(store, "quantri")
    assert account is not None
    token, other = sessions.begin(store, account), sessions.begin(store, account)
    assert sessions.account_of(store, token) == account
    with store.reading() as con:
        kept = [row["token_hash"] for row in con.execute("SELECT token_hash FROM session")]
    assert token not in kept and all(sessions.account_of(store, one) is None for one in kept)
    sessions.end(store, token)
    assert sessions.account_of(store, token) is None and sessions.account_of(store, other) == account
    assert sessions.account_of(store, "") is None


def test_a_session_ends_when_idle_and_at_its_longest(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    account, rule = accounts.get(store, "quantri"), passwords.rules()["session"]
    assert account is not None
    idle, used = sessions.begin(store, account), sessions.begin(store, account)
    for _ in range(int(rule["longest_hours"] * 60 / 30)):
        later(monkeypatch, minutes=30)
        assert sessions.account_of(store, used) == account
    assert sessions.account_of(store, idle) is None
    later(monkeypatch, minutes=30)
    assert sessions.account_of(store, used) is None


@pytest.mark.parametrize("change", ["password", "disabled", "role"])
def test_a_change_of_the_account_ends_its_sessions(store: Store, change: str) -> None:
    unit = accounts.add(store, "xa.laobao", "Xã Lao Bảo", "unit", GOOD, ("19432",))
    token = sessions.begin(store, unit)
    if change == "password":
        accounts.set_password(store, "xa.laobao", "một câu khác hẳn trước", "quantri")
    elif change == "disabled":
        accounts.set_enabled(store, "xa.laobao", False, "quantri")
        assert accounts.sign_in(store, "xa.laobao", GOOD) is None
    else:
        accounts.set_role(store, "xa.laobao", "viewer", (), "quantri")
    assert sessions.account_of(store, token) is None


def test_the_last_administrator_cannot_be_kept_out(store: Store) -> None:
    for attempt in (
        lambda: accounts.set_enabled(store, "quantri", False, "quantri"),
        lambda: accounts.set_role(store, "quantri", "analyst", (), "quantri"),
    ):
        with pytest.raises(accounts.Refused) as refused:
            attempt()
        assert refused.value.code == "last_administrator"
    found = accounts.get(store, "quantri")
    assert found is not None and found.is_enabled and found.role == "administrator"


def test_each_role_looks_as_it_may(store: Store) -> None:
    def bodies_of(code: str) -> frozenset[str]:
        return frozenset({f"{code}-20250701", f"{code}-20200101"})

    seen = {}
    for role in accounts.ROLES:
        codes = ("19432",) if role == "unit" else ()
        account = accounts.add(store, f"thu.{role}", role, role, GOOD, codes)
        seen[role] = (viewer_of(account, bodies_of), may_write(account), may_manage(account))
    assert seen["unit"] == (
        Viewer("unit", frozenset({"19432-20250701", "19432-20200101"}), "unit:19432"), False, False,
    )  # fmt: skip
    assert {role: (v.role, w, m) for role, (v, w, m) in seen.items()} == {
        "administrator": ("province", True, True), "analyst": ("province", True, False),
        "unit": ("unit", False, False), "auditor": ("auditor", False, False), "viewer": ("viewer", False, False),
    }  # fmt: skip


def test_the_audit_trail_tells_who_did_what_and_no_password(store: Store) -> None:
    accounts.sign_in(store, "quantri", "sai mật khẩu rồi")
    accounts.sign_in(store, "quantri", GOOD)
    accounts.sign_in(store, "0912345678", GOOD)  # what somebody typed into the wrong box
    told = [(e.who, e.action) for e in audit.entries(store)]
    assert told == [
        ("@test", "account_added"), ("quantri", "sign_in_failed"), ("quantri", "signed_in"), ("?", "sign_in_failed"),
    ]  # fmt: skip
    assert audit.verify(store) is None


@pytest.mark.parametrize(
    ("tampering", "how", "number"),
    [
        ("UPDATE audit SET who = 'khác' WHERE number = 3", "changed", 3),
        ("UPDATE audit SET details = '{}' WHERE number = 2", "changed", 2),
        ("DELETE FROM audit WHERE number = 2", "missing", 2),
        ("DELETE FROM audit WHERE number = 1", "missing", 1),
        ("DELETE FROM audit WHERE number >= 4", "cut_off", 4),
    ],
)
def test_tampering_with_the_trail_is_found(store: Store, tampering: str, how: str, number: int) -> None:
    for n in range(4):
        audit.note(DataDir(store.path.parent), "quantri", "exported", n=n)
    con = sqlite3.connect(store.path)
    with pytest.raises(sqlite3.DatabaseError, match="only ever added to"):
        con.execute(tampering)
    con.execute("DROP TRIGGER audit_is_kept")
    con.execute("DROP TRIGGER audit_is_unchanged")
    con.execute(tampering)
    con.commit()
    con.close()
    assert audit.verify(store) == audit.Broken(number, how)


def test_accounts_are_made_on_the_command_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GANDAN_DATA_DIR", str(tmp_path))

    def gandan(*arguments: str, given: str = "") -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "gandan", *arguments]
        return subprocess.run(command, input=given, capture_output=True, text=True, check=False)

    assert gandan("accounts", "add", "quantri", "--role", "administrator").returncode == 4
    weak = gandan("accounts", "add", "quantri", "--role", "administrator", "--password-stdin", given="123456\n")
    assert weak.returncode == 2 and "ít nhất 12" in weak.stderr
    made = gandan("accounts", "add", "quantri", "--role", "administrator", "--password-stdin", given=GOOD + "\n")
    assert made.returncode == 0, made.stderr
    assert gandan("accounts", "add", "xa", "--role", "unit", "--password-stdin", given=GOOD + "\n").returncode == 2
    (listed,) = json.loads(gandan("accounts", "list", "--format", "json").stdout)
    assert (listed["login"], listed["role"]) == ("quantri", "administrator")
    assert gandan("accounts", "disable", "quantri").returncode == 2
    assert gandan("audit-verify").returncode == 0
    assert "account_added" in gandan("audit").stdout and GOOD not in gandan("audit", "--format", "json").stdout

"""The pages of administration and of one's own account: who gets them, what they do, what they leave in the trail."""

from __future__ import annotations

import ast
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from gandan.__main__ import NOTED
from tests.pages.conftest import Open
from ui import guard, people
from ui.access import accounts, audit, credentials, passwords, sessions
from ui.access.accounts import Account
from ui.access.store import Store, open_store
from ui.text import LANGUAGES, Text
from warehouse.paths import REPOSITORY, DataDir

GOOD, OTHER = "bốn con ngựa đá cửa", "ba con trâu đá núi"
As = Callable[[str], Account]
WRITERS = {("audit", "add"), ("audit", "note"), ("audit", "note_if_used"), ("lists", "note"), ("", "note"),
           ("accounts", "change"), ("", "change"), ("", "_write"), ("sessions", "end")}  # fmt: skip


@pytest.fixture
def data(published: DataDir, tmp_path: Path) -> DataDir:
    """The small world with an account of every role."""
    shutil.copytree(published.root, tmp_path / "data", ignore=shutil.ignore_patterns("*.sqlite*", "WRITER.lock"))
    found = DataDir(tmp_path / "data")
    store = accounts.prepare(open_store(found))
    for login, role, units in (
        ("quantri", "administrator", ()), ("chuyenvien", "analyst", ()), ("xa1", "unit", ("19432",)),
        ("thanhtra", "auditor", ()), ("khach", "viewer", ()),
    ):  # fmt: skip
        accounts.add(store, login, f"Tên {login}", role, GOOD, units, by="@test")  # type: ignore[arg-type]
    return found


@pytest.fixture
def store(data: DataDir) -> Store:
    return accounts.prepare(open_store(data))


@pytest.fixture
def signed_in(store: Store, monkeypatch: pytest.MonkeyPatch) -> As:
    """Let the browser hold the session of a login."""

    def _as(login: str) -> Account:
        account = accounts.get(store, login)
        assert account is not None
        token = sessions.begin(store, account)
        monkeypatch.setattr(guard, "token", lambda: token)
        return account

    return _as


def is_offered(open_page: Open, name: str, root: Path | None = None) -> bool:
    """Return whether the application knows the page for this reader."""
    try:
        return bool(open_page(name, root).title)
    except ValueError as why:
        assert "Could not find a navigation page" in str(why)
        return False


def said(page: AppTest) -> str:
    return " ".join(str(e.value) for kind in ("markdown", "error", "success", "warning", "info", "caption")
                    for e in getattr(page, kind))  # fmt: skip


@pytest.mark.parametrize("role", accounts.ROLES)
def test_each_role_is_offered_its_pages_and_no_other(
    role: accounts.Role, data: DataDir, store: Store, signed_in: As, open_page: Open
) -> None:
    one = next(a for a in accounts.all_accounts(store) if a.role == role)
    signed_in(one.login)
    may_read = role in ("administrator", "auditor")
    assert is_offered(open_page, "administration", data.root) is may_read
    if may_read:
        parts = str([list(c.options) for c in open_page("administration", data.root).get("button_group")])
        assert ("Tài khoản" in parts) is (role == "administrator") and "Nhật ký" in parts
    own = open_page("my_account", data.root)
    assert own.title[0].value == "Tài khoản của tôi" and one.login in said(own)


def test_on_an_open_server_nobody_is_offered_an_account(open_page: Open) -> None:
    assert not is_offered(open_page, "administration") and not is_offered(open_page, "my_account")


@pytest.mark.parametrize("lang", LANGUAGES)
def test_an_administrator_adds_a_unit_account_and_hands_its_password_out_once(
    lang: str, data: DataDir, store: Store, signed_in: As, open_page: Open
) -> None:
    signed_in("quantri")
    page = open_page("administration", data.root, lang=lang)
    page.text_input(key="add_login").set_value(" CT.HuongHoa ").run()
    units = page.multiselect(key="add_units")
    units.set_value([units.options[0]]).run()
    page.button(key="add_account").click().run()
    assert not page.exception and not page.error
    given = page.code[0].value
    assert len(given) == 19 and "ct.huonghoa" in said(page)
    made = accounts.sign_in(store, "ct.huonghoa", given)
    assert made is not None and made.is_to_change and len(made.unit_codes) == 1 and made.role == "unit"
    page.button(key="given_away").click().run()
    assert not page.code
    told = audit.entries(store)
    assert {e.action for e in told[-3:]} == {"account_added", "password_issued", "signed_in"}
    assert given not in str(told) and given.encode() not in store.path.read_bytes()


def test_whoever_was_handed_a_password_can_do_nothing_before_choosing_another(
    data: DataDir, store: Store, signed_in: As, open_page: Open
) -> None:
    given = credentials.issue(store, "chuyenvien", "quantri")
    signed_in("chuyenvien")
    assert not is_offered(open_page, "overview", data.root)
    page = open_page("my_account", data.root)
    assert "do quản trị viên cấp" in said(page)

    def change(present: str, chosen: str, again: str) -> str:
        page.text_input(key="present").set_value(present)
        page.text_input(key="chosen").set_value(chosen)
        page.text_input(key="again").set_value(again)
        page.button[0].click().run()
        return said(page)

    assert "không giống nhau" in change(given, OTHER, OTHER + "x")
    assert "không đúng" in change("sai mật khẩu rồi", OTHER, OTHER)
    assert "ít nhất" in change(given, "ngắn", "ngắn")
    assert "phải khác" in change(given, given, given)
    assert "Đã đổi mật khẩu" in change(given, OTHER, OTHER)
    assert accounts.sign_in(store, "chuyenvien", given) is None
    found = accounts.sign_in(store, "chuyenvien", OTHER)
    assert found is not None and not found.is_to_change
    signed_in("chuyenvien")
    assert is_offered(open_page, "overview", data.root)


def test_changing_ones_password_counts_failures_like_signing_in(store: Store) -> None:
    account = accounts.get(store, "xa1")
    assert account is not None
    for _ in range(passwords.rules()["lock_out"]["failures"]):
        with pytest.raises(credentials.WrongPassword):
            credentials.change_own(store, account, "sai mật khẩu rồi", OTHER)
    with pytest.raises(accounts.LockedOut):
        credentials.change_own(store, account, GOOD, OTHER)
    assert credentials.unlock(store, "xa1", "quantri") and not credentials.unlock(store, "xa1", "quantri")
    credentials.change_own(store, account, GOOD, OTHER)
    assert accounts.sign_in(store, "xa1", OTHER) is not None


def test_the_last_administrator_is_not_locked_out_and_the_page_says_so(
    data: DataDir, store: Store, signed_in: As, open_page: Open
) -> None:
    signed_in("quantri")
    page = open_page("administration", data.root)
    page.selectbox(key="change_login").select("quantri").run()
    page.button(key="switch").click().run()
    assert "quản trị viên cuối cùng" in said(page)
    page.selectbox(key="change_login").select("xa1").run()
    page.button(key="switch").click().run()
    assert "Đã khóa xa1" in said(page) and accounts.sign_in(store, "xa1", GOOD) is None


def test_ending_the_other_sessions_leaves_this_one(data: DataDir, store: Store, signed_in: As, open_page: Open) -> None:
    account = accounts.get(store, "xa1")
    assert account is not None
    other = sessions.begin(store, account)
    signed_in("xa1")
    page = open_page("my_account", data.root)
    assert list(page.dataframe[0].value["Phiên"]) in (["phiên này", "phiên khác"], ["phiên khác", "phiên này"])
    page.button(key="end_others").click().run()
    assert sessions.account_of(store, other) is None and sessions.account_of(store, guard.token()) == account
    assert not page.exception and len(page.dataframe[0].value) == 1


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_trail_is_read_in_words_found_without_accents_and_checked(
    lang: str, data: DataDir, store: Store, signed_in: As, open_page: Open
) -> None:
    audit.note(data, "xa1", "list_viewed", list="pending_overdue", unit="19432", period="2026-10", rows=12)
    audit.note(data, "@may", "publish", code=0, snapshot="20261101T000000Z-abcdef")
    signed_in("thanhtra")
    page = open_page("administration", data.root, lang=lang)
    shown = page.dataframe[0].value
    text = Text.of(lang)
    assert text("people.action.list_viewed") in set(shown.iloc[:, 3]) and "pending_overdue" not in str(shown.values)
    page.text_input(key="trail_words").set_value("cong bo" if lang == "vi" else "published").run()
    assert list(page.dataframe[0].value.iloc[:, 3]) == [text("people.action.publish")]
    page.button(key="verify").click().run()
    assert not page.exception and ("nguyên vẹn" in said(page) or "is whole" in said(page))
    assert audit.entries(store)[-1].action == "trail_verified"


def test_an_account_is_unlinked_from_the_person_who_had_its_login_before(
    data: DataDir, store: Store, signed_in: As, open_page: Open
) -> None:
    accounts.add(store, "xa2", "Tên xa2", "unit", None, ("19432",), by="@test")
    audit.note(data, "xa2", "sign_in_refused", way="oidc", why="other_person")
    signed_in("quantri")
    page = open_page("administration", data.root)
    page.selectbox(key="change_login").select("xa1").run()
    assert "entrust" not in [button.key for button in page.button]  # the province has no single sign-on
    page.selectbox(key="change_login").select("xa2").run()
    page.button(key="entrust").click().run()
    assert not page.exception and "xa2 sẽ được gắn với người đăng nhập tiếp theo" in said(page)
    assert [e.action for e in audit.entries(store, 1)] == ["account_released"]
    shown = people.trail_table(Text.of("vi"), audit.entries(store), str).rows
    (refused,) = [row for row in shown if "từ chối" in str(row[3])]
    assert "tên đăng nhập đã gắn với người khác" in str(refused) and "other_person" not in str(refused)


def test_a_changed_entry_is_named(data: DataDir, store: Store, signed_in: As, open_page: Open) -> None:
    with store.writing() as con:
        con.execute("DROP TRIGGER audit_is_unchanged")
        con.execute("UPDATE audit SET who = 'khac' WHERE number = 2")
    signed_in("thanhtra")
    page = open_page("administration", data.root)
    page.button(key="verify").click().run()
    assert page.error[0].value.startswith("Dòng 2 đã bị sửa")


def noted_in_code() -> set[str]:
    """Return the actions that any call of ours writes to the trail: the first word of code among its arguments."""
    found = set(NOTED)
    for folder in ("ui", "pages", "gandan"):
        for path in (REPOSITORY / folder).rglob("*.py"):
            for call in (n for n in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(n, ast.Call)):
                name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
                whose = call.func.value.id if isinstance(call.func, ast.Attribute) and isinstance(
                    call.func.value, ast.Name) else ""  # fmt: skip
                if (whose, name) in WRITERS or (("", name) in WRITERS and not whose):
                    plain = [x for a in call.args for x in ((a.body, a.orelse) if isinstance(a, ast.IfExp) else (a,))]
                    said = [n.value for n in plain if isinstance(n, ast.Constant)]
                    found |= {w for w in said if isinstance(w, str) and re.fullmatch(r"[a-z]+(_[a-z]+)+", w)}
    return found


def test_every_action_that_the_code_notes_has_words() -> None:
    found = noted_in_code()
    assert {"list_viewed", "account_disabled", "rows_marked", "publish"} <= found
    for lang in LANGUAGES:
        assert [code for code in sorted(found) if people.action(Text.of(lang), code) == code] == []

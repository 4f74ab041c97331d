"""Accounts: the list, a new one, and what can be done with one."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from ui import blocks, controls, lists, numbers, people
from ui.access import accounts, credentials, oidc_people, oidc_settings, passwords, sessions
from ui.access.accounts import Account
from ui.access.store import Store
from ui.plain import Plain
from warehouse.paths import DataDir

SAID = "people_said"
"""What the last act led to; shown once, above the list."""
GIVEN = "people_given"
"""Login and password handed out: kept until it is put away, for nobody can read it again."""


def show(work: Plain, own: Account) -> None:
    """Draw the part."""
    text, store = work.text, accounts.prepare(lists.store())
    _said(work)
    everyone = accounts.all_accounts(store)
    units = controls.bodies("commune", "agency")
    n_open = {one.id: len(sessions.open_of(store, one)) for one in everyone}
    locked = {one.login for one in everyone if accounts.locked_for(store, one.login)}
    table = people.account_table(text, everyone, lambda code: units.get(code, code), n_open, locked)
    blocks.say(text("people.count", n=numbers.integer(len(everyone), text.lang)))
    blocks.table(work, table, text("people.list"), "accounts")
    _add(work, store, units, own)
    _change(work, store, units, own, everyone, locked)


def _said(work: Plain) -> None:
    text = work.text
    if said := st.session_state.pop(SAID, ""):
        st.success(said, icon=":material/check:")
    if given := st.session_state.get(GIVEN):
        login, password = given
        with st.container(border=True):
            st.markdown(text("people.given", login=login))
            st.code(password, language=None)
            st.caption(text("people.given_help"))
            if st.button(text("people.given_away"), key="given_away"):
                del st.session_state[GIVEN]
                st.rerun()


def _add(work: Plain, store: Store, units: dict[str, str], own: Account) -> None:
    text = work.text
    with st.expander(text("people.add"), icon=":material/person_add:"):
        login = st.text_input(text("access.login"), key="add_login", max_chars=120, help=text("people.login_help"))
        name = st.text_input(text("people.column.name"), key="add_name", max_chars=120, help=text("people.name_help"))
        role, codes = _role(work, units, "add", None)
        elsewhere = st.checkbox(
            text("people.sign_in.elsewhere"), key="add_elsewhere", help=text("people.elsewhere_help")
        )
        is_ready = bool(login.strip()) and (role != "unit" or bool(codes))
        if st.button(text("people.add_do"), key="add_account", type="primary", disabled=not is_ready):

            def made() -> None:
                if elsewhere:
                    accounts.add(store, login, name or login, role, None, codes, own.login)
                else:
                    st.session_state[GIVEN] = credentials.add(store, login, name or login, role, codes, own.login)
                    st.session_state[GIVEN] = (login.strip().lower(), st.session_state[GIVEN][1])
                for key in ("add_login", "add_name"):
                    del st.session_state[key]

            _do(work, made, text("people.added", login=login.strip().lower()))


def _role(work: Plain, units: dict[str, str], key: str, one: Account | None) -> tuple[accounts.Role, tuple[str, ...]]:
    """Return the role and the units chosen; an account's own are chosen at first."""
    text = work.text
    role = st.selectbox(
        text("people.column.role"), accounts.ROLES, index=accounts.ROLES.index(one.role if one else "unit"),
        format_func=lambda r: text(f"access.role.{r}"), key=f"{key}_role", help=text("people.role_help"),
    )  # fmt: skip
    if role != "unit":
        return role, ()
    held = list(one.unit_codes) if one else []
    offered = {**{code: code for code in held}, **units}
    chosen = st.multiselect(
        text("people.column.units"), list(offered), default=held, format_func=offered.__getitem__,
        key=f"{key}_units", placeholder=text("filter.choose"),
    )  # fmt: skip
    return role, tuple(chosen)


def _change(
    work: Plain, store: Store, units: dict[str, str], own: Account, everyone: list[Account], locked: set[str]
) -> None:
    text = work.text
    by_login = {one.login: one for one in everyone}
    with st.expander(text("people.change"), icon=":material/manage_accounts:"):
        login = st.selectbox(
            text("people.which"), list(by_login), index=None, placeholder=text("filter.choose"), key="change_login",
            format_func=lambda known: f"{known} · {by_login[known].name}",
        )  # fmt: skip
        if login is None:
            return
        one = by_login[login]
        role, codes = _role(work, units, f"change_{login}", one)
        is_other = (role, codes) != (one.role, one.unit_codes) and (role != "unit" or bool(codes))
        with st.container(horizontal=True):
            if st.button(text("people.role_do"), key="change_role", disabled=not is_other):
                _do(work, lambda: accounts.set_role(store, login, role, codes, own.login), text("people.changed"))
            if st.button(text("people.issue"), key="issue", help=text("people.issue_help")):

                def issue() -> None:
                    st.session_state[GIVEN] = (login, credentials.issue(store, login, own.login))

                _do(work, issue, text("people.issued", login=login))
            if not one.has_password or is_single():
                words = "sso.release" if not one.has_password else "sso.entrust"
                if st.button(text(words), key="entrust", help=text(f"{words}_help")):
                    done = text("sso.entrusted", login=login)
                    _do(work, lambda: oidc_people.entrust(store, login, own.login), done)
            if login in locked and st.button(text("people.unlock"), key="unlock"):
                _do(work, lambda: credentials.unlock(store, login, own.login), text("people.unlocked", login=login))
            if st.button(text("people.end"), key="end_sessions"):
                _do(work, lambda: sessions.end_others(store, one, "", own.login), text("people.ended_all", login=login))
            word = "disable" if one.is_enabled else "enable"
            if st.button(text(f"people.{word}"), key="switch", help=text(f"people.{word}_help")):
                done = text(f"people.{word}d", login=login)
                _do(work, lambda: accounts.set_enabled(store, login, not one.is_enabled, own.login), done)


def is_single() -> bool:
    """Return whether the province has single sign-on."""
    return oidc_settings.usable(DataDir.from_environment()) is not None


def _do(work: Plain, act: Callable[[], object], said: str) -> None:
    """Do it and draw anew; what is refused is said where it was asked."""
    try:
        act()
    except (accounts.Refused, passwords.Weak) as why:
        st.error(work.text(f"people.refused.{why.code}", **why.values), icon=":material/error:")
        return
    st.session_state[SAID] = said
    st.rerun()

"""My account: what it may see, where it is signed in, and its password."""

import streamlit as st

from ui import blocks, controls, guard, lists, people
from ui.access import accounts, credentials, passwords, sessions, web

viewer = guard.require("my_account")
account = guard.account()
assert account is not None  # the page is offered to accounts only
work = controls.open_plain("my_account")
text, store = work.text, accounts.prepare(lists.store())
names = controls.bodies("commune", "agency")
units = ", ".join(names.get(code, code) for code in account.unit_codes)
pieces = [f"**{lists.plainly(account.name)}**", account.login, text(f"access.role.{account.role}"), units]
st.markdown(" · ".join(piece for piece in pieces if piece))
if account.is_to_change:
    st.warning(text("people.to_change"), icon=":material/key:")

blocks.heading(text("people.password"))
if not account.has_password:
    st.markdown(text("people.no_password"))
else:
    with st.form("own_password", clear_on_submit=True, border=False):
        present = st.text_input(text("people.present"), type="password", key="present", autocomplete="current-password")
        chosen = st.text_input(
            text("people.chosen"), type="password", key="chosen", autocomplete="new-password",
            help=text("people.password_help", n=passwords.rules()["password"]["shortest"]),
        )  # fmt: skip
        again = st.text_input(text("people.again"), type="password", key="again", autocomplete="new-password")
        is_sent = st.form_submit_button(text("people.password_do"), key="change_password", type="primary")
    if is_sent and chosen != again:
        st.error(text("people.refused.differ"), icon=":material/error:")
    elif is_sent:
        try:
            credentials.change_own(store, account, present, chosen)
        except credentials.WrongPassword:
            st.error(text("people.refused.wrong"), icon=":material/error:")
        except accounts.LockedOut as locked:
            st.error(text("access.locked", n=locked.minutes), icon=":material/lock:")
        except passwords.Weak as why:
            st.error(text(f"people.refused.{why.code}", **why.values), icon=":material/error:")
        else:
            st.success(text("people.password_changed"), icon=":material/check:")
            blocks.link(f"{web.SIGN_IN}?lang={text.lang}", text("access.go"))
            st.stop()

if not account.is_to_change:
    token = guard.token()
    lasting = sessions.open_of(store, account, token)
    blocks.heading(text("people.sessions"))
    blocks.plain(work, people.session_table(text, lasting), text("people.sessions"), "sessions")
    if len(lasting) > 1 and st.button(text("people.end_others"), key="end_others"):
        sessions.end_others(store, account, token, account.login)
        st.rerun()

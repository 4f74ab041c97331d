"""Administration: who may sign in, for the administrator; the audit trail, for the administrator and the inspector."""

from pages.administration_parts import people, trail
from ui import controls, guard
from ui.access import viewers

viewer = guard.require("administration")
account = guard.account()
assert account is not None  # the page is offered to accounts only
work = controls.open_plain("administration")
parts = {"people": people.show, "trail": trail.show}
if not viewers.may_manage(account):
    del parts["people"]
chosen = controls.named_part(work, "administration", {n: work.text(f"people.part.{n}") for n in parts})
parts[chosen](work, account)

"""Targets and events: what is to be reached, what happened on a day; set, noted and withdrawn, with who and when."""

from pages.plan_parts import events, targets
from pages.plan_parts.desk import Desk
from ui import controls, guard

viewer = guard.require("plan")
page = controls.open_page(viewer, "plan", "case")

PARTS = {"targets": targets.show, "events": events.show}
PARTS[controls.part(page, tuple(PARTS), "plan")](Desk(page))

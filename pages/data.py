"""Data: load files, answer what they ask, see what would change, publish; who has sent, history, closed periods."""

from pages.data_parts import closed, history, load, publish, rejects, sent, slips
from pages.data_parts.desk import Desk, running
from ui import arrivals, blocks, controls, guard
from warehouse.paths import DataDir

viewer = guard.require("data")

PARTS = {
    "load": load.show,
    "publish": publish.show,
    "slips": slips.show,
    "rejects": rejects.show,
    "history": history.show,
    "coverage": sent.show,
    "closed": closed.show,
}
# For the province only: what changes figures, and what shows rows as their sender wrote them.
WRITES = ("load", "publish", "slips")
READS_SNAPSHOT = ("rejects", "coverage", "closed")

text, page = controls.open_desk(viewer, "data", "case")
desk = Desk(viewer, text, DataDir.from_environment(), page)
if page is not None:
    blocks.context_line(page, "case", rule=False)
    blocks.say(arrivals.sentence(text, page.read("loads"), len(page.not_sent("case"))))

names = [n for n in PARTS if guard.may_write(viewer) or n not in WRITES]
names = [n for n in names if page is not None or n not in READS_SNAPSHOT]
chosen = controls.named_part(desk, "section", {n: text(f"desk.part.{n}") for n in names})
if guard.may_write(viewer):
    running(desk)
PARTS[chosen](desk)

"""What the Data page shows of who has sent what: sentence, heat table, table twin, reminder list. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import plotly.graph_objects as go

from metrics import periods, submissions
from metrics.model import Query
from metrics.submissions import OWING, Board, Cell, State, UnitRow
from metrics.viewer import Viewer
from ui import charts, numbers, tables, theme
from ui.text import Text
from ui.view import mid_sentence, short_label
from warehouse.paths import DataDir

_LEVEL: dict[State, int | None] = {
    "in_time": 2, "sent": 2, "late": 1, "partly": 1, "not_sent": 0, "not_due": 3, "not_expected": None
}  # fmt: skip
_SIGN: dict[State, str] = {
    "in_time": "",
    "sent": "",
    "partly": "◐",
    "not_sent": "×",
    "not_due": "…",
    "not_expected": "",
}
ROW = 20
"""Pixels of a unit."""
LEVELS = ("commune", "agency", "district")
MOST = 40
"""More rows than this push the reminder list off the screen: then only those with something to see are drawn."""


def sent(query: Query, viewer: Viewer, source: Any, *, dataset: str, root: str, at: str) -> Board:
    """Return who has sent a dataset for a question's unit and period; `at` is the moment up to which that is known."""
    within = None if query.level == "province" else query.unit
    upto = f"{periods.parse(query.period, query.calendar).end:%Y-%m}"
    return submissions.board(
        source, DataDir(Path(root)), dataset, calendar=query.calendar, upto=upto, n_cycles=1, within=within,
        viewer=viewer,
    )  # fmt: skip


def dataset(text: Text, name: str) -> str:
    """Return what a dataset is called."""
    return text(f"dataset.{name}")


def period(board: Board, token: str, text: Text) -> str:
    """Return the name of a cycle as it stands inside a sentence.

    >>> from types import SimpleNamespace
    >>> period(SimpleNamespace(calendar="calendar"), "2026-10", Text.of("vi"))
    'tháng 10/2026'
    """
    return mid_sentence(periods.parse(token, board.calendar).name(text.lang))


def padded(n: int, text: Text) -> str:
    """Return a number as official lists print it: 03, not 3, in Vietnamese.

    >>> padded(3, Text.of("vi")), padded(12, Text.of("vi")), padded(0, Text.of("vi")), padded(3, Text.of("en"))
    ('03', '12', '0', '3')
    """
    return f"{n:02d}" if text.lang == "vi" and 0 < n < 10 else numbers.integer(n, text.lang)


def state(cell: Cell, text: Text, of: str = "") -> str:
    """Return a cell in words: state, day, what is particular; `of`: the board's dataset."""
    key = "not_due_part" if cell.state == "not_due" and cell.known_to else cell.state
    late = text(f"board.state.days_{cell.late_unit}", n=cell.days_late) if cell.days_late is not None else ""
    said = text(
        f"board.state.{key}",
        sent=numbers.day(cell.sent_on) if cell.sent_on else text("board.state.no_day"),
        late=late,
        known=numbers.day(cell.known_to),
        due=numbers.day(cell.due_on),
    )
    more = []
    if cell.dataset and of and cell.dataset != of:
        more.append(text("board.state.instead", dataset=dataset(text, cell.dataset)))
    if cell.load_no is not None and not cell.is_published:
        more.append(text("board.state.unpublished"))
    if cell.withdrawn:
        more.append(text("board.state.withdrawn", loads=", ".join(map(str, cell.withdrawn))))
    return f"{said} ({'; '.join(more)})" if said and more else said


def title(board: Board, token: str, text: Text, level: str = "commune") -> str:
    """Return the finding: how many of those that owe have not sent."""
    counts = board.counts(token, level)
    of = sum(n for s, n in counts.items() if s != "not_expected")
    said = {"who": text(f"board.who_{level}"), "dataset": dataset(text, board.dataset), "of": padded(of, text),
            "period": period(board, token, text)}  # fmt: skip
    if not of:
        return text("board.nobody", dataset=said["dataset"])
    if counts["not_due"]:
        there = counts["in_time"] + counts["late"] + counts["sent"]
        said["dataset"] = said["dataset"][:1].upper() + said["dataset"][1:]
        return text("board.title_not_due", n=padded(there, text), **said)
    missing = counts["not_sent"] + counts["partly"]
    if not missing:
        return text("board.title_none", **said)
    return text("board.title_part" if counts["partly"] else "board.title", n=padded(missing, text), **said)


def sentences(board: Board, token: str, text: Text) -> list[str]:
    """Return what is to be said of a cycle: per level who has and has not sent, what is not published, what waits."""
    found = []
    at = board.at(token)
    for level in LEVELS:
        counts = board.counts(token, level)
        of = sum(n for s, n in counts.items() if s != "not_expected")
        if not of:
            continue
        cells = [row.cells[at] for row in board.units if row.level == level]
        due = next((c.due_on for c in cells if c.due_on), board.due_on[at])
        said = {
            "who": text(f"board.who_{level}"), "dataset": dataset(text, board.dataset),
            "period": period(board, token, text), "cut_off": numbers.day(board.cycles[at].cut_off),
            "due": numbers.day(board.due_on[at] if level == "commune" else due), "of": padded(of, text),
        }  # fmt: skip
        if counts["not_due"]:
            there = counts["in_time"] + counts["sent"] + counts["late"]
            part = sum(c.state == "not_due" and c.known_to is not None for c in cells)
            found.append(
                capital(text("board.sentence_not_due", good=padded(there, text), part=padded(part, text), **said))
            )
            continue
        is_judged = not counts["sent"] or counts["in_time"] or counts["late"]
        found.append(
            text(
                "board.sentence" if is_judged else "board.sentence_unjudged",
                silent=padded(counts["not_sent"], text),
                part=padded(counts["partly"], text),
                late=padded(counts["late"], text),
                good=padded(counts["in_time"], text),
                sent=padded(counts["sent"], text),
                **said,
            )
        )
        if counts["sent"] and is_judged:
            found.append(text("board.sentence_sent", sent=padded(counts["sent"], text)))
    unpublished = sum(not row.cells[at].is_published for row in board.units)
    if unpublished:
        found.append(text("board.sentence_unpublished", n=padded(unpublished, text)))
    if board.n_waiting:
        found.append(text("board.sentence_waiting", n=padded(board.n_waiting, text)))
    return found


def subtitle(board: Board, text: Text) -> str:
    """Return what the signs mean, and as of when."""
    calendar = text(f"board.calendar_{board.calendar}")
    said = text(
        "board.subtitle", dataset=dataset(text, board.dataset), calendar=calendar, today=numbers.day(board.today)
    )
    if len(drawn(board.units)) < len(board.units):
        said += " " + text("board.cut", n=numbers.integer(len(board.units), text.lang))
    return capital(said)


def notes(board: Board, text: Text) -> str:
    """Return what the reader should know of the terms: that no document was checked, where none was."""
    return "" if board.is_confirmed else text("board.unconfirmed")


def ordered(board: Board, token: str) -> list[UnitRow]:
    """Return the units with those that owe something first, so that a long table shows them on its first screen."""
    at = board.at(token)
    return sorted(board.units, key=lambda r: (r.cells[at].state not in OWING, LEVELS.index(r.level)))


def drawn(rows: Sequence[UnitRow]) -> list[UnitRow]:
    """Return the rows to draw: all, or of many only those that were silent, late or sent a part in some cycle."""
    if len(rows) <= MOST:
        return list(rows)
    seen = [r for r in rows if any(c.state in (*OWING, "late") for c in r.cells)]
    return seen[: 2 * MOST] or list(rows[:MOST])


def figure(board: Board, text: Text, rows: Sequence[UnitRow] | None = None) -> go.Figure:
    """Return units × months as a heat map; every state but "in time" carries a sign, so that colour is not alone."""
    listed = drawn(board.units if rows is None else rows)
    months = [short_label(c.token) for c in board.cycles]
    steps = [theme.CONCERN, theme.BAND, theme.ACCENT_SOFT, theme.NO_DATA]
    scale = [[(n + side) / len(steps), colour] for n, colour in enumerate(steps) for side in (0, 1)]
    hover = [
        [
            f"<b>{row.full_name}</b><br>{month}: {state(cell, text, board.dataset)}{_file(cell, text)}"
            for month, cell in zip(months, row.cells, strict=True)
        ]
        for row in listed
    ]
    data = {
        "type": "heatmap",
        "x": months,
        "y": [row.full_name for row in listed],
        "z": [[_LEVEL[c.state] for c in row.cells] for row in listed],
        "zmin": -0.5,
        "zmax": 3.5,
        "colorscale": scale,
        "showscale": False,
        "xgap": 2,
        "ygap": 2,
        "text": [[sign(c) for c in row.cells] for row in listed],
        "texttemplate": "%{text}",
        "textfont": {"size": 12},
        "hovertext": hover,
        "hoverinfo": "text",
    }
    axis = {"fixedrange": True, "automargin": True, "showgrid": False, "zeroline": False, "title": None}
    names = charts.NAMES | {"size": 11}
    return go.Figure(
        {
            "data": [data],
            "layout": charts.layout(
                charts.Style(lang=text.lang),
                60 + ROW * max(len(listed), 1),
                xaxis=axis | {"type": "category", "side": "top", "tickfont": charts.QUIET} | charts.spaced(months, 7),
                yaxis=axis | {"type": "category", "autorange": "reversed", "dtick": 1, "tickfont": names},
            ),
        }
    )


def _file(cell: Cell, text: Text) -> str:
    """Return the file and load of a cell as one more line of its box."""
    if cell.load_no is None:
        return ""
    return "<br>" + text("board.file", file=cell.file_name.replace("<", "‹"), load=cell.load_no)


def sign(cell: Cell) -> str:
    """Return the sign of a cell: how many days late, ×, ◐, …; nothing where all is well or nothing owed."""
    return str(cell.days_late) if cell.state == "late" else _SIGN[cell.state]


def table(board: Board, text: Text, rows: Sequence[UnitRow] | None = None) -> tables.Table:
    """Return the board in words, one column per month."""
    columns = (
        tables.Column(text("board.column.unit")),
        tables.Column(text("board.column.area")),
        *(tables.Column(short_label(c.token)) for c in board.cycles),
        tables.Column(text("board.column.last_good")),
    )
    body = tuple(
        (
            row.full_name,
            area(row, text),
            *(state(c, text, board.dataset) for c in row.cells),
            short_label(row.last_good) if row.last_good else None,
        )
        for row in (board.units if rows is None else rows)
    )
    return tables.Table(columns, body)


def cycle_table(board: Board, token: str, text: Text) -> tables.Table:
    """Return one cycle with typed columns: per unit the state, when it was sent, how far it goes, file and load."""
    kinds: tuple[tuple[str, tables.Kind], ...] = (
        ("unit", "text"), ("code", "text"), ("area", "text"), ("state", "text"), ("sent_on", "date"),
        ("due_on", "date"), ("days_late", "count"), ("known_to", "date"), ("file_name", "text"), ("load_no", "count"),
        ("last_good", "text"),
    )  # fmt: skip
    at = board.at(token)
    rows = tuple(
        (
            row.full_name, row.code, area(row, text), state(cell, text, board.dataset), cell.sent_on, cell.due_on,
            cell.days_late, cell.known_to, cell.file_name or None, cell.load_no,
            short_label(row.last_good) if row.last_good else None,
        )
        for row in ordered(board, token)
        if (cell := row.cells[at]).state != "not_expected"
    )  # fmt: skip
    return tables.Table(tuple(tables.Column(text(f"board.column.{n}"), kind) for n, kind in kinds), rows)


def area(row: UnitRow, text: Text) -> str:
    """Return under which heading a unit stands: the former district's area, else what kind of body it is."""
    if row.area_name:
        return text("unit.former_district", name=mid_sentence(row.area_name))
    return text("board.no_area" if row.level == "commune" else "board.other_bodies")


def owing_table(boards: Sequence[Board], token: str, text: Text) -> tables.Table:
    """Return the reminder list as a typed table: one row per unit and dataset that is missing, by area."""
    columns = tuple(
        tables.Column(text(f"board.column.{name}"), kind)  # type: ignore[arg-type]
        for name, kind in (
            ("area", "text"), ("unit", "text"), ("state", "text"), ("due_on", "date"), ("last_good", "text"),
            ("dataset", "text"), ("period", "text"), ("known_to", "date"), ("code", "text"), ("load_no", "count"),
        )
    )  # fmt: skip
    rows = [
        (
            area(row, text), row.full_name, state(cell, text, board.dataset), cell.due_on,
            short_label(row.last_good) if row.last_good else None, dataset(text, board.dataset),
            period(board, token, text), cell.known_to, row.code, cell.load_no,
        )
        for board in boards
        for row, cell in board.owing(token)
    ]  # fmt: skip
    areas, units = (list(dict.fromkeys(row[n] for row in rows)) for n in (0, 1))
    rows.sort(key=lambda r: (heading_rank(r[0], text), areas.index(r[0]), units.index(r[1])))
    return tables.Table(columns, tuple(rows))


def state_table(boards: Sequence[Board], token: str, text: Text) -> tables.Table:
    """Return where every unit that owes something stands in one cycle: one row per unit, one column per dataset."""
    columns = (
        tables.Column(text("board.column.unit")),
        tables.Column(text("board.column.code")),
        *(tables.Column(capital(dataset(text, board.dataset))) for board in boards),
    )
    units = {row.unit_id: row for board in boards for row in board.units}
    cells = [{row.unit_id: row.cells[board.at(token)] for row in board.units} for board in boards]
    rows = tuple(
        (
            row.full_name,
            row.code,
            *(
                (state(found[unit_id], text, board.dataset) or None) if unit_id in found else None
                for board, found in zip(boards, cells, strict=True)
            ),
        )
        for unit_id, row in units.items()
    )
    return tables.Table(columns, rows)


def heading_rank(heading: str, text: Text) -> int:
    """Return the place of a heading: areas first, other communes next, departments last."""
    return {text("board.no_area"): 1, text("board.other_bodies"): 2}.get(heading, 0)


def capital(sentence: str) -> str:
    """Return a sentence with its first letter large."""
    return sentence[:1].upper() + sentence[1:]

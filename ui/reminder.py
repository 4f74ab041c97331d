"""The danh sách đôn đốc as a text to copy: to whom, what is missing, the term; the copies are left to fill in. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from metrics.submissions import Board, Cell, UnitRow
from ui import numbers
from ui.board import area, dataset, heading_rank, padded, period
from ui.text import Text
from ui.view import short_label

ROMAN = ((100, "C"), (90, "XC"), (50, "L"), (40, "XL"), (10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I"))
Missing = tuple[Board, UnitRow, Cell]


def roman(n: int) -> str:
    """Return a number as the headings of official lists have it.

    >>> roman(1), roman(4), roman(19)
    ('I', 'IV', 'XIX')
    """
    made = ""
    for value, letters in ROMAN:
        while n >= value:
            made, n = made + letters, n - value
    return made


def letter(boards: Sequence[Board], token: str, text: Text) -> str:
    """Return the reminder of a cycle over one dataset or several, grouped by area, ready to be copied."""
    first = boards[0]
    when = period(first, token, text)
    owing: dict[str, tuple[UnitRow, list[Missing]]] = {}
    for board in boards:
        for row, cell in board.owing(token):
            owing.setdefault(row.unit_id, (row, []))[1].append((board, row, cell))
    today = numbers.day(first.today)
    if not owing:
        return text("reminder.none", today=today, period=when)
    groups: dict[str, list[tuple[UnitRow, list[Missing]]]] = {}
    for row, missing in owing.values():
        groups.setdefault(area(row, text), []).append((row, missing))
    levels = {row.level == "commune" for row, _ in owing.values()}
    whom = "both" if len(levels) == 2 else ("communes" if True in levels else "bodies")
    lines = [
        text("reminder.to", whom=text(f"reminder.to_{whom}")),
        "",
        text("reminder.subject", period=when),
        "",
        text(
            "reminder.opening",
            period=when,
            cut_off=numbers.day(first.cycles[first.at(token)].cut_off),
            today=today,
            n=padded(len(owing), text),
        ),
    ]
    number = 0
    for n, heading in enumerate(sorted(groups, key=lambda h: heading_rank(h, text)), 1):
        lines += ["", f"{roman(n)}. {heading}"]
        for row, missing in groups[heading]:
            number += 1
            lines.append(f"{number}. {row.full_name}")
            lines += [_line(board, own, cell, text) for board, own, cell in missing]
    lines += ["", text("reminder.request"), text("reminder.thanks"), ""]
    lines += [text(f"reminder.{key}") for key in ("copies", "copies_same", "copies_blank", "copies_file")]
    return "\n".join(lines)


def _line(board: Board, row: UnitRow, cell: Cell, text: Text) -> str:
    """Return what one unit owes of one dataset."""
    name = dataset(text, board.dataset)
    last = text("reminder.last", period=short_label(row.last_good)) if row.last_good else text("reminder.last_none")
    missing = text("reminder.partly", known=numbers.day(cell.known_to)) if cell.state == "partly" else ""
    return text(
        "reminder.line",
        dataset=name[:1].upper() + name[1:],
        missing=missing or text("reminder.not_sent"),
        due=numbers.day(cell.due_on),
        last=last,
    )

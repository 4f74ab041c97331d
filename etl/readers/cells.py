"""A cell as text that cannot be misread."""

from __future__ import annotations

from datetime import date, datetime, time


def cell_text(value: object) -> str:
    """Return a cell as text that cannot be misread: ISO dates, whole numbers plain, other numbers with an exponent.

    >>> cell_text(1234.0), cell_text(1.234), cell_text(True)
    ('1234', '1.234E0', 'true')
    """
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float | int):
        return _number_text(value)
    if isinstance(value, datetime):
        return value.isoformat(sep=" ", timespec="seconds").removesuffix(" 00:00:00")
    if isinstance(value, date | time):
        return value.isoformat()
    return "" if value is None else str(value)


def _number_text(value: float | int) -> str:
    if isinstance(value, int) or value.is_integer():
        return str(int(value))
    written = repr(value)
    return written.upper() if "e" in written or "n" in written else f"{written}E0"


def number_cell(text: str) -> str:
    """Return a number written by a program (point as the decimal sign) as `cell_text` writes it, else the text."""
    try:
        return cell_text(float(text))
    except (ValueError, OverflowError):
        return text


def date_cell(text: str) -> str:
    """Return a date written by a program ("2026-10-01T00:00:00.000") as `cell_text` writes it, else the text."""
    try:
        found = datetime.fromisoformat(text.strip())
    except ValueError:
        return text
    return cell_text(found.replace(tzinfo=None))

"""Text for a cell of a CSV file that a spreadsheet must not take for a formula."""

from __future__ import annotations

import re

BEGINS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r")
NUMBER = re.compile(r"[+-]?\d+([.,]\d+)*\s?%?")


def plain(value: object) -> object:
    """Return the value as a cell may hold it: a text that begins like a formula gets an apostrophe in front.

    Numbers, and texts that are nothing but a number, stay as they are.

    >>> plain("=HYPERLINK(1)"), plain("-5,2 %"), plain(-3), plain(" @x"), plain("xã Lao Bảo")
    ("'=HYPERLINK(1)", '-5,2 %', -3, "' @x", 'xã Lao Bảo')
    """
    if not isinstance(value, str) or NUMBER.fullmatch(value):
        return value
    # Some programs look past spaces in front.
    return (
        f"'{value}" if value.startswith(BEGINS_A_FORMULA) or value.lstrip(" ").startswith(BEGINS_A_FORMULA) else value
    )

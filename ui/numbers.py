"""Numbers and dates as official reports print them: 1.234,5 · 94,2 % · 21/11/2026 (English: 1,234.5 · 94.2%)."""

from __future__ import annotations

import math
from datetime import date, datetime

MISSING = "–"
_SWAP = str.maketrans({",": ".", ".": ","})


def decimal(value: float | None, digits: int = 1, lang: str = "vi") -> str:
    """Return a number with the language's separators; "–" when there is none.

    >>> decimal(1234.56), decimal(1234.56, lang="en"), decimal(None)
    ('1.234,6', '1,234.6', '–')
    """
    if value is None or math.isnan(value):
        return MISSING
    text = f"{value:,.{digits}f}"
    if float(text.replace(",", "")) == 0:
        text = text.lstrip("-")
    text = text.replace("-", "−")
    return text.translate(_SWAP) if lang == "vi" else text


def integer(value: float | None, lang: str = "vi") -> str:
    """Return a whole number with the language's thousands mark.

    >>> integer(1234567), integer(0)
    ('1.234.567', '0')
    """
    return decimal(value, 0, lang)


def percent(share: float | None, lang: str = "vi", places: int = 1) -> str:
    """Return a share as a percentage that never rounds up to 100 % nor down to 0.

    >>> percent(0.9421), percent(0.9421, "en"), percent(1.0), percent(0.99996), percent(0.0004), percent(0.0)
    ('94,2 %', '94.2%', '100 %', '> 99,9 %', '< 0,1 %', '0 %')
    """
    if share is None or math.isnan(share):
        return MISSING
    sign = " %" if lang == "vi" else "%"
    step = 10.0**-places
    if share in (0.0, 1.0):
        return f"{share * 100:.0f}{sign}"
    if 0 < share < 1 and float(f"{share * 100:.{places}f}") >= 100:
        return f"> {decimal(100 - step, places, lang)}{sign}"
    if 0 < share < 1 and float(f"{share * 100:.{places}f}") <= 0:
        return f"< {decimal(step, places, lang)}{sign}"
    return f"{decimal(share * 100, places, lang)}{sign}"


def number(value: float | None, unit: str, lang: str = "vi", whole: bool = False) -> str:
    """Return a value in its metric's unit: a share as a percentage, a count whole, the rest with one decimal.

    >>> number(0.5, "percent"), number(1234, "cases", whole=True), number(2.5, "working_days"), number(6.5, "score")
    ('50,0 %', '1.234', '2,5', '6,50')
    >>> number(0.016, "per_10k"), number(0.0, "per_10k"), number(0.004, "per_10k")
    ('0,02', '0', '< 0,01')
    """
    if unit == "percent":
        return percent(value, lang)
    if value is not None and (whole or (unit in ("cases", "letters") and float(value).is_integer())):
        return integer(value, lang)
    if unit == "per_10k" and value is not None and not math.isnan(value) and value < 0.005:
        return "0" if value == 0 else f"< {decimal(0.01, 2, lang)}"
    return decimal(value, places(unit), lang)


def places(unit: str) -> int:
    """Return how many decimals a unit is printed with; scores of few points and rare events differ in the second."""
    return 2 if unit in ("score", "per_10k") else 1


def share(value: float | None, numerator: float | None, denominator: float | None, lang: str = "vi") -> str:
    """Return a share with its parts.

    >>> share(0.942, 1234, 1310), share(None, 0, 0)
    ('94,2 % (1.234/1.310)', '– (0/0)')
    """
    if numerator is None or denominator is None:
        return percent(value, lang)
    return f"{percent(value, lang)} ({integer(numerator, lang)}/{integer(denominator, lang)})"


def span(lower: float | None, upper: float | None, unit: str, lang: str = "vi") -> str:
    """Return an interval without repeating the sign; an end that is not 0 or 100 % is not printed as such.

    >>> span(0.928, 0.953, "percent"), span(1.26, 2.5, "score", "en"), span(None, 1.0, "percent")
    ('92,8–95,3 %', '1.26–2.50', '')
    >>> span(0.0001, 0.9998, "percent"), span(0.0, 1.0, "percent")
    ('0,1–99,9 %', '0–100 %')
    """
    if lower is None or upper is None or math.isnan(lower) or math.isnan(upper):
        return ""
    if unit == "percent":
        sign = " %" if lang == "vi" else "%"
        return f"{_end(lower, lang)}–{_end(upper, lang)}{sign}"
    return f"{decimal(lower, places(unit), lang)}–{decimal(upper, places(unit), lang)}"


def _end(share: float, lang: str) -> str:
    """Return an end of an interval of shares: whole at 0 and at 100, kept off them where it only comes near."""
    if math.isclose(share, 0, abs_tol=1e-12) or math.isclose(share, 1, abs_tol=1e-12):
        return f"{share * 100:.0f}"
    return decimal(min(max(share * 100, 0.1), 99.9) if 0 < share < 1 else share * 100, 1, lang)


def difference(delta: float | None, unit: str, points: str, lang: str = "vi", whole: bool = False) -> str:
    """Return a signed difference; between shares in percentage points, whose word comes from the text file.

    >>> difference(0.0112, "percent", "điểm %"), difference(-3, "cases", "điểm %"), difference(1, "minutes", "điểm %")
    ('+1,1 điểm %', '−3', '+1,0')
    """
    if delta is None or math.isnan(delta):
        return MISSING
    size = delta * 100 if unit == "percent" else delta
    counts = whole or unit in ("cases", "letters")
    digits = 0 if counts and float(size).is_integer() else places(unit)
    text = decimal(size, digits, lang)
    text = text if text.startswith("−") or float(f"{size:.{digits}f}") == 0 else f"+{text}"
    return f"{text} {points}" if unit == "percent" else text


def day(value: date | None) -> str:
    """Return dd/mm/yyyy.

    >>> day(date(2026, 11, 21)), day(None)
    ('21/11/2026', '–')
    """
    return MISSING if value is None else f"{value:%d/%m/%Y}"


def clock(value: datetime) -> str:
    """Return HH:MM.

    >>> clock(datetime(2026, 11, 21, 9, 30))
    '09:30'
    """
    return f"{value:%H:%M}"

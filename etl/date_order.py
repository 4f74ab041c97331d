"""Which of day and month comes first in each date column of a sheet: told by its texts, never guessed."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path

import duckdb

from etl.datasets import Dataset
from etl.personal import safe
from etl.query import first_row
from etl.receipt import Choice, Question
from etl.recognise import Match
from etl.types import DateOrder
from warehouse import clock

DATES = ("instant", "day")
CELLS = ("keep", "turn")

_DATE = r"\d{1,2}[/.\-]\d{1,2}[/.\-](?:\d{4}|\d{2})"
"""The date alone: what stands beside it in the cell may name somebody."""
_WRITTEN = r"^\D{0,12}(?:\d{1,2}[:hg]\d{0,2}(?::\d{2})?\D{1,6})?(\d{1,2})[/.\-](\d{1,2})[/.\-](\d{4}|\d{2})(?:\D|$)"


LATE = 6
"""Years back from today that a first number of two digits may mean, where years stand first."""
ENOUGH = 3


@cache
def limits() -> dict[str, float]:
    """Return the limits of `rules.toml` for dates."""
    text = (Path(__file__).parent / "rules.toml").read_text("utf-8")
    return dict(tomllib.loads(text)["dates"])


@dataclass(frozen=True)
class Written:
    """How many texts of a column can be read in which way."""

    dmy: int
    """Only as day, month, year: the first number is above 12."""
    mdy: int
    either: int
    """Both numbers within 12, and not the same."""
    low: int
    """ISO or date cells whose day is within 12."""
    high: int
    example: str = ""
    """One that can be read either way."""
    is_year_first: bool = False
    """Years of two digits seem to stand first: the first numbers are all late years, the last ones are not."""

    @property
    def told(self) -> DateOrder | None:
        """Return the order that the texts tell when none speaks against it, else None."""
        return "dmy" if self.dmy and not self.mdy else "mdy" if self.mdy and not self.dmy else None

    @property
    def is_turned(self) -> bool:
        """Whether a spreadsheet set to month-day seems to have turned every day within 12 into a date cell.

        All that is left as text has a first number above 12, and no date cell has a day above 12.
        """
        least = limits()["least_turned"]
        one_way = (self.dmy >= least and not self.mdy) or (self.mdy >= least and not self.dmy)
        return one_way and not self.either and not self.high and self.low >= least


@dataclass
class Orders:
    """How the date columns of a sheet are read, or the questions that decide it."""

    by_field: dict[str, DateOrder] = field(default_factory=dict)
    turned: frozenset[str] = frozenset()
    """Fields whose ISO texts have day and month turned."""
    questions: list[Question] = field(default_factory=list)

    def of(self, name: str, match: Match) -> DateOrder:
        return self.by_field.get(name, match.layout.date_order)


def keep(match: Match, orders: Orders, answers: Mapping[str, str]) -> None:
    """Put into the layout of a match what its file told or its sender answered of its dates, to be remembered."""
    told = set(orders.by_field.values())
    if not match.layout.is_date_order_stated and not orders.questions and len(told) == 1:
        match.layout = replace(match.layout, date_order=told.pop(), is_date_order_stated=True)
    if answers.get("period_calendar"):
        match.layout = replace(match.layout, period_calendar=answers["period_calendar"])
    if answers.get("date_cells") in CELLS:
        match.layout = replace(match.layout, date_cells=answers["date_cells"])


@dataclass(frozen=True)
class Shapes:
    """What a look at the cells of a workbook's date columns tells before they are read."""

    plain: frozenset[int] = frozenset()
    """Columns of which every cell has a usual form, which `fast_date_sql` reads."""
    is_mixed: bool = False
    """Whether date cells (ISO) and written dates stand in one sheet."""


def shapes(rows: Sequence[Sequence[str]], columns: Iterable[int]) -> Shapes:
    """Return the shapes of some columns.

    >>> shapes([["2026-10-01", "5/10/26"], ["", "05/10/2026"]], (0, 1))
    Shapes(plain=frozenset({0}), is_mixed=True)
    """
    plain: set[int] = set()
    has_iso = has_other = False
    for at in columns:
        is_plain = True
        for row in rows:
            cell = row[at] if at < len(row) else ""
            if not cell:
                continue
            is_usual = len(cell) in (10, 16, 19)
            if cell[4:5] == "-":
                has_iso = True
                is_plain &= is_usual
            else:
                has_other = True
                is_plain &= is_usual and cell[2] == "/" and cell[5] == "/"
        if is_plain:
            plain.add(at)
    return Shapes(frozenset(plain), has_iso and has_other)


def written(con: duckdb.DuckDBPyConnection, source: str, columns: Iterable[int]) -> dict[int, Written]:
    """Return per column of a relation `c0, c1, …` how its texts can be read."""
    at = list(columns)
    if not at:
        return {}
    inner = ", ".join(
        f"{_number(n, 1)} AS f{n}, {_number(n, 2)} AS s{n}, {_number(n, 3)} AS y{n}, {_iso_day(n)} AS d{n}, c{n}"
        for n in at
    )
    now = clock.today().year % 100
    counted = ", ".join(
        f"count(*) FILTER (f{n} BETWEEN 13 AND 31 AND s{n} BETWEEN 1 AND 12), "
        f"count(*) FILTER (f{n} BETWEEN 1 AND 12 AND s{n} BETWEEN 13 AND 31), "
        f"count(*) FILTER (f{n} BETWEEN 1 AND 12 AND s{n} BETWEEN 1 AND 12 AND f{n} <> s{n}), "
        f"count(*) FILTER (d{n} BETWEEN 1 AND 12), count(*) FILTER (d{n} > 12), "
        f"any_value(regexp_extract(c{n}, '{_DATE}')) "
        f"FILTER (f{n} BETWEEN 1 AND 12 AND s{n} BETWEEN 1 AND 12 AND f{n} <> s{n}), "
        f"coalesce(count(*) FILTER (y{n} < 100) >= {ENOUGH} AND bool_and(f{n} BETWEEN {now - LATE} AND {now + 1}) "
        f"AND NOT bool_and(y{n} BETWEEN {now - LATE} AND {now + 1}), FALSE)"
        for n in at
    )
    row = first_row(con, f"SELECT {counted} FROM (SELECT {inner} FROM {source})") or ()
    parts = {n: row[i * 7 : i * 7 + 7] for i, n in enumerate(at)}
    return {n: Written(p[0], p[1], p[2], p[3], p[4], p[5] or "", p[6]) for n, p in parts.items()}


def _number(column: int, group: int) -> str:
    c = f"c{column}"
    extracted = f"TRY_CAST(regexp_extract({c}, '{_WRITTEN}', {group}) AS INTEGER)"
    return f"CASE WHEN substr({c}, 5, 1) <> '-' THEN {extracted} END"


def _iso_day(column: int) -> str:
    return f"CASE WHEN substr(c{column}, 5, 1) = '-' THEN TRY_CAST(substr(c{column}, 9, 2) AS INTEGER) END"


def decide(
    con: duckdb.DuckDBPyConnection,
    source: str,
    match: Match,
    dataset: Dataset,
    answers: Mapping[str, str],
) -> Orders:
    """Return the order of each date column: told by its own texts, else by its layout or its neighbours, else asked."""
    at = {n: match.fields[n] for n in match.fields if n in dataset.fields and dataset.fields[n].type in DATES}
    found = written(con, source, at.values())
    columns = {name: found[n] for name, n in at.items()}
    year_first = [name for name, one in columns.items() if one.is_year_first]
    if year_first:
        return Orders(questions=[Question("date_year_first", "", {"column": _headers(year_first, match)})])
    stated: DateOrder | None = match.layout.date_order if match.layout.is_date_order_stated else None
    given = _order(answers.get("date_order", ""))
    orders = Orders()
    open_columns: list[str] = []
    against: list[str] = []
    mixed: list[str] = []
    for name, one in columns.items():
        told = one.told or _majority(one)
        if one.dmy and one.mdy and told is None:
            if given:
                orders.by_field[name] = given
            else:
                mixed.append(name)
        elif told and stated and told != stated:
            if given:
                orders.by_field[name] = given
            else:
                against.append(name)
        elif told:
            orders.by_field[name] = told
        elif one.either:
            open_columns.append(name)
    neighbours = set(orders.by_field.values())
    for name in open_columns:
        order = given or stated or (next(iter(neighbours)) if len(neighbours) == 1 else None)
        if order:
            orders.by_field[name] = order
    undecided = [name for name in open_columns if name not in orders.by_field]
    for code, names in (("date_order_mixed", mixed), ("date_order_against", against), ("date_order", undecided)):
        # One answer decides all columns, so the most telling question is asked.
        if names and not orders.questions:
            orders.questions.append(_order_question(code, names, columns, match, stated))
    turned, cells = _turned(columns), answers.get("date_cells") or match.layout.date_cells
    if turned and cells not in CELLS:
        orders.questions.append(_cells_question(turned, columns, match))
    elif cells == "turn":
        orders.turned = frozenset(turned)
    return orders


def _turned(columns: Mapping[str, Written]) -> list[str]:
    """Return the columns whose date cells seem to be turned: all of the sheet at once, else each by itself."""
    parts = [(one.dmy, one.mdy, one.either, one.low, one.high) for one in columns.values()]
    if parts and Written(*(sum(part) for part in zip(*parts, strict=True))).is_turned:
        return [name for name, one in columns.items() if one.low]
    return [name for name, one in columns.items() if one.is_turned]


def _order(answer: str) -> DateOrder | None:
    return "dmy" if answer == "dmy" else "mdy" if answer == "mdy" else None


def _majority(one: Written) -> DateOrder | None:
    """Return the order of nearly all texts: a few against it are typing errors, and rejected as such."""
    if not one.dmy or not one.mdy or min(one.dmy, one.mdy) > limits()["most_mistyped_share"] * (one.dmy + one.mdy):
        return None
    return "dmy" if one.dmy > one.mdy else "mdy"


def _order_question(
    code: str, names: list[str], columns: Mapping[str, Written], match: Match, stated: DateOrder | None
) -> Question:
    first = columns[names[0]]
    n_dmy, n_mdy = sum(columns[n].dmy for n in names), sum(columns[n].mdy for n in names)
    suggested = {"date_order_mixed": "dmy" if n_dmy >= n_mdy else "mdy", "date_order_against": first.told or "dmy"}
    values = {
        "column": _headers(names, match),
        "n": str(sum(columns[n].either for n in names) if code == "date_order" else n_mdy),
        "n_dmy": str(n_dmy),
        "n_mdy": str(n_mdy),
        "order": stated or "",
        "example": first.example,
    }
    if code == "date_order_against":
        values["n"] = str(n_dmy if stated == "mdy" else n_mdy)
    choices = [Choice("dmy", code="date_dmy"), Choice("mdy", code="date_mdy")]
    return Question(code, "", values, "date_order", choices, suggested.get(code, "dmy"))


def _cells_question(names: list[str], columns: Mapping[str, Written], match: Match) -> Question:
    values = {
        "column": _headers(names, match),
        "n": str(sum(columns[n].low for n in names)),
        "n_text": str(sum(columns[n].dmy + columns[n].mdy for n in names)),
    }
    choices = [Choice("turn", code="date_cells_turn"), Choice("keep", code="date_cells_keep")]
    return Question("date_cells", "", values, "date_cells", choices, "turn")


def _headers(names: list[str], match: Match) -> str:
    return '", "'.join(safe(match.headers[match.fields[n]]) for n in names)


def turned_sql(column: str) -> str:
    """Return SQL for an ISO text with its day and month exchanged; another text as it is."""
    return (
        f"CASE WHEN substr({column}, 5, 1) = '-' AND substr({column}, 8, 1) = '-' THEN "
        f"substr({column}, 1, 5) || substr({column}, 9, 2) || '-' || substr({column}, 6, 2) || substr({column}, 11) "
        f"ELSE {column} END"
    )

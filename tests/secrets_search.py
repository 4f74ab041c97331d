"""Looks for planted people in everything that a store holds and a page says, decoded."""

from __future__ import annotations

import json
import re
import unicodedata
import zipfile
from collections.abc import Iterable, Iterator
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import duckdb
import openpyxl
import pandas as pd
import pyarrow.parquet as pq
from google.protobuf.json_format import MessageToDict

Text = tuple[str, str]
"""Where a text was found, and the text."""
PLAIN = {".json", ".jsonl", ".log", ".csv", ".toml", ".txt", ""}


def squeezed(text: str) -> str:
    """Return letters and digits only: no accents, case, spaces or signs; wide digits are digits.

    >>> squeezed("Nguyễn Thị\\u00a0THỬ"), squeezed("０９１２.345-678")
    ('nguyenthithu', '0912345678')
    """
    value = unicodedata.normalize("NFKD", text).lower().replace("đ", "d")
    return re.sub(r"[^a-z0-9]", "", "".join(c for c in value if not unicodedata.combining(c)))


@cache
def _key(planted: str) -> str:
    key = squeezed(planted)
    # A phone also stands without its zero, after +84.
    return key.removeprefix("0") if key.isdigit() and len(key) in (10, 11) else key


def found_in(texts: Iterable[Text], planted: Iterable[str]) -> list[Text]:
    """Return (where, planted value) for every planted value that shows, however it is written."""
    keys = {_key(p): p for p in planted}
    pattern = re.compile("|".join(map(re.escape, sorted(keys, key=len, reverse=True))))
    return [(where, keys[hit]) for where, text in texts for hit in set(pattern.findall(squeezed(text)))]


def store_texts(root: Path) -> Iterator[Text]:
    """Yield every text of a data folder, the names of its files too; a file nobody can read here is an error."""
    for path in sorted(root.rglob("*")):
        where = str(path.relative_to(root))
        yield where, path.name
        if path.is_dir() or path.name in ("CURRENT", "WRITER.lock"):
            continue
        if path.suffix == ".duckdb":
            yield from ((f"{where}:{at}", text) for at, text in database_texts(path))
        elif path.suffix == ".parquet":
            content = pq.read_table(path)
            yield where, str(content.schema)
            yield where, str(content.schema.metadata)
            for name in content.column_names:
                yield from ((f"{where}:{name}", str(v)) for v in set(content[name].to_pylist()) if v is not None)
        elif path.suffix == ".xlsx":
            yield from workbook_texts(where, path.read_bytes())
        elif path.suffix in PLAIN:
            yield from ((where, line) for line in path.read_text("utf-8").splitlines())
        else:
            raise AssertionError(f"{where}: the search cannot read this kind of file")


def database_texts(path: Path) -> Iterator[Text]:
    """Yield every distinct value of every column of every table of a snapshot, and what was said to create them."""
    with duckdb.connect(str(path), read_only=True) as con:
        for sql in con.execute("SELECT sql FROM duckdb_tables() UNION SELECT sql FROM duckdb_views()").fetchall():
            yield "sql", str(sql[0])
        columns = con.execute("SELECT table_name, column_name FROM duckdb_columns() WHERE NOT internal").fetchall()
        assert len(columns) > 100
        for table, column in columns:
            for (value,) in con.execute(f'SELECT DISTINCT CAST("{column}" AS VARCHAR) FROM "{table}"').fetchall():
                if value is not None:
                    yield f"{table}.{column}", value


def workbook_texts(where: str, content: bytes) -> Iterator[Text]:
    """Yield every cell, sheet name, comment and document property of a workbook."""
    book = openpyxl.load_workbook(BytesIO(content))
    yield where, str(vars(book.properties))
    for sheet in book.worksheets:
        yield where, sheet.title
        for row in sheet.iter_rows():
            for cell in row:
                if cell.value is not None:
                    yield f"{where}:{cell.coordinate}", str(cell.value)
                if cell.comment:
                    yield f"{where}:{cell.coordinate}", str(cell.comment.text)


def document_texts(where: str, content: bytes) -> Iterator[Text]:
    """Yield the words of every part of a Word document, and the names of the parts."""
    with zipfile.ZipFile(BytesIO(content)) as file:
        for name in file.namelist():
            yield where, name
            for node in ElementTree.fromstring(file.read(name)).iter():
                for value in (node.text, *node.attrib.values()):
                    if value:
                        yield f"{where}:{name}", value


def file_texts(where: str, content: bytes) -> Iterator[Text]:
    """Yield the texts of a file that a page offers."""
    if where.endswith(".docx"):
        yield from document_texts(where, content)
    elif content[:2] == b"PK":
        yield from workbook_texts(where, content)
    else:
        yield where, content.decode("utf-8")


def page_texts(page: Any) -> Iterator[Text]:
    """Yield every text of every element of a page: cells of tables and plotly specs too."""
    for node in _nodes(page._tree):
        proto = getattr(node, "proto", None)
        if proto is None:
            continue
        kind = getattr(node, "type", type(node).__name__)
        value = node.value if kind in ("dataframe", "table") else None
        if isinstance(value, pd.DataFrame):
            cells = [*value.columns, *value.index, *value.to_numpy().ravel()]
            yield from ((f"{kind}", str(v)) for v in cells if v is not None)
        yield from ((kind, text) for text in _strings(MessageToDict(proto)))


def _nodes(node: Any) -> Iterator[Any]:
    yield node
    for child in getattr(node, "children", {}).values():
        yield from _nodes(child)


def _strings(value: Any) -> Iterator[str]:
    """Yield the strings of nested data; a JSON text is looked into, typed arrays of numbers are passed over."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield str(key)
            if key not in ("bdata", "data") or not isinstance(inner, str):
                yield from _strings(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _strings(inner)
    elif isinstance(value, str):
        if value[:1] in "{[":
            try:
                yield from _strings(json.loads(value))
                return
            except ValueError:
                pass
        yield value
    elif value is not None:
        yield str(value)

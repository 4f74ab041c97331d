"""The intake's own words for its codes, put into the snapshot: whoever reads a reject needs no part of the intake."""

from __future__ import annotations

import pyarrow as pa

from etl import layouts, messages
from warehouse.paths import DataDir

LANGUAGES = ("vi", "en")
SCHEMA = pa.schema([(name, pa.string()) for name in ("kind", "code", "lang", "word")])


def rows(data_dir: DataDir) -> pa.Table:
    """Return table `intake_word`: every reason with its next step, every layout's title, in both languages."""
    found = [
        {"kind": "reason", "code": code, "lang": lang, "word": word}
        for lang in LANGUAGES
        for code, word in messages.table(lang)["reason"].items()
    ]
    found += [
        {"kind": "layout", "code": name, "lang": lang, "word": layout.title.get(lang, name)}
        for lang in LANGUAGES
        for name, layout in layouts.all_layouts(data_dir).items()
    ]
    return pa.Table.from_pylist(found, schema=SCHEMA)

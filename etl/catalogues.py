"""Names that a province keeps lists of (procedures, fields of work), and how else its senders write them."""

from __future__ import annotations

import csv
from pathlib import Path

from etl.datasets import Field, all_datasets
from etl.text import clean, fold
from etl.types import label_tables
from warehouse.paths import DataDir


def catalogue(path: Path) -> list[dict[str, str]]:
    """Return the rows of a catalogue file, none where there is none."""
    if not path.exists():
        return []
    with path.open(encoding="utf-8-sig", newline="") as opened:
        return list(csv.DictReader(opened))


def fields_with_catalogue() -> dict[str, Field]:
    """Return the fields whose texts must be in a catalogue, by name."""
    return {
        field.name: field
        for dataset in all_datasets().values()
        for field in dataset.fields.values()
        if field.type == "catalogue"
    }


def names(data_dir: DataDir, field: Field) -> dict[str, str]:
    """Return the catalogue's names by their folded form, empty where the province has no catalogue."""
    rows = catalogue(data_dir.reference(field.catalogue))
    return {fold(name): clean(name) for row in rows if (name := row.get(field.name))}


def names_and_labels(data_dir: DataDir, field: Field) -> dict[str, str]:
    """Return the catalogue's names by folded text, with what the table of labels named after the field adds."""
    known = names(data_dir, field)
    said = label_tables(data_dir).get(field.name, {})
    return known | {text: known[fold(name)] for text, name in said.items() if fold(name) in known}

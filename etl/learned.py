"""What was answered once and is not asked again: layouts as files to be reviewed, and labels."""

from __future__ import annotations

import hashlib
import os
import re
import tomllib
from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path

from etl.catalogues import fields_with_catalogue, names
from etl.datasets import all_datasets
from etl.headers import shown
from etl.layouts import Layout, learned_files
from etl.personal import is_personal_header, safe
from etl.recognise import MAPPING_KEYS, Match
from etl.text import clean, fold
from etl.types import label_key, label_tables
from warehouse.paths import DataDir

STATUS = "status:"
REMEMBERED = (*MAPPING_KEYS, STATUS, "date_order", "date_cells", "period_calendar")
"""Answers that belong to a layout; those about one file alone (its era) or its sender (its units) do not."""
PLAIN = ("province_code", "code_pattern", "unit", "covers", "survey_id", "due_precision", "number_format", "era",
         "date_cells", "period_calendar")  # fmt: skip


def remember(data_dir: DataDir, match: Match, answers: Mapping[str, str], file_name: str, on: date) -> Path | None:
    """Return the file of the layout that was told from a sheet, written or written anew; hold the writer's lock.

    None: there is nothing to remember. A layout learned before keeps its name and gains what is new.
    """
    told = {key: value for key, value in answers.items() if key.startswith(REMEMBERED)}
    if not match.is_new and not told:
        return None
    layout = match.layout
    labels = {table: dict(texts) for table, texts in layout.labels.items()}
    for key, value in told.items():
        if key.startswith(STATUS) and value:
            labels.setdefault("status", {})[key.removeprefix(STATUS)] = value
    name = layout.name if match.is_new or layout.is_learned else own_name(match)
    path = data_dir.learned / "layouts" / f"{name}.toml"
    order = layout.date_order if "date_order" in told or layout.is_date_order_stated else ""
    write_aside(path, _document(name, layout, match, labels, order, kind_of(file_name), on))
    return path


def own_name(match: Match) -> str:
    """Return the name of the layout that a file's senders have of a known one."""
    return f"{match.layout.name}-{fold_name(' '.join(sorted(fold(h) for h in match.headers)))}"


def fold_name(text: str) -> str:
    """Return six signs that stand for a text."""
    return hashlib.sha256(text.encode()).hexdigest()[:6]


def kind_of(file_name: str) -> str:
    """Return the words of a file's name without numbers, safe to keep: the kind of file.

    >>> kind_of("HSTTHC_QuangTri_T10-2026.csv"), kind_of("0912345678.xlsx")
    ('HSTTHC QuangTri', '–')
    """
    stem = Path(file_name.rpartition("/")[2]).stem
    words = [w for w in re.split(r"[\s_\-.]+", clean(stem)) if w and not any(c.isdigit() for c in w)]
    return safe(" ".join(words)) or "–"


def forget(data_dir: DataDir, name: str) -> bool:
    """Remove a learned layout; False: there is none of that name. Hold the writer's lock."""
    for path in learned_files(data_dir):
        if path.stem == name:
            path.unlink()
            return True
    return False


def add_label(data_dir: DataDir, table: str, value: str, text: str) -> None:
    """Write into `learned/labels.toml` that a text means a value of a table; hold the writer's lock.

    The table of a field with a catalogue bears the field's name, its values are the catalogue's names.
    KeyError: no such table; ValueError: no such value of it, or a text that looks personal or is no label.
    """
    if table in fields_with_catalogue():
        if value not in names(data_dir, fields_with_catalogue()[table]).values():
            raise ValueError(value)
    else:
        table = table_of(data_dir, table, value)
        if value not in set(label_tables(data_dir)[table].values()):
            raise ValueError(value)
    label = clean(text)
    if not label_key(label) or safe(label) != label:
        raise ValueError("text")
    held = own_labels(data_dir)
    for texts in held.get(table, {}).values():
        texts[:] = [t for t in texts if label_key(t) != label_key(label)]
    held.setdefault(table, {}).setdefault(value, []).append(label)
    lines = ["# Cách ghi do người dùng bổ sung, thắng bảng có sẵn. Xóa dòng nào thì dòng đó hết hiệu lực."]
    for name in sorted(held):
        lines += ["", f"[{name}]"]
        lines += [f"{_key(v)} = {_list(sorted(t))}" for v, t in sorted(held[name].items()) if t]
    write_aside(data_dir.learned / "labels.toml", "\n".join(lines) + "\n")


def table_of(data_dir: DataDir, name: str, value: str) -> str:
    """Return the table of labels of that name, or of a field of that name which has the value; KeyError: none is."""
    tables = label_tables(data_dir)
    fields = (one.fields.get(name) for one in all_datasets().values())
    named = [name, *(one.labels or ("boolean" if one.type == "boolean" else "") for one in fields if one)]
    known = [table for table in named if table in tables]
    if not known:
        raise KeyError(name)
    return next((table for table in known if value in set(tables[table].values())), known[0])


def own_labels(data_dir: DataDir) -> dict[str, dict[str, list[str]]]:
    """Return table -> value -> texts of `learned/labels.toml`."""
    path = data_dir.learned / "labels.toml"
    return tomllib.loads(path.read_text("utf-8")) if path.is_file() else {}


def _document(
    name: str, layout: Layout, match: Match, labels: Mapping[str, Mapping[str, str]], order: str, kind: str, on: date
) -> str:
    # Of a known layout only what these senders' files have: a field that they never had is not missed next month.
    kept = {f: texts for f, texts in layout.columns.items() if layout.is_learned or f in match.fields}
    columns = {f: _kept(texts) for f, texts in kept.items()} or _columns_of(match)
    ignore = sorted({clean(h) for h in _ignored(match, columns)}, key=fold)
    optional = [f for f in columns if f in layout.optional]
    title = layout.title or {"vi": f"Học từ tệp {kind}", "en": f"Learned from {kind}"}
    lines = [
        f'# Mẫu học từ tệp loại "{kind}" ngày {on:%d/%m/%Y}. Sửa được như etl/layouts.toml.',
        f"# Bỏ mẫu này: gandan forget {name}",
        f"[layout.{_key(name)}]",
        f"dataset = {_text(layout.dataset)}",
        f"title = {{ vi = {_text(title.get('vi', name))}, en = {_text(title.get('en', name))} }}",
        f"learned_from = {_text(kind)}",
        f"learned_on = {_text(on.isoformat())}",
    ]
    if order:
        lines.append(f"date_order = {_text(order)}")
    for key in PLAIN:
        value, usual = getattr(layout, key), {"due_precision": "date", "number_format": "vi"}.get(key, "")
        if value and value != usual:
            lines.append(f"{key} = {_text(value)}")
    if layout.sender:
        lines.append("sender = true")
    if optional:
        lines.append(f"optional = {_list(sorted(optional))}")
    if ignore:
        lines.append(f"ignore = {_list(ignore)}")
    # Whose a file is, its title said: the next one of these headers may be another's.
    constants = {k: v for k, v in layout.constants.items() if k not in ("unit_code", "unit_name")}
    if constants:
        pairs = ", ".join(f"{_key(k)} = {_text(v)}" for k, v in sorted(constants.items()))
        lines.append(f"constants = {{ {pairs} }}")
    lines += ["", f"[layout.{_key(name)}.columns]"]
    lines += [f"{_key(f)} = {_list(texts)}" for f, texts in sorted(columns.items()) if texts]
    for table, texts in sorted(labels.items()):
        lines += ["", f"[layout.{_key(name)}.labels.{_key(table)}]"]
        lines += [f"{_key(label)} = {_text(value)}" for label, value in sorted(texts.items()) if safe(label) == label]
    return "\n".join(lines) + "\n"


def _kept(texts: Iterable[str]) -> tuple[str, ...]:
    return tuple(clean(t) for t in texts if is_kept(t))


def is_kept(header: str) -> bool:
    """Return whether a header may be written down: nothing in it looks like a person."""
    return bool(fold(header)) and shown(header) == clean(header)


def _columns_of(match: Match) -> dict[str, tuple[str, ...]]:
    return {f: _kept([match.headers[at]]) for f, at in match.fields.items()}


def _ignored(match: Match, columns: Mapping[str, tuple[str, ...]]) -> list[str]:
    """Return the headers that are known and not read; what announces a person is known without being written."""
    mapped = {fold(t) for texts in columns.values() for t in texts}
    virtual = {at for one in match.splits for at in one.targets}
    headers = [h for at, h in enumerate(match.headers) if h and at not in virtual]
    known = {fold(h): h for h in headers if is_kept(h) and not is_personal_header(h) and fold(h) not in mapped}
    return [*known.values(), *(h for h in match.layout.ignore if h not in known and h not in mapped and is_kept(h))]


def write_aside(path: Path, content: str) -> None:
    """Write a file beside itself and move it into place: a reader sees the old one or the new one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_name(f".{path.name}.{os.getpid()}")
    aside.write_text(content, "utf-8")
    aside.replace(path)


def _text(value: str) -> str:
    """Return a TOML string."""
    plain = "".join(c for c in value if c.isprintable())
    return '"' + plain.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _key(name: str) -> str:
    return name if re.fullmatch(r"[A-Za-z0-9_-]+", name) else _text(name)


def _list(values: Iterable[str]) -> str:
    return "[" + ", ".join(_text(v) for v in values) + "]"

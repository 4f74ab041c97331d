"""`gandan layouts`, `forget`, `labels`, `labels-add`: what the intake knows and has learned, to be reviewed."""

from __future__ import annotations

import json
from typing import Any

import click

from gandan.commands.publish import wait_teller
from gandan.exit_codes import Exit
from gandan.messages import lang_option, stop, tell, text
from warehouse.lock import writer
from warehouse.paths import DataDir

MOST_NAMED = 40
"""Values named in a message; a catalogue may have thousands."""
form_option = click.option(
    "--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True, help="Dạng ra (format)."
)


@click.command()
@lang_option
@form_option
def layouts(lang: str, form: str) -> None:
    """Liệt kê các mẫu đã biết và đã học (layouts, known and learned)."""
    from etl import messages
    from etl.layouts import all_layouts

    found: list[dict[str, Any]] = [
        {
            "name": one.name,
            "dataset": one.dataset,
            "title": one.title.get(lang, one.name),
            "learned_from": one.learned_from,
            "learned_on": one.learned_on,
            "columns": {field: list(headers) for field, headers in one.columns.items()},
            "not_used": sorted(one.ignore),
            "labels": {table: dict(texts) for table, texts in one.labels.items()},
        }
        for _, one in sorted(all_layouts(DataDir.from_environment()).items())
    ]
    if form == "json":
        click.echo(json.dumps(found, ensure_ascii=False, indent=1))
        return
    for one in found:
        dataset = messages.text("dataset", one["dataset"], lang)
        key = "layout_learned" if one["learned_on"] else "layout_known"
        click.echo(text(key, lang, **{**one, "dataset": dataset, "n": len(one["columns"])}))


@click.command()
@click.argument("layout")
@lang_option
def forget(layout: str, lang: str) -> None:
    """Bỏ một mẫu đã học; tệp sau sẽ được hỏi lại (forget a learned layout)."""
    from etl.learned import forget as drop

    data_dir = DataDir.from_environment()
    with writer(data_dir, "forget", on_wait=wait_teller(lang)):
        is_gone = drop(data_dir, layout)
    if not is_gone:
        stop(Exit.USAGE, text("layout_not_learned", lang, name=layout))
    tell("layout_forgotten", lang, name=layout)
    click.echo(layout)


@click.command()
@lang_option
@form_option
def labels(lang: str, form: str) -> None:
    """Liệt kê bảng quy đổi: cách ghi của người gửi và giá trị (tables of labels)."""
    from etl.catalogues import fields_with_catalogue, names
    from etl.learned import own_labels
    from etl.types import label_tables

    data_dir = DataDir.from_environment()
    tables: dict[str, dict[str, list[str]]] = {}
    for table, texts in label_tables(data_dir).items():
        for label, value in texts.items():
            tables.setdefault(table, {}).setdefault(value, []).append(label)
    for name, field in fields_with_catalogue().items():
        tables.setdefault(name, {}).update({one: [one] for one in sorted(names(data_dir, field).values())})
    if form == "json":
        content = {"tables": tables, "learned": own_labels(data_dir)}
        click.echo(json.dumps(content, ensure_ascii=False, indent=1))
        return
    for table, values in sorted(tables.items()):
        for value, said in values.items():
            click.echo(f"{table} {value}: {', '.join(said)}")


@click.command("labels-add")
@click.argument("table")
@click.argument("value")
@click.argument("label", metavar="TEXT")
@lang_option
def labels_add(table: str, value: str, label: str, lang: str) -> None:
    """Thêm một cách ghi vào bảng quy đổi (TEXT means VALUE in TABLE)."""
    from etl.catalogues import fields_with_catalogue, names
    from etl.learned import add_label
    from etl.types import label_tables

    data_dir = DataDir.from_environment()
    tables = {**label_tables(data_dir)} | {n: names(data_dir, f) for n, f in fields_with_catalogue().items()}
    known = ", ".join(list(dict.fromkeys(tables.get(table, {}).values()))[:MOST_NAMED])
    with writer(data_dir, "labels-add", on_wait=wait_teller(lang)):
        try:
            add_label(data_dir, table, value, label)
        except KeyError:
            stop(Exit.USAGE, text("no_such_table", lang, table=table, known=", ".join(sorted(tables))))
        except ValueError as wrong:
            if str(wrong) == "text":
                stop(Exit.USAGE, text("label_not_kept", lang))
            stop(Exit.USAGE, text("no_such_value", lang, table=table, value=value, known=known))
    tell("label_added", lang, table=table, value=value, label=label)
    click.echo(json.dumps({"table": table, "value": value, "label": label}, ensure_ascii=False))

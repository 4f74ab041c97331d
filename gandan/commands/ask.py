"""`gandan ask`, `cases` and `explain`: figures, the rows behind them, and what they mean."""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, NoReturn

import click

from gandan.exit_codes import Exit
from metrics.line import FLAGS, SPLITS
from warehouse import csv_text
from warehouse.paths import DataDir

if TYPE_CHECKING:
    from metrics.model import Query
    from metrics.viewer import Viewer
    from warehouse.snapshots import Opened

LANG = click.option("--lang", type=click.Choice(["vi", "en"]), default="vi", help="Ngôn ngữ (language).")
FORMAT = click.option(
    "--format", "form", type=click.Choice(["json", "csv", "table"]), default="table", help="Dạng kết quả."
)


def question(command: Callable[..., None]) -> Callable[..., None]:
    """Return the command with the options that make a question."""
    options = [
        click.option(
            FLAGS["level"], help="province, district, commune, agency hoặc tên nhóm; mặc định: cấp của đơn vị."
        ),
        click.option(FLAGS["unit"], help="Mã đơn vị hoặc unit_id."),
        click.option(FLAGS["period"], help="2026-10, 2026-Q4, 2026-H1, 2026-9M, 2026, 2026-10-YTD."),
        click.option(FLAGS["period_from"], "period_from", help="Kỳ đầu; mỗi kỳ một dòng."),
        click.option(FLAGS["period_to"], "period_to", help="Kỳ cuối."),
        click.option(FLAGS["calendar"], type=click.Choice(["calendar", "report"]), default="calendar"),
        click.option(FLAGS["by"], help="field (field_name), channel, procedure (procedure_code), factor."),
        click.option(FLAGS["split_value"], help="Chỉ một giá trị của --by."),
        click.option(FLAGS["boundaries"], type=click.Choice(["dated", "today"]), default="dated"),
        click.option(FLAGS["within"], help="Chỉ các đơn vị thuộc đơn vị này."),
        click.option(FLAGS["as_of"], help="Tên hoặc nhãn của một bản số liệu."),
        click.option("--draft", help="Mã đơn vị: số liệu chưa chốt, như đơn vị thấy (a unit's own draft)."),
        click.option(FLAGS["as_user"], "as_user", help="province, auditor, viewer hoặc unit:MÃ."),
        LANG,
        FORMAT,
    ]
    for option in reversed(options):
        command = option(command)
    return command


@click.command()
@click.argument("names", nargs=-1, required=True, metavar="METRIC...")
@question
def ask(names: tuple[str, ...], form: str, lang: str, **options: Any) -> None:
    """Hỏi số liệu theo tên chỉ số (figures by name)."""
    from metrics import answer
    from metrics.model import ANSWER_COLUMNS

    def run() -> None:
        query, viewer, snapshot = _asked(names, options)
        _write(answer.ask(query, viewer, snapshot).records(), ANSWER_COLUMNS, form)

    guarded(run, lang)


@click.command()
@click.argument("name", metavar="METRIC")
@click.option(FLAGS["part"], type=click.Choice(["numerator", "denominator"]), default="numerator")
@question
def cases(name: str, part: Any, form: str, lang: str, **options: Any) -> None:
    """Liệt kê hồ sơ đứng sau một số liệu (the rows behind a figure)."""
    from metrics import answer

    def run() -> None:
        query, viewer, snapshot = _asked((name,), options)
        found = answer.cases(query, part, viewer, snapshot)
        _write(list(found.rows), found.columns, form)

    guarded(run, lang)


@click.command()
@click.argument("name", metavar="METRIC")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text")
@LANG
def explain(name: str, form: str, lang: str) -> None:
    """Giải thích một chỉ số: định nghĩa, công thức, căn cứ, SQL (what a metric means)."""
    from metrics.explain import explain as explained

    def run() -> None:
        found = explained(name, lang).record()
        if form == "json":
            click.echo(json.dumps(found, ensure_ascii=False, indent=1))
            return
        for key, value in found.items():
            for line in value if isinstance(value, list) else [value]:
                click.echo(f"{key + ':':<13}{line}")

    guarded(run, lang)


def _asked(names: Sequence[str], options: dict[str, Any]) -> tuple[Query, Viewer, Opened]:
    """Return the query, who asks and the snapshot, from the options of the command."""
    from metrics import catalogue, periods, places
    from metrics.model import Query
    from warehouse import clock
    from warehouse.snapshots import Pool

    for name in names:
        catalogue.metric(name)
    data_dir, draft = DataDir.from_environment(), options["draft"]
    snapshot = of_draft(data_dir, draft, options) if draft else Pool(data_dir).at(options["as_of"])
    known = places.of(snapshot)
    unit = options["unit"] or draft
    level = options["level"] or (known.level_of(unit) if unit else "province")
    period, period_to = options["period"] or options["period_from"] or "", options["period_to"] or ""
    if options["period"] and (options["period_from"] or period_to):
        raise click.UsageError("--period | --from … --to …")
    if period_to and not period:
        raise click.UsageError("--to: --from … --to …")
    if options["split_value"] and not options["by"]:
        raise click.UsageError("--split-value: --by … --split-value …")
    if not period:
        until = min(clock.today(), (known.data_on or clock.today()) + timedelta(days=1))
        period = periods.last_complete(until, calendar=options["calendar"]).token
        click.echo(f"--period {period}", err=True)
    by = SPLITS.get(options["by"], options["by"])
    query = Query(
        metrics=tuple(names),
        level=level,
        unit=unit,
        period=period,
        period_to=period_to,
        calendar=options["calendar"],
        by=by,
        split_value=options["split_value"],
        boundaries=options["boundaries"],
        within=options["within"],
    )
    as_user = f"unit:{draft}" if draft else options["as_user"]
    return query, viewer_named(as_user, known.bodies_of), snapshot


def of_draft(data_dir: DataDir, unit: str, options: dict[str, Any]) -> Opened:
    """Return a unit's own draft, for that unit and for whoever has the data folder; raise `NotAllowed` for others."""
    from gandan.commands.draft import is_own
    from gandan.messages import text
    from metrics.scope import NotAllowed
    from warehouse import drafts

    if not is_own(data_dir, unit, options["as_user"]):
        raise NotAllowed("unit", "draft")
    found = drafts.read(data_dir, unit)
    ref = drafts.ref(data_dir, found) if found else None
    if ref is None or options["as_of"]:
        raise click.UsageError(text("draft_none", options.get("lang") or "vi"))
    return drafts.opened(ref)


def viewer_named(text: str | None, bodies_of: Callable[[str], frozenset[str]]) -> Viewer:
    """Return the viewer that `--as` names; without it, who can read the data folder acts as the province."""
    from metrics.viewer import PROVINCE, Viewer

    if text is None or text == "province":
        return PROVINCE
    if text == "auditor":
        return Viewer("auditor", name=text)
    if text == "viewer":
        return Viewer("viewer", name=text)
    if text.startswith("unit:"):
        codes = text.removeprefix("unit:").split() or [""]  # an account may answer for several
        return Viewer("unit", frozenset[str]().union(*map(bodies_of, codes)), name=text)
    raise click.UsageError("--as province | auditor | viewer | unit:MÃ")


def _write(records: list[dict[str, Any]], columns: Sequence[str], form: str) -> None:
    """Write rows to stdout; dates as yyyy-mm-dd, nothing for what is not known."""
    if form == "json":
        click.echo(json.dumps([{c: _plain(r[c]) for c in columns} for r in records], ensure_ascii=False, indent=1))
        return
    if form == "csv":
        out = csv.writer(sys.stdout, lineterminator="\n")
        out.writerow(columns)
        out.writerows([[csv_text.plain(_plain(r[c])) for c in columns] for r in records])
        return
    rows = [[_short(r[c]) for c in columns] for r in records]
    used = [i for i, _ in enumerate(columns) if any(row[i] != "–" for row in rows)] or list(range(len(columns)))
    widths = [max(len(columns[i]), *(len(row[i]) for row in rows)) if rows else len(columns[i]) for i in used]
    for row in [list(columns), *rows]:
        click.echo("  ".join(row[i].ljust(w) for i, w in zip(used, widths, strict=True)).rstrip())


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def _short(value: Any) -> str:
    if value is None or value == "":
        return "–"
    if isinstance(value, float):
        return f"{value:.4f}"
    return str(_plain(value))


def guarded(run: Callable[[], None], lang: str) -> None:
    """Run it; what the user can mend is said on stderr, without a traceback."""
    from metrics.catalogue import UnknownMetric
    from metrics.periods import PeriodError
    from metrics.places import UnknownLevel, UnknownUnit
    from metrics.scope import NotAllowed, UnknownSplit
    from warehouse.schema import SchemaMismatch
    from warehouse.snapshots import NoSnapshot

    try:
        run()
    except (UnknownMetric, UnknownLevel, UnknownSplit, UnknownUnit, NotAllowed) as mistake:
        stop(mistake.text(lang))
    except PeriodError as mistake:
        stop(mistake.messages[lang])
    except (NoSnapshot, SchemaMismatch) as mistake:
        stop(mistake.message(lang))


def stop(message: str) -> NoReturn:
    """Say what is wrong and leave with the exit code of wrong use."""
    click.echo(message, err=True)
    sys.exit(Exit.USAGE)

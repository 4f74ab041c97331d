"""The sentences of the command line, Vietnamese and English (`messages.toml`)."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import Any, NoReturn

import click

from gandan.exit_codes import Exit

LANGUAGES = ("vi", "en")
lang_option = click.option(
    "--lang", type=click.Choice(LANGUAGES), default="vi", show_default=True, help="Ngôn ngữ thông báo (language)."
)


@cache
def _texts() -> dict[str, dict[str, str]]:
    return tomllib.loads(Path(__file__).with_name("messages.toml").read_text(encoding="utf-8"))


def text(key: str, lang: str, **values: Any) -> str:
    """Return the sentence of that key with its values filled in."""
    return _texts()[key][lang].format(**values)


def tell(key: str, lang: str, **values: Any) -> None:
    """Print a sentence on stderr: talk, not data."""
    click.echo(text(key, lang, **values), err=True)


def stop(code: Exit, message: str) -> NoReturn:
    """Print a sentence on stderr and leave with a named exit code."""
    click.echo(message, err=True)
    raise SystemExit(int(code))

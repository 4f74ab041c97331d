"""What the documents say is so: links lead somewhere, commands exist, generated pages are up to date."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
import tomllib
from pathlib import Path

import click
import pytest

from gandan.__main__ import COMMANDS, main

REPOSITORY = Path(__file__).resolve().parents[1]
DOCUMENTS = [REPOSITORY / "README.md", REPOSITORY / "CONTRIBUTING.md", *sorted((REPOSITORY / "docs").rglob("*.md"))]


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda p: p.name)
def test_every_link_of_a_document_leads_to_a_file(document: Path) -> None:
    links = re.findall(r"\]\((?!https?:)([^)#]+)", document.read_text(encoding="utf-8"))
    assert [link for link in links if not (document.parent / link).exists()] == []


def commands_of_the_readme() -> list[str]:
    text = (REPOSITORY / "README.md").read_text(encoding="utf-8")
    return [line.split("#")[0].strip() for line in text.splitlines() if line.startswith(".venv/bin/gandan ")]


@pytest.mark.parametrize("line", commands_of_the_readme())
def test_every_command_of_the_readme_parses(line: str) -> None:
    name, *arguments = shlex.split(line)[1:]
    command = main.get_command(click.Context(main), name)
    if isinstance(command, click.Group):
        name, *arguments = arguments
        command = command.commands[name]
    assert command is not None, f"no such command: {name}"
    with command.make_context(name, arguments, resilient_parsing=False) as context:
        assert context.params


def test_every_command_is_documented() -> None:
    text = (REPOSITORY / "README.md").read_text(encoding="utf-8") + (REPOSITORY / "docs/cli.md").read_text(
        encoding="utf-8"
    )
    assert [name for name in COMMANDS if f"gandan {name}" not in text] == []


def test_the_command_reference_is_what_the_commands_say() -> None:
    # In a process of its own: click keeps the first help option it builds, and other tests call commands bare.
    made = subprocess.run([sys.executable, "-m", "gandan.reference"], capture_output=True, check=True, cwd=REPOSITORY)
    assert (REPOSITORY / "docs/cli.md").read_text(encoding="utf-8") == made.stdout.decode(), "run: make docs"


def test_the_makefile_has_the_commands_that_the_readme_names() -> None:
    readme = (REPOSITORY / "README.md").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z]+):", (REPOSITORY / "Makefile").read_text(encoding="utf-8"), re.M))
    assert set(re.findall(r"`make ([a-z]+)`", readme)) <= targets


def keys(table: dict[str, object], prefix: str = "") -> set[str]:
    found: set[str] = set()
    for name, value in table.items():
        found |= keys(value, f"{prefix}{name}.") if isinstance(value, dict) else {prefix + name}
    return found


TOPICS = sorted(path.name for path in (REPOSITORY / "ui/text/vi").glob("*.toml"))


@pytest.mark.parametrize("files", ["etl/messages/{lang}.toml", *(f"ui/text/{{lang}}/{name}" for name in TOPICS)])
def test_vietnamese_and_english_texts_have_the_same_keys(files: str) -> None:
    vi, en = (
        tomllib.loads((REPOSITORY / files.format(lang=lang)).read_text(encoding="utf-8")) for lang in ("vi", "en")
    )
    assert keys(vi) and keys(vi) ^ keys(en) == set()


def test_the_glossary_pairs_each_term_with_vietnamese() -> None:
    rows = re.findall(r"^\| ([^|]+) \| ([^|]+) \|", (REPOSITORY / "docs/glossary.md").read_text(encoding="utf-8"), re.M)
    terms = [(en.strip(), vi.strip()) for en, vi in rows if not set(en) <= {"-", " "}]
    assert len(terms) > 30
    assert [en for en, vi in terms if not vi] == []


def test_the_contributing_guide_stays_short() -> None:
    assert len((REPOSITORY / "CONTRIBUTING.md").read_text(encoding="utf-8").splitlines()) <= 32

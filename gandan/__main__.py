"""The command line `gandan`; each command lives in its own module and is imported only when called."""

from __future__ import annotations

import importlib

import click

# command -> module of gandan.commands that holds a click command of that name (a dash becomes an underscore)
COMMANDS = {
    "demo": "demo",
    "load": "load",
    "answer": "load",
    "discard": "load",
    "waiting": "load",
    "arrivals": "load",
    "words": "load",
    "rejects": "load",
    "layouts": "learn",
    "forget": "learn",
    "labels": "learn",
    "labels-add": "learn",
    "receipt": "receipt",
    "receipts": "receipt",
    "preview": "publish",
    "publish": "publish",
    "rollback": "publish",
    "withdraw": "history",
    "changes": "history",
    "status": "publish",
    "close": "publish",
    "ask": "ask",
    "cases": "ask",
    "explain": "ask",
    "report": "report",
    "board": "board",
    "totals": "totals",
    "serve": "serve",
    "doctor": "operate",
    "accounts": "accounts",
    "audit": "audit",
    "audit-verify": "audit",
    "backup": "operate",
    "restore": "operate",
}


class LazyGroup(click.Group):
    """A group that imports a command's module when the command is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(f"gandan.commands.{COMMANDS[cmd_name]}")
        command: click.Command = getattr(module, cmd_name.replace("-", "_"))
        return command


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """Gần Dân: số liệu cải cách hành chính, từ tệp đến trang (from a file to a page)."""


if __name__ == "__main__":
    main()

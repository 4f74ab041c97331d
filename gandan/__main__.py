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
    "draft": "draft",
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

    def invoke(self, ctx: click.Context) -> object:
        """Run the command; what changes something leaves a note, however it ends."""
        code = 1
        try:
            found = super().invoke(ctx)
            code = 0
            return found
        except SystemExit as left:
            code = int(left.code or 0) if isinstance(left.code, int) or left.code is None else 1
            raise
        except click.exceptions.Exit as left:
            code = left.exit_code
            raise
        except click.UsageError:
            code = 2
            raise
        finally:
            if ctx.invoked_subcommand in NOTED:
                noted(ctx.invoked_subcommand, code)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(f"gandan.commands.{COMMANDS[cmd_name]}")
        command: click.Command = getattr(module, cmd_name.replace("-", "_"))
        return command


NOTED = frozenset(
    {
        "load",
        "answer",
        "discard",
        "publish",
        "rollback",
        "withdraw",
        "close",
        "restore",
        "forget",
        "labels-add",
        "totals",
        "cases",
    }
)
"""Commands that change what is kept, or list cases: each is noted in the audit trail where accounts are in use."""


def noted(command: str, code: int) -> None:
    """Note that a command changed something or listed cases: who, which, how it ended, what is published since."""
    from ui.access import audit
    from warehouse.paths import DataDir

    data_dir = DataDir.from_environment()
    snapshot = data_dir.pointer.read_text("utf-8").strip() if data_dir.pointer.exists() else ""
    audit.note_if_used(data_dir, audit.acting(), command, code=code, snapshot=snapshot)


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """Gần Dân: số liệu cải cách hành chính, từ tệp đến trang (from a file to a page)."""


if __name__ == "__main__":
    main()

"""`gandan serve`: the pages, from any folder."""

from __future__ import annotations

import ipaddress
import os
import socket
import sys
import tomllib
from pathlib import Path

import click

from gandan.exit_codes import Exit
from gandan.messages import lang_option, stop, tell, text
from warehouse import schema, snapshots
from warehouse.paths import ENVIRONMENT_VARIABLE, REPOSITORY, DataDir


def is_loopback(address: str) -> bool:
    """Return whether only this machine can reach the address.

    >>> is_loopback("127.0.0.1"), is_loopback("localhost"), is_loopback("0.0.0.0"), is_loopback("10.1.2.3")
    (True, True, False, False)
    """
    if address == "localhost":
        return True
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False


def streamlit_options(port: int, address: str, config: Path = REPOSITORY / ".streamlit" / "config.toml") -> list[str]:
    """Return the options of the repository's own configuration as arguments, so that any folder will do."""
    options: dict[str, object] = {}
    for section, values in tomllib.loads(config.read_text(encoding="utf-8")).items():
        _flatten(section, values, options)
    options.update({"server.port": port, "server.address": address, "server.headless": True})
    return [f"--{name}={_written(value)}" for name, value in options.items() if not isinstance(value, list | dict)]


def _flatten(prefix: str, values: object, into: dict[str, object]) -> None:
    if isinstance(values, dict):
        for key, value in values.items():
            _flatten(f"{prefix}.{key}", value, into)
    else:
        into[prefix] = values


def _written(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def has_accounts(data_dir: DataDir) -> bool:
    """Return whether anybody has to sign in."""
    from ui.access import accounts, store

    return store.is_there(data_dir) and accounts.are_there(accounts.prepare(store.open_store(data_dir)))


def run_pages(data_dir: DataDir, port: int, address: str, lang: str = "vi") -> None:
    """Replace this process by the server; returns only by raising."""
    if not is_loopback(address) and not has_accounts(data_dir):
        stop(Exit.USAGE, text("serve_not_loopback", lang, address=address, port=port))
    app = REPOSITORY / "gandan" / "server.py"
    ref = snapshots.current(data_dir)
    if ref is not None:
        try:
            schema.check(ref.name, int(ref.info().get("schema", 0)))
        except schema.SchemaMismatch as mismatch:
            stop(Exit.USAGE, mismatch.message(lang))
    with socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((address, port))
        except OSError:
            stop(Exit.BUSY, text("serve_port_taken", lang, port=port, other=port + 1))
    host = f"[{address}]" if ":" in address else address
    if ref is None:
        tell("serve_empty", lang, url=f"http://{host}:{port}/data")
    tell("serve_address", lang, url=f"http://{host}:{port}")
    os.environ[ENVIRONMENT_VARIABLE] = str(data_dir.root)
    # Streamlit reads the configuration of the folder it starts in: nobody else's, then.
    os.chdir(REPOSITORY)
    command = [sys.executable, "-m", "streamlit", "run", str(app), *streamlit_options(port, address)]
    os.execv(sys.executable, command)


@click.command()
@click.option("--port", default=8501, show_default=True, help="Cổng (port).")
@click.option("--address", default="127.0.0.1", show_default=True, help="Địa chỉ (address; this machine only).")
@lang_option
def serve(port: int, address: str, lang: str) -> None:
    """Mở các trang số liệu trên máy này (serve the pages on this machine)."""
    run_pages(DataDir.from_environment(), port, address, lang)

"""A reader without a browser: signs in, speaks Streamlit's protocol, clicks, and says when the page is finished."""

from __future__ import annotations

import asyncio
import os
import shutil
import time
from dataclasses import dataclass, field
from pathlib import Path

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ClientState_pb2 import ClientState
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState, WidgetStates
from websockets.asyncio.client import ClientConnection, connect
from websockets.typing import Subprotocol

from ui.access import accounts, sessions
from ui.access.store import open_store
from ui.access.web import SESSION_COOKIE
from warehouse.paths import DataDir

LINKED = (".duckdb", ".parquet")
PATIENCE_SECONDS = 60.0


def beside(data: Path, target: Path) -> Path:
    """Return a copy of a data folder to serve with accounts of its own; what is large and never changes is linked."""

    def taken(source: str, copy: str) -> None:
        if source.endswith(LINKED):
            os.link(source, copy)
        else:
            shutil.copy2(source, copy)

    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(data, target, copy_function=taken, ignore=shutil.ignore_patterns("inbox", "access.sqlite*"))
    return target


def publish_again(data: Path) -> None:
    """Point to the same snapshot under another name, as a publish does: nothing kept of the old one serves."""
    folder, pointer = data / "snapshots", data / "CURRENT"
    name = pointer.read_text("ascii").strip()
    other = f"{name[:-6]}{(int(name[-6:], 16) + 1) % 16**6:06x}"
    os.link(folder / f"{name}.duckdb", folder / f"{other}.duckdb")
    pointer.write_text(other + "\n", encoding="ascii")


def sign_in(data: Path, login: str, role: accounts.Role, units: tuple[str, ...] = ()) -> str:
    """Return the cookie of a new session of an account, made where there is none."""
    store = accounts.prepare(open_store(DataDir(data)))
    found = accounts.get(store, login) or accounts.add(store, login, login, role, None, units)
    return f"{SESSION_COOKIE}={sessions.begin(store, found)}"


def cpu_of(pid: int) -> float:
    """Return the CPU seconds of a running process, all its threads, as exact as the kernel counts them."""
    return time.clock_gettime((~pid << 3) | 2)


@dataclass(frozen=True)
class Finished:
    """One click: seconds to the finished script, and what was sent for it."""

    seconds: float
    sent_bytes: int
    elements: int


@dataclass
class Reader:
    """One tab."""

    connection: ClientConnection
    pages: dict[str, str] = field(default_factory=dict)
    """Page → its hash, as the navigation says."""
    page: str = ""
    query: str = ""
    boxes: dict[str, tuple[str, tuple[str, ...]]] = field(default_factory=dict)
    """Key of a box of choices → its id and what it offers."""

    async def open(self, name: str, query: str = "") -> Finished:
        """Go to a page, by its link in the navigation, or as a first address."""
        self.boxes.clear()
        if name in self.pages:
            self.page = self.pages[name]
            return await self._run(ClientState(page_script_hash=self.page, query_string=query))
        return await self._run(ClientState(page_name=name, query_string=query))

    async def choose(self, key: str, value: str) -> Finished:
        """Choose another value in a box."""
        state = WidgetState(id=self.boxes[key][0], string_value=value)
        states = WidgetStates(widgets=[state])
        return await self._run(ClientState(page_script_hash=self.page, query_string=self.query, widget_states=states))

    async def _run(self, asked: ClientState) -> Finished:
        started = time.perf_counter()
        await self.connection.send(BackMsg(rerun_script=asked).SerializeToString())
        size = elements = 0
        while True:
            raw = await asyncio.wait_for(self.connection.recv(), PATIENCE_SECONDS)
            assert isinstance(raw, bytes)
            size += len(raw)
            message = ForwardMsg.FromString(raw)
            kind = message.WhichOneof("type")
            if kind == "delta":
                elements += 1
                self._note(message)
            elif kind == "navigation":
                self.pages = {p.url_pathname: p.page_script_hash for p in message.navigation.app_pages}
                self.page = message.navigation.page_script_hash
            elif kind == "page_info_changed":
                self.query = message.page_info_changed.query_string
            elif kind == "script_finished" and message.script_finished == ForwardMsg.FINISHED_SUCCESSFULLY:
                return Finished(time.perf_counter() - started, size, elements)

    def _note(self, message: ForwardMsg) -> None:
        element = message.delta.new_element
        if element.WhichOneof("type") == "exception":
            raise RuntimeError(element.exception.message)
        if element.WhichOneof("type") == "selectbox":
            box = element.selectbox
            self.boxes[box.id.rpartition("-")[2]] = (box.id, tuple(box.options))


async def reader(address: str, cookie: str) -> Reader:
    """Return a new tab of whoever the cookie belongs to."""
    stream = address.replace("http", "ws", 1) + "/_stcore/stream"
    # No Origin: a program that is no browser sends none.
    connection = await connect(
        stream,
        subprotocols=[Subprotocol("streamlit")],
        additional_headers={"Cookie": cookie},
        max_size=None,
        open_timeout=30,
    )
    return Reader(connection)

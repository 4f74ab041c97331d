"""XML read as events, with no document type and no entities of the file's own."""

from __future__ import annotations

from typing import BinaryIO, Protocol
from xml.parsers import expat

from etl.readers.model import Unreadable


class Handler(Protocol):
    """Told of elements and text."""

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """Begin an element."""

    def end(self, name: str) -> None:
        """End an element."""

    def text(self, data: str) -> None:
        """Take text."""


def parse(opened: BinaryIO, handler: Handler) -> None:
    """Feed a document to a handler; raise `Unreadable` where it declares a type or is not well-formed."""
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = handler.start
    parser.EndElementHandler = handler.end
    parser.CharacterDataHandler = handler.text
    parser.StartDoctypeDeclHandler = _refuse
    parser.EntityDeclHandler = _refuse
    try:
        parser.ParseFile(opened)
    except expat.ExpatError as error:
        raise Unreadable("broken_workbook", detail=f"XML {error.code}") from None


def _refuse(*_: object) -> None:
    raise Unreadable("xml_entities")

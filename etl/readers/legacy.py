"""Stub."""


def look_alike(content: bytes) -> str:
    return content.decode("cp1252", "replace")

"""What the first page would have to wait for, done before it is asked: modules, the snapshot, its places.

Nothing is asked for a viewer. What lies in memory afterwards stays for good, so the collector of garbage is told to
look at it no more: it went through all of it after every click, and that took longer than drawing a page.
"""

from __future__ import annotations

import gc
import pkgutil
import threading
from collections.abc import Iterator
from contextlib import suppress
from importlib import import_module
from types import ModuleType

from warehouse.paths import DataDir

FIRST = ("ui.controls", "ui.blocks")
"""What every page needs."""
LATER = (
    "plotly.graph_objs._figure", "plotly.graph_objs._bar", "plotly.graph_objs._scatter", "plotly.io._json",
    "plotly.animation", "plotly.offline", "plotly.tools", "pandas.io.formats.style", "pyarrow.pandas_compat",
    "pyarrow.vendored.version", "scipy.special", "scipy.optimize",
)  # fmt: skip
"""What is imported only where it is used, since the command line starts faster without it."""


def start() -> threading.Thread:
    """Return the thread in which the server gets ready, while it answers already."""
    thread = threading.Thread(target=up, name="warm-up", daemon=True)
    thread.start()
    return thread


def up() -> None:
    """Import what pages are made of, and read what every page reads of the published snapshot."""
    for name in modules():
        # What an extra brings, as single sign-on, need not be installed; nothing asks for it then.
        with suppress(ModuleNotFoundError):
            import_module(name)
    from ui import asking

    asking.get_ready(DataDir.from_environment())
    gc.collect()
    gc.freeze()


def modules() -> Iterator[str]:
    """Yield the names of the modules that pages import, what every page needs first."""
    import metrics.analysis
    import pages
    import ui

    yield from FIRST
    yield from _within(ui)
    yield from _within(metrics.analysis)
    # A page itself is a script and is run, its parts are imported.
    for found in pkgutil.iter_modules(pages.__path__, "pages."):
        if found.ispkg:
            yield from _within(import_module(found.name))
    yield from LATER


def _within(package: ModuleType) -> Iterator[str]:
    for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
        yield found.name

"""Files that pages are made of, out of the packages that are installed, and no others.

They are listed once, when the server starts; a request is looked up in the list and never becomes
a path. Only what a package says that it installed is listed: whatever else lies in its folders was
put there by somebody else.
"""

from __future__ import annotations

import functools
import gzip
from collections.abc import Mapping
from importlib.metadata import PackageNotFoundError, files
from pathlib import Path

from takeup.errors import InputError

BUNDLES = "/_solara/cdn"
"""Where pages look for libraries of the browser."""

EXTENSIONS = ("jupyter-vue", "jupyter-vuetify")
"""What Solara draws with in the browser; whatever else Jupyter has on this machine stays out."""

_FOLDERS = (
    *(
        ("solara-assets", f"share/solara/cdn/{library}@", f"{BUNDLES}/{library}@")
        for library in (
            *("@widgetti/solara-vuetify-app", "@widgetti/vue-grid-layout"),
            *("echarts", "requirejs"),
        )
    ),
    *(
        (package, f"share/jupyter/nbextensions/{extension}/", f"/jupyter/nbextensions/{extension}/")
        for package, extension in zip(("ipyvue", "ipyvuetify"), EXTENSIONS, strict=True)
    ),
    ("solara-ui", "solara/server/static/", "/static/"),
    ("solara-ui", "solara/server/assets/", "/static/assets/"),
)
"""Package, beginning of what it installed, and beginning of its address."""

TYPES: Mapping[str, str] = {
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".woff": "font/woff",
    ".woff2": "font/woff2",
    ".ttf": "font/ttf",
}
"""Kinds of files that pages ask for; a machine's own list may say otherwise."""

_PACKED = (".js", ".css", ".svg")


def installed() -> dict[str, Path]:
    """Return the files that pages may ask for, by address.

    Raises:
        InputError: a package is not there, or says of no file that it installed it.
    """
    found: dict[str, Path] = {}
    for package, folder, address in _FOLDERS:
        there = {
            address + name.partition(folder)[2]: path
            for name, path in _of_package(package)
            if folder in name and path.suffix in TYPES and path.is_file()
        }
        if not there:
            raise InputError(
                f"takeup view: files of the package {package} are missing; install it again: "
                f"pip install --force-reinstall {package}"
            )
        found |= there
    return found


@functools.cache  # each is packed once; all of them together are some 10 MB
def packed(path: Path) -> bytes | None:
    """Return a file as browsers take it, compressed; None if that would gain nothing."""
    return gzip.compress(path.read_bytes(), 6, mtime=0) if path.suffix in _PACKED else None


@functools.cache
def _of_package(package: str) -> list[tuple[str, Path]]:
    try:
        listed = files(package) or []
    except PackageNotFoundError:
        listed = []
    return [(file.as_posix(), Path(str(file.locate()))) for file in listed]

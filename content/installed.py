"""Which optional libraries this machine has: a part without them is absent from the pages, and `doctor` says so."""

import ctypes.util
import functools
import importlib.util

_PANGO = ("pango-1.0", "pango-1.0-0", "libpango-1.0-0")


@functools.cache
def can_typeset() -> bool:
    """Whether WeasyPrint and its Pango are there; without them nothing is printed as a sheet."""
    has_pango = any(ctypes.util.find_library(name) for name in _PANGO)
    return has_pango and importlib.util.find_spec("weasyprint") is not None

"""The child process that runs one reader under limits; started by `limits.run_limited`, never by hand."""

import importlib
import os
import sys
from typing import Any

import msgspec

from content.errors import IntakeError
from content.intake import limits


def main() -> None:
    """Read the payload from stdin, call the function named in argv, write its answer or error to stdout."""
    limits.limit_this_process()
    with os.fdopen(os.dup(1), "wb") as answer:
        # A library that prints must not write into the answer.
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        answer.write(msgspec.msgpack.encode(_call(sys.argv[1], sys.stdin.buffer.read())))


def _call(function: str, payload: bytes) -> dict[str, Any]:
    try:
        return {"ok": True, "result": _find(function)(msgspec.msgpack.decode(payload))}
    except IntakeError as exc:
        return {"ok": False, "code": exc.code, "message": str(exc)}
    except MemoryError:
        return {"ok": False, "code": "too_heavy", "message": limits.TOO_HEAVY}
    # A hostile file may break a library in any way; here every way means the same to the agent.
    except Exception:  # noqa: BLE001
        return {"ok": False, "code": "unreadable", "message": limits.UNREADABLE}


def _find(function: str) -> Any:
    module, _, name = function.partition(":")
    if not module.startswith("content.intake."):
        raise ValueError(f"not an intake reader: {function}")
    return getattr(importlib.import_module(module), name)


if __name__ == "__main__":
    main()

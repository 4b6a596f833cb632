"""What the command line says when something fails, and the exit codes.

0 done, 2 bad input, 1 a fault of ours or of the machine, 130 stopped by the user.
"""

from __future__ import annotations

import json
import sys
import tempfile
import traceback

from typer.exceptions import TyperException

from forecastle.core.errors import DataError, ForecastleError, Stopped

STOPPED = Stopped("stopped; nothing was written")
BAD_INPUT = 2
OUR_FAULT = 1


def report_failure(error: BaseException, *, as_json: bool, debug: bool) -> int:
    """Tell of ``error`` on stderr, in one message without a stack trace; the exit code."""
    code = exit_code(error)
    message = _message(error, debug=debug)
    if as_json:
        record: dict[str, object] = {"error": message, "exit_code": code}
        if isinstance(error, DataError):
            record["problems"] = [vars(problem) for problem in error.problems]
            record["problem_count"] = error.count
        message = json.dumps(record, ensure_ascii=False)
    print(message, file=sys.stderr)
    return code


def exit_code(error: BaseException) -> int:
    """The exit code that an error ends the program with."""
    if isinstance(error, ForecastleError | TyperException):
        return error.exit_code
    if isinstance(error, PermissionError | FileNotFoundError | NotADirectoryError):
        return BAD_INPUT
    return OUR_FAULT


def _message(error: BaseException, *, debug: bool) -> str:
    if isinstance(error, TyperException):
        return f"{error.format_message().rstrip('.')}; see forecastle --help"
    if isinstance(error, ForecastleError):
        return str(error)
    if isinstance(error, OSError) and error.filename is not None:
        return f"{error.filename}: {error.strerror}"
    if isinstance(error, MemoryError):
        return "memory ran out; use fewer items, a coarser frequency or --workers 1"
    return _unexpected(error, debug=debug)


def _unexpected(error: BaseException, *, debug: bool) -> str:
    """A fault of ours: what it was, and where the full story lies."""
    story = "".join(traceback.format_exception(error))
    headline = f"Forecastle failed unexpectedly ({type(error).__name__}: {error})"
    if debug:
        return f"{story}{headline}"
    with tempfile.NamedTemporaryFile(
        "w", prefix="forecastle-", suffix=".log", delete=False, encoding="utf-8"
    ) as log:
        log.write(story)
    return f"{headline}; this is a fault of ours. Please report it with {log.name}"

"""A program on a leash: it ends when the process that started it ends, however that ends.

Run as a script, ``python leash.py PROGRAM ARGUMENT…``: for programs that are not ours and know
nothing of a leash. The leash is the script's standard input, held open by who started it.
"""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Sequence

_PATIENCE_SECONDS = 10.0
_PR_SET_PDEATHSIG = 1


def main(command: Sequence[str]) -> int:
    """Run a program until it ends or the leash is let go of; its exit code."""
    program = subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        preexec_fn=_die_with_parent if sys.platform == "linux" else None,
    )
    signal.signal(signal.SIGTERM, lambda *_: program.terminate())
    signal.signal(signal.SIGHUP, lambda *_: program.send_signal(signal.SIGHUP))
    threading.Thread(target=_hold, args=(program,), daemon=True).start()
    return program.wait()


def _hold(program: subprocess.Popen[bytes]) -> None:
    """Wait for the end of the leash, then end the program, politely at first."""
    os.read(sys.stdin.fileno(), 1)
    program.terminate()
    try:
        program.wait(_PATIENCE_SECONDS)
    except subprocess.TimeoutExpired:
        program.kill()


def _die_with_parent() -> None:
    """Linux: the program is killed even where this script is (prctl(2), PR_SET_PDEATHSIG)."""
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

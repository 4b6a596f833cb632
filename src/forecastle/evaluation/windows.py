"""Backtest windows: stretches of history that are forecast as if they lay ahead."""

from __future__ import annotations

from dataclasses import dataclass

from forecastle.core.errors import InputError

LARGEST_BACKTEST_WINDOWS = 5


@dataclass(frozen=True)
class Window:
    """The steps ``[first, first + horizon)`` of a panel; a model sees only what lies before."""

    first: int
    horizon: int

    @property
    def end(self) -> int:
        """The step after the last."""
        return self.first + self.horizon


def backtest_windows(
    n_time: int, horizon: int, count: int = 1, offset: int | None = None
) -> tuple[Window, ...]:
    """The windows whose accuracy is reported, earliest first; consecutive, not overlapping.

    Args:
        n_time: length of the history in steps.
        horizon: length of a window in steps.
        count: NumberOfBacktestWindows, 1 to 5.
        offset: BackTestWindowOffset: steps from the end back to the start of the latest window;
            default the horizon (developer guide: EvaluationParameters).

    Raises:
        InputError: the count is out of range, or the windows need more history than there is.
    """
    if not 1 <= count <= LARGEST_BACKTEST_WINDOWS:
        raise InputError(
            f"backtest windows: {count} is out of range; use 1 to {LARGEST_BACKTEST_WINDOWS}"
        )
    offset = horizon if offset is None else offset
    if not horizon <= offset < max(n_time / 2, horizon + 1):
        raise InputError(
            f"backtest window offset {offset} must be at least the horizon ({horizon}) and less "
            f"than half of the history ({n_time} steps)"
        )
    firsts = [n_time - offset - k * horizon for k in range(count)]
    if firsts[-1] < 1:
        raise InputError(
            f"{count} backtest windows of {horizon} steps do not fit into a history of {n_time} "
            "steps; use fewer windows or a shorter horizon"
        )
    return tuple(Window(first, horizon) for first in reversed(firsts))


def windows_before(end: int, horizon: int, count: int, shortest: int) -> tuple[Window, ...]:
    """Up to ``count`` consecutive windows that end at ``end``, earliest first.

    Those are left out that would leave less than ``shortest`` steps of history before them.
    """
    firsts = [end - (k + 1) * horizon for k in range(count)]
    return tuple(Window(first, horizon) for first in reversed(firsts) if first >= shortest)

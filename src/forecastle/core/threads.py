"""Sums whose last bits do not depend on how many threads there are."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import Any

from threadpoolctl import threadpool_limits


def one_blas_thread() -> AbstractContextManager[Any]:
    """While entered, sums in one order: with more threads the last bits depend on their number."""
    limits: AbstractContextManager[Any] = threadpool_limits(1, user_api="blas")
    return limits

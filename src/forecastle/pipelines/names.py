"""What a run calls the things that it makes."""

from __future__ import annotations

_OF_RUN_ID = 12


def run_name(pipeline: str, run_id: str) -> str:
    """Of a run's import jobs, predictor, forecast and export: ``uk_sales_4g3rq4mcps4y``.

    The end of a run's identifier is chance, so the name is the run's own; with the longest name of
    a pipeline it has 53 characters, and 63 are allowed.
    """
    return f"{pipeline}_{run_id[-_OF_RUN_ID:].lower()}"

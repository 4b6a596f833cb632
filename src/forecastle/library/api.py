"""The two functions that most uses of the library begin with."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from forecastle.library.predictor import Predictor
from forecastle.library.tables import Frame, Table


def forecast(
    data: Table,
    horizon: int = 7,
    frequency: str | None = None,
    holidays: str | Sequence[str] = (),
    **options: Any,
) -> Frame:
    """Forecast from sales in one call; to forecast again without training, use `Predictor`.

    Args:
        data: one row per sale or per item and period: a path (CSV or Parquet, gzipped or not, or
            a folder of them) or a pandas or Polars frame. The columns of item, timestamp and
            demand are recognised by their names.
        horizon: number of steps ahead.
        frequency: the step: ``"D"``, ``"W"``, ``"2W"``, ``"M"``, ``"H"``, ``"30min"`` …; None:
            as the data are.
        holidays: country codes, such as ``"UK"``.
        **options: ``related``, ``metadata``, ``executor`` and ``progress`` of `Predictor.train`,
            and the other fields of `Settings`.

    Returns:
        ``n_series * horizon`` rows: ``item_id``, the dimensions, ``timestamp`` (start of the
        period) and a column per quantile in units of demand (``p10``, ``p50``, ``p90``); the same
        kind of frame as ``data``, Polars for paths.

    Raises:
        InputError: the data or the options cannot be used; says what, where and the remedy.
    """
    predictor = Predictor.train(
        data, horizon=horizon, frequency=frequency, holidays=holidays, **options
    )
    return predictor.forecast()


def load(folder: str | Path) -> Predictor:
    """Read back a predictor that `Predictor.save` or a run of the command line wrote.

    Raises:
        InputError: no predictor is there, it is damaged, or its format is not known.
    """
    return Predictor.load(folder)

"""Tables in and out: pandas or Polars, eager or lazy, or a path; the same kind comes back."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

import polars as pl

from forecastle.core.errors import InputError

if TYPE_CHECKING:
    import pandas as pd

Table: TypeAlias = "str | Path | pl.DataFrame | pl.LazyFrame | pd.DataFrame"
"""What data may come as: a file, a folder of files, or a frame."""

Frame: TypeAlias = "pl.DataFrame | pl.LazyFrame | pd.DataFrame"
"""What results come back as."""


def check_table(table: Any, role: str) -> None:
    """Refuse what is no table.

    Raises:
        InputError: names the role and the type found.
    """
    known = isinstance(table, str | Path | pl.DataFrame | pl.LazyFrame)
    if not known and not _is_pandas(table):
        raise InputError(
            f"{role}: a {type(table).__name__} is no table; "
            "give a path or a pandas or Polars DataFrame"
        )


def kind_of(table: Table) -> str:
    """``polars``, ``lazy`` or ``pandas``; a path counts as Polars."""
    if isinstance(table, pl.LazyFrame):
        return "lazy"
    return "pandas" if _is_pandas(table) else "polars"


def as_kind(result: pl.DataFrame, kind: str) -> Any:
    """``result`` as a kind of table that `kind_of` names."""
    if kind == "lazy":
        return result.lazy()
    return result.to_pandas() if kind == "pandas" else result


def _is_pandas(table: Any) -> bool:
    """Without importing pandas: a pandas frame exists only where pandas was imported."""
    pandas = sys.modules.get("pandas")
    return pandas is not None and isinstance(table, pandas.DataFrame)

"""History: the tables a predictor was trained on, kept so that it can forecast from newer ones."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import polars as pl

_TIMESTAMP = "timestamp"


@dataclass(frozen=True, eq=False)
class History:
    """Tables in the shape that `series.building` takes.

    Attributes:
        target: keys, ``timestamp``, ``demand``: one row per series and period.
        related: keys, ``timestamp`` and numeric features; None without related data.
        metadata: ``item_id`` and attributes; None without metadata.
    """

    target: pl.DataFrame
    related: pl.DataFrame | None = None
    metadata: pl.DataFrame | None = None

    def continued(self, newer: History) -> History:
        """This history, replaced from where ``newer`` begins.

        Newer tables may so hold everything or the latest rows only, and corrections count.
        Metadata are replaced as a whole; tables that ``newer`` lacks stay.
        """
        related = self.related
        if related is not None and newer.related is not None:
            related = _continued(related, newer.related)
        return History(
            _continued(self.target, newer.target),
            related,
            self.metadata if newer.metadata is None else newer.metadata,
        )

    def save(self, folder: Path) -> None:
        """Write Parquet files into an existing folder."""
        for name, table in self._tables().items():
            table.write_parquet(folder / f"{name}.parquet", statistics=False)

    @classmethod
    def load(cls, folder: Path) -> History:
        """Read back what `save` wrote."""
        found = {path.stem: pl.read_parquet(path) for path in folder.glob("*.parquet")}
        return replace(cls(found.pop("target")), **found)

    def _tables(self) -> dict[str, pl.DataFrame]:
        tables = {"target": self.target, "related": self.related, "metadata": self.metadata}
        return {name: table for name, table in tables.items() if table is not None}


def _continued(older: pl.DataFrame, newer: pl.DataFrame) -> pl.DataFrame:
    """Rows of ``older`` before the first of ``newer``, then ``newer``; sorted by key and time."""
    kept = older.filter(pl.col(_TIMESTAMP) < newer[_TIMESTAMP].min())
    keys = [name for name in older.columns if older.schema[name] == pl.String]
    return pl.concat([kept, newer.select(older.columns)]).sort([*keys, _TIMESTAMP])

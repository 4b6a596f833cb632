"""What-if: a forecast's baseline, and by what a changed future multiplies it.

A scenario is the baseline times the effect of the features that change (`training.responses`), all
quantiles alike: what the blend knows of level, season and uncertainty stays, and members that see
no price do not water the effect down. Quantiles keep their order, and zero stays zero.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from forecastle.core.errors import InputError
from forecastle.series.columns import TIMESTAMP
from forecastle.series.panel import Integers, Panel
from forecastle.series.scenario import FutureColumns
from forecastle.training.responses import Response, demand_ratio, estimate_responses

_FUTURE, _SLOPES, _FACTS = "future.parquet", "slopes.parquet", "what_if.json"
_RATIO = "ratio"
_MOST_SERIES = 1000  # that responses are learnt from


@dataclass(frozen=True, eq=False)
class WhatIf:
    """What scenarios of one forecast start from.

    Attributes:
        columns: of ``future``.
        future: the known values over the horizon (`series.scenario`), sorted by series and time.
        slopes: a row per series: the key columns, and the slope of each feature.
        responses: one per feature; its ``slopes`` are those of the rows of ``slopes``.
    """

    columns: FutureColumns
    future: pl.DataFrame
    slopes: pl.DataFrame
    responses: tuple[Response, ...]

    @property
    def messages(self) -> tuple[str, ...]:
        """What the user should know of the effects, a sentence each."""
        return tuple(
            f"the history hardly tells how demand answers to '{each.name}': take its effect with "
            "care"
            for each in self.responses
            if each.is_vague
        )

    def ratios(self, after: pl.DataFrame) -> tuple[pl.DataFrame, tuple[str, ...]]:
        """By what each step of the baseline is multiplied.

        Args:
            after: ``future`` with other values.

        Returns:
            The key columns, ``timestamp`` and ``ratio``; and what the user should know.

        Raises:
            InputError: a value makes no sense, such as a price of zero.
        """
        names = list(self.columns.features)
        shape = (len(self.slopes), -1, len(names))
        before = self.future.select(names).to_numpy().reshape(shape)
        changed = after.select(names).to_numpy().reshape(shape)
        messages = []
        for k, response in enumerate(self.responses):
            values = changed[:, :, k]
            if not np.isfinite(values).all() or (response.is_elasticity and values.min() <= 0):
                raise InputError(
                    f"attribute '{response.name}' would become {values.min():g}; all its values "
                    "so far are above zero, so give a change that keeps them there"
                )
            messages += _beyond(response, before[:, :, k], values)
        ratio = demand_ratio(self.responses, before, changed).ravel()
        keys = self.future.select(*self.columns.keys, TIMESTAMP)
        return keys.with_columns(pl.Series(_RATIO, ratio)), tuple(messages)

    def save(self, folder: Path) -> None:
        """Write it into an existing folder."""
        self.future.write_parquet(folder / _FUTURE)
        self.slopes.write_parquet(folder / _SLOPES)
        facts = {"columns": asdict(self.columns), "responses": self.facts()}
        (folder / _FACTS).write_text(json.dumps(facts, ensure_ascii=False), encoding="utf-8")

    def facts(self) -> list[dict[str, Any]]:
        """The responses as plain values, without those of single series."""
        return [
            {
                "name": each.name,
                "is_elasticity": each.is_elasticity,
                "mean": each.mean,
                "error": each.error,
                "low": each.low,
                "high": each.high,
            }
            for each in self.responses
        ]

    @classmethod
    def load(cls, folder: Path) -> WhatIf:
        """Read back what `save` wrote."""
        facts = json.loads((folder / _FACTS).read_text(encoding="utf-8"))
        columns = facts["columns"]
        for name in ("dimensions", "features", "metadata"):
            columns[name] = tuple(columns[name])
        slopes = pl.read_parquet(folder / _SLOPES, glob=False)
        responses = tuple(
            Response(slopes=slopes[each["name"]].to_numpy(), **each) for each in facts["responses"]
        )
        future = pl.read_parquet(folder / _FUTURE, glob=False)
        return cls(FutureColumns(**columns), future, slopes, responses)


def prepare_what_if(
    panel: Panel, horizon: int, rows: Integers, item: str, fixed: Mapping[str, str]
) -> WhatIf:
    """Learn from a panel what its scenarios need.

    Args:
        panel: the history, with features that are known over the horizon.
        horizon: steps.
        rows: the series that scenarios are wanted for, ascending.
        item: what the domain calls the item.
        fixed: why other attributes cannot be changed, by name.
    """
    learnt = _learnt_from(panel.n_series, rows)
    responses = estimate_responses(panel.select(learnt))
    place = np.searchsorted(learnt, rows)
    chosen = tuple(Response(**{**vars(each), "slopes": each.slopes[place]}) for each in responses)
    keys = panel.keys[rows]
    names = panel.known_names
    metadata = [name for name in panel.static.columns if name not in (*names, *keys.columns)]
    columns = FutureColumns(item, tuple(keys.columns[1:]), names, tuple(metadata), dict(fixed))
    future = (
        pl.concat([keys, panel.static[rows].select(metadata)], how="horizontal")
        .select(pl.all().repeat_by(horizon).explode())
        .with_columns(
            pl.Series(
                TIMESTAMP, np.tile(panel.future_times(horizon).astype("datetime64[us]"), len(rows))
            ),
            *(
                pl.Series(name, panel.known[rows, panel.n_time : panel.n_time + horizon, k].ravel())
                for k, name in enumerate(names)
            ),
        )
    )
    slopes = keys.with_columns(pl.Series(each.name, each.slopes) for each in chosen)
    return WhatIf(columns, future, slopes, chosen)


def scenario_of(
    baseline: pl.DataFrame, ratios: pl.DataFrame, keys: Sequence[str], values: Sequence[str]
) -> pl.DataFrame:
    """A baseline's rows of the series in ``ratios``, with ``values`` multiplied.

    Args:
        baseline: the key columns, ``timestamp`` and ``values``.
        ratios: from `WhatIf.ratios`.
        keys: the key columns.
        values: the quantiles and the mean.
    """
    joined = baseline.join(ratios, on=[*keys, TIMESTAMP], how="inner", maintain_order="left")
    return joined.with_columns(pl.col(name) * pl.col(_RATIO) for name in values).drop(_RATIO)


def _learnt_from(n_series: int, rows: Integers) -> Integers:
    """``rows``, and as many others, evenly spread, as responses are learnt from."""
    others = np.setdiff1d(np.arange(n_series), rows)
    n_others = min(max(_MOST_SERIES - len(rows), 0), len(others))
    spread = np.linspace(0, len(others) - 1, n_others).astype(int)
    return np.union1d(rows, others[spread])


def _beyond(response: Response, before: Any, after: Any) -> list[str]:
    """A sentence where a changed value lies outside of what the history knows."""
    moved = after[after != before]
    if not moved.size or (moved.min() >= response.low and moved.max() <= response.high):
        return []
    value = moved.min() if moved.min() < response.low else moved.max()
    return [
        f"'{response.name}' becomes {value:g}, the history knows {response.low:g} to "
        f"{response.high:g}: beyond that the effect is drawn on, not seen"
    ]

"""Effects of price cuts on generated shops whose elasticity is known.

``python -m benchmarks.what_if`` prints, per shop and price cut, the true rise of demand, what the
responses of what-if analyses say (`forecastle.training.responses`) and what the global LightGBM
says when it forecasts with the lower price.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import polars as pl

from forecastle.core.budget import Budget
from forecastle.core.frequency import Frequency
from forecastle.models.lightgbm_quantile import LightGBMQuantile
from forecastle.series.calendar import Calendar
from forecastle.series.panel import Panel
from forecastle.series.spec import ForecastSpec
from forecastle.training.responses import demand_ratio, estimate_responses

_STEPS, _HORIZON = 730, 28
_SHOPS = ((50, -1.5, (2, 40)), (200, -1.5, (2, 40)), (50, -1.5, (0.2, 2)), (50, -3.0, (2, 40)))


def shop(n_series: int, elasticity: float, size: tuple[float, float]) -> tuple[Panel, float]:
    """Two years of Poisson demand with week, year and drift; promotions of 10 to 30 %."""
    rng = np.random.default_rng(0)
    days = np.arange(_STEPS + _HORIZON)
    price = np.ones((n_series, len(days)))
    for row in price:
        day = int(rng.integers(14, 60))
        while day < _STEPS:
            length = int(rng.integers(5, 15))
            row[day : day + length] = 1 - rng.uniform(0.1, 0.3)
            day += length + int(rng.integers(14, 60))
    price[:, _STEPS:] = 1
    own = elasticity + rng.normal(0, 0.2, (n_series, 1))
    drift = np.exp(np.cumsum(rng.normal(0, 0.015, price.shape), axis=1))
    season = (1 + 0.3 * np.sin(2 * np.pi * days / 7)) * (1 + 0.25 * np.sin(2 * np.pi * days / 365))
    level = rng.uniform(*size, (n_series, 1)) * drift * season
    demand = rng.poisson(level * price**own * rng.lognormal(0, 0.1, price.shape)).astype(float)
    price *= rng.uniform(5, 50, (n_series, 1))
    panel = Panel(
        frequency=Frequency(1, "D"),
        keys=pl.DataFrame({"item_id": [f"I{row:03d}" for row in range(n_series)]}),
        origin=np.datetime64("2021-01-04", "s"),
        start=np.zeros(n_series, dtype=np.int64),
        target=demand[:, :_STEPS],
        observed=np.ones((n_series, _STEPS), dtype=bool),
        known=price[:, :, None],
        known_names=("price",),
        past=np.zeros((n_series, _STEPS, 0)),
        past_names=(),
        static=pl.DataFrame(height=n_series),
        calendar=Calendar(),
    )
    return panel, float(own.mean())


def main() -> None:
    """Print a table in Markdown."""
    print("| items | elasticity | sales a day | price | true | what-if | LightGBM alone |")
    print("|---|---|---|---|---|---|---|")
    for n_series, elasticity, size in _SHOPS:
        panel, own = shop(n_series, elasticity, size)
        responses = estimate_responses(panel)
        model = LightGBMQuantile().fit(panel, ForecastSpec(horizon=_HORIZON), Budget())
        base = model.predict(panel).mean.sum()
        before = panel.known[:, _STEPS:]
        for factor in (0.9, 0.8):
            known = panel.known.copy()
            known[:, _STEPS:] *= factor
            trees = model.predict(replace(panel, known=known)).mean.sum() / base - 1
            ours = demand_ratio(responses, before, before * factor).mean() - 1
            print(
                f"| {n_series} | {elasticity} | {size[0]}-{size[1]} | {factor - 1:+.0%} "
                f"| {factor**own - 1:+.1%} | {ours:+.1%} | {trees:+.1%} |"
            )


if __name__ == "__main__":
    main()

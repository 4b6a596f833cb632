"""Items of a few shops whose sales go up and down together in a known way."""

from dataclasses import replace

import numpy as np
import polars as pl

from forecastle.core.frequency import Frequency
from forecastle.core.quantiles import GRID
from forecastle.evaluation.windows import Window
from forecastle.series.forecast import Forecast, normal_scores
from forecastle.series.groups import EVERYONE
from forecastle.series.panel import Panel
from forecastle.training.dependence import Dependence
from forecastle.training.report import Backtest
from tests.panels import shop_panel as panel_with

SHOPS, ITEMS, HORIZON, LEVEL, SPREAD = 10, 6, 8, 100.0, 10.0
N_SERIES = SHOPS * ITEMS
SHOP_OF = np.repeat(np.arange(SHOPS), ITEMS)
KEYS = pl.DataFrame({"item_id": [f"I{row:03d}" for row in range(N_SERIES)]})


def shop_panel() -> Panel:
    shops = {"shop": [f"S{shop}" for shop in SHOP_OF]}
    return replace(panel_with(np.full((N_SERIES, 60), LEVEL), static=shops), keys=KEYS)


def normal_quantiles(n_series: int = N_SERIES, horizon: int = HORIZON) -> np.ndarray:
    return np.tile(LEVEL + SPREAD * normal_scores(GRID), (n_series, horizon, 1))


def drawn_scores(truth: Dependence, rng: np.random.Generator) -> np.ndarray:
    scores = np.sqrt(truth.series) * rng.standard_normal((N_SERIES, 1))
    scores = scores + np.sqrt(truth.rest) * rng.standard_normal((N_SERIES, HORIZON))
    for factor in truth.factors:
        groups = np.zeros(N_SERIES, dtype=np.int64) if factor.column == EVERYONE else SHOP_OF
        scores += np.sqrt(factor.lasting) * rng.standard_normal((SHOPS, 1))[groups]
        scores += np.sqrt(factor.passing) * rng.standard_normal((SHOPS, HORIZON))[groups]
    return scores


def backtest(
    actual: np.ndarray, scored: np.ndarray | None = None, rows: np.ndarray | None = None
) -> Backtest:
    keys = KEYS if rows is None else KEYS[rows]
    start = np.datetime64("2024-01-01", "s")
    forecast = Forecast(Frequency(1, "D"), keys, start, normal_quantiles(len(keys)))
    everyone = np.ones(len(keys), dtype=bool) if scored is None else scored
    return Backtest(Window(50, HORIZON), forecast, actual, everyone, np.ones(len(keys)))


def windows(truth: Dependence, count: int) -> list[Backtest]:
    rng = np.random.default_rng(7)
    return [backtest(LEVEL + SPREAD * drawn_scores(truth, rng)) for _ in range(count)]

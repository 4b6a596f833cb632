"""The metrics and the algorithms in words that need no statistics."""

from __future__ import annotations

from collections.abc import Mapping

from nicegui import ui

from forecastle.console.language import Language, mark
from forecastle.core.quantiles import MEAN, column_name
from forecastle.service.evaluations import Evaluation
from forecastle.training.report import AUTOML

AVERAGE, WAPE, RMSE, MAPE, MASE, SECONDS = "average", "wape", "rmse", "mape", "mase", "seconds"

METRICS: Mapping[str, tuple[str, str]] = {
    AVERAGE: (
        mark("Average wQL"),
        mark(
            "The error of all quantiles together, as a share of what was sold: 10% means that the "
            "forecasts were off by about a tenth of the sales. It is the usual measure of a "
            "forecast that says how sure it is."
        ),
    ),
    WAPE: (
        "WAPE",
        mark(
            "All deviations of the mean forecast added up, as a share of what was sold. Items that "
            "sell much count more."
        ),
    ),
    RMSE: (
        "RMSE",
        mark(
            "The typical deviation of the mean forecast in units of your data; large misses count "
            "far more than small ones."
        ),
    ),
    MAPE: (
        "MAPE",
        mark(
            "The average deviation in percent, each day and each item alike; days without sales "
            "are left out, and days with few sales weigh heavily."
        ),
    ),
    MASE: (
        "MASE",
        mark(
            "The deviation compared with that of simply repeating the last season: below 1 is "
            "better than that, above 1 is worse."
        ),
    ),
    SECONDS: (mark("Seconds"), mark("How long the test forecasts of this algorithm took.")),
}
"""Name and explanation of each metric."""

_QUANTILE = mark(
    "The error of the {quantile} forecast as a share of what was sold. What really happens should "
    "lie below {quantile} in {percent} of all cases; misses on the rarer side count more."
)

_OPTIMIZED: Mapping[str, str] = {
    "AverageWeightedQuantileLoss": METRICS[AVERAGE][0],
    "WAPE": METRICS[WAPE][0],
    "RMSE": METRICS[RMSE][0],
    "MASE": METRICS[MASE][0],
    "MAPE": METRICS[MAPE][0],
}

ALGORITHMS: Mapping[str, tuple[str, str]] = {
    AUTOML: (mark("Blend"), mark("Several algorithms together, each with its weight.")),
    "SeasonalNaive": (
        mark("Seasonal naive"),
        mark("Repeats the last season. It is the yardstick: whatever is not better is no use."),
    ),
    "LastYearLevel": (
        mark("Last year's level"),
        mark("What was sold a year ago, lifted or lowered to the level of today."),
    ),
    "LowRankSeasonal": (
        mark("Shared seasons"),
        mark(
            "The same weeks of the last two years, cleaned of chance by what all items have in "
            "common, at the level of today."
        ),
    ),
    "NPTS": (
        "NPTS",
        mark("Draws from what was sold before; for items with many days without a sale."),
    ),
    "TSB": (
        "TSB",
        mark("How often something sells, and how much then; for items that sell rarely."),
    ),
    "LightGBM": (
        "LightGBM",
        mark(
            "Learns from all items together, with prices, promotions, holidays and item "
            "properties; strong where there are many items."
        ),
    ),
    "Hurdle": (
        mark("Hurdle"),
        mark(
            "Learns from all items together whether something sells, and how much then; for items "
            "that sell rarely."
        ),
    ),
    "QuantileRegression": (
        mark("Quantile regression"),
        mark(
            "Draws straight lines through what all items together show; carries trends on beyond "
            "what was ever sold."
        ),
    ),
    "ETS": (
        "ETS",
        mark("Smooths level, trend and season of each item; strong with regular sales."),
    ),
    "Theta": (
        "Theta",
        mark("A simple trend and a smoothed curve for each item; hard to beat on short histories."),
    ),
    "MSTL+ETS": (
        "MSTL+ETS",
        mark("Takes long seasons such as the year apart and smooths the rest."),
    ),
    "Prophet": (
        "Prophet",
        mark("Trend, seasons and holidays of each item; slow, so for few items."),
    ),
    "CNN-QR": (
        "CNN-QR",
        mark("A neural network that learns quantiles from all items together; slow to train."),
    ),
    "Deep_AR_Plus": (
        "DeepAR+",
        mark("A neural network that continues all items step by step; slow to train."),
    ),
    "ARIMA": (
        "ARIMA",
        mark("Continues each item from its own latest values; slow, so only on request."),
    ),
}
"""Name and a sentence for each algorithm."""

_YEAR_DAYS, _WEEK_DAYS = (360.0, 370.0), 7.0
_ALIKE = 0.005
# Per season of the naive: better, worse, alike.
_SKILLS: Mapping[str, tuple[str, str, str]] = {
    "week": (
        mark("{percent} less error than repeating last week"),
        mark("{percent} more error than repeating last week"),
        mark("As much error as repeating last week"),
    ),
    "year": (
        mark("{percent} less error than repeating last year"),
        mark("{percent} more error than repeating last year"),
        mark("As much error as repeating last year"),
    ),
    "day": (
        mark("{percent} less error than repeating the day before"),
        mark("{percent} more error than repeating the day before"),
        mark("As much error as repeating the day before"),
    ),
    "season": (
        mark("{percent} less error than repeating the last season"),
        mark("{percent} more error than repeating the last season"),
        mark("As much error as repeating the last season"),
    ),
}


def algorithm_text(language: Language, name: str) -> str:
    """The name of an algorithm for people; one that is not known here is called as it is."""
    return language(ALGORITHMS[name][0]) if name in ALGORITHMS else name


def algorithm_hint(language: Language, name: str) -> str:
    """What an algorithm does, in a sentence."""
    return language(ALGORITHMS[name][1]) if name in ALGORITHMS else ""


def metric_text(language: Language, optimized: str) -> str:
    """The name of a metric as the API spells it, for people."""
    return language(_OPTIMIZED[optimized]) if optimized in _OPTIMIZED else optimized


def quantile_name(language: Language, forecast_type: str) -> str:
    """``p10`` for ``0.1``."""
    return language("mean") if forecast_type == MEAN else column_name(forecast_type)


def quantile_hint(language: Language, quantile: str) -> str:
    """What the loss of a quantile says."""
    return language(
        _QUANTILE, quantile=column_name(quantile), percent=language.percent(float(quantile))
    )


def skill_text(language: Language, evaluation: Evaluation, skill: float | None) -> str | None:
    """``19% less error than repeating last week``; None where it cannot be told."""
    if skill is None:
        return None
    better, worse, alike = _SKILLS[_season(evaluation.season_days)]
    if abs(skill) < _ALIKE:
        return language(alike)
    return language(better if skill > 0 else worse, percent=language.percent(abs(skill)))


def explanations(language: Language, evaluation: Evaluation) -> None:
    """What the numbers mean, folded away."""
    with ui.expansion(language("What do these numbers mean?"), icon="help_outline").classes(
        "full-width"
    ):
        ui.label(
            language(
                "All are errors: the smaller, the better. They are measured on the test windows: "
                "the latest part of your data, which was hidden from the algorithms, forecast, and "
                "compared with what happened. What is measured on them was chosen without them."
            )
        )
        with ui.element("dl").classes("stack"):
            for quantile in evaluation.quantiles:
                _explained(f"wQL {column_name(quantile)}", quantile_hint(language, quantile))
            for name, hint in METRICS.values():
                _explained(language(name), language(hint))


def _explained(name: str, hint: str) -> None:
    with ui.element("dt").classes("text-weight-bold"):
        ui.label(name)
    with ui.element("dd").style("margin: 0"):
        ui.label(hint).classes("hint")


def _season(days: float) -> str:
    if days == _WEEK_DAYS:
        return "week"
    if _YEAR_DAYS[0] <= days <= _YEAR_DAYS[1]:
        return "year"
    return "day" if days == 1.0 else "season"

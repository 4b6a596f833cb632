"""Settings: all that can be chosen about a forecast, with defaults that suit a sales file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from numbers import Integral
from pathlib import Path

from forecastle.core.errors import InputError
from forecastle.core.frequency import Frequency
from forecastle.core.quantiles import DEFAULT_FORECAST_TYPES, parse_forecast_types
from forecastle.evaluation.windows import LARGEST_BACKTEST_WINDOWS
from forecastle.models.registry import resolve
from forecastle.series.building import LONGEST_HORIZON
from forecastle.series.calendar import Calendar
from forecastle.series.events import Event, read_events
from forecastle.series.filling import FillingRules
from forecastle.series.reading import ReadOptions, TargetTable
from forecastle.series.recipe import DataRecipe
from forecastle.series.spec import ForecastSpec
from forecastle.training.automl import TrainingOptions
from forecastle.training.shards import SHARD_SERIES
from forecastle.training.tuning import TRIALS, Tuning

_LARGEST_SEED = 2**31 - 1
_MOST_SHARD_SERIES = 1_000_000


@dataclass(frozen=True)
class Settings:
    """What to forecast and how; every field has a default.

    Attributes:
        horizon: number of steps ahead; at most a third of the longest series, and 500.
        frequency: the step: ``"D"``, ``"W"``, ``"2W"``, ``"M"``, ``"H"``, ``"30min"`` …; rows of
            the same period are aggregated. None: as the data are.
        holidays: country codes, such as ``"UK"`` or ``("UK", "IE")``; ``()`` for none.
        events: days of the user's own: a CSV file of ``date,name``, or `Event` values.
        quantiles: 0.01 to 0.99, and ``"mean"``.
        columns: names of the columns that hold item, timestamp and demand. None: recognised.
        dimensions: columns that tell series apart beside the item, such as ``("store",)``.
        timestamp_format: pattern of the timestamps, such as ``"dd/MM/yyyy"``. None: recognised.
        aggregation: how rows of one period become one: sum, avg, first, min or max.
        filling: rules for missing periods of the target, such as ``{"middlefill": "nan"}``.
        related_filling: the same for each column of the related data.
        algorithms: names of algorithms in any case; ``()`` or ``"AutoML"``: all that fit the data.
        training_parameters: of the one algorithm that is named, name → value, such as
            ``{"epochs": 20}``; `forecastle algorithms` lists them.
        tune: whether to search for the training parameters of the one algorithm that is named,
            CNN-QR or Deep_AR_Plus.
        trials: how many trainings the search may take.
        backtest_windows: how many windows the accuracy is measured on, 1 to 5.
        time_limit: seconds that training may take; None: as long as it needs, and then the same
            data and seed give the same forecast.
        seed: decides every draw of chance.
        shard_series: more series than this are trained and forecast in shards of at most so many:
            the fewer, the less memory.
    """

    horizon: int = 7
    frequency: str | None = None
    holidays: str | Sequence[str] = ()
    events: str | Path | Sequence[Event] = ()
    quantiles: Sequence[str | float] = DEFAULT_FORECAST_TYPES
    columns: Sequence[str] | None = None
    dimensions: Sequence[str] = ()
    timestamp_format: str | None = None
    aggregation: str = "sum"
    filling: Mapping[str, str] = field(default_factory=dict)
    related_filling: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    algorithms: str | Sequence[str] = ()
    training_parameters: Mapping[str, str | float] = field(default_factory=dict)
    tune: bool = False
    trials: int = TRIALS
    backtest_windows: int = 1
    time_limit: float | None = None
    seed: int = 0
    shard_series: int = SHARD_SERIES

    def forecast_spec(self) -> ForecastSpec:
        """What is to be forecast.

        Raises:
            InputError: the horizon, the seed or a quantile is out of range.
        """
        horizon = _whole("horizon", self.horizon, 1, LONGEST_HORIZON)
        types = parse_forecast_types(self.quantiles)
        parameters = {name: str(value) for name, value in self.training_parameters.items()}
        return ForecastSpec(horizon, types, _whole("seed", self.seed, 0, _LARGEST_SEED), parameters)

    def training_options(self) -> TrainingOptions:
        """How to train.

        Raises:
            InputError: an algorithm is not known, or a number is out of range.
        """
        names = _names(self.algorithms)
        if self.time_limit is not None and not self.time_limit > 0:
            raise InputError(
                f"time limit {self.time_limit} is out of range; give seconds above 0, or leave it "
                "out for as long as training needs"
            )
        return TrainingOptions(
            algorithms=() if [name.lower() for name in names] == ["automl"] else resolve(names),
            backtest_windows=_whole(
                "backtest windows", self.backtest_windows, 1, LARGEST_BACKTEST_WINDOWS
            ),
            time_limit=self.time_limit,
            tuning=Tuning(trials=self.trials) if self.tune else None,
            shard_series=_whole("series per shard", self.shard_series, 1, _MOST_SHARD_SERIES),
        )

    def read_options(self) -> ReadOptions:
        """How to read the sales."""
        return ReadOptions(
            columns=None if self.columns is None else tuple(self.columns),
            dimensions=tuple(self.dimensions),
            frequency=None if self.frequency is None else Frequency.parse(self.frequency),
            aggregation=self.aggregation,
            timestamp_format=self.timestamp_format,
        )

    def recipe(self, table: TargetTable, calendar: Calendar) -> DataRecipe:
        """How the rows of ``table``, and newer ones, become series.

        Raises:
            InputError: a filling rule is not known.
        """
        related = self.related_filling.items()
        return DataRecipe(
            alignment=table.alignment,
            dimensions=tuple(self.dimensions),
            columns=table.columns,
            timestamp_format=self.timestamp_format,
            aggregation=self.aggregation,
            filling=FillingRules.for_target(self.filling),
            related_filling={name: FillingRules.for_related(rules) for name, rules in related},
            calendar=calendar,
        )

    def calendar(self) -> Calendar:
        """Holidays and events.

        Raises:
            InputError: a country is not known, or the file of events cannot be read.
        """
        events = self.events
        if isinstance(events, str | Path):
            events = read_events(Path(events))
        return Calendar(_names(self.holidays), tuple(events))


def _whole(name: str, value: int, least: int, most: int) -> int:
    """A whole number in a range, as an int.

    Raises:
        InputError: it is none.
    """
    if isinstance(value, bool) or not isinstance(value, Integral) or not least <= value <= most:
        raise InputError(f"{name} {value!r} is out of range; use a whole number, {least} to {most}")
    return int(value)


def _names(given: str | Sequence[str]) -> tuple[str, ...]:
    """One name or several; an empty one is none."""
    return tuple(name for name in ((given,) if isinstance(given, str) else given) if name)

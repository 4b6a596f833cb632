"""Predictor: trained once on a table of sales, forecasts as often as there are newer data."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from forecastle.core.budget import ProgressListener, no_progress
from forecastle.core.errors import InputError
from forecastle.core.executor import Executor
from forecastle.library.archive import locate, seal, unseal
from forecastle.library.history import History
from forecastle.library.prediction import Prediction
from forecastle.library.settings import Settings
from forecastle.library.sources import read_newer, read_tables
from forecastle.library.tables import Frame, Table, as_kind, kind_of
from forecastle.series.building import build_panel, check_horizon
from forecastle.series.frames import forecast_frame
from forecastle.series.panel import Panel
from forecastle.series.reading import ReadFacts
from forecastle.series.recipe import DataRecipe
from forecastle.storage.atomic import atomic_directory
from forecastle.training.automl import TrainingOptions, train
from forecastle.training.explanation import Explanation, explain
from forecastle.training.impact import impact_frame, in_words
from forecastle.training.origin import Trial
from forecastle.training.predictor import TrainedPredictor
from forecastle.training.report import AccuracyReport
from forecastle.training.retraining import retrain
from forecastle.training.shards import SHARD_SERIES
from forecastle.training.tuning import Tuning

if TYPE_CHECKING:
    from collections.abc import Sequence

    from forecastle.reports.charts import Chart

_MODEL, _HISTORY = "model", "history"


@dataclass(frozen=True, eq=False)
class Predictor:
    """What `train` makes and `forecastle.load` reads back.

    Attributes:
        trained: the algorithms, their weights and their accuracy.
        recipe: how rows become series.
        history: the tables that it was trained on.
        kind: what `forecast` answers with unless newer data say otherwise: ``polars``, ``lazy``
            or ``pandas``.
        columns: the names that the columns were given for training; None: recognised.
        facts: what was found while reading the data; None after loading.
        messages: what the user should know about the data.
        options: how it was trained, for the next time.
    """

    trained: TrainedPredictor
    recipe: DataRecipe
    history: History
    kind: str = "polars"
    columns: tuple[str, ...] | None = None
    facts: ReadFacts | None = None
    messages: tuple[str, ...] = ()
    options: TrainingOptions = field(default_factory=TrainingOptions)

    @classmethod
    def train(
        cls,
        data: Table,
        settings: Settings | None = None,
        *,
        related: Table | None = None,
        metadata: Table | None = None,
        executor: Executor | None = None,
        progress: ProgressListener = no_progress,
        **options: Any,
    ) -> Self:
        """Train on sales.

        Args:
            data: one row per sale or per item and period: a path (CSV or Parquet, gzipped or not,
                or a folder of them) or a pandas or Polars frame. The columns of item, timestamp
                and demand are recognised by their names.
            settings: what to forecast and how.
            related: one row per item and period at the frequency of the forecast, with numeric
                columns such as price; used for the future if it covers the horizon.
            metadata: one row per item, with columns such as category.
            executor: where to train; default this process, see `forecastle.ProcessExecutor`.
            progress: called as training goes on.
            **options: fields of `Settings`, for those who do not build one.

        Raises:
            InputError: the data or the settings cannot be used; says what, where and the remedy.
            TypeError: an option is no field of `Settings`, or both ways were used.
        """
        if settings is not None and options:
            raise TypeError(f"give settings or {', '.join(options)}, not both")
        settings = settings or Settings(**options)
        spec, how = settings.forecast_spec(), settings.training_options()
        tables, table, recipe = read_tables(data, related, metadata, settings)
        built = build_panel(tables.target, recipe, spec.horizon, tables.related, tables.metadata)
        warnings = _check_length(data, built.panel, spec.horizon)
        trained = train(built.panel, spec, how, executor, progress)
        messages = (*built.messages, *warnings, *trained.messages)
        columns, kind = settings.read_options().columns, kind_of(data)
        return cls(trained, built.recipe, tables, kind, columns, table.facts, messages, how)

    def retrain(
        self,
        data: Table,
        *,
        related: Table | None = None,
        metadata: Table | None = None,
        time_limit: float | None = None,
        executor: Executor | None = None,
        progress: ProgressListener = no_progress,
    ) -> Self:
        """Train again on newer data, with the algorithms and shares of this predictor.

        That is several times faster than to search for them. Where they hold no longer they are
        searched as `train` does; `messages` say which it was.

        Args:
            data: newer sales, as for `forecast`.
            related: newer related data; they must cover the horizon if the old ones did.
            metadata: the metadata of all items, if there are new ones.
            time_limit: seconds that training may take; None: as long as it needs.
            executor: where to train; default this process.
            progress: called as training goes on; it begins anew with a search.

        Raises:
            InputError: the newer data cannot be used.
        """
        tables, facts = read_newer(self.columns, self.recipe, self.history, data, related, metadata)
        spec = replace(self.trained.spec, training_parameters={})
        built = build_panel(
            tables.target, self.recipe, spec.horizon, tables.related, tables.metadata
        )
        warnings = _check_length(data, built.panel, spec.horizon)
        options = replace(self.options, time_limit=time_limit)
        trained = retrain(built.panel, spec, self.trained, options, executor, progress)
        return replace(
            self,
            trained=trained,
            history=tables,
            kind=kind_of(data),
            facts=facts,
            messages=(*built.messages, *warnings, *trained.messages),
        )

    @property
    def trials(self) -> tuple[Trial, ...]:
        """What `Settings.tune` tried, each with its parameters and its loss; empty without it."""
        return self.trained.origin.trials

    @property
    def accuracy(self) -> AccuracyReport:
        """How good the blend is, chosen before the windows that it is measured on, beside each
        algorithm alone and the seasonal naive; `AccuracyReport.skill` sums it up.
        """
        return self.trained.accuracy

    def forecast(
        self,
        data: Table | None = None,
        *,
        related: Table | None = None,
        metadata: Table | None = None,
        executor: Executor | None = None,
    ) -> Frame:
        """Forecast what comes after the data it was trained on, or after newer ``data``.

        Args:
            data: newer sales, all or the latest alone: where they begin, the stored history ends.
                Begin with a whole period.
            related: newer related data; they must cover the horizon if the old ones did.
            metadata: the metadata of all items, if there are new ones.
            executor: where to forecast; default this process.

        Returns:
            ``n_series * horizon`` rows: ``item_id``, the dimensions, ``timestamp`` (start of the
            period) and a column per quantile in units of demand (``p10`` …, ``mean``); the same
            kind of frame as the data, Polars for paths.

        Raises:
            InputError: the newer data cannot be used.
        """
        prediction = self.predict(data, related=related, metadata=metadata, executor=executor)
        frame = forecast_frame(prediction.forecast, prediction.forecast_types)
        return as_kind(frame, self.kind if data is None else kind_of(data))

    def predict(
        self,
        data: Table | None = None,
        *,
        related: Table | None = None,
        metadata: Table | None = None,
        executor: Executor | None = None,
    ) -> Prediction:
        """As `forecast`, but with the history beside it, for reports and charts."""
        tables, facts, messages = self.history, self.facts, self.messages
        if data is not None:
            tables, facts = read_newer(
                self.columns, self.recipe, self.history, data, related, metadata
            )
        elif related is not None or metadata is not None:
            raise InputError("related data or metadata were given without newer sales; give both")
        horizon = self.trained.spec.horizon
        built = build_panel(tables.target, self.recipe, horizon, tables.related, tables.metadata)
        return Prediction(
            panel=built.panel,
            forecast=self.trained.forecast(built.panel, executor),
            forecast_types=self.trained.spec.forecast_types,
            facts=facts,
            messages=messages if data is None else built.messages,
            dependence=self.trained.dependence,
        )

    def explain(self) -> Frame:
        """What drives the forecast that `forecast` gives for the data it was trained on.

        Returns:
            A row per item, step and attribute (a related column, a column of the metadata, the
            holidays, the calendar, recent sales, last year): ``raw``, the units of demand that it
            adds to the median of the global model, and ``impact``, between -1 and 1, to compare
            attributes; of more than 1,000 series as many, evenly spread.

        Raises:
            InputError: there is too little history for a global model.
        """
        return as_kind(impact_frame(self._explanation()), self.kind)

    def explain_in_words(self) -> tuple[str, ...]:
        """A sentence for each item of `explain`: which attributes move its forecast most, and how.

        Raises:
            InputError: there is too little history for a global model.
        """
        found = self._explanation()
        return tuple(in_words(found, series) for series in range(len(found.keys)))

    def _explanation(self) -> Explanation:
        horizon, tables = self.trained.spec.horizon, self.history
        built = build_panel(tables.target, self.recipe, horizon, tables.related, tables.metadata)
        return explain(self.trained, built.panel)

    def plot(self, item: str | Sequence[str] | None = None) -> Chart:
        """An Altair chart of the history and the forecast.

        Args:
            item: an item_id, or the item_id and each dimension; None for all items together.

        Raises:
            InputError: no series, or several, have that item_id.
        """
        from forecastle.reports.plot import plot_forecast

        shown = self.predict()
        return plot_forecast(shown.panel, shown.forecast, shown.forecast_types, item)

    def save(self, folder: str | Path) -> None:
        """Save to a new folder: JSON, Parquet and text; see `forecastle.load`.

        Raises:
            InputError: the folder holds something already.
        """
        with atomic_directory(Path(folder)) as place:
            self.write_to(place)

    def write_to(self, place: Path) -> None:
        """Write everything into an existing, empty folder."""
        for name in (_MODEL, _HISTORY):
            (place / name).mkdir()
        self.trained.save(place / _MODEL)
        self.history.save(place / _HISTORY)
        content = {
            "recipe": self.recipe.to_json(),
            "kind": self.kind,
            "columns": None if self.columns is None else list(self.columns),
            "messages": list(self.messages),
            "options": _options_to_json(self.options),
        }
        seal(place, content)

    @classmethod
    def load(cls, folder: str | Path) -> Self:
        """Read back what `save` wrote, from its folder or the folder of results around it.

        Raises:
            InputError: no predictor is there, it is damaged, or its format is not known.
        """
        place = locate(Path(folder))
        record = unseal(place)
        columns = record["columns"]
        return cls(
            trained=TrainedPredictor.load(place / _MODEL),
            recipe=DataRecipe.from_json(record["recipe"]),
            history=History.load(place / _HISTORY),
            kind=record["kind"],
            columns=None if columns is None else tuple(columns),
            messages=tuple(record["messages"]),
            options=_options_from_json(record.get("options", {})),
        )


def _options_to_json(options: TrainingOptions) -> dict[str, Any]:
    """What a retraining has to know of how to search; the time is given anew each time."""
    return {
        "algorithms": list(options.algorithms),
        "backtest_windows": options.backtest_windows,
        "trials": None if options.tuning is None else options.tuning.trials,
        "shard_series": options.shard_series,
    }


def _options_from_json(values: dict[str, Any]) -> TrainingOptions:
    """What `_options_to_json` gave; earlier versions kept none of it."""
    trials = values.get("trials")
    return TrainingOptions(
        algorithms=tuple(values.get("algorithms", ())),
        backtest_windows=values.get("backtest_windows", 1),
        tuning=None if trials is None else Tuning(trials=trials),
        shard_series=values.get("shard_series", SHARD_SERIES),
    )


def _check_length(data: Table, panel: Panel, horizon: int) -> tuple[str, ...]:
    """`check_horizon`, with the name of the file that is too short."""
    try:
        return check_horizon(panel, horizon)
    except InputError as error:
        if isinstance(data, str | Path):
            raise InputError(f"{Path(data).name}: {error}") from None
        raise

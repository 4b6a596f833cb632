"""CreatePredictorBacktestExportJob: what a predictor forecast in its backtests, and how well."""

from __future__ import annotations

from forecastle.core.errors import InputError
from forecastle.core.quantiles import column_name
from forecastle.evaluation.item_accuracy import metric_names
from forecastle.jobs.context import JobContext, Outcome
from forecastle.jobs.export_files import Export, in_parts
from forecastle.jobs.forecast import find_predictor
from forecastle.jobs.train import load_predictor
from forecastle.storage.exports import (
    write_accuracy_csv,
    write_accuracy_parquet,
    write_backtest_csv,
    write_backtest_parquet,
)
from forecastle.training.backtest_tables import accuracy_values, exported_types, forecasted_values

VALUES, METRICS = "forecasted-values", "accuracy-metrics-values"


def export_backtest(context: JobContext) -> Outcome:
    """Write the two folders of a backtest export under the destination.

    Raises:
        InputError: the predictor is gone, or the bucket is not the account's.
        StorageError: the bucket cannot be written to.
    """
    predictor = find_predictor(context)
    folder = context.stores.artifacts.open(predictor.details["artifact"])
    trained, recipe = load_predictor(folder, backtests=True)
    if not trained.backtests:
        raise InputError(f"the predictor {predictor.arn} has kept no backtests; create it again")
    export, spec = Export(context), trained.spec
    context.tell(0.1, "writing the forecasts of the backtests")
    export.put(
        in_parts(forecasted_values(trained.backtests, spec.forecast_types)),
        write_backtest_csv,
        write_backtest_parquet,
        recipe.dimensions,
        [column_name(kind) for kind in exported_types(spec.forecast_types)],
        folder=VALUES,
    )
    context.tell(0.6, "writing the accuracy of each item")
    export.put(
        in_parts(accuracy_values(trained.backtests, spec.levels)),
        write_accuracy_csv,
        write_accuracy_parquet,
        recipe.dimensions,
        metric_names(spec.levels),
        folder=METRICS,
    )
    return Outcome()

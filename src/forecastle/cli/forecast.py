"""``forecastle forecast``: newer data, the same predictor, no training."""

from __future__ import annotations

import time

from forecastle.cli import options
from forecastle.cli.output import Output


def forecast(
    predictor: options.PredictorFolder,
    data: options.Newer,
    related: options.Related = None,
    metadata: options.Metadata = None,
    out: options.Out = None,
    overwrite: options.Overwrite = False,
    quiet: options.Quiet = False,
    json: options.Json = False,
    debug: options.Debug = False,
) -> None:
    """Forecast from newer data without training; writes forecast.csv and report.html."""
    from forecastle import load
    from forecastle.cli.results import Results, show
    from forecastle.library.outputs import default_folder, write_forecast_results
    from forecastle.storage.atomic import check_replaceable

    started = time.monotonic()
    folder = out or default_folder(data)
    check_replaceable(folder, overwrite=overwrite)
    loaded = load(predictor)
    prediction = loaded.predict(data, related=related, metadata=metadata)
    files = write_forecast_results(folder, loaded, prediction, data.name, overwrite=overwrite)
    seconds = time.monotonic() - started
    results = Results(folder, files, loaded, prediction, seconds, trained_now=False)
    show(results, Output(quiet, json))

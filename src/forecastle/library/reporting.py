"""What goes into the report: the results, and in words what was found in the data."""

from __future__ import annotations

from forecastle.library.prediction import Prediction
from forecastle.library.predictor import Predictor
from forecastle.reports.content import ReportContent
from forecastle.series.reading import ReadFacts


def report_content(
    predictor: Predictor, prediction: Prediction, title: str, *, trained_now: bool
) -> ReportContent:
    """The content of the report on a prediction.

    Backtests and the seconds of training are told only right after training: they are of the
    data that it was trained on, not of those that are forecast here.
    """
    trained = predictor.trained
    return ReportContent(
        title=title,
        panel=prediction.panel,
        forecast=prediction.forecast,
        forecast_types=prediction.forecast_types,
        accuracy=trained.accuracy,
        backtests=trained.backtests if trained_now else (),
        weights=trained.weights,
        left_out=trained.left_out,
        facts=() if prediction.facts is None else facts_in_words(prediction.facts),
        messages=prediction.messages,
        seconds=trained.seconds if trained_now else None,
        dependence=prediction.dependence,
    )


def facts_in_words(facts: ReadFacts) -> tuple[tuple[str, str], ...]:
    """``(name, value)`` of what was found while reading; what did not occur is left out."""
    counts = {
        "Files": facts.files if facts.files > 1 else 0,
        "Rows": facts.rows,
        "Items": facts.items,
        "Rows that joined another of their item and period": facts.merged_rows,
        "Rows that repeat an earlier one exactly": facts.repeated_rows or 0,
        "Returns (rows of negative demand, netted)": facts.negative_rows,
        "Rows without a value": facts.missing_rows,
        "Blank lines skipped": facts.blank_rows,
    }
    found = [(name, f"{count:,}") for name, count in counts.items() if count]
    return (("Periods", f"{_date(facts.first)} to {_date(facts.last)}"), *found)


def _date(time: object) -> str:
    """``2010-12-03``, with the time of day if it has one."""
    return str(time).removesuffix("T00:00:00").replace("T", " ")

"""The options that several commands share, each written once."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from forecastle.core.errors import InputError

Sales = Annotated[
    Path, typer.Argument(metavar="SALES", help="Sales: CSV or Parquet, gzipped or not, or a folder")
]
Related = Annotated[
    Path | None,
    typer.Option(help="Related data by item and date, such as price or promotion", metavar="FILE"),
]
Metadata = Annotated[
    Path | None, typer.Option(help="Item metadata, one line per item", metavar="FILE")
]
Horizon = Annotated[int, typer.Option(help="How many steps ahead to forecast")]
Frequency = Annotated[
    str | None,
    typer.Option(help="Step of the forecast: D, W, 2W, M, H, 30min ...; default: as the data are"),
]
Country = Annotated[
    str, typer.Option(help="Holidays of these countries, such as UK or UK,IE", metavar="CODES")
]
Events = Annotated[
    Path | None, typer.Option(help="Your own events: a CSV file of date,name", metavar="FILE")
]
Quantiles = Annotated[
    str, typer.Option(help="Quantiles 0.01 to 0.99, and mean, separated by commas")
]
Columns = Annotated[
    str | None,
    typer.Option(
        help="Columns of item, timestamp and demand; without a header: every column in order",
        metavar="NAMES",
    ),
]
Dimensions = Annotated[
    str, typer.Option(help="Columns beside item_id that tell series apart, such as store")
]
Fill = Annotated[
    list[str] | None,
    typer.Option(
        help="How gaps are filled: price:futurefill=mean, demand:middlefill=nan; may be repeated",
        metavar="COLUMN:RULE=METHOD",
    ),
]
TimestampFormat = Annotated[
    str | None,
    typer.Option(help="Format of the timestamps, such as dd/MM/yyyy", metavar="PATTERN"),
]
Algorithms = Annotated[
    str,
    typer.Option(help="AutoML, or names separated by commas; see `forecastle algorithms`"),
]
Tune = Annotated[
    bool,
    typer.Option("--tune", help="Search the training parameters of CNN-QR or Deep_AR_Plus"),
]
Trials = Annotated[int, typer.Option(help="How many trainings --tune may take")]
Parameters = Annotated[
    str,
    typer.Option(
        help="Training parameters of the one algorithm, such as epochs=20,context_length=60",
        metavar="NAME=VALUE",
    ),
]
BacktestWindows = Annotated[
    int, typer.Option(help="How many backtest windows the accuracy is measured on, 1 to 5")
]
TimeLimit = Annotated[
    float | None, typer.Option(help="Seconds that training may take", metavar="SECONDS")
]
Seed = Annotated[int, typer.Option(help="Decides every draw of chance")]
Workers = Annotated[int | None, typer.Option(help="Processes to train in; default: one per core")]
Out = Annotated[
    Path | None,
    typer.Option(
        help="Folder for the results; default: forecast- and the file's name, beside the file",
        metavar="DIR",
    ),
]
PredictorFolder = Annotated[
    Path, typer.Argument(metavar="PREDICTOR", help="The folder predictor/ that a run wrote")
]
Newer = Annotated[
    Path, typer.Option("--data", help="Newer sales: all, or the latest alone", metavar="FILE")
]
Folder = Annotated[Path, typer.Option("--out", help="Folder to write to", metavar="DIR")]
Overwrite = Annotated[
    bool, typer.Option("--overwrite", help="Replace the results of an earlier run")
]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Print nothing but errors")]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON object, and errors as JSON too")]
Debug = Annotated[
    bool, typer.Option("--debug", help="Show where in the program an unexpected error arose")
]


def split(text: str) -> tuple[str, ...]:
    """``"a, b"`` → ``("a", "b")``; blanks are dropped."""
    return tuple(part.strip() for part in text.split(",") if part.strip())


def pairs(text: str) -> dict[str, str]:
    """``"epochs=20, likelihood=beta"`` → names and values.

    Raises:
        InputError: a part is not written like that.
    """
    found = {}
    for part in split(text):
        name, sign, value = (each.strip() for each in part.partition("="))
        if not (name and sign and value):
            raise InputError(
                f"'{part}' cannot be read; write NAME=VALUE, separated by commas, for example "
                "epochs=20,context_length=60"
            )
        found[name] = value
    return found

"""``forecastle prepare online-retail-ii``: UCI's invoice lines to training files."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from forecastle.cli import options
from forecastle.cli.output import Output
from forecastle.core.errors import InputError

if TYPE_CHECKING:
    from forecastle.preparation.online_retail import PreparationOptions

Input = Annotated[
    Path | None,
    typer.Option("--input", help="UCI's workbook, or its CSV or Parquet edition", metavar="FILE"),
]
Download = Annotated[
    bool, typer.Option("--download", help="Fetch the workbook from the UCI archive (45 MB)")
]
Item = Annotated[str, typer.Option(help="What an item is: country, product or both")]
OnlyCountry = Annotated[
    str, typer.Option("--country", help="The only country to keep; all keeps every country")
]
Sheet = Annotated[str, typer.Option(help="The workbook's sheet")]
First = Annotated[datetime, typer.Option(formats=["%Y-%m-%d"], help="First day of both files")]
TrainingEnd = Annotated[
    datetime, typer.Option(formats=["%Y-%m-%d"], help="Last day of the training file")
]
AddedEnd = Annotated[
    datetime, typer.Option(formats=["%Y-%m-%d"], help="Last day of the file with a week more")
]
DropDuplicates = Annotated[
    bool, typer.Option("--drop-duplicates", help="Count exact repeats of a line once")
]
DropAdjustments = Annotated[
    bool, typer.Option("--drop-adjustments", help="Leave out negative prices, such as bad debt")
]
Prefix = Annotated[str, typer.Option(help="Where the files will lie, for the QuickSight manifest")]


def online_retail(
    input_file: Input = None,
    download: Download = False,
    out: options.Folder = Path("online-retail-ii"),
    item: Item = "country",
    country: OnlyCountry = "United Kingdom",
    sheet: Sheet = "Year 2009-2010",
    first: First = datetime(2009, 12, 1),
    training_end: TrainingEnd = datetime(2010, 12, 2),
    added_end: AddedEnd = datetime(2010, 12, 9),
    drop_duplicates: DropDuplicates = False,
    drop_adjustments: DropAdjustments = False,
    s3_prefix: Prefix = "s3://forecastle/online-retail-ii",
    quiet: options.Quiet = False,
    json: options.Json = False,
    debug: options.Debug = False,
) -> None:
    """Make the daily sales files of "Online Retail II": shows an analysis, then writes."""
    from forecastle.preparation.online_retail import PreparationOptions

    choices = PreparationOptions(
        item=item,
        country=None if country == "all" else country,
        sheet=sheet,
        first=first.date(),
        training_end=training_end.date(),
        added_end=added_end.date(),
        drop_duplicates=drop_duplicates,
        drop_adjustments=drop_adjustments,
        s3_prefix=s3_prefix,
    )
    _prepare(_source(input_file, download, out), choices, out, Output(quiet, json))


def _source(input_file: Path | None, download: bool, folder: Path) -> Path:
    """The file to read, fetched first if that was asked for."""
    from forecastle.preparation.download import download_online_retail

    if (input_file is None) != download:
        raise InputError("give the file with --input FILE, or --download to fetch it; not both")
    return download_online_retail(folder) if input_file is None else input_file


def _prepare(source: Path, choices: PreparationOptions, folder: Path, output: Output) -> None:
    """Show the analysis, then write."""
    from forecastle.preparation.analysis import analyse
    from forecastle.preparation.invoices import read_invoices
    from forecastle.preparation.online_retail import prepare_files

    lines = read_invoices(source, choices.sheet)
    analysis = analyse(lines, choices)
    output.say(*analysis.sentences())
    files = prepare_files(lines, choices, folder)
    output.say(
        f"Wrote {files.training} ({files.training_rows:,} lines),",
        f"{files.added} ({files.added_rows:,} lines) and {files.manifest}.",
        f"Next: forecastle run {files.training} --country UK",
    )
    output.give({"analysis": asdict(analysis), "files": asdict(files)})

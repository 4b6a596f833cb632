"""``forecastle prepare sample``: till data that the project generates itself."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from forecastle.cli import options
from forecastle.cli.output import Output


def sample(
    out: options.Folder = Path("sample"),
    items: Annotated[int, typer.Option(help="Number of items", min=1)] = 20,
    years: Annotated[float, typer.Option(help="Years of sales", min=0.1)] = 2.0,
    last_day: Annotated[
        datetime, typer.Option(formats=["%Y-%m-%d"], help="The last day of sales")
    ] = datetime(2026, 4, 30),
    seed: options.Seed = 0,
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Replace the files of an earlier call")
    ] = False,
    quiet: options.Quiet = False,
    json: options.Json = False,
    debug: options.Debug = False,
) -> None:
    """Write realistic till data: sales.csv, related.csv and metadata.csv."""
    import numpy as np

    from forecastle.samples.till import generate_till_data, write_sample

    output, end = Output(quiet, json), np.datetime64(last_day.date(), "D")
    data = generate_till_data(seed=seed, items=items, years=years, end=end)
    paths = write_sample(out, data, overwrite=overwrite)
    sales, related, metadata = (str(path) for path in paths)
    output.say(
        f"Wrote {len(data.sales):,} till lines of {items} items to {sales},",
        f"prices and promotions to {related}, item metadata to {metadata}.",
        f"Next: forecastle run {sales} --related {related} --metadata {metadata} --country UK",
    )
    output.give({"sales": sales, "related": related, "metadata": metadata})

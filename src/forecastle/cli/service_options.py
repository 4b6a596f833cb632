"""Options that the commands of the service share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

DataDir = Annotated[
    Path | None,
    typer.Option(
        help="Folder of the service's data; else FORECASTLE_DATA_DIR, else ~/.forecastle",
        metavar="DIR",
    ),
]

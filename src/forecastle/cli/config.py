"""``forecastle config``: every setting, its value, and where that came from."""

from __future__ import annotations

import dataclasses
import os
import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.table import Table

from forecastle.cli import options
from forecastle.cli.output import Output
from forecastle.cli.service_options import DataDir

if TYPE_CHECKING:
    from forecastle.core.settings import Value

HIDDEN = "(hidden)"
_MARKDOWN = """\
# Settings of the service

Each setting has a variable in the environment and a name in `forecastle.toml` in the data
directory; the variable wins. `forecastle config` shows every value and where it came from.

| Variable | In `forecastle.toml` | Default | Meaning |
|---|---|---|---|
{rows}
"""


def config(
    markdown: Annotated[
        bool, typer.Option("--markdown", help="Print the reference of all settings")
    ] = False,
    data_dir: DataDir = None,
    json: options.Json = False,
    debug: options.Debug = False,
) -> None:
    """Show the settings of the service: each value, and where it came from."""
    from forecastle.core.settings import load_settings

    if markdown:
        print(settings_reference(), end="")
        return
    _, values = load_settings(os.environ, data_dir=data_dir)
    output = Output(as_json=json)
    output.say(_table(values))
    output.give({"settings": [_record(value) for value in values]})


def settings_reference() -> str:
    """docs/reference/settings.md."""
    from forecastle.core.settings import PREFIX, ServiceSettings

    rows = (
        f"| `{PREFIX}{item.name.upper()}` | `{item.name}` | {_default(item.default)} | "
        f"{item.metadata['help']} |"
        for item in dataclasses.fields(ServiceSettings)
    )
    return _MARKDOWN.format(rows="\n".join(rows))


def _table(values: Iterable[Value]) -> Table:
    table = Table("Setting", "Value", "From")
    for value in values:
        shown = _shown(value)
        table.add_row(value.name, "-" if shown is None else str(shown), value.source)
    return table


def _record(value: Value) -> dict[str, Any]:
    return {
        "name": value.name,
        "variable": value.variable,
        "value": _shown(value),
        "source": value.source,
    }


def _shown(value: Value) -> Any:
    """The value; of a secret only that there is one, of an address all but its password."""
    if value.value is None or isinstance(value.value, int):
        return value.value
    if value.secret:
        return HIDDEN
    return _without_password(str(value.value))


def _without_password(text: str) -> str:
    """``postgresql://user:(hidden)@host/database``."""
    scheme, _, rest = text.partition("://")
    credentials, at, place = rest.rpartition("@")
    if at:
        text = f"{scheme}://{credentials.partition(':')[0]}:{HIDDEN}@{place}"
    return re.sub(r"(?i)(password=)[^&]*", rf"\1{HIDDEN}", text)


def _default(value: object) -> str:
    return "" if value is None or value == "" else f"`{value}`"

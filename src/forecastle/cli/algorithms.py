"""``forecastle algorithms``: what there is to choose from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rich.table import Table

from forecastle.cli import options
from forecastle.cli.output import Output

if TYPE_CHECKING:
    from forecastle.models.base import Capability
    from forecastle.models.registry import Entry

# Capability → how people are told of it.
_WORDS = {
    "KNOWN": "related data known ahead",
    "PAST": "related data of the past",
    "STATIC": "item metadata",
    "CALENDAR": "holidays and events",
    "COLD_START": "new items",
    "SPARSE": "sparse items",
    "GPU": "a GPU",
}
_TUNING = "tuning"


def algorithms(
    quiet: options.Quiet = False, json: options.Json = False, debug: options.Debug = False
) -> None:
    """List the algorithms and what each can use."""
    output = Output(quiet, json)
    records = _records()
    table = Table("Algorithm", "Learns from", "Uses", "In AutoML")
    table.columns[0].no_wrap = True
    for record in records:
        table.add_row(
            record["name"],
            record["learns_from"],
            ", ".join([*record["uses"], *([_TUNING] if record["is_tunable"] else [])]) or "-",
            _in_automl(record["most_series"], record["missing"]),
        )
    output.say(table)
    output.say("All take series with gaps. Training parameters, for --parameters:")
    for record in records:
        for name, allowed in record["parameters"].items():
            output.say(f"  {record['name']} {name}: {allowed}")
    output.give({"algorithms": records})


def _records() -> list[dict[str, Any]]:
    from forecastle.models.registry import REGISTRY

    return [_record(name, entry) for name, entry in REGISTRY.items()]


def _record(name: str, entry: Entry) -> dict[str, Any]:
    from forecastle.models.base import Capability

    is_global = Capability.GLOBAL in entry.model.capabilities
    return {
        "name": name,
        "learns_from": "all series" if is_global else "each series",
        "uses": uses(entry.model.capabilities),
        "parameters": {each.name: each.allowed for each in entry.parameters},
        "is_tunable": entry.tuned is not None,
        "missing": entry.missing(),
        "most_series": entry.most_series,
    }


def _in_automl(most_series: int | None, missing: str | None) -> str:
    if missing is not None:
        return f"no: {missing}"
    if most_series is None:
        return "yes"
    return f"up to {most_series} series" if most_series else "by name only"


def uses(capabilities: Capability) -> list[str]:
    """What an algorithm can use, in words."""
    return [_WORDS[flag.name] for flag in capabilities if flag.name in _WORDS]

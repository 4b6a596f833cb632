"""What a command prints when it is done: words for people, or one JSON object."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rich.console import Console, RenderableType


@dataclass(frozen=True)
class Output:
    """How a command may speak; ``--quiet`` wins over nothing but words."""

    quiet: bool = False
    as_json: bool = False

    @property
    def talks(self) -> bool:
        """Whether words for people are wanted."""
        return not (self.quiet or self.as_json)

    def say(self, *parts: RenderableType) -> None:
        """Print words or tables for people."""
        if self.talks:
            console = Console(highlight=False, soft_wrap=True)
            for part in parts:
                console.print(part, markup=False)

    def give(self, record: Mapping[str, Any] | Sequence[Mapping[str, Any]]) -> None:
        """Print the one object, or list of objects, that ``--json`` asks for."""
        if self.as_json:
            print(json.dumps(record, ensure_ascii=False, default=str))

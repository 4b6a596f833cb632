"""What dashboards are made of: tiles, each with its visual and where its data come from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from forecastle.catalog.dashboards import Dashboard
from forecastle.core.errors import InputError, ResourceNotFound
from forecastle.service.source_files import Source
from forecastle.service.visuals import Visual

MOST_TILES = 24
_LONGEST_NAME = 128


@dataclass(frozen=True)
class Tile:
    """A visual in a dashboard.

    Attributes:
        tile_id: tells it from others of the dashboard.
        title: over it.
        source: where its data come from.
        visual: what it shows.
        is_wide: whether it takes the whole width, else half of it.
    """

    tile_id: str
    title: str
    source: Source
    visual: Visual
    is_wide: bool = False

    def to_json(self) -> dict[str, Any]:
        """Plain values; `from_json` is the inverse."""
        return {
            "tile_id": self.tile_id,
            "title": self.title,
            "source": self.source.to_json(),
            "visual": self.visual.to_json(),
            "is_wide": self.is_wide,
        }

    @classmethod
    def from_json(cls, content: Mapping[str, Any]) -> Tile:
        """Read plain values.

        Raises:
            InputError: source or visual are damaged.
        """
        return cls(
            str(content["tile_id"]),
            str(content["title"]),
            Source.from_json(content["source"]),
            Visual.from_json(content["visual"]),
            bool(content["is_wide"]),
        )


@dataclass(frozen=True)
class View:
    """A dashboard as it is looked at.

    Attributes:
        dashboard: its record; `content` is what `tiles` are.
        tiles: in their order.
    """

    dashboard: Dashboard
    tiles: tuple[Tile, ...]

    def tile(self, tile_id: str) -> Tile:
        """One of the tiles.

        Raises:
            ResourceNotFound: there is none of that id.
        """
        for each in self.tiles:
            if each.tile_id == tile_id:
                return each
        raise ResourceNotFound(
            f"dashboard '{self.dashboard.name}' has no such visual any more; load it again"
        )


def view_of(dashboard: Dashboard) -> View:
    """The dashboard with its tiles read.

    Raises:
        InputError: a tile is damaged.
    """
    return View(dashboard, tuple(Tile.from_json(each) for each in dashboard.content))


def content_of(tiles: Sequence[Tile]) -> tuple[dict[str, Any], ...]:
    """The tiles as a dashboard keeps them.

    Raises:
        InputError: there are too many.
    """
    if len(tiles) > MOST_TILES:
        raise InputError(
            f"{len(tiles)} visuals are more than a dashboard takes ({MOST_TILES}); make another one"
        )
    return tuple(each.to_json() for each in tiles)


def checked_name(name: str) -> str:
    """The name of a dashboard or the title of a tile, without needless spaces.

    Raises:
        InputError: it is empty, too long, or has control characters in it.
    """
    cleaned = " ".join(name.split())
    if not 0 < len(cleaned) <= _LONGEST_NAME or not cleaned.isprintable():
        raise InputError(
            f"'{cleaned[:40]}' cannot be a name; use 1 to {_LONGEST_NAME} plain characters"
        )
    return cleaned

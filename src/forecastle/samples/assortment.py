"""The shop's assortment: what each item of the sample is like."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from forecastle.series.panel import Floats, Integers

# Category → typical price, strength of the Christmas season, peak month of its yearly season.
_CATEGORIES = {
    "candles": (6.0, 1.6, 11),
    "garden": (14.0, 0.1, 6),
    "kitchen": (11.0, 0.7, 10),
    "stationery": (3.5, 0.5, 9),
    "toys": (9.0, 2.2, 12),
}
_BRANDS = ("Aldwych", "Brook & Sons", "Calder", "Dunmore")
_NEW_EVERY, _DYING_EVERY, _SLOW_EVERY = 10, 9, 5


@dataclass(frozen=True, eq=False)
class Assortment:
    """The items, ``n_items`` each.

    Attributes:
        names: ``SKU-001`` …
        category: index into `categories`.
        brand: the brand's name.
        level: typical units per open day.
        growth: change of the level per year, a fraction.
        elasticity: percent more units per percent off the price.
        price: regular price in pounds.
        launch: share of the history after which an item is first sold; 0 for most.
        decline: share of the history after which an item dies away; infinity for most.
    """

    names: tuple[str, ...]
    category: Integers
    brand: tuple[str, ...]
    level: Floats
    growth: Floats
    elasticity: Floats
    price: Floats
    launch: Floats
    decline: Floats

    @property
    def christmas(self) -> Floats:
        """``[n_items]`` how much of the level Christmas adds at its height."""
        return np.array([values[1] for values in _CATEGORIES.values()])[self.category]

    @property
    def peak_month(self) -> Integers:
        """``[n_items]`` the month in which the yearly season is highest."""
        return np.array([values[2] for values in _CATEGORIES.values()])[self.category]

    @property
    def metadata(self) -> pl.DataFrame:
        """``item_id``, ``category``, ``brand``."""
        categories = list(_CATEGORIES)
        return pl.DataFrame(
            {
                "item_id": self.names,
                "category": [categories[index] for index in self.category],
                "brand": self.brand,
            }
        )


def draw_assortment(n_items: int, rng: np.random.Generator) -> Assortment:
    """Draw ``n_items`` items: every tenth is new, every ninth dies away, every fifth is slow."""
    number = np.arange(1, n_items + 1)
    category = rng.integers(len(_CATEGORIES), size=n_items)
    typical = np.array([values[0] for values in _CATEGORIES.values()])[category]
    slow = number % _SLOW_EVERY == 0
    level = np.where(
        slow, rng.uniform(0.15, 0.6, n_items), np.exp(rng.normal(np.log(14.0), 0.7, n_items))
    )
    new = (number % _NEW_EVERY == 3) & ~slow
    dying = (number % _DYING_EVERY == 4) & ~slow & ~new
    return Assortment(
        names=tuple(f"SKU-{index:03d}" for index in number),
        category=category,
        brand=tuple(_BRANDS[index] for index in rng.integers(len(_BRANDS), size=n_items)),
        level=level,
        growth=rng.normal(0.05, 0.12, n_items),
        elasticity=rng.uniform(1.5, 3.0, n_items),
        price=np.round(typical * np.exp(rng.normal(0.0, 0.3, n_items))) + 0.99,
        launch=np.where(new, rng.uniform(0.6, 0.9, n_items), 0.0),
        decline=np.where(dying, rng.uniform(0.5, 0.8, n_items), np.inf),
    )

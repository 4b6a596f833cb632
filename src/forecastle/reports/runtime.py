"""What lets a page draw its charts without a network: compiled specifications and Vega itself."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

import vl_convert

from forecastle.reports.charts import Chart

_CLIP = re.compile(r"\bclip\d+\b")
# Vega is reached through Vega-Embed: the bundler's own name for it is empty (Vega has no default
# export).
_SNIPPET = "window.vegaEmbed = vegaEmbed;"


@lru_cache(maxsize=1)
def vega_script() -> str:
    """Vega as one script (0.9 MB) that sets ``window.vegaEmbed``; loads nothing."""
    script: str = vl_convert.javascript_bundle(_SNIPPET)
    return script.replace("</script", "<\\/script").replace("<!--", "<\\!--")


def compiled(chart: Chart) -> dict[str, Any]:
    """The chart as a Vega specification."""
    specification: dict[str, Any] = vl_convert.vegalite_to_vega(chart.to_dict())
    return specification


def drawn(specification: dict[str, Any], name: str) -> str:
    """A compiled chart as SVG, shown until, or in place of, the script's own drawing.

    The renderer counts its clip paths over all pictures that it draws; here they are counted
    within the picture, under its ``name``, so that the same chart gives the same text.
    """
    picture: str = vl_convert.vega_to_svg(specification)
    numbers: dict[str, str] = {}
    return _CLIP.sub(
        lambda found: numbers.setdefault(found[0], f"{name}-clip{len(numbers)}"), picture
    )

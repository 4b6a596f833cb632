"""What lets a page draw its charts without a network: compiled specifications and Vega itself."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import vl_convert

from forecastle.reports.charts import Chart

# Vega alone: Vega-Lite is compiled here, so the page need not carry its compiler.
_SNIPPET = "window.vega = vega;"


@lru_cache(maxsize=1)
def vega_script() -> str:
    """Vega as one script (about 0.6 MB) that sets ``window.vega``; loads nothing."""
    script: str = vl_convert.javascript_bundle(_SNIPPET)
    return script.replace("</script", "<\\/script").replace("<!--", "<\\!--")


def compiled(chart: Chart) -> dict[str, Any]:
    """The chart as a Vega specification."""
    specification: dict[str, Any] = vl_convert.vegalite_to_vega(chart.to_dict())
    return specification


def drawn(specification: dict[str, Any]) -> str:
    """A compiled chart as SVG, shown until, or in place of, the script's own drawing."""
    picture: str = vl_convert.vega_to_svg(specification)
    return picture

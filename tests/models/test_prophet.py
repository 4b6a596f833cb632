"""Prophet keeps quiet: its log lines would run through the progress bar."""

import subprocess
import sys
import textwrap
from pathlib import Path

ROOT = Path(__file__).parents[2]
SCRIPT = """
    import numpy as np
    from forecastle.core.budget import Budget
    from forecastle.models.prophet import Prophet
    from forecastle.series.spec import ForecastSpec
    from tests.panels import busy_demand, shop_panel

    panel = shop_panel(busy_demand(1, 40))
    Prophet().fit(panel, ForecastSpec(5), Budget()).predict(panel)
"""


def test_it_prints_and_logs_nothing():
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(SCRIPT)],
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
    )
    assert (done.stdout, done.stderr) == ("", "")

"""statsforecast's SeasonalNaive, plain."""

from __future__ import annotations

import pandas as pd
from statsforecast.models import SeasonalNaive

from benchmarks.peers.exchange import Task, answer
from benchmarks.peers.statistical import forecast


def plain(task: Task) -> pd.DataFrame:
    return forecast(task, SeasonalNaive(season_length=task.season))


if __name__ == "__main__":
    answer(plain, "statsforecast")

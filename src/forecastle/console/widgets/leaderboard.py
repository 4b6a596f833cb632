"""The leaderboard: every algorithm that was tried, with all its metrics."""

from __future__ import annotations

import json
from typing import Any

from nicegui import ui

from forecastle.console.language import Language, mark
from forecastle.console.visitor import Visitor
from forecastle.console.widgets.charts import (
    Palette,
    base_options,
    chart,
    number_format,
)
from forecastle.console.widgets.metrics import (
    AVERAGE,
    MAPE,
    MASE,
    METRICS,
    RMSE,
    SECONDS,
    WAPE,
    algorithm_hint,
    algorithm_text,
    quantile_hint,
)
from forecastle.core.quantiles import column_name
from forecastle.service.evaluations import Candidate, Evaluation

# Texts stand in the cells and in hints as values, never as markup.
_HEADING = """
<q-th :props="props">{{ props.col.label }}
  <q-tooltip max-width="320px" class="text-body2">{{ props.col.explained }}</q-tooltip></q-th>
"""
_NAME = """
<q-td :props="props" :class="props.row.kept ? 'text-weight-bold' : ''"
  style="white-space: normal; min-width: 110px; max-width: 240px">
  {{ props.value }}
  <q-tooltip max-width="320px" class="text-body2">{{ props.row.explained }}</q-tooltip>
  <span v-if="props.row.remark" class="status"
    :class="props.row.kept ? 'status-good' : 'status-calm'">{{ props.row.remark }}</span></q-td>
"""
_BAR_HEIGHT, _FRAME_HEIGHT = 34, 40
_KEPT, _NAIVE = mark("In use"), mark("Yardstick")


def leaderboard(visitor: Visitor, evaluation: Evaluation) -> None:
    """A table that can be sorted by any metric."""
    t = visitor.language
    columns = [_name_column(t), *_columns(t, evaluation)]
    rows = [_row(t, each) for each in evaluation.candidates]
    table = ui.table(columns=columns, rows=rows, row_key="key", pagination={"rowsPerPage": 0})
    table.props("flat dense hide-bottom binary-state-sort")
    table.props(f"aria-label={json.dumps(t('Algorithms and their errors'), ensure_ascii=False)}")
    table.add_slot("header-cell", _HEADING)
    table.add_slot("body-cell-name", _NAME)


def loss_chart(visitor: Visitor, evaluation: Evaluation) -> None:
    """The average wQL of each algorithm as bars, the best on top."""
    t, palette = visitor.language, Palette.of(visitor.dark)
    known = [each for each in evaluation.candidates if each.errors.average is not None]
    ordered = sorted(known, key=lambda each: -(each.errors.average or 0.0))
    values = [
        {
            "value": each.errors.average,
            "itemStyle": {"color": palette.median if each.is_kept else palette.history},
        }
        for each in ordered
    ]
    names = [algorithm_text(t, each.name) for each in ordered]
    label = t("Average wQL of each algorithm; smaller is better")
    _bars(visitor, names, values, t("Average wQL"), label)


def weight_chart(visitor: Visitor, evaluation: Evaluation) -> None:
    """The weights of the blend as bars, the largest on top."""
    t, palette = visitor.language, Palette.of(visitor.dark)
    pairs = list(evaluation.weights.items())[::-1]
    names = [algorithm_text(t, name) for name, _ in pairs]
    values = [{"value": weight, "itemStyle": {"color": palette.median}} for _, weight in pairs]
    label = t("Weight of each algorithm in the blend")
    _bars(visitor, names, values, t("Weight"), label)


def _bars(
    visitor: Visitor, names: list[str], values: list[dict[str, Any]], name: str, label: str
) -> None:
    """Horizontal bars with their shares beside them."""
    palette = Palette.of(visitor.dark)
    options = base_options(visitor, legend=False)
    percent = _percent_format(visitor.language)
    category, value = options["xAxis"], options["yAxis"]
    options["xAxis"] = {**value, "axisLabel": {"show": False}, "splitLine": {"show": False}}
    options["yAxis"] = {**category, "data": names, "axisTick": {"show": False}}
    options["yAxis"]["axisLabel"] = {"color": palette.ink}
    options["grid"] |= {"right": 64, "top": 8}
    options["tooltip"] |= {"axisPointer": {"type": "none"}, ":valueFormatter": percent}
    options["series"] = [
        {
            "name": name,
            "type": "bar",
            "data": values,
            "barMaxWidth": 20,
            "label": {
                "show": True,
                "position": "right",
                "color": palette.ink,
                ":formatter": f"p => ({percent})(p.value)",
            },
        }
    ]
    element = chart(visitor, options, label)
    element.style(f"height: {_FRAME_HEIGHT + _BAR_HEIGHT * len(names)}px")


def _name_column(t: Language) -> dict[str, Any]:
    return {
        "name": "name",
        "field": "name",
        "label": t("Algorithm"),
        "explained": t("Each was trained on the same data and tested on the same windows."),
        "align": "left",
        "sortable": True,
    }


def _columns(t: Language, evaluation: Evaluation) -> list[dict[str, Any]]:
    percent, number, seconds = _percent_format(t), number_format(t), number_format(t, 1)
    formats = {WAPE: percent, MAPE: percent, SECONDS: seconds}
    losses = [
        _column(f"q{quantile}", f"wQL {column_name(quantile)}", quantile_hint(t, quantile), percent)
        for quantile in evaluation.quantiles
    ]
    others = [
        _column(name, t(METRICS[name][0]), t(METRICS[name][1]), formats.get(name, number))
        for name in (WAPE, RMSE, MAPE, MASE, SECONDS)
    ]
    name, hint = METRICS[AVERAGE]
    return [_column(AVERAGE, t(name), t(hint), percent), *losses, *others]


def _column(name: str, label: str, explained: str, formatted: str) -> dict[str, Any]:
    return {
        "name": name,
        "field": name,
        "label": label,
        "explained": explained,
        ":format": formatted,
        "align": "right",
        "sortable": True,
    }


def _row(t: Language, candidate: Candidate) -> dict[str, Any]:
    errors = candidate.errors
    remark = t(_KEPT) if candidate.is_kept else t(_NAIVE) if candidate.is_naive else ""
    return {
        "key": candidate.name,
        "name": algorithm_text(t, candidate.name),
        "explained": algorithm_hint(t, candidate.name),
        "kept": candidate.is_kept,
        "remark": remark,
        **{f"q{quantile}": loss for quantile, loss in errors.losses.items()},
        AVERAGE: errors.average,
        WAPE: errors.wape,
        RMSE: errors.rmse,
        MAPE: errors.mape,
        MASE: errors.mase,
        SECONDS: candidate.seconds,
    }


def _percent_format(language: Language) -> str:
    """A JavaScript function that writes a fraction as a percentage."""
    options = json.dumps({"style": "percent", "minimumFractionDigits": 1})
    return (
        "value => value === null || value === undefined ? '–' : "
        f"new Intl.NumberFormat({json.dumps(language.tag)}, {options}).format(value)"
    )

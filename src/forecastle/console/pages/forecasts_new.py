"""``/groups/{id}/forecast``: a predictor and the latest data become a forecast."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from nicegui import ui

from forecastle.catalog.access_keys import Role
from forecastle.console.language import mark
from forecastle.console.page import page
from forecastle.console.pages.forecasts_exports import named_by_time, s3_place
from forecastle.console.visitor import Visitor
from forecastle.console.widgets.bucket_picker import BucketPicker
from forecastle.console.widgets.errors import guarded
from forecastle.console.widgets.layout import action, crumbs, empty, page_head, panel, title
from forecastle.core.names import ResourceType
from forecastle.core.quantiles import DEFAULT_FORECAST_TYPES, MEAN, column_name
from forecastle.service.addresses import arn_of, id_of

_LEVELS = ("0.01", "0.05", "0.1", "0.2", "0.25", "0.3", "0.4", "0.5", "0.6", "0.7", "0.75", "0.8")
_HIGH_LEVELS = ("0.9", "0.95", "0.99")
_SHOWN = 100
_IS = "IS"
_LONGEST_NAME = 63


@page("/groups/{name}/forecast", mark("New forecast"), role=Role.OPERATOR)
async def new_forecast(visitor: Visitor, name: str, predictor: str = "") -> None:
    """The form."""
    t = visitor.language
    group = await visitor.do(arn_of, ResourceType.DATASET_GROUP, name)
    described = await visitor.call("DescribeDatasetGroup", DatasetGroupArn=group)
    crumbs(
        [
            (t("Forecasts"), "/"),
            (described["DatasetGroupName"], f"/groups/{quote(name)}"),
            (t("New forecast"), None),
        ],
        t("Where this page lies"),
    )
    lead = t("A forecast applies a trained predictor to the latest data, in seconds to minutes.")
    with page_head(t("New forecast"), lead):
        pass
    found = await _predictors(visitor, group)
    if not found:
        with empty(
            "model_training",
            t("There is no trained predictor yet"),
            t("A predictor learns from your history how sales go; then it can forecast."),
        ):
            action(t("Train a predictor"), f"/groups/{quote(name)}/train", icon="school", main=True)
        return
    _Form(visitor, found, predictor).place()


async def _predictors(visitor: Visitor, group: str) -> list[dict[str, Any]]:
    """Those that can forecast, newest first."""
    filters = [
        {"Key": "DatasetGroupArn", "Value": group, "Condition": _IS},
        {"Key": "Status", "Value": "ACTIVE", "Condition": _IS},
    ]
    answer = await visitor.call("ListPredictors", Filters=filters, MaxResults=_SHOWN)
    found: list[dict[str, Any]] = answer["Predictors"]
    return found


class _Form:
    """What is asked for.

    Args:
        visitor: who asks.
        predictors: that can forecast, newest first; at least one.
        chosen: the identifier of one of them, or empty.
    """

    def __init__(self, visitor: Visitor, predictors: list[dict[str, Any]], chosen: str) -> None:
        self._visitor, self._predictors = visitor, predictors
        self._chosen = next(
            (each for each in predictors if id_of(each["PredictorArn"]) == chosen), predictors[0]
        )
        self._selector: str | None = None

    def place(self) -> None:
        """Build it."""
        t = self._visitor.language
        with panel():
            with ui.element("div").classes("fields"):
                self._predictor = ui.select(
                    {each["PredictorArn"]: self._named(each) for each in self._predictors},
                    label=t("Predictor"),
                    value=self._chosen["PredictorArn"],
                ).props("outlined")
                self._name = ui.input(
                    t("Name"), value=named_by_time(self._visitor, self._chosen["PredictorName"])
                )
                self._name.props(f"outlined maxlength={_LONGEST_NAME}").props(
                    f'hint="{t("Letters, digits and underscores")}"'
                )
            self._types = ui.select(
                {name: _type_text(t(_MEAN), name) for name in (*_LEVELS, *_HIGH_LEVELS, MEAN)},
                label=t("Quantiles"),
                value=list(DEFAULT_FORECAST_TYPES),
                multiple=True,
            ).props("outlined use-chips")
            ui.label(
                t(
                    "p90 is the amount that sales stay below in 9 of 10 cases. Take high quantiles "
                    "where running out is expensive, low ones where leftovers are."
                )
            ).classes("hint")
            self._items_part()
            create = ui.button(t("Create forecast"), icon="insights").props("unelevated no-caps")
            create.classes("self-start").on_click(self._creator(create))

    def _items_part(self) -> None:
        t = self._visitor.language
        with (
            ui.expansion(t("Only some items"), icon="filter_list").classes("full-width"),
            ui.element("div").classes("stack q-pt-sm"),
        ):
            ui.label(
                t(
                    "Without a file, all items are forecast. To choose some, give a CSV file with "
                    "a line for each: the item, then its dimensions such as the store."
                )
            ).classes("hint")
            self._picked = ui.element("div").classes("stack")
            BucketPicker(self._visitor, self._pick, (".csv", ".csv.gz"))

    async def _pick(self, path: str) -> None:
        self._selector = path
        self._picked.clear()
        t = self._visitor.language
        with self._picked, ui.element("div").classes("line"):
            title(t("Only the items in this file"), 3)
            ui.label(path).classes("mono")
            forget = ui.button(t("Forecast all items instead"), icon="close")
            forget.props("flat dense no-caps").on_click(self._forget)

    def _forget(self) -> None:
        self._selector = None
        self._picked.clear()

    def _creator(self, button: ui.button) -> Any:
        @guarded(self._visitor)
        async def create() -> None:
            button.props("loading")
            try:
                made = await self._visitor.call("CreateForecast", **self._request())
            finally:
                button.props(remove="loading")
            ui.navigate.to(f"/forecasts/{quote(id_of(made['ForecastArn']))}")

        return create

    def _request(self) -> dict[str, Any]:
        request: dict[str, Any] = {
            "ForecastName": (self._name.value or "").strip(),
            "PredictorArn": self._predictor.value,
        }
        if self._types.value:
            request["ForecastTypes"] = list(self._types.value)
        if self._selector is not None:
            source = {"DataSource": s3_place(self._visitor, self._selector), "Format": "CSV"}
            request["TimeSeriesSelector"] = {"TimeSeriesIdentifiers": source}
        return request

    def _named(self, predictor: dict[str, Any]) -> str:
        made = self._visitor.language.moment(predictor["CreationTime"], self._visitor.zone)
        return f"{predictor['PredictorName']} · {made}"


_MEAN = mark("Mean")


def _type_text(mean: str, name: str) -> str:
    return mean if name == MEAN else column_name(name)

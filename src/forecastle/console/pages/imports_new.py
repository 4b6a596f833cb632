"""``/groups/{name}/import``: choose files, see what an import would make of them, import them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from urllib.parse import urlencode

from nicegui import ui

from forecastle.catalog.access_keys import Role
from forecastle.console.language import mark
from forecastle.console.page import page
from forecastle.console.pages.datasets_words import DATA_FILES, group_path, type_name
from forecastle.console.pages.imports_form import ImportForm, columns_of
from forecastle.console.visitor import Visitor
from forecastle.console.widgets.bucket_picker import BucketPicker
from forecastle.console.widgets.errors import error_panel
from forecastle.console.widgets.layout import action, crumbs, empty, page_head, panel
from forecastle.core.errors import ForecastleError
from forecastle.core.names import ResourceType
from forecastle.service.addresses import arn_of, id_of
from forecastle.service.dataset_views import DatasetView, datasets_of, view_dataset
from forecastle.service.previews import Fit, fit

_TITLE = mark("Import data")


@page("/groups/{name}/import", _TITLE, role=Role.OPERATOR)
async def new_import(
    visitor: Visitor, name: str, dataset: str = "", path: str = "", columns: str = ""
) -> None:
    """The steps: which dataset, which files, a look at them, the import."""
    t = visitor.language
    arn = await visitor.do(arn_of, ResourceType.DATASET_GROUP, name)
    group = await visitor.call("DescribeDatasetGroup", DatasetGroupArn=arn)
    title = group["DatasetGroupName"]
    trail = [(t("Forecasts"), "/"), (title, group_path(name)), (t(_TITLE), None)]
    crumbs(trail, t("Where this page lies"))
    lead = t("You see what is in the file before anything is imported.")
    with page_head(t(_TITLE), lead):
        pass
    datasets = await visitor.do(datasets_of, arn)
    if not datasets:
        with empty(
            "dataset",
            t("There is no dataset yet"),
            t("A dataset says which columns your data have. Forecastle reads them from your file."),
        ):
            action(t("Create a dataset"), group_path(name, "dataset"), icon="add", main=True)
        return
    chosen = next((each for each in datasets if id_of(each.arn) == dataset), datasets[0])
    _dataset_panel(visitor, name, datasets, chosen, path)
    await _file_part(visitor, name, chosen, path, columns)


def _address(
    name: str, dataset: str, path: str, columns: Mapping[str, str | None] | None = None
) -> str:
    query = {"dataset": dataset, **({"path": path} if path else {})}
    if columns is not None:
        query["columns"] = json.dumps(columns, ensure_ascii=False)
    return f"{group_path(name, 'import')}?{urlencode(query)}"


def _dataset_panel(
    visitor: Visitor,
    name: str,
    datasets: tuple[DatasetView, ...],
    chosen: DatasetView,
    path: str,
) -> None:
    """Which of the group's datasets the data are for."""
    t = visitor.language
    if len(datasets) == 1:
        return
    with panel(t("What are the data for?")):
        ui.radio(
            {
                id_of(each.arn): f"{type_name(t, each.dataset_type)} · {each.name}"
                for each in datasets
            },
            value=id_of(chosen.arn),
            on_change=lambda event: ui.navigate.to(_address(name, event.value, path)),
        ).props(f'inline aria-label="{t("What are the data for?")}"')


async def _file_part(
    visitor: Visitor, name: str, dataset: DatasetView, path: str, columns: str
) -> None:
    wished = columns_of(columns)
    found = await _fit(visitor, path, dataset.arn, wished) if path else None
    if found is None:
        _picker_panel(visitor, name, dataset)
        return
    view = await visitor.do(view_dataset, dataset.arn)

    def address(columns: Mapping[str, str | None] | None) -> str:
        file = "" if columns is None else path
        return _address(name, id_of(dataset.arn), file, columns)

    await ImportForm(visitor, view, path, found, address).place()


async def _fit(
    visitor: Visitor, path: str, dataset: str, wished: Mapping[str, str | None] | None
) -> Fit | None:
    """How the files fit; None, and an explanation, where they cannot be read."""
    try:
        return await visitor.do(fit, path, dataset, wished)
    except ForecastleError as error:
        error_panel(visitor, error)
        return None


def _picker_panel(visitor: Visitor, name: str, dataset: DatasetView) -> None:
    t = visitor.language

    async def chosen(path: str) -> None:
        ui.navigate.to(_address(name, id_of(dataset.arn), path))

    attributes = [attribute for attribute, _ in dataset.attributes]
    with panel(t("Choose the file or folder"), ", ".join(attributes)):
        BucketPicker(visitor, chosen, DATA_FILES)

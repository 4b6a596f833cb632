"""``/groups/{name}/dataset``: a dataset whose attributes are proposed from the file itself."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlencode

from nicegui import ui

from forecastle.catalog.access_keys import Role
from forecastle.console.language import mark
from forecastle.console.page import page
from forecastle.console.pages.datasets_words import (
    DATA_FILES,
    REASONS,
    TYPES,
    group_path,
    type_name,
)
from forecastle.console.visitor import Visitor
from forecastle.console.widgets.bucket_picker import BucketPicker
from forecastle.console.widgets.errors import error_panel, guarded
from forecastle.console.widgets.frequencies import frequency_text
from forecastle.console.widgets.layout import crumbs, page_head, panel
from forecastle.console.widgets.schema_editor import AttributeRow, SchemaEditor
from forecastle.core.errors import ForecastleError
from forecastle.core.names import ResourceType
from forecastle.series.column_matching import attribute_name
from forecastle.series.domains import (
    ITEM_METADATA,
    RELATED_TIME_SERIES,
    TARGET_TIME_SERIES,
    DatasetFields,
    domain,
)
from forecastle.series.proposal import Proposal
from forecastle.service.addresses import arn_of, id_of
from forecastle.service.dataset_views import datasets_of, free_name
from forecastle.service.proposals import propose

_TITLE = mark("New dataset")
_BY_HAND = "by-hand"
_SUFFIXES = {TARGET_TIME_SERIES: "sales", RELATED_TIME_SERIES: "related", ITEM_METADATA: "items"}
_FREQUENCIES = ("D", "W", "M", "Y", "H", "30min", "15min", "10min", "5min", "1min")
_DAILY = "D"
_LONGEST_NAME, _LONGEST_START = 63, 50


@page("/groups/{name}/dataset", _TITLE, role=Role.OPERATOR)
async def new_dataset(
    visitor: Visitor, name: str, type: str = TARGET_TIME_SERIES, path: str = ""
) -> None:
    """Choose a file, look over what it tells, create the dataset."""
    t = visitor.language
    arn = await visitor.do(arn_of, ResourceType.DATASET_GROUP, name)
    group = await visitor.call("DescribeDatasetGroup", DatasetGroupArn=arn)
    title = group["DatasetGroupName"]
    trail = [(t("Forecasts"), "/"), (title, group_path(name)), (t(_TITLE), None)]
    crumbs(trail, t("Where this page lies"))
    lead = t("A dataset says which columns your data have. Forecastle reads them from your file.")
    with page_head(t(_TITLE), lead):
        pass
    kinds = domain(group["Domain"]).datasets
    kind = type if type in kinds else TARGET_TIME_SERIES
    form = _Form(visitor, group, name, kind, path)
    await form.place(list(kinds))


class _Form:
    """The steps of the page.

    Args:
        visitor: who creates.
        group: as DescribeDatasetGroup tells it.
        name: the group's id.
        kind: the DatasetType.
        path: of the file; empty before one is chosen, `_BY_HAND` without one.
    """

    def __init__(
        self, visitor: Visitor, group: dict[str, Any], name: str, kind: str, path: str
    ) -> None:
        self._visitor, self._group, self._name = visitor, group, name
        self._kind, self._path = kind, path
        self._fields: DatasetFields = domain(group["Domain"]).datasets[kind]

    async def place(self, kinds: list[str]) -> None:
        """Build them."""
        await self._type_panel(kinds)
        if not self._path:
            self._file_panel()
            return
        proposal = None
        if self._path != _BY_HAND:
            proposal = await self._proposal()
            if proposal is None:
                self._file_panel()
                return
        await self._schema_panel(proposal)

    async def _type_panel(self, kinds: list[str]) -> None:
        t = self._visitor.language
        with panel(t("What is in the data?")):
            ui.radio(
                {kind: type_name(t, kind) for kind in kinds},
                value=self._kind,
                on_change=lambda event: self._go(event.value, self._path),
            ).props(f'inline aria-label="{t("What is in the data?")}"')
            ui.label(t(TYPES[self._kind][1])).classes("hint")
            others = await self._visitor.do(datasets_of, self._group["DatasetGroupArn"])
            for other in others:
                if other.dataset_type == self._kind:
                    with ui.element("div").classes("warning-panel"):
                        ui.label(
                            t(
                                "The group has the dataset {name} of this kind. The new one takes "
                                "its place in the group; {name} itself stays.",
                                name=other.name,
                            )
                        )

    def _file_panel(self) -> None:
        t = self._visitor.language

        async def chosen(path: str) -> None:
            self._go(self._kind, path)

        hint = t("CSV or Parquet, with or without column names")
        with panel(t("Choose a file to start from"), hint):
            BucketPicker(self._visitor, chosen, DATA_FILES)
            skip = ui.button(t("Describe the columns without a file"), icon="edit_note")
            skip.props("flat no-caps").classes("self-start")
            skip.on_click(lambda: self._go(self._kind, _BY_HAND))

    def _go(self, kind: str, path: str) -> None:
        query = {"type": kind, **({"path": path} if path else {})}
        ui.navigate.to(f"{group_path(self._name, 'dataset')}?{urlencode(query)}")

    async def _proposal(self) -> Proposal | None:
        """What the file tells; None, and an explanation, where it cannot be read."""
        try:
            return await self._visitor.do(propose, self._path, self._kind, self._group["Domain"])
        except ForecastleError as error:
            error_panel(self._visitor, error)
            return None

    async def _schema_panel(self, proposal: Proposal | None) -> None:
        t = self._visitor.language
        with panel(t("Columns"), None if proposal is None else self._path):
            if proposal is not None:
                self._show_open(proposal)
            required = [field.name for field in self._fields.required]
            ui.label(self._explained(required)).classes("hint")
            known = [*required, *(field.name for field in self._fields.optional)]
            rows = self._rows_by_hand() if proposal is None else self._rows_of(proposal)
            self._editor = SchemaEditor(self._visitor, rows, known, of_file=proposal is not None)
        with panel(t("Frequency and name")):
            with ui.element("div").classes("fields"):
                if self._kind != ITEM_METADATA:
                    self._show_frequency(None if proposal is None else proposal.frequency)
                await self._show_name()
            create = ui.button(t("Create the dataset"), icon="check")
            create.props("unelevated no-caps").classes("self-start")
            create.on_click(guarded(self._visitor)(lambda: self._create(create)))
        if proposal is not None:
            self._other_file()

    def _other_file(self) -> None:
        other = ui.button(self._visitor.language("Choose another file"), icon="undo")
        other.props("flat no-caps").classes("self-start")
        other.on_click(lambda: self._go(self._kind, ""))

    def _show_open(self, proposal: Proposal) -> None:
        """What the file does not tell."""
        t = self._visitor.language
        for name in proposal.missing:
            with ui.element("div").classes("warning-panel"):
                ui.label(
                    t(
                        "No column was recognised as {name}. Choose {name} as the attribute of the "
                        "column that holds it.",
                        name=name,
                    )
                )

    def _explained(self, required: list[str]) -> str:
        """What attributes are."""
        t, own = self._visitor.language, domain(self._group["Domain"])
        needed = t("Required: {names}.", names=", ".join(required))
        if self._kind == TARGET_TIME_SERIES:
            return (
                needed
                + " "
                + t(
                    "{item} is the item, timestamp the date, {target} what is to be forecast. Text "
                    "columns beside them, such as a store, let you forecast each store apart.",
                    item=own.item,
                    target=own.target,
                )
            )
        return needed

    def _rows_by_hand(self) -> list[AttributeRow]:
        rows = [AttributeRow(f.name, f.type, required=True) for f in self._fields.required]
        return rows + [AttributeRow(f.name, f.type) for f in self._fields.optional[:1]]

    def _rows_of(self, proposal: Proposal) -> list[AttributeRow]:
        t = self._visitor.language
        return [
            AttributeRow(
                each.attribute or attribute_name(each.column or "", place),
                each.type if each.attribute else "string",
                each.column,
                used=each.attribute is not None,
                samples=each.samples,
                reason=t(REASONS[each.reason]),
            )
            for place, each in enumerate(proposal.columns, start=1)
        ]

    def _show_frequency(self, found: str | None) -> None:
        t = self._visitor.language
        names = list(dict.fromkeys([*_FREQUENCIES, *([found] if found else [])]))
        self._frequency = ui.select(
            {name: frequency_text(t, name) for name in names},
            label=t("Frequency of the data"),
            value=found or _DAILY,
        ).props("outlined")
        hint = (
            t("Told from the dates in the file.")
            if found
            else t("How often a value is recorded for each item.")
        )
        self._frequency.props["hint"] = hint

    async def _show_name(self) -> None:
        t = self._visitor.language
        wanted = f"{self._group['DatasetGroupName'][:_LONGEST_START]}_{_SUFFIXES[self._kind]}"
        name = await self._visitor.do(free_name, ResourceType.DATASET, wanted)
        self._dataset_name = ui.input(t("Name of the dataset"), value=name)
        self._dataset_name.props(f"outlined maxlength={_LONGEST_NAME}")
        self._dataset_name.props["hint"] = t("Letters, digits and underscores")

    async def _create(self, button: ui.button) -> None:
        button.props("loading")
        try:
            arn = await self._created()
        finally:
            button.props(remove="loading")
        query = {"dataset": id_of(arn)}
        if self._path != _BY_HAND:
            query |= {"path": self._path, "columns": json.dumps(self._editor.columns)}
        ui.navigate.to(f"{group_path(self._name, 'import')}?{urlencode(query)}")

    async def _created(self) -> str:
        """Make the dataset and put it into the group beside the others."""
        frequency = {} if self._kind == ITEM_METADATA else {"DataFrequency": self._frequency.value}
        made = await self._visitor.call(
            "CreateDataset",
            DatasetName=(self._dataset_name.value or "").strip(),
            Domain=self._group["Domain"],
            DatasetType=self._kind,
            Schema={"Attributes": self._editor.attributes},
            **frequency,
        )
        arn: str = made["DatasetArn"]
        group = self._group["DatasetGroupArn"]
        others = await self._visitor.do(datasets_of, group)
        kept = [each.arn for each in others if each.dataset_type != self._kind]
        await self._visitor.call(
            "UpdateDatasetGroup", DatasetGroupArn=group, DatasetArns=[*kept, arn]
        )
        return arn

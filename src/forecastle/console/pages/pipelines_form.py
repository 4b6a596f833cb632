"""A pipeline as a form. What it does not show stays in the pipeline as it is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from nicegui import ui

from forecastle.console.language import Language, mark
from forecastle.console.visitor import Visitor
from forecastle.console.widgets.frequencies import frequency_text
from forecastle.console.widgets.layout import panel
from forecastle.console.widgets.metrics import quantile_name
from forecastle.console.widgets.schedules import ScheduleField
from forecastle.console.widgets.schema_editor import AttributeRow, SchemaEditor
from forecastle.core.quantiles import MEAN
from forecastle.pipelines.dataset_parts import TYPE_OF
from forecastle.pipelines.parameters import AUTO_ML
from forecastle.pipelines.pipeline import TARGET, DatasetPart, Notification, Pipeline
from forecastle.pipelines.writing import pipeline_content
from forecastle.series.building import LONGEST_HORIZON
from forecastle.series.calendar import check_country
from forecastle.series.domains import DOMAINS

_SHOWN = {
    "name", "enabled", "source", "frequency", "horizon", "holidays", "group", "algorithm",
    "quantiles", "retrain_after_days", "export", "notifications", "schedule", "retention_days",
    "gather_seconds",
}  # fmt: skip
_SHOWN_OF_TARGET = {"schema"}
_FREQUENCIES = ("H", "D", "W", "M")
_LEVELS = ("0.01", "0.05", "0.1", "0.25", "0.5", "0.75", "0.9", "0.95", "0.99", MEAN)
_SUFFIXES = (".csv", ".csv.gz", ".parquet")
_OWN_GROUP = ""
_USUAL, _OTHER = "usual", "other"
_ENABLED = {True: mark("Yes"), False: mark("No: only people start runs")}


@dataclass(frozen=True)
class PipelineChoices:
    """What can be chosen from: buckets, dataset groups, algorithms, countries of holidays."""

    buckets: Sequence[str]
    groups: Sequence[str]
    algorithms: Sequence[str]
    countries: Sequence[str]


class PipelineForm:
    """The fields.

    Args:
        visitor: who fills them in.
        pipeline: to begin with.
        choices: what the account has.
        is_new: whether the name can still be chosen.
    """

    def __init__(
        self, visitor: Visitor, pipeline: Pipeline, choices: PipelineChoices, *, is_new: bool
    ) -> None:
        self._visitor, self._base, self._choices = visitor, pipeline, choices
        t = visitor.language
        if hidden := hidden_keys(pipeline):
            with ui.element("section").classes("warning-panel"):
                text = t("The form shows a part. In the YAML there is more, which stays as it is:")
                ui.label(text)
                ui.label(", ".join(hidden)).classes("mono")
        with panel(t("Where the files come from")):
            self._show_source(t, is_new=is_new)
        with panel(t("The data")):
            self._show_data(t)
        with panel(t("The forecast")):
            self._show_forecast(t)
        with panel(t("Where the forecast goes")):
            self._show_export(t)
        with panel(t("When, and who is told")):
            self._show_rest(t)

    def pipeline(self) -> Pipeline:
        """What is filled in; whether it can be applied shows when its YAML is read."""
        base = self._base
        source = replace(
            base.source,
            bucket=_text(self._bucket.value),
            prefix=_text(self._prefix.value),
            suffixes=tuple(self._suffixes.value or ()),
        )
        export = replace(
            base.export,
            bucket=_text(self._to_bucket.value),
            prefix=_text(self._to_prefix.value),
            format=self._format.value,
        )
        training = replace(
            base.training,
            algorithm=self._algorithm.value,
            forecast_types=tuple(self._types.value or ()),
            holidays=self._country.value,
            retrain_after_days=self._retrain.value,
        )
        return replace(
            base,
            name=_text(self._name.value),
            enabled=self._enabled.value,
            source=source,
            datasets=(replace(base.datasets[0], schema=self._schema()), *base.datasets[1:]),
            group=self._group.value,
            frequency=self._frequency.value,
            horizon=int(self._horizon.value or 0),
            training=training,
            export=export,
            gather_seconds=self._gather.value or 0.0,
            notifications=self._receivers(),
            schedule=self._schedule.schedule,
            retention_days=self._retention.value,
        )

    def _show_source(self, t: Language, *, is_new: bool) -> None:
        source = self._base.source
        with ui.element("div").classes("fields"):
            self._name = _field(t("Name of the pipeline"), self._base.name)
            self._name.props["hint"] = t("A letter, then letters, digits and _, 40 at most")
            if not is_new:
                self._name.props("readonly")
            self._bucket = self._bucket_field(t("Bucket that files land in"), source.bucket)
            self._prefix = _field(t("Folder in the bucket"), source.prefix)
            self._prefix.props["hint"] = t("Such as input/; empty: the whole bucket")
            self._suffixes = ui.select(
                list(dict.fromkeys((*_SUFFIXES, *source.suffixes))),
                label=t("Endings of the files"),
                value=list(source.suffixes),
                multiple=True,
            ).props("outlined use-chips")
            enabled = {value: t(text) for value, text in _ENABLED.items()}
            self._enabled = ui.select(
                enabled, label=t("New files start runs"), value=self._base.enabled
            ).props("outlined")
            self._gather = _number(
                t("Seconds to wait for more files"), self._base.gather_seconds or None
            )
            self._gather.props["hint"] = t("Empty: each file is a run of its own")

    def _show_data(self, t: Language) -> None:
        base = self._base
        groups = {_OWN_GROUP: t("A new one, named like the pipeline")}
        groups |= {name: name for name in (*self._choices.groups, base.group) if name}
        with ui.element("div").classes("fields"):
            self._group = ui.select(groups, label=t("Dataset group"), value=base.group)
            self._group.props("outlined")
        schema = base.datasets[0].schema
        own = DOMAINS[base.domain]
        usual = t(
            "As usual: {columns}; or as the dataset group has them",
            columns=f"{own.item}, timestamp, {own.target}",
        )
        choices = {_USUAL: usual, _OTHER: t("Others, in the order of the file:")}
        self._columns = ui.radio(choices, value=_USUAL if schema is None else _OTHER)
        self._columns.props(f'aria-label="{t("Columns of the sales files")}"')
        self._editor = ui.element("div").classes("stack")
        self._attributes: SchemaEditor | None = None
        self._columns.on_value_change(self._show_columns)
        self._show_columns()
        text = t(
            "Prices, promotions or facts of items in files of their own are added in the YAML, "
            "under datasets."
        )
        ui.label(text).classes("hint")

    def _show_columns(self) -> None:
        """The editor of columns, once it is wanted."""
        others = self._columns.value == _OTHER
        self._editor.set_visibility(others)
        if others and self._attributes is None:
            rows = _rows(self._base, self._base.datasets[0].schema)
            with self._editor:
                self._attributes = SchemaEditor(
                    self._visitor, rows, _known(self._base), of_file=False
                )

    def _show_forecast(self, t: Language) -> None:
        base, training = self._base, self._base.training
        names = dict.fromkeys((*_FREQUENCIES, base.frequency))
        territories = t.locale.territories
        listed = dict.fromkeys((*self._choices.countries, training.holidays or ""))
        countries = {code: _country(territories, code) for code in listed if code}
        algorithms = {name: name for name in self._choices.algorithms}
        algorithms |= {training.algorithm: training.algorithm}
        algorithms[AUTO_ML] = t("AutoML: try all that fit and blend the best")
        with ui.element("div").classes("fields"):
            self._frequency = ui.select(
                {each: frequency_text(t, each) for each in names},
                label=t("Step of the forecast"),
                value=base.frequency,
            ).props("outlined")
            self._horizon = _number(t("Steps ahead"), base.horizon or None, LONGEST_HORIZON)
            self._country = ui.select(
                dict(sorted(countries.items(), key=lambda pair: pair[1])),
                label=t("Public holidays of"),
                value=training.holidays,
                with_input=True,
                clearable=True,
            ).props("outlined")
            self._algorithm = ui.select(algorithms, label=t("Training"), value=training.algorithm)
            self._algorithm.props("outlined")
            types = dict.fromkeys((*_LEVELS, *training.forecast_types))
            self._types = ui.select(
                {each: quantile_name(t, each) for each in types},
                label=t("Quantiles"),
                value=list(training.forecast_types),
                multiple=True,
            ).props("outlined use-chips")
            self._retrain = _number(t("Train anew after days"), training.retrain_after_days)
            self._retrain.props["hint"] = t("Empty: each file trains anew")

    def _show_export(self, t: Language) -> None:
        export = self._base.export
        with ui.element("div").classes("fields"):
            self._to_bucket = self._bucket_field(t("Bucket to write to"), export.bucket)
            self._to_prefix = _field(t("Folder to write to"), export.prefix)
            self._to_prefix.props["hint"] = t("Another one than the files come from")
            self._format = ui.select(
                {"CSV": "CSV", "PARQUET": "Parquet"}, label=t("Format"), value=export.format
            ).props("outlined")

    def _show_rest(self, t: Language) -> None:
        base = self._base
        self._schedule = ScheduleField(self._visitor, base.schedule)
        urls = "\n".join(each.url for each in base.notifications)
        self._notifications = ui.textarea(t("Addresses to notify, one a line"), value=urls)
        self._notifications.props("outlined autogrow")
        self._notifications.props["hint"] = t(
            "Such as mailto://user:password@example.com, slack://…, or https://… for a webhook"
        )
        with ui.element("div").classes("fields"):
            label = t("Remove runs and what they made after days")
            self._retention = _number(label, base.retention_days)
            self._retention.props["hint"] = t("Empty: never")

    def _bucket_field(self, label: str, value: str) -> ui.select:
        """A bucket of the account, or a new name: its folder is made."""
        names = [name for name in dict.fromkeys((*self._choices.buckets, value)) if name]
        return ui.select(
            names, label=label, value=value or None, with_input=True, new_value_mode="add-unique"
        ).props("outlined")

    def _schema(self) -> Mapping[str, str] | None:
        if self._columns.value == _USUAL or self._attributes is None:
            return None
        rows = self._attributes.attributes
        return {row["AttributeName"]: row["AttributeType"] for row in rows if row["AttributeName"]}

    def _receivers(self) -> tuple[Notification, ...]:
        """A line that was there before keeps what else is said of it."""
        known = {each.url: each for each in self._base.notifications}
        lines = (line.strip() for line in (self._notifications.value or "").splitlines())
        return tuple(known.get(line, Notification(line)) for line in lines if line)


def hidden_keys(pipeline: Pipeline) -> list[str]:
    """The keys of the file that the form does not show."""
    content = pipeline_content(pipeline)
    hidden = [key for key in content if key not in (*_SHOWN, "datasets")]
    if "quiet_seconds" in content["source"]:
        hidden.append("source.quiet_seconds")
    target = next(key for key, type_ in TYPE_OF.items() if type_ == TARGET)
    for section, keys in content.get("datasets", {}).items():
        if section != target:
            hidden.append(f"datasets.{section}")
        else:
            hidden += [f"datasets.{target}.{key}" for key in keys if key not in _SHOWN_OF_TARGET]
    return hidden


def _rows(pipeline: Pipeline, schema: Mapping[str, str] | None) -> list[AttributeRow]:
    if schema is None:
        fields = DOMAINS[pipeline.domain].datasets[DatasetPart(TARGET).type].required
        schema = {field.name: field.type for field in fields}
    return [AttributeRow(name, type_) for name, type_ in schema.items()]


def _known(pipeline: Pipeline) -> list[str]:
    own = DOMAINS[pipeline.domain].datasets[TARGET]
    return [field.name for field in (*own.required, *own.optional)]


def _country(territories: Mapping[str, str], code: str) -> str:
    name = territories.get(check_country(code).partition("-")[0])
    return code if name is None else f"{name} ({code})"


def _field(label: str, value: str) -> ui.input:
    return ui.input(label, value=value).props("outlined")


def _number(label: str, value: float | None, most: float | None = None) -> ui.number:
    return ui.number(label, value=value, min=0, max=most).props("outlined")


def _text(value: str | None) -> str:
    return (value or "").strip()

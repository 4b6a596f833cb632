"""Choosing what to analyse: an export, always the newest of a group, a manifest, a file."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from nicegui import ui

from forecastle.console.pages.analysis_words import analysis_path
from forecastle.console.visitor import Visitor
from forecastle.console.widgets.bucket_picker import BucketPicker
from forecastle.console.widgets.errors import guarded
from forecastle.console.widgets.layout import action, empty, panel
from forecastle.console.widgets.uploads import TABLES
from forecastle.service.analysis_sources import Choice, list_choices
from forecastle.service.manifests import read_manifest
from forecastle.service.source_files import Source, SourceKind

_LIST = "list-style: none; padding: 0; margin: 0; display: flex; flex-direction: column; gap: 6px"


def choose_source(visitor: Visitor) -> None:
    """Everything that can be chosen; each choice leads to its analysis."""
    box = ui.element("div").classes("stack")

    async def load() -> None:
        kinds = (SourceKind.GROUP, SourceKind.EXPORT, SourceKind.PIPELINE, SourceKind.BACKTEST)
        found = {kind: await visitor.do(list_choices, kind) for kind in kinds}
        with box:
            _show(visitor, found)

    ui.timer(0, guarded(visitor)(load), once=True)


def _show(visitor: Visitor, found: dict[SourceKind, list[Choice]]) -> None:
    t = visitor.language
    if not found[SourceKind.EXPORT]:
        text = t(
            "An analysis looks at exported forecasts. Create a forecast and export it, or look at "
            "any CSV or Parquet file of a bucket."
        )
        with empty("query_stats", t("There is no export yet"), text):
            action(t("To the dataset groups"), "/", main=True)
    else:
        with ui.element("div").classes("grid"):
            _choices(
                visitor,
                t("Always the newest export"),
                t("Of a dataset group: charts follow each new forecast."),
                found[SourceKind.GROUP],
            )
            _choices(
                visitor,
                t("One export"),
                t("It stays as it is."),
                found[SourceKind.EXPORT],
            )
            if found[SourceKind.PIPELINE]:
                _choices(
                    visitor,
                    t("Always the newest of a pipeline"),
                    t("Charts follow each run."),
                    found[SourceKind.PIPELINE],
                )
            if found[SourceKind.BACKTEST]:
                _choices(
                    visitor,
                    t("Backtests"),
                    t("What was forecast for days whose sales are known."),
                    found[SourceKind.BACKTEST],
                )
    with panel(t("A file of a bucket")):
        BucketPicker(visitor, lambda path: _go(Source(SourceKind.PATH, path)), TABLES)
    _manifest(visitor)


async def _go(source: Source) -> None:
    ui.navigate.to(analysis_path(source))


def _choices(visitor: Visitor, heading: str, hint: str, choices: Sequence[Choice]) -> None:
    with panel(heading):
        ui.label(hint).classes("hint")
        with ui.element("ul").style(f"{_LIST}; max-height: 320px; overflow-y: auto"):
            for each in choices:
                with ui.element("li").classes("line"):
                    ui.link(each.name, analysis_path(each.source))
                    made = visitor.language.moment(each.made_at, visitor.zone)
                    ui.label(made).classes("hint")


def _manifest(visitor: Visitor) -> None:
    t = visitor.language
    hint = t("The JSON text that tells which files belong together, or its s3:// address.")
    with panel(t("A QuickSight manifest")):
        ui.label(hint).classes("hint")
        text = ui.textarea(t("Manifest")).props("outlined autogrow")

        @guarded(visitor)
        async def read() -> None:
            content = str(text.value or "").strip()
            if not content.startswith("s3://"):
                read_manifest(content)
            await _go(Source(SourceKind.MANIFEST, content))

        _button(t("Analyse"), read)


def _button(text: str, on_click: Callable[..., object]) -> None:
    ui.button(text, icon="query_stats", on_click=on_click).props("outline no-caps").classes(
        "self-start"
    )

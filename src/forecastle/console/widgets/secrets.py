"""What is shown only once: passwords, keys, links; with a button that copies each."""

from __future__ import annotations

from collections.abc import Mapping

from nicegui import ui

from forecastle.console.visitor import Visitor

# The newer way works over HTTPS and on this machine only; this one works everywhere.
_COPY = """() => {{
  const field = document.querySelector("#c{id} input") ?? document.getElementById("c{id}");
  field.focus(); field.select(); document.execCommand("copy");
}}"""


async def show_once(visitor: Visitor, heading: str, text: str, secrets: Mapping[str, str]) -> None:
    """A dialog that stays until the reader closes it.

    Args:
        visitor: who reads.
        heading: what it is.
        text: what to do with it.
        secrets: label → value.
    """
    t = visitor.language
    with ui.dialog().props("persistent") as dialog, ui.card().classes("error-dialog"):
        ui.label(heading).classes("error-heading")
        ui.label(text)
        for label, secret in secrets.items():
            _show(visitor, label, secret)
        ui.button(t("I have written it down"), on_click=lambda: dialog.submit(None)).props(
            "unelevated no-caps"
        ).classes("self-end")
    await dialog
    dialog.delete()


def _show(visitor: Visitor, label: str, secret: str) -> None:
    t = visitor.language
    with ui.element("div").classes("row no-wrap items-center full-width").style("gap: 8px"):
        field = ui.input(label, value=secret).props("outlined readonly").classes("mono")
        name = t("Copy: {what}", what=label)
        copy = ui.button(icon="content_copy").props(f'flat round aria-label="{name}"')
        copy.on("click", js_handler=_COPY.format(id=field.id))
        copy.on_click(lambda: ui.notify(t("Copied"), type="positive"))

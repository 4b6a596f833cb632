"""Asking before something is lost."""

from __future__ import annotations

from nicegui import ui

from forecastle.console.visitor import Visitor


async def confirm(visitor: Visitor, question: str, text: str, action: str) -> bool:
    """Whether the reader agrees.

    Args:
        visitor: who is asked.
        question: the heading.
        text: what will happen.
        action: on the button that agrees, such as ``Delete``.
    """
    with ui.dialog() as dialog, ui.card().classes("error-dialog").props("role=alertdialog"):
        ui.label(question).classes("error-heading")
        ui.label(text)
        with ui.element("div").classes("line self-end"):
            cancel = ui.button(visitor.language("Cancel"), on_click=lambda: dialog.submit(False))
            cancel.props("flat no-caps autofocus")
            agree = ui.button(action, on_click=lambda: dialog.submit(True))
            agree.props("unelevated no-caps color=negative")
    agreed = bool(await dialog)
    dialog.delete()
    return agreed

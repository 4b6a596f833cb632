"""The least that a NiceGUI page can be: one label, and one button that is answered.

    python -m benchmarks.console_bare PORT

Served as the console is, so that what the console adds is what differs.
"""

from __future__ import annotations

import sys

import uvicorn
from fastapi import FastAPI
from nicegui import ui


def application() -> FastAPI:
    app = FastAPI()

    @ui.page("/")
    def bare() -> None:
        label = ui.label("Sales").props("id=answer")
        ui.button("Ask", on_click=lambda: label.set_text("Answered")).props("id=ask")

    ui.run_with(app, tailwind=False, show_welcome_message=False, binding_refresh_interval=None)
    return app


if __name__ == "__main__":
    uvicorn.run(application(), host="127.0.0.1", port=int(sys.argv[1]), log_level="warning")

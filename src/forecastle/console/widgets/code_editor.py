"""An editor for YAML and SQL: colours, line numbers, and lines that are wrong marked.

The Tab key leaves it, as it leaves every other field.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Literal

from nicegui import ui

from forecastle.console.visitor import Visitor

# Once the editor's own code has been loaded; until then it is busy, and has no name.
_PREPARE = """
(function prepare() {
  const component = getElement(ID);
  if (!component || !component.editorPromise) { setTimeout(prepare, 50); return; }
  component.editorPromise.then(editor => {
    editor.contentDOM.setAttribute('aria-label', LABEL);
    editor.setTabFocusMode(true);
    component.$el.removeAttribute('aria-busy');
  });
})()
"""
_STYLE = """
.code-editor { width: 100%; border: 1px solid var(--line-strong); border-radius: 8px;
  overflow: hidden; }
.code-editor .cm-editor { height: 100%; font-size: 14px; }
.code-editor .cm-problem { background: var(--bad-soft) !important;
  box-shadow: inset 3px 0 var(--bad); }
"""
_THEMES: Mapping[bool, Literal["vscodeDark", "vscodeLight"]] = {
    True: "vscodeDark",
    False: "vscodeLight",
}

Act = Callable[[], Awaitable[None]]


class CodeEditor:
    """The editor.

    Args:
        visitor: who writes.
        language: of the text.
        text: to begin with.
        label: what it is, for people who listen.
        height: in CSS.
        on_run: what Ctrl+Enter does.
    """

    def __init__(
        self,
        visitor: Visitor,
        language: Literal["YAML", "SQL"],
        text: str,
        label: str,
        height: str,
        on_run: Act | None = None,
    ) -> None:
        ui.add_css(_STYLE)
        keymap: dict[str, Any] | None = None if on_run is None else {"Mod-Enter": on_run}
        self._element = ui.codemirror(
            text,
            language=language,
            theme=_THEMES[visitor.dark],
            indent="  ",
            line_wrapping=True,
            keymap=keymap,
        )
        self._element.classes("code-editor").style(f"height: {height}").props("aria-busy=true")
        script = _PREPARE.replace("ID", str(self._element.id))
        ui.run_javascript(script.replace("LABEL", json.dumps(label)))

    @property
    def text(self) -> str:
        """What is written."""
        return str(self._element.value or "")

    @text.setter
    def text(self, text: str) -> None:
        self._element.value = text

    def mark(self, lines: Mapping[int, str]) -> None:
        """Mark lines, counted from 1, and tell what is wrong with each; the others not."""
        known = {line: why for line, why in lines.items() if line <= self.text.count("\n") + 1}
        self._element.decorations = [
            {"kind": "line", "line": line, "class": "cm-problem"} for line in known
        ]
        self._element.line_tooltips = known

    def show(self, line: int) -> None:
        """Scroll to a line."""
        self._element.reveal_line(line)

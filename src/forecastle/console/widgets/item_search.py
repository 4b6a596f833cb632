"""A search that lists what fits while one types, by mouse, by finger and by keyboard."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from nicegui import ui

from forecastle.console.visitor import Visitor
from forecastle.console.widgets.errors import guarded

_DEBOUNCE_MS = 150
_ACTIVE = "background: var(--brand-soft)"
_LIST_STYLE = (
    "position: absolute; top: 100%; left: 0; right: 0; z-index: 20; margin: 4px 0 0; padding: 4px; "
    "max-height: 340px; overflow-y: auto; background: var(--surface); border-radius: 8px; "
    "border: 1px solid var(--line-strong); box-shadow: 0 6px 18px rgb(0 0 0 / 18%)"
)
_OPTION_STYLE = "padding: 8px 12px; border-radius: 6px; cursor: pointer; min-height: 40px"


@dataclass(frozen=True)
class Choice:
    """An entry of the list.

    Attributes:
        text: that is shown; data, never markup.
        value: what is handed on when it is chosen.
        hint: what follows the text.
    """

    text: str
    value: object
    hint: str = ""


class ItemSearch:
    """A combobox, as the ARIA practices describe it (w3.org/WAI/ARIA/apg: combobox).

    Args:
        visitor: who searches.
        label: of the field.
        find: gives the entries for what was typed.
        on_choose: called with the value of the entry.
        value: what the field holds at first.
    """

    def __init__(
        self,
        visitor: Visitor,
        label: str,
        find: Callable[[str], Awaitable[Sequence[Choice]]],
        on_choose: Callable[[Choice], Awaitable[None]],
        value: str = "",
    ) -> None:
        self._visitor, self._find, self._on_choose = visitor, find, on_choose
        self._choices: Sequence[Choice] = ()
        self._active, self._asked = -1, 0
        self._name, self._searched, self._entered_text = value, "", ""
        self._is_choosing = False
        with ui.element("div").style("position: relative; flex: 1 1 320px; min-width: 0"):
            self._field = ui.input(label, value=value).props(
                f"outlined dense clearable debounce={_DEBOUNCE_MS} autocomplete=off "
                "role=combobox aria-autocomplete=list aria-expanded=false"
            )
            with self._field.add_slot("prepend"):
                ui.icon("search").props("aria-hidden=true")
            self._list = ui.element("ul").props("role=listbox").style(_LIST_STYLE)
            self._list.props(f'aria-label="{label}"').set_visibility(False)
        self._listen()

    def show(self, text: str) -> None:
        """Put a text into the field, without searching for it."""
        self._name = text
        self._close()
        self._field.value = text

    def _listen(self) -> None:
        self._field.on_value_change(guarded(self._visitor)(self._typed))
        self._field.on("click", guarded(self._visitor)(self._opened))
        self._field.on("blur", lambda: self.show(self._name))
        self._field.on("keydown.down.prevent", guarded(self._visitor)(lambda: self._move(1)))
        self._field.on("keydown.up.prevent", guarded(self._visitor)(lambda: self._move(-1)))
        self._field.on("keydown.esc", self._close)
        # What was typed last has perhaps not been told yet: Enter brings the text with it.
        self._field.on(
            "keydown.enter",
            guarded(self._visitor)(lambda event: self._entered(str(event.args))),
            js_handler="event => emit(event.target.value)",
        )

    async def _typed(self) -> None:
        text = self._field.value or ""
        if text and text == self._entered_text:  # told late: it was acted upon already
            self._entered_text = ""
            if not self._is_choosing:  # else the choice will show its name
                self.show(self._name)
        elif text != self._name:
            await self._search(text)

    async def _opened(self) -> None:
        await self._search("")

    async def _search(self, text: str) -> None:
        """List what fits; of several searches under way only the last one counts."""
        self._asked += 1
        asked = self._asked
        found = await self._find(text)
        if asked == self._asked:
            self._choices, self._active, self._searched = found, -1, text
            self._show()

    async def _move(self, by: int) -> None:
        if not self._choices or not self._list.visible:
            await self._search(self._field.value or "")
        if self._choices:
            start = self._active if self._active >= 0 or by > 0 else 0
            self._active = (start + by) % len(self._choices)
            self._show()

    async def _entered(self, text: str) -> None:
        if text != (self._field.value or ""):
            self._entered_text = text
        self._is_choosing = True
        try:
            await self._choose_first(text)
        finally:
            self._is_choosing = False

    async def _choose_first(self, text: str) -> None:
        if self._active >= 0 and text in (self._searched, self._name):
            await self._choose(self._choices[self._active])
            return
        found = await self._find(text)
        if found:
            await self._choose(found[0])
        else:
            self._choices, self._active = found, -1
            self._show()

    async def _choose(self, choice: Choice) -> None:
        self._asked += 1
        self._close()
        await self._on_choose(choice)

    def _chooser(self, choice: Choice) -> Callable[[], Awaitable[None]]:
        return guarded(self._visitor)(lambda: self._choose(choice))

    def _close(self) -> None:
        self._asked += 1
        self._list.set_visibility(False)
        self._field.props("aria-expanded=false aria-activedescendant=''")

    def _show(self) -> None:
        self._list.clear()
        with self._list:
            options = [self._option(*each) for each in enumerate(self._choices)]
            if not self._choices:
                with ui.element("li").style(_OPTION_STYLE):
                    ui.label(self._visitor.language("Nothing fits; type fewer letters."))
        self._list.set_visibility(True)
        active = options[self._active].html_id if self._active >= 0 else "''"
        controls = f"aria-controls={self._list.html_id}"
        self._field.props(f"aria-expanded=true aria-activedescendant={active} {controls}")

    def _option(self, number: int, choice: Choice) -> ui.element:
        is_active = number == self._active
        option = ui.element("li").classes("row items-baseline justify-between")
        option.style(_OPTION_STYLE + ("; " + _ACTIVE if is_active else ""))
        option.props(f"role=option aria-selected={'true' if is_active else 'false'}")
        # The button is pressed before the field loses the focus, which closes the list.
        option.on("mousedown.prevent", self._chooser(choice))
        with option:
            ui.label(choice.text)
            if choice.hint:
                ui.label(choice.hint).classes("hint")
        return option

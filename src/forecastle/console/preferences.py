"""Language, brightness, account and sign-out: the menu at the right of the header."""

from __future__ import annotations

from nicegui import ui

from forecastle.console.language import LANGUAGES, mark
from forecastle.console.roles import ROLE_NAMES
from forecastle.console.visitor import Visitor
from forecastle.console.widgets.errors import guarded
from forecastle.console.wishes import AUTO, DARK, LANGUAGE, LIGHT, THEME
from forecastle.service.context import Context

_THEMES = {
    LIGHT: (mark("Light"), "light_mode"),
    DARK: (mark("Dark"), "dark_mode"),
    AUTO: (mark("As the device"), "contrast"),
}


def preferences_menu(visitor: Visitor) -> None:
    """The buttons for language, brightness and the user."""
    t = visitor.language
    with (
        ui.button(LANGUAGES[t.code], icon="translate")
        .props(f'flat dense no-caps aria-label="{t("Language")}: {LANGUAGES[t.code]}"')
        .classes("frame-language"),
        ui.menu(),
    ):
        for code, name in LANGUAGES.items():
            _choice(visitor, name, None, LANGUAGE, code)
    with (
        ui.button(icon="contrast").props(f'flat round dense aria-label="{t("Brightness")}"'),
        ui.menu(),
    ):
        for theme, (text, icon) in _THEMES.items():
            _choice(visitor, t(text), icon, THEME, theme)
    with (
        ui.button(icon="account_circle").props(f'flat round dense aria-label="{t("Account")}"'),
        ui.menu(),
        ui.column().classes("q-pa-md account-menu"),
    ):
        ui.label(visitor.user.name).classes("text-weight-bold")
        ui.label(f"{t(ROLE_NAMES[visitor.user.role])} · {visitor.user.account}").classes("hint")
        ui.link(t("Your account"), "/account")
        with ui.element("form").props('method="post" action="/logout"'):
            ui.button(t("Sign out"), icon="logout").props("outline no-caps type=submit")


def _choice(visitor: Visitor, text: str, icon: str | None, name: str, value: str) -> None:
    @guarded(visitor)
    async def choose() -> None:
        await visitor.do(_prefer, name, value)
        ui.navigate.reload()

    with ui.menu_item(on_click=choose):
        if icon:
            ui.icon(icon).props("aria-hidden=true").classes("q-mr-sm self-center")
        ui.label(text).classes("self-center")


def _prefer(context: Context, name: str, value: str) -> None:
    """Keep what the user chose, for the next login too."""
    users = context.service.catalog.users
    user = users.find(context.caller.name)
    if user is not None:
        users.change(user.name, preferences={**user.preferences, name: value})

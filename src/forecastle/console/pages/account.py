"""``/account``: one's own login: role, password, sessions; access keys for administrators."""

from __future__ import annotations

from nicegui import ui

from forecastle.catalog.access_keys import AccessKey, Role
from forecastle.console.language import mark
from forecastle.console.page import page
from forecastle.console.roles import ROLE_MEANINGS, ROLE_NAMES, role_choices
from forecastle.console.visitor import Visitor
from forecastle.console.widgets.confirm import confirm
from forecastle.console.widgets.errors import guarded
from forecastle.console.widgets.layout import fact, page_head, panel
from forecastle.console.widgets.secrets import show_once
from forecastle.core.errors import InputError
from forecastle.service.access_keys import create_key, list_keys, revoke_key
from forecastle.service.users import SHORTEST_PASSWORD, change_own_password, end_own_sessions

_TITLE = mark("Your account")


@page("/account", _TITLE)
async def show_account(visitor: Visitor) -> None:
    """What everybody may see and change of the own login."""
    t, user = visitor.language, visitor.user
    with page_head(t(_TITLE)):
        pass
    with panel(t("Who you are")), ui.element("div").classes("fields"):
        fact(t("User name"), user.name)
        fact(t("Role"), t(ROLE_NAMES[user.role]), t(ROLE_MEANINGS[user.role]))
        fact(t("Account"), user.account, t("Its resources are yours to see; others have theirs."))
    _Password(visitor)
    _show_sessions(visitor)
    with panel(t("Access keys"), t("For programs that use the API, such as boto3 or the AWS CLI")):
        if visitor.may(Role.ADMIN):
            await _Keys(visitor).show()
        else:
            text = t("An administrator makes them, here or with: forecastle keys create")
            ui.label(text)


class _Password:
    """The form for another password."""

    def __init__(self, visitor: Visitor) -> None:
        self._visitor, t = visitor, visitor.language
        with panel(t("Change the password")):
            with ui.element("div").classes("fields"):
                self._old = _secret(t("Password until now"), "current-password")
                self._new = _secret(t("New password"), "new-password")
                self._again = _secret(t("New password, once more"), "new-password")
            hint = t(
                "At least {count} characters; four words are easy to remember.",
                count=SHORTEST_PASSWORD,
            )
            ui.label(hint).classes("hint")
            self._button = ui.button(t("Change the password"), icon="password")
            self._button.props("outline no-caps").classes("self-start")
            self._button.on_click(guarded(visitor)(self._change))

    async def _change(self) -> None:
        t = self._visitor.language
        old, new = self._old.value or "", self._new.value or ""
        if new != (self._again.value or ""):
            raise InputError(t("The two new passwords are not the same; type them again"))
        self._button.props("loading")
        try:
            await self._visitor.change(
                "ChangeOwnPassword", change_own_password, old, new, self._visitor.token
            )
        finally:
            self._button.props(remove="loading")
        for field in (self._old, self._new, self._again):
            field.value = ""
        text = t("The password is changed; you are signed out everywhere else")
        ui.notify(text, type="positive")


def _secret(label: str, kind: str) -> ui.input:
    return ui.input(label, password=True).props(f"outlined autocomplete={kind}")


def _show_sessions(visitor: Visitor) -> None:
    t = visitor.language

    @guarded(visitor)
    async def end() -> None:
        await visitor.change("EndOwnSessions", end_own_sessions, visitor.token)
        ui.notify(t("You are signed out everywhere else"), type="positive")

    hours = visitor.house.service.settings.session_hours
    with panel(t("Sessions")):
        text = t.plural(
            "You are asked for the password again {count} hour after you signed in.",
            "You are asked for the password again {count} hours after you signed in.",
            hours,
        )
        ui.label(text)
        button = ui.button(t("Sign out everywhere else"), icon="logout", on_click=end)
        button.props("outline no-caps").classes("self-start")


class _Keys:
    """The access keys of the account."""

    def __init__(self, visitor: Visitor) -> None:
        self._visitor, t = visitor, visitor.language
        self._box = ui.element("div").classes("stack")
        with ui.element("div").classes("line"):
            self._role = ui.select(
                role_choices(t), value=str(Role.OPERATOR), label=t("Role of the key")
            )
            self._role.props("outlined dense").style("width: 200px")
            ui.button(t("Make a key"), icon="key", on_click=guarded(visitor)(self._create)).props(
                "outline no-caps"
            )

    async def show(self) -> None:
        """Read the keys anew."""
        t = self._visitor.language
        keys = await self._visitor.do(list_keys)
        self._box.clear()
        with self._box:
            if not keys:
                ui.label(t("There is none yet."))
                return
            with ui.element("div").classes("scroll"), ui.element("table").classes("plain"):
                with ui.element("thead"), ui.element("tr"):
                    for text in (t("Access key"), t("Role"), t("Since"), t("Actions")):
                        with ui.element("th"):
                            ui.label(text)
                with ui.element("tbody"):
                    for key in keys:
                        self._show_row(key)

    def _show_row(self, key: AccessKey) -> None:
        t = self._visitor.language
        texts = (t(ROLE_NAMES[key.role]), t.moment(key.created_at, self._visitor.zone))
        with ui.element("tr"):
            with ui.element("td"):
                ui.label(key.access_key_id).classes("mono").style("white-space: nowrap")
            for text in texts:
                with ui.element("td"):
                    ui.label(text).style("white-space: nowrap")
            with ui.element("td"):
                button = ui.button(t("Revoke")).props("flat dense no-caps")
                button.props["aria-label"] = t("Revoke {key}", key=key.access_key_id)
                button.on_click(guarded(self._visitor)(lambda: self._revoke(key.access_key_id)))

    async def _create(self) -> None:
        t = self._visitor.language
        key = await self._visitor.change("CreateAccessKey", create_key, Role(self._role.value))
        await self.show()
        text = t("Programs sign their requests with it. The secret is shown only now.")
        secrets = {t("Access key ID"): key.access_key_id, t("Secret access key"): key.secret}
        await show_once(self._visitor, t("A new access key"), text, secrets)

    async def _revoke(self, name: str) -> None:
        t = self._visitor.language
        question = t("Revoke {key}?", key=name)
        text = t("Programs that use it are refused from now on. This cannot be undone.")
        if await confirm(self._visitor, question, text, t("Revoke")):
            await self._visitor.change("RevokeAccessKey", revoke_key, name=name)
            await self.show()

"""``/users``: who may log in, with which role; for administrators."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from nicegui import events, ui

from forecastle.catalog.access_keys import Role
from forecastle.catalog.users import User
from forecastle.console.language import mark
from forecastle.console.page import page
from forecastle.console.roles import ROLE_MEANINGS, ROLE_NAMES, role_choices
from forecastle.console.visitor import Visitor
from forecastle.console.widgets.confirm import confirm
from forecastle.console.widgets.errors import guarded
from forecastle.console.widgets.layout import page_head, panel
from forecastle.console.widgets.secrets import show_once
from forecastle.core.errors import ForecastleError
from forecastle.service.logins import LINK_SECONDS
from forecastle.service.users import (
    add_user,
    change_role,
    list_users,
    login_link,
    remove_user,
    renew_password,
)

_TITLE = mark("Users")
_SECONDS_PER_MINUTE = 60
# A column that narrow windows have no room for.
_WIDE = "gt-xs"
Act = Callable[[], Awaitable[None]]


@page("/users", _TITLE, Role.ADMIN)
async def show_users(visitor: Visitor) -> None:
    """The users of the account."""
    t = visitor.language
    with page_head(t(_TITLE), t("Who may log in to this account, and what each of them may do.")):
        add = ui.button(t("Add a user"), icon="person_add").props("unelevated no-caps")
    users = _Users(visitor)
    add.on_click(guarded(visitor)(users.add))
    users.place()
    await users.show()
    with panel(t("What the roles may do")), ui.element("dl").style("margin: 0"):
        for role, name in ROLE_NAMES.items():
            with ui.element("dt").classes("text-weight-bold"):
                ui.label(t(name))
            with ui.element("dd").style("margin: 0 0 10px 0"):
                ui.label(t(ROLE_MEANINGS[role]))


class _Users:
    """The table, and what is done to its rows."""

    def __init__(self, visitor: Visitor) -> None:
        self._visitor = visitor

    def place(self) -> None:
        """Where it is on the page."""
        self._box = ui.element("div").classes("stack")

    async def show(self) -> None:
        """Read the users anew."""
        found = await self._visitor.do(list_users)
        self._box.clear()
        with self._box, ui.element("div").classes("panel scroll"):
            self._show_table(found)

    def _show_table(self, users: list[User]) -> None:
        t = self._visitor.language
        with ui.element("table").classes("plain"):
            with ui.element("thead"), ui.element("tr"):
                for text, kind in (
                    (t("User"), ""),
                    (t("Role"), ""),
                    (t("Since"), _WIDE),
                    (t("Actions"), ""),
                ):
                    with ui.element("th").classes(kind):
                        ui.label(text)
            with ui.element("tbody"):
                for user in users:
                    self._show_row(user)

    def _show_row(self, user: User) -> None:
        t, own = self._visitor.language, user.name == self._visitor.user.name
        with ui.element("tr"):
            with ui.element("td").style("min-width: 110px"):
                ui.label(user.name).classes("text-weight-medium")
                if own:
                    ui.label(t("This is you")).classes("hint")
            with ui.element("td").style("min-width: 130px"):
                select = ui.select(role_choices(t), value=str(user.role))
                select.props["aria-label"] = t("Role of {name}", name=user.name)
                select.props("outlined dense options-dense")
                select.on_value_change(guarded(self._visitor)(self._role_changer(user, select)))
            with ui.element("td").classes(_WIDE).style("white-space: nowrap"):
                ui.label(t.moment(user.created_at, self._visitor.zone))
            with ui.element("td"):
                self._show_actions(user)

    def _show_actions(self, user: User) -> None:
        t = self._visitor.language
        button = ui.button(icon="more_horiz").props("flat round dense")
        button.props["aria-label"] = t("Actions for {name}", name=user.name)
        actions: tuple[tuple[str, str, Act], ...] = (
            ("password", t("New password"), lambda: self._renew(user)),
            ("link", t("Link that logs in once"), lambda: self._link(user)),
            ("person_remove", t("Remove"), lambda: self._remove(user)),
        )
        with button, ui.menu():
            for icon, text, act in actions:
                with ui.menu_item(on_click=guarded(self._visitor)(act)):
                    ui.icon(icon).props("aria-hidden=true").classes("q-mr-sm self-center")
                    ui.label(text).classes("self-center")

    def _role_changer(
        self, user: User, select: ui.select
    ) -> Callable[[events.ValueChangeEventArguments[str]], Awaitable[None]]:
        known = [user.role]

        async def change(event: events.ValueChangeEventArguments[str]) -> None:
            t, role = self._visitor.language, Role(event.value)
            if role is known[0]:
                return
            try:
                await self._visitor.change("ChangeRole", change_role, name=user.name, role=role)
            except ForecastleError:
                select.value = str(known[0])
                raise
            known[0] = role
            name = t(ROLE_NAMES[role])
            ui.notify(t("{user} is {role} now", user=user.name, role=name), type="positive")

        return change

    async def add(self) -> None:
        """Ask for name and role, and show the password."""
        t = self._visitor.language
        with ui.dialog() as dialog, ui.card().classes("error-dialog"):
            ui.label(t("Add a user")).classes("error-heading")
            name = ui.input(t("User name")).props("outlined autofocus autocomplete=off")
            name.props["hint"] = t("Letters, digits, dots, hyphens; an e-mail address will do")
            role = ui.select(role_choices(t), value=str(Role.OPERATOR), label=t("Role"))
            role.props("outlined")
            with ui.element("div").classes("line self-end"):
                ui.button(t("Cancel"), on_click=lambda: dialog.submit(False)).props("flat no-caps")
                ui.button(t("Add"), on_click=lambda: dialog.submit(True)).props(
                    "unelevated no-caps"
                )
        wanted = await dialog
        chosen, chosen_role = (name.value or "").strip(), Role(role.value)
        dialog.delete()
        if not wanted:
            return
        made = await self._visitor.change("CreateUser", add_user, name=chosen, role=chosen_role)
        await self.show()
        await self._show_password(made.user.name, made.password)

    async def _renew(self, user: User) -> None:
        t = self._visitor.language
        question = t("Give {name} a new password?", name=user.name)
        text = t("The old one does not work any more, and {name} is signed out.", name=user.name)
        if await confirm(self._visitor, question, text, t("New password")):
            password = await self._visitor.change("RenewPassword", renew_password, name=user.name)
            await self._show_password(user.name, password)

    async def _show_password(self, name: str, password: str) -> None:
        t = self._visitor.language
        text = t(
            "Give it to {name} by a way that you trust. It is shown only now; under Your account "
            "it can be changed.",
            name=name,
        )
        secrets = {t("User name"): name, t("Password"): password}
        await show_once(self._visitor, t("The password of {name}", name=name), text, secrets)

    async def _link(self, user: User) -> None:
        t = self._visitor.language
        path = await self._visitor.change("CreateLoginLink", login_link, name=user.name)
        link = f"{str(ui.context.client.request.base_url).rstrip('/')}{path}"
        text = t(
            "It logs {name} in without a password, once, within {minutes} minutes.",
            name=user.name,
            minutes=round(LINK_SECONDS / _SECONDS_PER_MINUTE),
        )
        heading = t("A link for {name}", name=user.name)
        await show_once(self._visitor, heading, text, {t("Link"): link})

    async def _remove(self, user: User) -> None:
        t = self._visitor.language
        question = t("Remove {name}?", name=user.name)
        text = t("{name} is signed out at once. What {name} made stays.", name=user.name)
        if await confirm(self._visitor, question, text, t("Remove")):
            await self._visitor.change("DeleteUser", remove_user, name=user.name)
            await self.show()

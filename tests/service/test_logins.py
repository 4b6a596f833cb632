"""The door: passwords, links, and those who guess."""

from __future__ import annotations

from itertools import count

import pytest

from forecastle.catalog.access_keys import Role
from forecastle.core.errors import ResourceNotFound
from forecastle.service.logins import Door, LoginRefused, make_login_link

_NUMBERS = count(1)
OFFICE, HOME, STRANGER = "192.0.2.1", "192.0.2.2", "203.0.113.9"


@pytest.fixture
def door(world) -> Door:
    return Door.of(world.service)


@pytest.fixture
def ann(world) -> tuple[str, str]:
    """Name and password."""
    name = f"login{next(_NUMBERS)}"
    return name, world.service.catalog.users.create(name, world.account, Role.VIEWER, world.now)


def guess(door: Door, name: str, address: str | None, times: int = 1) -> list[str]:
    """What is answered to wrong passwords."""
    answers = []
    for number in range(times):
        with pytest.raises(LoginRefused) as refused:
            door.log_in(name, f"guess {number}", address)
        answers.append(str(refused.value))
    return answers


WRONG, TOO_MANY = (
    "User name or password is wrong",
    "Too many tries; wait a minute and try again",
)


def test_the_right_password_opens_a_session(world, door, ann):
    name, password = ann
    token = door.log_in(name, password, OFFICE)
    assert door.visitor(token).name == name
    door.log_out(token, OFFICE)
    assert door.visitor(token) is None
    assert [door.visitor(each) for each in (None, "", "made up")] == [None, None, None]


def test_a_wrong_name_and_a_wrong_password_are_answered_alike(door, ann):
    assert guess(door, ann[0], OFFICE) == guess(door, "nobody-at-all", OFFICE) == [WRONG]


def test_who_guesses_has_five_tries_and_then_one_in_twenty_seconds(world, door, ann):
    name, password = ann
    assert guess(door, name, OFFICE, 6) == [WRONG] * 5 + [TOO_MANY]
    with pytest.raises(LoginRefused, match="Too many tries"):
        door.log_in(name, password, OFFICE)
    world.now += 20
    assert door.visitor(door.log_in(name, password, OFFICE)).name == name


def test_right_passwords_are_not_counted(door, ann):
    for _ in range(40):
        door.log_in(*ann, OFFICE)


def test_a_stranger_does_not_lock_a_user_out(world, door, ann):
    guess(door, ann[0], STRANGER, 10)
    assert door.log_in(*ann, OFFICE)


def test_many_strangers_lock_a_user_out_neither_where_the_user_was_before_nor_by_a_link(
    world, door, ann
):
    name, password = ann
    door.log_in(name, password, OFFICE)
    for number in range(30):
        guess(door, name, f"203.0.113.{number}", 4)
    with pytest.raises(LoginRefused, match="Too many tries"):
        door.log_in(name, password, HOME)
    assert door.log_in(name, password, OFFICE)
    link = make_login_link(world.service, name).rpartition("/")[2]
    assert door.log_in_by_link(link, HOME)


def test_an_address_guesses_thirty_times_whatever_the_names(door):
    answers = [guess(door, f"name{number}", STRANGER)[0] for number in range(31)]
    assert answers == [WRONG] * 30 + [TOO_MANY]


def test_addresses_of_one_ipv6_network_count_as_one(door, ann):
    answers = [guess(door, ann[0], f"2001:db8::{number:x}")[0] for number in range(6)]
    assert answers == [WRONG] * 5 + [TOO_MANY]
    assert guess(door, ann[0], "2001:db8:0:1::1") == [WRONG]
    assert guess(door, ann[0], None) == guess(door, ann[0], "::ffff:192.0.2.7") == [WRONG]


def test_a_link_logs_in_once(world, door, ann):
    link = make_login_link(world.service, ann[0]).rpartition("/")[2]
    assert door.visitor(door.log_in_by_link(link, HOME)).name == ann[0]
    for token in (link, "made up"):
        with pytest.raises(LoginRefused, match="was used already or has expired"):
            door.log_in_by_link(token, HOME)


def test_there_is_no_link_for_nobody(world):
    with pytest.raises(ResourceNotFound, match="'nobody-at-all' is not there"):
        make_login_link(world.service, "nobody-at-all")


def test_the_longest_name_is_written_down_whole(world, door):
    name = "ann" * 21 + "a"
    world.service.catalog.users.create(name, world.account, Role.VIEWER, world.now)
    guess(door, name, STRANGER)
    names = {each.access_key_id for each in world.service.catalog.audit.entries()}
    assert f"user/{name}" in names


def test_logins_are_written_down_without_passwords(world, door, ann):
    name, password = ann
    door.log_out(door.log_in(name, password, OFFICE), OFFICE)
    guess(door, name, STRANGER)
    entries = [
        (each.operation, each.address, each.outcome)
        for each in world.service.catalog.audit.entries()
        if each.access_key_id == f"user/{name}"
    ]
    assert entries == [
        ("LogIn", OFFICE, "OK"),
        ("LogOut", OFFICE, "OK"),
        ("LogIn", STRANGER, "AccessDeniedException"),
    ]
    assert not any(password in repr(each) for each in world.service.catalog.audit.entries())

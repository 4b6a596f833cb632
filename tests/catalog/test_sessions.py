"""Sessions and one-time links, on both databases."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from forecastle.catalog.access_keys import Role
from forecastle.catalog.sessions import Session

HOUR = 3600.0


@pytest.fixture
def sessions(catalog):
    for name in ("root", "ann"):
        catalog.users.create(name, "000000000000", Role.ADMIN, 1.0)
    return catalog.sessions


def test_a_session_lasts_until_it_expires_or_is_closed(sessions):
    first = sessions.open("ann", 10.0, HOUR, "10.0.0.1")
    second = sessions.open("ann", 10.0, HOUR, None)
    assert sessions.find(first, 10.0) == Session("ann", 10.0, 10.0 + HOUR, "10.0.0.1")
    assert sessions.find(first, 10.0 + HOUR) is None
    sessions.close(second)
    sessions.close(second)
    assert sessions.find(second, 10.0) is None
    assert sessions.find(first, 10.0) is not None
    assert sessions.find("", 10.0) is None


def test_of_many_tokens_those_that_still_open_something_are_told(sessions):
    short, long = (sessions.open("ann", 0.0, hours * HOUR, None) for hours in (1, 2))
    assert sessions.living({short, long, "made up"}, HOUR / 2) == {short, long}
    assert sessions.living({short, long}, HOUR) == {long}
    assert sessions.living(set(), 0.0) == set()


def test_all_sessions_of_a_user_end_but_one(sessions):
    here, there = (sessions.open("ann", 0.0, HOUR, None) for _ in range(2))
    link = sessions.make_link("ann", 0.0, HOUR)
    others = sessions.open("root", 0.0, HOUR, None)
    sessions.close_all("ann", but=here)
    assert sessions.living({here, there, others}, 1.0) == {here, others}
    assert sessions.use_link(link, 1.0) is None
    sessions.close_all("ann")
    assert sessions.find(here, 1.0) is None


def test_a_link_works_once_and_not_too_late(sessions):
    link, late = (sessions.make_link("ann", 0.0, 60.0) for _ in range(2))
    assert sessions.use_link(link, 59.0) == "ann"
    assert sessions.use_link(link, 59.0) is None
    assert sessions.use_link(late, 60.0) is None
    assert sessions.use_link("made up", 0.0) is None


def test_what_a_user_was_logged_in_with_goes_with_the_user(catalog, sessions):
    session = sessions.open("ann", 0.0, HOUR, None)
    link = sessions.make_link("ann", 0.0, HOUR)
    catalog.users.remove("ann")
    assert sessions.find(session, 1.0) is None
    assert sessions.use_link(link, 1.0) is None


def test_sessions_that_have_ended_are_cleared_away(catalog, sessions):
    sessions.open("ann", 0.0, HOUR, None)
    sessions.open("ann", 2 * HOUR, HOUR, None)
    with catalog.engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM sessions")).scalar() == 1


def test_the_database_holds_nothing_that_opens_a_session(catalog, sessions):
    tokens = [sessions.open("ann", 0.0, HOUR, None), sessions.make_link("ann", 0.0, HOUR)]
    with catalog.engine.connect() as connection:
        rows = [
            str(row)
            for table in ("sessions", "login_links")
            for row in connection.execute(text(f"SELECT * FROM {table}"))
        ]
    assert len(rows) == 2
    assert not any(token in row for token in tokens for row in rows)

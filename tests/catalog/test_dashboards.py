"""Dashboards and shares, on both databases."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import select

from forecastle.catalog.dashboards import Dashboard, Share
from forecastle.catalog.tables import SHARES
from forecastle.core.errors import ResourceAlreadyExists, ResourceInUse, ResourceNotFound

ACCOUNT, OTHER = "000000000001", "000000000002"


def board(number=1, name="Sales", account=ACCOUNT) -> Dashboard:
    content = ({"title": "차 <b>"},)
    return Dashboard(f"board{number}", account, name, content, 1.0, "ann", 1.0, "ann")


def link(number=1, dashboard="board1") -> Share:
    return Share(f"share{number}", dashboard, ACCOUNT, float(number), "ann", 100.0)


@pytest.fixture
def dashboards(catalog):
    return catalog.dashboards


def test_a_dashboard_is_found_as_it_was_made_and_by_nobody_else(dashboards):
    dashboards.create(board())
    assert dashboards.find(ACCOUNT, "board1") == board()
    assert dashboards.find(OTHER, "board1") is None
    assert dashboards.list(OTHER) == []
    assert not dashboards.delete(OTHER, "board1")


def test_names_are_unique_in_an_account(dashboards):
    dashboards.create(board(1))
    dashboards.create(board(2, account=OTHER))
    dashboards.create(board(3, "Another"))
    with pytest.raises(ResourceAlreadyExists, match="'Sales' already"):
        dashboards.create(board(4))
    with pytest.raises(ResourceAlreadyExists, match="choose another name"):
        dashboards.change(replace(board(3), name="Sales"))
    assert [each.name for each in dashboards.list(ACCOUNT)] == ["Another", "Sales"]


def test_of_two_who_change_at_once_the_second_learns_of_the_first(dashboards):
    dashboards.create(board())
    seen = dashboards.find(ACCOUNT, "board1")
    dashboards.change(replace(seen, name="Ann's", changed_by="ann", changed_at=2.0))
    with pytest.raises(ResourceInUse, match="changed meanwhile by ann; load it again"):
        dashboards.change(replace(seen, name="Bob's", changed_by="bob", changed_at=3.0))
    found = dashboards.find(ACCOUNT, "board1")
    assert (found.name, found.version, found.created_by) == ("Ann's", 1, "ann")


def test_what_was_deleted_meanwhile_is_told_as_such(dashboards):
    dashboards.create(board())
    assert dashboards.delete(ACCOUNT, "board1")
    with pytest.raises(ResourceNotFound, match="deleted meanwhile"):
        dashboards.change(board())


def test_a_link_is_known_by_its_token_which_the_database_does_not_have(dashboards, catalog):
    dashboards.create(board())
    token = dashboards.share(link())
    assert dashboards.shared(token) == link()
    assert dashboards.shared(token[:-1]) is None
    with catalog.engine.connect() as connection:
        row = connection.execute(select(SHARES)).one()
    assert token not in str(row)


def test_links_are_listed_and_taken_back_by_their_account(dashboards):
    dashboards.create(board())
    token = dashboards.share(link(1))
    dashboards.share(link(2))
    assert [each.share_id for each in dashboards.shares(ACCOUNT, "board1")] == ["share2", "share1"]
    assert dashboards.shares(OTHER, "board1") == []
    assert not dashboards.revoke(OTHER, "share1")
    assert dashboards.revoke(ACCOUNT, "share1")
    assert dashboards.shared(token) is None


def test_links_go_with_their_dashboard(dashboards):
    dashboards.create(board())
    token = dashboards.share(link())
    dashboards.delete(ACCOUNT, "board1")
    assert dashboards.shared(token) is None

"""Dashboards of an account, and links that show one of them."""

from __future__ import annotations

from dataclasses import replace
from random import Random

import pytest

from forecastle.catalog.access_keys import Role
from forecastle.core.errors import (
    AccessDenied,
    InputError,
    ResourceInUse,
    ResourceNotFound,
)
from forecastle.service.dashboards import (
    add_visual,
    change_dashboard,
    create_dashboard,
    delete_dashboard,
    list_dashboards,
    new_tile,
    open_dashboard,
    run_tile,
    starter_dashboard,
)
from forecastle.service.shares import (
    SECONDS_PER_DAY,
    ShareExpired,
    list_shares,
    open_shared,
    revoke_share,
    run_shared_tile,
    share_dashboard,
)
from forecastle.service.visuals import Shape, Value, Visual
from tests.service.analysis_world import context_of, exported, file, rows, shop

BARS = Visual(Shape.BAR, "item_id", (Value("p50"),))


@pytest.fixture
def world(world):
    """Identifiers of dashboards are no account's alone: each account draws its own."""
    world.service = replace(world.service, random=Random(world.account).getrandbits)
    return world


def board(world, name="Sales"):
    context = context_of(world)
    made = create_dashboard(context, name)
    return add_visual(context, made.dashboard.dashboard_id, "Top", file(world, rows()), BARS)


def test_a_visual_is_saved_and_run_as_it_was_made(world):
    saved = board(world)
    viewer = context_of(world, Role.VIEWER)
    found = open_dashboard(viewer, saved.dashboard.dashboard_id)
    assert found == saved
    data = run_tile(viewer, found.dashboard.dashboard_id, found.tiles[0].tile_id)
    assert data.points.categories == ("milk", "tea")
    assert [each.dashboard.name for each in list_dashboards(viewer)] == ["Sales"]


def test_others_accounts_have_no_such_dashboard(world):
    saved, stranger = board(world), context_of(world.another())
    with pytest.raises(ResourceNotFound):
        open_dashboard(stranger, saved.dashboard.dashboard_id)
    with pytest.raises(ResourceNotFound):
        change_dashboard(stranger, saved, name="Mine")
    with pytest.raises(ResourceNotFound):
        delete_dashboard(stranger, saved.dashboard.dashboard_id)
    assert list_dashboards(stranger) == []


def test_viewers_look_and_change_nothing(world):
    saved, viewer = board(world), context_of(world, Role.VIEWER)
    identity = saved.dashboard.dashboard_id
    for forbidden in (
        lambda: create_dashboard(viewer, "Mine"),
        lambda: change_dashboard(viewer, saved, name="Mine"),
        lambda: delete_dashboard(viewer, identity),
        lambda: share_dashboard(viewer, identity, 7),
        lambda: list_shares(viewer, identity),
        lambda: revoke_share(viewer, "any"),
    ):
        with pytest.raises(AccessDenied):
            forbidden()


def test_the_layout_is_changed_unless_somebody_else_did_meanwhile(world):
    seen = board(world)
    wide = [replace(each, is_wide=True) for each in seen.tiles]
    changed = change_dashboard(context_of(world, name="bob"), seen, name=" New  name ", tiles=wide)
    assert changed.dashboard.name == "New name"
    assert open_dashboard(context_of(world), seen.dashboard.dashboard_id) == changed
    with pytest.raises(ResourceInUse, match="changed meanwhile by bob"):
        change_dashboard(context_of(world), seen, tiles=())


@pytest.mark.parametrize("name", ["", "  ", "x" * 129, "a\x00b"])
def test_names_are_names(world, name):
    with pytest.raises(InputError, match="cannot be a name"):
        create_dashboard(context_of(world), name)


def test_a_dashboard_has_an_end(world):
    context = context_of(world)
    tile = new_tile(context, "Top", file(world, rows()), BARS)
    with pytest.raises(InputError, match="25 visuals are more"):
        create_dashboard(context, "Sales", [tile] * 25)


def test_a_starter_dashboard_follows_the_newest_export_of_its_group(world):
    group, forecast = shop(world)
    exported(world, forecast, "monday", rows(("tea",)))
    context = context_of(world)
    made = starter_dashboard(context, group, "Shop", ("All", "Top", "Map"))
    shapes = [(each.title, each.visual.shape, each.is_wide) for each in made.tiles]
    assert shapes == [
        ("All", Shape.LINE, True),
        ("Top", Shape.BAR, False),
        ("Map", Shape.HEAT_MAP, False),
    ]
    identity, top = made.dashboard.dashboard_id, made.tiles[1].tile_id
    before = run_tile(context, identity, top)
    assert before.points.categories == ("tea",)
    assert run_tile(context, identity, top, before) is before
    world.now += 60
    exported(world, forecast, "tuesday", rows(("tea", "milk")))
    assert set(run_tile(context, identity, top, before).points.categories) == {"tea", "milk"}


def test_a_link_shows_its_dashboard_until_it_expires(world):
    saved = board(world)
    context = context_of(world)
    path = share_dashboard(context, saved.dashboard.dashboard_id, 7)
    token = path.removeprefix("/share/")
    assert open_shared(world.service, token) == saved
    data = run_shared_tile(world.service, token, saved.tiles[0].tile_id)
    assert data.points.categories == ("milk", "tea")
    world.now += 7 * SECONDS_PER_DAY
    with pytest.raises(ShareExpired, match="has expired"):
        run_shared_tile(world.service, token, saved.tiles[0].tile_id)


def test_a_link_opens_nothing_but_its_dashboard(world):
    saved, secret = board(world), board(world, "Secret")
    path = share_dashboard(context_of(world), saved.dashboard.dashboard_id, 7)
    with pytest.raises(ResourceNotFound):
        run_shared_tile(world.service, path.removeprefix("/share/"), secret.tiles[0].tile_id)
    with pytest.raises(ResourceNotFound):
        open_shared(world.service, "guess")


def test_a_link_that_was_taken_back_shows_nothing(world):
    saved, context = board(world), context_of(world)
    path = share_dashboard(context, saved.dashboard.dashboard_id, 7)
    (share,) = list_shares(context, saved.dashboard.dashboard_id)
    assert share.created_by == "ann"
    with pytest.raises(ResourceNotFound):
        revoke_share(context_of(world.another()), share.share_id)
    revoke_share(context, share.share_id)
    with pytest.raises(ResourceNotFound):
        open_shared(world.service, path.removeprefix("/share/"))


@pytest.mark.parametrize("days", [0, -1, 367])
def test_links_are_good_for_a_day_to_a_year(world, days):
    saved = board(world)
    with pytest.raises(InputError, match="use 1 to 366"):
        share_dashboard(context_of(world), saved.dashboard.dashboard_id, days)

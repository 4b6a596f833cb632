from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from forecastle.catalog import status as life
from forecastle.catalog.resources import Edge, Filter, Position
from forecastle.core.errors import ForecastleError, ResourceAlreadyExists
from forecastle.core.names import ResourceType
from tests.catalog.records import ACCOUNT, a_resource

OTHER = "111111111111"


def test_what_was_added_is_found_as_it_was(catalog):
    resource = a_resource(
        "kölsch", request={"Größe": 1.5}, details={"rows": [1]}, message="…", progress={"step": "s"}
    )
    catalog.resources.add(resource)
    assert catalog.resources.find(resource.arn) == resource
    assert catalog.resources.find(resource.arn, ACCOUNT) == resource
    assert catalog.resources.find(resource.arn, OTHER) is None
    assert catalog.resources.find("arn:aws:forecast:us-east-1:1:predictor/none") is None


def test_a_name_is_taken_until_its_resource_is_gone(catalog):
    resource = a_resource("a", status=life.DELETE_IN_PROGRESS)
    catalog.resources.add(resource, tags={"team": "x"})
    with pytest.raises(ResourceAlreadyExists, match=r"already exists with the arn: .*/a"):
        catalog.resources.add(resource)
    catalog.resources.remove(resource.arn, "another nonce")
    assert catalog.resources.find(resource.arn) is not None
    catalog.resources.remove(resource.arn, resource.nonce)
    catalog.resources.add(resource)
    assert catalog.resources.tags(resource.arn) == {}


def test_pages_are_newest_first_and_join_without_gap_or_repeat(catalog):
    made = [a_resource(f"p{n}", created_at=float(n // 2)) for n in range(7)]
    for resource in [
        *made,
        a_resource("other", account=OTHER),
        a_resource("f", ResourceType.FORECAST),
    ]:
        catalog.resources.add(resource)
    seen, after = [], None
    while page := catalog.resources.page(ACCOUNT, ResourceType.PREDICTOR, after=after, limit=3):
        seen += page
        after = Position(page[-1].created_at, page[-1].arn)
    assert seen == sorted(made, key=lambda each: (each.created_at, each.arn), reverse=True)


def test_lists_are_filtered_by_status_and_by_relation(catalog):
    done, waiting = a_resource("a", status=life.ACTIVE), a_resource("b")
    catalog.resources.add(done, [Edge("arn:x")])
    catalog.resources.add(waiting, [Edge("arn:y", owned=False)])

    def names(*filters):
        page = catalog.resources.page(ACCOUNT, ResourceType.PREDICTOR, filters)
        return [each.name for each in page]

    assert names(Filter("Status", life.ACTIVE)) == ["a"]
    assert names(Filter("Status", life.ACTIVE, equal=False)) == ["b"]
    assert names(Filter("DatasetGroupArn", "arn:x")) == ["a"]
    assert names(Filter("DatasetGroupArn", "arn:x", equal=False)) == ["b"]
    assert names(Filter("Status", life.ACTIVE), Filter("DatasetGroupArn", "arn:y")) == []


def test_counts_by_kind_and_status(catalog):
    for name, status in (("a", life.ACTIVE), ("b", life.CREATE_PENDING), ("c", life.ACTIVE)):
        catalog.resources.add(a_resource(name, status=status))
    assert catalog.resources.count(ACCOUNT, ResourceType.PREDICTOR) == 3
    assert catalog.resources.count(ACCOUNT, ResourceType.PREDICTOR, life.UNFINISHED) == 1
    assert catalog.resources.count(OTHER, ResourceType.PREDICTOR) == 0


def test_descendants_come_before_their_parents_and_only_the_owned(catalog):
    root, child, leaf, friend = (a_resource(name) for name in ("root", "child", "leaf", "friend"))
    catalog.resources.add(root)
    catalog.resources.add(child, [Edge(root.arn)])
    catalog.resources.add(leaf, [Edge(child.arn)])
    catalog.resources.add(friend, [Edge(root.arn, owned=False)])
    assert [each.name for each in catalog.resources.descendants(root.arn)] == ["leaf", "child"]
    assert [each.name for each in catalog.resources.children(root.arn)] == ["child", "friend"]
    assert catalog.resources.children(root.arn, statuses=[life.ACTIVE]) == []


def test_a_change_counts_versions_and_may_replace_relations(catalog):
    resource = a_resource("a")
    catalog.resources.add(resource, [Edge("arn:x")])
    changed = catalog.resources.change(
        resource.arn, lambda found: replace(found, message="new"), lambda _: [Edge("arn:y")]
    )
    assert changed == catalog.resources.find(resource.arn)
    assert (changed.message, changed.version) == ("new", 1)
    assert catalog.resources.children("arn:x") == []
    assert catalog.resources.children("arn:y") == [changed]
    assert catalog.resources.change(resource.arn, lambda _: None) == changed
    assert catalog.resources.change("arn:none", lambda found: found) is None


def test_changes_that_collide_are_all_made(catalog):
    resource = a_resource("a", details={"count": 0})
    catalog.resources.add(resource)

    def count(_):
        catalog.resources.change(
            resource.arn,
            lambda found: replace(found, details={"count": found.details["count"] + 1}),
        )

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(count, range(24)))
    found = catalog.resources.find(resource.arn)
    assert (found.details["count"], found.version) == (24, 24)


def test_several_change_together_or_not_at_all(catalog):
    first, second = a_resource("a"), a_resource("b", status=life.ACTIVE)
    catalog.resources.add(first)
    catalog.resources.add(second)

    def named(found):
        return replace(found, message="seen")

    with pytest.raises(ForecastleError, match="cannot go from ACTIVE to CREATE_PENDING"):
        catalog.resources.change_together(
            {first.arn: named, second.arn: lambda found: replace(found, status=life.CREATE_PENDING)}
        )
    assert catalog.resources.find(first.arn).message is None

    catalog.resources.change_together({first.arn: named, "arn:gone": named, second.arn: named})
    assert {each.message for each in catalog.resources.all_of(list(ResourceType))} == {"seen"}


def test_changes_together_that_collide_are_all_made(catalog):
    pair = [a_resource(name, details={"count": 0}) for name in ("a", "b")]
    for resource in pair:
        catalog.resources.add(resource)

    def count(found):
        return replace(found, details={"count": found.details["count"] + 1})

    with ThreadPoolExecutor(4) as threads:
        changes = {each.arn: count for each in pair}
        list(threads.map(lambda _: catalog.resources.change_together(changes), range(12)))
    assert [catalog.resources.find(each.arn).details["count"] for each in pair] == [12, 12]


@pytest.mark.parametrize(("before", "allowed"), sorted(life.TRANSITIONS.items()))
def test_a_status_is_followed_only_by_those_that_may(catalog, before, allowed):
    resource = a_resource("a", status=before)
    catalog.resources.add(resource)
    for after in sorted(life.TRANSITIONS.keys() - allowed - {before}):
        with pytest.raises(ForecastleError, match=f"from {before} to {after}"):
            catalog.resources.change(
                resource.arn, lambda found, after=after: replace(found, status=after)
            )
    assert catalog.resources.find(resource.arn) == resource


def test_what_the_queue_does_not_know_is_handed_out_oldest_first_until_it_does(catalog):
    late, early = (
        a_resource(name, created_at=at, dispatched=False) for name, at in (("a", 2.0), ("b", 1.0))
    )
    for resource in (late, early, a_resource("done")):
        catalog.resources.add(resource)
    assert catalog.resources.undispatched() == [early, late]
    catalog.resources.mark_dispatched(early)
    assert catalog.resources.undispatched() == [late]
    catalog.resources.change(late.arn, lambda found: replace(found, status=life.CREATE_STOPPED))
    catalog.resources.mark_dispatched(late)
    assert [each.name for each in catalog.resources.undispatched()] == ["a"], "another version"


def test_what_is_made_from_something_unfinished_waits_for_it(catalog):
    parent = a_resource("parent", status=life.CREATE_IN_PROGRESS)
    child = a_resource("child", status=life.CREATE_PENDING, dispatched=False)
    catalog.resources.add(parent)
    catalog.resources.add(child, [Edge(parent.arn)])
    assert catalog.resources.undispatched() == []
    catalog.resources.change(parent.arn, lambda found: replace(found, status=life.CREATE_FAILED))
    assert catalog.resources.undispatched() == [child]


def test_progress_is_told_without_a_new_version_and_answered_with_the_status(catalog):
    resource = a_resource("a", status=life.CREATE_IN_PROGRESS)
    catalog.resources.add(resource)
    told = catalog.resources.tell_progress(resource.arn, resource.nonce, {"fraction": 0.5})
    assert told == life.CREATE_IN_PROGRESS
    found = catalog.resources.find(resource.arn)
    assert (found.progress, found.version) == ({"fraction": 0.5}, 0)
    assert catalog.resources.tell_progress(resource.arn, "another", {"fraction": 1.0}) is None
    assert catalog.resources.find(resource.arn).progress == {"fraction": 0.5}


def test_tags_are_set_one_by_one(catalog):
    resource = a_resource("a")
    catalog.resources.add(resource, tags={"team": "x", "cost": "1"})
    catalog.resources.tag(resource.arn, {"team": "y", "new": ""})
    catalog.resources.untag(resource.arn, ["cost", "unknown"])
    assert catalog.resources.tags(resource.arn) == {"new": "", "team": "y"}

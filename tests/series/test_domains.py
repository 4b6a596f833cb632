import pytest

from forecastle.core.errors import InputError
from forecastle.series.domains import (
    DOMAINS,
    ITEM_METADATA,
    RELATED_TIME_SERIES,
    TARGET_TIME_SERIES,
    domain,
)

TARGETS = {
    "RETAIL": ("item_id", "demand"),
    "INVENTORY_PLANNING": ("item_id", "demand"),
    "CUSTOM": ("item_id", "target_value"),
    "EC2_CAPACITY": ("instance_type", "number_of_instances"),
    "WORK_FORCE": ("workforce_type", "workforce_demand"),
    "WEB_TRAFFIC": ("item_id", "value"),
    "METRICS": ("metric_name", "metric_value"),
}


def test_there_are_seven_domains_with_their_targets():
    assert {name: (d.item, d.target) for name, d in DOMAINS.items()} == TARGETS


@pytest.mark.parametrize("name", TARGETS)
def test_every_dataset_is_keyed_by_the_domains_item(name):
    found = domain(name)
    for fields in found.datasets.values():
        assert fields.required[0].name == found.item
    required = [field.name for field in found.datasets[TARGET_TIME_SERIES].required]
    assert required == [found.item, "timestamp", found.target]


def test_targets_are_floats_except_for_the_number_of_instances():
    types = {
        name: found.datasets[TARGET_TIME_SERIES].required[-1].type
        for name, found in DOMAINS.items()
    }
    assert {name for name, type_ in types.items() if type_ == "integer"} == {"EC2_CAPACITY"}


def test_capacity_has_no_item_metadata():
    assert [n for n, d in DOMAINS.items() if ITEM_METADATA not in d.datasets] == ["EC2_CAPACITY"]


def test_retail_knows_prices_and_promotions():
    related = domain("RETAIL").datasets[RELATED_TIME_SERIES].optional
    assert [(field.name, field.type) for field in related] == [
        ("price", "float"),
        ("promotion_applied", "integer"),
    ]


def test_an_unknown_domain_is_named():
    with pytest.raises(InputError, match="domain 'FOOD' is not known; use one of RETAIL"):
        domain("FOOD")

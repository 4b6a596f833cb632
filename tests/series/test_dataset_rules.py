"""A schema is taken as Amazon Forecast takes it, or refused with the field and the remedy."""

import pytest

from forecastle.core.errors import InputError
from forecastle.core.frequency import Frequency
from forecastle.series.dataset import DatasetSchema
from forecastle.series.dataset_rules import check_schema
from forecastle.series.domains import DOMAINS, Field
from tests.series.dataset_examples import METADATA, PRICES, RELATED, SALES, TARGET, schema

DATASETS = [(name, kind) for name, domain in DOMAINS.items() for kind in domain.datasets]


@pytest.mark.parametrize(("name", "kind"), DATASETS)
def test_every_dataset_of_every_domain_is_taken_with_all_its_fields(name, kind):
    fields = DOMAINS[name].datasets[kind]
    own = {TARGET: (), RELATED: (Field("rate", "float"),), METADATA: (Field("size", "float"),)}
    attributes = (*fields.required, *fields.optional, *own[kind])
    check_schema(DatasetSchema(name, kind, attributes, Frequency(1, "D")))


@pytest.mark.parametrize(("name", "kind"), DATASETS)
def test_no_required_field_may_be_missing_or_of_another_type(name, kind):
    fields = DOMAINS[name].datasets[kind]
    for i, field in enumerate(fields.required):
        before, after = fields.required[:i], fields.required[i + 1 :]
        missing = DatasetSchema(name, kind, (*before, *after), Frequency(1, "D"))
        with pytest.raises(InputError, match=f"attribute '{field.name}' is missing; a {kind}"):
            check_schema(missing)
        other = Field(field.name, "timestamp" if field.type == "string" else "string")
        wrong = DatasetSchema(name, kind, (*before, other, *after), Frequency(1, "D"))
        with pytest.raises(InputError, match=f"'{field.name}' is a {other.type}; domain {name}"):
            check_schema(wrong)


def dimensions(count, type_="string"):
    return " ".join(f"d{i}:{type_}" for i in range(count))


@pytest.mark.parametrize(
    ("attributes", "options", "message"),
    [
        (SALES, {"domain": "FOOD"}, "domain 'FOOD' is not known; use one of RETAIL"),
        (SALES, {"dataset_type": "SALES"}, "DatasetType 'SALES' is not known; use one of TARGET"),
        (
            "instance_type:string",
            {"domain": "EC2_CAPACITY", "dataset_type": METADATA},
            "Domain 'EC2_CAPACITY' has no ITEM_METADATA; use one of TARGET_TIME_SERIES, RELATED",
        ),
        (PRICES, {"dataset_type": RELATED, "frequency": None}, "DataFrequency is missing"),
        (SALES + " store:text", {}, "'store' has the type 'text'; use one of string, integer"),
        (SALES + " store:string store:string", {}, "'store' comes 2 times"),
        (SALES + " store:string Store:string", {}, "comes 2 times (store, Store)"),
        (SALES + " at:timestamp", {}, "'at' is a timestamp; only 'timestamp' of a time series"),
        (SALES + " price:float", {}, "'price' is a float; beside the target 'demand'"),
        (SALES + " " + dimensions(11), {}, "14 attributes; a TARGET_TIME_SERIES dataset has at"),
        (
            SALES + " here:geolocation there:geolocation",
            {},
            "2 attributes are geolocations (here, there); keep one",
        ),
        (PRICES + " demand:float", {"dataset_type": RELATED}, "'demand' is the name of the target"),
        (
            "item_id:string timestamp:timestamp target_value:float demand:string",
            {"domain": "CUSTOM"},
            "'demand' is the name of the target",
        ),
        (
            "metric_name:string timestamp:timestamp metric_value:float item_id:string",
            {"domain": "METRICS"},
            "'item_id' is the item, which domain METRICS calls 'metric_name'",
        ),
        (
            "item_id:string timestamp:timestamp store:string",
            {"dataset_type": RELATED},
            "no attribute of the RELATED_TIME_SERIES dataset is a number",
        ),
        (PRICES + " " + dimensions(11), {"dataset_type": RELATED}, "11 forecast dimensions (d0,"),
        (
            PRICES + " " + dimensions(13, "float"),
            {"dataset_type": RELATED},
            "14 related features; use at most 13",
        ),
        (PRICES + " " + dimensions(23), {"dataset_type": RELATED}, "26 attributes; a RELATED"),
        (
            "item_id:string " + dimensions(10),
            {"dataset_type": METADATA},
            "11 attributes; a ITEM_METADATA dataset has at most 10",
        ),
        ("item_id:string", {"dataset_type": METADATA}, "item metadata hold nothing beside"),
        (
            "item_id:string timestamp:timestamp",
            {"dataset_type": METADATA},
            "'timestamp' is a timestamp; only 'timestamp' of a time series may be one",
        ),
        (
            "item_id:string here:geolocation",
            {"dataset_type": METADATA},
            "'here' is a geolocation; it belongs into the TARGET_TIME_SERIES dataset",
        ),
    ],
)
def test_what_breaks_a_rule_is_refused_by_its_name(attributes, options, message):
    with pytest.raises(InputError) as refused:
        check_schema(schema(attributes, **options))
    assert message in str(refused.value)


def test_whole_numbers_may_be_a_target():
    check_schema(schema("item_id:string timestamp:timestamp demand:integer"))


def test_the_most_columns_are_taken():
    check_schema(schema(SALES + " " + dimensions(10)))
    features = dimensions(10) + " " + " ".join(f"x{i}:float" for i in range(12))
    check_schema(schema(PRICES + " " + features, RELATED))
    check_schema(schema("item_id:string " + dimensions(9), METADATA, None))


def test_each_column_has_one_use():
    sales = schema(SALES + " store:string shelf:integer place:geolocation")
    assert sales.dimensions == ("store", "shelf", "place")
    assert sales.keys == ("item_id", "store", "shelf", "place", "timestamp")
    assert sales.features == ()
    prices = schema(PRICES + " store:string promotion:integer", RELATED)
    assert (prices.dimensions, prices.features) == (("store",), ("price", "promotion"))
    brands = schema("item_id:string brand:string", METADATA, None)
    assert (brands.dimensions, brands.keys) == ((), ("item_id",))


def test_the_item_and_the_target_have_one_stored_name_in_all_domains():
    use = schema("metric_name:string timestamp:timestamp metric_value:float", domain="METRICS")
    assert [use.stored_name(name) for name in use.names] == ["item_id", "timestamp", "demand"]


@pytest.mark.parametrize(
    ("frequency", "stored"),
    [("Y", "D"), ("3M", "D"), ("2W", "D"), ("D", "D"), ("6H", "H"), ("15min", "min"),
     (None, "min")],
)  # fmt: skip
def test_periods_are_stored_as_fine_as_the_frequency_needs(frequency, stored):
    assert str(schema(frequency=frequency).resolution) == stored

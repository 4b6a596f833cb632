"""What analyses look at: exports, the newest of a group, manifests, files."""

from __future__ import annotations

import json

import polars as pl
import pytest

from forecastle.core.errors import InputError, ResourceInUse, ResourceNotFound
from forecastle.service import source_files
from forecastle.service.analysis_sources import list_choices, name_of, open_table
from forecastle.service.manifests import read_manifest
from forecastle.service.source_files import Source, SourceKind, find_files
from forecastle.storage.locations import Location
from forecastle.storage.prepared import Field, Kind
from tests.service.analysis_world import context_of, exported, file, put, rows, shop


def names(table) -> list[str]:
    return [each.name for each in table.fields]


def read(world, source: Source) -> pl.DataFrame:
    return pl.read_parquet(open_table(context_of(world), source).path)


def test_an_export_is_a_table_of_typed_columns(world):
    _, forecast = shop(world)
    table = open_table(context_of(world), Source(SourceKind.EXPORT, exported(world, forecast)))
    numbers = [Field(name, Kind.NUMBER) for name in ("p10", "p50", "p90")]
    assert list(table.fields) == [
        Field("item_id", Kind.TEXT),
        Field("date", Kind.DATE),
        *numbers,
    ]
    assert table.name == "out"


def test_a_group_means_its_newest_export(world):
    group, forecast = shop(world)
    source = Source(SourceKind.GROUP, group)
    with pytest.raises(ResourceNotFound, match="no finished export yet"):
        find_files(context_of(world), source)
    exported(world, forecast, "monday", rows(first=1))
    before = open_table(context_of(world), source)
    world.now += 60
    exported(world, forecast, "tuesday", rows(first=5))
    after = open_table(context_of(world), source)
    assert (before.name, after.name) == ("monday", "tuesday")
    assert before.version != after.version


def test_an_export_is_its_own_files_alone(world):
    _, forecast = shop(world)
    first = exported(world, forecast, "first", rows(("tea",)))
    exported(world, forecast, "first_again", rows(("milk",)))
    assert set(read(world, Source(SourceKind.EXPORT, first))["item_id"]) == {"tea"}


def test_an_export_that_is_not_done_is_told_as_such(world):
    _, forecast = shop(world)
    made = world.do(
        "CreateForecastExportJob",
        ForecastExportJobName="out",
        ForecastArn=forecast,
        Destination=world.s3("exports/"),
    )
    with pytest.raises(ResourceInUse, match="wait until it is ACTIVE"):
        find_files(context_of(world), Source(SourceKind.EXPORT, made["ForecastExportJobArn"]))


def test_nobody_sees_another_accounts_files(world):
    source = file(world, rows())
    stranger = context_of(world.another())
    with pytest.raises(InputError, match="is not a bucket of account"):
        open_table(stranger, source)
    _, forecast = shop(world)
    with pytest.raises(ResourceNotFound):
        open_table(stranger, Source(SourceKind.EXPORT, exported(world, forecast)))


def test_a_manifest_names_files_prefixes_and_their_dialect(world):
    put(world, "a/one.csv", "tea;2011-12-04;1\n")
    put(world, "b/two.csv", "milk;2011-12-04;2\n")
    manifest = {
        "fileLocations": [
            {"URIs": [f"https://s3.amazonaws.com/{world.bucket}/a/one.csv"]},
            {"URIPrefixes": [f"s3://{world.bucket}/b/"]},
        ],
        "globalUploadSettings": {"format": "CSV", "delimiter": ";", "containsHeader": "false"},
    }
    pasted = Source(SourceKind.MANIFEST, json.dumps(manifest))
    stored = Source(SourceKind.MANIFEST, put(world, "m.json", json.dumps(manifest)))
    for source in (pasted, stored):
        assert read(world, source).rows() == read(world, pasted).rows()
    assert names(open_table(context_of(world), pasted)) == ["column 1", "column 2", "column 3"]
    assert sorted(read(world, pasted)["column 3"]) == [1.0, 2.0]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("nonsense", "is no JSON"),
        ("[]", "no list fileLocations"),
        ('{"fileLocations": [{}]}', "names no files"),
        ('{"fileLocations": [{"URIs": ["file:///etc/passwd"]}]}', "does not begin with s3://"),
        ('{"fileLocations": [{"URIs": ["s3://shop/../x"]}]}', "as a folder"),
        (
            '{"fileLocations": [{"URIs": ["s3://shop/x"]}],'
            '"globalUploadSettings": {"format": "JSON"}}',
            "'JSON' is no table",
        ),
    ],
)
def test_a_bad_manifest_is_refused_with_the_reason(text, told):
    with pytest.raises(InputError, match=told):
        read_manifest(text)


def test_addresses_of_amazon_in_manifests_are_buckets():
    text = '{"fileLocations": [{"URIs": ["https://shop-1.s3.eu-west-1.amazonaws.com/a/b.csv"]}]}'
    assert read_manifest(text).files == (Location("shop-1", "a/b.csv"),)


def test_a_folder_is_all_its_tables_and_nothing_else(world):
    put(world, "data/a.csv", rows(("tea",)))
    put(world, "data/b.csv", rows(("milk",)))
    put(world, "data/_manifest/x.csv", "hidden\n1\n")
    put(world, "data/readme.md", "# no table")
    source = Source(SourceKind.PATH, f"s3://{world.bucket}/data")
    assert set(read(world, source)["item_id"]) == {"tea", "milk"}


def test_files_with_other_columns_are_told(world):
    put(world, "data/a.csv", rows())
    put(world, "data/b.csv", "item_id,price\ntea,1\n")
    with pytest.raises(InputError, match=r"b\.csv: has other columns than a\.csv"):
        open_table(context_of(world), Source(SourceKind.PATH, f"s3://{world.bucket}/data/"))


def test_too_much_is_refused_before_it_is_read(world, monkeypatch):
    source = file(world, rows())
    monkeypatch.setattr(source_files, "MOST_BYTES", 10)
    with pytest.raises(InputError, match="more than an analysis takes"):
        open_table(context_of(world), source)


def test_the_same_files_are_made_ready_once(world):
    source = file(world, rows())
    first = open_table(context_of(world), source)
    stamp = first.path.stat().st_ino
    assert open_table(context_of(world), source).path.stat().st_ino == stamp
    file(world, rows(first=100))
    assert open_table(context_of(world), source).path != first.path


def test_choices_are_the_accounts_finished_ones(world):
    group, forecast = shop(world)
    arn = exported(world, forecast)
    assert [each.source.value for each in list_choices(context_of(world), SourceKind.EXPORT)] == [
        arn
    ]
    assert [each.name for each in list_choices(context_of(world), SourceKind.GROUP)] == ["shop"]
    assert list_choices(context_of(world), SourceKind.PIPELINE) == []
    assert list_choices(context_of(world.another()), SourceKind.EXPORT) == []
    assert name_of(Source(SourceKind.GROUP, group)) == "shop"


@pytest.mark.parametrize("content", [None, {}, {"kind": "web", "value": "x"}, {"kind": "path"}])
def test_what_is_no_source_is_refused(content):
    with pytest.raises(InputError):
        Source.from_json(content)


def test_a_source_survives_its_way_through_json():
    source = Source(SourceKind.PATH, "s3://shop/차.csv")
    assert Source.from_json(json.loads(json.dumps(source.to_json()))) == source

"""Schemas and files of datasets, small."""

from forecastle.series.dataset import DatasetSchema
from forecastle.series.dataset_options import ImportOptions
from forecastle.series.dataset_reading import read_dataset
from forecastle.storage.files import SourceFile

TARGET, RELATED, METADATA = "TARGET_TIME_SERIES", "RELATED_TIME_SERIES", "ITEM_METADATA"
SALES = "item_id:string timestamp:timestamp demand:float"
PRICES = "item_id:string timestamp:timestamp price:float"


def schema(attributes=SALES, dataset_type=TARGET, frequency="D", domain="RETAIL"):
    """A schema from ``name:type`` pairs."""
    pairs = [pair.split(":") for pair in attributes.split()]
    named = [{"AttributeName": name, "AttributeType": type_} for name, type_ in pairs]
    return DatasetSchema.from_request(domain, dataset_type, named, frequency)


def related(attributes=PRICES):
    return schema(attributes, RELATED)


def metadata(attributes="item_id:string brand:string weight:float"):
    return schema(attributes, METADATA, None)


def write(folder, **contents):
    """Files ``a`` → ``a.csv`` in a folder."""
    files = []
    for name, content in contents.items():
        path = folder / f"{name}.csv"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        files.append(SourceFile(f"s3://bucket/{name}.csv", path))
    return files


def imported(folder, content, of=None, **options):
    """One file, read; days may come without a time."""
    options.setdefault("timestamp_format", "yyyy-MM-dd")
    return read_dataset(write(folder, sales=content), of or schema(), ImportOptions(**options))

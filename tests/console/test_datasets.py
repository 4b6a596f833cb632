"""From a file to a dataset with data: the pages of datasets and imports."""

from __future__ import annotations

import json
from itertools import count

import pytest

from forecastle.catalog.access_keys import Role
from forecastle.service.operations import call
from tests.console.seeding import BUCKET, DATASET, IMPORT

NUMBERS = count(1)
TILL = "Date;SKU;Store;Quantity;Unit price\n" + "".join(
    f"{day:02d}/03/2024;{sku};{store};{day};2,5\n"
    for day in range(1, 29)
    for sku in ("A1", "B2")
    for store in ("north", "south")
)


def put(console, name, content):
    path = console.running.buckets / BUCKET / "files" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return f"s3://{BUCKET}/files/{name}"


def group(console, *datasets):
    name = f"group{next(NUMBERS)}"
    given = {"DatasetGroupName": name, "Domain": "RETAIL", "DatasetArns": list(datasets)}
    call(console.context, "CreateDatasetGroup", given)
    return name


def dataset(console):
    name = f"dataset{next(NUMBERS)}"
    types = {"item_id": "string", "timestamp": "timestamp", "demand": "float"}
    attributes = [{"AttributeName": n, "AttributeType": t} for n, t in types.items()]
    given = {
        "DatasetName": name,
        "Domain": "RETAIL",
        "DatasetType": "TARGET_TIME_SERIES",
        "DataFrequency": "D",
        "Schema": {"Attributes": attributes},
    }
    return call(console.context, "CreateDataset", given)["DatasetArn"]


def test_a_till_file_becomes_a_dataset_and_is_previewed_and_imported(console, visit):
    name, path = group(console), put(console, "till.csv", TILL)
    page = visit(f"/groups/{name}/dataset?path={path}")
    assert page.get_by_role("checkbox", name="Quantity").is_checked()
    assert not page.get_by_role("checkbox", name="Unit price").is_checked()
    page.get_by_role("button", name="Create the dataset").click()
    page.wait_for_url("**/import?**")
    page.get_by_text("Its columns are not separated by commas.").wait_for()
    page.get_by_text("What was found").wait_for()
    assert page.get_by_text("28 Mar 2024").first.is_visible()
    page.get_by_role("button", name="Import", exact=True).click()
    page.wait_for_url(f"**/imports/{name}_sales/till")
    described = call(console.context, "ListDatasetGroups", {})["DatasetGroups"]
    arn = next(g["DatasetGroupArn"] for g in described if g["DatasetGroupName"] == name)
    [made] = call(console.context, "DescribeDatasetGroup", {"DatasetGroupArn": arn})["DatasetArns"]
    schema = call(console.context, "DescribeDataset", {"DatasetArn": made})["Schema"]
    names = [each["AttributeName"] for each in schema["Attributes"]]
    assert names == ["timestamp", "item_id", "location", "demand"]
    copy = console.running.buckets / BUCKET / "prepared" / f"{name}_sales" / "till.csv"
    assert copy.read_text().startswith("timestamp,item_id,location,demand\n01/03/2024,A1,north,1\n")


def test_day_and_month_are_asked_for(console, visit):
    name = group(console, dataset(console))
    content = "item_id,timestamp,demand\n" + "".join(f"A,0{k}/02/2024,3\n" for k in range(1, 9))
    page = visit(f"/groups/{name}/import?path={put(console, 'unclear.csv', content)}")
    page.get_by_text("Choose how the dates are written.").wait_for()
    page.get_by_role("radio", name="dd/MM/yyyy").click()
    page.get_by_text("8 Feb 2024").first.wait_for()


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("A,2024-01-01,3\nA,2024-01-02,three\n", "line 2: demand 'three' is not a number"),
        ("only words\nhere\n", "no delimiter recognised"),
    ],
)
def test_a_bad_file_is_told_by_its_line(console, visit, content, message):
    name = group(console, dataset(console))
    page = visit(f"/groups/{name}/import?path={put(console, 'bad.csv', content)}")
    alert = page.get_by_role("alert").filter(has_text=message)
    alert.wait_for()


def test_columns_can_be_chosen_and_the_address_keeps_the_choice(console, visit):
    name = group(console, dataset(console))
    path = put(console, "named.csv", "thing,date,alpha,beta\nA,2024-01-01,3,8\nA,2024-01-02,4,9\n")
    columns = json.dumps({"item_id": "thing", "timestamp": "date", "demand": "alpha"})
    page = visit(f"/groups/{name}/import?path={path}&columns={columns}")
    page.get_by_text("What was found").wait_for()
    page.get_by_role("combobox", name="demand").click()
    page.get_by_role("option", name="beta").click()
    page.wait_for_url("**beta**")
    page.get_by_text("What was found").wait_for()


def test_a_dataset_and_an_import_are_shown(visit):
    page = visit(f"/datasets/{DATASET}", role=Role.VIEWER)
    page.get_by_role("link", name=IMPORT).wait_for()
    assert page.get_by_role("button", name="Delete").count() == 0
    page.get_by_role("link", name=IMPORT).click()
    page.wait_for_url(f"**/imports/{DATASET}/{IMPORT}")
    page.get_by_role("heading", name="The columns in numbers").wait_for()
    assert page.get_by_role("row", name="item_id").is_visible()


def test_a_viewer_is_not_offered_an_import(console, visit):
    page = visit(f"/groups/{group(console)}/import", role=Role.VIEWER)
    page.get_by_text("Your role is viewer; this page needs operator.").wait_for()


def test_a_dataset_is_deleted_after_a_question(console, visit):
    arn = dataset(console)
    page = visit(f"/datasets/{arn.rpartition('/')[2]}")
    page.get_by_role("button", name="Delete").click()
    page.get_by_role("alertdialog").get_by_role("button", name="Delete").click()
    page.wait_for_url(f"{console.url}/")
    left = console.context.service.catalog.resources.find(arn)
    assert left is None or left.status.startswith("DELETE")


def test_without_a_dataset_the_next_step_is_to_make_one(console, visit):
    page = visit(f"/groups/{group(console)}/import", language="ko")
    page.get_by_role("link", name="데이터 세트 만들기").or_(
        page.get_by_role("button", name="데이터 세트 만들기")
    ).click()
    page.wait_for_url("**/dataset")

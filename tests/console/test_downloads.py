"""Downloads: files with the rights of who is logged in, under names that every system takes."""

from __future__ import annotations

import io
from collections.abc import Iterator
from urllib.parse import unquote

import httpx
import polars as pl
import pytest

from forecastle.catalog.access_keys import Role
from forecastle.console.downloads import safe_name
from tests.console.conftest import Console
from tests.console.seeding import FORECAST, ITEMS

PATH = f"/download/forecasts/{FORECAST}"


@pytest.fixture(scope="module")
def client(console: Console) -> Iterator[httpx.Client]:
    """A viewer."""
    name, password = console.user(Role.VIEWER)
    with httpx.Client(base_url=console.url) as client:
        client.post("/login", data={"name": name, "password": password})
        yield client


def test_csv_is_what_an_export_writes(client: httpx.Client, console: Console) -> None:
    answer = client.get(f"{PATH}.csv")
    assert answer.status_code == 200
    exported = next((console.running.buckets / "shop" / "exports").glob("shop_export*.csv"))
    assert answer.content == exported.read_bytes()
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.headers["content-length"] == str(len(answer.content))
    disposition = answer.headers["content-disposition"]
    assert disposition.startswith(f'attachment; filename="{FORECAST}.csv"')


def test_parquet_of_everything_and_of_one_series(client: httpx.Client) -> None:
    whole = pl.read_parquet(io.BytesIO(client.get(f"{PATH}.parquet").content))
    assert whole.columns == ["item_id", "date", "p10", "p50", "p90"]
    assert set(whole["item_id"]) == set(ITEMS)
    answer = client.get(f"{PATH}.parquet", params={"item": "차 tea"})
    one = pl.read_parquet(io.BytesIO(answer.content))
    assert one.equals(whole.filter(pl.col("item_id") == "차 tea"))
    named = unquote(answer.headers["content-disposition"].partition("UTF-8''")[2])
    assert named == f"{FORECAST} 차 tea.parquet"


def test_a_name_that_is_markup_names_a_harmless_file(client: httpx.Client) -> None:
    answer = client.get(f"{PATH}.csv", params={"item": "<script>alert(1)</script>"})
    assert answer.status_code == 200
    named = unquote(answer.headers["content-disposition"].partition("UTF-8''")[2])
    assert named == f"{FORECAST} _script_alert(1)__script_.csv"
    assert answer.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("/download/forecasts/none.csv", "No resource found"),
        (f"{PATH}.csv?item=beer", "no series with item_id 'beer'"),
        (f"{PATH}.csv?item=milk&item=Berlin", "not by 2 value(s)"),
    ],
)
def test_what_is_not_there_is_said(client: httpx.Client, path: str, said: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 404
    assert said in answer.text


def test_strangers_are_led_to_the_login(console: Console) -> None:
    answer = httpx.get(f"{console.url}{PATH}.csv")
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/login?next=")


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("week.csv", "week.csv"),
        ("차 tea · Köln.csv", "차 tea _ Köln.csv"),
        ("../../etc/passwd", "__.._etc_passwd"),
        ("a\r\nSet-Cookie: b.csv", "a__Set-Cookie_ b.csv"),
        (".hidden", "_hidden"),
        ("-rf", "_rf"),
        ('"quoted".csv', "_quoted_.csv"),
        ("", "_"),
    ],
)
def test_names_of_files_are_safe(name: str, safe: str) -> None:
    assert safe_name(name) == safe


def test_names_of_files_are_not_too_long() -> None:
    assert len(safe_name("x" * 500 + "." + "y" * 500)) == 241

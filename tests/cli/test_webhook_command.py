"""`forecastle pipeline webhook`: the address with the token that the service takes."""

import json

import pytest
from typer.testing import CliRunner

from forecastle.cli.main import app
from forecastle.core.errors import InputError
from forecastle.core.settings import ServiceSettings
from forecastle.pipelines.webhook import account_of, is_valid
from forecastle.service.start import open_service


def webhook(folder, *arguments):
    command = ["pipeline", "webhook", "--data-dir", str(folder), *arguments]
    return CliRunner().invoke(app, command, catch_exceptions=True)


@pytest.mark.parametrize(
    ("arguments", "account"),
    [((), "000000000000"), (("--account", "111111111111"), "111111111111"), (("--all",), None)],
    ids=["own", "another", "all"],
)
def test_the_service_takes_the_token_that_is_shown(tmp_path, arguments, account):
    shown = json.loads(webhook(tmp_path, *arguments, "--json").stdout)
    assert shown["Account"] == (account or "all")
    assert shown["Url"] == "http://127.0.0.1:8460/events"
    assert shown["UrlWithToken"] == f"{shown['Url']}?token={shown['Token']}"
    service = open_service(ServiceSettings(data_dir=tmp_path))
    assert is_valid(service, shown["Token"])
    assert account_of(shown["Token"]) == account
    service.catalog.close()


def test_it_says_how_the_token_is_sent(tmp_path):
    said = webhook(tmp_path).stdout
    assert "http://127.0.0.1:8460/events?token=000000000000-" in said
    assert "Authorization: Bearer 000000000000-" in said


def test_what_is_no_account(tmp_path):
    failed = webhook(tmp_path, "--account", "12")
    assert isinstance(failed.exception, InputError)
    assert "account '12' is no account; use 12 digits" in str(failed.exception)

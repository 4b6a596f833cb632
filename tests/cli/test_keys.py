"""``forecastle keys``: made, listed, revoked; a secret is shown once."""

import json

import pytest

from forecastle.catalog.access_keys import Role
from forecastle.catalog.catalog import Catalog
from forecastle.cli.main import run_app
from forecastle.core.settings import ServiceSettings


@pytest.fixture(autouse=True)
def data_dir(tmp_path, monkeypatch):
    monkeypatch.setenv("FORECASTLE_DATA_DIR", str(tmp_path))
    return tmp_path


def told(capsys, *arguments: str):
    assert run_app(["keys", *arguments, "--json"]) == 0
    return json.loads(capsys.readouterr().out)


@pytest.fixture
def catalog(data_dir):
    opened = Catalog.open(ServiceSettings(data_dir=data_dir), migrate=True)
    yield opened
    opened.close()


def test_a_new_key_belongs_to_the_account_and_role_that_were_asked_for(capsys, catalog):
    made = told(capsys, "create", "--role", "viewer", "--account", "210987654321")
    key = catalog.access_keys.find(made["AccessKeyId"])
    assert (key.secret, key.role) == (made["SecretAccessKey"], Role.VIEWER)
    assert key.account == made["Account"] == "210987654321"


def test_without_words_it_is_an_administrator_of_the_first_account(capsys):
    made = told(capsys, "create")
    assert (made["Role"], made["Account"]) == ("admin", "000000000000")


def test_for_people_the_lines_can_be_pasted_into_a_shell(capsys, catalog):
    assert run_app(["keys", "create"]) == 0
    printed = capsys.readouterr().out
    (key,) = catalog.access_keys.list()
    assert f"export AWS_ACCESS_KEY_ID={key.access_key_id}\n" in printed
    assert f"export AWS_SECRET_ACCESS_KEY={key.secret}\n" in printed


def test_the_list_shows_all_and_no_secret(capsys):
    first, second = told(capsys, "create"), told(capsys, "create")
    assert run_app(["keys", "list"]) == 0
    printed = capsys.readouterr().out
    listed = told(capsys, "list")["keys"]
    assert [key["AccessKeyId"] for key in listed] == [first["AccessKeyId"], second["AccessKeyId"]]
    for made in (first, second):
        assert made["AccessKeyId"] in printed
        assert made["SecretAccessKey"] not in printed + json.dumps(listed)


def test_a_revoked_key_stays_in_the_list(capsys):
    made = told(capsys, "create")
    assert told(capsys, "revoke", made["AccessKeyId"]) == {"revoked": made["AccessKeyId"]}
    (listed,) = told(capsys, "list")["keys"]
    assert listed["RevokeDate"] is not None


def test_both_are_audited(capsys, catalog):
    made = told(capsys, "create")
    told(capsys, "revoke", made["AccessKeyId"])
    entries = [(entry.operation, entry.resource) for entry in catalog.audit.entries()]
    identity = made["AccessKeyId"]
    assert entries == [("CreateAccessKey", identity), ("RevokeAccessKey", identity)]


@pytest.mark.parametrize(
    ("arguments", "part"),
    [
        (["create", "--role", "king"], "role 'king' is not known; use admin, operator, viewer"),
        (["create", "--account", "12"], "account '12' is no account; use 12 digits"),
        (["revoke", "FCNOBODY"], "access key 'FCNOBODY' is not known; see `forecastle keys list`"),
    ],
)
def test_what_cannot_be_is_refused(arguments, part: str, capsys):
    assert run_app(["keys", *arguments]) == 2
    assert part in capsys.readouterr().err

"""``forecastle config``: every setting, its value and its source; never a secret."""

import dataclasses
import json
from pathlib import Path

import pytest

from forecastle.cli.config import settings_reference
from forecastle.cli.main import run_app
from forecastle.core.settings import ServiceSettings

REFERENCE = Path(__file__).parents[2] / "docs" / "reference" / "settings.md"
NAMES = [item.name for item in dataclasses.fields(ServiceSettings)]


@pytest.fixture(autouse=True)
def data_dir(tmp_path, monkeypatch):
    for name in NAMES:
        monkeypatch.delenv(f"FORECASTLE_{name.upper()}", raising=False)
    monkeypatch.setenv("FORECASTLE_DATA_DIR", str(tmp_path))
    return tmp_path


def shown(capsys) -> dict[str, dict]:
    assert run_app(["config", "--json"]) == 0
    settings = json.loads(capsys.readouterr().out)["settings"]
    return {setting["name"]: setting for setting in settings}


def test_every_setting_is_shown_with_its_source(capsys, data_dir, monkeypatch):
    (data_dir / "forecastle.toml").write_text("request_burst = 7\n")
    monkeypatch.setenv("FORECASTLE_PORT", "9000")
    settings = shown(capsys)
    assert list(settings) == NAMES
    assert (settings["port"]["value"], settings["port"]["source"]) == (
        9000,
        "environment (FORECASTLE_PORT)",
    )
    assert settings["request_burst"]["value"] == 7
    assert settings["request_burst"]["source"] == str(data_dir / "forecastle.toml")
    assert settings["host"]["source"] == "default"


SECRETS = {
    "FORECASTLE_S3_SECRET_ACCESS_KEY": ("hush", "(hidden)"),
    "FORECASTLE_DATABASE_URL": (
        "postgresql://me:hush@h@db:5432/x?sslpassword=hush&a=b",
        "postgresql://me:(hidden)@db:5432/x?sslpassword=(hidden)&a=b",
    ),
    "FORECASTLE_S3_ENDPOINT_URL": ("http://me:hush[@s3:9000", "http://me:(hidden)@s3:9000"),
}


@pytest.mark.parametrize("variable", SECRETS)
def test_secrets_and_passwords_are_hidden(variable: str, capsys, monkeypatch):
    value, hidden = SECRETS[variable]
    monkeypatch.setenv(variable, value)
    assert run_app(["config"]) == 0
    assert "hush" not in capsys.readouterr().out
    settings = shown(capsys)
    assert [each["value"] for each in settings.values() if each["variable"] == variable] == [hidden]


def test_an_address_without_a_password_is_shown_as_it_is(capsys, monkeypatch):
    monkeypatch.setenv("FORECASTLE_SCHEDULER", "tcp://host:8786")
    assert shown(capsys)["scheduler"]["value"] == "tcp://host:8786"


def test_the_reference_is_up_to_date(capsys):
    assert run_app(["config", "--markdown"]) == 0
    assert capsys.readouterr().out == settings_reference()
    assert REFERENCE.read_text(encoding="utf-8") == settings_reference(), (
        "write it anew: forecastle config --markdown > docs/reference/settings.md"
    )

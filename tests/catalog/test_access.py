"""Keys, users, buckets and the vault that keeps their secrets."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from forecastle.catalog.access_keys import Role
from forecastle.catalog.audit import AuditEntry
from forecastle.catalog.buckets import BucketRecord
from forecastle.catalog.catalog import Catalog
from forecastle.catalog.vault import Vault
from forecastle.core.errors import ForecastleError, InputError

ACCOUNT = "000000000000"


def test_a_key_is_found_until_it_is_revoked_and_afterwards_as_revoked(catalog):
    key = catalog.access_keys.create(ACCOUNT, Role.OPERATOR, 1.0)
    assert catalog.access_keys.find(key.access_key_id) == key
    assert catalog.access_keys.list() == [key]
    catalog.access_keys.revoke(key.access_key_id, 2.0)
    assert catalog.access_keys.find(key.access_key_id).revoked_at == 2.0
    assert catalog.access_keys.find("FCUNKNOWN") is None
    with pytest.raises(InputError, match="'FCUNKNOWN' is not known"):
        catalog.access_keys.revoke("FCUNKNOWN", 3.0)


@pytest.mark.parametrize("account", ["1", "00000000000a", "０００００００００００１"])
def test_an_account_is_twelve_digits(catalog, account):
    with pytest.raises(InputError, match="use 12 digits"):
        catalog.access_keys.create(account, Role.ADMIN, 1.0)


def test_roles_are_ordered():
    assert [Role.ADMIN.may_act_as(role) for role in Role] == [True, True, True]
    assert [Role.VIEWER.may_act_as(role) for role in Role] == [True, False, False]


def test_no_secret_is_readable_in_the_database(catalog):
    key = catalog.access_keys.create(ACCOUNT, Role.ADMIN, 1.0)
    catalog.buckets.add(BucketRecord("shop", ACCOUNT, "http://x", "id", "bucket secret"))
    password = catalog.users.create("ann", ACCOUNT, Role.ADMIN, 1.0)
    with catalog.engine.connect() as connection:
        rows = [
            str(row)
            for table in ("access_keys", "buckets", "users")
            for row in connection.execute(text(f"SELECT * FROM {table}"))
        ]
    for secret in (key.secret, "bucket secret", password):
        assert not any(secret in row for row in rows)
    assert key.secret not in repr(key)
    assert "bucket secret" not in repr(catalog.buckets.find("shop"))


def test_a_bucket_has_one_owner(catalog):
    shop = BucketRecord("shop", ACCOUNT, "http://s3", "id", "secret", "eu-1", 1.0)
    folder = BucketRecord("folder", "111111111111")
    catalog.buckets.add(shop)
    catalog.buckets.add(folder)
    assert catalog.buckets.find("shop") == shop
    assert catalog.buckets.list() == [folder, shop]
    assert catalog.buckets.list(ACCOUNT) == [shop]
    with pytest.raises(InputError, match="'shop' is registered already"):
        catalog.buckets.add(BucketRecord("shop", "111111111111"))
    catalog.buckets.remove("shop")
    assert catalog.buckets.find("shop") is None
    with pytest.raises(InputError, match="'shop' is not registered"):
        catalog.buckets.remove("shop")


def test_the_audit_log_keeps_its_order(catalog):
    entries = [
        AuditEntry(1.0, f"r{n}", account, None, "127.0.0.1", "CreateForecast", None, "OK")
        for n, account in enumerate([ACCOUNT, None, ACCOUNT])
    ]
    for entry in entries:
        catalog.audit.add(entry)
    assert list(catalog.audit.entries()) == entries
    assert list(catalog.audit.entries(ACCOUNT)) == [entries[0], entries[2]]


def test_the_key_file_is_its_owners_alone(tmp_path):
    path = tmp_path / "secret.key"
    vault = Vault.open(path)
    assert path.stat().st_mode & 0o777 == 0o600
    assert Vault.open(path).decrypt(vault.encrypt("geheim")) == "geheim"
    assert Vault.open(path).sign(b"x") == vault.sign(b"x")
    path.chmod(0o644)
    with pytest.raises(ForecastleError, match="chmod 600"):
        Vault.open(path)


def test_another_key_or_no_key_is_refused_in_words(tmp_path):
    text = Vault.open(tmp_path / "a.key").encrypt("geheim")
    with pytest.raises(ForecastleError, match=r"restore secret\.key"):
        Vault.open(tmp_path / "b.key").decrypt(text)
    (tmp_path / "c.key").write_bytes(b"no key")
    (tmp_path / "c.key").chmod(0o600)
    with pytest.raises(ForecastleError, match="holds no key"):
        Vault.open(tmp_path / "c.key")


def test_a_database_of_another_version_is_refused(settings, catalog):
    with catalog.engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = 'other'"))
    with pytest.raises(ForecastleError, match="forecastle db upgrade"):
        Catalog.open(settings)


def test_an_upgrade_of_what_is_up_to_date_changes_nothing(settings, catalog):
    key = catalog.access_keys.create(ACCOUNT, Role.ADMIN, 1.0)
    again = Catalog.open(settings, migrate=True)
    assert again.access_keys.list() == [key]
    again.close()

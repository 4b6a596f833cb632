"""Stores: the buckets that accounts read and write, and the service's own artifacts."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from forecastle.catalog.buckets import BucketRecord
from forecastle.catalog.catalog import Catalog
from forecastle.core.errors import InputError
from forecastle.core.settings import ServiceSettings, checked_account
from forecastle.storage.artifacts import ArtifactStore, FolderArtifacts
from forecastle.storage.bucket_artifacts import BucketArtifacts
from forecastle.storage.buckets import Bucket
from forecastle.storage.disk import disk_told
from forecastle.storage.folder_bucket import FolderBucket
from forecastle.storage.locations import Location
from forecastle.storage.s3_bucket import USUAL_PATIENCE, Patience, S3Bucket


@dataclass(frozen=True)
class Stores:
    """Opens buckets for the account that owns them.

    Attributes:
        settings: of the service.
        catalog: knows the registered buckets.
    """

    settings: ServiceSettings
    catalog: Catalog

    @classmethod
    def open(cls, settings: ServiceSettings, catalog: Catalog) -> Stores:
        """Nothing is connected to before it is used."""
        return cls(settings, catalog)

    def bucket(self, account: str, location: Location) -> Bucket:
        """The bucket of a location, if it is the account's.

        A bucket that is not registered belongs to the service's first account.

        Raises:
            InputError: it is another account's, or there is none; the text does not tell which.
        """
        name = location.bucket
        record = self.catalog.buckets.find(name)
        if record is None and account == self.settings.account:
            record = BucketRecord(name, account)
        if record is None or record.account != account or name == self._artifacts_bucket:
            raise InputError(
                f"bucket '{name}' is not a bucket of account {account}; "
                f"register it: forecastle bucket add {name} --account {account}"
            )
        return self.open_bucket(record)

    def register(self, record: BucketRecord) -> None:
        """Make a bucket an account's; the folder is made where buckets are folders.

        Raises:
            InputError: the name is no bucket's, is taken, or the artifacts are kept there; or the
                account is none.
        """
        Location.parse(f"s3://{record.name}/")
        checked_account(record.account)
        if record.name == self._artifacts_bucket:
            raise InputError(
                f"bucket '{record.name}' keeps the data of all accounts (setting artifacts_url); "
                "register another one"
            )
        self.catalog.buckets.add(record)
        if not self.is_remote(record):
            self._folder(record.name).mkdir(parents=True, exist_ok=True)

    def make(self, account: str, location: Location, now: float) -> Bucket:
        """The bucket of a location; where buckets are folders, made with the location's folder.

        A folder bucket that nobody has becomes the service's first account's.

        Raises:
            InputError: it is another account's, or there is none.
        """
        known = self.catalog.buckets.find(location.bucket)
        record = known or BucketRecord(location.bucket, self.settings.account, created_at=now)
        if record.account == account and not self.is_remote(record):
            if known is None:
                self.register(record)
            with disk_told(str(location)):
                folder = self._folder(record.name) / location.key.rpartition("/")[0]
                folder.mkdir(parents=True, exist_ok=True)
        return self.bucket(account, location)

    def open_bucket(self, record: BucketRecord, patience: Patience = USUAL_PATIENCE) -> Bucket:
        """The bucket that a record describes.

        Args:
            record: what is registered, or could be.
            patience: with a server that fails or is slow.

        Raises:
            InputError: it should be a folder, and that is not there.
        """
        if self.is_remote(record):
            return self._s3_bucket(record, patience)
        folder = self._folder(record.name)
        if not folder.is_dir():
            raise InputError(
                f"bucket '{record.name}' does not exist; make the folder "
                f"buckets/{record.name} in the data directory"
            )
        return FolderBucket(record.name, folder)

    def folder(self, account: str, name: str) -> Path | None:
        """The folder that an account's bucket is; None if it is on S3.

        Raises:
            InputError: as `bucket` does.
        """
        bucket = self.bucket(account, Location(name))
        return bucket.root if isinstance(bucket, FolderBucket) else None

    def place(self, record: BucketRecord) -> str:
        """Where a bucket lies, for people: its endpoint or its folder."""
        if not self.is_remote(record):
            return str(self._folder(record.name))
        return record.endpoint or self.settings.s3_endpoint_url or "Amazon S3"

    @cached_property
    def artifacts(self) -> ArtifactStore:
        """Imported data, predictors and forecasts."""
        folder = self.settings.artifacts_dir
        if self.settings.artifacts_url is None:
            return FolderArtifacts(folder)
        location = Location.parse(self.settings.artifacts_url)
        bucket = self._s3_bucket(BucketRecord(location.bucket, self.settings.account))
        return BucketArtifacts(bucket, location.key, folder)

    @property
    def _artifacts_bucket(self) -> str | None:
        """The bucket that holds the data of all accounts: it is nobody's to read or write."""
        url = self.settings.artifacts_url
        return None if url is None else Location.parse(url).bucket

    def is_remote(self, record: BucketRecord) -> bool:
        """Whether a bucket is on S3; else it is a folder."""
        return bool(record.endpoint or record.access_key_id or self.settings.s3_endpoint_url)

    def _folder(self, name: str) -> Path:
        return self.settings.buckets_dir / name

    def _s3_bucket(self, record: BucketRecord, patience: Patience = USUAL_PATIENCE) -> S3Bucket:
        """A bucket on its own endpoint or the service's, with its own key or the service's.

        Raises:
            InputError: the key has no secret.
        """
        settings = self.settings
        key, secret = record.access_key_id, record.secret
        if key is None:
            key, secret = settings.s3_access_key_id, settings.s3_secret_access_key
        if key is not None and secret is None:
            raise InputError(
                f"bucket '{record.name}': access key {key} has no secret; give the secret access "
                "key too"
            )
        return S3Bucket(
            record.name,
            endpoint=record.endpoint or settings.s3_endpoint_url,
            access_key_id=key,
            secret_access_key=secret,
            region=record.region or settings.s3_region,
            patience=patience,
        )

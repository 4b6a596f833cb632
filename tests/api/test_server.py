"""How the application is served: HTTPS by certificate files, and behind proxies."""

import datetime
import ipaddress
from dataclasses import replace

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from forecastle.api.app import create_app
from forecastle.api.server import server_config
from forecastle.core.errors import InputError
from tests.servers_api import FakeCall, running_api


@pytest.fixture
def certificate(tmp_path):
    """A certificate for 127.0.0.1, signed by itself, and its key; as PEM files."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "forecastle")])
    now, day = datetime.datetime.now(datetime.UTC), datetime.timedelta(days=1)
    address = x509.IPAddress(ipaddress.ip_address("127.0.0.1"))
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - day)
        .not_valid_after(now + day)
        .add_extension(x509.SubjectAlternativeName([address]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    chain, private = tmp_path / "chain.pem", tmp_path / "key.pem"
    chain.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    private.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return chain, private


def with_settings(service, **settings):
    return replace(service, settings=replace(service.settings, **settings))


def test_https_by_certificate_files(service, certificate):
    chain, key = certificate
    secure = with_settings(service, tls_certificate=chain, tls_key=key)
    with running_api(secure, create_app(secure, FakeCall())) as api:
        assert api.url.startswith("https://")
        assert api.client("forecast", verify=str(chain)).list_datasets()


def test_half_of_a_certificate_is_refused(service, certificate):
    chain, _ = certificate
    settings = with_settings(service, tls_certificate=chain).settings
    with pytest.raises(InputError, match="tls_key is not set"):
        server_config(create_app(service, FakeCall()), settings)


def test_a_missing_file_is_refused_by_name(service, certificate):
    chain, key = certificate
    key.unlink()
    settings = with_settings(service, tls_certificate=chain, tls_key=key).settings
    with pytest.raises(InputError, match=r"tls_key '.*key.pem' is no file"):
        server_config(create_app(service, FakeCall()), settings)


@pytest.mark.parametrize(
    ("proxies", "address"),
    [("", "127.0.0.1"), ("192.0.2.1", "127.0.0.1"), ("192.0.2.1, 127.0.0.1", "198.51.100.9")],
)
def test_only_a_trusted_proxy_tells_who_the_client_is(service, proxies: str, address: str):
    chosen = with_settings(service, trusted_proxies=proxies)
    with running_api(chosen, create_app(chosen, FakeCall())) as api:
        httpx.post(
            api.url,
            headers={
                "authorization": "AWS4-HMAC-SHA256 nothing",
                "x-forwarded-for": "198.51.100.9",
            },
        )
    (entry,) = service.catalog.audit.entries()
    assert entry.address == address

"""A signature proves who asks, for this request, this service and this moment."""

import hashlib
from datetime import UTC, datetime, timedelta

import pytest

from forecastle.api.authentication import Guard, KeyRing
from forecastle.api.exchange import Received
from forecastle.api.refusals import (
    AuthenticationFailed,
    IncompleteSignature,
    InvalidSignature,
    MissingToken,
    UnrecognizedClient,
)
from forecastle.api.signature import check_signature, read_claim
from forecastle.catalog.access_keys import AccessKey, Role
from tests.api.signing import REGION, Credentials, signed_headers

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
KEY = AccessKey("FCEXAMPLE", "a secret", "123456789012", Role.OPERATOR, created_at=0.0)
SIGNER = Credentials(KEY.access_key_id, KEY.secret)
BODY = b'{"MaxResults": 5}'


class Keys:
    """The keys of a database that counts the look-ups."""

    def __init__(self, *keys: AccessKey) -> None:
        self.keys = {key.access_key_id: key for key in keys}
        self.asked = 0

    def find(self, access_key_id: str) -> AccessKey | None:
        self.asked += 1
        return self.keys.get(access_key_id)


def received(headers: dict[str, str], body: bytes = BODY, query: str = "") -> Received:
    return Received("POST", "/", query, headers, body, "127.0.0.1", "id")


def admit(headers: dict[str, str], body: bytes = BODY, *, query: str = "", service="forecast"):
    keys = KeyRing(Keys(KEY), lambda: 0.0)
    guard = Guard(keys, NOW.timestamp, skew=300)
    return guard.admit(received(headers, body, query), service)


def sign(**choices) -> dict[str, str]:
    return signed_headers(SIGNER, BODY, **{"at": NOW, **choices})


def test_the_example_of_the_aws_guide_is_verified():
    headers = {
        "host": "iam.amazonaws.com",
        "content-type": "application/x-www-form-urlencoded; charset=utf-8",
        "x-amz-date": "20150830T123600Z",
        "authorization": (
            "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/iam/aws4_request, "
            "SignedHeaders=content-type;host;x-amz-date, "
            "Signature=5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7"
        ),
    }
    request = Received("GET", "/", "Action=ListUsers&Version=2010-05-08", headers, b"", None, "id")
    secret = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
    check_signature(read_claim(request), request, secret)
    with pytest.raises(InvalidSignature):
        check_signature(read_claim(request), request, f"{secret}x")


def test_the_caller_is_the_account_role_and_region_of_the_key_and_the_scope():
    caller = admit(sign())
    assert (caller.account, caller.role) == (KEY.account, Role.OPERATOR)
    assert (caller.region, caller.name) == (REGION, KEY.access_key_id)


def test_a_signature_over_more_headers_than_needed_counts():
    headers = sign(extra={"user-agent": "a  script", "x-amz-user-agent": "js", "accept": "*/*"})
    # The transport folds spaces; the canonical form does so too.
    assert admit({**headers, "connection": "close"}).name == KEY.access_key_id


def test_a_date_header_will_do():
    headers = sign()
    in_words = "Sun, 22 Nov 2026 10:00:00 GMT"
    claim = read_claim(received({**headers, "date": in_words}))
    assert claim.date_header == "x-amz-date"
    del headers["x-amz-date"]
    claim = read_claim(received({**headers, "date": in_words}))
    assert (claim.date_header, claim.at) == ("date", NOW)


TAMPERED = {
    "body": (sign(), b'{"MaxResults": 6}'),
    "target": ({**sign(), "x-amz-target": "AmazonForecast.DeleteDataset"}, BODY),
    "date": ({**sign(), "x-amz-date": "20261122T100001Z"}, BODY),
    "host": ({**sign(), "host": "elsewhere.test"}, BODY),
    "content type": ({**sign(), "content-type": "text/plain"}, BODY),
    "query": (sign(), BODY),
    "secret": (signed_headers(Credentials(KEY.access_key_id, "wrong"), BODY, at=NOW), BODY),
    "a header that is said to be signed and is not there": (
        {name: value for name, value in sign(extra={"accept": "x"}).items() if name != "accept"},
        BODY,
    ),
}


@pytest.mark.parametrize("what", TAMPERED)
def test_what_was_changed_after_signing_is_refused(what: str):
    headers, body = TAMPERED[what]
    with pytest.raises(InvalidSignature, match="does not match the signature you provided"):
        admit(headers, body, query="x=1" if what == "query" else "")


@pytest.mark.parametrize("name", ["host", "content-type", "x-amz-date", "x-amz-target", "x-amz-a"])
def test_what_steers_the_service_must_be_signed(name: str):
    headers = sign(unsigned=[name], extra={"x-amz-a": "1"})
    with pytest.raises(InvalidSignature, match=f"'{name}' must be a 'SignedHeader'"):
        admit(headers)


def test_a_body_hash_must_be_that_of_the_body():
    admit(sign(extra={"x-amz-content-sha256": hashlib.sha256(BODY).hexdigest()}))
    for claimed in (hashlib.sha256(b"{}").hexdigest(), "UNSIGNED-PAYLOAD"):
        with pytest.raises(InvalidSignature, match="x-amz-content-sha256"):
            admit(sign(extra={"x-amz-content-sha256": claimed}))


@pytest.mark.parametrize(
    ("minutes", "text"),
    [(-5.1, "Signature expired: 20261122T095454Z is now earlier than 20261122T095500Z"),
     (5.1, "Signature not yet current: 20261122T100506Z is still later than 20261122T100500Z")],
)  # fmt: skip
def test_a_request_of_another_time_is_refused(minutes: float, text: str):
    with pytest.raises(InvalidSignature, match=text):
        admit(sign(at=NOW + timedelta(minutes=minutes)))


@pytest.mark.parametrize("minutes", [-4.9, 4.9])
def test_clocks_may_differ_a_little(minutes: float):
    assert admit(sign(at=NOW + timedelta(minutes=minutes)))


def test_the_scope_must_fit():
    with pytest.raises(InvalidSignature, match="correct service: 'forecast'"):
        admit(sign(service="s3"))
    with pytest.raises(InvalidSignature, match="correct service: 'sts'"):
        admit(sign(), service="sts")
    with pytest.raises(InvalidSignature, match="'20261121' != '20261122'"):
        admit(sign(scope_date="20261121"))
    with pytest.raises(InvalidSignature, match="valid region"):
        admit(sign(region="us_east:1"))


def test_unknown_and_revoked_keys_are_refused():
    with pytest.raises(UnrecognizedClient, match="FCNOBODY"):
        admit(signed_headers(Credentials("FCNOBODY", "x"), BODY, at=NOW))
    revoked = AccessKey("FCOLD", "x", "123456789012", Role.ADMIN, 0.0, revoked_at=1.0)
    guard = Guard(KeyRing(Keys(revoked), lambda: 0.0), NOW.timestamp, skew=300)
    request = received(signed_headers(Credentials("FCOLD", "x"), BODY, at=NOW))
    with pytest.raises(UnrecognizedClient, match="security token included in the request"):
        guard.admit(request, "forecast")


def test_a_session_token_is_refused_with_the_remedy():
    with pytest.raises(UnrecognizedClient, match="unset AWS_SESSION_TOKEN"):
        admit(sign(extra={"x-amz-security-token": "t"}))


def test_a_presigned_address_is_refused():
    query = "X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Signature=00"
    with pytest.raises(IncompleteSignature, match="Presigned"):
        admit({}, query=query)


def test_no_signature_is_no_way_in():
    with pytest.raises(MissingToken, match="Missing Authentication Token"):
        admit({"host": "x"})


CREDENTIAL = "Credential=FCEXAMPLE/20261122/us-east-1/forecast/aws4_request"
MALFORMED = {
    "Basic dXNlcjpwYXNz": "Unsupported AWS 'algorithm': 'Basic'",
    "AWS4-HMAC-SHA256": "requires 'Credential' parameter",
    f"AWS4-HMAC-SHA256 {CREDENTIAL}, SignedHeaders=host": "requires 'Signature' parameter",
    "AWS4-HMAC-SHA256 Credential=FC/1, SignedHeaders=host, Signature=0": "exactly 5 slash",
    f"AWS4-HMAC-SHA256 {CREDENTIAL}5, SignedHeaders=host, Signature=0": "valid terminator",
}


@pytest.mark.parametrize("authorization", MALFORMED)
def test_a_malformed_signature_is_refused(authorization: str):
    headers = {**sign(), "authorization": authorization}
    with pytest.raises(AuthenticationFailed, match=MALFORMED[authorization]):
        admit(headers)


@pytest.mark.parametrize("date", ["yesterday", "2026-11-22T10:00:00Z", "20261322T100000Z", ""])
def test_a_malformed_date_is_refused(date: str):
    with pytest.raises(IncompleteSignature, match="ISO-8601"):
        admit({**sign(), "x-amz-date": date})


def test_a_missing_date_is_refused():
    headers = {name: value for name, value in sign().items() if name != "x-amz-date"}
    with pytest.raises(IncompleteSignature, match="X-Amz-Date"):
        admit(headers)


def test_keys_are_looked_up_once_a_second_and_a_revoked_one_is_noticed():
    now, keys = [0.0], Keys(KEY)
    ring = KeyRing(keys, lambda: now[0])
    assert ring.find("FCEXAMPLE") is ring.find("FCEXAMPLE") is KEY
    assert keys.asked == 1
    keys.keys["FCEXAMPLE"] = AccessKey("FCEXAMPLE", "", "", Role.ADMIN, 0.0, revoked_at=0.5)
    now[0] = 1.1
    assert ring.find("FCEXAMPLE") is None


def test_a_key_that_was_just_made_is_found_at_once():
    keys = Keys()
    ring = KeyRing(keys, lambda: 0.0)
    assert ring.find("FCEXAMPLE") is None
    keys.keys["FCEXAMPLE"] = KEY
    assert ring.find("FCEXAMPLE") is KEY

"""The gate and the login over HTTP: who is let in, and what is refused to whom."""

from __future__ import annotations

import concurrent.futures
import re
import socket

import httpx
import pytest

from forecastle.catalog.access_keys import Role
from forecastle.console.gate import SESSION_COOKIE
from tests.console.addresses import PAGES

EVIL = "https://evil.example"


@pytest.fixture
def stranger(console):
    with httpx.Client(base_url=console.url) as client:
        yield client


@pytest.fixture
def member(console):
    """A browser that is logged in."""
    name, password = console.user(Role.ADMIN)
    with httpx.Client(base_url=console.url) as client:
        client.post("/login", data={"name": name, "password": password})
        assert SESSION_COOKIE in client.cookies
        yield client


def page_of(client: httpx.Client, path: str = "/buckets") -> str:
    """The name of a page that was opened, as its socket tells it."""
    return re.search(r"'?\"?client_id'?\"?: ?['\"]([0-9a-f-]{36})", client.get(path).text)[1]


def polling(page: str) -> str:
    return f"/_nicegui_ws/socket.io/?EIO=4&transport=polling&client_id={page}"


@pytest.mark.parametrize("path", sorted(PAGES.values()))
def test_strangers_are_led_from_every_page_to_the_login(stranger, path):
    answer = stranger.get(path)
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/login")


@pytest.mark.parametrize(
    "path",
    ["/download/forecasts/x.csv", "/buckets/shop/file?key=input/sales.csv", "/_nicegui/auto/x"],
)
def test_strangers_get_no_files(stranger, path):
    assert stranger.get(path).headers["location"].startswith("/login?next=")


def test_a_made_up_host_does_not_open_the_gate(console):
    """The path is the request's own: a host such as 'x/login?' puts nothing before it."""
    port = int(console.url.rpartition(":")[2])
    for host in ("x/login?", "x/share/", "x/assets/#"):
        with socket.create_connection(("127.0.0.1", port), timeout=30) as wire:
            wire.sendall(f"GET /buckets HTTP/1.1\r\nHost: {host}\r\n\r\n".encode())
            status = wire.makefile("rb").readline()
        assert re.match(rb"HTTP/1\.1 (303|400) ", status)


def test_the_cookie_is_the_servers_alone(console):
    name, password = console.user()
    answer = httpx.post(f"{console.url}/login", data={"name": name, "password": password})
    (cookie,) = (each for each in answer.headers.get_list("set-cookie") if SESSION_COOKIE in each)
    attributes = {part.strip().lower() for part in cookie.split(";")[1:]}
    assert {"httponly", "samesite=lax", "path=/", f"max-age={12 * 3600}"} <= attributes


@pytest.mark.parametrize("path", ["/login", "/buckets", "/nothing-here", "/assets/x/nothing"])
def test_every_answer_says_what_browsers_may_do_with_it(member, path):
    headers = member.get(path).headers
    policy = headers["content-security-policy"]
    for rule in ("frame-ancestors 'none'", "form-action 'self'"):
        assert rule in policy
    assert not re.search(r"https?:|\*|wss?:", policy)
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"
    assert headers["referrer-policy"] == "same-origin"


def test_pages_are_not_kept_and_files_that_are_alike_for_all_are(member):
    text = member.get("/buckets")
    assert text.headers["cache-control"] == "no-store"
    assert member.get("/login").headers["cache-control"] == "no-store"
    style = re.search(r'href="(/assets/[^"]+\.css)"', text.text)[1]
    library = re.search(r'"(/_nicegui/[^"]+/static/[^"]+\.js)"', text.text)[1]
    for path in (style, library):
        assert "immutable" in httpx.get(f"{member.base_url}{path}").headers["cache-control"]


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": EVIL},
        {"origin": "null"},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
    ],
)
@pytest.mark.parametrize("path", ["/login", "/logout", "/_nicegui/client/x/upload/1"])
def test_another_sites_page_changes_nothing(console, member, headers, path):
    name, password = console.user()
    answer = member.post(path, data={"name": name, "password": password}, headers=headers)
    assert answer.status_code == 403
    assert "another site's page" in answer.text
    assert "set-cookie" not in answer.headers
    assert member.get("/buckets").status_code == 200


def test_sockets_are_for_the_session_that_opened_the_page(console, member, stranger):
    page = page_of(member)
    assert member.get(polling(page)).status_code == 200
    assert stranger.get(polling(page)).status_code == 403
    assert member.get("/_nicegui_ws/socket.io/?EIO=4&transport=polling").status_code == 403
    assert member.get(polling(page), headers={"origin": EVIL}).status_code == 403
    name, password = console.user(Role.ADMIN)
    stranger.post("/login", data={"name": name, "password": password})
    assert stranger.get(polling(page)).status_code == 403


@pytest.mark.parametrize(
    ("origin", "logged_in", "status"),
    [(None, True, 403), (EVIL, True, 403), ("own", False, 403), ("own", True, 101)],
)
def test_a_web_socket_needs_the_session_and_the_consoles_own_page(
    console, member, origin, logged_in, status
):
    path = polling(page_of(member)).replace("polling", "websocket")
    headers = {
        "Connection": "Upgrade",
        "Upgrade": "websocket",
        "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
    }
    if origin is not None:
        headers["Origin"] = console.url if origin == "own" else origin
    if logged_in:
        headers["Cookie"] = f"{SESSION_COOKIE}={member.cookies[SESSION_COOKIE]}"
    assert _first_line(console.url, path, headers).split()[1] == str(status)


def _first_line(url: str, path: str, headers: dict[str, str], method: str = "GET") -> str:
    address = url.removeprefix("http://")
    host, _, port = address.rpartition(":")
    lines = [f"{method} {path} HTTP/1.1", f"Host: {address}"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    with socket.create_connection((host, int(port)), timeout=30) as wire:
        wire.sendall("\r\n".join([*lines, "", ""]).encode())
        return wire.makefile("rb").readline().decode()


def test_uploads_are_for_the_session_that_opened_the_page(console, member, stranger):
    path = f"/_nicegui/client/{page_of(member)}/upload/1"
    assert stranger.post(path, content=b"x").status_code == 303
    name, password = console.user(Role.ADMIN)
    stranger.post("/login", data={"name": name, "password": password})
    assert stranger.post(path, content=b"x").status_code == 403
    assert member.post(path, content=b"x").status_code == 404  # the page has no place to drop files


def test_an_upload_that_is_too_large_is_refused_before_it_comes(console, member):
    path = f"/_nicegui/client/{page_of(member)}/upload/1"
    cookie = f"{SESSION_COOKIE}={member.cookies[SESSION_COOKIE]}"
    for headers, status in (
        ({"Content-Length": str(2**32)}, "413"),
        ({"Transfer-Encoding": "chunked"}, "411"),
    ):
        line = _first_line(console.url, path, {"Cookie": cookie, **headers}, "POST")
        assert line.split()[1] == status


@pytest.mark.parametrize(
    "target",
    [
        "//evil.example",
        "/\\evil.example",
        "https://evil.example",
        "/\t/evil.example",
        "evil",
        "/ x",
    ],
)
def test_the_login_leads_nowhere_else(console, target):
    name, password = console.user()
    fields = {"name": name, "password": password, "next": target}
    answer = httpx.post(f"{console.url}/login", data=fields)
    assert (answer.status_code, answer.headers["location"]) == (303, "/")


def test_the_way_back_keeps_what_is_written_with_percent_signs(stranger, console):
    asked = "/buckets/shop?prefix=a%20b%2F%EC%B0%A8"
    to_login = stranger.get(asked).headers["location"]
    assert stranger.get(to_login).text.count(asked) == 1
    name, password = console.user()
    target = httpx.URL(to_login).params["next"]
    fields = {"name": name, "password": password, "next": target}
    assert stranger.post("/login", data=fields).headers["location"] == asked


def test_a_session_is_new_with_each_login_and_the_one_before_has_ended(console):
    name, password = console.user()
    fields = {"name": name, "password": password}
    with httpx.Client(base_url=console.url) as client:
        client.cookies.set(SESSION_COOKIE, "made-up-by-somebody")
        client.post("/login", data=fields)
        first = client.cookies.get(SESSION_COOKIE, domain="127.0.0.1")
        client.cookies.clear()
        client.cookies.set(SESSION_COOKIE, first)
        answer = client.post("/login", data=fields)
    second = answer.cookies[SESSION_COOKIE]
    assert len({"made-up-by-somebody", first, second}) == 3
    sessions = console.context.service.catalog.sessions
    now = console.context.service.clock()
    assert sessions.living({"made-up-by-somebody", first, second}, now) == {second}


def test_a_large_login_is_no_login(console):
    name, password = console.user()
    fields = {"name": name, "password": password, "next": "/" + "x" * 10_000}
    assert httpx.post(f"{console.url}/login", data=fields).status_code == 401


def test_signing_out_ends_the_session_on_the_server(member):
    token = member.cookies[SESSION_COOKIE]
    assert member.post("/logout").headers["location"] == "/login"
    answer = httpx.get(f"{member.base_url}/buckets", cookies={SESSION_COOKIE: token})
    assert answer.status_code == 303


@pytest.mark.parametrize(
    "path",
    [
        "/assets/x/../../../gate.py",
        "/assets/x/..%2f..%2fgate.py",
        "/assets/x/%2e%2e/%2e%2e/gate.py",
        "/assets/x//etc/passwd",
    ],
)
def test_only_the_consoles_own_files_are_assets(console, path):
    assert "404" in _first_line(console.url, path, {"Connection": "close"})


def test_pages_do_not_wait_for_those_who_guess(console, member):
    def guess(number: int) -> int:
        fields = {"name": f"guess{number}", "password": "x"}
        return httpx.post(f"{console.url}/login", data=fields, timeout=60).status_code

    with concurrent.futures.ThreadPoolExecutor(12) as pool:
        guesses = [pool.submit(guess, number) for number in range(12)]
        assert member.get("/account").status_code < 500
        assert [each.result() for each in guesses] == [401] * 12

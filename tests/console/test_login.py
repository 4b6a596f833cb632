"""Logging in, being let in, and being let out."""

from __future__ import annotations

import httpx
import pytest

from forecastle.service.logins import make_login_link
from tests.console.browser import new_context


def test_strangers_are_led_to_the_login_and_from_there_to_where_they_wanted(console):
    context = new_context(console.browser)
    page = context.new_page()
    page.goto(f"{console.url}/buckets?show=all")
    assert page.url == f"{console.url}/login?next=%2Fbuckets%3Fshow%3Dall"
    name, password = console.user()
    page.fill("#name", name)
    page.fill("#password", password)
    page.click("button[type=submit]")
    page.wait_for_url(f"{console.url}/buckets?show=all")
    context.close()


def test_a_wrong_password_is_said_in_the_readers_language(console):
    context = new_context(console.browser, locale="ko-KR")
    page = context.new_page()
    page.goto(f"{console.url}/login")
    page.fill("#name", console.user()[0])
    page.fill("#password", "wrong")
    page.click("button[type=submit]")
    assert page.get_by_role("alert").inner_text() == "사용자 이름 또는 비밀번호가 올바르지 않습니다"
    context.close()


def test_a_link_logs_in_once(console):
    name, _ = console.user()
    path = make_login_link(console.context.service, name)
    with httpx.Client(base_url=console.url, follow_redirects=True) as client:
        assert client.get(path).status_code == 200  # looking at it does not use it up
        assert client.post(path).url.path == "/"
    with httpx.Client(base_url=console.url) as another:
        answer = another.post(path)
    assert answer.status_code == 401
    assert "was used already" in answer.text


@pytest.mark.parametrize("origin", ["https://evil.example", "null"])
def test_another_sites_page_changes_nothing(console, origin):
    name, password = console.user()
    fields = {"name": name, "password": password}
    answer = httpx.post(f"{console.url}/login", data=fields, headers={"origin": origin})
    assert answer.status_code == 403
    assert "set-cookie" not in answer.headers

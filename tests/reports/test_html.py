from __future__ import annotations

import json
import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from forecastle.reports.content import LARGEST_ITEM_CHOICE, ReportContent
from forecastle.reports.html import render_report, write_report
from tests.reports.made import forecast_after, make_panel, weekly_sales

EVIL = '</script><script>alert("x")</script>'
LOADING = ("src", "href", "data", "action", "poster", "srcset")


class Page(HTMLParser):
    """The tags, their attributes and the text of a page."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.text, self.scripts, self._inside = [], [], {}, []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        self.tags.append((tag, dict(attributes)))
        self._inside = [tag, dict(attributes).get("id", len(self.tags))]

    def handle_data(self, data):
        if self._inside[:1] == ["script"]:
            name = self._inside[1]
            self.scripts[name] = self.scripts.get(name, "") + data
        else:
            self.text.append(data.strip())

    def with_id(self, name):
        return next(attributes for _, attributes in self.tags if attributes.get("id") == name)

    @property
    def words(self):
        return " ".join(self.text)


@pytest.fixture(scope="module")
def text(shop):
    return render_report(shop)


@pytest.fixture(scope="module")
def page(text):
    return Page(text)


def test_the_parts_are_there(page):
    for part in (
        "What is coming",
        "The largest items",
        "How far to trust it",
        "Backtests",
        "What the forecast is made of",
        "Left out",
        "made for sparse demand",
        "Closed weekdays",
        "1,200",
        "The horizon is long.",
        "training took 12 s",
    ):
        assert part in page.words


def test_every_chart_is_drawn_and_described(page):
    for name in ("forecast", "backtest", "accuracy", "weights", "history"):
        assert page.with_id(f"chart-{name}")["role"] == "img"
        assert page.with_id(f"chart-{name}")["aria-label"]
    assert [tag for tag, _ in page.tags].count("svg") == 5


def test_nothing_is_loaded_from_elsewhere(page):
    for tag, attributes in page.tags:
        for name in LOADING:
            assert not attributes.get(name), (tag, name, attributes[name])
        assert tag not in {"link", "img", "iframe", "object", "embed"}
    policy = next(a["content"] for _, a in page.tags if "http-equiv" in a)
    assert policy.startswith("default-src 'none'")
    assert "http" not in policy


def test_the_style_sheet_loads_nothing(text):
    style = re.search(r"<style>(.*?)</style>", text, re.DOTALL)[1]
    assert "url(" not in style
    assert "@import" not in style


def test_the_table_has_a_row_per_step_with_the_types_asked_for(text):
    table = re.search(r'<table id="table">.*?</table>', text, re.DOTALL)[0]
    assert table.count("<tr>") == 1 + 7
    for column in ("Sum of p10", "Sum of p50", "Sum of p90", "Expected (mean)", "A year earlier"):
        assert f">{column}<" in table


def test_the_data_of_every_item_come_with_the_page(page, shop):
    data = json.loads(page.scripts["data"])
    assert [outlook["name"] for outlook in data["outlooks"]] == [
        "All items together",
        "c",
        "b",
        "a",
    ]
    assert len(data["outlooks"][1]["forecast"]["0.5"]) == shop.forecast.horizon
    assert len(data["holidays"]) == len(data["historyTimes"]) + len(data["forecastTimes"])
    json.loads(page.scripts["specifications"])


def test_the_page_is_small_even_with_the_most_items():
    panel = make_panel(weekly_sales(250, 400))
    report = render_report(ReportContent("many", panel, forecast_after(panel, 14)))
    assert len(report.encode()) < 3_000_000
    data = json.loads(Page(report).scripts["data"])
    assert len(data["outlooks"]) == 1 + LARGEST_ITEM_CHOICE
    assert "the 200 largest of 250" in Page(report).words


def test_names_cannot_become_script(shop):
    panel = make_panel(weekly_sales(2), [EVIL, "plain"])
    content = replace(
        shop,
        title=EVIL,
        panel=panel,
        forecast=forecast_after(panel),
        backtests=(),
        messages=(EVIL,),
        findings=((EVIL, EVIL),),
        facts=((EVIL, EVIL),),
        left_out={EVIL: EVIL},
        unit=EVIL,
    )
    text = render_report(content)
    assert EVIL not in text
    page = Page(text)
    assert [tag for tag, _ in page.tags].count("script") == 4
    names = {outlook["name"] for outlook in json.loads(page.scripts["data"])["outlooks"]}
    assert EVIL in names


def test_a_report_without_training_results_stands_by_itself(single):
    page = Page(render_report(single))
    assert "What is coming" in page.words
    for part in ("How far to trust it", "What the forecast is made of", "The largest items"):
        assert part not in page.words
    assert "select" not in {tag for tag, _ in page.tags}


def test_quality_is_looked_at_unless_findings_are_given(shop, single):
    found = dict(single.quality)
    assert found
    assert all(title in Page(render_report(single)).words for title in found)
    assert shop.quality == shop.findings
    assert "Nothing stood out." in render_report(replace(single, findings=()))


def test_the_same_content_gives_the_same_file(shop, text, tmp_path):
    write_report(tmp_path / "report.html", shop)
    assert (tmp_path / "report.html").read_text("utf-8") == text


def test_the_clock_appears_only_when_it_is_passed(single):
    assert "Made by Forecastle on 3 May 2026." in Page(
        render_report(replace(single, created="3 May 2026"))
    ).words.replace("  ", " ")
    assert "Forecastle on" not in render_report(single)


@pytest.mark.parametrize("frequency", ["W", "M", "H", "30min", "2W", "Y"])
def test_every_frequency_can_be_reported(frequency):
    panel = make_panel(weekly_sales(2, 60), frequency=frequency, origin="2001-01-01")
    page = Page(render_report(ReportContent("t", panel, forecast_after(panel, 3))))
    assert "What is coming" in page.words


def test_items_without_any_history_can_be_reported():
    target = weekly_sales(2)
    target[1] = float("nan")
    panel = make_panel(target)
    page = Page(render_report(ReportContent("t", panel, forecast_after(panel))))
    assert "item 1" in page.words

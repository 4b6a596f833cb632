"""Training a predictor from a form, and following it."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import partial

from playwright.sync_api import Page, expect

from forecastle.catalog.access_keys import Role
from forecastle.core.budget import DONE, WAITING, WORKING, Part
from forecastle.core.names import ResourceType
from forecastle.service.addresses import arn_of, id_of
from forecastle.service.operations import call
from tests.console.seeding import GROUP, PREDICTOR

FORM = f"/groups/{GROUP}/train"


def predictor_id(context) -> str:
    found = call(context, "ListPredictors", {})["Predictors"]
    return next(id_of(each["PredictorArn"]) for each in found if each["PredictorName"] == PREDICTOR)


def choose(page: Page, label: str, option: str) -> None:
    page.get_by_role("combobox", name=label, exact=True).click()
    page.get_by_role("option", name=option, exact=True).click()


def trained(console, page: Page) -> dict:
    """The request of the predictor whose page is shown."""
    page.wait_for_url(re.compile("/predictors/"))
    identifier = page.url.rpartition("/")[2]
    arn = arn_of(console.context, ResourceType.PREDICTOR, identifier)
    found = console.context.service.catalog.resources.find(arn)
    return dict(found.request)


def test_automl_is_what_one_gets_without_choosing(console, visit):
    page = visit(FORM)
    page.get_by_label("Name of the predictor").fill("quick")
    expect(page.get_by_label("Days to forecast")).to_have_value("7")
    page.get_by_role("button", name="Train").click()
    request = trained(console, page)
    assert request["ForecastHorizon"] == 7
    assert request["ForecastTypes"] == ["0.1", "0.5", "0.9"]
    assert request["ForecastFrequency"] == "D"
    assert set(request["DataConfig"]) == {"DatasetGroupArn"}
    expect(page.get_by_text("It begins as soon as a worker is free")).to_be_visible()


def test_one_algorithm_with_holidays_and_a_coarser_frequency(console, visit):
    page = visit(FORM)
    page.get_by_label("Name of the predictor").fill("weekly_theta")
    choose(page, "Frequency of the forecast", "Weekly")
    expect(page.get_by_label("Weeks to forecast")).to_have_value("4")
    page.get_by_label("Weeks to forecast").fill("3")
    expect(page.get_by_text("The forecast reaches 3 weeks")).to_be_visible()
    page.get_by_label("Public holidays of").fill("Korea")
    page.get_by_role("option", name="South Korea", exact=True).click()
    page.get_by_label("One algorithm").click()
    choose(page, "Algorithm", "Theta")
    expect(page.get_by_text("hard to beat on short histories")).to_be_visible()
    choose(page, "Test windows", "2")
    page.get_by_text("Advanced settings").click()
    choose(page, "Missing periods between sales", "Unknown: leave it open")
    page.get_by_role("button", name="Train").click()
    request = trained(console, page)
    assert request["AlgorithmArn"].endswith("algorithm/Theta")
    assert request["ForecastHorizon"] == 3
    assert request["EvaluationParameters"] == {"NumberOfBacktestWindows": 2}
    assert request["InputDataConfig"]["SupplementaryFeatures"] == [
        {"Name": "holiday", "Value": "KR"}
    ]
    (filling,) = request["FeaturizationConfig"]["Featurizations"]
    method = filling["FeaturizationPipeline"][0]["FeaturizationMethodParameters"]
    assert (filling["AttributeName"], method) == ("demand", {"middlefill": "nan"})


def test_a_network_can_be_tuned(console, visit):
    page = visit(FORM)
    page.get_by_label("Name of the predictor").fill("tuned")
    page.get_by_text("One algorithm", exact=True).click()
    switch = page.get_by_role("switch", name="Search for its best training parameters")
    expect(switch).to_be_hidden()
    page.get_by_label("Algorithm", exact=True).click()
    page.get_by_role("option", name="CNN-QR").click()
    switch.click()
    page.get_by_role("button", name="Train").click()
    assert trained(console, page)["PerformHPO"] is True


def test_holidays_of_two_countries_and_an_explanation(console, visit):
    page = visit(FORM)
    page.get_by_label("Name of the predictor").fill("explained")
    for country in ("Ireland", "South Korea"):
        page.get_by_label("Public holidays of").fill(country)
        page.get_by_role("option", name=country, exact=True).click()
    page.get_by_text("Advanced settings").click()
    page.get_by_role("switch", name="Explain the predictor when it is trained").click()
    page.get_by_role("button", name="Train").click()
    request = trained(console, page)
    (holidays,) = request["DataConfig"]["AdditionalDatasets"]
    assert sorted(holidays["Configuration"]["CountryCode"]) == ["IE", "KR"]
    assert request["ExplainPredictor"] is True


def test_an_impossible_horizon_is_refused_before_training(console, visit):
    page = visit(FORM)
    page.get_by_label("Days to forecast").fill("300")
    expect(page.get_by_text("Give a whole number from 1 to 66.")).to_be_visible()
    page.get_by_role("button", name="Train").click()
    expect(page.get_by_role("alert").last).to_contain_text("Give a whole number from 1 to 66.")
    assert page.url.endswith(FORM)


def test_a_predictor_is_trained_again_with_its_settings(console, visit):
    reference = predictor_id(console.context)
    page = visit(f"{FORM}?reference={reference}")
    expect(page.get_by_role("heading", level=1)).to_have_text(f"Train {PREDICTOR} again")
    page.get_by_label("Name of the predictor").fill("newer")
    page.get_by_role("button", name="Train again").click()
    request = trained(console, page)
    assert request["ReferencePredictorArn"].endswith(reference)


def test_a_group_without_data_leads_back_to_its_steps(console, visit):
    call(console.context, "CreateDatasetGroup", {"DatasetGroupName": "bare", "Domain": "RETAIL"})
    page = visit("/groups/bare/train")
    expect(page.get_by_role("heading", name="There is nothing to train on yet")).to_be_visible()
    link = page.get_by_role("link", name="To the dataset group")
    assert link.get_attribute("href") == "/groups/bare"


def test_who_only_looks_may_not_train(console, visit):
    page = visit(FORM, role=Role.VIEWER)
    expect(page.get_by_role("alert")).to_contain_text("this page needs operator")
    expect(page.get_by_role("button", name="Train")).to_have_count(0)


def test_a_training_is_followed_and_stopped(console, visit):
    resources = console.context.service.catalog.resources
    group = arn_of(console.context, ResourceType.DATASET_GROUP, GROUP)
    made = call(
        console.context,
        "CreateAutoPredictor",
        {
            "PredictorName": "followed",
            "ForecastHorizon": 7,
            "ForecastFrequency": "D",
            "DataConfig": {"DatasetGroupArn": group},
        },
    )["PredictorArn"]
    working = partial(replace, status="CREATE_IN_PROGRESS", dispatched=True)
    begun = resources.change(made, working)
    parts = [
        vars(Part("LightGBM", DONE, 3, 3, 4.0, "2024-07-12")),
        vars(Part("ETS", WORKING, 1, 3, 2.5, "2024-06-28")),
        vars(Part("Theta", WAITING, 0, 3, 0.0)),
    ]
    told = {"fraction": 0.4, "step": "training ETS", "minutes_left": 2, "parts": parts}
    resources.tell_progress(made, begun.nonce, told)
    page = visit(f"/predictors/{id_of(made)}")
    expect(page.get_by_text("About 2 minutes left")).to_be_visible()
    row = page.get_by_role("row").filter(has_text="ETS")
    expect(row).to_contain_text("At work")
    expect(row).to_contain_text("1 of 3")
    expect(row).to_contain_text("28 Jun 2024")
    resources.tell_progress(made, begun.nonce, {**told, "fraction": 0.9, "minutes_left": 0})
    expect(page.get_by_text("90% done")).to_be_visible()
    page.get_by_role("button", name="Stop").click()
    page.get_by_role("alertdialog").get_by_role("button", name="Stop").click()
    expect(page.get_by_text("Stopping")).to_be_visible()
    resources.change(made, partial(replace, status="CREATE_STOPPED", progress=None))
    expect(page.get_by_text("The training was stopped")).to_be_visible()
    page.get_by_role("button", name="Delete").click()
    expect(page.get_by_role("alertdialog")).to_contain_text("followed")

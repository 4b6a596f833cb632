import numpy as np
import pytest

from forecastle.core.errors import InputError
from forecastle.series.calendar import Calendar, Event, base_name, check_country

AMAZON_CODES = (
    "AL AR AT AU BA BE BG BO BR BY CA CL CO CR HR CZ DK EC EE ET FI FR DE GR HU IS IN IE "
    "IT JP KZ KR LV LI LT LU MK MT MX MD ME NL NZ NI NG NO PA PY PE PL PT RO RU RS SK SI "
    "ZA ES SE CH UA AE US UK UY VE"
)


def day(text):
    return np.datetime64(text, "D")


def named(calendar, first, last):
    return [(str(date), name) for date, name in calendar.days(day(first), day(last))]


@pytest.mark.parametrize("code", AMAZON_CODES.split())
def test_amazons_countries_have_holidays(code):
    assert Calendar((code,)).days(day("2019-01-01"), day("2019-12-31"))


def test_the_united_kingdom_may_be_called_uk_or_gb_and_keeps_englands_holidays():
    expected = [
        ("2011-04-22", "Good Friday"),
        ("2011-04-25", "Easter Monday"),
        ("2011-04-29", "Wedding of William and Catherine"),
    ]
    assert named(Calendar(("UK",)), "2011-04-01", "2011-04-30") == expected
    assert named(Calendar(("GB",)), "2011-04-01", "2011-04-30") == expected


def test_a_holiday_on_a_weekend_counts_on_both_days():
    found = named(Calendar(("UK",)), "2010-12-25", "2010-12-28")
    assert found == [
        ("2010-12-25", "Christmas Day"),
        ("2010-12-26", "Boxing Day"),
        ("2010-12-27", "Christmas Day (observed)"),
        ("2010-12-28", "Boxing Day (observed)"),
    ]
    assert base_name("Christmas Day (observed)") == "Christmas Day"


def test_names_are_english_where_there_are_any():
    names = [name for _, name in named(Calendar(("KR", "DE")), "2024-01-01", "2024-12-31")]
    assert "Korean New Year" in names
    assert "German Unity Day" in names


def test_several_holidays_on_one_date_have_an_entry_each():
    found = named(Calendar(("BG",)), "2024-05-06", "2024-05-06")
    assert len(found) == 2
    assert all(";" not in name for _, name in found)


def test_a_subdivision_adds_its_own():
    both = named(Calendar(("DE-BY",)), "2024-01-06", "2024-01-06")
    assert both == [("2024-01-06", "Epiphany")]
    assert named(Calendar(("DE",)), "2024-01-06", "2024-01-06") == []


def test_codes_are_put_in_capitals_and_two_letters_without_repeats():
    assert Calendar((" uk", "usa", "US", "us-ca")).countries == ("UK", "US", "US-CA")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("Gremany", r"country 'Gremany' is not known; did you mean DE \(Germany\)"),
        ("united k", r"GB \(United Kingdom\)"),
        ("ZZ", "use an ISO 3166 code such as US, DE, JP or UK"),
        ("", "country '' is not known"),
        ("DE-XX", "DE has no subdivision XX; known: BB, BE"),
        ("MC-XX", "MC has no subdivision XX; known: none"),
    ],
)
def test_an_unknown_country_is_named_with_a_remedy(text, message):
    with pytest.raises(InputError, match=message):
        check_country(text)


def test_events_stand_beside_holidays():
    calendar = Calendar(("UK",), (Event("Fair", day("2011-04-23")),))
    assert [name for _, name in named(calendar, "2011-04-22", "2011-04-24")] == [
        "Good Friday",
        "Fair",
    ]
    assert calendar.holidays_only == Calendar(("UK",))


def test_json_and_back():
    calendar = Calendar(("UK",), (Event("Fair", day("2011-04-23")),))
    assert Calendar.from_json(calendar.to_json()) == calendar

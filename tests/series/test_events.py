import numpy as np
import pytest

from forecastle.core.errors import DataError, InputError
from forecastle.series.events import Event, read_events

FAIR = Event("Fair", np.datetime64("2011-05-06"))
SALE = Event("Sale, summer", np.datetime64("2011-07-01"))


def read(tmp_path, text):
    path = tmp_path / "events.csv"
    path.write_text(text, encoding="utf-8")
    return read_events(path)


def problems(tmp_path, text):
    with pytest.raises(DataError) as caught:
        read(tmp_path, text)
    return str(caught.value).splitlines()


@pytest.mark.parametrize(
    "text",
    [
        'Fair,2011-05-06\n"Sale, summer",2011-07-01\n',
        '2011-07-01,"Sale, summer"\n2011-05-06,Fair\n',
        'name,date\nFair,2011-05-06\n\n"Sale, summer",2011-07-01\n',
        "date;name\r\n2011-05-06;Fair\r\n2011-07-01;Sale, summer\r\n",
        '\ufeffFair,2011-05-06,\n"Sale, summer",2011-07-01,2011-07-01\n',
    ],
)
def test_name_and_date_in_either_order_with_or_without_a_header(tmp_path, text):
    assert read(tmp_path, text) == (FAIR, SALE)


@pytest.mark.parametrize(
    "text",
    [
        "Fair,2011-05-06,2011-05-08\n",
        "2011-05-06,2011-05-08,Fair\n",
        "2011-05-06,Fair,2011-05-08\n",
    ],
)
def test_an_event_of_several_days_is_one_event_a_day(tmp_path, text):
    expected = tuple(Event("Fair", FAIR.date + day) for day in range(3))
    assert read(tmp_path, text) == expected


def test_every_wrong_line_is_named(tmp_path):
    text = "name,date\nFair,2011-05-06\nSale,06/05/2011\n,2011-05-07\nFair\nFair,2011-13-01\n"
    assert problems(tmp_path, text) == [
        "events.csv, line 3: date '06/05/2011' does not match yyyy-MM-dd",
        "events.csv, line 4: the event has no name; give it one",
        "events.csv, line 5: 1 columns found, 2 expected",
        "events.csv, line 6: date '2011-13-01' does not match yyyy-MM-dd",
    ]


def test_an_event_cannot_end_before_it_begins(tmp_path):
    assert problems(tmp_path, "Fair,2011-05-06,2011-05-05\n") == [
        "events.csv, line 1: event 'Fair' lasts from 2011-05-06 to 2011-05-05; use 1 to 366 days"
    ]


def test_a_file_without_any_date_is_no_list_of_events(tmp_path):
    assert "no line holds a name and a date" in problems(tmp_path, "name,date\nFair,soon\n")[0]


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(InputError, match=r"nothing\.csv: no such file"):
        read_events(tmp_path / "nothing.csv")


def test_broken_text_is_named(tmp_path):
    path = tmp_path / "events.csv"
    path.write_bytes(b"Fair,2011-05-06\nM\xff\xfesse,2011-05-07\n")
    with pytest.raises(DataError, match=r"events\.csv: is not UTF-8"):
        read_events(path)

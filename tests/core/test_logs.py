"""One line per event, for people or for machines."""

import io
import json
import logging
import warnings

import pytest

from forecastle.core.errors import InputError
from forecastle.core.logs import configure_logging, fields
from forecastle.core.settings import ServiceSettings

LOG = logging.getLogger("forecastle.somewhere")


@pytest.fixture
def logged():
    """Configure the logs; gives a stream. The logs of pytest come back afterwards."""
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    levels = {name: logging.getLogger(name).level for name in ("dbos", "botocore", "uvicorn")}

    def start(**settings) -> io.StringIO:
        stream = io.StringIO()
        configure_logging(ServiceSettings(**settings), stream)
        return stream

    yield start
    logging.captureWarnings(False)
    root.handlers[:] = handlers
    root.setLevel(level)
    for name, before in levels.items():
        logging.getLogger(name).setLevel(before)


def test_text_has_time_level_place_message_and_fields(logged):
    stream = logged()
    LOG.warning("request", extra=fields(operation="ListDatasets", seconds=0.25, key=None))
    moment, rest = stream.getvalue().split(" ", 1)
    assert moment.endswith("Z")
    assert rest == "warning forecastle.somewhere request operation=ListDatasets seconds=0.25\n"


def test_json_is_one_object_per_line(logged):
    stream = logged(log_format="json")
    LOG.info("two\nlines", extra=fields(name='Ä "x"'))
    (line,) = stream.getvalue().splitlines()
    event = json.loads(line)
    assert (event["level"], event["message"], event["name"]) == ("info", "two\nlines", 'Ä "x"')


def test_what_a_client_sent_cannot_begin_a_line_of_its_own(logged):
    stream = logged()
    forged = "x\n2026-11-22T00:00:00Z info forged\u2028more"
    LOG.info("hello %s", forged, extra=fields(name=forged))
    assert len(stream.getvalue().splitlines()) == 1


@pytest.mark.parametrize("log_format", ["text", "json"])
def test_an_exception_is_told_with_its_story(logged, log_format: str):
    stream = logged(log_format=log_format)
    LOG.error("failed", exc_info=ZeroDivisionError("by zero"), extra=fields(request_id="r1"))
    assert "ZeroDivisionError: by zero" in stream.getvalue()
    assert "r1" in stream.getvalue()


def test_the_level_holds_and_others_only_tell_of_trouble(logged):
    stream = logged(log_level="info")
    LOG.debug("details")
    logging.getLogger("dbos").info("chatter")
    assert stream.getvalue() == ""
    logging.getLogger("dbos").warning("trouble")
    assert "trouble" in stream.getvalue()


def test_warnings_of_libraries_are_logged(logged):
    stream = logged()
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        logging.captureWarnings(True)
        warnings.warn("old habits", stacklevel=1)
    assert "old habits" in stream.getvalue()


def test_an_unknown_level_is_refused(logged):
    with pytest.raises(InputError, match="log_level 'loud' is not known; use debug, info"):
        logged(log_level="loud")

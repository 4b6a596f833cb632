"""Who is told of a run's end, and what."""

import hashlib
import hmac
import json
import re
import threading
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from types import SimpleNamespace

import pytest

from forecastle.catalog.pipelines import FAILED, SUCCEEDED, Run, Step
from forecastle.pipelines.notifications import notify
from forecastle.pipelines.pipeline import Destination, Notification, Pipeline, Source
from tests.jobs.job_world import ACCOUNT, CREATED, World
from tests.pipelines.results_world import Runs

# Of Python's, told by apprise where it looks for its services.
pytestmark = pytest.mark.filterwarnings("ignore:'imghdr' is deprecated:DeprecationWarning")

ENDED = CREATED + 90
RUN = Run(
    "01HF7YAT020000000000000001", ACCOUNT, "uk_sales", "", "us-east-1", "folder", "RUNNING", CREATED
)
ARN = f"arn:aws:forecast:us-east-1:{ACCOUNT}"
NAME = "uk_sales_000000000001"
EXPORT = f"{ARN}:forecast-export-job/{NAME}/{NAME}"
STEPS = (
    Step(RUN.run_id, "check", SUCCEEDED, CREATED),
    Step(RUN.run_id, "forecast", SUCCEEDED, CREATED, results={"forecast": f"{ARN}:forecast/x"}),
    Step(RUN.run_id, "export", SUCCEEDED, CREATED, results={"export": EXPORT, "parts": "output/"}),
)
REFUSED = (
    STEPS[0],
    Step(RUN.run_id, "import", FAILED, CREATED, message="sales.csv, line 7: 'x' is no number"),
)
RESULTS = {
    "export": "s3://retail/output/uk_sales_part",
    "files": 1,
    "manifest": "s3://retail/output/_manifest/uk_sales_manifest.json",
    "athena": None,
    "report": f"s3://retail/output/_report/{NAME}.html",
    "latest_report": "s3://retail/output/_report/uk_sales.html",
    "first": "2010-12-10T00:00:00",
    "last": "2010-12-16T00:00:00",
    "steps": 7,
    "frequency": "D",
    "total_p10": 180_400.0,
    "total_p50": 238_000.0,
    "total_p90": 310_000.0,
    "total_mean": 241_200.0,
    "previous_total_p50": 232_000.0,
    "change": 238 / 232 - 1,
    "overlap": None,
    "sales_before": 230_000.0,
    "change_from_sales": 241.2 / 230 - 1,
    "average_wql": 0.197,
    "skill": 0.21,
    "series": 1,
    "messages": ["Sundays are closed."],
}


class Receiver:
    """A web server that keeps what is posted to it and answers as it is told."""

    def __init__(self) -> None:
        self.answers: list[int] = []
        self.received: list[tuple[str, dict[str, str], bytes]] = []
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                receiver.received.append((self.path, dict(self.headers), body))
                status = receiver.answers.pop(0) if receiver.answers else 200
                self.send_response(status)
                if status == 302:
                    self.send_header("Location", "/elsewhere")
                self.end_headers()

            def log_message(self, *_: object) -> None:
                """Silence."""

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.place = f"127.0.0.1:{self.server.server_port}"

    @property
    def events(self) -> list[dict]:
        return [json.loads(body) for _, _, body in self.received]


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    made = Receiver()
    thread = threading.Thread(target=made.server.serve_forever, args=(0.01,))
    thread.start()
    yield made
    made.server.shutdown()
    thread.join()
    made.server.server_close()


@pytest.fixture
def tell(tmp_path: Path):
    """Notify of a success, or of a failure."""
    service = Runs(World.at(tmp_path)).service
    service = replace(service, clock=lambda: ENDED)

    def call(
        *notifications: Notification, succeeded: bool = True, steps=None, results=None, **more
    ) -> list[str]:
        pipeline = Pipeline(
            "uk_sales", Source("retail"), "D", 7, Destination("retail", "output/"),
            notifications=notifications,
        )  # fmt: skip
        return notify(
            service,
            pipeline,
            RUN,
            (STEPS if succeeded else REFUSED) if steps is None else steps,
            (RESULTS if succeeded else {}) if results is None else results,
            succeeded=succeeded,
            **{"environment": {}, "pauses": (0.0, 0.0), **more},
        )

    return call


def test_a_webhook_gets_amazons_event(tell, receiver: Receiver):
    assert tell(Notification(f"http://{receiver.place}/hook?key=1")) == []
    [(path, headers, _)] = receiver.received
    assert path == "/hook?key=1"
    assert headers["Content-Type"] == "application/json; charset=utf-8"
    [event] = receiver.events
    assert event == {
        "version": "0",
        "id": headers["X-Forecastle-Delivery"],
        "detail-type": "Forecast Forecast Export Job State Change",
        "source": "aws.forecast",
        "account": ACCOUNT,
        "time": "2023-11-14T22:14:50Z",
        "region": "us-east-1",
        "resources": [f"{ARN}:forecast/x", EXPORT],
        "detail": {
            "Arn": EXPORT,
            "Status": "ACTIVE",
            "Duration": 1.5,
            "Pipeline": {
                "Name": "uk_sales",
                "RunId": RUN.run_id,
                "Status": "SUCCEEDED",
                "Trigger": "folder",
                "Results": RESULTS,
            },
        },
    }


@pytest.mark.parametrize(
    ("step", "kind", "path"),
    [
        ("check", "Dataset Import Job", f"dataset-import-job/uk_sales_target/{NAME}"),
        ("train", "Predictor Creation", f"predictor/{NAME}"),
        ("forecast", "Forecast Creation", f"forecast/{NAME}"),
        ("export", "Forecast Export Job", f"forecast-export-job/{NAME}/{NAME}"),
    ],
)  # fmt: skip
def test_the_event_of_a_failure(tell, receiver: Receiver, step: str, kind: str, path: str):
    steps = (Step(RUN.run_id, step, FAILED, CREATED, message="it broke"),)
    tell(Notification(f"http://{receiver.place}/"), succeeded=False, steps=steps)
    [event] = receiver.events
    assert event["detail-type"] == f"Forecast {kind} State Change"
    detail = event["detail"]
    assert (detail["Arn"], detail["Status"]) == (f"{ARN}:{path}", "CREATE_FAILED")
    assert detail["Pipeline"]["Step"] == step
    assert detail["Pipeline"]["Message"] == "it broke"
    assert detail["Pipeline"]["Remedy"] == f"forecastle pipeline retry {RUN.run_id}"


def test_the_signature_is_over_the_time_and_the_body(tell, receiver: Receiver):
    tell(Notification(f"http://{receiver.place}/", secret="${NOTIFY_SECRET}"),
         environment={"NOTIFY_SECRET": "hush"})  # fmt: skip
    [(_, headers, body)] = receiver.received
    time, _, given = headers["X-Forecastle-Signature"].partition(",v1=")
    assert time == f"t={int(ENDED)}"
    content = f"{int(ENDED)}.".encode() + body
    assert hmac.new(b"hush", content, hashlib.sha256).hexdigest() == given


def test_a_receiver_checks_the_signature_as_the_guide_says(tell, receiver: Receiver):
    page = Path(__file__).parents[2] / "docs" / "how-to" / "notifications.md"
    [recipe] = re.findall(r"```python\n(.*?)```", page.read_text(encoding="utf-8"), re.DOTALL)
    guide: dict = {}
    exec(recipe, guide)
    guide["time"] = SimpleNamespace(time=lambda: ENDED + 60)
    tell(Notification(f"http://{receiver.place}/", secret="hush"))
    [(_, headers, body)] = receiver.received
    header = headers["X-Forecastle-Signature"]
    assert guide["is_genuine"](header, body, "hush")
    assert not guide["is_genuine"](header, body + b" ", "hush")
    assert not guide["is_genuine"](header, body, "other")
    guide["time"] = SimpleNamespace(time=lambda: ENDED + 301)
    assert not guide["is_genuine"](header, body, "hush")


def test_without_a_secret_there_is_no_signature(tell, receiver: Receiver):
    tell(Notification(f"http://{receiver.place}/"))
    [(_, headers, _)] = receiver.received
    assert "X-Forecastle-Signature" not in headers


def test_what_may_pass_is_tried_again_with_the_same_id(tell, receiver: Receiver):
    receiver.answers = [503, 429]
    assert tell(Notification(f"http://{receiver.place}/")) == []
    assert len({event["id"] for event in receiver.events}) == 1
    assert len(receiver.received) == 3


def test_a_receiver_that_stays_down_fails_nothing(tell, receiver: Receiver):
    receiver.answers = [500] * 9
    [sentence] = tell(Notification(f"http://{receiver.place}/secret-path"))
    assert sentence == "notification 1 (http): http://127.0.0.1 answered 500; check the receiver"
    assert len(receiver.received) == 3


@pytest.mark.parametrize("status", [302, 404])
def test_a_refusal_is_not_repeated_nor_a_redirect_followed(tell, receiver: Receiver, status: int):
    receiver.answers = [status]
    [sentence] = tell(Notification(f"http://{receiver.place}/"))
    assert f"answered {status}; check the address" in sentence
    assert [path for path, _, _ in receiver.received] == ["/"]


def test_nobody_listens(tell):
    [sentence] = tell(Notification("http://127.0.0.1:1/"), pauses=())
    assert "could not be reached" in sentence


def test_one_that_fails_keeps_none_of_the_others_from_being_told(tell, receiver: Receiver):
    told = tell(
        Notification("bogus://user:hush@example.com"),
        Notification("https://${PATH}/"),
        Notification("https://${NOTIFY_MISSING}/"),
        Notification(f"http://{receiver.place}/"),
    )
    assert [sentence.partition(":")[0] for sentence in told] == [
        "notification 1 (bogus)",
        "notification 2 (https)",
        "notification 3 (https)",
    ]
    assert "NOTIFY_MISSING is not set" in told[2]
    assert "hush" not in " ".join(told)
    assert len(receiver.received) == 1


def test_each_is_told_of_what_it_wants_to_know(tell, receiver: Receiver):
    only_failures = Notification(f"http://{receiver.place}/", on=("failure",))
    assert tell(only_failures) == []
    assert receiver.received == []
    tell(only_failures, succeeded=False)
    assert len(receiver.received) == 1


def text_told(tell, receiver: Receiver, **more: object) -> tuple[str, list[str]]:
    """Title and lines that apprise delivers, here as JSON."""
    assert tell(Notification(f"json://{receiver.place}/"), **more) == []
    [message] = receiver.events
    return message["title"], message["message"].splitlines()


def test_a_success_in_words(tell, receiver: Receiver):
    title, lines = text_told(tell, receiver)
    assert title == "uk_sales: 241,000 expected in the next 7 days"
    assert [line.replace("\N{NO-BREAK SPACE}", " ") for line in lines] == [
        "10 Dec 2010 to 16 Dec 2010: 241,000 expected in all.",
        "Summed over the 7 days and 1 series: p10 180,000, p50 238,000, p90 310,000. The total "
        "itself is likely to lie well within.",
        "Average wQL in the backtests: 0.1970, 21.0 % less error than the seasonal naive.",
        "From the last forecast: p50 went from 232,000 to 238,000, 2.6 % more.",
        "The 7 days before brought 230,000; expected are now 4.9 % more.",
        "Export: s3://retail/output/uk_sales_part* (1 file)",
        f"Report: s3://retail/output/_report/{NAME}.html",
        "QuickSight manifest: s3://retail/output/_manifest/uk_sales_manifest.json",
        "Sundays are closed.",
    ]


def test_a_first_success_compares_with_nothing(tell, receiver: Receiver):
    nothing = {"previous_total_p50": None, "change": None, "sales_before": None, "skill": None}
    _, lines = text_told(tell, receiver, results={**RESULTS, **nothing})
    assert "Average wQL in the backtests: 0.1970." in lines
    assert not any(line.startswith(("From the last", "The 7 days before")) for line in lines)


def test_a_failure_in_words(tell, receiver: Receiver):
    title, lines = text_told(tell, receiver, succeeded=False)
    assert title == "uk_sales: the run failed in the step 'import'"
    assert lines == [
        "sales.csv, line 7: 'x' is no number.",
        f"Correct that and go on from this step: forecastle pipeline retry {RUN.run_id}",
        f"More about it: forecastle pipeline logs {RUN.run_id}",
    ]


def test_a_fault_of_apprise_is_told_without_its_words(
    tell, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
):
    import apprise

    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("json://user:hush@host")

    monkeypatch.setattr(apprise.Apprise, "notify", broken)
    assert tell(Notification(f"json://{receiver.place}/")) == [
        "notification 1 (json): failed (RuntimeError)"
    ]
    assert receiver.received == []

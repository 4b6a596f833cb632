"""A monitor as people look at it: how good forecasts turned out, beside what was expected."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from forecastle.catalog.access_keys import Role
from forecastle.catalog.evaluations import SUCCESS, Evaluation
from forecastle.catalog.resources import Resource
from forecastle.core.errors import ResourceNotFound
from forecastle.core.names import ResourceType
from forecastle.evaluation.metrics import AVERAGE_WEIGHTED_QUANTILE_LOSS, WAPE
from forecastle.service.auto_predictors import create_auto_predictor
from forecastle.service.context import Context
from forecastle.service.monitors import DRIFT_FACTOR, baseline, drift, monitor_of
from forecastle.service.predictors import REFERENCE
from forecastle.service.records import find
from forecastle.service.rights import require

_MOST_SHOWN = 1000
_MOST_LISTED = 500


@dataclass(frozen=True)
class Outcome:
    """How one forecast turned out.

    Attributes:
        forecast: ARN of it.
        name: of it.
        is_there: whether it still is.
        first: its first step.
        last: its last step, inclusive.
        loss: average wQL, a fraction; None where it failed, or has none.
        wape: a fraction, likewise.
        items: how many series were compared.
        message: why it could not be compared.
        is_inherited: whether the predictor before the retraining made it.
    """

    forecast: str
    name: str
    is_there: bool
    first: datetime
    last: datetime
    loss: float | None
    wape: float | None
    items: int
    message: str | None
    is_inherited: bool


@dataclass(frozen=True)
class MonitorView:
    """A monitor.

    Attributes:
        arn: of it.
        name: of it.
        status: of it.
        message: what the user should know.
        created_at: seconds since 1970.
        predictor: ARN of what it watches.
        predictor_name: of that.
        frequency: of the forecasts; None before the predictor is trained.
        expected: average wQL of the backtest, a fraction; None likewise.
        times: how many times that the latest forecast's was; None where it is not known.
        has_fallen: whether that is too much.
        outcomes: oldest window first.
    """

    arn: str
    name: str
    status: str
    message: str | None
    created_at: float
    predictor: str
    predictor_name: str
    frequency: str | None
    expected: float | None
    times: float | None
    has_fallen: bool
    outcomes: tuple[Outcome, ...]


def monitor_view(context: Context, arn: str) -> MonitorView:
    """A monitor of the account.

    Raises:
        ResourceNotFound: there is none.
    """
    require(context, Role.VIEWER, "DescribeMonitor")
    return _view(context, find(context, arn, ResourceType.MONITOR))


def monitor_of_predictor(context: Context, arn: str) -> MonitorView | None:
    """The monitor of a predictor, if it has one.

    Raises:
        ResourceNotFound: there is no such predictor.
    """
    require(context, Role.VIEWER, "DescribeMonitor")
    found = monitor_of(context, find(context, arn, ResourceType.PREDICTOR))
    return None if found is None else _view(context, found)


def monitor_views(context: Context) -> list[MonitorView]:
    """The account's monitors, newest first."""
    require(context, Role.VIEWER, "ListMonitors")
    resources = context.service.catalog.resources
    found = resources.page(context.caller.account, ResourceType.MONITOR, limit=_MOST_LISTED)
    return [_view(context, each) for each in found]


def train_again(context: Context, arn: str) -> str:
    """Retrain the predictor of a monitor with its settings, watched as before; ARN of the new one.

    Raises:
        ResourceNotFound: there is no such monitor.
        ForecastleError: whatever CreateAutoPredictor refuses.
    """
    require(context, Role.OPERATOR, "CreateAutoPredictor")
    monitor = find(context, arn, ResourceType.MONITOR)
    predictor = find(context, monitor.request["ResourceArn"], ResourceType.PREDICTOR)
    parameters = {
        "PredictorName": predictor.name,
        REFERENCE: predictor.arn,
        "MonitorConfig": {"MonitorName": monitor.name},
    }
    return str(create_auto_predictor(context, parameters)["PredictorArn"])


def _view(context: Context, monitor: Resource) -> MonitorView:
    catalog = context.service.catalog
    predictor = catalog.resources.find(monitor.request["ResourceArn"])
    if predictor is None:
        raise ResourceNotFound(f"the predictor of {monitor.arn} is gone; delete the monitor")
    times = drift(context, predictor)
    found = catalog.evaluations.page(monitor.arn, limit=_MOST_SHOWN)
    return MonitorView(
        arn=monitor.arn,
        name=monitor.name,
        status=monitor.status,
        message=monitor.message,
        created_at=monitor.created_at,
        predictor=predictor.arn,
        predictor_name=predictor.name,
        frequency=predictor.details.get("frequency"),
        expected=baseline(predictor).get(AVERAGE_WEIGHTED_QUANTILE_LOSS),
        times=times,
        has_fallen=times is not None and times > DRIFT_FACTOR,
        outcomes=tuple(
            _outcome(context, predictor, each)
            for each in sorted(found, key=lambda each: (each.window_start, each.evaluated_at))
        ),
    )


def _outcome(context: Context, predictor: Resource, found: Evaluation) -> Outcome:
    forecast = context.service.catalog.resources.find(found.forecast)
    is_success = found.state == SUCCESS
    return Outcome(
        forecast=found.forecast,
        name=found.forecast.rpartition("/")[2],
        is_there=forecast is not None and forecast.nonce == found.forecast_nonce,
        first=_datetime(found.window_start),
        last=_datetime(found.window_end),
        loss=found.metrics.get(AVERAGE_WEIGHTED_QUANTILE_LOSS) if is_success else None,
        wape=found.metrics.get(WAPE) if is_success else None,
        items=found.items,
        message=found.message,
        is_inherited=found.predictor != predictor.arn,
    )


def _datetime(seconds: float) -> datetime:
    """A period's start; periods have no zone."""
    return datetime.fromtimestamp(seconds, UTC).replace(tzinfo=None)

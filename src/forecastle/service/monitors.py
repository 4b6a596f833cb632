"""Monitors: they watch how good the forecasts of an AutoPredictor turn out to be."""

from __future__ import annotations

from forecastle.catalog import status as life
from forecastle.catalog.evaluations import FAILURE, SUCCESS, Evaluation, Place
from forecastle.catalog.resources import Edge, Resource
from forecastle.core.errors import InputError, ResourceAlreadyExists
from forecastle.core.names import ResourceType
from forecastle.evaluation.metrics import AVERAGE_WEIGHTED_QUANTILE_LOSS
from forecastle.service.context import Context
from forecastle.service.listing import Listing, make_token, read_filters, read_token
from forecastle.service.predictors import is_auto
from forecastle.service.records import (
    NewResource,
    Parameters,
    Result,
    add,
    find,
    minutes_left,
    new_ulid,
    require_active,
    state,
)

DRIFT_FACTOR = 1.25
"""How many times the loss of the backtest that of a forecast may be, before accuracy has fallen."""

_KIND = ResourceType.MONITOR
_STATE = "EvaluationState"
_MOST_RESULTS = 100
_RETRAIN = "Retrain"


def create_monitor(context: Context, parameters: Parameters) -> Result:
    """CreateMonitor: for an AutoPredictor that has none.

    Raises:
        ResourceNotFound: the predictor is not there.
        ResourceInUse: it is being trained or deleted.
        ResourceAlreadyExists: it has a monitor.
        InputError: it is a legacy predictor, or its training failed.
    """
    predictor = find(context, parameters["ResourceArn"], ResourceType.PREDICTOR)
    if not is_auto(predictor):
        raise InputError(
            f"{predictor.arn} is a legacy predictor; only AutoPredictors can be monitored, create "
            f"one with CreateAutoPredictor (ReferencePredictorArn {predictor.arn} upgrades it)"
        )
    require_active(predictor)
    present = monitor_of(context, predictor)
    if present is not None:
        raise ResourceAlreadyExists(
            f"the predictor {predictor.arn} has the monitor {present.arn}; use that, or delete it "
            "first"
        )
    return {"MonitorArn": add_monitor(context, predictor.arn, parameters)}


def add_monitor(context: Context, predictor: str, parameters: Parameters) -> str:
    """Write the record of a monitor, also for a predictor that is still to be trained; its ARN.

    Args:
        context: who asks.
        predictor: ARN of the predictor.
        parameters: CreateMonitor's, or MonitorConfig.

    Raises:
        LimitExceeded: a quota of the account is used up.
        InputError: a tag is not allowed.
    """
    name, nonce = parameters["MonitorName"], new_ulid(context)
    new = NewResource(
        _KIND,
        name,
        {**parameters, "ResourceArn": predictor},
        path=f"{name}_{nonce}",
        edges=[Edge(predictor)],
        nonce=nonce,
    )
    return add(context, new)


def describe_monitor(context: Context, parameters: Parameters) -> Result:
    """DescribeMonitor."""
    monitor = find(context, parameters["MonitorArn"], _KIND)
    evaluations = context.service.catalog.evaluations
    latest = next(iter(evaluations.page(monitor.arn, limit=1)), None)
    predictor = context.service.catalog.resources.find(monitor.request["ResourceArn"])
    metrics = {} if predictor is None else baseline(predictor)
    return {
        **_summary(context, monitor),
        "LastEvaluationTime": None if latest is None else latest.evaluated_at,
        "LastEvaluationState": None if latest is None else latest.state,
        "Baseline": {
            "PredictorBaseline": {
                "BaselineMetrics": [
                    {"Name": name, "Value": value} for name, value in metrics.items()
                ]
            }
        }
        if metrics
        else None,
        "EstimatedEvaluationTimeRemainingInMinutes": minutes_left(monitor),
        "Message": monitor.message,
    }


def list_monitor_evaluations(context: Context, parameters: Parameters) -> Result:
    """ListMonitorEvaluations, newest first.

    Raises:
        InputError: a filter has an unknown key.
        InvalidNextToken: the token is damaged, too old, or of another request.
    """
    monitor = find(context, parameters["MonitorArn"], _KIND)
    filters = read_filters(parameters.get("Filters", ()), (_STATE,))
    states = [
        each
        for each in (SUCCESS, FAILURE)
        if all((each == wanted.value) == wanted.equal for wanted in filters)
    ]
    bound = [monitor.account, monitor.arn, *(vars(each) for each in filters)]
    token = parameters.get("NextToken")
    after = None if token is None else Place(*read_token(context, token, bound))
    size = parameters.get("MaxResults", _MOST_RESULTS)
    found = context.service.catalog.evaluations.page(monitor.arn, states, after, size + 1)
    page: Result = {"PredictorMonitorEvaluations": [_told(monitor, each) for each in found[:size]]}
    if len(found) > size:
        last = found[size - 1]
        place = (last.evaluated_at, last.window_start, last.forecast_nonce)
        page["NextToken"] = make_token(context, place, bound)
    return page


def monitor_of(context: Context, predictor: Resource) -> Resource | None:
    """The monitor of a predictor; one that is going does not count."""
    children = context.service.catalog.resources.children(predictor.arn, owned=True)
    monitors = (each for each in children if each.type is _KIND)
    return next((each for each in monitors if each.status not in life.DELETING), None)


def monitor_info(context: Context, predictor: Resource) -> Result | None:
    """MonitorInfo of DescribeAutoPredictor."""
    found = monitor_of(context, predictor)
    return None if found is None else {"MonitorArn": found.arn, "Status": found.status}


def baseline(predictor: Resource) -> dict[str, float]:
    """The accuracy in the predictor's backtest, by the names that evaluations have.

    Metrics that are not defined are left out; nothing before it is trained.
    """
    results = predictor.details.get("accuracy") or ()
    summaries = [
        window["Metrics"]
        for result in results[:1]
        for window in result["TestWindows"]
        if window["EvaluationType"] == "SUMMARY"
    ]
    if not summaries:
        return {}
    metrics, (errors, *_) = summaries[0], summaries[0]["ErrorMetrics"]
    values = {
        AVERAGE_WEIGHTED_QUANTILE_LOSS: metrics[AVERAGE_WEIGHTED_QUANTILE_LOSS],
        **{name: errors[name] for name in ("MAPE", "MASE", "RMSE", "WAPE")},
    }
    return {name: value for name, value in values.items() if value is not None}


def drift(context: Context, predictor: Resource) -> float | None:
    """How many times the loss of the backtest the loss of the latest forecast was.

    None where that is not known: there is no monitor, nothing was compared yet, or the loss is not
    defined.
    """
    monitor = monitor_of(context, predictor)
    if monitor is None:
        return None
    found = context.service.catalog.evaluations.page(monitor.arn, [SUCCESS], limit=1)
    latest = [each for each in found if each.predictor == predictor.arn]
    expected = baseline(predictor).get(AVERAGE_WEIGHTED_QUANTILE_LOSS)
    loss = latest[0].metrics.get(AVERAGE_WEIGHTED_QUANTILE_LOSS) if latest else None
    return None if loss is None or not expected else loss / expected


def _told(monitor: Resource, found: Evaluation) -> Result:
    """An evaluation as ListMonitorEvaluations tells it."""
    return {
        "MonitorArn": monitor.arn,
        "ResourceArn": monitor.request["ResourceArn"],
        "EvaluationTime": found.evaluated_at,
        _STATE: found.state,
        "WindowStartDatetime": found.window_start,
        "WindowEndDatetime": found.window_end,
        "PredictorEvent": None
        if found.retrained_at is None
        else {"Detail": _RETRAIN, "Datetime": found.retrained_at},
        "MonitorDataSource": {
            "DatasetImportJobArn": found.import_job,
            "ForecastArn": found.forecast,
            "PredictorArn": found.predictor,
        },
        "MetricResults": [
            {"MetricName": name, "MetricValue": value} for name, value in found.metrics.items()
        ],
        "NumItemsEvaluated": found.items,
        "Message": found.message,
    }


def _summary(context: Context, monitor: Resource) -> Result:
    told = {
        "MonitorArn": monitor.arn,
        "MonitorName": monitor.name,
        "ResourceArn": monitor.request["ResourceArn"],
        **state(context, monitor),
    }
    return {name: value for name, value in told.items() if name != "Message"}


list_monitors = Listing(_KIND, "Monitors", _summary)

"""What the console shows of an explanation: scores, the days of an item, and the strongest."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from forecastle.catalog import status as life
from forecastle.catalog.access_keys import Role
from forecastle.catalog.resources import Resource
from forecastle.core.errors import ResourceNotFound
from forecastle.core.names import ResourceType
from forecastle.service.context import Context
from forecastle.service.explainabilities import explanation_of
from forecastle.service.predictors import group_of
from forecastle.service.records import find
from forecastle.service.rights import require
from forecastle.training.explanation import Explanation, Kind
from forecastle.training.explanation_archive import load_explanation
from forecastle.training.impact import Effect, scores, strongest_effects

Key = tuple[str, ...]


@dataclass(frozen=True)
class Score:
    """An attribute of the items shown.

    Attributes:
        name: as the data have it.
        kind: what it is.
        impact: -1 to 1.
        raw: units of demand per step.
        by_step: the same for each step.
    """

    name: str
    kind: Kind
    impact: float
    raw: float
    by_step: tuple[float, ...]

    @property
    def is_driver(self) -> bool:
        """Whether it is more than the item's own past."""
        return self.kind is not Kind.HISTORY


@dataclass(frozen=True)
class ExplanationView:
    """An explanation, of all items or of one.

    Attributes:
        arn: of the explainability.
        name: of the same.
        status: of the same.
        message: what the user should know.
        created_at: seconds since 1970.
        of: the predictor or forecast.
        predictor: its ARN.
        group: ARN of the dataset group.
        key: of the item shown; empty for all.
        keys: of the items to choose from.
        unit: of the frequency.
        times: the steps.
        scores: of each attribute; empty until it is ACTIVE.
        effects: the strongest drivers of the item; empty for all items.
        weights: the predictor's algorithms and their shares.
        left_out: those that took no part, and why.
    """

    arn: str
    name: str
    status: str
    message: str | None
    created_at: float
    of: str
    predictor: str
    group: str
    key: Key = ()
    keys: tuple[Key, ...] = ()
    unit: str = "D"
    times: tuple[datetime, ...] = ()
    scores: tuple[Score, ...] = ()
    effects: tuple[Effect, ...] = ()
    weights: Mapping[str, float] = field(default_factory=dict)
    left_out: Mapping[str, str] = field(default_factory=dict)


def explanation_view(context: Context, arn: str, key: Key = ()) -> ExplanationView:
    """An explanation as it is now.

    Args:
        context: who asks.
        arn: of the explainability.
        key: of an item; empty for all.

    Raises:
        ResourceNotFound: it is not there, or the item is not in it.
    """
    require(context, Role.VIEWER, "DescribeExplainability")
    found = find(context, arn, ResourceType.EXPLAINABILITY)
    predictor = _predictor(context, found)
    head = ExplanationView(
        arn,
        found.name,
        found.status,
        found.message,
        found.created_at,
        found.request["ResourceArn"],
        predictor.arn,
        group_of(predictor),
        weights=predictor.details.get("weights", {}),
        left_out=predictor.details.get("left_out", {}),
    )
    if found.status != life.ACTIVE:
        return head
    stores = context.service.stores
    explanation = load_explanation(stores.artifacts.open(found.details["artifact"]))
    return _with_scores(head, explanation, key)


def explanation_for(context: Context, resource: str) -> str | None:
    """The newest explainability of a predictor or forecast; None if there is none.

    Raises:
        ResourceNotFound: the resource is not there.
    """
    require(context, Role.VIEWER, "ListExplainabilities")
    found = explanation_of(context, find(context, resource))
    return None if found is None else found.arn


def _predictor(context: Context, found: Resource) -> Resource:
    resource = find(context, found.request["ResourceArn"])
    if resource.type is ResourceType.FORECAST:
        return find(context, resource.request["PredictorArn"])
    return resource


def _with_scores(head: ExplanationView, explanation: Explanation, key: Key) -> ExplanationView:
    keys = tuple(tuple(row) for row in explanation.keys.iter_rows())
    if key and key not in keys:
        raise ResourceNotFound(
            f"'{'/'.join(key)}' is not among the items that were explained; choose one of them"
        )
    row = keys.index(key) if key else None
    found = scores(explanation, by_series=key != (), by_step=False)
    daily = scores(explanation, by_series=key != (), by_step=True).raw
    place = row or 0
    listed = [
        Score(
            each.name,
            each.kind,
            float(found.impact[place, 0, k]),
            float(found.raw[place, 0, k]),
            tuple(daily[place, :, k].tolist()),
        )
        for k, each in enumerate(explanation.attributes)
    ]
    return replace(
        head,
        key=key,
        keys=keys,
        unit=explanation.frequency.unit,
        times=tuple(explanation.times.astype("datetime64[us]").tolist()),
        scores=tuple(listed),
        effects=() if row is None else tuple(strongest_effects(explanation, row)),
    )

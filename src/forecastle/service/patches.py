"""Where the service model says other than Amazon Forecast did, and what holds here instead.

Each patch replaces the modelled constraints at one place; its reason stands beside it. Every other
pattern of the model was tried as a full match and does what the documentation says.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from botocore.model import Shape

from forecastle.core.errors import InputError
from forecastle.core.frequency import Frequency
from forecastle.service.constraints import (
    NO_NUL,
    Constraint,
    length_between,
    matching,
    modelled_constraints,
)

_ARN = r"arn:([a-z\d-]+):forecast:.*:.*:.+"


def constraints_at(place: str, shape: Shape) -> tuple[Constraint, ...]:
    """What is asked of a value.

    Args:
        place: the container and the member, as in ``Filter.Value``, ``Transformations.value``.
        shape: the shape of the value.
    """
    patched = patches()
    return patched.get(place) or patched.get(shape.name) or modelled_constraints(shape)


@cache
def patches() -> Mapping[str, tuple[Constraint, ...]]:
    """The patches, by place (``Structure.Member``) or by the name of a shape."""
    return {
        # The modelled pattern ^Y|M|W|D|H|30min|15min|10min|5min|1min$ is older than counts:
        # as a full match it refuses 2W, 3M and 1D, which the documentation allows.
        "Frequency": (Constraint(_FREQUENCY_TEXT, _is_frequency),),
        # Modelled as ARNs of Amazon Forecast, but a role is one of IAM.
        "S3Config.RoleArn": _ROLE,
        "EncryptionConfig.RoleArn": _ROLE,
        # Modelled as an ARN, but the key Status asks for ACTIVE and its like, EvaluationState for
        # SUCCESS; ARNs of what-if resources have up to 300 characters.
        "Filter.Value": (*length_between(None, 300), matching(rf"{_ARN}|[A-Z_]+"), NO_NUL),
        # The modelled pattern has no slash: dates such as 12/31/2010 could not be imported.
        "TimestampFormat": (*length_between(None, 256), matching(r"^[a-zA-Z0-9\-\:\.\,\'\s/]+$")),
        # The modelled pattern has no dot: a gap in prices could not be filled with 9.99.
        "Transformations.value": (*length_between(None, 256), matching(r"^[a-zA-Z0-9\_\-\.]+$")),
    }


_ROLE = (*length_between(None, 256), matching(r"arn:([a-z\d-]+):iam::.*:role/.+"), NO_NUL)
_FREQUENCY_TEXT = (
    "Member must be a count and a unit: min 1-59, H 1-23, D 1-6, W 1-4, M 1-11, Y 1, "
    "for example D, W, 2W, 3M, H, 15min"
)


def _is_frequency(text: str) -> bool:
    try:
        Frequency.parse(text)
    except InputError:
        return False
    return text == text.strip()

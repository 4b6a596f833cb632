"""Names, ARNs and identifiers, as Amazon Forecast writes them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

_ARN = re.compile(r"arn:([a-z\d-]+):forecast:([a-z\d-]*):(\d{12}|):([a-z-]+)/(.+)")
_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_ULID_LENGTH, _RANDOM_BITS = 26, 80
_MAX_ARN = 300


class ResourceType(StrEnum):
    """The kinds of resources; the value is the word in the ARN."""

    DATASET = "dataset"
    DATASET_GROUP = "dataset-group"
    DATASET_IMPORT_JOB = "dataset-import-job"
    PREDICTOR = "predictor"
    PREDICTOR_BACKTEST_EXPORT_JOB = "predictor-backtest-export-job"
    FORECAST = "forecast"
    FORECAST_EXPORT_JOB = "forecast-export-job"
    EXPLAINABILITY = "explainability"
    EXPLAINABILITY_EXPORT = "explainability-export"
    MONITOR = "monitor"
    WHAT_IF_ANALYSIS = "what-if-analysis"
    WHAT_IF_FORECAST = "what-if-forecast"
    WHAT_IF_FORECAST_EXPORT = "what-if-forecast-export"

    @property
    def words(self) -> str:
        """For people: ``dataset import job``."""
        return self.value.replace("-", " ")


@dataclass(frozen=True)
class Arn:
    """``arn:aws:forecast:<region>:<account>:<type>/<path>``."""

    region: str
    account: str
    type: ResourceType
    path: str
    partition: str = "aws"

    def __str__(self) -> str:
        """The ARN as it is written."""
        return f"arn:{self.partition}:forecast:{self.region}:{self.account}:{self.type}/{self.path}"

    @classmethod
    def parse(cls, text: str) -> Arn | None:
        """Read an ARN of a resource; None if it is none."""
        match = _ARN.fullmatch(text) if len(text) <= _MAX_ARN else None
        if match is None or match[4] not in list(ResourceType):
            return None
        return cls(match[2], match[3], ResourceType(match[4]), match[5], match[1])


def ulid(milliseconds: int, random: int) -> str:
    """26 characters that sort by time (github.com/ulid/spec), as in the ARNs of AutoPredictors.

    Args:
        milliseconds: since 1970.
        random: 80 bits of chance.
    """
    number = milliseconds << _RANDOM_BITS | random % (1 << _RANDOM_BITS)
    digits = [_CROCKFORD[number >> 5 * place & 31] for place in range(_ULID_LENGTH)]
    return "".join(reversed(digits))

"""What can go wrong, as one tree.

::

    ForecastleError
    ├── InputError            the caller's input cannot be used; exit code 2
    │   ├── DataError         a data file cannot be used: lists file, line, column, value, remedy
    │   └── RequestError      a request to the service is refused; named as on the wire
    ├── StorageError          a bucket, a disk or a server behind it failed
    └── Stopped               the caller asked to stop (Ctrl-C); exit code 130

Anything else that escapes is a fault of ours: exit code 1.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

PROBLEMS_SHOWN = 10


class ForecastleError(Exception):
    """Base of every error that Forecastle raises on purpose.

    ``wire_name`` is the Amazon Forecast exception that the API answers with.
    """

    wire_name: ClassVar[str] = "InternalServerError"
    exit_code: ClassVar[int] = 1


class InputError(ForecastleError, ValueError):
    """The caller's input cannot be used; the message names the thing, the value and the remedy."""

    wire_name = "InvalidInputException"
    exit_code = 2


@dataclass(frozen=True)
class Problem:
    """One thing wrong with a data file.

    ``line`` counts from 1 as an editor does (a header is line 1); None where it does not apply.
    """

    file: str
    message: str
    line: int | None = None

    def __str__(self) -> str:
        """``sales.csv, line 1042: timestamp '31/12/2010' does not match yyyy-MM-dd``."""
        place = self.file if self.line is None else f"{self.file}, line {self.line}"
        return f"{place}: {self.message}"


class DataError(InputError):
    """A data file cannot be used. Shows the first problems and counts them all.

    Args:
        problems: the first problems in file order; at most ``PROBLEMS_SHOWN`` are shown.
        count: how many there are in all; defaults to ``len(problems)``.
    """

    def __init__(self, problems: Sequence[Problem], count: int | None = None) -> None:
        self.problems = tuple(problems)
        self.count = len(self.problems) if count is None else count
        super().__init__(self._text())

    def __reduce__(self) -> tuple[type[DataError], tuple[tuple[Problem, ...], int]]:
        """Pickled by its problems: an error crosses from a worker process to this one."""
        return type(self), (self.problems, self.count)

    def _text(self) -> str:
        shown = self.problems[:PROBLEMS_SHOWN]
        lines = [str(problem) for problem in shown]
        if self.count > len(shown):
            lines.append(f"… and {self.count - len(shown)} more ({self.count} problems in all)")
        return "\n".join(lines)

    @classmethod
    def of(cls, file: str, message: str, line: int | None = None) -> DataError:
        """The error for a single problem."""
        return cls([Problem(file, message, line)])


class RequestError(InputError):
    """A request to the service is refused."""


class ValidationFailed(RequestError):
    """A parameter breaks a constraint of the service model."""

    wire_name = "ValidationException"


class SerializationFailed(RequestError):
    """The body is no JSON, or a value has another type than the service model says."""

    wire_name = "SerializationException"


class UnknownOperation(RequestError):
    """The service model has no such operation."""

    wire_name = "UnknownOperationException"


class ResourceNotFound(RequestError):
    """No resource of the account has that ARN."""

    wire_name = "ResourceNotFoundException"


class ResourceAlreadyExists(RequestError):
    """The name is taken."""

    wire_name = "ResourceAlreadyExistsException"


class ResourceInUse(RequestError):
    """The resource is being worked on, or others depend on it."""

    wire_name = "ResourceInUseException"


class LimitExceeded(RequestError):
    """A quota is used up."""

    wire_name = "LimitExceededException"


class InvalidNextToken(RequestError):
    """A page's token is damaged, too old, or belongs to another request."""

    wire_name = "InvalidNextTokenException"


class AccessDenied(RequestError):
    """The key's role does not allow the operation."""

    wire_name = "AccessDeniedException"


class StorageError(ForecastleError):
    """A bucket, a disk or a server behind it failed; to try again may help."""


class Stopped(ForecastleError):
    """The caller asked to stop; nothing half-written stays behind."""

    exit_code = 130

"""What an S3 server's failures mean to a user, without the library's stack of causes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

from obstore.exceptions import BaseError, InvalidPathError

from forecastle.core.errors import ForecastleError, InputError, StorageError

_CAUSES = "\n\nDebug source"
_STATUS = re.compile(r"status code: (\d{3})")
_CODE = re.compile(r"<Code>([^<]{1,100})</Code>")
_MESSAGE = re.compile(r"<Message>([^<]{1,200})</Message>")
_CUT_OFF = "response body"
_REASON_SHOWN = 300
_REFUSED = (401, 403)
_MISSING = 404


@contextmanager
def server_told(place: str) -> Iterator[None]:
    """Raise what goes wrong in here as an error that names ``place``, the reason and the remedy.

    Raises:
        InputError: it is the user's to mend: no such object or bucket, no permission.
        StorageError: the server failed, or cannot be reached.
    """
    try:
        yield
    except ForecastleError:
        raise
    except InvalidPathError as error:
        raise InputError(
            f"{place}: the bucket holds a name with an empty or dotted folder ({_reason(error)}); "
            "rename that object"
        ) from None
    except (BaseError, FileNotFoundError, PermissionError, ValueError) as error:
        if isinstance(error, OSError) and error.errno is not None:
            raise  # a file of this machine
        raise _as_ours(place, error) from None


def is_cut_off(error: Exception) -> bool:
    """Whether the server's answer ended before its end."""
    return isinstance(error, BaseError) and _CUT_OFF in str(error).partition(_CAUSES)[0]


def _as_ours(place: str, error: Exception) -> ForecastleError:
    reason, status = _reason(error), _status(error)
    if status == _MISSING or isinstance(error, FileNotFoundError):
        if "NoSuchBucket" in reason:
            return InputError(f"{place}: the server has no such bucket; make it, or check the name")
        return InputError(f"{place}: no such object; check the path")
    if status in _REFUSED:
        return InputError(
            f"{place}: the server refuses the access key ({reason}); give the bucket the right "
            "one: forecastle bucket remove, forecastle bucket add --access-key-id"
        )
    return StorageError(f"{place}: the S3 server failed ({reason}); try again when it works")


def _status(error: Exception) -> int | None:
    found = _STATUS.search(str(error).partition(_CAUSES)[0])
    return None if found is None else int(found[1])


def _reason(error: Exception) -> str:
    """What the server said, else the first line of what the library says."""
    text = str(error).partition(_CAUSES)[0]
    code, message = _CODE.search(text), _MESSAGE.search(text)
    if code is not None:
        return code[1] if message is None else f"{code[1]}: {message[1]}"
    return " ".join(text.split())[:_REASON_SHOWN]

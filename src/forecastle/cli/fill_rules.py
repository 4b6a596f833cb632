"""``--fill``: how gaps are filled, as people write it on the command line."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from forecastle.core.errors import InputError

Rules = dict[str, dict[str, str]]

TARGET = "demand"
_RULE = re.compile(r"\s*([^:]+?)\s*:\s*(\w+)\s*=\s*(\S+)\s*")


def read_fill_rules(given: Sequence[str]) -> tuple[Mapping[str, str], Rules]:
    """The rules of the target and of each related column, as `Settings` takes them.

    Args:
        given: ``COLUMN:RULE=METHOD`` each, such as ``price:futurefill=mean``; a number instead of
            a method is the fixed value. The target is called ``demand``.

    Raises:
        InputError: one is not written like that.
    """
    rules: Rules = {}
    for text in given:
        found = _RULE.fullmatch(text)
        if found is None:
            raise InputError(
                f"--fill '{text}' cannot be read; write COLUMN:RULE=METHOD, for example "
                "price:futurefill=mean or price:middlefill=2.5"
            )
        column, rule, method = found.groups()
        rules.setdefault(column, {}).update(_as_said(rule, method))
    return rules.pop(TARGET, {}), rules


def _as_said(rule: str, method: str) -> dict[str, str]:
    try:
        float(method)
    except ValueError:
        return {rule: method}
    # "nan" is a number to Python and a method to Amazon Forecast.
    is_method = method.lower() == "nan"
    return {rule: method} if is_method else {rule: "value", f"{rule}_value": method}

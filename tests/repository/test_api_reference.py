"""The reference lists every operation and parameter of the service model, and no other."""

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from botocore.model import Shape

from forecastle.service.contract import operations

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "api.md"
ROW = re.compile(r"\| (?:\*\*)?(\w+)(?:\*\*)? \|(?: `([\w.]+)`)? \| (\w+) \|(.*)\|")

SUPPORTED, DIFFERS, REFUSED = "supported", "differs", "refused"
WHOLE = ""
"""Stands for the operation itself, beside its parameters."""


def documented() -> Iterator[tuple[tuple[str, str], str, str]]:
    """Of each row: operation and parameter, what it is here, how or why."""
    for line in PAGE.read_text(encoding="utf-8").splitlines():
        row = ROW.fullmatch(line)
        if row:
            yield (row[1], row[2] or WHOLE), row[3], row[4].strip()


def parameters(shape: Shape, prefix: str = "") -> Iterator[str]:
    """Dotted paths, such as ``DataConfig.AttributeConfigs.Transformations``."""
    if shape.type_name == "list":
        yield from parameters(shape.member, prefix)
    elif shape.type_name == "map":
        yield from parameters(shape.value, prefix)
    elif shape.type_name == "structure":
        for member, inner in shape.members.items():
            yield f"{prefix}{member}"
            yield from parameters(inner, f"{prefix}{member}.")


MODELLED = {
    (operation.name, parameter)
    for operation in operations().values()
    for parameter in (WHOLE, *parameters(operation.input_shape))
}
DOCUMENTED = list(documented())


def test_the_model_has_as_many_as_it_had_when_the_page_was_written():
    """Otherwise botocore changed the contract: look at what is new before it goes on the page."""
    operations_, parameters_ = 65, 367
    assert len(MODELLED) == operations_ + parameters_


def test_every_operation_and_parameter_has_its_row():
    assert sorted(MODELLED - {key for key, _, _ in DOCUMENTED}) == []


def test_no_row_is_left_of_what_the_model_does_not_have():
    assert sorted({key for key, _, _ in DOCUMENTED} - MODELLED) == []


def test_nothing_is_said_twice():
    count = Counter(key for key, _, _ in DOCUMENTED)
    assert [key for key, times in count.items() if times > 1] == []


def test_a_row_says_one_of_three_things():
    assert (
        {SUPPORTED, DIFFERS} <= {here for _, here, _ in DOCUMENTED} <= {SUPPORTED, DIFFERS, REFUSED}
    )


def test_what_differs_or_is_refused_says_how_or_why():
    refused = {key[0] for key, here, _ in DOCUMENTED if here == REFUSED and key[1] == WHOLE}
    silent = [
        key
        for key, here, note in DOCUMENTED
        if here != SUPPORTED and not note and (key[1] == WHOLE or key[0] not in refused)
    ]
    assert silent == []


def test_parameters_of_a_refused_operation_are_refused():
    here = {key: status for key, status, _ in DOCUMENTED}
    accepted = [
        key for key, status in here.items() if here[key[0], WHOLE] == REFUSED and status != REFUSED
    ]
    assert accepted == []

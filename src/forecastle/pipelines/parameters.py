"""``parameters`` of a pipeline: more of a Create operation, read by the service's own model."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from botocore.model import ListShape, MapShape, Shape, StructureShape
from yaml.nodes import Node, SequenceNode

from forecastle.core.errors import InputError
from forecastle.models.ranges import read_ranges
from forecastle.models.registry import check_training_parameters
from forecastle.pipelines import readers
from forecastle.pipelines.document import Complaints, Section, nearest
from forecastle.service.contract import operations
from forecastle.service.patches import constraints_at
from forecastle.training.tuning import Tuning, check_tunable

AUTO_ML = "AutoML"
_LARGEST = 2**31 - 1
_TRAINING, _TUNED = "TrainingParameters", "PerformHPO"

# What a pipeline says by keys of its own, or knows by itself.
_OWN: Mapping[str, str] = {
    "PredictorName": "a pipeline names its predictors itself, leave it out",
    "DatasetGroupArn": "write the key group",
    "ForecastHorizon": "write the key horizon",
    "ForecastFrequency": "write the key frequency",
    "ForecastTypes": "write the key quantiles",
    "ForecastDimensions": "write the key dimensions",
    "OptimizationMetric": "write the key optimization_metric",
    "AlgorithmArn": "write the key algorithm",
    "PerformAutoML": "write algorithm: AutoML",
    "ReferencePredictorArn": "a pipeline trains anew, leave it out",
    "NumberOfBacktestWindows": "write the key backtest_windows",
    "AdditionalDatasets": "write the key holidays",
    "SupplementaryFeatures": "write the key holidays",
}


def read_parameters(section: Section, algorithm: str) -> dict[str, Any]:
    """What the section ``parameters`` asks for, in the types of the API.

    Args:
        section: of the file; what is wrong goes to its complaints.
        algorithm: ``AutoML`` or a name; it decides on the operation.
    """
    name = "CreateAutoPredictor" if algorithm == AUTO_ML else "CreatePredictor"
    shape = operations()[name].input_shape
    found: dict[str, Any] = _structure(section.name, section.node, shape, section.complaints)
    given = found.get(_TRAINING, {})
    if given and algorithm != AUTO_ML:
        _check_training(section, algorithm, given)
    if found.get(_TUNED) and algorithm != AUTO_ML:
        _check_tuning(section, algorithm, found)
    return found


def _check_training(section: Section, algorithm: str, given: Mapping[str, str]) -> None:
    try:
        check_training_parameters(algorithm, given)
    except InputError as error:
        section.complain(_TRAINING, str(error))


def _check_tuning(section: Section, algorithm: str, found: Mapping[str, Any]) -> None:
    try:
        ranges = read_ranges(found.get("HPOConfig", {}).get("ParameterRanges", {}))
        check_tunable(algorithm, Tuning(ranges), found.get(_TRAINING, {}))
    except InputError as error:
        section.complain(_TUNED, str(error))


def _value(name: str, node: Node, shape: Shape, place: str, complaints: Complaints) -> Any:
    """The value of any shape; None, and a complaint, where it cannot be used."""
    try:
        if shape.type_name == "structure":
            return _structure(name, node, shape, complaints)
        if shape.type_name == "list":
            return _list(name, node, shape, complaints)
        if shape.type_name == "map":
            return _map(name, node, shape, complaints)
        return _scalar(name, node, shape, place)
    except InputError as error:
        complaints.add(node, str(error))
        return None


def _structure(
    name: str, node: Node, shape: StructureShape, complaints: Complaints
) -> dict[str, Any]:
    section = Section.of(name, node, None, complaints)
    result: dict[str, Any] = {}
    for key, each in section.keys.items():
        if key in _OWN:
            complaints.add(each, f"{name}.{key}: {_OWN[key]}")
        elif key not in shape.members:
            hint = nearest(key, [member for member in shape.members if member not in _OWN])
            complaints.add(each, f"key '{name}.{key}' is not known; {hint}")
        else:
            place = f"{shape.name}.{key}"
            result[key] = _value(f"{name}.{key}", each, shape.members[key], place, complaints)
    is_part = "." in name  # the pipeline gives what the operation itself needs
    for member in shape.required_members if is_part else ():
        if member not in section.keys and member not in _OWN:
            complaints.add(node, f"{name}.{member} is missing; give it")
    return result


def _list(name: str, node: Node, shape: ListShape, complaints: Complaints) -> list[Any]:
    place = f"{shape.name}.member"
    if not isinstance(node, SequenceNode):
        raise InputError(f"{name} is no list; write entries that begin with a hyphen")
    return [_value(name, each, shape.member, place, complaints) for each in node.value]


def _map(name: str, node: Node, shape: MapShape, complaints: Complaints) -> dict[str, Any]:
    section = Section.of(name, node, None, complaints)
    place = f"{shape.name}.value"
    return {
        key: _value(f"{name}.{key}", each, shape.value, place, complaints)
        for key, each in section.keys.items()
    }


def _scalar(name: str, node: Node, shape: Shape, place: str) -> Any:
    value: Any
    if shape.type_name in ("integer", "long"):
        value = readers.whole(-_LARGEST, _LARGEST)(name, node)
    elif shape.type_name in ("float", "double"):
        value = readers.number(float("-inf"))(name, node)
    elif shape.type_name == "boolean":
        value = readers.flag(name, node)
    else:
        value = readers.text(name, node)
    for constraint in constraints_at(place, shape):
        if not constraint.holds(value):
            raise InputError(f"{name} '{value}' cannot be used: {constraint.text}")
    return value

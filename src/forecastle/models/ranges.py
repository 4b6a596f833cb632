"""Ranges: where tuning may look for the value of a training parameter.

They are those of Amazon Forecast (CreatePredictor: HPOConfig.ParameterRanges): words to choose
from, or numbers from one to another on a scale.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from forecastle.core.errors import InputError
from forecastle.models.parameters import NUMBER, WHOLE_NUMBER, WORD, Parameter, read_parameters

AUTO, LINEAR = "Auto", "Linear"
LOGARITHMIC, REVERSE_LOGARITHMIC = "Logarithmic", "ReverseLogarithmic"
SCALES = (AUTO, LINEAR, LOGARITHMIC, REVERSE_LOGARITHMIC)

MEMBERS = {
    WORD: "CategoricalParameterRanges",
    NUMBER: "ContinuousParameterRanges",
    WHOLE_NUMBER: "IntegerParameterRanges",
}
"""Where Amazon Forecast has the ranges of each kind of parameter."""

# A range over as many powers of ten is searched by its logarithm, if nothing else is asked for.
_WIDE = 100.0


@dataclass(frozen=True)
class Choice:
    """One of some words.

    Attributes:
        name: of the parameter.
        values: to choose from.
        usual: what the algorithm takes when it is not tuned; None: not known, or not among them.
    """

    name: str
    values: tuple[str, ...]
    usual: str | None = None

    @property
    def kind(self) -> str:
        """As of `Parameter.kind`."""
        return WORD

    @property
    def ends(self) -> tuple[str, ...]:
        """What must be allowed so that all of it is."""
        return self.values


@dataclass(frozen=True)
class Span:
    """A number from ``least`` to ``most``, both included.

    Attributes:
        name: of the parameter.
        least: the lowest value.
        most: the highest.
        whole: whether only whole numbers will do.
        scale: one of `SCALES`: values are as likely between 0.001 and 0.01 as between 0.01 and 0.1
            on a logarithmic one; a reverse one is the same of the distance from 1.
        usual: as of `Choice`.
    """

    name: str
    least: float
    most: float
    whole: bool = False
    scale: str = AUTO
    usual: str | None = None

    @property
    def kind(self) -> str:
        """As of `Parameter.kind`."""
        return WHOLE_NUMBER if self.whole else NUMBER

    @property
    def ends(self) -> tuple[str, ...]:
        """What must be allowed so that all of it is."""
        return (self.text(self.least), self.text(self.most))

    @property
    def searched(self) -> str:
        """The scale, with the one that fits for `AUTO`."""
        if self.scale != AUTO:
            return self.scale
        return LOGARITHMIC if self.least > 0 and self.most / self.least >= _WIDE else LINEAR

    def text(self, value: float) -> str:
        """A value as training parameters are given."""
        return str(round(value)) if self.whole else f"{value:.6g}"


Range = Choice | Span


def read_ranges(config: Mapping[str, Sequence[Mapping[str, Any]]]) -> tuple[Range, ...]:
    """From ``HPOConfig.ParameterRanges``, whose form has been checked."""
    return (
        *(_choice(each) for each in config.get(MEMBERS[WORD], ())),
        *(_span(each, whole=False) for each in config.get(MEMBERS[NUMBER], ())),
        *(_span(each, whole=True) for each in config.get(MEMBERS[WHOLE_NUMBER], ())),
    )


def check_ranges(
    algorithm: str, known: Sequence[Parameter], ranges: Iterable[Range], given: Mapping[str, str]
) -> None:
    """Whether tuning may look everywhere in ``ranges``.

    Args:
        algorithm: whose parameters are tuned.
        known: its parameters.
        ranges: where to look.
        given: training parameters that are fixed.

    Raises:
        InputError: a parameter is not known, is of another kind, is named twice or fixed too, its
            range is empty or goes beyond what is allowed, or the scale does not fit.
    """
    kinds = {parameter.name: parameter for parameter in known}
    seen = set()
    for each in ranges:
        what = f"range of {each.name} of {algorithm}"
        if each.name in seen:
            raise InputError(f"{what}: it is given twice; give it once")
        seen.add(each.name)
        if each.name in given:
            raise InputError(
                f"{what}: the training parameters fix it at '{given[each.name]}'; leave it out "
                "there, or leave its range out"
            )
        if each.name in kinds:
            _check_kind(what, each, kinds[each.name])
        for text in each.ends:
            read_parameters(algorithm, known, {each.name: text})
        if isinstance(each, Span):
            _check_span(what, each)


def _check_kind(what: str, given: Range, parameter: Parameter) -> None:
    if parameter.kind != given.kind:
        raise InputError(
            f"{what}: it is {parameter.allowed}, not from {MEMBERS[given.kind]}; give its range in "
            f"{MEMBERS[parameter.kind]}"
        )


def _check_span(what: str, span: Span) -> None:
    least, most = span.ends
    if span.least > span.most:
        raise InputError(f"{what}: MinValue {least} is more than MaxValue {most}; swap them")
    if span.scale == LOGARITHMIC and span.least <= 0:
        raise InputError(
            f"{what}: {LOGARITHMIC} needs a MinValue above 0, found {least}; raise it or use "
            f"{LINEAR}"
        )
    if span.scale == REVERSE_LOGARITHMIC and (span.whole or not 0 <= span.least <= span.most < 1):
        raise InputError(
            f"{what}: {REVERSE_LOGARITHMIC} is for fractions from 0 to below 1, found {least} to "
            f"{most}; use {AUTO}, {LINEAR} or {LOGARITHMIC}"
        )


def _choice(values: Mapping[str, Any]) -> Choice:
    return Choice(values["Name"], tuple(dict.fromkeys(values["Values"])))


def _span(values: Mapping[str, Any], *, whole: bool) -> Span:
    return Span(
        name=values["Name"],
        least=values["MinValue"],
        most=values["MaxValue"],
        whole=whole,
        scale=values.get("ScalingType", AUTO),
    )

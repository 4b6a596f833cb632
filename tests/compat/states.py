"""The part of the Amazon States Language that the example's state machine uses, interpreted.

Pass, Task, Choice (StringEquals), Succeed and Fail; InputPath, Parameters, Result, ResultPath;
Retry with backoff and Catch. Anything else is refused, so that no field is overlooked silently.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

Handler = Callable[[dict[str, Any], object], Any]

_KNOWN = {
    "Pass": {"Type", "Parameters", "Result", "ResultPath", "Next"},
    "Task": {"Type", "Resource", "InputPath", "ResultPath", "Retry", "Catch", "Next"},
    "Choice": {"Type", "Choices", "Default"},
    "Succeed": {"Type"},
    "Fail": {"Type", "Error", "Cause"},
}


class ExecutionFailed(Exception):
    """The execution ended in a Fail state, or a task failed that nothing catches."""

    def __init__(self, error: str, cause: str) -> None:
        super().__init__(f"{error}: {cause}")
        self.error, self.cause = error, cause


@dataclass
class Execution:
    """One execution of a state machine.

    Attributes:
        definition: the state machine.
        handlers: what the ``${Name}`` of a task's Resource stands for.
        pause: called with the seconds of a Retry.
        visited: the states in the order in which they were entered.
    """

    definition: Mapping[str, Any]
    handlers: Mapping[str, Handler]
    pause: Callable[[float], None]
    visited: list[str] = field(default_factory=list)

    def run(self, event: Mapping[str, Any]) -> Any:
        """The output; JSON goes between the states, as in Step Functions."""
        data, name = json.loads(json.dumps(event)), self.definition["StartAt"]
        while True:
            self.visited.append(name)
            state = self.definition["States"][name]
            unknown = set(state) - _KNOWN[state["Type"]]
            assert not unknown, f"{name}: {unknown} is not interpreted"
            match state["Type"]:
                case "Succeed":
                    return data
                case "Fail":
                    raise ExecutionFailed(state["Error"], state["Cause"])
                case "Choice":
                    name = _choose(state, data)
                case "Pass":
                    result = state.get("Result", _filled(state.get("Parameters", data), data))
                    data, name = _placed(data, state, result), state["Next"]
                case "Task":
                    data, name = self._task(state, data)

    def _task(self, state: Mapping[str, Any], data: Any) -> tuple[Any, str]:
        """The data after a task, and the state that follows."""
        retries = [0] * len(state.get("Retry", ()))
        while True:
            try:
                given = json.loads(json.dumps(_at(state.get("InputPath", "$"), data)))
                handler = self.handlers[state["Resource"].removeprefix("${").removesuffix("}")]
                result = json.loads(json.dumps(handler(given, None)))
            except Exception as error:
                if self._tries_again(state, retries, error):
                    continue
                return _caught(state, data, error)
            return _placed(data, state, result), state["Next"]

    def _tries_again(self, state: Mapping[str, Any], retries: list[int], error: Exception) -> bool:
        for number, rule in enumerate(state.get("Retry", ())):
            if _matches(rule, error):
                if retries[number] >= rule["MaxAttempts"]:
                    return False
                self.pause(rule["IntervalSeconds"] * rule["BackoffRate"] ** retries[number])
                retries[number] += 1
                return True
        return False


def _caught(state: Mapping[str, Any], data: Any, error: Exception) -> tuple[Any, str]:
    told = {"Error": type(error).__name__, "Cause": str(error)}
    for rule in state.get("Catch", ()):
        if _matches(rule, error):
            return _placed(data, rule, told), rule["Next"]
    raise ExecutionFailed(told["Error"], told["Cause"]) from error


def _matches(rule: Mapping[str, Any], error: Exception) -> bool:
    return bool({type(error).__name__, "States.ALL"} & set(rule["ErrorEquals"]))


def _choose(state: Mapping[str, Any], data: Any) -> str:
    for rule in state["Choices"]:
        if _at(rule["Variable"], data) == rule["StringEquals"]:
            return str(rule["Next"])
    return str(state["Default"])


def _at(path: str, data: Any) -> Any:
    """What a reference path such as ``$.detail.bucket`` means."""
    for name in path.split(".")[1:]:
        data = data[name]
    return data


def _filled(template: Any, data: Any) -> Any:
    """A Parameters template: ``name.$`` takes its value from a path."""
    if not isinstance(template, Mapping):
        return template
    return {
        key.removesuffix(".$"): _at(value, data) if key.endswith(".$") else _filled(value, data)
        for key, value in template.items()
    }


def _placed(data: Any, rule: Mapping[str, Any], result: Any) -> Any:
    """The data with a result at ResultPath: ``$.name``, ``$`` for all, None for nowhere."""
    path = rule.get("ResultPath", "$")
    if path is None:
        return data
    return result if path == "$" else {**data, path.removeprefix("$."): result}

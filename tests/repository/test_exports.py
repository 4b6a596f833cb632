"""What ``import forecastle`` gives, and that it is quick."""

import subprocess
import sys

import pytest

import forecastle

NAMES = [
    "DataError",
    "Event",
    "ForecastleError",
    "InputError",
    "Predictor",
    "ProcessExecutor",
    "Settings",
    "__version__",
    "forecast",
    "load",
]

HEAVY = ["altair", "holidays", "lightgbm", "matplotlib", "numpy", "pandas", "polars", "prophet",
         "pyarrow", "scipy", "statsforecast"]  # fmt: skip


def test_the_exported_names_are_these():
    assert sorted(forecastle.__all__) == NAMES
    assert dir(forecastle) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_every_exported_name_is_there_and_documented(name):
    value = getattr(forecastle, name)
    assert value.__doc__


def test_other_names_are_not():
    with pytest.raises(AttributeError, match="no attribute 'predict'"):
        forecastle.predict  # noqa: B018


@pytest.mark.parametrize("module", ["forecastle", "forecastle.cli.main"])
def test_importing_loads_nothing_heavy(module):
    code = f"import sys, {module}; print([m for m in {HEAVY} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"

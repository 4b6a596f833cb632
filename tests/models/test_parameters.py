"""Training parameters: read, or refused with what is allowed."""

import pytest

from forecastle.core.errors import InputError
from forecastle.models.registry import check_training_parameters

READ = {
    "context_length": ("63", 63),
    "kernel_type": ("uniform", "uniform"),
    "exp_kernel_weights": ("0.01", 0.01),
    "use_seasonal_model": ("False", False),
    "use_default_time_features": ("true", True),
}


def test_texts_become_values():
    given = {name: text for name, (text, _) in READ.items()}
    expected = {name: value for name, (_, value) in READ.items()}
    assert check_training_parameters("NPTS", given) == expected


@pytest.mark.parametrize(
    ("name", "text", "allowed"),
    [
        *(("context_length", text, "a whole number from 1") for text in ("0", "-3", "2.5", "")),
        *(("exp_kernel_weights", text, "a number above 0") for text in ("0", "nan", "inf", "a")),
        ("kernel_type", "gaussian", "exponential or uniform"),
        ("use_seasonal_model", "yes", "true or false"),
        ("use_default_time_features", "1", "true or false"),
    ],
)
def test_a_bad_value_is_refused_by_name_value_and_remedy(name, text, allowed):
    with pytest.raises(InputError) as caught:
        check_training_parameters("NPTS", {name: text})
    assert str(caught.value) == (
        f"training parameter {name} of NPTS: '{text}' cannot be used; use {allowed}"
    )


def test_an_unknown_name_is_refused_with_those_that_there_are():
    with pytest.raises(InputError, match=r"'epochs' is not one of NPTS; use context_length, ker"):
        check_training_parameters("NPTS", {"epochs": "5"})


def test_an_algorithm_without_any_says_so():
    with pytest.raises(InputError, match=r"'epochs': ETS takes no training parameters; leave"):
        check_training_parameters("ETS", {"epochs": "5"})


def test_none_given_none_read():
    assert check_training_parameters("ETS", {}) == {}

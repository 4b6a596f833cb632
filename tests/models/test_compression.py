"""Compressing keeps order and sums; what is not compressed stays as it is."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from forecastle.models.compression import UNCOMPRESSED, Compression

WIDTHS = st.floats(0.01, 10)
VALUES = st.lists(st.floats(-1e4, 1e4), min_size=1, max_size=20).map(np.array)


@given(WIDTHS, VALUES)
def test_what_is_expanded_is_what_was_compressed(width, values):
    curve = Compression(width)
    assert curve.expand(curve.compress(values)) == pytest.approx(values, rel=1e-6, abs=1e-9)


@given(WIDTHS, VALUES)
def test_the_order_stays_so_that_quantiles_stay_quantiles(width, values):
    assert (np.diff(Compression(width).compress(np.sort(values))) >= 0).all()


def test_near_zero_it_is_a_line_and_far_from_it_a_logarithm():
    near, far = Compression(1.0).compress(np.array([0.01, 0.02])), np.array([1e3, 1e4])
    assert near == pytest.approx([0.01, 0.02], rel=1e-3)
    assert np.diff(Compression(1.0).compress(far)) == pytest.approx(np.log(10), rel=1e-3)


def test_what_trees_add_up_to_is_a_number_however_far_it_goes():
    assert np.isfinite(Compression(0.2).expand(np.array([1e6, -1e6]))).all()


@given(
    WIDTHS,
    # Nothing so near to zero that it vanishes when multiplied.
    st.lists(st.floats(-3, 3), min_size=3, max_size=3).map(lambda row: np.round([row], 9)),
)
def test_parts_keep_their_signs_and_add_up_to_the_expanded_value(width, parts):
    curve = Compression(width)
    found = curve.expand_parts(parts)
    assert found.sum() == pytest.approx(curve.expand(parts.sum()), rel=1e-6, abs=1e-6)
    assert found[:, -1] == pytest.approx(curve.expand(parts[:, -1]))
    assert (np.sign(found[:, :-1]) == np.sign(parts[:, :-1])).all()


def test_without_a_width_nothing_changes():
    values = np.array([[-1.0, 0.0, 5.0]])
    for same in (UNCOMPRESSED.compress, UNCOMPRESSED.expand, UNCOMPRESSED.expand_parts):
        assert same(values) is values

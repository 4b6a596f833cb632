"""A panel in numbers for networks."""

from __future__ import annotations

import numpy as np

from forecastle.models.deep.encoding import Encoding
from tests.panels import HORIZON, busy_demand, shop_panel


def panel(**options):
    demand = busy_demand(2, 84)
    rng = np.random.default_rng(1)
    options = {
        "known": rng.uniform(1, 2, (2, demand.shape[1] + HORIZON)),
        "static": {"category": ["tea", "toys"], "weight": [1.5, 3.0]},
        "countries": ("UK",),
        **options,
    }
    return shop_panel(options.pop("demand", demand), "D", **options)


def test_what_is_missing_is_zero_and_marked():
    demand = busy_demand(2, 84)
    demand[0, 3] = np.nan
    encoded = Encoding.of(panel()).encode(panel(demand=demand), HORIZON)
    assert not encoded.observed[0, 3]
    assert encoded.target[0, 3] == 0
    assert np.isfinite(encoded.scale).all()


def test_the_scale_at_an_origin_knows_nothing_of_what_comes_later():
    demand = busy_demand(2, 84)
    later = demand.copy()
    later[:, 50:] *= 100
    encoding = Encoding.of(panel())
    before, after = (encoding.encode(panel(demand=each), HORIZON) for each in (demand, later))
    assert np.array_equal(before.scale[:, :51], after.scale[:, :51])
    assert (after.scale[:, -1] > before.scale[:, -1]).all()


def test_categories_that_were_never_seen_have_a_code_of_their_own():
    encoding = Encoding.of(panel())
    other = panel(static={"category": ["tea", "unheard-of"], "weight": [1.5, 3.0]})
    assert encoding.encode(other, HORIZON).codes.tolist() == [[1], [0]]
    assert encoding.sizes == (3,)


def test_covariates_are_standardised_by_what_was_learnt_from():
    encoding = Encoding.of(panel())
    mean, deviation = encoding.known[0]
    found = encoding.encode(panel(known=np.full((2, 84 + HORIZON), mean + deviation)), HORIZON)
    assert np.allclose(found.known, 1.0)


def test_what_is_not_used_is_left_out():
    encoding = Encoding.of(panel(), known=False, metadata=False)
    encoded = encoding.encode(panel(), HORIZON)
    assert encoded.known.shape[2] == 0
    assert encoded.codes.shape == (2, 0)
    assert encoded.numbers.shape == (2, 0)


def test_the_calendar_reaches_over_the_horizon_and_stays_about_one():
    encoded = Encoding.of(panel()).encode(panel(), HORIZON)
    assert len(encoded.time) == 84 + HORIZON
    assert np.abs(encoded.time).max() <= 1

"""What series share over time: found under noise, carried on where a series is not known."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forecastle.models.low_rank import Basis, _median_of_noise


def shared_demand(n_series=80, n_time=120, noise=0.0, seed=0):
    """Series of two patterns: what they sell without chance, and with it."""
    rng = np.random.default_rng(seed)
    time = np.arange(n_time)
    waves = np.stack([np.sin(2 * np.pi * time / 52), np.cos(2 * np.pi * time / 26)])
    clean = 10 * (2 + rng.uniform(-0.6, 0.6, (n_series, 2)) @ waves)
    return clean, clean + rng.normal(0, noise, clean.shape) if noise else clean


def apart(found, expected):
    return np.sqrt(np.mean((found - expected) ** 2))


def test_without_noise_nothing_is_taken_away():
    clean, _ = shared_demand()
    basis = Basis.of(clean)
    assert len(basis.trust) == 3
    assert basis.shared(clean) == pytest.approx(clean, rel=1e-6)


def test_noise_is_taken_away_and_the_patterns_stay():
    clean, demand = shared_demand(noise=4.0)
    basis = Basis.of(demand)
    # Three patterns of 80 series: their shares and the patterns themselves are all that is learnt.
    assert apart(basis.shared(demand), clean) < 0.35 * apart(demand, clean)
    assert 3 <= len(basis.trust) <= 5


def test_of_mere_noise_little_stays():
    rng = np.random.default_rng(1)
    demand = 10 + rng.normal(0, 3, (100, 150))
    shared = Basis.of(demand).shared(demand)
    assert apart(shared, 10) < 0.3 * apart(demand, 10)


def test_the_louder_the_noise_the_less_is_trusted():
    trust = [Basis.of(shared_demand(noise=noise)[1]).trust[1] for noise in (1.0, 4.0, 8.0)]
    assert trust[0] > trust[1] > trust[2] > 0
    assert trust[0] < 1


def test_more_steps_than_series_or_fewer_makes_no_difference_to_the_method():
    for shape in ((30, 120), (200, 60)):
        clean, demand = shared_demand(*shape, noise=3.0)
        assert apart(Basis.of(demand).shared(demand), clean) < 0.6 * apart(demand, clean)


def test_a_series_that_began_late_gets_the_past_that_the_others_had():
    clean, demand = shared_demand(noise=1.0)
    demand[0, :60] = np.nan
    basis = Basis.of(demand)
    found = basis.shared(demand)[0, :60]
    assert apart(found, clean[0, :60]) < 0.35 * clean[0].std()


def test_gaps_that_all_series_have_say_nothing():
    clean, demand = shared_demand(noise=1.0)
    demand[:, 40:43] = np.nan
    found = Basis.of(demand).shared(demand)
    assert np.isfinite(found).all()
    assert apart(found[:, 43:], clean[:, 43:]) < apart(demand[:, 43:], clean[:, 43:])


def test_one_spike_is_no_pattern():
    clean, demand = shared_demand(noise=1.0)
    demand[3, 70] = 1e5
    found = Basis.of(demand).shared(clean)
    assert apart(found[:3], clean[:3]) < 1.0


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 99), factor=st.floats(0.1, 50))
def test_what_series_show_is_linear_in_them(seed, factor):
    _, demand = shared_demand(30, 80, noise=3.0, seed=seed)
    basis = Basis.of(demand)
    assert basis.shared(factor * demand) == pytest.approx(factor * basis.shared(demand), rel=1e-6)


def test_a_series_without_any_value_has_no_patterns():
    _, demand = shared_demand(noise=1.0)
    demand[5] = np.nan
    assert Basis.of(demand).shared(demand)[5] == pytest.approx(0.0, abs=1e-9)


@pytest.mark.parametrize("shape", [(40, 400), (150, 300), (200, 200)])
def test_the_median_of_noise_is_that_of_noise(shape):
    noise = np.random.default_rng(3).normal(size=shape)
    sizes = np.linalg.svd(noise, compute_uv=False)
    ratio = shape[0] / shape[1]
    assert np.median(sizes) ** 2 / shape[1] == pytest.approx(_median_of_noise(ratio), rel=0.05)


def test_read_back_it_is_the_same():
    basis = Basis.of(shared_demand(noise=2.0)[1])
    again = Basis.from_json(basis.to_json(), 120)
    assert np.array_equal(again.patterns, basis.patterns)
    assert np.array_equal(again.trust, basis.trust)


def test_of_a_few_series_nothing_can_be_told_apart_and_all_is_kept():
    _, demand = shared_demand(4, noise=3.0)
    assert Basis.of(demand).shared(demand) == pytest.approx(demand, rel=1e-5)

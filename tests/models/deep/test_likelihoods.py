"""Each likelihood draws what its loss describes."""

from __future__ import annotations

import pytest

torch = pytest.importorskip("torch")

from forecastle.models.deep.likelihoods import LIKELIHOODS  # noqa: E402

SCALE = 4.0
CASES = {
    "gaussian": [0.7, 0.3],
    "student-T": [0.7, 0.1, 3.0],
    "negative-binomial": [1.5, 0.5],
    "beta": [1.0, 2.0],
    "deterministic-L1": [0.4],
    "piecewise-linear": [0.1, *([0.5] * 4), *([2.0] * 4), *([0.0] * 8)],
}


def outputs(name: str, n: int) -> torch.Tensor:
    return torch.tensor(CASES[name]).expand(n, -1).clone()


def drawn(name: str, n: int = 20_000) -> torch.Tensor:
    torch.manual_seed(1)
    return LIKELIHOODS[name].draw(outputs(name, n), torch.full((n,), SCALE))


def test_every_likelihood_is_tried_here():
    assert set(CASES) == set(LIKELIHOODS)


@pytest.mark.parametrize("name", LIKELIHOODS)
def test_it_says_how_many_outputs_it_reads(name):
    assert LIKELIHOODS[name].n_outputs == len(CASES[name])


@pytest.mark.parametrize("name", LIKELIHOODS)
def test_the_outputs_that_made_the_draws_have_less_loss_than_others(name):
    values = drawn(name)
    likelihood, scale = LIKELIHOODS[name], torch.full_like(values, SCALE)

    def loss(shift: float) -> float:
        changed = outputs(name, len(values))
        changed[:, 0] += shift
        return float(likelihood.loss(changed, values, scale).mean())

    assert loss(0.0) < min(loss(-0.5), loss(0.5))


@pytest.mark.parametrize("name", LIKELIHOODS)
def test_losses_have_finite_slopes_even_far_away(name):
    far = torch.tensor([0.0, 1e-6, 50.0, 1e4]) / SCALE
    values = far.clamp(max=1 / SCALE) if name == "beta" else far
    given = outputs(name, len(values)).requires_grad_()
    LIKELIHOODS[name].loss(given, values, torch.full_like(values, SCALE)).sum().backward()
    assert torch.isfinite(given.grad).all()


def test_negative_binomial_draws_are_counts_of_the_mean_it_describes():
    counts = drawn("negative-binomial") * SCALE
    assert torch.equal(counts, counts.round())
    mean = float(torch.nn.functional.softplus(torch.tensor(1.5))) * SCALE
    assert float(counts.mean()) == pytest.approx(mean, rel=0.05)


def test_beta_draws_lie_between_zero_and_one():
    share = drawn("beta") * SCALE
    assert 0 <= float(share.min()) <= float(share.max()) <= 1


def test_piecewise_linear_loss_is_the_ranked_probability_score_of_its_draws():
    """CRPS = E|X - y| - E|X - X'| / 2 (Gneiting and Raftery 2007, equation 21)."""
    draws, again = drawn("piecewise-linear"), drawn("piecewise-linear").flip(0)
    for y in (0.0, 0.5, 3.0):
        expected = float((draws - y).abs().mean() - (draws - again).abs().mean() / 2)
        given = outputs("piecewise-linear", 1)
        found = LIKELIHOODS["piecewise-linear"].loss(given, torch.tensor([y]), torch.ones(1))
        assert float(found) == pytest.approx(expected, abs=0.03)

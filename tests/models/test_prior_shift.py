import numpy as np
import pytest
from scipy.stats import norm

from exoval.errors import BadParameter
from exoval.models.prior_shift import black_box_priors, estimate_priors, shift_priors

CENTRES = np.array([0.0, 1.5, 3.0])


def posterior(x, shares):
    joint = norm.pdf(x[:, None], CENTRES) * shares
    return joint / joint.sum(axis=1, keepdims=True)


def drawn(rows, shares, seed):
    random = np.random.default_rng(seed)
    return CENTRES[random.choice(3, rows, p=shares)] + random.normal(size=rows)


def test_shifted_probabilities_are_bayes_rule_with_the_other_shares():
    x = np.linspace(-3, 6, 50)
    trained, target = np.array([0.2, 0.3, 0.5]), np.array([0.7, 0.2, 0.1])
    np.testing.assert_allclose(
        shift_priors(posterior(x, trained), trained=trained, target=target),
        posterior(x, target),
        atol=1e-12,
    )


def test_there_and_back_is_where_one_was():
    probability = np.random.default_rng(0).dirichlet(np.ones(4), size=20)
    one, other = np.full(4, 0.25), np.array([0.1, 0.2, 0.3, 0.4])
    there = shift_priors(probability, trained=one, target=other)
    np.testing.assert_allclose(
        shift_priors(there, trained=other, target=one), probability, atol=1e-12
    )


@pytest.mark.parametrize("truth", [[0.7, 0.2, 0.1], [0.05, 0.05, 0.9], [0.0, 0.5, 0.5]])
def test_the_shares_of_unlabelled_rows_are_found(truth):
    trained = np.full(3, 1 / 3)
    found = estimate_priors(posterior(drawn(20_000, truth, 1), trained), trained=trained)
    assert found.converged
    np.testing.assert_allclose(found.shares, truth, atol=0.02)


def test_the_same_mixture_is_left_as_it_is():
    shares = np.array([0.2, 0.3, 0.5])
    found = estimate_priors(posterior(drawn(20_000, shares, 2), shares), trained=shares)
    np.testing.assert_allclose(found.shares, shares, atol=0.02)


def test_a_search_that_was_cut_short_says_so():
    trained = np.full(3, 1 / 3)
    found = estimate_priors(
        posterior(drawn(500, [0.9, 0.1, 0.0], 3), trained), trained=trained, iterations=2
    )
    assert not found.converged and found.iterations == 2


def test_a_row_of_classes_that_are_not_there_gets_the_shares():
    np.testing.assert_allclose(
        shift_priors(np.array([[1.0, 0.0]]), trained=[0.5, 0.5], target=[0.0, 1.0]), [[0.0, 1.0]]
    )


@pytest.mark.parametrize(
    ("trained", "target", "message"),
    [
        ([0.5, 0.6], [0.5, 0.5], "trained shares are"),
        ([0.5, 0.5], [1.0], "target shares are"),
        ([1.0, 0.0], [0.5, 0.5], "did not have"),
        ([1.5, -0.5], [0.5, 0.5], "zero or more"),
    ],
)
def test_shares_that_are_none_are_refused(trained, target, message):
    with pytest.raises(BadParameter, match=message):
        shift_priors(np.full((3, 2), 0.5), trained=trained, target=target)


def test_no_rows_are_refused():
    with pytest.raises(BadParameter, match="no rows"):
        estimate_priors(np.zeros((0, 2)), trained=[0.5, 0.5])


@pytest.mark.parametrize("truth", [[0.7, 0.2, 0.1], [0.05, 0.05, 0.9], [0.0, 0.5, 0.5]])
def test_black_box_shares_need_no_calibrated_answers(truth):
    trained = np.full(3, 1 / 3)
    known = drawn(20_000, trained, 4)
    which = np.random.default_rng(4).choice(3, 20_000, p=trained)  # the draw's own classes
    # answers that are sharper than they should be
    sharp = [posterior(x, trained) ** 3 for x in (drawn(20_000, truth, 5), known)]
    away, home = (one / one.sum(axis=1, keepdims=True) for one in sharp)
    found = black_box_priors(away, known=home, truth=which)
    np.testing.assert_allclose(found.shares, truth, atol=0.03)


def test_a_penalty_draws_shares_towards_those_that_are_known():
    trained, truth = np.full(3, 1 / 3), np.array([0.9, 0.05, 0.05])
    which = np.random.default_rng(6).choice(3, 5000, p=trained)
    known, away = (posterior(drawn(5000, s, 6), trained) for s in (trained, truth))
    distance = [
        np.abs(
            black_box_priors(away, known=known, truth=which, penalty=penalty).shares - trained
        ).sum()
        for penalty in (0.0, 0.1, 10.0)
    ]
    assert distance[0] > distance[1] > distance[2]


def test_black_box_shares_need_rows_of_every_class():
    rows = np.full((4, 3), 1 / 3)
    with pytest.raises(BadParameter, match="at least one of each"):
        black_box_priors(rows, known=rows, truth=np.array([0, 0, 1, 1]))


def test_a_row_without_probabilities_gets_none():
    """Not the target's shares, which would look like an answer."""
    rows = np.array([[np.nan, np.nan], [0.5, 0.5]])
    found = shift_priors(rows, trained=[0.5, 0.5], target=[0.1, 0.9])
    np.testing.assert_allclose(found, [[np.nan, np.nan], [0.1, 0.9]])


def test_no_shares_are_estimated_from_rows_without_probabilities():
    rows = np.array([[np.nan, np.nan], [0.9, 0.1]])
    with pytest.raises(BadParameter, match="1 of 2 rows"):
        estimate_priors(rows, trained=[0.5, 0.5])
    with pytest.raises(BadParameter, match="1 of 2 rows"):
        black_box_priors(rows, known=np.eye(2), truth=np.array([0, 1]))

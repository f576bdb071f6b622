import numpy as np
import pytest
from scipy.stats import norm

from exoval.errors import BadTable
from exoval.models.planet_share import planet_probability_map, planet_share


def scores(random, rows, mean):
    """Scores between 0 and 1 of a Gaussian variable."""
    return norm.cdf(random.normal(mean, 1, rows))


def survey(random, share, rows=20_000, junk=-2.0):
    """Scores of planets (mean 1) and of something else, and which are planets."""
    is_planet = random.random(rows) < share
    return np.where(is_planet, scores(random, rows, 1.0), scores(random, rows, junk)), is_planet


@pytest.mark.parametrize("share", [0.02, 0.1, 0.5])
@pytest.mark.parametrize("junk", [-2.0, -3.5])
def test_the_share_is_found_whatever_the_rest_looks_like(share, junk):
    random = np.random.default_rng(1)
    found = planet_share(scores(random, 3000, 1.0), survey(random, share, junk=junk)[0])
    assert found.share == pytest.approx(share, rel=0.15)
    assert found.upper > share


def test_planets_that_weigh_differently_are_a_draw_from_another_population():
    random = np.random.default_rng(2)
    drawn = random.uniform(-1, 3, 20_000)
    weight = norm.pdf(drawn, 1.0, 0.5)
    # the survey's planets have the weighed population
    inside = random.choice(drawn, 2000, p=weight / weight.sum())
    events = np.concatenate([norm.cdf(inside), scores(random, 18_000, -3.0)])
    assert planet_share(norm.cdf(drawn), events, weight=weight).share == pytest.approx(
        0.1, rel=0.15
    )


def test_no_share_is_claimed_from_a_few_planets():
    random = np.random.default_rng(3)
    weight = np.ones(1000)
    weight[0] = 1e5
    with pytest.raises(BadTable, match="1 effective planets"):
        planet_share(random.random(1000), random.random(1000), weight=weight)
    with pytest.raises(BadTable, match="0 events"):
        planet_share(random.random(1000), np.zeros(0))


def test_no_share_is_claimed_where_hardly_any_event_scores_like_a_planet():
    random = np.random.default_rng(8)
    with pytest.raises(BadTable, match="fewer than 20 of 1000 events"):
        planet_share(scores(random, 2000, 3.0), scores(random, 1000, -4.0))


@pytest.mark.parametrize("share", [0.03, 0.3])
def test_probabilities_agree_with_the_truth_of_the_survey(share):
    probability, truth = [], []
    for seed in range(8):
        random = np.random.default_rng(seed)
        planets = scores(random, 5000, 1.0)
        events, is_planet = survey(random, share)
        probability.append(planet_probability_map(planets, events, share=share)(events))
        truth.append(is_planet)
    probability, truth = np.concatenate(probability), np.concatenate(truth)
    assert probability.mean() == pytest.approx(share, rel=0.05)
    for low, high in ((0.0, 0.1), (0.1, 0.3), (0.3, 0.5), (0.5, 0.7), (0.7, 0.9), (0.9, 1.0)):
        rows = (probability >= low) & (probability < high)
        assert truth[rows].mean() == pytest.approx(probability[rows].mean(), abs=0.04)


def test_probabilities_never_fall_nor_reach_certainty():
    random = np.random.default_rng(5)
    planets, events = scores(random, 2000, 3.0), survey(random, 0.2, rows=3000)[0]
    found = planet_probability_map(planets, events, share=0.2)
    assert np.all(np.diff(found.probability) >= 0)
    assert 0 < found.probability[0] and found.probability[-1] < 1
    assert np.all(np.diff(found.score) > 0)
    # the order of the best events is kept
    best = np.sort(events)[-100:]
    assert np.all(np.diff(found(best)) > 0)


def test_planets_without_weight_change_nothing():
    random = np.random.default_rng(6)
    planets, events = scores(random, 2000, 1.0), survey(random, 0.2, rows=3000)[0]
    with_more = np.concatenate([planets, np.linspace(0, 1, 50)])
    weight = np.concatenate([np.ones(2000), np.zeros(50)])
    one = planet_probability_map(planets, events, share=0.2)(events)
    other = planet_probability_map(with_more, events, share=0.2, weight=weight)(events)
    np.testing.assert_allclose(one, other)


@pytest.mark.parametrize("score", [0.0, 1.0])
def test_no_score_is_more_certain_than_its_number_of_events_shows(score):
    """One step of 100 events, of which half are planets, all at the end of the scores."""
    found = planet_probability_map(np.full(100, score), np.full(100, score), share=0.5)
    assert found(np.array([score]))[0] == pytest.approx(0.5)


@pytest.mark.parametrize("which", [0, 1])
def test_scores_that_are_no_numbers_are_refused(which):
    random = np.random.default_rng(9)
    given = [random.random(500), random.random(500)]
    given[which][:3] = np.nan
    with pytest.raises(BadTable, match="3 scores are no numbers"):
        planet_share(*given)


def test_the_bound_holds_in_most_surveys_and_the_share_is_hardly_too_low():
    """Measured where planets stand alone: the lowest of many bounds is no bound of 95 %."""
    found = []
    for seed in range(60):
        random = np.random.default_rng(seed)
        events = survey(random, 0.05, rows=5000, junk=-8.0)[0]
        found.append(planet_share(scores(random, 2000, 1.0), events))
    assert np.mean([one.upper > 0.05 for one in found]) > 0.7
    assert np.mean([one.share for one in found]) == pytest.approx(0.05 * 0.93, rel=0.05)

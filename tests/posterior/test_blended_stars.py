"""Evidence on blends against a field that is drawn star by star."""

import math

import numpy as np
import pytest

from exoval.errors import BadParameter
from exoval.posterior.blended_stars import BlendedStars
from exoval.posterior.contrast_curve import ContrastCurve
from exoval.posterior.neighbours import Neighbours

INNER, OUTER, STARS_PER_MAGNITUDE = 4.0, 24.0, 2.0
#: expected number of found events of one star, by magnitudes to the target
EVENTS = 1e-3


def of_one(difference):
    return EVENTS * 10 ** (-0.3 * difference)


def ring(random, size):
    return np.sqrt(random.uniform(INNER**2, OUTER**2, size))


@pytest.fixture(scope="module")
def nearby():
    """Events of a ring with two stars a magnitude, from 0 to 8 magnitudes fainter."""
    random = np.random.default_rng(0)
    difference = random.uniform(0, 8, 4000)
    return BlendedStars(
        separation=ring(random, 4000),
        difference=difference,
        # 8 magnitudes times two stars times the events of one, shared by the rows
        rate=8 * STARS_PER_MAGNITUDE * of_one(difference) / 4000,
        density=np.full(4000, STARS_PER_MAGNITUDE),
    )


def bound():
    return BlendedStars(
        separation=np.array([0.01, 0.3, 0.8]),
        difference=np.array([1.0, 2.0, 6.0]),
        rate=np.array([1.0, 2.0, 1.0]),
        density=np.full(3, np.nan),
    )


def test_a_curve_leaves_the_share_that_it_would_not_have_shown():
    curve = ContrastCurve(np.array([0.1, 1.0]), np.array([5.0, 5.0]))
    assert bound().unseen(curve) == pytest.approx(0.5)


@pytest.mark.parametrize("depth", [0.0, 2.0, 5.0, 9.0])
def test_no_curve_raises_a_blend_and_a_deeper_one_leaves_less(nearby, depth):
    separation = np.linspace(0.05, 20, 9)
    shares = [
        nearby.unseen(ContrastCurve(separation, np.full(9, one))) for one in (depth, depth + 1)
    ]
    assert 1 >= shares[0] >= shares[1] >= 0


def test_drawn_fields_make_on_average_as_many_events_as_the_model(nearby):
    random, factors = np.random.default_rng(1), []
    for _ in range(300):
        size = random.poisson(8 * STARS_PER_MAGNITUDE)
        stars = Neighbours(ring(random, size), random.uniform(0, 8, size))
        factors.append(nearby.by_neighbours(stars, depth=1e-5))
    error = np.std(factors) / math.sqrt(300)
    assert np.mean(factors) == pytest.approx(1, abs=4 * error) and error < 0.05


def test_the_factor_of_one_star_is_its_events_over_those_of_the_field(nearby):
    star = Neighbours(np.array([10.0]), np.array([2.0]))
    field = nearby.rate.sum()
    assert nearby.by_neighbours(star, depth=1e-4) == pytest.approx(of_one(2.0) / field, rel=0.1)


def test_a_star_that_needs_more_than_a_total_eclipse_changes_nothing(nearby):
    able = Neighbours(np.array([10.0]), np.array([2.0]))
    both = Neighbours(np.array([10.0, 8.0]), np.array([2.0, 7.0]))
    depth = 0.01
    assert both.needed_depth(depth)[1] > 1
    assert nearby.by_neighbours(both, depth=depth) == nearby.by_neighbours(able, depth=depth)
    # nobody is ruled out by a depth that is unknown
    assert nearby.by_neighbours(both, depth=math.nan) > nearby.by_neighbours(able, depth=math.nan)


def test_no_star_at_all_leaves_no_event_and_one_outside_the_ring_is_none(nearby):
    assert nearby.by_neighbours(Neighbours(np.zeros(0), np.zeros(0)), depth=0.001) == 0
    outside = Neighbours(np.array([60.0]), np.array([0.0]))
    assert nearby.by_neighbours(outside, depth=0.001) == 0


def test_a_measured_offset_speaks_for_the_star_that_is_there(nearby):
    here, away = (Neighbours(np.array([one]), np.array([1.0])) for one in (10.0, 20.0))
    measured = {"depth": 1e-4, "offset": 10.0, "offset_error": 1.0}
    plain = nearby.by_neighbours(here, depth=1e-4)
    assert nearby.by_neighbours(here, **measured) > 3 * plain
    assert nearby.by_neighbours(away, **measured) < 0.1 * plain


def test_a_brighter_neighbour_is_an_answer(nearby):
    bright = Neighbours(np.array([10.0]), np.array([-4.0]))
    assert math.isfinite(nearby.by_neighbours(bright, depth=0.5))


def test_a_list_says_nothing_of_bound_stars_and_of_unresolved_ones():
    stars = Neighbours(np.array([10.0]), np.array([2.0]))
    assert bound().by_neighbours(stars, depth=0.001) == 1
    unresolved = BlendedStars(
        separation=np.array([0.4, 3.0]),
        difference=np.ones(2),
        rate=np.ones(2),
        density=np.ones(2),
    )
    assert unresolved.by_neighbours(stars, depth=0.001) == 1


def test_arrays_of_several_lengths_are_refused():
    with pytest.raises(BadParameter, match="lengths"):
        BlendedStars(
            separation=np.ones(2), difference=np.ones(3), rate=np.ones(2), density=np.ones(2)
        )

"""A found ephemeris is matched with the injected one at its aliases and at the secondary."""

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from exoval.ephemeris import Ephemeris
from simulate.recover import ALIASES, BEST_FIRST, SINGLE, Eclipses, recover, recover_among

BASELINE = (100.0, 190.0)
INJECTED = Ephemeris(4.2, 101.3, 0.2)


def test_the_injection_itself():
    assert recover(INJECTED, INJECTED, baseline=BASELINE).alias == "same"


@pytest.mark.parametrize(("alias", "ratio"), ALIASES.items())
def test_every_alias_by_its_name(alias, ratio):
    found = Ephemeris(4.2 * ratio, 101.3, 0.2)
    assert recover(found, INJECTED, baseline=BASELINE).alias == alias


def test_at_the_secondary():
    found = Ephemeris(4.2, 101.3 + 1.7, 0.2)
    recovery = recover(found, INJECTED, baseline=BASELINE, secondary_epoch=103.0)
    assert recovery.found
    assert recovery.at_secondary
    assert not recover(found, INJECTED, baseline=BASELINE).found


def test_double_period_on_every_second_event_whatever_the_parity():
    found = Ephemeris(8.4, 101.3 + 4.2, 0.2)
    assert recover(found, INJECTED, baseline=BASELINE).alias == "double"


def test_half_a_duration_of_drift_is_the_limit():
    events = 90 / 4.2
    for drift, expected in ((0.04, True), (0.3, False)):
        found = Ephemeris(4.2 + drift / events, 101.3, 0.2)
        assert recover(found, INJECTED, baseline=BASELINE).found is expected


def test_another_signal_of_the_same_period_is_not_it():
    assert not recover(Ephemeris(4.2, 103.0, 0.2), INJECTED, baseline=BASELINE).found


def test_epochs_far_outside_the_data_count_the_same():
    found = Ephemeris(4.2, 101.3 - 400 * 4.2, 0.2)
    assert recover(found, INJECTED, baseline=BASELINE).alias == "same"


def test_an_event_outside_the_data_is_not_found():
    outside = Ephemeris(400.0, 250.0, 0.2)
    assert not recover(outside, Ephemeris(400.0, 250.0, 0.2), baseline=BASELINE).found


def test_one_event_found_where_one_was_injected():
    found, injected = Ephemeris(70.0, 140.05, 0.3), Ephemeris(300.0, 140.0, 0.4)
    assert recover(found, injected, baseline=BASELINE).alias == "single"
    assert not recover(Ephemeris(70.0, 140.3, 0.3), injected, baseline=BASELINE).found
    # one event found of a signal that shows more of them says nothing of its period
    assert not recover(found, Ephemeris(20.0, 140.0, 0.4), baseline=BASELINE).found


def test_one_secondary_found_where_there_is_one():
    found, injected = Ephemeris(80.0, 160.0, 0.3), Ephemeris(300.0, 130.0, 0.4)
    recovery = recover(found, injected, baseline=BASELINE, secondary_epoch=160.1)
    assert (recovery.alias, recovery.at_secondary) == ("single", True)


def brute_force_aliases(found, epoch, injected, baseline):
    """All aliases, from lists of times: margins are how far each is from the limit."""
    half = 0.5 * max(found.duration, injected.duration)
    injected_times = [epoch + n * injected.period for n in range(-3000, 3001)]
    times = [found.epoch + n * found.period for n in range(-3000, 3001)]
    times = [
        t
        for t in times
        if baseline[0] - found.duration / 2 <= t <= baseline[1] + found.duration / 2
    ]
    nearest = [min(abs(t - other) for other in injected_times) for t in times]
    aliases = {}
    for alias, step in {"same": 1, "double": 1, "triple": 1, "half": 2, "third": 3}.items():
        ratio = ALIASES[alias]
        drift = abs(found.period - ratio * injected.period) * max(
            (baseline[1] - baseline[0]) / found.period, 1
        )
        worst = min(
            (
                max(nearest[k] for k in range(start, len(times), step))
                for start in range(min(step, len(times)))
            ),
            default=np.inf,
        )
        aliases[alias] = max(worst, drift) / half
    return aliases


@settings(max_examples=150, deadline=None)
@given(
    period=st.floats(0.6, 60),
    ratio=st.sampled_from([*ALIASES.values(), 0.75, 1.5]),
    drift=st.floats(-2, 2),
    shift=st.floats(-1.2, 1.2),
    cycle=st.integers(-40, 40),
    share=st.floats(0.01, 0.2),
    stretch=st.floats(0.5, 2.0),
    epoch=st.floats(100, 190),
    other=st.integers(0, 2),
)
def test_it_agrees_with_lists_of_times(
    period, ratio, drift, shift, cycle, share, stretch, epoch, other
):
    injected = Ephemeris(period, epoch, share * period)
    found_period = ratio * period
    events = max(90 / found_period, 1)
    found_period += drift * 0.5 * injected.duration / events
    duration = min(stretch * injected.duration, 0.9 * found_period)
    start = epoch + cycle * period + other * ratio * period + shift * injected.duration / 2
    found = Ephemeris(found_period, start, duration)
    expected = brute_force_aliases(found, epoch, injected, BASELINE)
    # rounding decides on the limit itself
    assume(all(abs(margin - 1) > 1e-6 for margin in expected.values()))
    result = recover(found, injected, baseline=BASELINE)
    if min(expected.values()) < 1:
        assert expected[result.alias] < 1
    else:
        assert result.alias in ("", "single")


@pytest.mark.parametrize("first", [0, 1])
def test_of_two_planets_in_resonance_each_is_found_as_itself(first):
    """At 2:1 with conjunctions in transit the inner one is half of the outer one as well."""
    inner, outer = Ephemeris(5.0, 101.0, 0.2), Ephemeris(10.0, 101.0, 0.3)
    orbits = [Eclipses(inner), Eclipses(outer)]
    orbits = orbits[::-1] if first else orbits
    for planet, number in ((inner, first), (outer, 1 - first)):
        assert recover(planet, inner if planet is outer else outer, baseline=BASELINE).found
        match = recover_among(planet, orbits, baseline=BASELINE)
        assert (match.alias, match.orbit) == ("same", number)


def test_an_alias_of_one_orbit_is_found_where_no_other_matches():
    orbits = [Eclipses(Ephemeris(5.0, 101.0, 0.2)), Eclipses(Ephemeris(10.0, 103.5, 0.3))]
    match = recover_among(Ephemeris(20.0, 103.5, 0.3), orbits, baseline=BASELINE)
    assert (match.alias, match.orbit) == ("double", 1)
    assert not recover_among(Ephemeris(7.7, 104.9, 0.3), orbits, baseline=BASELINE).found


def test_of_two_orbits_that_match_alike_the_nearer_in_time_is_taken():
    """A planet of the binary's period whose transits touch the binary's secondary eclipses."""
    binary = Eclipses(Ephemeris(6.0, 101.0, 0.6), secondary_epoch=104.0)
    planet = Eclipses(Ephemeris(6.0, 104.2, 0.3))
    for epoch, number in ((104.17, 1), (104.05, 0)):
        match = recover_among(Ephemeris(6.0, epoch, 0.3), [binary, planet], baseline=BASELINE)
        assert (match.orbit, match.at_secondary) == (number, number == 0)


def test_every_alias_has_its_rank():
    assert sorted(BEST_FIRST) == sorted([*ALIASES, SINGLE]) and BEST_FIRST[0] == "same"

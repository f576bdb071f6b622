"""What each event of a simulated star is, told from the truth."""

from exoval.ephemeris import Ephemeris
from simulate.event_kinds import FURTHER, LEFTOVER, OTHER, SECONDARY, SIGNAL, kinds_of_events
from simulate.recover import Eclipses, Recovery, recover, recover_among

BASELINE = (100.0, 190.0)


def kinds(injected, *found, secondary_epoch=None):
    return kinds_of_events(
        [
            recover(one, injected, baseline=BASELINE, secondary_epoch=secondary_epoch)
            for one in found
        ]
    )


def test_both_eclipses_and_what_is_left_of_them():
    binary = Ephemeris(6.0, 101.0, 0.3)
    primary, secondary = Ephemeris(6.0, 101.0, 0.28), Ephemeris(6.0, 103.7, 0.2)
    wings = Ephemeris(6.0, 101.1, 0.1)
    noise = Ephemeris(4.4, 100.9, 0.1)
    assert kinds(binary, primary, secondary, wings, noise, secondary_epoch=103.7) == [
        SIGNAL,
        SECONDARY,
        LEFTOVER,
        OTHER,
    ]


def test_a_planet_near_the_period_of_a_binary_is_no_eclipse_of_it():
    """Within 1 % of the period the truth tells them apart by their times."""
    binary, planet = Ephemeris(6.0, 101.0, 0.3), Ephemeris(6.05, 102.6, 0.2)
    assert kinds(binary, Ephemeris(6.0, 101.0, 0.3), planet, secondary_epoch=104.0) == [
        SIGNAL,
        OTHER,
    ]


def test_a_signal_behind_a_stronger_event_is_the_signal():
    planet = Ephemeris(6.0, 101.0, 0.2)
    assert kinds(planet, Ephemeris(2.3, 100.3, 0.2), planet) == [OTHER, SIGNAL]


def test_without_an_injection_the_first_event_stands_for_the_star():
    assert kinds_of_events([Recovery("same")] * 3, injected=False) == [SIGNAL, OTHER, OTHER]


def kinds_among(orbits, *found):
    return kinds_of_events([recover_among(one, orbits, baseline=BASELINE) for one in found])


def test_a_second_planet_is_a_further_signal_and_each_leaves_its_own_remains():
    inner, outer = Ephemeris(4.0, 101.0, 0.2), Ephemeris(9.1, 102.0, 0.3)
    orbits = [Eclipses(inner), Eclipses(outer)]
    wings = Ephemeris(9.1, 102.1, 0.1)
    assert kinds_among(orbits, outer, inner, wings) == [FURTHER, SIGNAL, LEFTOVER]


def test_a_planet_near_the_period_of_a_binary_is_told_by_its_times():
    """Within 1 % of the period, and for each eclipse of the binary as well."""
    binary, planet = Ephemeris(6.0, 101.0, 0.3), Ephemeris(6.05, 102.6, 0.2)
    orbits = [Eclipses(binary, 104.0), Eclipses(planet)]
    secondary = Ephemeris(6.0, 104.0, 0.2)
    assert kinds_among(orbits, binary, planet, secondary) == [SIGNAL, FURTHER, SECONDARY]


def test_a_planet_whose_transits_lie_within_the_eclipses_is_told_by_the_nearer_times():
    """The same period, a fifth of a day beside a long eclipse: both match, the planet better."""
    binary, planet = Ephemeris(6.0, 101.0, 1.0), Ephemeris(6.0, 101.2, 0.2)
    orbits = [Eclipses(binary), Eclipses(planet)]
    assert kinds_among(orbits, Ephemeris(6.0, 101.19, 0.2), Ephemeris(6.0, 101.02, 0.9)) == [
        FURTHER,
        SIGNAL,
    ]

"""Rows of a star: the one that stands for it, its other events, and the orbits that were missed."""

from exoval.ephemeris import Ephemeris
from exoval.event import TransitEvent
from simulate.event_kinds import FURTHER, LEFTOVER, MISSED, OTHER, SIGNAL
from simulate.found_events import FoundEvents
from simulate.recover import Recovery


def found(*matches, orbits):
    events = [TransitEvent(ephemeris=Ephemeris(3.0 + i, 1.0, 0.1)) for i in range(len(matches))]
    return FoundEvents(events, matches, orbits)


INNER, OUTER, NOTHING = Recovery("same"), Recovery("same", orbit=1), Recovery()


def test_every_event_is_a_row_of_its_orbit_and_what_was_missed_comes_last():
    star = found(OUTER, NOTHING, INNER, Recovery("half", orbit=1), orbits=3)
    assert star.kinds == [FURTHER, OTHER, SIGNAL, LEFTOVER]
    assert star.rows(several=True) == [(2, 0), (0, 1), (1, None), (3, 1), (None, 2)]
    assert star.truth(0, 1)["orbit_number"] == 2 and star.truth(0, 1)["found_as"] == 1
    assert "orbit_number" not in star.truth(1, None)
    assert star.truth(None, 2)["event_kind"] == MISSED and star.truth(None, 2)["alias"] == ""


def test_the_orbit_that_was_found_stands_for_the_star_where_the_first_was_missed():
    star = found(OUTER, orbits=2)
    for several in (True, False):
        assert star.rows(several=several) == [(0, 1), (None, 0)]
    assert star.truth(0, 1)["event_kind"] == FURTHER
    assert star.truth(None, 0)["orbit_number"] == 1


def test_where_nothing_is_found_every_orbit_is_missed():
    star = found(orbits=2)
    assert star.rows(several=True) == [(None, 0), (None, 1)]
    unsearched = FoundEvents([], [], 2, searched=False)
    assert unsearched.truth(None, 1) == {"event_kind": MISSED, "orbit_number": 2.0}


def test_a_star_of_one_orbit_names_none():
    star = found(NOTHING, INNER, orbits=1)
    assert star.rows(several=True) == [(1, 0), (0, None)]
    assert "orbit_number" not in star.truth(1, 0)
    assert FoundEvents([], [], 1, searched=False).truth(None, 0) == {}


def test_without_an_injection_the_first_event_stands_for_the_star():
    star = found(INNER, INNER, orbits=0)
    assert star.rows(several=True) == [(0, None), (1, None)]
    assert star.rows(several=False) == [(0, None)]
    assert found(orbits=0).rows(several=True) == [(None, None)]

"""A found ephemeris is matched with the injected one at its aliases and at the secondary."""

import pytest

from exoval.ephemeris import Ephemeris
from simulate.recover import ALIASES, recover

BASELINE = (100.0, 190.0)
INJECTED = Ephemeris(4.2, 101.3, 0.2)


def test_the_injection_itself():
    assert recover(INJECTED, INJECTED, BASELINE).alias == "same"


@pytest.mark.parametrize(("alias", "ratio"), ALIASES.items())
def test_every_alias_by_its_name(alias, ratio):
    found = Ephemeris(4.2 * ratio, 101.3, 0.2)
    assert recover(found, INJECTED, BASELINE).alias == alias


def test_at_the_secondary():
    found = Ephemeris(4.2, 101.3 + 1.7, 0.2)
    recovery = recover(found, INJECTED, BASELINE, secondary_epoch=103.0)
    assert recovery.found
    assert recovery.at_secondary
    assert not recover(found, INJECTED, BASELINE).found


def test_double_period_on_every_second_event_whatever_the_parity():
    found = Ephemeris(8.4, 101.3 + 4.2, 0.2)
    assert recover(found, INJECTED, BASELINE).alias == "double"


def test_half_a_duration_of_drift_is_the_limit():
    events = 90 / 4.2
    for drift, expected in ((0.04, True), (0.3, False)):
        found = Ephemeris(4.2 + drift / events, 101.3, 0.2)
        assert recover(found, INJECTED, BASELINE).found is expected


def test_another_signal_of_the_same_period_is_not_it():
    assert not recover(Ephemeris(4.2, 103.0, 0.2), INJECTED, BASELINE).found


def test_epochs_far_outside_the_data_count_the_same():
    found = Ephemeris(4.2, 101.3 - 400 * 4.2, 0.2)
    assert recover(found, INJECTED, BASELINE).alias == "same"

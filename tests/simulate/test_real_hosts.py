"""Which real stars are hosts, and what is cut out of them."""

import numpy as np

from exoval.catalogs.known_signals import stars_with_known_signals
from exoval.catalogs.signal_catalogue import signal_catalogues
from exoval.labels import FALSE_POSITIVE
from exoval.missions.kepler import kepler
from simulate.hosts import RealHosts


def test_known_events_are_cut_out_of_hosts_that_keep_their_planets(sample_folder):
    hosts = RealHosts(mission=kepler(), segments_per_light_curve=3, mask_known_signals=True)
    signals = stars_with_known_signals(signal_catalogues("KIC"))
    masked = [target for target in hosts.eligible if target in signals]
    assert len(masked) > 5
    restricted = RealHosts(
        mission=kepler(), targets=masked[:1], segments_per_light_curve=3, mask_known_signals=True
    )
    light_curve, star = restricted.draw(np.random.default_rng(0))
    whole = restricted.library.read(star.target)
    for signal in signals[star.target]:
        assert signal.ephemeris.in_event(whole.time).any()
        assert not signal.ephemeris.in_event(light_curve.time).any()


def test_stars_of_false_positives_are_no_hosts(sample_folder):
    hosts = RealHosts(mission=kepler(), mask_known_signals=True)
    signals = stars_with_known_signals(signal_catalogues("KIC"))
    false = {
        target
        for target, known in signals.items()
        if any(one.disposition == FALSE_POSITIVE for one in known)
    }
    assert false & set(hosts.library.targets())
    assert not false & set(hosts.eligible)


def test_without_masking_stars_with_known_signals_are_left_out(sample_folder):
    hosts = RealHosts(mission=kepler())
    assert not set(stars_with_known_signals(signal_catalogues("KIC"))) & set(hosts.eligible)

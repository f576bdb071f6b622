"""Which real stars are hosts, and what is cut out of them."""

import numpy as np
import pytest

from exoval.catalogs.known_signals import stars_with_known_signals
from exoval.catalogs.signal_catalogue import signal_catalogues
from exoval.errors import BadParameter, DataNotFound
from exoval.labels import FALSE_POSITIVE
from exoval.missions.kepler import kepler
from simulate.hosts import ProceduralHosts, RealHosts


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


def test_hosts_can_be_limited_to_stars_like_a_surveys(sample_folder):
    every = RealHosts(mission=kepler())
    dwarfs = RealHosts(mission=kepler(), star_limits={"logg": [4.3, 5.0]})
    assert 0 < len(dwarfs.eligible) < len(every.eligible)
    assert all(dwarfs.library.star(one).logg >= 4.3 for one in dwarfs.eligible)
    counted = dwarfs.describe()["stars_left_out_by_limits"]
    assert counted == len(every.eligible) - len(dwarfs.eligible)
    with pytest.raises(DataNotFound, match="star_limits"):
        RealHosts(mission=kepler(), star_limits={"radius": [1e3, 1e4]}).eligible  # noqa: B018
    with pytest.raises(BadParameter, match="colour"):
        RealHosts(mission=kepler(), star_limits={"colour": [0, 1]})


@pytest.mark.parametrize("kind", ["real", "procedural"])
def test_hosts_are_cut_to_the_lengths_that_are_asked_for(sample_folder, kind):
    spans = [20, 35]
    hosts = (
        RealHosts(mission=kepler(), span_days=spans)
        if kind == "real"
        else ProceduralHosts(kepler(), span_days=spans)
    )
    rng = np.random.default_rng(0)
    found = np.array([hosts.draw(rng)[0].baseline for _ in range(12)])
    near = np.abs(found[:, None] - np.array(spans)).min(axis=1)
    # an end may fall into a pause
    assert np.median(near) < 0.1 and found.max() < 35.1
    with pytest.raises(BadParameter, match="span_days"):
        ProceduralHosts(kepler(), span_days=[0])

"""Which light curves real stars give as hosts: which segments, and what is cut out of them."""

from collections import Counter
from dataclasses import replace

import numpy as np
import pytest
from commands import simulation
from fabricate import cadences, kepler_fits

from exoval.catalogs.candidate import Candidate
from exoval.catalogs.known_signals import KnownStars
from exoval.ephemeris import Ephemeris
from exoval.errors import DataNotFound
from exoval.injection.inject import inject
from exoval.labels import FALSE_POSITIVE, PLANET, UNKNOWN
from exoval.missions.kepler import kepler
from exoval.missions.tess import tess
from exoval.system import Orbit, Source, System
from simulate.hosts import ProceduralHosts, RealHosts, automatic_hosts

QUARTERS = (3, 4, 5, 6)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Four quarters of one star, two of another, one of each of three more."""
    folder = tmp_path_factory.mktemp("kepler")
    quarters = {1: QUARTERS, 2: QUARTERS[:2]} | dict.fromkeys((3, 4, 5), QUARTERS[:1])
    for kic, numbers in quarters.items():
        for number in numbers:
            columns = cadences(count=900, start=100.0 * number, seed=number)
            kepler_fits(folder, kic, number, columns)
    return folder


def hosts(folder, **settings):
    return RealHosts(mission=kepler(), folder=str(folder), **settings)


def signal(target, period, duration, disposition=PLANET):
    return Candidate(
        target=target,
        name=f"{target} {period}",
        ephemeris=Ephemeris(period, 301.0, duration),
        depth=1e-3,
        label="?",
        disposition=disposition,
        provenance="test",
    )


@pytest.fixture
def known(monkeypatch):
    """Signals that catalogues list, by target."""
    signals = {}
    monkeypatch.setattr("simulate.hosts.known_stars", lambda *_, **__: KnownStars(signals, {}))
    return signals


def known_are(monkeypatch, **what):
    """Let catalogues say this."""
    found = KnownStars(**{"signals": {}, "without_ephemeris": {}} | what)
    monkeypatch.setattr("simulate.hosts.known_stars", lambda *_, **__: found)


@pytest.mark.parametrize("size", [1, 2, 3])
def test_every_run_of_segments_is_drawn_as_often_as_any_other(folder, known, size):
    drawn = hosts(folder, targets=("KIC 1",), segments_per_light_curve=size)
    rng = np.random.default_rng(0)
    runs = Counter()
    for _ in range(60):
        light_curve, _ = drawn.draw(rng)
        runs[tuple(segment.number for segment in light_curve.segments)] += 1
    expected = {QUARTERS[first : first + size] for first in range(len(QUARTERS) - size + 1)}
    assert set(runs) == expected
    # four standard deviations of a binomial count
    mean = 60 / len(expected)
    assert max(abs(count - mean) for count in runs.values()) < 4 * np.sqrt(mean)


def test_stars_of_too_few_segments_are_left_out_and_short_ones_used_whole(folder, known):
    assert hosts(folder, segments_per_light_curve=4, minimum_segments=2).eligible == (
        "KIC 1",
        "KIC 2",
    )
    light_curve, star = hosts(folder, targets=("KIC 2",), segments_per_light_curve=3).draw(
        np.random.default_rng(0)
    )
    assert star.target == "KIC 2" and [one.number for one in light_curve.segments] == [3, 4]


def test_stars_with_known_signals_are_left_out(folder, known):
    known["KIC 2"] = (signal("KIC 2", 5.0, 0.2),)
    known["KIC 99"] = (signal("KIC 99", 5.0, 0.2),)
    drawn = hosts(folder)
    assert drawn.eligible == ("KIC 1", "KIC 3", "KIC 4", "KIC 5")
    assert drawn.describe()["stars_left_out_for_known_signals"] == 1


def test_what_is_masked_is_a_duration_before_and_after_every_mid_event(folder, known):
    known["KIC 1"] = (signal("KIC 1", 5.3, 0.2), signal("KIC 1", 7.1, 0.3, UNKNOWN))
    masked = hosts(folder, targets=("KIC 1",), segments_per_light_curve=4, mask_known_signals=True)
    light_curve, _ = masked.draw(np.random.default_rng(0))
    whole = masked.library.read("KIC 1")
    events = [301.0 + period * n for period in (5.3, 7.1) for n in range(80)]
    widths = [duration for duration in (0.2, 0.3) for _ in range(80)]
    away = np.abs(whole.time[:, None] - events) / widths
    np.testing.assert_array_equal(light_curve.time, whole.time[(away >= 1).all(axis=1)])
    assert len(light_curve) < 0.95 * len(whole)


def test_masking_keeps_stars_of_planets_whose_events_cost_little(folder, known):
    """Two durations an event: a third of the time at most."""
    known["KIC 1"] = (signal("KIC 1", 5.0, 0.7),)
    known["KIC 2"] = (signal("KIC 2", 5.0, 0.8),)
    known["KIC 3"] = (signal("KIC 3", 5.0, 0.4), signal("KIC 3", 11.0, 0.9))
    known["KIC 4"] = (signal("KIC 4", 50.0, 0.1, FALSE_POSITIVE),)
    drawn = hosts(folder, mask_known_signals=True)
    assert drawn.eligible == ("KIC 1", "KIC 5")
    assert drawn.describe()["stars_with_masked_signals"] == 1


@pytest.mark.parametrize("mask", [False, True])
def test_a_known_star_without_an_ephemeris_is_no_host(folder, monkeypatch, mask):
    """Its events cannot be cut out, and a search would find them as if nothing transited."""
    known_are(
        monkeypatch,
        signals={"KIC 2": (signal("KIC 2", 5.0, 0.2),), "KIC 3": (signal("KIC 3", 5.0, 0.2),)},
        without_ephemeris={"KIC 1": "no period", "KIC 3": "no duration", "KIC 99": "no period"},
    )
    drawn = hosts(folder, mask_known_signals=mask)
    assert drawn.eligible == (("KIC 2", "KIC 4", "KIC 5") if mask else ("KIC 4", "KIC 5"))
    described = drawn.describe()
    assert described["stars_left_out_for_known_signals"] == (2 if mask else 3)
    assert described["stars_left_out_by_reason"] == (
        {"known signal with no period": 1, "known signal with no duration": 1}
        if mask
        else {"known signal": 2, "known signal with no period": 1}
    )
    assert described["stars_with_masked_signals"] == int(mask)


def test_known_stars_are_hosts_only_if_asked_for(folder, monkeypatch):
    known_are(monkeypatch, without_ephemeris={"KIC 1": "no period"})
    assert "KIC 1" in hosts(folder, leave_out_known_signals=False).eligible
    assert "KIC 1" not in hosts(folder, targets=("KIC 1", "KIC 2")).eligible
    assert hosts(folder, targets=("kic-1", 2, "kplr2", "KIC0002.0")).eligible == ("KIC 2",) * 3


def test_where_no_host_is_left_every_reason_is_counted(folder, monkeypatch):
    known_are(
        monkeypatch,
        signals={"KIC 2": (signal("KIC 2", 5.0, 0.2),)},
        without_ephemeris={"KIC 1": "no period"},
    )
    with pytest.raises(DataNotFound) as raised:
        _ = hosts(folder, minimum_segments=2, segments_per_light_curve=2).eligible
    for part in ("5 stars", "fewer than 2 segments (3)", "no period (1)", "known signal (1)"):
        assert part in str(raised.value)


def test_missing_catalogues_are_named_in_the_manifest(folder, monkeypatch):
    known_are(monkeypatch, missing=("KOI table", "labelled TCE table"))
    described = hosts(folder).describe()
    assert described["missing_catalogues"] == ["KOI table", "labelled TCE table"]
    assert "without KOI table, labelled TCE table" in described["warning"]
    known_are(monkeypatch)
    described = hosts(folder).describe()
    assert described["missing_catalogues"] == [] and "warning" not in described


def test_real_catalogues_are_missing_where_there_are_none(folder, tmp_path, monkeypatch):
    monkeypatch.setenv("EXOVAL_DATA", str(tmp_path))
    assert hosts(folder).describe()["missing_catalogues"] == [
        "KOI table",
        "Kepler eclipsing binary catalogue",
        "labelled TCE table",
    ]


def test_automatic_hosts_take_the_settings_of_real_ones(folder, known):
    """As ``host=auto`` with ``host.folder`` and the others does."""
    chosen = simulation(
        f"host.folder={folder}", "host.targets=['KIC 2']", "host.segments_per_light_curve=2"
    )[1]["host"]
    assert chosen.kind == "real" and chosen.eligible == ("KIC 2",)
    assert chosen.segments_per_light_curve == 2


def test_light_curves_that_are_named_and_not_there_are_not_made_up(tmp_path):
    with pytest.raises(DataNotFound, match="no folder"):
        automatic_hosts(
            mission=kepler(),
            folder=str(tmp_path / "none"),
            procedural=ProceduralHosts(mission=kepler()),
        )


@pytest.mark.parametrize(("flux_column", "is_diluted"), [("sap", True), ("pdcsap", False)])
def test_made_up_light_curves_hold_the_light_of_neighbours_where_real_ones_do(
    flux_column, is_diluted
):
    made = ProceduralHosts(mission=replace(tess(), flux_column=flux_column), segments=1)
    draws = (made.draw(np.random.default_rng(seed))[0] for seed in range(50))
    light_curve = next(one for one in draws if one.segments[0].crowding < 0.9)
    orbit = Orbit(
        period=3.0,
        epoch=float(np.median(light_curve.time)),
        radius_ratio=0.1,
        semi_major_axis_ratio=10.0,
        impact_parameter=0.2,
    )
    source = Source(flux_fraction=1.0, orbit=orbit)
    system = System(scenario="planet", sources=(source,))
    without = replace(light_curve, flux_is_decrowded=True)
    dip, whole = (
        np.max(1 - inject(one, system).light_curve.flux / one.flux)
        for one in (light_curve, without)
    )
    share = light_curve.segments[0].crowding if is_diluted else 1.0
    assert dip == pytest.approx(share * whole, rel=1e-6)

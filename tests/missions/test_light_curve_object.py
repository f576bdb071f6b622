"""Light curves of lightkurve, and other objects with time and flux, become exoval's own."""

import warnings
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from astropy import units
from astropy.io import fits
from astropy.time import Time
from fabricate import cadences, kepler_fits, tess_fits

from exoval.detrend.biweight import Biweight
from exoval.ephemeris import Ephemeris
from exoval.errors import BadLightCurve
from exoval.event import TransitEvent
from exoval.injection.inject import inject, rebuild
from exoval.missions.kepler import kepler
from exoval.missions.light_curve_object import as_light_curve
from exoval.missions.tess import tess
from exoval.missions.tess_ffi import tess_ffi
from exoval.real_event import measure_real_event
from exoval.recipe import Recipe
from exoval.search.box_search import BoxSearch
from exoval.search.known_ephemeris import KnownEphemeris
from exoval.search.search_again import search_again
from exoval.star import Star
from exoval.system import Orbit, Source, System

ARRAYS = ("time", "flux", "flux_error", "centroid_column", "centroid_row")
EVENT = Ephemeris(1.3, 1520.9, 0.1)
STAR = Star(target="TIC 11491822", radius=1.0, teff=5700.0, logg=4.4, mass=1.0)


@pytest.fixture(scope="module")
def lightkurve():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import lightkurve

    return lightkurve


def sector(start=1517.0, days=20.0, seconds=600.0, seed=0):
    """Columns of a sector with a box of 1 % every 1.3 days and flags on twenty cadences."""
    columns = cadences(int(days * 86400 / seconds), start, seed, exposure_seconds=seconds)
    columns["pdcsap_flux"] = columns["pdcsap_flux"] * (1 - 0.01 * EVENT.in_event(columns["time"]))
    columns["quality"][100:120] = 1 << 7
    return in_doubles(columns)


def in_doubles(columns):
    """Centroids in double precision, as in the archives."""
    return columns | {name: columns[name].astype(float) for name in ("mom_centr1", "mom_centr2")}


def read(lightkurve, path, **settings):
    """A fabricated file as lightkurve reads it, once its headers name the pipeline."""
    kind = "FluxExporter2" if path.name.startswith("kplr") else "LightCurveExporter"
    fits.setval(path, "ORIGIN", value="NASA/Ames")
    fits.setval(path, "CREATOR", value=f"{kind}PipelineModule")
    fits.setval(path, "EXTNAME", value="LIGHTCURVE", ext=1)
    step = np.median(np.diff(fits.getdata(path, 1)["TIME"]))
    fits.setval(path, "TIMEDEL", value=float(np.round(step, 6)), ext=1)
    return lightkurve.read(path, **settings)


def same(one, other):
    for name in ARRAYS:
        np.testing.assert_array_equal(getattr(one, name), getattr(other, name), err_msg=name)
    assert (one.target, one.segments) == (other.target, other.segments)
    assert (one.exposure, one.flux_is_decrowded) == (other.exposure, other.flux_is_decrowded)


@pytest.mark.parametrize("quality_bitmask", ["none", "default"])
def test_a_pipeline_file_is_the_same_through_lightkurve(tmp_path, lightkurve, quality_bitmask):
    for path, mission in (
        (tess_fits(tmp_path, columns=sector(days=2.0)), tess()),
        (kepler_fits(tmp_path, columns=in_doubles(cadences(start=900.0))), kepler()),
    ):
        given = read(lightkurve, path, quality_bitmask=quality_bitmask)
        same(as_light_curve(given), mission.read(path))


def test_flags_mask_and_the_chosen_flux_are_heeded(tmp_path, lightkurve):
    path = tess_fits(tmp_path, columns=sector())
    given = read(lightkurve, path, quality_bitmask="none")
    assert len(as_light_curve(given)) == len(given) - 20
    raw = as_light_curve(given.select_flux("sap_flux"))
    assert not raw.flux_is_decrowded
    assert raw.segments[0].crowding == 0.99
    hidden = given.copy()
    hidden["flux"] = np.ma.array(hidden["flux"].value, mask=np.arange(len(given)) < 50)
    hidden = as_light_curve(SimpleNamespace(time=given.time, flux=hidden["flux"], meta=given.meta))
    assert hidden.time[0] == given.time.value[50]


@pytest.mark.parametrize(
    ("change", "note"),
    [
        (lambda lc: lc.normalize(), ""),
        (lambda lc: lc.normalize(unit="ppm"), ""),
        (lambda lc: lc.normalize(unit="percent"), ""),
        (lambda lc: about_zero(lc.normalize(unit="ppm")), "flux in ppm about zero"),
        (lambda lc: about_zero(lc.normalize()), "flux as relative change about zero"),
    ],
)
def test_relative_flux_is_counted_from_no_light(tmp_path, lightkurve, change, note):
    given = read(lightkurve, tess_fits(tmp_path, columns=sector())).remove_nans()
    found, plain = as_light_curve(change(given)), as_light_curve(given)
    for name in ("flux", "flux_error"):
        relative, expected = (getattr(one, name) / np.median(one.flux) for one in (found, plain))
        np.testing.assert_allclose(relative, expected, rtol=1e-5)
    assert note in " ".join(found.notes) and bool(note) == bool(found.notes)


def about_zero(curve):
    curve["flux"] = curve["flux"] - np.median(curve["flux"])
    return curve


def test_magnitudes_become_linear():
    time, flux = 1517 + 0.02 * np.arange(500), 1 + 0.01 * np.sin(np.arange(500))
    given = SimpleNamespace(
        time=Time(time, format="btjd", scale="tdb"),
        flux=(11 - 2.5 * np.log10(flux)) * units.mag,
        flux_err=np.full(500, 1e-3) * units.mag,
        meta={"TICID": 5},
    )
    found = as_light_curve(given)
    np.testing.assert_allclose(found.flux / np.median(found.flux), flux / np.median(flux))
    # an error of a magnitude is one of 0.4 ln 10 in relative flux
    assert found.flux_error / found.flux == pytest.approx(0.4 * np.log(10) * 1e-3)
    assert "magnitudes were converted" in " ".join(found.notes)


def plain(**meta):
    rng = np.random.default_rng(0)
    time = 1517 + 0.02 * np.arange(500)
    flux = 1 + 1e-3 * rng.standard_normal(500)
    return SimpleNamespace(time=time, flux=flux, flux_err=None, meta={"MISSION": "TESS"} | meta)


@pytest.mark.parametrize(
    ("convert", "seconds_late"),
    [
        (lambda time: Time(2457000, time, format="jd", scale="tdb"), 0.0),
        (lambda time: Time(2457000, time, format="jd", scale="tdb").utc, 0.0),
        (lambda time: Time(Time(2457000, time, format="jd", scale="tdb"), format="mjd"), 0.0),
        # TDB was 69.184 s ahead of UTC in 2018
        (lambda time: Time(2457000, time, format="jd", scale="utc"), 69.184),
        (lambda time: time + 2457000, 0.0),
        (lambda time: 24 * time * units.hour, 0.0),
    ],
)
def test_every_clock_becomes_that_of_the_mission(convert, seconds_late):
    given = plain()
    expected = given.time + seconds_late / 86400
    given.time = convert(given.time)
    np.testing.assert_allclose(as_light_curve(given).time, expected, rtol=0, atol=1e-3 / 86400 * 40)


def test_what_is_guessed_is_said():
    found = as_light_curve(plain())
    told = " ".join(found.notes)
    assert found.target == "unnamed star"
    assert found.exposure == pytest.approx(0.02)
    assert found.flux_error == pytest.approx(1e-3, rel=0.15)
    for words in (
        "does not say which star",
        "times without a clock are taken to begin 1517.00 days after BJD 2457000.0",
        "the scatter from cadence to cadence is taken",
        "the exposure is taken to be the step between cadences, 1728 s",
    ):
        assert words in told


@pytest.mark.parametrize("name", ["time", "TIME"])
def test_the_time_may_be_the_index(name):
    time = 1517 + np.arange(100) / 144
    flux = np.random.default_rng(1).normal(1.0, 1e-3, 100)
    frame = pd.DataFrame({"flux": flux}, index=pd.Index(time, name=name))
    assert as_light_curve(frame, tess()).time == pytest.approx(time)


def test_the_mission_is_the_objects_own_or_the_assumed_one():
    named = plain(LABEL="TIC 5")
    assert as_light_curve(named).target == "TIC 5"
    assert as_light_curve(named, tess_ffi()).mission == "tess_ffi"
    assert as_light_curve(named, kepler()).mission == "tess"
    unnamed = plain(MISSION="")
    assert as_light_curve(unnamed, kepler()).mission == "kepler"
    frame = pd.DataFrame({"time": unnamed.time, "flux": unnamed.flux})
    np.testing.assert_array_equal(as_light_curve(frame, tess()).flux, unnamed.flux)
    with pytest.raises(BadLightCurve, match="says of no mission"):
        as_light_curve(unnamed)


@pytest.mark.parametrize("given", [3, "light curve", {"time": [1.0]}, [], None])
def test_what_holds_no_light_curve_is_refused(given):
    with pytest.raises(BadLightCurve):
        as_light_curve(given, tess())


def test_a_folded_light_curve_is_refused(tmp_path, lightkurve):
    given = read(lightkurve, tess_fits(tmp_path, columns=sector()))
    for normalize_phase in (False, True):
        with pytest.raises(BadLightCurve, match="is folded"):
            as_light_curve(given.fold(1.3, normalize_phase=normalize_phase))


def test_flux_about_zero_of_no_known_scale_is_refused():
    given = plain()
    given.flux = 1e9 * (given.flux - 1)
    with pytest.raises(BadLightCurve, match="give the unit"):
        as_light_curve(given)


@pytest.fixture
def sectors(tmp_path, lightkurve):
    """Two sectors of 600 s and one of 120 s, as lightkurve's collection, and exoval's reading."""
    paths = [
        tess_fits(tmp_path, sector=8, columns=sector(1517.0, 25.0)),
        tess_fits(tmp_path, sector=9, columns=sector(1544.0, 25.0, seed=1)),
        tess_fits(tmp_path, sector=10, columns=sector(1571.0, 10.0, 120.0, seed=2)),
    ]
    return lightkurve.LightCurveCollection([read(lightkurve, path) for path in paths])


def test_a_collection_is_stitched_with_its_segments_and_exposures(sectors):
    found = as_light_curve(sectors)
    assert [one.number for one in found.segments] == [8, 9, 10]
    exposures = [found.exposures[one.start] for one in found.segments]
    assert 86400 * np.array(exposures) == pytest.approx([600, 600, 120], abs=0.1)
    same(as_light_curve(list(sectors)), found)


def test_of_overlapping_light_curves_one_cadence_is_read(sectors, tmp_path, lightkurve):
    path = tess_fits(tmp_path / "fast", sector=10, columns=sector(1571.0, 10.0, 20.0, seed=3))
    fast = read(lightkurve, path)
    for given in ([fast, *sectors], [*sectors, fast]):
        found = as_light_curve(given, tess())
        same(found, as_light_curve(sectors))
        (note,) = [note for note in found.notes if "the same time" in note]
        assert note.startswith(f"light curve {1 if given[0] is fast else 4} of 4 (")


def test_light_curves_that_alternate_are_refused(sectors):
    first = as_light_curve(sectors[0])
    number = np.arange(len(first)) // 100 % 2
    halves = [first.keep(number == one) for one in (0, 1)]
    with pytest.raises(BadLightCurve, match="alternate in time"):
        as_light_curve(halves, tess())


def test_segments_of_a_stitched_light_curve_are_guessed_from_pauses(sectors):
    found = as_light_curve(sectors.stitch())
    assert [one.number for one in found.segments] == [1, 2, 3]
    assert [one.start for one in found.segments] == [
        one.start for one in as_light_curve(sectors).segments
    ]
    assert any("3 segments (sectors) are guessed" in note for note in found.notes)


def test_bins_expose_for_their_width(sectors):
    binned = as_light_curve(sectors[2].bin(0.02))
    assert binned.exposure == pytest.approx(0.02, rel=1e-6)


def test_every_entry_takes_it_as_it_is(tmp_path, lightkurve):
    path = tess_fits(tmp_path, columns=sector())
    given, own = read(lightkurve, path), tess().read(path)
    event, recipe = TransitEvent(ephemeris=EVENT), Recipe(mission=tess())
    measured = [measure_real_event(one, event, STAR, recipe).row for one in (given, own)]
    np.testing.assert_equal(*measured)
    np.testing.assert_array_equal(Biweight()(given).flux, Biweight()(own).flux)
    orbit = Orbit(
        period=2.0,
        epoch=1518.0,
        radius_ratio=0.1,
        semi_major_axis_ratio=9.0,
        impact_parameter=0.0,
    )
    system = System(scenario="planet", sources=(Source(flux_fraction=1.0, orbit=orbit),))
    done = inject(given, system)
    same(done.light_curve, inject(own, system).light_curve)
    same(rebuild(given, done.card).light_curve, done.light_curve)
    flat = given.flatten(201)
    for search in (BoxSearch(maximum_period_days=5.0), KnownEphemeris(blind=BoxSearch())):
        found = search(flat, STAR, EVENT)
        assert found.ephemeris.period == pytest.approx(EVENT.period, rel=1e-3)
    first = search_again(BoxSearch(maximum_period_days=5.0), flat, STAR, count=1)
    assert first[0].ephemeris.period == pytest.approx(EVENT.period, rel=1e-3)

"""Every product's file with a known planet gives back its clock, period and depth."""

import fabricate_products as made
import numpy as np
import pytest
from astropy.io import fits

from exoval.detrend.biweight import Biweight
from exoval.errors import BadLightCurve
from exoval.missions.k2 import k2
from exoval.missions.kepler import kepler
from exoval.missions.library import open_library
from exoval.missions.tess import tess
from exoval.missions.tess_ffi import tess_ffi
from exoval.search.box_search import BoxSearch

TESS = {
    "TESS-SPOC": made.tess_spoc,
    "QLP": made.qlp,
    "TGLC": made.tglc,
    "eleanor": made.eleanor,
    "TASOC": made.tasoc,
    "raw TASOC": made.raw_tasoc,
    "CDIPS": made.cdips,
}
K2 = {"K2SFF": made.k2sff, "EVEREST": made.everest}
#: product: mission, writer, the star's name, epoch on the mission's clock
PRODUCTS = {
    **{name: (tess_ffi, write, f"TIC {made.TIC}", made.TESS_EPOCH) for name, write in TESS.items()},
    **{name: (k2, write, f"EPIC {made.EPIC}", made.KEPLER_EPOCH) for name, write in K2.items()},
    "KEPSEISMIC": (kepler, made.kepseismic, f"KIC {made.KIC}", 503.0),
}


@pytest.fixture(params=PRODUCTS)
def product(request, tmp_path):
    mission, write, target, epoch = PRODUCTS[request.param]
    light = made.transits(epoch, seed=len(request.param))
    return mission(), write(tmp_path, light), target, light


def test_a_planet_comes_back(product):
    mission, path, target, light = product
    curve = mission.read(path)
    assert curve.target == target
    assert curve.time == pytest.approx(light.time, abs=1e-6)
    assert curve.flux / np.median(curve.flux) == pytest.approx(
        light.flux / np.median(light.flux), abs=1e-6
    )
    assert curve.exposure == pytest.approx(1800 / 86400, rel=1e-3)
    event = BoxSearch()(Biweight()(curve), mission.read_star(path))
    # a cadence over the seven events of a sector
    assert event.ephemeris.period == pytest.approx(made.PERIOD, abs=1800 / 86400 / 7)
    assert event.depth == pytest.approx(made.DEPTH, rel=0.05)


def test_errors_are_those_of_the_flux(product):
    mission, path, _, _ = product
    curve = mission.read(path)
    relative = np.median(curve.flux_error) / np.median(curve.flux)
    if any(name in path.name for name in ("tglc", "kepseismic", "k2sff")):
        assert np.isnan(relative)
    else:
        assert relative == pytest.approx(made.NOISE, rel=0.15)


def test_a_library_lists_and_reads_every_product(product):
    mission, path, target, light = product
    if mission.name == "kepler":
        pytest.skip("a file of the whole mission is no quarter")
    library = open_library(mission, folder=path.parent)
    assert library.targets() == [target]
    assert library.segments(target) == ((8,) if mission.band == "tess" else (1,))
    assert library.read(target).target == target
    assert len(library.read(target)) == len(light)


@pytest.mark.parametrize("name", TESS)
def test_stars_keywords(name, tmp_path):
    light = made.transits(made.TESS_EPOCH)
    star = tess_ffi().read_star(TESS[name](tmp_path, light))
    assert (star.target, star.magnitude, star.ra) == (f"TIC {made.TIC}", 10.3, 100.0)
    assert star.teff == (5400.0 if name == "CDIPS" else 5700.0)


@pytest.mark.parametrize("empty", ["", None, 0, "nan"])
@pytest.mark.parametrize("name", TESS)
def test_a_star_without_catalogue_number_in_the_header(name, empty, tmp_path):
    light = made.transits(made.TESS_EPOCH)
    keyword = "TIC_ID" if name == "eleanor" else "TICID"
    path = TESS[name](tmp_path, light, **{keyword: empty}, OBJECT="none")
    curve = tess_ffi().read(path)
    gaia = {"TGLC": f"Gaia DR3 {made.GAIA}", "CDIPS": f"Gaia DR2 {made.GAIA}"}
    assert curve.target == gaia.get(name, f"TIC {made.TIC}")
    assert tess_ffi().read_star(path).target == curve.target
    assert any(curve.target in note for note in curve.notes)


def test_a_gaia_number_of_the_header_names_a_renamed_file(tmp_path):
    light = made.transits(made.TESS_EPOCH)
    path = made.tglc(tmp_path, light, TICID="").rename(tmp_path / "mine.fits")
    assert tess_ffi().read(path).target == f"Gaia DR3 {made.GAIA}"


def test_a_file_that_names_no_star_is_refused(tmp_path):
    light = made.transits(made.TESS_EPOCH)
    path = made.tglc(tmp_path, light, TICID="", OBJECT="").rename(tmp_path / "mine.fits")
    with pytest.raises(BadLightCurve, match=r"mine\.fits does not say which star.*TICID"):
        tess_ffi().read(path)


@pytest.mark.parametrize("sector", ["8", "0008", 8.0])
def test_the_sector_may_be_text(sector, tmp_path):
    light = made.transits(made.TESS_EPOCH)
    path = made.tess_spoc(tmp_path, light, SECTOR=sector).rename(tmp_path / "mine.fits")
    assert tess_ffi().read(path).segments[0].number == 8


def changed(path, **columns):
    """The file with columns replaced, their type too."""
    with fits.open(path) as hdus:
        data = hdus[1].data
        table = {name: np.array(data[name]) for name in data.names}
        table = {name: value.astype(value.dtype.newbyteorder("=")) for name, value in table.items()}
        for name, function in columns.items():
            table[name] = function(table[name])
        units = {column.name: column.unit for column in hdus[1].columns}
        return made.write(path, hdus[0].header, _own(hdus[1].header), table, units)


def _own(header):
    given = ("BJDREFI", "BJDREFF", "TIMEDEL", "EXTNAME", "TIMESYS")
    return {name: header[name] for name in given if name in header}


def flagged(value, good=None):
    def change(column):
        column = np.zeros(len(column), np.asarray(value).dtype) if good is None else column
        column[5] = value
        return column

    return change


@pytest.mark.parametrize(
    ("write", "column", "value", "is_kept"),
    [
        (made.tess_spoc, "QUALITY", np.float32(4), False),
        (made.tess_spoc, "QUALITY", np.float64(1 << 6), True),
        (made.tess_spoc, "QUALITY", np.float32(np.nan), False),
        (made.tess_spoc, "QUALITY", np.int64(4), False),
        (made.eleanor, "QUALITY", np.float64(4), False),
        (made.tglc, "TESS_flags", np.int16(4), False),
        (made.tglc, "TGLC_flags", np.int16(1), False),
        (made.tasoc, "PIXEL_QUALITY", np.int32(4), False),
        (made.tasoc, "QUALITY", np.int32(1), False),
        (made.tasoc, "QUALITY", np.int32(4), True),
    ],
)
def test_flags_of_every_type(write, column, value, is_kept, tmp_path):
    light = made.transits(made.TESS_EPOCH)
    path = changed(write(tmp_path, light), **{column: flagged(value)})
    curve = tess_ffi().read(path)
    assert len(curve) == len(light) - (not is_kept)
    assert is_kept or curve.time[5] == pytest.approx(light.time[6], abs=1e-6)


@pytest.mark.parametrize(("letter", "is_kept"), [("G", True), ("0", True), ("X", False)])
def test_flags_that_are_letters(letter, is_kept, tmp_path):
    light = made.transits(made.TESS_EPOCH)
    path = changed(made.cdips(tmp_path, light), IRQ1=flagged(letter, good="G"))
    assert len(tess_ffi().read(path)) == len(light) - (not is_kept)


@pytest.mark.parametrize(
    ("write", "column", "value", "is_kept"),
    [
        (made.k2sff, "MOVING", np.int16(1), False),
        (made.everest, "QUALITY", np.int64(1 << 22), False),
        (made.everest, "QUALITY", np.int64(1 << 24), True),
        (made.everest, "QUALITY", np.int64(1 << 20), False),
    ],
)
def test_flags_of_k2(write, column, value, is_kept, tmp_path):
    light = made.transits(made.KEPLER_EPOCH)
    path = changed(write(tmp_path, light), **{column: flagged(value)})
    assert len(k2().read(path)) == len(light) - (not is_kept)


def test_names_of_columns_in_lower_case(product):
    mission, path, target, light = product
    with fits.open(path, mode="update") as hdus:
        for column in list(hdus[1].columns):
            hdus[1].columns.change_name(column.name, column.name.lower())
    curve = mission.read(path)
    assert curve.target == target and len(curve) == len(light)


def test_raw_photometry_is_called_uncorrected(tmp_path):
    curve = tess_ffi().read(made.raw_tasoc(tmp_path, made.transits(made.TESS_EPOCH)))
    assert curve.notes == ("FLUX_RAW was read, which is not corrected for systematics",)
    assert not curve.flux_is_decrowded


def test_ppm_without_its_unit_is_told_by_its_scatter(tmp_path):
    light = made.transits(made.TESS_EPOCH)
    path = made.tasoc(tmp_path, light)
    with fits.open(path, mode="update") as hdus:
        hdus[1].columns["FLUX_CORR"].unit = ""
    curve = tess_ffi().read(path)
    assert curve.flux == pytest.approx(light.flux, abs=1e-9)
    assert curve.notes == ("flux in ppm about zero was read as 1 + change, judged by its scatter",)


def test_a_header_that_counts_full_julian_dates_from_a_zero_is_not_believed(tmp_path):
    light = made.transits(made.TESS_EPOCH)
    path = made.cdips(tmp_path, light)
    with fits.open(path, mode="update") as hdus:
        hdus[1].header["BJDREFI"] = 2457000
    curve = tess_ffi().read(path)
    assert curve.time == pytest.approx(light.time, abs=1e-6)
    assert any("full Julian dates" in note for note in curve.notes)


def test_halves_of_a_campaign_are_two_segments(tmp_path):
    light = made.transits(made.KEPLER_EPOCH, days=60)
    for half, keep in ((91, light.time < 2525), (92, light.time > 2530)):
        part = made.Transits(light.time[keep], light.flux[keep])
        made.everest(tmp_path, part, CAMPAIGN=9).rename(
            tmp_path / f"hlsp_everest_k2_llc_{made.EPIC}-c{half}_kepler_v2.0_lc.fits"
        )
    library = open_library(k2(), folder=tmp_path)
    target = f"EPIC {made.EPIC}"
    assert library.segments(target) == (91, 92)
    assert [segment.number for segment in library.read(target).segments] == [91, 92]
    both = k2().read_files(sorted(tmp_path.glob("*.fits")))
    assert [segment.number for segment in both.segments] == [91, 92]


def test_full_frame_products_can_be_read_as_files_of_the_two_minute_mission(tmp_path):
    light = made.transits(made.TESS_EPOCH)
    path = made.qlp(tmp_path, light)
    curve = tess().read(path)
    assert curve.mission == "tess" and curve.exposure == pytest.approx(1800 / 86400, rel=1e-3)


def test_left_out_products_are_named(tmp_path):
    light = made.transits(made.TESS_EPOCH)
    best = made.qlp(tmp_path, light)
    other = made.eleanor(tmp_path, light)
    curve = open_library(tess_ffi(), folder=tmp_path).read(f"TIC {made.TIC}")
    assert curve.notes == (f"{other.name} was left out: {best.name} shows the same time",)


@pytest.mark.parametrize("order", [("c0120", "c1800"), ("c1800", "c0120")])
def test_of_one_producers_cadences_the_missions_is_read(order, tmp_path):
    for name in order:
        seconds = float(name[1:])
        path = made.tasoc(tmp_path / name, made.transits(made.TESS_EPOCH, seconds=seconds))
        with fits.open(path, mode="update") as hdus:
            hdus[1].header["TIMEDEL"] = seconds / 86400
        path.rename(path.with_name(path.name.replace("c1800", name)))
    for mission, seconds in ((tess_ffi(), 1800), (tess_ffi(exposure_seconds=200), 120)):
        curve = open_library(mission, folder=tmp_path).read(f"TIC {made.TIC}")
        assert curve.exposure == pytest.approx(seconds / 86400)
        assert len(curve.notes) == 2 and "was left out" in curve.notes[1]

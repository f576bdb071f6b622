"""A light curve takes what holds numbers, and keeps exposures, notes and counts of its parts."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from astropy import units
from astropy.table import Column, MaskedColumn
from astropy.time import Time
from astropy.utils.masked import Masked

from exoval.errors import BadLightCurve
from exoval.lightcurve import LightCurve, Segment, stitch

SIZE = 60
TIME = 100 + 0.02 * np.arange(SIZE)
FLUX = 1 + 1e-4 * np.arange(SIZE)
ERROR = np.full(SIZE, 2.0**-10)
BAD = np.isin(np.arange(SIZE), [3, 25, 26, 59])
HALVES = (Segment(number=4, start=0, stop=25), Segment(number=5, start=25, stop=SIZE))


def curve(time=TIME, flux=FLUX, flux_error=ERROR, **fields):
    given = {"exposure": 0.02, "segments": HALVES} | fields
    return LightCurve(
        target="TIC 1", mission="tess", time=time, flux=flux, flux_error=flux_error, **given
    )


def part(start, exposure=0.02, size=20, number=1, **fields):
    time = start + exposure * np.arange(size)
    return LightCurve(
        target="TIC 1",
        mission="tess",
        time=time,
        flux=np.ones(size),
        flux_error=np.ones(size),
        exposure=exposure,
        segments=(Segment(number=number, start=0, stop=size),),
        **fields,
    )


@pytest.mark.parametrize(
    "carrier",
    [
        list,
        tuple,
        np.ma.array,
        pd.Series,
        Column,
        MaskedColumn,
        Masked,
        lambda values: values * units.one,
        lambda values: values.astype(">f8"),
        lambda values: pd.Series(values, index=range(7, 7 + SIZE)),
    ],
)
def test_every_carrier_of_numbers_gives_the_same_plain_arrays(carrier):
    given = curve(*(carrier(values) for values in (TIME, FLUX, ERROR)))
    for name, values in (("time", TIME), ("flux", FLUX), ("flux_error", ERROR)):
        found = getattr(given, name)
        assert type(found) is np.ndarray
        assert found.dtype == np.float64 and found.dtype.isnative
        np.testing.assert_array_equal(found, values)
    assert given.left_out == {}


def test_an_array_of_floats_is_not_copied():
    assert curve().flux is FLUX


@pytest.mark.parametrize(
    "hide",
    [
        lambda values: np.ma.array(values, mask=BAD),
        lambda values: MaskedColumn(values, mask=BAD),
        lambda values: Masked(values, mask=BAD),
        lambda values: Masked(values * units.electron / units.s, mask=BAD),
        lambda values: np.ma.array(values.astype(">f8"), mask=BAD),
    ],
)
@pytest.mark.parametrize("column", ["time", "flux"])
def test_masked_cadences_are_left_out_and_counted_and_segments_follow(hide, column):
    # absurd values behind the mask, as files have them
    values = {"time": TIME, "flux": FLUX}
    if column == "time":
        values["time"] = np.ma.array(TIME, mask=BAD)
    else:
        values["flux"] = hide(np.where(BAD, 1e9, FLUX))
    given = curve(**values, centroid_column=np.arange(SIZE), left_out={"flagged": 2})
    np.testing.assert_array_equal(given.time, TIME[~BAD])
    np.testing.assert_array_equal(given.flux, FLUX[~BAD])
    np.testing.assert_array_equal(given.centroid_column, np.flatnonzero(~BAD))
    assert [(one.number, one.start, one.stop) for one in given.segments] == [
        (4, 0, 24),
        (5, 24, 56),
    ]
    assert given.left_out == {"flagged": 2, "masked": 4}


def test_masked_errors_and_centroids_are_unknown():
    given = curve(flux_error=np.ma.array(ERROR, mask=BAD), centroid_row=np.ma.array(FLUX, mask=BAD))
    assert len(given) == SIZE
    np.testing.assert_array_equal(np.isnan(given.flux_error), BAD)
    np.testing.assert_array_equal(np.isnan(given.centroid_row), BAD)


def test_units_of_time_become_days_and_errors_the_unit_of_flux():
    given = curve(
        time=24 * TIME * units.hour,
        flux=FLUX * units.electron / units.s,
        flux_error=60 * ERROR * units.electron / units.min,
        exposure=1800 * units.s,
    )
    np.testing.assert_allclose(given.time, TIME, rtol=1e-15)
    np.testing.assert_allclose(given.flux_error, ERROR, rtol=1e-15)
    assert given.exposure == pytest.approx(1800 / 86400)


def test_a_unit_that_is_no_time_is_the_name_of_a_clock():
    np.testing.assert_array_equal(curve(time=Column(TIME, unit="BJD - 2457000, days")).time, TIME)


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"flux": FLUX * units.mag}, "flux is in mag; give linear flux"),
        ({"flux": FLUX[:, None]}, r"the shape is \(60, 1\)"),
        ({"flux": ["bright"] * SIZE}, "could not convert string"),
        ({"time": np.full(SIZE, np.datetime64("2019-01-01"))}, "are no numbers"),
        ({"flux": np.ma.array(FLUX, mask=True)}, "all 60 cadences are masked"),
        ({"flux": FLUX[1:]}, "flux and time differ in length"),
        ({"flux": [None] * SIZE}, "none of 60 cadences has a finite flux"),
    ],
)
def test_what_is_no_flux_is_refused(fields, message):
    with pytest.raises(BadLightCurve, match=f"TIC 1.*{message}"):
        curve(**fields)


def test_notes_and_counts_go_along():
    given = curve(notes=["read from a table"], left_out={"flagged": 3})
    for one in (given.keep(~BAD), given.with_flux(2 * FLUX), replace(given, exposure=0.01)):
        assert one.notes == ("read from a table",)
        assert one.left_out == {"flagged": 3}


def test_stitching_keeps_each_note_once_and_adds_counts():
    whole = stitch(
        [
            part(30.0, number=2, notes=("b", "a"), left_out={"flagged": 2, "dark": 1}),
            part(10.0, number=1, notes=("a",), left_out={"flagged": 3}),
            part(50.0, number=3),
        ]
    )
    assert whole.notes == ("a", "b")
    assert whole.left_out == {"flagged": 5, "dark": 1}


def test_segments_keep_their_exposure_when_they_are_stitched():
    # nine cadences of 1800 s last as long as 81 of 200 s
    long, short = (
        part(10.0, 1800 / 86400, size=9, number=4),
        part(30.0, 200 / 86400, size=100, number=70),
    )
    whole = stitch([long, short])
    assert not whole.has_one_exposure
    assert whole.exposure == short.exposure
    np.testing.assert_array_equal(
        whole.exposures, np.repeat([long.exposure, short.exposure], [9, 100])
    )
    for one, own in ((whole.keep(whole.time < 20), long), (whole.keep(whole.time > 20), short)):
        assert one.has_one_exposure
        assert one.exposure == own.exposure
        assert set(one.exposures) == {own.exposure}
    again = stitch([whole, part(60.0, 1800 / 86400, size=100, number=80)])
    assert again.exposure == long.exposure
    assert [round(86400 * again.exposures[one.start]) for one in again.segments] == [
        1800,
        200,
        1800,
    ]


def test_exposures_that_headers_round_are_the_same():
    whole = stitch([part(10.0, 0.020433), part(30.0, 0.020434), part(50.0, 0.0205)])
    assert whole.has_one_exposure
    assert whole.exposure == 0.020433


def test_exposure_given_to_a_segment_is_that_of_its_cadences():
    given = curve(segments=(replace(HALVES[0], exposure=0.001), HALVES[1]))
    assert given.exposure == 0.02
    np.testing.assert_array_equal(given.exposures, np.repeat([0.001, 0.02], [25, 35]))
    np.testing.assert_array_equal(given.keep(~BAD).exposures, np.repeat([0.001, 0.02], [24, 32]))


def test_an_exposure_in_seconds_is_refused():
    with pytest.raises(BadLightCurve, match=r"exposure is 1800 days.*0.020833 for 1800 s"):
        curve(exposure=1800.0)
    assert curve(exposure=1800 * units.s).exposure == pytest.approx(1800 / 86400)


def test_a_time_of_astropy_is_refused_with_the_remedy():
    with pytest.raises(BadLightCurve, match=r"a Time counts from no mission's zero"):
        curve(time=Time(2457000.0, TIME, format="jd"))


@pytest.mark.parametrize("wrong", [1e15, -1e15, 1e300, np.inf, TIME[0] + 40_001])
def test_a_broken_time_stamp_is_refused(wrong):
    with pytest.raises(BadLightCurve, match="span more than 40000 days"):
        curve(time=np.append(TIME[:-1], wrong))


def test_a_missing_time_stamp_and_a_long_pause_are_not():
    curve(time=np.append(TIME[:-1], np.nan))
    assert curve(time=np.append(TIME[:-1], TIME[0] + 39_000)).baseline == pytest.approx(39_000)

import gzip

import numpy as np
import pytest
from astropy import units
from astropy.io import fits
from astropy.time import Time
from astropy.timeseries import TimeSeries
from fabricate import tess_fits
from fabricate_products import TESS_EPOCH, transits, write

from exoval.errors import BadLightCurve
from exoval.missions.kepler import kepler
from exoval.missions.tess import tess
from exoval.missions.tess_ffi import tess_ffi

LIGHT = transits(TESS_EPOCH)


def from_lightkurve(time_format, **meta):
    import lightkurve

    days = LIGHT.time + 2457000.0
    time = Time(days, format="jd", scale="tdb")
    time.format = time_format
    curve = lightkurve.LightCurve(time=time, flux=LIGHT.flux, flux_err=np.full(len(LIGHT), 4e-4))
    curve.meta.update(TELESCOP="TESS", MISSION="TESS", **meta)
    return curve


@pytest.mark.parametrize("time_format", ["btjd", "bkjd", "jd", "mjd"])
def test_what_lightkurve_writes_as_fits(time_format, tmp_path):
    path = tmp_path / "mine.fits"
    from_lightkurve(time_format).to_fits(path, OBJECT="TIC 7", SECTOR=8)
    curve = tess_ffi().read(path)
    assert (curve.target, curve.segments[0].number) == ("TIC 7", 8)
    assert curve.time == pytest.approx(LIGHT.time, abs=1e-7)
    assert curve.flux == pytest.approx(LIGHT.flux, abs=1e-6)
    assert curve.flux_error == pytest.approx(4e-4)
    assert curve.exposure == pytest.approx(1800 / 86400, rel=1e-3)
    assert len(curve.notes) == (time_format in ("jd", "mjd")) + 0


@pytest.mark.parametrize("time_format", ["btjd", "jd"])
def test_what_lightkurve_writes_as_csv(time_format, tmp_path):
    path = tmp_path / "TIC_7.csv"
    from_lightkurve(time_format).to_csv(path)
    curve = tess_ffi().read(path)
    assert curve.target == "TIC 7"
    assert curve.time == pytest.approx(LIGHT.time, abs=1e-7)
    assert curve.flux == pytest.approx(LIGHT.flux, abs=1e-9)


def test_a_time_series_that_astropy_writes(tmp_path):
    """Its times are two numbers each, its changes in percent have the unit 10**-2."""
    path = tmp_path / "TIC_7.fits"
    time = Time(2457000.0, LIGHT.time, format="jd", scale="tdb")
    change = 100 * (LIGHT.flux - 1) * units.percent
    TimeSeries(time=time, data={"flux": change}).write(path)
    curve = tess_ffi().read(path)
    assert curve.time == pytest.approx(LIGHT.time, abs=1e-8)
    assert curve.flux == pytest.approx(LIGHT.flux, abs=1e-9)


def test_a_pipeline_file_that_went_through_lightkurve(tmp_path):
    import lightkurve

    original = tess_fits(tmp_path)
    with fits.open(original, mode="update") as hdus:
        hdus[0].header["ORIGIN"] = "NASA/Ames"
        hdus[0].header["CREATOR"] = "LightCurveExporterPipelineModule"
    lightkurve.read(str(original)).to_fits(tmp_path / "mine.fits")
    one, other = tess().read(original), tess().read(tmp_path / "mine.fits")
    assert other.target == one.target and other.segments[0].number == 20
    assert other.time == pytest.approx(one.time, abs=1e-8)
    assert other.flux == pytest.approx(one.flux, rel=1e-6)


def table(path, columns, header=None, units=None, **primary):
    return write(path, {"TELESCOP": "TESS", **primary}, header or {}, columns, units)


def test_a_file_that_names_no_star_is_called_after_itself(tmp_path):
    path = table(tmp_path / "TIC_7.fits", {"TIME": LIGHT.time, "FLUX": LIGHT.flux})
    curve = tess_ffi().read(path)
    assert curve.target == "TIC 7" and "after the file" in curve.notes[0]
    assert tess_ffi().read_star(path).target == "TIC 7"


@pytest.mark.parametrize(
    ("primary", "target"),
    [
        ({"TICID": 7}, "TIC 7"),
        ({"TICID": "TIC 7"}, "TIC 7"),
        ({"TARGETID": 7}, "TIC 7"),
        ({"OBJECT": "TIC 7"}, "TIC 7"),
        # 700 is no number of the TIC
        ({"OBJECT": "TOI-700"}, "TOI-700"),
    ],
)
def test_the_star_of_the_headers(primary, target, tmp_path):
    path = table(tmp_path / "mine.fits", {"TIME": LIGHT.time, "FLUX": LIGHT.flux}, **primary)
    assert tess_ffi().read(path).target == target


def test_stellar_parameters_of_the_headers(tmp_path):
    columns = {"TIME": LIGHT.time, "FLUX": LIGHT.flux}
    star = tess_ffi().read_star(
        table(tmp_path / "mine.fits", columns, TICID=7, RADIUS=1.1, TEFF=5000, TESSMAG=9.0)
    )
    assert (star.radius, star.teff, star.magnitude) == (1.1, 5000.0, 9.0)


@pytest.mark.parametrize(
    ("header", "units", "shift", "scale"),
    [
        ({"BJDREFI": 2457000, "BJDREFF": 0.5}, {}, -0.5, 1),
        ({"JDREF": 2457000.0}, {}, 0, 1),
        ({"MJDREFI": 56999, "MJDREFF": 0.5}, {}, 0, 1),
        ({"BJDREFI": 0, "BJDREFF": 0.0}, {}, 2457000.0, 1),
        ({"BJDREFI": 2457000}, {"TIME": "s"}, 0, 86400),
        ({}, {"TIME": "BJD - 2457000, days"}, 0, 1),
        ({}, {"TIME": "BJD-2400000"}, 57000.0, 1),
        ({}, {"TIME": "d"}, 7000.0, 1),
    ],
)
def test_clocks_of_headers_and_units(header, units, shift, scale, tmp_path):
    columns = {"TIME": (LIGHT.time + shift) * scale, "FLUX": LIGHT.flux}
    path = table(tmp_path / "mine.fits", columns, header, units, TICID=7)
    assert tess_ffi().read(path).time == pytest.approx(LIGHT.time, abs=1e-6)


def test_the_missions_quality_bits_hold(tmp_path):
    quality = np.zeros(len(LIGHT), "f4")
    quality[3], quality[4] = 1 << 6, 1 << 2  # cosmic ray, cleaned; coarse point
    columns = {"time": LIGHT.time, "flux": LIGHT.flux, "quality": quality}
    curve = tess_ffi().read(table(tmp_path / "mine.fits", columns, TICID=7))
    assert curve.time == pytest.approx(np.delete(LIGHT.time, 4), abs=1e-9)


def test_magnitudes_without_a_flux(tmp_path):
    columns = {"BJD": LIGHT.time + 2457000, "MAG": 11 - 2.5 * np.log10(LIGHT.flux)}
    curve = tess_ffi().read(table(tmp_path / "mine.fits", columns, TICID=7))
    assert curve.flux == pytest.approx(LIGHT.flux / np.median(LIGHT.flux), rel=1e-6)


def test_another_missions_file_is_refused_by_name(tmp_path):
    path = table(tmp_path / "mine.fits", {"TIME": LIGHT.time, "FLUX": LIGHT.flux}, TICID=7)
    with pytest.raises(BadLightCurve, match=r"mine\.fits is a TESS file"):
        kepler().read(path)


@pytest.mark.parametrize("mission", ["N/A", "", "unknown"])
def test_a_header_that_names_no_mission_is_read_as_asked(mission, tmp_path):
    columns = {"TIME": LIGHT.time, "FLUX": LIGHT.flux}
    path = table(tmp_path / "mine.fits", columns, TICID=7, MISSION=mission, TELESCOP=mission)
    assert tess_ffi().read(path).target == "TIC 7"


@pytest.mark.parametrize("share", [0.1, 0.3, 0.8])
def test_a_truncated_packed_file_is_one_sentence(share, tmp_path):
    path = table(tmp_path / "mine.fits", {"TIME": LIGHT.time, "FLUX": LIGHT.flux}, TICID=7)
    packed = gzip.compress(path.read_bytes())
    path = tmp_path / "mine.fits.gz"
    path.write_bytes(packed[: int(share * len(packed))])
    with pytest.raises(BadLightCurve) as refused:
        tess_ffi().read(path)
    assert "mine.fits.gz" in str(refused.value) and "\n" not in str(refused.value)


@pytest.mark.parametrize("share", [0.02, 0.3, 0.8])
def test_a_truncated_file_is_one_sentence(share, tmp_path):
    path = table(tmp_path / "mine.fits", {"TIME": LIGHT.time, "FLUX": LIGHT.flux}, TICID=7)
    path.write_bytes(path.read_bytes()[: int(share * path.stat().st_size)])
    with pytest.raises(BadLightCurve) as refused:
        tess_ffi().read(path)
    assert "mine.fits" in str(refused.value) and "\n" not in str(refused.value)


def test_a_file_without_flux_is_one_sentence(tmp_path):
    path = table(tmp_path / "mine.fits", {"TIME": LIGHT.time, "POWER": LIGHT.flux}, TICID=7)
    with pytest.raises(BadLightCurve) as refused:
        tess_ffi().read(path)
    assert "mine.fits" in str(refused.value) and "\n" not in str(refused.value)


@pytest.mark.parametrize(
    ("extension", "keyword", "value"),
    [
        (0, "NAXIS", 9999999999),
        (1, "NAXIS", 9999999999),
        (1, "TFIELDS", 9999999999),
        (1, "NAXIS2", 99999999999999),
        # whatever follows would be looked for before it
        (1, "NAXIS2", -1),
        (1, "PCOUNT", -1000000),
    ],
)
@pytest.mark.parametrize("packed", [False, True])
def test_a_header_of_impossible_sizes_is_refused_at_once(
    extension, keyword, value, packed, tmp_path
):
    path = tess_fits(tmp_path)
    content = path.read_bytes()
    card = f"{keyword:8}= ".encode()
    place = [at for at in range(0, len(content), 80) if content[at : at + 10] == card][
        extension if keyword == "NAXIS" else 0
    ]
    content = content[: place + 10] + f"{value:>20}".encode() + content[place + 30 :]
    path = path.with_suffix(".fits.gz") if packed else path
    path.write_bytes(gzip.compress(content) if packed else content)
    with pytest.raises(BadLightCurve, match=rf"header says {keyword} = {value}"):
        tess().read(path)


@pytest.mark.parametrize(
    ("kind", "value", "message"),
    [("3A", "ppm", "holds no numbers"), ("2E", (1.0, 1.0), r"holds \(2,\) values a row")],
)
def test_a_column_of_texts_or_of_several_values_is_named(kind, value, message, tmp_path):
    path = tess_fits(tmp_path)
    with fits.open(path, memmap=False) as hdus:
        values = np.array([value] * len(hdus[1].data))
        columns = [
            fits.Column(one.name, kind, array=values) if one.name == "PDCSAP_FLUX" else one
            for one in hdus[1].columns
        ]
        table = fits.BinTableHDU.from_columns(columns)
        fits.HDUList([hdus[0], table]).writeto(path, overwrite=True)
    with pytest.raises(BadLightCurve, match=f"column PDCSAP_FLUX {message}"):
        tess().read(path)

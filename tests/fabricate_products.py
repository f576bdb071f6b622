"""Light-curve files with a planet, as the producers of high-level products name and fill them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from astropy.io import fits

#: a planet's box: days, mid-event as BJD - 2457000 and BJD - 2454833, relative depth, days
PERIOD, DEPTH, DURATION = 3.1, 0.006, 0.15
TESS_EPOCH, KEPLER_EPOCH = 1520.4, 2503.0
TIC, EPIC, KIC, GAIA = 74482749, 201367065, 757450, 5290850609994130560
#: noise of a cadence, relative
NOISE = 4e-4


@dataclass(frozen=True)
class Transits:
    """Times (days since the mission's time zero) and relative flux of a star with a planet."""

    time: np.ndarray
    flux: np.ndarray

    def __len__(self) -> int:
        return len(self.time)


def transits(epoch: float, days: float = 26.0, seconds: float = 1800.0, seed: int = 0) -> Transits:
    """A flat star with a box every period and white noise; a pause in the middle."""
    time = epoch - 3.0 + np.arange(0, days, seconds / 86400)
    time = time[np.abs(time - time.mean()) > 0.6]
    from_event = (time - epoch + PERIOD / 2) % PERIOD - PERIOD / 2
    flux = 1 - DEPTH * (np.abs(from_event) < DURATION / 2)
    return Transits(time, flux + np.random.default_rng(seed).normal(0, NOISE, len(time)))


def tess_header(**others: object) -> dict:
    return {
        "TELESCOP": "TESS",
        "OBJECT": f"TIC {TIC}",
        "TICID": TIC,
        "SECTOR": 8,
        "TESSMAG": 10.3,
        "TEFF": 5700.0,
        "RADIUS": 1.0,
        "LOGG": 4.44,
        "RA_OBJ": 100.0,
        "DEC_OBJ": -60.0,
        **others,
    }


def k2_header(**others: object) -> dict:
    return {
        "TELESCOP": "Kepler",
        "MISSION": "K2",
        "OBJECT": f"EPIC {EPIC}",
        "KEPLERID": EPIC,
        "CAMPAIGN": 1,
        "KEPMAG": 11.6,
        "TEFF": 3900.0,
        **others,
    }


BTJD = {"TIMESYS": "TDB", "BJDREFI": 2457000, "BJDREFF": 0.0}
BKJD = {"TIMESYS": "TDB", "BJDREFI": 2454833, "BJDREFF": 0.0}


def write(
    path: Path,
    primary: dict,
    header: dict,
    columns: dict[str, np.ndarray],
    units: dict[str, str] | None = None,
) -> Path:
    """Write a FITS file with one table; returns its path."""
    kinds = {"f8": "D", "f4": "E", "i2": "I", "i4": "J", "i8": "K"}
    table = fits.BinTableHDU.from_columns(
        [
            fits.Column(
                name,
                kinds.get(values.dtype.str[1:], f"{values.dtype.itemsize // 4}A"),
                unit=(units or {}).get(name),
                array=values,
            )
            for name, values in columns.items()
        ]
    )
    table.header.update(header)
    first = fits.PrimaryHDU()
    first.header.update(primary)
    path.parent.mkdir(parents=True, exist_ok=True)
    fits.HDUList([first, table]).writeto(path, overwrite=True)
    return path


def tglc(folder: Path, light: Transits, **primary: object) -> Path:
    size = len(light)
    return write(
        folder / f"hlsp_tglc_tess_ffi_gaiaid-{GAIA}-s0008-cam3-ccd4_tess_v1_llc.fits",
        tess_header(ORIGIN="UCSB/TGLC", OBJECT=f"Gaia DR3 {GAIA}", TICID=str(TIC)) | primary,
        BTJD,
        {
            "time": light.time,
            "psf_flux": 100 * light.flux,
            "aperture_flux": 120 * light.flux,
            "cal_psf_flux": light.flux,
            "cal_aper_flux": light.flux,
            "background": np.zeros(size),
            "cadence_num": np.arange(size, dtype="i4"),
            "TESS_flags": np.zeros(size, "i2"),
            "TGLC_flags": np.zeros(size, "i2"),
        },
    )


def cdips(folder: Path, light: Transits, **primary: object) -> Path:
    size, magnitude = len(light), 12.3 - 2.5 * np.log10(light.flux)
    columns = {"TMID_BJD": light.time + 2457000.0}
    for aperture in "123":
        columns |= {
            f"IFL{aperture}": 5e4 * light.flux,
            f"IFE{aperture}": np.full(size, 20.0),
            f"IRM{aperture}": magnitude,
            f"IRE{aperture}": np.full(size, 4e-4),
            f"IRQ{aperture}": np.array(["G"] * size),
            f"TFA{aperture}": magnitude,
            f"PCA{aperture}": magnitude,
        }
    header = tess_header(ORIGIN="CDIPS", OBJECT=str(GAIA), TICID=str(TIC), TICTEFF=5400.0)
    del header["TEFF"]
    return write(
        folder / f"hlsp_cdips_tess_ffi_gaiatwo{GAIA:022d}-0008-cam3-ccd4_tess_v01_llc.fits",
        header | primary,
        {"TIMESYS": "TDB"},
        columns,
        {"TMID_BJD": "BJD-TDB"},
    )


def tasoc(folder: Path, light: Transits, corrected: bool = True, **primary: object) -> Path:
    size = len(light)
    change = 1e6 * (light.flux - 1) if corrected else np.full(size, np.nan)
    return write(
        folder
        / (
            f"hlsp_tasoc_tess_ffi_tic{TIC:011d}-s0008-cam3-ccd4-c1800_tess_v05_cbv-lc.fits"
            if corrected
            else f"tess{TIC:011d}-s08-c1800-dr01-v05-tasoc_lc.fits"
        ),
        tess_header(ORIGIN="TASOC/Aarhus") | primary,
        BTJD | {"TIMEDEL": 1800 / 86400},
        {
            "TIME": light.time,
            "CADENCENO": np.arange(size, dtype="i4"),
            "FLUX_RAW": 5e4 * light.flux,
            "FLUX_RAW_ERR": np.full(size, 20.0),
            "FLUX_CORR": change,
            "FLUX_CORR_ERR": np.full(size, 400.0),
            "QUALITY": np.zeros(size, "i4"),
            "PIXEL_QUALITY": np.zeros(size, "i4"),
            "MOM_CENTR1": np.full(size, 5.0),
            "MOM_CENTR2": np.full(size, 6.0),
            "POS_CORR1": np.zeros(size),
            "POS_CORR2": np.zeros(size),
        },
        {"FLUX_RAW": "e-/s", "FLUX_CORR": "ppm", "FLUX_CORR_ERR": "ppm"},
    )


def raw_tasoc(folder: Path, light: Transits, **primary: object) -> Path:
    return tasoc(folder, light, corrected=False, **primary)


def qlp(folder: Path, light: Transits, **primary: object) -> Path:
    size = len(light)
    return write(
        folder / f"hlsp_qlp_tess_ffi_s0008-{TIC:016d}_tess_v01_llc.fits",
        tess_header(ORIGIN="MIT/QLP") | primary,
        BTJD,
        {
            "TIME": light.time,
            "CADENCENO": np.arange(size, dtype="i4"),
            "SAP_FLUX": light.flux,
            "KSPSAP_FLUX": light.flux,
            "KSPSAP_FLUX_ERR": np.full(size, NOISE),
            "QUALITY": np.zeros(size, "i4"),
            "SAP_X": np.full(size, 5.0),
            "SAP_Y": np.full(size, 6.0),
        },
        {"TIME": "BJD - 2457000, days"},
    )


def eleanor(folder: Path, light: Transits, **primary: object) -> Path:
    size = len(light)
    header = tess_header(TIC_ID=TIC, TMAG=10.3, LITE=True, PCORIGIN="MAST", CEN_RA=100.0)
    for keyword in ("TICID", "TESSMAG", "RA_OBJ"):
        del header[keyword]
    return write(
        folder / f"hlsp_eleanor_tess_ffi_tic{TIC}_s08_tess_v2.0.5_lc.fits",
        header | primary,
        {},
        {
            "TIME": light.time,
            "RAW_FLUX": 900 * light.flux,
            "CORR_FLUX": 900 * light.flux,
            "FLUX_ERR": np.full(size, 0.4),
            # eleanor writes its flags as floats
            "QUALITY": np.zeros(size),
            "X_CENTROID": np.full(size, 5.0),
            "Y_CENTROID": np.full(size, 6.0),
            "FFIINDEX": np.arange(size, dtype=float),
        },
    )


def tess_spoc(folder: Path, light: Transits, **primary: object) -> Path:
    size = len(light)
    zero, five = np.zeros(size, "f4"), np.full(size, 5.0)
    return write(
        folder / f"hlsp_tess-spoc_tess_phot_{TIC:016d}-s0008_tess_v1_lc.fits",
        tess_header(ORIGIN="NASA/Ames") | primary,
        BTJD | {"TIMEDEL": 1800 / 86400, "CROWDSAP": 0.97, "CDPP2_0": 200.0},
        {
            "TIME": light.time,
            "SAP_FLUX": (1e4 * light.flux).astype("f4"),
            "SAP_FLUX_ERR": np.full(size, 4.0, "f4"),
            "PDCSAP_FLUX": (1e4 * light.flux).astype("f4"),
            "PDCSAP_FLUX_ERR": np.full(size, 4.0, "f4"),
            "QUALITY": np.zeros(size, "i4"),
            **dict.fromkeys(("MOM_CENTR1", "MOM_CENTR2"), five),
            **dict.fromkeys(("POS_CORR1", "POS_CORR2"), zero),
        },
        {"TIME": "BJD - 2457000, days", "PDCSAP_FLUX": "e-/s"},
    )


def k2sff(folder: Path, light: Transits, **primary: object) -> Path:
    size = len(light)
    return write(
        folder / f"hlsp_k2sff_k2_lightcurve_{EPIC}-c01_kepler_v1_llc.fits",
        k2_header() | primary,
        {"EXTNAME": "BESTAPER"},
        {
            "T": light.time,
            "FRAW": light.flux,
            "FCOR": light.flux,
            "ARCLENGTH": np.zeros(size),
            "MOVING": np.zeros(size, "i2"),
            "CADENCENO": np.arange(size, dtype="i4"),
        },
        {"T": "BJD - 2454833"},
    )


def everest(folder: Path, light: Transits, **primary: object) -> Path:
    size = len(light)
    return write(
        folder / f"hlsp_everest_k2_llc_{EPIC}-c01_kepler_v2.0_lc.fits",
        k2_header() | primary,
        BKJD,
        {
            "CADN": np.arange(size, dtype="i4"),
            "FLUX": 1e4 * light.flux,
            "FCOR": 1e4 * light.flux,
            "FRAW": 1e4 * light.flux,
            "FRAW_ERR": np.full(size, 4.0),
            "QUALITY": np.zeros(size, "i8"),
            "TIME": light.time,
        },
        {"TIME": "BJD - 2454833", "FLUX": "e-/s"},
    )


def kepseismic(folder: Path, light: Transits, **primary: object) -> Path:
    return write(
        folder / f"hlsp_kepseismic_kepler_phot_kplr{KIC:09d}-20d_kepler_v1_cor-filt-inp.fits",
        {"ORIGIN": "CEA & SSI", "TELESCOP": "Kepler", "KEPLERID": KIC, "KEPMAG": 11.0} | primary,
        {},
        # BKJD to MJD
        {"TIME": light.time + 2454833.0 - 2400000.5, "FLUX": 1e6 * (light.flux - 1)},
    )

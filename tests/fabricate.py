"""Tiny Kepler and TESS light-curve files and Parquet libraries, made up for tests."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from astropy.io import fits

KEPLER_EXPOSURE = 1765.462886  # seconds
TESS_EXPOSURE = 120.0

STAR = {
    "radius": 1.2,
    "teff": 5900.0,
    "logg": 4.3,
    "feh": -0.1,
    "magnitude": 12.5,
    "ra": 290.0,
    "dec": 44.0,
}


def cadences(
    count: int = 50, start: float = 200.0, seed: int = 0, exposure_seconds: float = KEPLER_EXPOSURE
) -> dict[str, np.ndarray]:
    """Unflagged cadences of a noisy constant star, by the library's column names."""
    rng = np.random.default_rng(seed)
    flux = rng.normal(1000.0, 1.0, (2, count)).astype(np.float32)
    position = rng.normal(0.0, 0.01, (4, count)).astype(np.float32)
    return {
        "time": start + np.arange(count) * exposure_seconds / 86400,
        "cadence": np.arange(count, dtype=np.int32),
        "quality": np.zeros(count, dtype=np.int32),
        "sap_flux": flux[0] / 2,
        "sap_flux_err": np.full(count, 0.5, dtype=np.float32),
        "pdcsap_flux": flux[1],
        "pdcsap_flux_err": np.full(count, 1.0, dtype=np.float32),
        "mom_centr1": 500 + position[0],
        "mom_centr2": 300 + position[1],
        "pos_corr1": position[2],
        "pos_corr2": position[3],
    }


def kepler_fits(
    folder: Path,
    kic: int = 757450,
    quarter: int = 9,
    columns: dict[str, np.ndarray] | None = None,
    crowding: float = 0.95,
    cdpp6: float = 80.0,
    stamp: str | None = None,
    **star: float,
) -> Path:
    """Write a long-cadence file as the Kepler pipeline names and fills it; returns its path."""
    columns = columns or cadences(start=120.0 + 90.0 * quarter, seed=quarter)
    primary = {
        "TELESCOP": "Kepler",
        "KEPLERID": kic,
        "QUARTER": quarter,
        "OBJECT": f"KIC {kic}",
        **_star_headers(star, "KEPMAG", "FEH"),
    }
    table = {
        "TIMEDEL": KEPLER_EXPOSURE / 86400,
        "CROWDSAP": crowding,
        "CDPP3_0": 1.3 * cdpp6,
        "CDPP6_0": cdpp6,
    }
    name = f"kplr{kic:09d}-{stamp or f'20{quarter:02d}131105131'}_llc.fits"
    return _write(folder / name, primary, table, columns, "SAP_QUALITY", KEPLER_EXPOSURE)


def tess_fits(
    folder: Path,
    tic: int = 11491822,
    sector: int = 20,
    columns: dict[str, np.ndarray] | None = None,
    crowding: float = 0.99,
    cdpp2: float = 180.0,
    **star: float,
) -> Path:
    """Write a two-minute file as the TESS pipeline names and fills it; returns its path."""
    columns = columns or cadences(
        start=1325.0 + 27.0 * sector, seed=sector, exposure_seconds=TESS_EXPOSURE
    )
    primary = {
        "TELESCOP": "TESS",
        "TICID": tic,
        "SECTOR": sector,
        "OBJECT": f"TIC {tic}",
        **_star_headers(star, "TESSMAG", "MH"),
    }
    table = {"TIMEDEL": TESS_EXPOSURE / 86400, "CROWDSAP": crowding, "CDPP2_0": cdpp2}
    name = f"tess2019357164649-s{sector:04d}-{tic:016d}-0165-s_lc.fits"
    return _write(folder / name, primary, table, columns, "QUALITY", TESS_EXPOSURE)


def k2_fits(
    folder: Path,
    epic: int = 201367065,
    campaign: int = 1,
    columns: dict[str, np.ndarray] | None = None,
    **star: float,
) -> Path:
    """Write a long-cadence file as the K2 pipeline names and fills it; returns its path."""
    columns = columns or cadences(start=1975.0 + 85.0 * campaign, seed=campaign)
    # the telescope is Kepler still
    primary = {
        "TELESCOP": "Kepler",
        "MISSION": "K2",
        "KEPLERID": epic,
        "CAMPAIGN": campaign,
        "OBJECT": f"EPIC {epic}",
        **_star_headers(star, "KEPMAG", "FEH"),
    }
    table = {"TIMEDEL": KEPLER_EXPOSURE / 86400, "CROWDSAP": 0.93, "CDPP6_0": 90.0}
    return _write(
        folder / f"ktwo{epic:09d}-c{campaign:02d}_llc.fits",
        primary,
        table,
        columns,
        "SAP_QUALITY",
        KEPLER_EXPOSURE,
    )


def tess_spoc_fits(
    folder: Path,
    tic: int = 11491822,
    sector: int = 20,
    columns: dict[str, np.ndarray] | None = None,
) -> Path:
    """Write a full-frame-image file as TESS-SPOC names and fills it; returns its path."""
    columns = columns or cadences(start=1842.0, seed=sector, exposure_seconds=1800)
    primary = {
        "TELESCOP": "TESS",
        "TICID": tic,
        "SECTOR": sector,
        "OBJECT": f"TIC {tic}",
        **_star_headers({}, "TESSMAG", "MH"),
    }
    table = {"TIMEDEL": 1800 / 86400, "CROWDSAP": 0.97, "CDPP2_0": 200.0}
    name = f"hlsp_tess-spoc_tess_phot_{tic:016d}-s{sector:04d}_tess_v1_lc.fits"
    return _write(folder / name, primary, table, columns, "QUALITY", 1800.0)


def qlp_fits(
    folder: Path,
    tic: int = 11491822,
    sector: int = 20,
    columns: dict[str, np.ndarray] | None = None,
) -> Path:
    """Write a file as QLP does, whose columns have other names from sector 56 on; its path."""
    columns = columns or cadences(start=1842.0, seed=sector, exposure_seconds=1800)
    flux = "KSPSAP" if sector < 56 else "DET"
    table = {
        "time": columns["time"],
        "cadence": columns["cadence"],
        "sap_flux": columns["sap_flux"],
        f"{flux}_FLUX": columns["pdcsap_flux"],
        f"{flux}_FLUX_ERR": columns["pdcsap_flux_err"],
        "quality": columns["quality"],
        "sap_x": columns["mom_centr1"],
        "sap_y": columns["mom_centr2"],
    }
    primary = {
        "TELESCOP": "TESS",
        "ORIGIN": "MIT/QLP",
        "OBJECT": f"TIC {tic}",
        "TICID": tic,
        "SECTOR": sector,
        **_star_headers({}, "TESSMAG", "MH"),
    }
    name = f"hlsp_qlp_tess_ffi_s{sector:04d}-{tic:016d}_tess_v01_llc.fits"
    return _write(folder / name, primary, {}, table, "QUALITY", 1800.0)


def eleanor_fits(
    folder: Path,
    tic: int = 11491822,
    sector: int = 20,
    columns: dict[str, np.ndarray] | None = None,
    archive: bool = True,
) -> Path:
    """Write a file as eleanor does, named by itself or by the archive; returns its path."""
    columns = columns or cadences(start=1842.0, seed=sector, exposure_seconds=1800)
    table = {
        "time": columns["time"],
        "barycorr": np.zeros(len(columns["time"])),
        "raw_flux": columns["sap_flux"],
        "corr_flux": columns["pdcsap_flux"],
        "pca_flux": columns["pdcsap_flux"] + 1,
        "flux_err": columns["pdcsap_flux_err"],
        "quality": columns["quality"],
        "x_centroid": columns["mom_centr1"],
        "y_centroid": columns["mom_centr2"],
        "ffiindex": columns["cadence"],
    }
    primary = {
        "TELESCOP": "TESS",
        "TIC_ID": tic,
        "SECTOR": sector,
        "TMAG": 10.5,
        "LITE": True,
        "PCORIGIN": "MAST",
        "CEN_RA": 290.0,
        "CEN_DEC": 44.0,
    }
    name = (
        f"hlsp_gsfc-eleanor-lite_tess_ffi_s{sector:04d}-{tic:016d}_tess_v1.0_lc.fits"
        if archive
        else f"hlsp_eleanor_tess_ffi_tic{tic}_s{sector:02d}_tess_v2.0.5_lc.fits"
    )
    return _write(folder / name, primary, {}, table, "QUALITY", 1800.0)


def library_row(
    target: int,
    segment: int,
    columns: dict[str, np.ndarray] | None = None,
    exposure_seconds: float = KEPLER_EXPOSURE,
    **scalars: float,
) -> dict:
    """One row of a Parquet library; ``scalars`` replace the made-up header values."""
    columns = columns or cadences(
        start=120.0 + 90.0 * segment, seed=segment, exposure_seconds=exposure_seconds
    )
    row = {
        "target": target,
        "segment": segment,
        **columns,
        "exposure_seconds": exposure_seconds,
        **STAR,
        "crowdsap": 0.95,
        "flfrcsap": 0.9,
        "cdpp3": 100.0,
        "cdpp6": 80.0,
        "cdpp12": 60.0,
        "channel": 1,
        "camera": -1,
        "data_release": 25,
    }
    return {**row, **scalars}


def parquet_library(
    folder: Path, rows: list[dict], name: str = "kepler-00.parquet", rows_per_group: int = 2
) -> Path:
    """Write rows made by ``library_row`` as one file of a library folder; returns its path."""
    path = folder / name
    columns = {key: pa.array([row[key] for row in rows]) for key in rows[0]}
    pq.write_table(pa.table(columns), path, row_group_size=rows_per_group)
    return path


def _star_headers(star: dict[str, float], magnitude: str, metallicity: str) -> dict:
    keywords = {
        "radius": "RADIUS",
        "teff": "TEFF",
        "logg": "LOGG",
        "feh": metallicity,
        "magnitude": magnitude,
        "ra": "RA_OBJ",
        "dec": "DEC_OBJ",
    }
    values = {**STAR, **star}
    # an undefined card is how the archive writes an unknown value
    return {
        keyword: None if np.isnan(values[name]) else values[name]
        for name, keyword in keywords.items()
    }


def _write(
    path: Path,
    primary: dict,
    header: dict,
    columns: dict[str, np.ndarray],
    quality: str,
    exposure_seconds: float,
) -> Path:
    names = {"time": "TIME", "quality": quality, "cadence": "CADENCENO"}
    formats = {"f8": "D", "f4": "E", "i4": "J"}
    table = fits.BinTableHDU.from_columns(
        [
            fits.Column(names.get(name, name.upper()), formats[values.dtype.str[1:]], array=values)
            for name, values in columns.items()
        ]
    )
    table.header.update({"EXPOSURE": exposure_seconds / 86400 * len(columns["time"]), **header})
    first = fits.PrimaryHDU()
    first.header.update(primary)
    path.parent.mkdir(parents=True, exist_ok=True)
    fits.HDUList([first, table]).writeto(path)
    return path

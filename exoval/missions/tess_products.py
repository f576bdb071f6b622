"""The products of TESS: the pipeline's, and light curves that others made of its images."""

from __future__ import annotations

from dataclasses import replace

from exoval.missions.pipeline_product import STAR_KEYWORDS, PipelineProduct
from exoval.missions.quality_flags import ALL_BITS

#: file and header names of SPOC light curves (TESS Science Data Products Description Document)
TWO_MINUTE_CADENCE = PipelineProduct(
    telescope="TESS",
    target_prefix="TIC",
    parquet_files="tess-*.parquet",
    fits_files="tess*_lc.fits*",
    file_name=r"tess\d+-s(?P<segment>\d{4})-(?P<target>\d{16})-\d+-[a-z]_lc\.fits(\.gz)?",
    target_keyword="TICID",
    segment_keyword="SECTOR",
    magnitude_keyword="TESSMAG",
    metallicity_keyword="MH",
    quality_column="QUALITY",
    noise_keyword="CDPP2_0",
    noise_column="cdpp12",  # the library's third CDPP column, which holds two hours for TESS
    noise_hours=2.0,
    download="lightkurve.search_lightcurve('TIC 11491822', author='SPOC', exptime=120)"
    ".download_all(download_dir=FOLDER)",
    name="SPOC",
    clock="btjd",
)

#: two-minute flux that users saved as plain arrays with parameters of the TIC, a row a star
PLAIN_TWO_MINUTE = replace(
    TWO_MINUTE_CADENCE,
    name="plain two-minute flux",
    # no FITS files of its own: the pipeline's are not read twice
    fits_files="tess_two_minute_plain*.fits",
    star_files="tess_two_minute_plain*.parquet",
)

#: Caldwell et al. 2020 (RNAAS 4, 201): the two-minute pipeline on full-frame images
TESS_SPOC = replace(
    TWO_MINUTE_CADENCE,
    name="TESS-SPOC",
    fits_files="hlsp_tess-spoc_tess_phot_*_lc.fits*",
    file_name=r"hlsp_tess-spoc_tess_phot_(?P<target>\d{16})-s(?P<segment>\d{4})_tess_v\d+_lc\.fits"
    r"(\.gz)?",
    download="lightkurve.search_lightcurve('TIC 11491822', author='TESS-SPOC')"
    ".download_all(download_dir=FOLDER)",
)

#: Huang et al. 2020 (RNAAS 4, 204): detrended with a spline; the columns are renamed in sector 56
QLP = replace(
    TWO_MINUTE_CADENCE,
    name="QLP",
    fits_files="hlsp_qlp_tess_ffi_*_llc.fits*",
    file_name=r"hlsp_qlp_tess_ffi_s(?P<segment>\d{4})-(?P<target>\d{16})_tess_v\d+_llc\.fits"
    r"(\.gz)?",
    download="lightkurve.search_lightcurve('TIC 11491822', author='QLP')"
    ".download_all(download_dir=FOLDER)",
    flux_columns={
        "pdcsap": (("DET_FLUX", "KSPSAP_FLUX"), ("DET_FLUX_ERR", "KSPSAP_FLUX_ERR")),
        "sap": (("SAP_FLUX",), ("KSPSAP_FLUX_ERR", "DET_FLUX_ERR")),
    },
    centroid_columns=("SAP_X", "SAP_Y"),
    motion_columns=(),
)

#: Feinstein et al. 2019 (PASP 131, 094502); neighbours are not subtracted
ELEANOR = replace(
    TWO_MINUTE_CADENCE,
    name="eleanor",
    fits_files="hlsp_*eleanor*_lc.fits*",
    # tic11491822_s20 in eleanor's own files, s0020-0000000011491822 in the archive's
    file_name=r"hlsp_(gsfc-)?eleanor(-lite)?_tess_ffi_(?=(s\d+-|tic)(?P<target>\d+)_)"
    r"(?=(tic\d+_)?s(?P<segment>\d+)[-_])[\w-]+_tess_v[\d.]+_lc\.fits(\.gz)?",
    target_keyword="TIC_ID",
    magnitude_keyword="TMAG",
    download="lightkurve.search_lightcurve('TIC 11491822', author='GSFC-ELEANOR-LITE')"
    ".download_all(download_dir=FOLDER)",
    flux_columns={
        "pdcsap": (("CORR_FLUX",), ("FLUX_ERR",)),
        "sap": (("RAW_FLUX",), ("FLUX_ERR",)),
    },
    centroid_columns=("X_CENTROID", "Y_CENTROID"),
    motion_columns=(),
    corrects_crowding=False,
    star_keywords={**STAR_KEYWORDS, "ra": ("RA_OBJ", "CEN_RA"), "dec": ("DEC_OBJ", "CEN_DEC")},
)

#: Han & Brandt 2023 (AJ 165, 71): stars of Gaia DR3 with neighbours modelled out; no errors
TGLC = replace(
    TWO_MINUTE_CADENCE,
    name="TGLC",
    fits_files="hlsp_tglc_tess_ffi_gaiaid-*_llc.fits*",
    file_name=r"hlsp_tglc_tess_ffi_gaiaid-(?P<gaia>\d+)-s(?P<segment>\d{4})-[\w-]+_tess_v\d+_llc"
    r"\.fits(\.gz)?",
    quality_column="TESS_FLAGS",
    bad_columns={"TGLC_FLAGS": ALL_BITS},
    download="lightkurve.search_lightcurve('TIC 11491822', author='TGLC')"
    ".download_all(download_dir=FOLDER)",
    flux_columns={
        "pdcsap": (("CAL_PSF_FLUX", "CAL_APER_FLUX"), ()),
        "sap": (("APERTURE_FLUX", "PSF_FLUX"), ()),
    },
    centroid_columns=(),
    motion_columns=(),
)

#: Bouma et al. 2019 (ApJS 245, 13): image subtraction around stars of Gaia DR2 in clusters;
#: magnitudes in apertures of 1, 1.5 and 2.25 pixels, raw (IRM) and detrended (TFA, PCA). The
#: smallest aperture is read. Its flag is a letter, G where good
CDIPS = replace(
    TWO_MINUTE_CADENCE,
    name="CDIPS",
    gaia="DR2",
    fits_files="hlsp_cdips_tess_ffi_gaiatwo*_llc.fits*",
    file_name=r"hlsp_cdips_tess_ffi_gaiatwo(?P<gaia>\d+)-s?(?P<segment>\d{4})(-[\w-]+)?_tess_v\d+"
    r"_llc\.fits(\.gz)?",
    time_columns=("TMID_BJD",),
    clock="bjd",
    quality_column="IRQ1",
    download="lightkurve.search_lightcurve('TIC 74482749', author='CDIPS')"
    ".download_all(download_dir=FOLDER)",
    flux_columns={
        "pdcsap": (("TFA1", "PCA1", "IRM1", "IFL1"), ("IRE1", "IRE1", "IRE1", "IFE1")),
        "sap": (("IRM1", "IFL1"), ("IRE1", "IFE1")),
    },
    flux_units=dict.fromkeys(("TFA1", "PCA1", "IRM1"), "mag"),
    centroid_columns=("XIC", "YIC"),
    motion_columns=(),
    corrects_crowding=False,
    star_keywords={
        **STAR_KEYWORDS,
        "radius": ("RADIUS", "TICRAD"),
        "teff": ("TEFF", "TICTEFF"),
        "logg": ("LOGG", "TICLOGG"),
    },
)

#: Handberg et al. 2021 (AJ 162, 170) and Lund et al. 2021 (ApJS 257, 53), the TASOC pipeline of the
#: group T'DA: FLUX_CORR in ppm about zero, empty in files of raw photometry. PIXEL_QUALITY holds
#: the mission's bits; of QUALITY's own, bad pixels (0), manual exclusion (1) and interpolated (7)
#: are left out, clipped outliers (2), which may be eclipses, are kept
TASOC = replace(
    TWO_MINUTE_CADENCE,
    name="TASOC",
    fits_files="*tasoc*lc.fits*",
    file_name=r"(hlsp_tasoc_tess_(ffi|tpf)_tic|tess)(?P<target>\d{11})-s(?P<segment>\d{2,4})"
    r"(-cam\d-ccd\d)?-c\d{4}(_tess_v\d+_(\w+-)?lc|-dr\d+-v\d+-tasoc(-\w+)?_lc)\.fits(\.gz)?",
    own_columns=("FLUX_RAW",),
    quality_column="PIXEL_QUALITY",
    bad_columns={"QUALITY": 1 << 0 | 1 << 1 | 1 << 7},
    download="lightkurve.search_lightcurve('TIC 74482749', author='TASOC')"
    ".download_all(download_dir=FOLDER)",
    flux_columns={
        "pdcsap": (("FLUX_CORR", "FLUX_RAW"), ("FLUX_CORR_ERR", "FLUX_RAW_ERR")),
        "sap": (("FLUX_RAW",), ("FLUX_RAW_ERR",)),
    },
    flux_units={"FLUX_CORR": ""},
    corrects_crowding=False,
)

#: what is read from full-frame images, the preferred first
FULL_FRAME_PRODUCTS = (TESS_SPOC, QLP, TGLC, ELEANOR, TASOC, CDIPS)

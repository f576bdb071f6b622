"""The pipeline's measurements of threshold-crossing events as features (Twicken et al. 2018)."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from exoval.catalogs.archive_column import ArchiveColumn, archive_values, feature_table
from exoval.catalogs.disposition_column import dispositions_of, labels_of
from exoval.catalogs.shared_ephemeris_match import with_ephemeris_match
from exoval.catalogs.shared_siblings import siblings_of
from exoval.catalogs.star_id import with_star_numbers
from exoval.catalogs.tce import OF_THE_STAR, OF_THE_SURVEY, TABLE
from exoval.ephemeris_match import COLUMNS as MATCH_COLUMNS
from exoval.errors import BadTable
from exoval.missions.kepler import PIXEL_ARCSEC
from exoval.siblings import COLUMNS as SIBLING_COLUMNS
from exoval.table.column import Column
from exoval.table.feature_table import FeatureTable

#: mean density of the Sun, g/cm3, and (2 pi)^2 / (G rho_sun) x 3 / (4 pi) in d^2
SUN_DENSITY, DENSITY_FACTOR = 1.41, 0.01342
#: logarithm used for a probability too small for single precision
SMALLEST_LOGARITHM = -45.0

#: names in the archive's own table of columns that have other names in the labelled table
ALIASES = {
    "kepid": "target_id",
    "tce_depth": "transit_depth",
    "tce_kepmag": "mag",
    "tce_dens_serr1": "tce_sdens_err1",
}

ARCHIVE = (
    ArchiveColumn(
        "event_number", "", "number of the event among those found in the star", "tce_plnt_num"
    ),
    ArchiveColumn("period", "d", "orbital period", "tce_period"),
    ArchiveColumn("period_error", "d", "its error", "tce_period_err", valid="positive"),
    ArchiveColumn(
        "epoch_error", "d", "error of the first event's time", "tce_time0bk_err", valid="positive"
    ),
    ArchiveColumn("transit_duration", "h", "first to fourth contact", "tce_duration"),
    ArchiveColumn("transit_duration_error", "h", "its error", "tce_duration_err", valid="positive"),
    ArchiveColumn("ingress_duration", "h", "first to second contact", "tce_ingress"),
    ArchiveColumn("ingress_duration_error", "h", "its error", "tce_ingress_err", valid="positive"),
    ArchiveColumn(
        "transit_depth", "ppm", "light lost at mid-transit", "transit_depth", valid="positive"
    ),
    ArchiveColumn("transit_depth_error", "ppm", "its error", "tce_depth_err", valid="positive"),
    ArchiveColumn("radius_ratio", "", "planet over star", "tce_ror", valid="positive"),
    ArchiveColumn("radius_ratio_error", "", "its error", "tce_ror_err", valid="positive"),
    ArchiveColumn("scaled_axis", "", "a over stellar radius of a circular orbit", "tce_dor"),
    ArchiveColumn("scaled_axis_error", "", "its error", "tce_dor_err", valid="positive"),
    ArchiveColumn("inclination", "deg", "of the orbit to the sky", "tce_incl"),
    ArchiveColumn("inclination_error", "deg", "its error", "tce_incl_err", valid="positive"),
    ArchiveColumn("impact_parameter", "", "in stellar radii", "tce_impact"),
    ArchiveColumn("impact_parameter_error", "", "its error", "tce_impact_err", valid="positive"),
    ArchiveColumn("planet_radius", "R_earth", "radius ratio times stellar radius", "tce_prad"),
    ArchiveColumn("semi_major_axis", "AU", "of the orbit", "tce_sma", valid="positive"),
    ArchiveColumn("equilibrium_temperature", "K", "of the planet", "tce_eqt", valid="positive"),
    ArchiveColumn("insolation", "F_earth", "flux at the planet", "tce_insol", valid="positive"),
    ArchiveColumn(
        "transit_count", "", "number of events with data", "tce_num_transits", valid="positive"
    ),
    ArchiveColumn("clean_transit_count", "", "of these, without rolling bands", "tce_rb_tcount0"),
    ArchiveColumn(
        "model_snr",
        "sigma",
        "strength of the transit model that fits best",
        "tce_model_snr",
        valid="positive",
    ),
    ArchiveColumn(
        "robust_statistic", "sigma", "strength with outlying cadences down-weighted", "tce_robstat"
    ),
    ArchiveColumn("mes", "sigma", "multiple-event statistic", "tce_max_mult_ev"),
    ArchiveColumn("ses_max", "sigma", "largest single-event statistic", "tce_max_sngle_ev"),
    ArchiveColumn("secondary_mes", "sigma", "strongest dip away from the event", "tce_maxmes"),
    ArchiveColumn(
        "secondary_robust_statistic", "sigma", "the same with outliers down-weighted", "wst_robstat"
    ),
    ArchiveColumn("secondary_depth", "ppm", "depth of that dip", "wst_depth", valid="not_zero"),
    ArchiveColumn(
        "secondary_albedo",
        "",
        "geometric albedo of a planet whose reflected light equals the secondary's depth",
        "tce_albedo",
        valid="not_zero",
    ),
    ArchiveColumn(
        "secondary_albedo_sigma",
        "sigma",
        "that albedo above one, over its error",
        "tce_albedo_stat",
        valid="not_zero",
    ),
    ArchiveColumn(
        "secondary_temperature",
        "K",
        "day-side temperature of a planet whose emission equals the secondary's depth",
        "tce_ptemp",
        valid="positive",
    ),
    ArchiveColumn(
        "secondary_temperature_sigma",
        "sigma",
        "that temperature above equilibrium, over its error",
        "tce_ptemp_stat",
        valid="not_zero",
    ),
    ArchiveColumn(
        "core_aperture_statistic",
        "sigma",
        "correlation of the core's light with the event",
        "tce_cap_stat",
        valid="not_zero",
    ),
    ArchiveColumn(
        "halo_aperture_statistic",
        "sigma",
        "correlation of the light around the aperture with the event",
        "tce_hap_stat",
        valid="not_zero",
    ),
    ArchiveColumn(
        "image_offset_from_centroid",
        "arcsec",
        "difference image from the out-of-transit centroid",
        "tce_dicco_msky",
        valid="positive",
    ),
    ArchiveColumn(
        "image_offset_from_centroid_error",
        "arcsec",
        "its error",
        "tce_dicco_msky_err",
        valid="positive",
    ),
    ArchiveColumn(
        "image_offset_from_catalogue",
        "arcsec",
        "difference image from the star's place in the catalogue",
        "tce_dikco_msky",
        valid="positive",
    ),
    ArchiveColumn(
        "image_offset_from_catalogue_error",
        "arcsec",
        "its error",
        "tce_dikco_msky_err",
        valid="positive",
    ),
    ArchiveColumn("magnitude", "mag", "magnitude in the mission's band", "mag", valid="positive"),
    ArchiveColumn("teff", "K", "effective temperature", "tce_steff", valid="positive"),
    ArchiveColumn("logg", "dex", "surface gravity", "tce_slogg"),
    ArchiveColumn("metallicity", "dex", "iron abundance", "tce_smet"),
    ArchiveColumn("stellar_radius", "R_sun", "stellar radius", "tce_sradius", valid="positive"),
    ArchiveColumn("stellar_mass", "M_sun", "stellar mass", "tce_smass", valid="positive"),
    ArchiveColumn(
        "stellar_density",
        "rho_sun",
        "mean stellar density",
        "tce_sdens",
        valid="positive",
        factor=1 / SUN_DENSITY,
    ),
)

#: computed from several of the archive's columns
COMPUTED = (
    Column(
        "bootstrap_false_alarm",
        "dex",
        "logarithm of the probability that the noise reaches "
        f"this strength, at least {SMALLEST_LOGARITHM:.0f}",
        "boot_fap",
    ),
    Column("odd_even_sigma", "sigma", "depth difference over its error", "tce_bin_oedp_stat"),
    Column(
        "secondary_phase",
        "",
        "phase of the second dip, 0 to 0.5 either side",
        "tce_maxmesd, tce_period",
    ),
    Column(
        "centroid_sigma",
        "sigma",
        "shift of the flux-weighted centroid over its error",
        "tce_fwm_stat",
    ),
    Column("centroid_shift", "millipixel", "that shift", "tce_fwm_prao, tce_fwm_pdeco"),
    Column(
        "source_offset",
        "pixel",
        "distance of the dimming source from the centroid",
        "tce_fwm_srao, tce_fwm_sdeco",
    ),
    Column("source_offset_error", "pixel", "its error", "tce_fwm_srao_err, tce_fwm_sdeco_err"),
)

#: computed from features above
DERIVED = (
    Column("duration_over_period", "", "duration over period, the duty cycle"),
    Column("flat_share", "", "second to third contact over first to fourth; 0 grazing"),
    Column("density_ratio", "", "stellar density the transit implies over the catalogue's"),
    Column("secondary_depth_ratio", "", "depth of the second dip over the event's depth"),
    Column("secondary_over_primary", "", "strength of the second dip over the event's"),
    Column("ses_max_share", "", "share of the squared strength in the strongest event"),
    Column("robust_over_mes", "", "robust statistic over multiple-event statistic"),
    Column("model_snr_over_mes", "", "strength of the fit over multiple-event statistic"),
    Column("clean_transit_share", "", "share of the events without rolling bands"),
    Column("halo_over_core", "", "halo statistic over core statistic, beyond one a ghost"),
    Column("image_offset_from_centroid_sigma", "sigma", "that offset over its error"),
    Column("image_offset_from_catalogue_sigma", "sigma", "that offset over its error"),
    Column("source_offset_sigma", "sigma", "that offset over its error"),
    Column("depth_over_error", "sigma", "transit depth over its error"),
)

COLUMNS = (*(one.column for one in ARCHIVE), *COMPUTED, *DERIVED, *SIBLING_COLUMNS, *MATCH_COLUMNS)


def tce_features(path: str | Path | None = None) -> FeatureTable:
    """Read the threshold-crossing events of Kepler DR25 with the pipeline's vetting columns.

    ``label`` is PC (disposition planet), AFP or NTP (false_positive) as in Valizadegan et al. 2022,
    and UNK in a table without labels; ``target`` is ``KIC n`` and ``event`` ``TCE n-01``. Left out
    are columns that reveal the label, coordinates and times, and columns that are constant.
    ``path`` is the archive's table as CSV or Parquet with any of the columns. Raises DataNotFound
    without a table and BadTable if it cannot be read or lacks identifiers.
    """
    table = read_archive_tces(path)
    return feature_table(identity(table), tce_values(table), COLUMNS, "tce")


def read_archive_tces(path: str | Path | None) -> pd.DataFrame:
    """Read all columns of the archive's table under the labelled table's names."""
    table = TABLE.read_all(path).rename(columns=ALIASES)
    missing = [name for name in ("target_id", "tce_plnt_num") if name not in table]
    if missing:
        raise BadTable(
            f"the table of threshold-crossing events lacks {', '.join(missing)}; get "
            f"it with them: {TABLE.download}"
        )
    return with_star_numbers(table, "target_id")


def identity(table: pd.DataFrame) -> pd.DataFrame:
    """Return the identity columns of threshold-crossing events."""
    star = table["target_id"]
    label = labels_of(table["label"]) if "label" in table else pd.Series("UNK", table.index)
    # a planet candidate of the labelled table is a planet
    words = label.replace({"PC": "CONFIRMED"})
    return pd.DataFrame(
        {
            "event": "TCE " + star + "-" + table["tce_plnt_num"].map("{:02.0f}".format),
            "target": "KIC " + star,
            "label": label,
            "disposition": dispositions_of(words, TABLE.name),
        }
    )


def tce_values(table: pd.DataFrame) -> pd.DataFrame:
    """Return every feature that the table's columns allow."""
    values = archive_values(table, ARCHIVE)
    computed = {}
    for column, of in zip(
        COMPUTED,
        (_false_alarm, _odd_even, _phase, _centroid_sigma, _shift, _offset, _offset_error),
        strict=True,
    ):
        if all(name in table for name in column.source.split(", ")):
            computed[column.name] = of(table)
    values = pd.concat([values, pd.DataFrame(computed, index=table.index)], axis=1)
    parts = [values, derived(values)]
    if set(OF_THE_STAR) <= set(table):
        parts.append(siblings_of(table, OF_THE_STAR))
    if set(OF_THE_SURVEY.values()) <= set(table):
        found = with_ephemeris_match(table, OF_THE_SURVEY)
        parts.append(found[[column.name for column in MATCH_COLUMNS]])
    return pd.concat(parts, axis=1)


def derived(values: pd.DataFrame) -> pd.DataFrame:
    """Return ratios of the features, where both are present."""
    have = values.reindex(columns=[one.name for one in (*ARCHIVE, *COMPUTED)])
    density = DENSITY_FACTOR * have["scaled_axis"] ** 3 / have["period"] ** 2
    ratios = pd.DataFrame(
        {
            "duration_over_period": have["transit_duration"] / 24 / have["period"],
            "flat_share": (1 - 2 * have["ingress_duration"] / have["transit_duration"]).clip(
                lower=0
            ),
            "density_ratio": density / have["stellar_density"],
            "secondary_depth_ratio": have["secondary_depth"] / have["transit_depth"],
            "secondary_over_primary": have["secondary_mes"] / have["mes"],
            "ses_max_share": (have["ses_max"] / have["mes"]) ** 2,
            "robust_over_mes": have["robust_statistic"] / have["mes"],
            "model_snr_over_mes": have["model_snr"] / have["mes"],
            "clean_transit_share": have["clean_transit_count"] / have["transit_count"],
            "halo_over_core": have["halo_aperture_statistic"] / have["core_aperture_statistic"],
            "depth_over_error": have["transit_depth"] / have["transit_depth_error"],
        }
        | {
            f"{name}_sigma": have[name] / have[f"{name}_error"]
            for name in (
                "image_offset_from_centroid",
                "image_offset_from_catalogue",
                "source_offset",
            )
        }
    )
    return ratios.loc[:, ratios.notna().any()]


def _false_alarm(table: pd.DataFrame) -> pd.Series:
    probability = table["boot_fap"].astype(float)
    known = probability.where(probability >= 0).clip(lower=10.0**SMALLEST_LOGARITHM)
    return np.log10(known)


def _odd_even(table: pd.DataFrame) -> pd.Series:
    """Root of a chi-squared with one degree of freedom; 0 means only odd or only even events."""
    return np.sqrt(table["tce_bin_oedp_stat"].where(table["tce_bin_oedp_stat"] > 0))


def _phase(table: pd.DataFrame) -> pd.Series:
    """Convert days to a distance in phase."""
    return ((table["tce_maxmesd"] / table["tce_period"] + 0.5).mod(1.0) - 0.5).abs()


def _centroid_sigma(table: pd.DataFrame) -> pd.Series:
    """Root of a chi-squared with two degrees of freedom."""
    return np.sqrt(table["tce_fwm_stat"].where(table["tce_fwm_stat"] > 0))


def _shift(table: pd.DataFrame) -> pd.Series:
    arcsec = np.hypot(table["tce_fwm_prao"], table["tce_fwm_pdeco"])
    return 1000 / PIXEL_ARCSEC * arcsec.where(arcsec > 0)


def _offset(table: pd.DataFrame) -> pd.Series:
    arcsec = np.hypot(table["tce_fwm_srao"], table["tce_fwm_sdeco"])
    return arcsec.where(arcsec > 0) / PIXEL_ARCSEC


def _offset_error(table: pd.DataFrame) -> pd.Series:
    """Combined error of both axes; -1 means missing."""
    errors = table[["tce_fwm_srao_err", "tce_fwm_sdeco_err"]].astype(float)
    return np.hypot(*errors.where(errors > 0).to_numpy().T) / PIXEL_ARCSEC


def published_folds(path: str | Path | None = None) -> np.ndarray:
    """Read the ten cross-validation folds (rows,) of Valizadegan et al. 2022.

    The folds split events, not stars: thousands of stars (6,252 of the whole table) have events in
    several folds, so a model is evaluated on stars that it was fitted on. Use them only to compare
    with the published numbers. Raises DataNotFound without the table and BadTable if it lacks the
    column ``exominer_fold``.
    """
    return TABLE.read(path, ("exominer_fold",))["exominer_fold"].to_numpy(dtype=int)

"""Features of real Kepler candidates beside the columns that NASA published for them.

    python benchmarks/measure_vs_archive.py [PICTURE.png] [TABLE.csv]

Every KOI with a light curve under EXOVAL_DATA is measured by ``exoval.measure`` at its catalogue
ephemeris over all available quarters, with the star's other KOIs cut out. Strengths are compared
after scaling by the root of the share of available transits. The whitening filter lowers the
archive's multiple-event statistic, more for longer events, but not its model_snr: ``mes_whitened``
is our white one after the usual loss among the archive's own KOIs, ``whitened_mes`` is measured
after a whitening filter of our own. Prints median ratio and robust scatter for each column, the
KOIs of which the whitened statistic ranks farthest from the archive's and, last, one line of JSON.
"""

from __future__ import annotations

import argparse
import os
from dataclasses import dataclass
from pathlib import Path

from command_line import command_line, data_folder, last_line, written

if __name__ == "__main__":
    # before the numerical libraries are imported
    parser = command_line(__doc__)
    parser.add_argument("picture", type=written, nargs="?", help="PNG to draw")
    parser.add_argument("table", type=written, nargs="?", help="CSV of all rows to write")
    OPTIONS = parser.parse_args()

os.environ.setdefault("OMP_NUM_THREADS", "1")

import matplotlib
import numpy as np
import pandas as pd
from hydra import compose, initialize_config_module
from hydra.utils import instantiate
from scipy.stats import spearmanr

from exoval.catalogs.koi import read_koi
from exoval.catalogs.tce_columns import whitening_loss
from exoval.errors import ExovalError
from exoval.event import TransitEvent
from exoval.labels import FALSE_POSITIVE
from exoval.measure import measure
from exoval.missions.kepler import PIXEL_ARCSEC
from exoval.missions.library import open_library
from exoval.noise.robust_scatter import robust_scatter
from exoval.recipe import Recipe
from exoval.running.progress import progress

matplotlib.use("Agg")
import matplotlib.pyplot as plt


@dataclass(frozen=True)
class Comparison:
    """Our column, the archive's, the conversion of ours to theirs, and whether to take a ratio."""

    ours: str
    theirs: str
    factor: float = 1.0
    strength: bool = False
    differs: bool = False


COMPARISONS = (
    Comparison("transit_depth", "koi_depth"),
    Comparison("transit_duration", "koi_duration"),
    Comparison("radius_ratio", "koi_ror"),
    Comparison("impact_parameter", "koi_impact", differs=True),
    Comparison("scaled_axis", "tce_dor"),
    Comparison("white_snr", "koi_model_snr", strength=True),
    Comparison("mes", "koi_max_mult_ev", strength=True),
    Comparison("mes_whitened", "koi_max_mult_ev", strength=True),
    Comparison("whitened_mes", "koi_max_mult_ev", strength=True),
    Comparison("ses_max", "tce_max_sngle_ev"),
    Comparison("whitened_ses_max", "tce_max_sngle_ev"),
    Comparison("transit_count", "tce_num_transits"),
    Comparison("odd_even_sigma", "oedp_sigma", differs=True),
    Comparison("secondary_depth", "wst_depth_original"),
    Comparison("secondary_mes", "tce_maxmes_original", differs=True),
    Comparison("source_offset", "tce_dikco_msky", PIXEL_ARCSEC),
    Comparison("centroid_sigma", "fwm_sigma", differs=True),
    Comparison("planet_radius", "koi_prad"),
)


def archive() -> pd.DataFrame:
    """KOI and TCE columns by KOI name; TCE columns are NaN without a TCE."""
    folder = data_folder() / "tables" / "kepler"
    koi = pd.read_parquet(folder / "koi_dr25_2020-07.parquet").set_index("kepoi_name")
    tce = pd.read_parquet(folder / "tce_dr25_labelled.parquet").dropna(subset=["kepoi_name"])
    tce = tce.drop_duplicates("kepoi_name").set_index("kepoi_name")
    new = [name for name in tce if name not in koi]
    table = koi.join(tce[new])
    table = table.replace(-1.0, np.nan)
    # chi-squared of one difference and of two axes
    table["oedp_sigma"] = np.sqrt(table["tce_bin_oedp_stat"])
    table["fwm_sigma"] = np.sqrt(table["tce_fwm_stat"])
    return table


def measured(table: pd.DataFrame) -> pd.DataFrame:
    """One row a KOI: its features, the archive's columns and the share of transits at hand."""
    with initialize_config_module("conf", version_base="1.3"):
        built = instantiate(compose("simulate", ["feature=[all,whitened]"]), _convert_="all")
    library = open_library(built["mission"])
    recipe = Recipe(mission=built["mission"], detrend=built["detrend"], features=built["feature"])
    at_hand = set(library.targets())
    known: dict[str, list] = {}
    for candidate in read_koi():
        if candidate.target in at_hand:
            known.setdefault(candidate.target, []).append(candidate)
    rows, jobs = [], [(one, star) for star in known.values() for one in star]
    for candidate, star in progress(jobs, total=len(jobs), description="measure KOIs"):
        curve = library.read(candidate.target)
        for other in star:
            if other is not candidate:
                curve = curve.keep(~other.ephemeris.in_event(curve.time, 1.5))
        event = TransitEvent(ephemeris=candidate.ephemeris, depth=candidate.depth)
        try:
            measured = measure(curve, event, library.star(candidate.target), recipe)
        except ExovalError as error:
            print(f"{candidate.name}: {error}")
            continue
        row = None if measured is None else measured.row
        if row is None or not row["transit_count"] >= 1:
            print(f"{candidate.name}: no transit in the data at hand")
            continue
        rows.append(
            {
                "koi": candidate.name,
                "segments": len(curve.segments),
                "disposition": candidate.disposition,
                **row,
                **table.loc[candidate.name].drop(labels=["koi_pdisposition"]).to_dict(),
            }
        )
    return pd.DataFrame(rows)


def compare(rows: pd.DataFrame, one: Comparison) -> tuple[np.ndarray, np.ndarray]:
    """Ours and theirs where both are known and positive."""
    ours = one.factor * rows[one.ours].to_numpy(dtype=float)
    theirs = pd.to_numeric(rows[one.theirs], errors="coerce").to_numpy(dtype=float)
    if one.strength:
        theirs = theirs * np.sqrt(rows["transit_count"] / rows["expected_transits"])
    good = np.isfinite(ours) & np.isfinite(theirs)
    if not one.differs:
        good &= (ours > 0) & (theirs > 0)
    return ours[good], theirs[good]


def summary(ours: np.ndarray, theirs: np.ndarray, differs: bool) -> dict[str, float]:
    """Median and robust scatter of ratio (or difference), and the rank correlation."""
    value = ours - theirs if differs else ours / theirs
    middle = float(np.median(value)) if len(value) else np.nan
    scatter = robust_scatter(value)
    rank = spearmanr(ours, theirs).statistic if len(value) > 3 else np.nan
    return {"number": len(value), "median": middle, "scatter": scatter, "rank": float(rank)}


def picture(rows: pd.DataFrame, path: Path) -> None:
    figure, axes = plt.subplots(3, 6, figsize=(24, 11), constrained_layout=True)
    for axis, one in zip(axes.flat, COMPARISONS):
        ours, theirs = compare(rows, one)
        axis.plot(theirs, ours, ".", color="tab:blue", alpha=0.7)
        if len(ours):
            ends = np.array([min(ours.min(), theirs.min()), max(ours.max(), theirs.max())])
            axis.plot(ends, ends, "-", color="0.6", lw=1)
        if one.differs:
            axis.set_xscale("symlog", linthresh=1.0)
            axis.set_yscale("symlog", linthresh=1.0)
        else:
            axis.set(xscale="log", yscale="log")
        axis.set(xlabel=f"archive: {one.theirs}", ylabel=f"exoval: {one.ours}")
    figure.suptitle("Kepler objects of interest, measured over the quarters at hand")
    figure.savefig(path, dpi=60)


def report(rows: pd.DataFrame, title: str) -> dict[str, dict[str, float]]:
    """Print the table of some rows and return its numbers by our column."""
    print(f"\n{title}: {len(rows)}")
    print(f"{'column':22s}{'archive':24s}{'number':>8s}{'median':>9s}{'scatter':>9s}{'rank':>7s}")
    results = {}
    for one in COMPARISONS:
        results[one.ours] = found = summary(*compare(rows, one), one.differs)
        kind = " (difference)" if one.differs else ""
        print(
            f"{one.ours:22s}{one.theirs:24s}{found['number']:8d}{found['median']:9.3f}"
            f"{found['scatter']:9.3f}{found['rank']:7.3f}{kind}"
        )
    return results


def outliers(rows: pd.DataFrame, count: int = 12) -> None:
    """Print the KOIs whose whitened statistic ranks farthest from the archive's."""
    one = next(one for one in COMPARISONS if one.ours == "whitened_mes")
    theirs = rows[one.theirs] * np.sqrt(rows["transit_count"] / rows["expected_transits"])
    shift = rows[one.ours].rank() - theirs.rank()
    table = rows.assign(scaled_archive=theirs, rank_shift=shift)
    table = table.sort_values("rank_shift", key=np.abs, ascending=False)
    columns = ["koi", "disposition", "koi_period", "koi_duration", "transit_depth"]
    columns += ["transit_count", "expected_transits", "white_snr", "mes", "whitened_mes"]
    columns += ["scaled_archive", "rank_shift"]
    print("\nfarthest from the archive's rank")
    print(table[columns].head(count).round(3).to_string(index=False))


def main(options: argparse.Namespace) -> None:
    """Run the benchmark."""
    rows = measured(archive())
    rows["mes_whitened"] = rows["mes"] / whitening_loss(rows["koi_duration"])
    # if the archive gives no number of transits: four years with a duty cycle of 85 %
    expected = 0.85 * 1470 / rows["koi_period"]
    counted = pd.to_numeric(rows["tce_num_transits"])
    rows["expected_transits"] = counted.where(counted > 0, expected).clip(lower=1)
    if options.table:
        rows.to_csv(options.table, index=False)
    results = report(rows, "all KOIs")
    planets = report(rows[rows["disposition"] != FALSE_POSITIVE], "planets and candidates")
    whole = report(
        rows[rows["transit_count"] > 0.5 * rows["expected_transits"]],
        "at least half of the transits at hand",
    )
    # the archive's two strengths compared: the agreement that one can expect
    both = Comparison("koi_model_snr", "koi_max_mult_ev")
    print(f"archive's koi_model_snr over koi_max_mult_ev: {summary(*compare(rows, both), False)}")
    outliers(rows)
    if options.picture:
        picture(rows, options.picture)
    last_line(
        {
            "depth_ratio_median": round(results["transit_depth"]["median"], 4),
            "depth_scatter": round(results["transit_depth"]["scatter"], 4),
            "duration_ratio_median": round(results["transit_duration"]["median"], 4),
            "mes_ratio_median": round(results["mes"]["median"], 4),
            "mes_rank_correlation": round(results["mes"]["rank"], 4),
            "mes_whitened_ratio_median": round(results["mes_whitened"]["median"], 4),
            "mes_whitened_ratio_median_half_at_hand": round(whole["mes_whitened"]["median"], 4),
            "whitened_mes_ratio_median": round(results["whitened_mes"]["median"], 4),
            "whitened_mes_scatter": round(results["whitened_mes"]["scatter"], 4),
            "whitened_mes_rank_correlation": round(results["whitened_mes"]["rank"], 4),
            "whitened_mes_rank_correlation_half_at_hand": round(whole["whitened_mes"]["rank"], 4),
            "whitened_mes_rank_correlation_planets": round(planets["whitened_mes"]["rank"], 4),
            "mes_rank_correlation_half_at_hand": round(whole["mes_whitened"]["rank"], 4),
            "snr_rank_correlation_half_at_hand": round(whole["white_snr"]["rank"], 4),
            "snr_ratio_median_planets": round(planets["white_snr"]["median"], 4),
            "mes_ratio_median_planets": round(planets["mes"]["median"], 4),
            "mes_rank_correlation_planets": round(planets["mes"]["rank"], 4),
            "kois": len(rows),
        },
        options,
    )


if __name__ == "__main__":
    main(OPTIONS)

"""Differences of procedural light curves from real ones, on the same stars and cadences.

    EXOVAL_DATA=... python benchmarks/procedural_vs_real.py [kepler|tess_120s] [--split held_out]
    python benchmarks/ultracool_hosts.py FOLDER
    python benchmarks/procedural_vs_real.py tess_120s --folder FOLDER

Every real light curve without a known signal (those of planets and candidates with every event cut
out) has a procedural twin: same star, crowding and cadences, noise by the settings of the mission's
yaml. The comparison includes the noise on 1 to 12 hours after detrending, the rms in bands of
period before detrending, the share of light curves in which the box search finds an event above
its threshold, and the features of the best event of any strength: a forest, cross-validated by
star, separates real from procedural light curves. Perfect twins would give a ROC AUC of 0.5.

Settings are tuned on one half of the stars (``--split calibration``, by a hash of the name) and
judged on the other (``--split held_out``). With matplotlib a figure is written to ``--figure``.
"""

from __future__ import annotations

import argparse
import time
import warnings
import zlib
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from pathlib import Path

from command_line import command_line, last_line, written

if __name__ == "__main__":
    # before the numerical libraries are imported
    parser = command_line(__doc__)
    parser.add_argument("mission", nargs="?", default="kepler", help="yaml of conf/mission")
    parser.add_argument("--folder", help="folder of light curves; default: that of EXOVAL_DATA")
    parser.add_argument("--split", default="held_out", choices=["held_out", "calibration", "all"])
    parser.add_argument("--stars", type=int, default=10**6, help="largest number of stars")
    parser.add_argument("--twins", type=int, default=1, help="procedural light curves per real one")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--figure", type=written, metavar="PNG")
    OPTIONS = parser.parse_args()

import numpy as np
import pandas as pd
from astropy.timeseries import LombScargle
from sklearn.ensemble import RandomForestClassifier
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import GroupKFold

from exoval.detrend.biweight import Biweight
from exoval.errors import ExovalError
from exoval.features.feature_group import default_features
from exoval.lightcurve import LightCurve
from exoval.measure import fold, measure_folded
from exoval.missions.mission import Mission
from exoval.missions.mission_file import read_mission
from exoval.noise.differential_precision import differential_precision
from exoval.noise.sampling import Sampling
from exoval.search.box_search import BoxSearch
from exoval.star import Star
from simulate.hosts import RealHosts

HOURS = (1.0, 3.0, 6.0, 12.0)
#: periods in days between which the rms is taken
BANDS = ((5.0, 15.0), (1.0, 5.0), (0.25, 1.0), (0.084, 0.25))
THRESHOLD = 7.1
#: most segments of one star, so that no star dominates
SEGMENTS = 3
CONF = Path(__file__).parent.parent / "conf" / "mission"


def in_split(target: str, split: str) -> bool:
    """Whether a star belongs to this half, by a hash of its name."""
    return split == "all" or (zlib.crc32(target.encode()) % 2 == 0) == (split == "calibration")


def real_light_curves(
    mission: Mission, folder: str | None, split: str, most: int
) -> Iterator[tuple[LightCurve, Star]]:
    """Real light curves of one segment each, events of planets and candidates cut out."""
    hosts = RealHosts(mission=mission, folder=folder, mask_known_signals=True)
    for target in [name for name in hosts.eligible if in_split(name, split)][:most]:
        segments = hosts.library.segments(target)
        step = max(1, len(segments) // SEGMENTS)
        for number in segments[::step][:SEGMENTS]:
            try:
                light_curve = hosts.library.read(target, (number,))
                for signal in hosts.known.signals.get(target, ()):
                    light_curve = light_curve.keep(
                        ~signal.ephemeris.in_event(light_curve.time, 2.0)
                    )
            except ExovalError:
                continue
            yield light_curve, hosts.library.star(target)


def twin(mission: Mission, real: LightCurve, star: Star, seed: int) -> LightCurve:
    """A procedural light curve of the same star at the same cadences."""
    rng = np.random.default_rng([seed, zlib.crc32(real.target.encode()), int(real.time[0])])
    step = mission.noise.schedule.dump_days
    dumps = (
        np.arange(real.time[0] - step * rng.random(), real.time[-1], step)
        if step > 0
        else np.empty(0)
    )
    sampling = Sampling(real.time, real.exposure, dumps=tuple(dumps))
    crowding = real.segments[0].crowding
    made_up = mission.noise.observe(
        rng,
        sampling,
        mission.name,
        star,
        crowding=crowding if np.isfinite(crowding) else 1.0,
        band=mission.band,
    )
    # the twin of a plain table lacks the same columns
    made_up = replace(
        made_up, segments=tuple(replace(segment, crowding=crowding) for segment in made_up.segments)
    )
    if np.isfinite(real.centroid_column).any():
        return made_up
    return replace(made_up, centroid_column=np.empty(0), centroid_row=np.empty(0))


def described(light_curve: LightCurve, star: Star, mission: Mission) -> dict[str, float]:
    """Noise, bands and the features of the best event of one light curve."""
    flat = Biweight()(light_curve)
    row = {f"noise_{hours:g}h": differential_precision(flat, hours=hours) for hours in HOURS}
    row |= band_rms(light_curve)
    row |= {
        "stated_error": float(np.median(light_curve.flux_error) / np.median(light_curve.flux))
        * 1e6,
        "point_scatter": float(np.median(flat.flux_error)) * 1e6,
    }
    search = BoxSearch(
        minimum_period_days=mission.minimum_period_days,
        maximum_period_days=min(mission.maximum_period_days, light_curve.baseline / 3),
    )
    row["found"] = float(search(flat, star) is not None)
    event = replace(search, threshold=1.0)(flat, star)
    folded = None if event is None else fold(light_curve, event, star, detrend=Biweight())
    if folded is not None:
        row |= {
            f"feature {name}": value
            for name, value in measure_folded(folded, features=default_features()).items()
        }
    return row


def band_rms(light_curve: LightCurve) -> dict[str, float]:
    """Rms in ppm of the undetrended flux between two periods, from its periodogram."""
    flux = light_curve.flux / np.median(light_curve.flux) - 1
    spacing = 1 / light_curve.baseline
    rms = {}
    for longest, shortest in [(longest, shortest) for shortest, longest in BANDS]:
        frequency = np.arange(1 / longest, 1 / shortest, spacing)
        power = LombScargle(light_curve.time, flux).power(frequency, normalization="psd")
        rms[f"rms_{shortest:g}-{longest:g}d"] = 1e6 * np.sqrt(2 * power.sum() / len(flux))
    return rms


def describe_pair(job: tuple[Mission, LightCurve, Star, int]) -> list[dict]:
    """Rows of a real light curve and its twins."""
    mission, real, star, twins = job
    warnings.simplefilter("ignore")
    rows = []
    for kind, light_curve in [
        ("real", real),
        *(("made_up", twin(mission, real, star, seed)) for seed in range(twins)),
    ]:
        try:
            rows.append(
                {"star": real.target, "kind": kind, **described(light_curve, star, mission)}
            )
        except ExovalError as error:
            print(f"left out: {error}")
    return rows


def table_of(
    mission: Mission, folder: str | None, split: str, most: int, twins: int, workers: int
) -> pd.DataFrame:
    """One row per light curve, real and procedural."""
    jobs = (
        (mission, real, star, twins)
        for real, star in real_light_curves(mission, folder, split, most)
    )
    with ProcessPoolExecutor(workers) as pool:
        return pd.DataFrame([row for rows in pool.map(describe_pair, jobs) for row in rows])


def single_column_auc(frame: pd.DataFrame, column: str) -> float:
    """ROC AUC of real against procedural by one column (0.5: chance); missing counts as a value."""
    values = frame[column].to_numpy(dtype=float)
    values = np.where(np.isfinite(values), values, np.nanmin(np.append(values, 0.0)) - 1)
    area = roc_auc_score(frame["kind"] == "real", values)
    return float(max(area, 1 - area))


def domain_auc(frame: pd.DataFrame, columns: list[str]) -> tuple[float, float]:
    """ROC AUC, and its error, of a forest for real against procedural on unseen stars."""
    values = frame[columns].to_numpy(dtype=float)
    real = (frame["kind"] == "real").to_numpy()
    score = np.zeros(len(frame))
    for fit, judge in GroupKFold(5, shuffle=True, random_state=0).split(
        values, real, frame["star"]
    ):
        forest = RandomForestClassifier(
            500, min_samples_leaf=3, class_weight="balanced", random_state=0, n_jobs=1
        )
        score[judge] = forest.fit(values[fit], real[fit]).predict_proba(values[judge])[:, 1]
    rng = np.random.default_rng(0)
    stars = frame["star"].unique()
    rows = {star: np.flatnonzero(frame["star"] == star) for star in stars}
    areas = []
    for _ in range(200):
        chosen = np.concatenate([rows[star] for star in rng.choice(stars, len(stars))])
        areas.append(roc_auc_score(real[chosen], score[chosen]))
    return float(roc_auc_score(real, score)), float(np.std(areas))


def report(frame: pd.DataFrame) -> dict:
    """Print the tables and return their numbers as one mapping."""
    real, made_up = (frame[frame["kind"] == kind] for kind in ("real", "made_up"))
    print(
        f"{frame['star'].nunique()} stars, {len(real)} real and {len(made_up)} procedural light "
        "curves\n"
    )
    print(
        f"{'ppm, percentiles over light curves':36s}{'real 16 / 50 / 84':>27s}"
        f"{'procedural 16 / 50 / 84':>27s}{'AUC':>7s}"
    )
    numbers: dict = {"stars": int(frame["star"].nunique()), "real": len(real)}
    for column in [
        name for name in frame if name.startswith(("noise_", "rms_", "stated", "point"))
    ]:
        cells = [
            " / ".join(f"{value:.0f}" for value in np.nanpercentile(part[column], [16, 50, 84]))
            for part in (real, made_up)
        ]
        area = single_column_auc(frame, column)
        print(f"{column:36s}{cells[0]:>27s}{cells[1]:>27s}{area:7.2f}")
        numbers[column] = [float(part[column].median()) for part in (real, made_up)]
    shares = [float(part["found"].mean()) for part in (real, made_up)]
    errors = [
        np.sqrt(share * (1 - share) / len(part)) for share, part in zip(shares, (real, made_up))
    ]
    print(
        f"\nbox search finds an event above {THRESHOLD}: real {shares[0]:.2f} +- "
        f"{errors[0]:.2f}, procedural {shares[1]:.2f} +- {errors[1]:.2f}"
    )
    columns = [name for name in frame if name.startswith("feature ")]
    area, error = domain_auc(frame, columns)
    print(
        f"a forest on {len(columns)} features of the best event separates them with a ROC AUC of "
        f"{area:.3f} +- {error:.3f}\n"
    )
    single = sorted(((single_column_auc(frame, name), name) for name in columns), reverse=True)
    print("columns that differ most, each alone:")
    for value, name in single[:12]:
        middle = [part[name].median() for part in (real, made_up)]
        print(
            f"  {name.removeprefix('feature '):30s}{value:6.2f}   medians {middle[0]:.4g}, "
            f"{middle[1]:.4g}"
        )
    return numbers | {
        "found": shares,
        "domain_auc": area,
        "domain_auc_error": error,
        "columns": {name.removeprefix("feature "): round(value, 3) for value, name in single[:12]},
    }


def draw(frame: pd.DataFrame, path: Path) -> None:
    """Cumulative distributions of noise, bands and strength; nothing without matplotlib."""
    try:
        import matplotlib
    except ImportError:
        return
    matplotlib.use("Agg")
    from matplotlib import pyplot as plt

    columns = [name for name in frame if name.startswith(("noise_", "rms_"))]
    columns += [
        "point_scatter",
        *[name for name in ("feature white_snr", "feature depth") if name in frame],
    ]
    figure, panels = plt.subplots(3, 4, figsize=(13, 8), constrained_layout=True)
    for axes, column in zip(panels.flat, columns):
        for kind, colour in (("real", "#1b3a57"), ("made_up", "#d1603d")):
            values = np.sort(frame.loc[frame["kind"] == kind, column].dropna())
            values = values[values > 0]
            axes.plot(
                values,
                np.linspace(0, 1, len(values)),
                color=colour,
                lw=1.8,
                label=kind.replace("_", " "),
            )
        unit = "" if column.startswith("feature") else ", ppm"
        axes.set(
            xscale="log",
            ylim=(0, 1),
            xlabel=column.removeprefix("feature ") + unit,
            ylabel="share of light curves",
        )
        axes.grid(alpha=0.25)
    for axes in panels.flat[len(columns) :]:
        axes.set_axis_off()
    panels.flat[0].legend(frameon=False)
    figure.savefig(path, dpi=80)
    plt.close(figure)


def main(options: argparse.Namespace) -> None:
    """Run the benchmark."""
    start = time.time()
    mission = read_mission(CONF / f"{options.mission}.yaml")
    frame = table_of(
        mission, options.folder, options.split, options.stars, options.twins, options.workers
    )
    numbers = report(frame)
    if options.figure:
        draw(frame, options.figure)
    last_line(
        {
            "mission": options.mission,
            "split": options.split,
            **numbers,
            "seconds": round(time.time() - start, 1),
        },
        options,
    )


if __name__ == "__main__":
    main(OPTIONS)

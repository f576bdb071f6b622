"""Posteriors of Kepler Objects of Interest with light curves at hand, beside vespa's.

    python benchmarks/koi_posteriors.py RUN [--alarms SHARE] [--csv FILE]

Every object of the KOI table whose star has pipeline light curves in EXOVAL_DATA is vetted with
RUN, the output of a training on simulated quarters, at the catalogue's ephemeris. Confirmed
planets and false positives judge the posterior on the sky ("posterior"), that of a planet of any
star of the system ("system"), the probability of the simulated mixture ("mixture") and, on the
same objects, one less vespa's false-positive probability. --alarms is the share of a search's
false alarms that the catalogue lists: by default the KOIs that are not transit-like
(koi_fpflag_nt) over the DR25 events that NASA's labels call no transit-like phenomenon. Stars of
the training set are left out. --csv writes a row an object. The last line is JSON.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from command_line import command_line, last_line

if __name__ == "__main__":
    # before the numerical libraries are imported
    parser = command_line(__doc__)
    parser.add_argument("run", type=Path, metavar="RUN")
    parser.add_argument("--alarms", type=float, metavar="SHARE")
    parser.add_argument("--csv", type=Path, metavar="FILE")
    OPTIONS = parser.parse_args()

import numpy as np
import pandas as pd

from exoval.catalogs.koi import TABLE as KOI
from exoval.catalogs.koi import read_koi
from exoval.catalogs.tce import read_tce
from exoval.catalogs.vespa import read_vespa
from exoval.errors import DataNotFound
from exoval.labels import UNKNOWN
from exoval.missions.library import open_library
from exoval.running.progress import progress
from exoval.running.spreadsheet import write_csv
from exoval.vetting.request import VettingRequest
from exoval.vetting.vet_list import Vetting
from train.judging.metrics import judge

SHOWN = (
    "roc_auc",
    "log_loss",
    "base_rate_log_loss",
    "brier",
    "calibration_error",
    "precision_at_0.9",
    "recall_at_0.9",
    "precision_at_0.99",
    "recall_at_0.99",
)
RESAMPLES, LARGEST_DISAGREEMENTS = 500, 10


def listed_alarms() -> float:
    """False alarms among the KOIs over those among the labelled threshold-crossing events."""
    flags = KOI.read(None, ("koi_fpflag_nt",))["koi_fpflag_nt"]
    alarms = sum(one.label == "NTP" for one in read_tce())
    return float((flags == 1).sum() / alarms)


def vetted(run: Path, alarms: float) -> pd.DataFrame:
    """A row an object: the answers of vetting, and what the catalogue says."""
    vetting = Vetting(run, alarms=alarms)
    stars = set(open_library(vetting.run.recipe.mission).targets())
    objects = [
        one
        for one in read_koi()
        if one.target in stars and one.target not in vetting.run.training_stars
    ]
    rows = []
    for one in progress(objects, total=len(objects), description="vet"):
        answer = vetting(VettingRequest(one.name))
        found = answer.rows[0] if answer.rows else {"caveats": answer.failed}
        about = {"kepoi_name": one.name, "target": one.target}
        rows.append(found | about | {"disposition": one.disposition, "label": one.label})
    return pd.DataFrame(rows)


def scores(table: pd.DataFrame, classifier: str) -> dict[str, np.ndarray]:
    """P(planet) of every object in each way, NaN where there is none."""
    found = {
        "posterior": table["posterior"],
        "system": table["posterior_of_system"],
        "mixture": table[f"P_planet_{classifier}"],
    }
    try:
        vespa = read_vespa().drop_duplicates("name").set_index("name")
        given = 1 - vespa["false_positive_probability"].reindex(table["kepoi_name"])
        found["vespa"] = pd.Series(given.to_numpy(), index=table.index)
    except DataNotFound:
        pass
    return {name: values.to_numpy(dtype=float) for name, values in found.items()}


def main(options: argparse.Namespace) -> None:
    """Run the benchmark."""
    alarms = listed_alarms() if options.alarms is None else options.alarms
    table = vetted(options.run, alarms)
    classifier = table["classifier"].dropna().iloc[0]
    found, decided = scores(table, classifier), (table["disposition"] != UNKNOWN).to_numpy()
    is_planet, stars = (table["disposition"] == "planet").to_numpy(), table["target"].to_numpy()
    results: dict[str, dict] = {}
    print(
        f"{len(table)} objects, {decided.sum()} decided; share of false alarms listed {alarms:.3f}"
    )
    subsets = {"all that each judges": decided}
    if "vespa" in found:
        both = decided & np.all([np.isfinite(one) for one in found.values()], axis=0)
        subsets["judged by every way"] = both
    print(f"{'objects':24}{'way':12}{'n':>5}" + "".join(f"{key:>20}" for key in SHOWN))
    for subset, chosen in subsets.items():
        results[subset] = {}
        for way, values in found.items():
            rows = chosen & np.isfinite(values)
            numbers = judge(
                values[rows],
                is_planet[rows],
                stars[rows],
                resamples=RESAMPLES,
                seed=0,
                keys=SHOWN,
            )
            results[subset][way] = {"n": int(rows.sum())} | numbers
            cells = "".join(f"{number_text(numbers[key]):>20}" for key in SHOWN)
            print(f"{subset:24}{way:12}{rows.sum():5d}{cells}")
    print("\nlargest disagreements of the posterior with the catalogue")
    wrong = np.where(is_planet, 1 - found["posterior"], found["posterior"])
    wrong[~decided | ~np.isfinite(found["posterior"])] = -1
    for place in np.argsort(-wrong)[:LARGEST_DISAGREEMENTS]:
        one = table.iloc[place]
        about = f"{one['kepoi_name']} {one['label']}: {one['posterior']:.4f}"
        reasons = f"{one['most_probable']}; {one['posterior_verdict']}; {one['caveats']}"
        print(f"  {about}, in the mixture {reasons}")
    if options.csv is not None:
        write_csv(written(table), options.csv)
    print(f"{alarms:.4f} of a search's false alarms are in the catalogue")
    last_line({"objects": len(table)} | results, options)


def number_text(number: dict) -> str:
    return "-" if number["value"] is None else format(number["value"], ".3f")


def written(table: pd.DataFrame) -> pd.DataFrame:
    """The columns that a reader of the posteriors needs."""
    return pd.DataFrame(
        {
            "kepoi_name": table["kepoi_name"],
            "posterior": table["posterior"].round(5),
            "error": (0.5 * (table["posterior_high"] - table["posterior_low"])).round(5),
            "posterior_of_system": table["posterior_of_system"].round(5),
            "comparable_events": table["comparable_events"],
            "verdict": table["posterior_verdict"],
            "reason": table["caveats"],
        }
    )


if __name__ == "__main__":
    main(OPTIONS)

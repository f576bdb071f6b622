"""What more simulated events are worth: metrics on the sky from a thousand events to all.

    python benchmarks/learning_curve.py SET [--sizes N ...] [--only NAME ...] [--figure PNG]

SET is a labelled set. Of its stars a quarter is for judging and a fifth for calibration. Models are
fitted on random events of the others, a smaller number part of every larger one, and their
posteriors on the sky are learned from the same events. Calibration events are thinned by the same
share. All are judged on the same test stars, whose events count as often as nature has them:
log-loss, recall at a precision of 0.99, and how many planets have a posterior above 0.99, with the
precision there. Seconds are those of fitting on one core. The last line is JSON.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path

from command_line import command_line, last_line

if __name__ == "__main__":
    # before the numerical libraries are imported
    parser = command_line(__doc__)
    parser.add_argument("labelled_set", type=Path, metavar="SET")
    parser.add_argument(
        "--sizes", type=int, nargs="+", default=[1000, 3000, 10_000, 30_000, 10**9], metavar="N"
    )
    parser.add_argument(
        "--only",
        nargs="+",
        default=["sparse_gp", "forest", "histogram_gradient_boosting"],
        metavar="NAME",
    )
    parser.add_argument("--resamples", type=int, default=200, help="sets of stars; default: 200")
    parser.add_argument("--figure", type=Path, metavar="PNG")
    OPTIONS = parser.parse_args()

from dataclasses import replace

import numpy as np
from hydra import compose, initialize_config_module
from hydra.utils import instantiate

from exoval.models.calibrate import IsotonicCalibration
from exoval.table.feature_table import FeatureTable
from train.data.labelled_set import empty_columns, load_labelled_set
from train.data.splits import Split, StarSplit
from train.fitting.fit import fit
from train.fitting.sky_posterior import learn_sky_posterior, sky_rates
from train.judging.population import effective_numbers, judge_in_population

SHOWN = (
    "log_loss",
    "base_rate_log_loss",
    "calibration_error",
    "recall_at_precision_0.9",
    "recall_at_precision_0.99",
    "recall_at_0.99",
    "precision_at_0.99",
)


def classifier_named(name: str) -> object:
    with initialize_config_module("conf", version_base="1.3"):
        config = compose("train", [f"classifier=[{name}]", "labelled_set=unused"])
        return instantiate(config.classifier[name], _convert_="all")


def thinned(split: Split, table: FeatureTable, size: int) -> Split:
    """The split with ``size`` rows to fit and the same share to calibrate; test rows stay."""
    random = np.random.default_rng(0)
    share = min(size / len(split.fit), 1.0)
    parts = []
    for rows in (split.fit, split.calibration):
        # the rows of the smaller share are the first of the larger one's
        parts.append(np.sort(random.permutation(rows)[: max(round(share * len(rows)), 1)]))
    return Split(*parts, split.test)


def point(name: str, table: FeatureTable, rates: object, split: Split, *, resamples: int) -> dict:
    start = time.process_time()
    model = fit(
        name,
        classifier_named(name),
        calibration=IsotonicCalibration(),
        table=table,
        split=split,
        seed=0,
    )
    seconds = time.process_time() - start
    posterior = learn_sky_posterior(model, table, rates, split=split, seed=0)
    metrics = judge_in_population(
        model,
        posterior,
        table.select(split.test),
        rates.of_rows[split.test],
        resamples=resamples,
        seed=0,
    )
    return {
        "classifier": name,
        "events": len(split.fit),
        "calibration_events": len(split.calibration),
        "seconds": seconds,
    } | {key: metrics[key] for key in SHOWN}


def draw(points: list[dict], path: Path) -> None:
    """Log-loss, and recall at precisions of 0.9 and 0.99, over the number of events."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(11, 3.8), layout="constrained")
    panels = figure.subplots(1, 3)
    shown = {
        "log_loss": "log-loss",
        "recall_at_precision_0.9": "recall at precision 0.9",
        "recall_at_precision_0.99": "recall at precision 0.99",
    }
    names = list(dict.fromkeys(one["classifier"] for one in points))
    for axes, (key, title) in zip(panels, shown.items(), strict=True):
        for place, (name, colour) in enumerate(
            zip(names, ("#1f3b6f", "#c2541b", "#4a8f5c", "#8e6bb0"))
        ):
            mine = [
                one for one in points if one["classifier"] == name and one[key]["value"] is not None
            ]
            events = np.array([one["events"] for one in mine]) * 1.04 ** (place - 1)
            value, low, high = (
                np.array([one[key][end] for one in mine], dtype=float)
                for end in ("value", "low", "high")
            )
            error = np.abs([value - low, high - value])
            axes.errorbar(
                events,
                value,
                error,
                marker="o",
                color=colour,
                label=name.replace("_", " "),
                capsize=2,
            )
        if key == "log_loss":
            base = points[0]["base_rate_log_loss"]["value"]
            axes.axhline(base, color="#777777", linestyle=":", label="base rate")
        axes.set_ylim(bottom=0)
        axes.set_xscale("log")
        axes.set_xlabel("simulated events to learn from")
        axes.set_title(title)
    # beside the panels: error bars fill them
    handles, labels = panels[0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside lower center", ncols=len(labels), frameon=False)
    figure.savefig(path, dpi=100)


def main(options: argparse.Namespace) -> None:
    """Run the benchmark."""
    labelled = load_labelled_set(options.labelled_set)
    empty = empty_columns(labelled.table)
    names = [name for name in labelled.table.feature_names if name not in empty]
    table = replace(labelled.table.only(names), views=None)
    rates = sky_rates(table, options.labelled_set)
    split = StarSplit()(table, seed=0)
    test = effective_numbers(table.is_planet[split.test], rates.of_rows[split.test])
    print(
        f"test: {test['rows']} events worth {test['effective_planets']:.0f} planets and "
        f"{test['effective_others']:.0f} others"
    )
    print(f"{'classifier':30}{'events':>8}{'seconds':>9}" + "".join(f"{one:>26}" for one in SHOWN))
    points = []
    for size in sorted({min(one, len(split.fit)) for one in options.sizes}):
        for name in options.only:
            found = point(
                name, table, rates, thinned(split, table, size), resamples=options.resamples
            )
            points.append(found)
            cells = "".join(f"{number_text(found[key]):>26}" for key in SHOWN)
            print(f"{name:30}{found['events']:8d}{found['seconds']:9.1f}{cells}", flush=True)
            if options.figure is not None:
                draw(points, options.figure)
    worth = {key: round(test[key]) for key in ("rows", "effective_planets", "effective_others")}
    last_line({"test": worth, "points": points}, options)


def number_text(number: dict) -> str:
    if number["value"] is None:
        return "-"
    ends = [format(number[end], ".4f") for end in ("low", "high") if number[end] is not None]
    return f"{number['value']:.4f} ({'-'.join(ends)})"


if __name__ == "__main__":
    main(OPTIONS)

"""The comparison at the end of ``python -m train -m``: a table and a figure of all jobs."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd

from exoval.running.output_path import replacing
from exoval.running.spreadsheet import write_csv
from exoval.running.whole_folder import check_files
from train.judging.metrics import METRICS
from train.report import figures
from train.report.sweep_figure import sweep_figure

#: metrics of one classifier on simulated test stars
JUDGED = ("log_loss", "roc_auc", "average_precision", "calibration_error")
#: metrics on real events
REAL = ("log_loss", "roc_auc")
#: columns of the table to compare, and their printed names
NUMBERS = {
    "held_back_log_loss": "Held back",
    **{key: METRICS[key].title for key in JUDGED},
    **{f"real_{key}": f"Real {METRICS[key].title}" for key in REAL},
    "seconds": "Seconds",
}


def compare_jobs(folder: Path, since: float = 0.0) -> pd.DataFrame | None:
    """Compare the jobs in ``folder`` that ended after ``since`` (seconds of ``time.time``).

    Returns the table, which is also written and printed; None if no job wrote ``metrics.json``.
    """
    table = jobs_table(folder, since)
    if table is None:
        return None
    write_csv(table, folder / "sweep.csv")
    print("\n" + printed(table))
    if figures.available():
        with replacing(folder / "sweep.png") as draft:
            draft.write_bytes(sweep_figure(by_setting(table)))
    print(f"-> {folder / 'sweep.csv'}")
    return table


def jobs_table(folder: Path, since: float = 0.0) -> pd.DataFrame | None:
    """One row per job and classifier, by log-loss on held-back stars, lowest first.

    Columns: job, classifier, the settings that differ between the jobs' command lines, and
    NUMBERS. Numbers without a prefix are those on simulated test stars.
    """
    jobs = {}
    for path in sorted(folder.glob("*/metrics.json")):
        if path.stat().st_mtime >= since:
            check_files(path.parent, [path.name])
            jobs[path.parent.name] = json.loads(path.read_text())
    rows = []
    varied = varied_overrides(
        {name: result["configuration"].get("overrides", []) for name, result in jobs.items()}
    )
    for job, result in jobs.items():
        for name in result["metrics"]["simulated"]["by_classifier"]:
            rows.append({"job": job, "classifier": name, **varied[job], **numbers(name, result)})
    if not rows:
        return None
    return pd.DataFrame(rows).sort_values("held_back_log_loss", ignore_index=True)


def numbers(name: str, result: dict) -> dict[str, float | None]:
    """The NUMBERS of one classifier of one job."""
    ours = result["metrics"]["simulated"]["by_classifier"][name]
    theirs = result["metrics"]["real"]["by_classifier"].get(name, {})
    return {
        "held_back_log_loss": result["cards"][name]["held_back_log_loss"],
        **{key: ours[key]["value"] for key in JUDGED},
        **{f"real_{key}": theirs.get(key, {}).get("value") for key in REAL},
        "seconds": result["seconds"],
    }


def varied_overrides(overrides: dict[str, list[str]]) -> dict[str, dict[str, str]]:
    """The settings that differ between command lines, by job, without the classifier."""
    given = {
        job: dict(line.lstrip("+~").partition("=")[::2] for line in lines)
        for job, lines in overrides.items()
    }
    keys = sorted({key for settings in given.values() for key in settings})
    varied = [
        key
        for key in keys
        if key != "classifier" and len({settings.get(key) for settings in given.values()}) > 1
    ]
    return {job: {key: settings.get(key, "") for key in varied} for job, settings in given.items()}


def by_setting(table: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Rows that differ in the seed alone, by the name of their other settings."""
    settings = [key for key in table.columns if key not in ("job", "seed", *NUMBERS)]
    named = table[settings].apply(
        lambda row: ", ".join(
            value if key == "classifier" else f"{key}={value}" for key, value in row.items()
        ),
        axis=1,
    )
    return {name: table[named == name] for name in dict.fromkeys(named)}


def printed(table: pd.DataFrame) -> str:
    """The table as text: mean over seeds, with the standard deviation of several."""
    groups = by_setting(table)
    wide = max(len(name) for name in groups)
    shown = [key for key in NUMBERS if table[key].notna().any()]
    lines = [f"{'setting':{wide}}  jobs" + "".join(f"{NUMBERS[key]:>19}" for key in shown)]
    for name, rows in groups.items():
        cells = "".join(f"{_mean_and_spread(rows[key].astype(float), key):>19}" for key in shown)
        lines.append(f"{name:{wide}}{len(rows):6}" + cells)
    return "\n".join(lines)


def _mean_and_spread(values: pd.Series, key: str) -> str:
    """Text such as 0.1234 ± 0.0012; the spread is left out for a single value."""
    digits = 0 if key == "seconds" else 4
    spread = f" ± {values.std():.{digits}f}" if values.notna().sum() > 1 else ""
    return f"{values.mean():.{digits}f}{spread}"

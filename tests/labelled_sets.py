"""Made-up labelled sets: clusters of Gaussian features around a centre for each scenario."""

import json

import numpy as np
import pandas as pd

from exoval.labels import FALSE_POSITIVE, PLANET
from exoval.table.column import Column
from exoval.table.feature_table import FeatureTable

SCENARIOS = ("planet", "eclipsing_binary", "background_binary", "no_transit")

#: how the events of a real set like these would be measured
RECIPE = {
    "mission": {"_target_": "exoval.missions.kepler.kepler"},
    "detrend": {"_target_": "exoval.detrend.biweight.Biweight"},
    "search": {"_target_": "exoval.search.box_search.BoxSearch"},
    "feature": {"ephemeris": {"_target_": "exoval.features.ephemeris.EphemerisFeatures"}},
    "segments_per_light_curve": 1,
}


def gaussian_table(
    rows=400, columns=8, stars=80, seed=0, separation=1.0, scenarios=SCENARIOS, prefix="KIC "
):
    """Rows of all scenarios on every star; one heavy-tailed feature and a few missing values."""
    random = np.random.default_rng(seed)
    centres = separation * np.random.default_rng(99).normal(size=(len(SCENARIOS), columns))
    label = np.array(scenarios)[np.arange(rows) % len(scenarios)]
    which = np.array([SCENARIOS.index(name) for name in label])
    features = centres[which] + random.normal(size=(rows, columns))
    features[:, 0] = 10 ** (1.5 * features[:, 0])
    features[random.random((rows, columns)) < 0.03] = np.nan
    frame = pd.DataFrame(features, columns=[f"feature_{i}" for i in range(columns)])
    frame.insert(0, "event", [f"{name}-{seed}-{i:06d}" for i, name in enumerate(label)])
    frame.insert(1, "target", [f"{prefix}{n}" for n in random.integers(0, stars, rows)])
    frame.insert(2, "label", label)
    frame.insert(3, "disposition", np.where(label == PLANET, PLANET, FALSE_POSITIVE))
    described = tuple(
        Column(f"feature_{i}", "ppm" if i == 0 else "", f"made-up feature {i}")
        for i in range(columns)
    )
    return FeatureTable(frame, described, recipe={"made": "up"})


def changed(table, **columns):
    """The table with columns replaced."""
    return FeatureTable(table.frame.assign(**columns), table.columns, recipe=table.recipe)


def write_labelled_set(folder, table=None, kind="real"):
    """Write a table as python -m simulate would, with a manifest."""
    table = gaussian_table() if table is None else table
    folder.mkdir(parents=True, exist_ok=True)
    table.save(folder / "features.parquet")
    kept = {name: int((table.labels == name).sum()) for name in sorted(set(table.labels))}
    manifest = {
        "seed": 3,
        "kept": len(table),
        "recipe": RECIPE,
        "config": {"n_systems": 2 * len(table)},
        "counts": {
            name: {"drawn": 2 * n, "visible": n + 9, "recovered": n + 2, "kept": n, "failed": 1}
            for name, n in kept.items()
        },
        "host": {"kind": kind, "mission": "kepler", "stars": 80}
        | ({"warning": "noise is made up"} if kind == "procedural" else {}),
        "failures": [{"stage": "search", "reason": "too short", "count": 4, "targets": []}],
        "versions": {"python": "3"},
    }
    (folder / "manifest.json").write_text(json.dumps(manifest))
    return folder


#: systems per target, of which half are found
SYSTEMS = {"planet": 0.02, "eclipsing_binary": 0.01, "background_binary": 0.04, "no_transit": 1.0}


def with_truth(folder, table):
    """Write the table with truths: as many systems again were drawn and not found."""
    write_labelled_set(folder, table)
    kept = pd.DataFrame(
        {
            "event": table.frame["event"],
            "target": table.targets,
            "label": table.labels,
            "status": "kept",
        }
    )
    missed = kept.assign(event=kept["event"] + "-missed", status="visible")
    truth = pd.concat([kept, missed], ignore_index=True)
    truth["scenario"], truth["event_number"] = truth["label"], 0
    truth["log_prior"] = np.log(truth["label"].map(SYSTEMS).astype(float))
    truth["log_proposal"] = 0.0
    truth.to_parquet(folder / "truth.parquet")
    return folder

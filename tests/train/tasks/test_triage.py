"""Judging simulated training on events sorted by eye."""

import json
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pytest
from result_frame import problems
from sklearn.linear_model import LogisticRegression

from exoval.classifiers.transit_cnn import TransitCNN
from exoval.errors import BadTable
from exoval.models.calibrate import PlattCalibration
from exoval.table.column import Column
from exoval.table.feature_table import FeatureTable
from exoval.views.fine import FINE, LENGTH, SLICES
from exoval.views.store import ViewRows, Views
from train.data.splits import StarSplit
from train.tasks.triage import triage

SHARES = {"simulated": (0.4, 0.4, 0.2), "real": (0.1, 0.2, 0.7)}
LABELS = ("planet", "eclipsing_binary", "no_transit")


def events(kind, prefix, rows=600, seed=0):
    """Dips of planets are boxes, of binaries triangles, of junk waves."""
    random = np.random.default_rng(seed)
    label = random.choice(LABELS, rows, p=SHARES[kind])
    place = np.linspace(-1, 1, 201)
    shape = {
        "planet": np.where(np.abs(place) < 0.25, -1.0, 0.0),
        "eclipsing_binary": -np.clip(1 - np.abs(place) / 0.35, 0, None),
        "no_transit": -np.cos(np.pi * place),
    }
    values = np.full((rows, LENGTH), np.nan, dtype=np.float32)
    local = np.stack([shape[one] for one in label]) + 0.2 * random.standard_normal((rows, 201))
    values[:, SLICES["local"]] = local
    values[:, SLICES["global"]] = 0
    frame = pd.DataFrame(
        {
            "event": [f"{prefix}{i}" for i in range(rows)],
            "target": [f"{prefix}{i // 2}" for i in range(rows)],
            "label": label,
            "disposition": np.where(label == "planet", "planet", "false_positive"),
            "depth": random.standard_normal(rows) + 2 * (label == "planet"),
        }
    )
    views = Views(values, np.zeros((rows, len(SLICES)), np.int16), FINE)
    return FeatureTable(frame, (Column("depth", "ppm", ""),), views=ViewRows.of_all(views, rows))


@dataclass(frozen=True)
class Given:
    rows: FeatureTable
    kind: str = "given"

    def __call__(self):
        return self.rows


def real(split=None):
    table = events("real", "TIC ", 800, seed=1)
    part = np.array([int(star.split()[1]) % 4 == 0 for star in table.targets])
    return table if split is None else table.select(part)


def test_a_column_that_is_not_there_is_named(tmp_path):
    with pytest.raises(BadTable, match="weight"):
        triage(
            output=tmp_path,
            source=Given(events("simulated", "made ")),
            real=real,
            junk="no_transit",
            classifier={},
            calibration=PlattCalibration(),
            split=StarSplit(),
            seed=0,
            columns=["depth", "weight"],
        )


@pytest.mark.parametrize(
    ("classifier", "least"),
    [
        (LogisticRegression(), 0.75),
        (
            TransitCNN(
                networks=1, epochs=30, width=2, hidden=16, learning_rate=0.01, random_state=0
            ),
            0.97,
        ),
    ],
    ids=["features", "views"],
)
@pytest.mark.slow
def test_both_questions_are_judged_on_real_events(tmp_path, classifier, least):
    numbers = triage(
        output=tmp_path / "out",
        source=Given(events("simulated", "made ")),
        real=real,
        junk="no_transit",
        classifier={"one": classifier},
        calibration=PlattCalibration(),
        split=StarSplit(),
        seed=0,
        bootstrap_resamples=20,
        results=tmp_path / "short.json",
    )
    found = numbers["metrics"]["by_classifier"]["one"]
    assert set(found) == {"simulated", "real", "real_test", "ceiling_test"}
    value = found["real"]["planet"]["roc_auc"]
    assert value["low"] <= value["value"] <= value["high"]
    assert value["value"] > least
    shares = found["real"]["estimated_shares"]
    # without a label it is seen that planets are rare there
    assert shares["planet"] < 0.25
    written = json.loads((tmp_path / "short.json").read_text())
    assert problems(written) == []
    assert written["sets"]["real"]["rows"] == 800
    assert (tmp_path / "out" / "triage.png").stat().st_size > 10_000
    assert numbers["sets"]["real_test"]["stars"] == len(set(real("test").targets))

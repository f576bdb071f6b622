import numpy as np
import pytest

from train.judging.scored import Scored, evaluate


def scored(probability, disposition, star=None, label=None, predicted=None):
    rows = len(probability)
    predicted = np.asarray(disposition if predicted is None else predicted, str)
    return Scored(
        event=np.arange(rows).astype(str),
        star=np.arange(rows).astype(str) if star is None else np.asarray(star),
        label=np.asarray(disposition if label is None else label, dtype=str),
        disposition=np.asarray(disposition, dtype=str),
        probability=np.asarray(probability, dtype=float),
        error=np.zeros(rows),
        predicted=predicted,
        predicted_is_planet=predicted == "planet",
    )


def random_set(stars, rows_per_star, seed):
    """Scores that are alike on one star, as those of one light curve are."""
    random = np.random.default_rng(seed)
    star = np.repeat(np.arange(stars), rows_per_star)
    planet = random.random(stars)[star] < 0.5
    value = 1 / (1 + np.exp(-(planet - 0.5 + random.normal(size=stars)[star])))
    return scored(value, np.where(planet, "planet", "false_positive"), star.astype(str))


def test_candidates_of_unknown_nature_do_not_count():
    known = scored([0.9, 0.1, 0.4], ["planet", "false_positive", "planet"])
    more = scored(
        [0.9, 0.1, 0.4, 0.99, 0.01], ["planet", "false_positive", "planet", "unknown", "unknown"]
    )
    assert evaluate(known, resamples=20, seed=0) == evaluate(more, resamples=20, seed=0)


def test_intervals_see_the_stars_and_not_the_rows():
    few = evaluate(random_set(40, 25, seed=0), resamples=200, seed=0)["accuracy"]
    many = evaluate(random_set(1000, 1, seed=0), resamples=200, seed=0)["accuracy"]
    assert few["high"] - few["low"] > 3 * (many["high"] - many["low"])


def test_an_interval_covers_the_truth_as_often_as_it_says():
    share = 0.0
    for seed in range(60):
        random = np.random.default_rng(seed)
        right = random.random(80) < 0.7
        rows = scored(np.where(right, 0.9, 0.1), ["planet"] * 80)
        recall = evaluate(rows, resamples=100, seed=seed)["recall_at_0.5"]
        share += (recall["low"] <= 0.7 <= recall["high"]) / 60
    assert share > 0.85


def test_auc_against_each_kind_uses_only_that_kind():
    rows = scored(
        [0.8, 0.7, 0.1, 0.2, 0.9, 0.95],
        ["planet"] * 2 + ["false_positive"] * 4,
        label=["planet"] * 2 + ["no_transit"] * 2 + ["eclipsing_binary"] * 2,
    )
    against = evaluate(rows, resamples=20, seed=0)["auc_against"]
    assert against["no_transit"]["value"] == 1.0
    assert against["eclipsing_binary"]["value"] == 0.0


def test_confusion_counts_every_row_once_with_planets_first():
    rows = scored(
        [0.8, 0.7, 0.1, 0.2],
        ["planet", "planet", "false_positive", "false_positive"],
        label=["planet", "planet", "EB", "EB"],
        predicted=["planet", "no_transit", "eclipsing_binary", "eclipsing_binary"],
    )
    assert evaluate(rows, resamples=5, seed=0)["confusion"] == {
        "true": ["planet", "EB"],
        "predicted": ["planet", "eclipsing_binary", "no_transit"],
        "counts": [[1, 0, 1], [0, 2, 0]],
    }


@pytest.mark.parametrize(
    ("rows", "reason"),
    [
        (scored([], []), "no rows"),
        (scored([0.2], ["unknown"]), "no rows"),
        (scored([0.2, 0.3], ["planet"] * 2), "only planets"),
        (scored([0.2, 0.3], ["false_positive"] * 2), "no planets"),
    ],
)
def test_what_cannot_be_judged_says_why(rows, reason):
    auc = evaluate(rows, resamples=10, seed=0)["roc_auc"]
    assert auc["value"] is None and reason in auc["reason"]

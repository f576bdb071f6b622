"""Detection efficiencies are counts, their errors binomial and their smooth form honest."""

import json

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exoval.errors import BadParameter, BadTable, DataNotFound
from exoval.injection.completeness import (
    FILE,
    Completeness,
    load_completeness,
    measure_completeness,
    save_completeness,
)


def true_efficiency(period, depth):
    return 0.9 / (1 + (depth / (300 * np.sqrt(period))) ** -2.5)


def truths(count=3000, seed=0):
    rng = np.random.default_rng(seed)
    period, depth = 10 ** rng.uniform(-0.3, 1.48, count), 10 ** rng.uniform(1.2, 4.8, count)
    found = rng.random(count) < true_efficiency(period, depth)
    status = np.where(
        found, rng.choice(["kept", "recovered"], count), rng.choice(["drawn", "visible"], count)
    )
    return pd.DataFrame(
        {
            "label": "planet",
            "status": status,
            "period_days": period,
            "depth_ppm": depth,
            "log_prior": rng.normal(-3, 0.5, count),
            "log_proposal": rng.normal(-1, 0.5, count),
        }
    )


def grid(drawn, found):
    drawn, found = np.array(drawn, float), np.array(found, float)
    return Completeness(
        scenario="planet",
        size_name="depth_ppm",
        period_edges=2.0 ** np.arange(drawn.shape[0] + 1),
        size_edges=10.0 ** np.arange(1, drawn.shape[1] + 2),
        rows=drawn.astype(int),
        rows_found=found.astype(int),
        drawn=drawn,
        found=found,
    )


def test_cells_are_brute_force_counts():
    table = truths(500)
    table.loc[::50, "status"] = "failed"
    table.loc[::70, "label"] = "eclipsing_binary"
    cells = measure_completeness(table, "planet")
    weights = np.exp(table.log_prior - table.log_proposal)
    for i, (short, long) in enumerate(zip(cells.period_edges, cells.period_edges[1:])):
        for j, (small, large) in enumerate(zip(cells.size_edges, cells.size_edges[1:])):
            inside = [
                n
                for n, row in table.iterrows()
                if short <= row.period_days < long
                and small <= row.depth_ppm < large
                and row.label == "planet"
                and row.status != "failed"
            ]
            hits = [n for n in inside if table.status[n] in ("kept", "recovered")]
            assert (cells.rows[i, j], cells.rows_found[i, j]) == (len(inside), len(hits))
            if inside:
                mass = weights[inside].sum()
                assert cells.fraction[i, j] == pytest.approx(weights[hits].sum() / mass)
                assert cells.drawn[i, j] == pytest.approx(mass**2 / (weights[inside] ** 2).sum())
            else:
                assert np.isnan(cells.fraction[i, j])
    assert cells.rows.sum() == ((table.label == "planet") & (table.status != "failed")).sum()


def test_equal_weights_are_plain_counts_whatever_their_size():
    table = truths(400)
    cells = measure_completeness(table, "planet", weights=np.full(400, 1e-200))
    assert cells.drawn == pytest.approx(cells.rows)
    assert cells.found == pytest.approx(cells.rows_found)


@pytest.mark.parametrize("share", [0.02, 0.4, 0.97])
def test_the_interval_covers_the_truth_as_often_as_it_says(share):
    rng = np.random.default_rng(5)
    found = rng.binomial(40, share, (100, 60))
    low, high = grid(np.full(found.shape, 40), found).interval(confidence=0.9)
    # counts are whole, so that it cannot be exact
    assert 0.84 < np.mean((low <= share) & (share <= high)) < 0.98


def test_with_many_draws_the_smooth_form_is_the_truth():
    cells = measure_completeness(truths(60_000), "planet", weights=np.ones(60_000))
    period, depth = np.meshgrid([1.0, 3.0, 10.0, 25.0], 10 ** np.linspace(1.6, 4.5, 13))
    smooth, error = cells(period, depth)
    expected = true_efficiency(period, depth)
    assert np.abs(smooth - expected).max() < 0.06
    assert error.max() < 0.06


def test_with_few_draws_its_error_covers_the_truth():
    period, depth = np.meshgrid([1.0, 3.0, 10.0, 25.0], 10 ** np.linspace(1.6, 4.5, 13))
    expected = true_efficiency(period, depth)
    pulls = [
        (smooth - expected) / error
        for smooth, error in (
            measure_completeness(truths(150, seed), "planet")(period, depth) for seed in range(12)
        )
    ]
    assert np.mean(np.abs(pulls) < 2) > 0.9


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 20), st.floats(0, 1)), min_size=12, max_size=12))
def test_it_is_bounded_and_grows_with_size(counts):
    drawn = np.array([n for n, _ in counts], float).reshape(3, 4)
    share = np.array([s for _, s in counts]).reshape(3, 4)
    cells = grid(drawn, np.round(drawn * share))
    size = np.geomspace(10, 1e5, 60)
    for period in (1.0, 2.7, 8.0):
        smooth, error = cells(period, size)
        assert np.isfinite(smooth).all()
        assert ((smooth >= 0) & (smooth <= 1) & (error > 0)).all()
        assert (np.diff(smooth) >= -1e-12).all()


def test_without_draws_there_is_no_confident_number():
    cells = grid([[50, 50, 0, 0], [50, 50, 0, 0]], [[1, 25, 0, 0], [1, 20, 0, 0]])
    _, seen = cells(2.0, 50.0)
    _, unseen = cells(2.0, 5e4)
    assert seen < 0.1
    assert unseen > 0.3
    for period, size in ((0.5, 100.0), (5.0, 100.0), (2.0, 5.0), (2.0, 1e6), (-1.0, 100.0)):
        assert np.isnan(cells(period, size)).all()
    nothing = grid(np.zeros((2, 2)), np.zeros((2, 2)))
    assert nothing(2.0, 100.0)[1] > 0.3


def test_what_is_saved_is_loaded(tmp_path):
    cells = measure_completeness(truths(300), "planet")
    save_completeness({"planet": cells}, tmp_path)
    loaded = load_completeness(tmp_path)["planet"]
    assert loaded.scenario == "planet"
    assert np.array_equal(loaded.rows, cells.rows)
    assert np.array_equal(loaded(3.0, [100.0, 1e4]), cells(3.0, [100.0, 1e4]))
    json.loads((tmp_path / FILE).read_text())


def test_other_sizes_and_scenarios():
    table = truths(300).assign(expected_snr=10.0)
    assert measure_completeness(table, "planet", size_name="expected_snr").rows.shape[1] == 1
    assert measure_completeness(table, "nearby_planet") is None
    assert measure_completeness(table, "planet", size_name="planet_radius_earth") is None
    with pytest.raises(BadParameter, match="magnitude"):
        measure_completeness(table, "planet", size_name="magnitude")


def test_missing_files_and_tables_are_named(tmp_path):
    with pytest.raises(DataNotFound, match=FILE):
        load_completeness(tmp_path)
    (tmp_path / FILE).write_text('{"planet": {"nonsense": 1}}')
    with pytest.raises(BadTable, match="simulate"):
        load_completeness(tmp_path)
    with pytest.raises(BadTable, match="label or status"):
        measure_completeness(pd.DataFrame({"a": [1]}), "planet")
    with pytest.raises(BadParameter, match="confidence"):
        grid([[1]], [[1]]).interval(confidence=1.0)

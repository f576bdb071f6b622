"""Views whose event lies at any phase, and what is measured in them."""

import numpy as np
import pytest

from exoval.views.medians import COARSE
from exoval.views.recentred import COLUMNS, box_means, recentred

BINS = COARSE.bins["global"]
SHARE = 0.08


def fold(shape, *, at=0.0, share=SHARE, depth=1.0, noise=0.02, seed=0):
    """Flux over the period with a dip at phase ``at``: a box or a triangle."""
    phase = (np.arange(BINS) - BINS // 2) / BINS - at
    away = np.abs(phase - np.round(phase)) / share
    dip = np.where(away < 0.5, 1.0, 0.0) if shape == "box" else np.clip(1 - 2 * away, 0, None)
    return noise * np.random.default_rng(seed).standard_normal(BINS) - depth * dip


def views(*folds):
    """Rows of views of the period, with nothing in the view of the event."""
    rows = np.zeros((len(folds), COARSE.length), dtype=np.float32)
    rows[:, COARSE.slices["global"]] = folds
    return rows


def measured(*folds, share=SHARE):
    return recentred(views(*folds), np.full(len(folds), share))[1]


@pytest.mark.parametrize("at", [-0.5, -0.31, 0.0, 0.2, 0.49])
def test_an_event_at_any_phase_is_brought_to_the_middle(at):
    found, _ = recentred(views(fold("box", at=at)), np.array([SHARE]))
    for part in COARSE.slices.values():
        one = found[0, part]
        assert np.median(one) == pytest.approx(0, abs=1e-6)
        assert one.min() == pytest.approx(-1)
    whole, local = (found[0, COARSE.slices[name]] for name in ("global", "local"))
    inside = np.abs(np.arange(BINS) - BINS // 2) < 0.4 * SHARE * BINS
    assert np.all(whole[inside] < -0.8)
    assert np.all(np.abs(whole[np.abs(np.arange(BINS) - BINS // 2) > 0.7 * SHARE * BINS]) < 0.2)
    # two durations to either side: the event is a quarter of the view
    assert np.sum(local < -0.5) == pytest.approx(COARSE.bins["local"] / 4, abs=3)


def test_where_the_fold_begins_changes_no_number():
    one = fold("triangle")
    here, there = (measured(view) for view in (one, np.roll(one, 77)))
    for column in COLUMNS:
        assert here[column.name] == pytest.approx(there[column.name], rel=1e-4, abs=1e-6)


def test_depth_and_scale_of_the_views_change_no_number():
    one, other = fold("box"), fold("box") * 40 + 3
    for column in COLUMNS:
        found = [measured(view)[column.name][0] for view in (one, other)]
        assert found[0] == pytest.approx(found[1], rel=1e-3, abs=1e-5)


def test_flanks_tell_a_triangle_from_a_box():
    box, triangle = measured(fold("box"), fold("triangle"))["flank_ratio"]
    assert box > triangle + 0.2


@pytest.mark.parametrize("ratio", [0.25, 0.5])
def test_a_second_dip_is_found_with_its_depth_and_phase(ratio):
    primary = fold("box", at=-0.2)
    second = fold("box", at=0.1, depth=ratio, noise=0.0)
    found = measured(primary + second)
    assert found["second_depth_ratio"][0] == pytest.approx(ratio, abs=0.08)
    assert found["second_phase"][0] == pytest.approx(0.3, abs=0.01)
    opposite = measured(primary + fold("box", at=0.3, depth=ratio, noise=0.0))
    assert opposite["opposite_depth_ratio"][0] == pytest.approx(ratio, abs=0.08)


def test_a_wave_of_half_the_period_is_measured_with_its_amplitude():
    phase = np.arange(BINS) / BINS
    found = measured(fold("box") - 0.2 * np.cos(4 * np.pi * (phase - BINS // 2 / BINS)))
    # the level is set by what is left of the wave away from the event
    assert found["ellipsoidal_ratio"][0] == pytest.approx(0.2, abs=0.04)


def test_strength_falls_as_the_noise_grows():
    quiet, loud = (measured(fold("box", noise=noise))["fold_strength"][0] for noise in (0.05, 0.5))
    assert quiet == pytest.approx(10 * loud, rel=0.5)


def test_an_unknown_duration_and_a_flat_view_give_finite_numbers():
    values, columns = recentred(views(np.zeros(BINS), fold("box")), np.array([np.nan, 5.0]))
    assert np.isfinite(values).all()
    assert all(np.isfinite(column).all() for column in columns.values())


def test_boxes_are_means_by_hand():
    view = np.random.default_rng(1).standard_normal(BINS)
    doubled = np.concatenate([view, view])
    for place in (0, 7, BINS - 1):
        by_hand = np.mean([doubled[(place + step) % BINS] for step in (-2, -1, 0, 1, 2)])
        assert box_means(view, 5.0)[place] == pytest.approx(by_hand)

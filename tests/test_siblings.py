"""An event and the other events of its star, against loops and against hand-made stars."""

import numpy as np
import pandas as pd
import pytest

from exoval.siblings import COLUMNS, siblings

NAMES = [one.name for one in COLUMNS]


def star(*events, target="KIC 1"):
    """Events as (period, epoch, duration, depth, strength), in the order of their discovery."""
    frame = pd.DataFrame(events, columns=["period", "epoch", "duration", "depth", "strength"])
    return frame.assign(target=target, number=np.arange(1, len(events) + 1))


def test_an_event_alone_has_counts_and_nothing_else():
    found = siblings(star((3.0, 100.0, 0.1, 1e-3, 20.0))).iloc[0]
    assert found["sibling_count"] == found["siblings_before"] == found["has_stronger_twin"] == 0
    known = {"sibling_count", "siblings_before", "has_stronger_twin"}
    assert found.drop(list(known)).isna().all()


def test_the_secondary_of_a_binary_has_a_stronger_twin_half_a_phase_away():
    primary = (3.0, 100.0, 0.2, 4e-2, 400.0)
    secondary = (3.0001, 101.5, 0.1, 1e-2, 100.0)
    first, second = siblings(star(primary, secondary)).to_dict("records")
    assert (first["has_stronger_twin"], second["has_stronger_twin"]) == (0, 1)
    assert (first["siblings_before"], second["siblings_before"]) == (0, 1)
    for one, sign in ((first, -1), (second, 1)):
        assert one["sibling_phase"] == pytest.approx(0.5, abs=1e-4)
        assert one["sibling_period_ratio"] == pytest.approx(0.0, abs=1e-4)
        assert one["sibling_strength"] == pytest.approx(sign * np.log10(4))
        assert one["sibling_depth"] == pytest.approx(sign * np.log10(4))
        assert one["sibling_duration"] == pytest.approx(sign * np.log10(2))
        assert one["sibling_period_distance"] < -4


def test_planets_of_a_system_have_no_twin_and_their_distance_from_a_harmonic():
    events = star((10.0, 100.0, 0.1, 1e-3, 30.0), (25.0, 103.0, 0.2, 2e-3, 20.0))
    first = siblings(events).iloc[0]
    # the nearest of a third, a half, one, two and three times 10 d is 30 d, 17 % away
    assert first["sibling_period_distance"] == pytest.approx(np.log10(1 - 25 / 30))
    assert first["has_stronger_twin"] == 0
    assert first["strongest_sibling"] == pytest.approx(np.log10(20 / 30))


def test_stars_are_told_apart_and_the_order_of_rows_does_not_matter():
    random = np.random.default_rng(2)
    frames = []
    for number in range(40):
        count = random.integers(1, 6)
        values = np.column_stack(
            [
                random.uniform(low, high, count)
                for low, high in ((1, 50), (100, 150), (0.05, 0.3), (1e-4, 1e-2), (7, 90))
            ]
        )
        frames.append(star(*map(tuple, values), target=f"KIC {number}"))
    table = pd.concat(frames, ignore_index=True)
    together = siblings(table)
    apart = pd.concat([siblings(frame) for frame in frames], ignore_index=True)
    pd.testing.assert_frame_equal(together, apart)
    shuffled = table.sample(frac=1, random_state=1)
    pd.testing.assert_frame_equal(siblings(shuffled).sort_index(), together)
    for row, event in table.iterrows():
        others = table[(table["target"] == event["target"]) & (table.index != row)]
        assert together.loc[row, "sibling_count"] == len(others)
        if len(others):
            distances = [
                abs(other / event["period"] / harmonic - 1)
                for other in others["period"]
                for harmonic in (1 / 3, 1 / 2, 1, 2, 3)
            ]
            expected = np.log10(max(min(distances), 1e-6))
            assert together.loc[row, "sibling_period_distance"] == pytest.approx(expected)
            strongest = np.log10(others["strength"].max() / event["strength"])
            assert together.loc[row, "strongest_sibling"] == pytest.approx(strongest)


def test_missing_depths_and_strengths_stay_missing():
    found = siblings(star((3.0, 100.0, 0.1, np.nan, np.nan), (6.0, 100.0, 0.1, 1e-3, 10.0)))
    assert found["sibling_depth"].isna().all() and found["sibling_strength"].isna().all()
    assert (found["sibling_count"] == 1).all() and list(found) == NAMES

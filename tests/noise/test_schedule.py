import numpy as np
import pytest

from exoval.errors import BadParameter
from exoval.noise.schedule import Schedule

EXPOSURE = 0.01
FULL = {"lost_share": 0.0, "pauses": 0, "pause_days": 0.0}


def cadences(seed=0, segments=None, **knobs):
    return Schedule(**{**FULL, **knobs})(np.random.default_rng(seed), EXPOSURE, segments=segments)


def test_segments_follow_each_other():
    sampling = cadences(segments=3, segment_days=20.0, between_days=5.0)
    assert [len(sampling.time[part]) for part in sampling.segments] == [2000] * 3
    for number, part in enumerate(sampling.segments):
        assert sampling.time[part][0] == pytest.approx(25.0 * number + 0.5 * EXPOSURE)


def test_pauses_and_losses_cost_what_they_say():
    sampling = cadences(segment_days=60.0, pauses=2, pause_days=1.5)
    steps = np.diff(sampling.time)
    long = steps[steps > 2 * EXPOSURE]
    assert long == pytest.approx([1.5, 1.5], abs=2 * EXPOSURE)
    lost = cadences(segment_days=60.0, lost_share=0.1)
    assert len(lost) == pytest.approx(0.9 * 6000, rel=0.02)


def test_dumps_lose_the_cadences_after_them():
    sampling = cadences(segment_days=30.0, dump_days=3.0, dump_lost_minutes=120.0)
    assert np.diff(sampling.dumps) == pytest.approx(3.0)
    for dump in sampling.dumps:
        since = sampling.time - dump
        assert not ((since > 0) & (since < 120 / 1440)).any()
    assert len(sampling) == pytest.approx(3000 * (1 - 120 / 1440 / 3), rel=0.01)


def test_from_the_ground_a_star_is_seen_by_night():
    sampling = cadences(segment_days=100.0, night_hours=8.0)
    from_midnight = np.abs(sampling.time % 1 - 0.5) * 24
    assert from_midnight.max() < 4.0
    middle = np.abs(sampling.time - 50) < 10
    ends = np.abs(sampling.time - 50) > 45
    assert from_midnight[middle].max() > 3.8
    assert from_midnight[ends].max() < 2.4
    clear = cadences(segment_days=100.0, night_hours=8.0, clear_share=0.5)
    assert len(clear) == pytest.approx(0.5 * len(sampling), rel=0.25)


@pytest.mark.parametrize(
    "wrong",
    [
        {"segments": 0},
        {"segment_days": 0.0},
        {"pauses": 3, "pause_days": 40.0},
        {"lost_share": 1.0},
        {"clear_share": 0.0},
    ],
)
def test_impossible_schedules_are_refused(wrong):
    with pytest.raises(BadParameter, match=next(iter(wrong))[:5]):
        Schedule(**{**FULL, **wrong})

"""Events of other stars with an event's ephemeris, against loops over all pairs."""

import math

import numpy as np
import pandas as pd
import pytest

from exoval import ephemeris_match as module
from exoval.ephemeris import Ephemeris
from exoval.ephemeris_match import NAMES, SurveyEvents, ephemeris_match, match_of_event
from exoval.event import TransitEvent

SPAN = (100.0, 1600.0)


def table(*events):
    """Events as (target, period, epoch, duration, depth)."""
    return pd.DataFrame(events, columns=["target", "period", "epoch", "duration", "depth"])


def matched(events, survey, span=SPAN):
    return ephemeris_match(events, SurveyEvents.of_table(survey), span=span)


def survey(random, count, *, periods=(1.0, 30.0), stars=None):
    """Events at random times; log-uniform periods, durations of 0.1 to 0.3 d."""
    period = np.exp(random.uniform(*np.log(periods), count))
    return pd.DataFrame(
        {
            "target": [f"KIC {n}" for n in random.integers(0, stars or count, count)],
            "period": period,
            "epoch": SPAN[0] + period * random.random(count),
            "duration": random.uniform(0.1, 0.3, count),
            "depth": 10 ** random.uniform(-4, -1, count),
        }
    )


def with_leaks(random, events, count):
    """The events and, on other stars, copies at a half, one or two times the period."""
    source = events.sample(count, random_state=1)
    ratio = random.choice([0.5, 1.0, 2.0], count)
    period = source["period"] * ratio * (1 + 3e-5 * random.standard_normal(count))
    copies = pd.DataFrame(
        {
            "target": [f"TIC {number}" for number in range(count)],
            "period": period,
            "epoch": source["epoch"] + 0.03 * random.standard_normal(count),
            "duration": source["duration"] * random.uniform(0.7, 1.3, count),
            "depth": source["depth"] * 10 ** random.uniform(-3, 0.5, count),
        }
    )
    return pd.concat([events, copies], ignore_index=True)


def nearest_middles(one, other):
    """Days between the event of one that is nearest to the middle of the data and the other's.

    Counted out: all events of both near that day, the shorter period's for every one.
    """
    middle = sum(SPAN) / 2
    number = np.arange(-2000, 2000)
    first = min(one.epoch + one.period * number, key=lambda time: abs(time - middle))
    near = min(other.epoch + other.period * number, key=lambda time: abs(time - first))
    shorter = min(one.period, other.period)
    return min(abs(first - near + n * shorter) for n in range(-3, 4))


def by_loops(events, others):
    """Every column by its definition, pair by pair."""
    rows = []
    for one in events.itertuples():
        found = []
        for other in others.itertuples():
            duration = min(one.duration, other.duration)
            length = SPAN[1] - SPAN[0]
            for ratio in (0.5, 1.0, 2.0):
                drift = length * abs(1 - ratio * other.period / one.period) / duration
                if other.target == one.target or drift >= 0.5:
                    continue
                apart = nearest_middles(one, other) / duration
                if apart < 0.25:
                    found.append((other.depth, drift, apart, other.target))
        best = max(found, default=None)
        rows.append(
            {
                "has_deeper_match": float(bool(found) and best[0] >= 3 * one.depth),
                "matching_stars": len({star for *_, star in found}),
                "match_depth": math.log10(best[0] / one.depth) if found else np.nan,
                "match_period_drift": best[1] if found else np.nan,
                "match_epoch_distance": best[2] if found else np.nan,
            }
        )
    return pd.DataFrame(rows, index=events.index)


def test_every_pair_is_found_that_a_loop_over_all_pairs_finds():
    random = np.random.default_rng(4)
    events = with_leaks(random, survey(random, 40, stars=25), 40)
    found = matched(events, events)
    expected = by_loops(events, events)
    pd.testing.assert_frame_equal(
        found[list(expected)], expected, check_dtype=False, rtol=1e-6, atol=1e-7
    )
    assert expected["has_deeper_match"].sum() > 8 and (expected["matching_stars"] == 0).any()


def test_parts_and_the_order_of_rows_change_nothing(monkeypatch):
    random = np.random.default_rng(5)
    events = with_leaks(random, survey(random, 300), 300)
    whole = matched(events, events)
    shuffled = events.sample(frac=1, random_state=3)
    pd.testing.assert_frame_equal(matched(shuffled, shuffled).sort_index(), whole)
    monkeypatch.setattr(module, "PAIRS_AT_ONCE", 20)
    pd.testing.assert_frame_equal(matched(events, events), whole)


def test_the_number_of_chance_matches_is_the_expected_one():
    """At times that are drawn anew nothing coincides but by chance: a Poisson number does."""
    random = np.random.default_rng(6)
    seen = expected = 0.0
    for _ in range(8):
        events = survey(random, 4000, periods=(2.0, 20.0))
        # one duration, as the limits are in the shorter one
        found = matched(events.assign(duration=0.2), events.assign(duration=0.2))
        seen += found["matching_stars"].sum()
        expected += (10 ** found["chance_matches"]).sum()
    assert expected > 300
    # every pair of events of one survey is counted twice
    assert seen / 2 == pytest.approx(expected / 2, abs=4 * math.sqrt(expected / 2))


def test_an_event_of_the_own_star_is_never_a_match():
    own = table(("KIC 1", 3.0, 120.0, 0.2, 1e-3))
    deeper = table(("KIC 1", 3.0, 120.0, 0.2, 1e-1))
    assert matched(own, deeper)["matching_stars"].item() == 0
    assert matched(own, deeper.assign(target="KIC 2"))["has_deeper_match"].item() == 1


@pytest.mark.parametrize(
    ("period", "epoch", "expected"),
    [
        (3.0, 120.0, 1),
        (3.0, 121.5, 0),  # the source's other eclipse is not what was found
        (6.0, 120.0, 1),  # found at half its period
        (6.0, 123.0, 1),  # on the other of both eclipses
        (6.0, 121.5, 0),  # a planet at 2:1 of another star's planet, at its own phase
        (1.5, 120.0, 1),
        (1.5, 121.5, 1),
        (1.5, 120.75, 0),
        (9.0, 120.0, 0),
        (3.001, 120.0, 0),  # 0.5 d in 1500 d
        (3.00002, 120.0, 1),  # 0.01 d
    ],
)
def test_period_and_phase_decide(period, epoch, expected):
    own = table(("KIC 1", 3.0, 120.0, 0.2, 1e-3))
    other = table(("KIC 2", period, epoch, 0.2, 1e-1))
    found = matched(own, other).iloc[0]
    assert found["has_deeper_match"] == found["matching_stars"] == expected


def test_an_ephemeris_may_be_counted_from_any_event():
    own = table(("KIC 1", 3.0, 120.0, 0.2, 1e-3), ("KIC 2", 3.0, 120.0 + 300 * 3.0, 0.2, 1e-3))
    other = table(("KIC 3", 6.0, 120.02, 0.2, 1e-1))
    for row in matched(own, other).itertuples():
        assert row.match_depth == pytest.approx(2)
        assert row.match_epoch_distance == pytest.approx(0.1, abs=1e-9)
        assert row.match_period_drift == pytest.approx(0, abs=1e-9)
    # a shift by 0.1 of at most 0.25 durations, the period as near as is told
    assert row.match_chance == pytest.approx(row.chance_matches + math.log10(0.4 * 0.01 / 0.5))


def test_what_is_unknown_stays_missing():
    own = table(
        ("KIC 1", 3.0, 120.0, 0.2, np.nan),
        ("KIC 2", np.nan, 120.0, 0.2, 1e-3),
        ("KIC 3", 3.0, 120.0, np.nan, 1e-3),
        ("KIC 4", 8.0, 120.0, 0.2, 1e-3),
    )
    other = table(
        ("KIC 9", 3.0, 120.0, 0.2, 1e-1), ("KIC 8", 3.0, 120.0, 0.2, np.nan), ("X", 0, 0, 0, 1)
    )
    found = matched(own, other)
    assert found["matching_stars"].tolist()[::3] == [2, 0]
    assert found.loc[0, "has_deeper_match"] == 0 and np.isnan(found.loc[0, "match_depth"])
    assert found.loc[[1, 2]].isna().all().all()
    assert found.loc[3, ["match_depth", "match_period_drift", "match_chance"]].isna().all()
    assert np.isfinite(found.loc[3, "chance_matches"])
    empty = matched(own, other[:0])
    assert empty["matching_stars"].tolist()[::3] == [0, 0] and empty["match_depth"].isna().all()


def test_one_event_is_compared_as_a_table_is():
    random = np.random.default_rng(7)
    events = with_leaks(random, survey(random, 50), 50)
    listed = SurveyEvents.of_table(events)
    together = ephemeris_match(events, listed, span=SPAN)
    for number in (0, 70, 99):
        one = events.loc[number]
        event = TransitEvent(
            ephemeris=Ephemeris(one["period"], one["epoch"], one["duration"]), depth=one["depth"]
        )
        row = match_of_event(event, one["target"], listed, span=SPAN)
        assert list(row) == list(NAMES)
        assert row == pytest.approx(dict(together.loc[number]), nan_ok=True)


def test_two_lists_joined_are_one_list():
    random = np.random.default_rng(8)
    events = with_leaks(random, survey(random, 50), 50)
    parts = [SurveyEvents.of_table(events[:30]), SurveyEvents.of_table(events[30:])]
    joined = parts[0].joined(parts[1])
    assert len(joined) == 100 and (np.diff(joined.period) >= 0).all()
    pd.testing.assert_frame_equal(
        ephemeris_match(events, joined, span=SPAN), matched(events, events)
    )


def test_a_survey_lasts_from_its_first_event_to_the_third_of_its_last():
    listed = SurveyEvents.of_table(table(("A", 10.0, 105.0, 0.1, 1), ("B", 400.0, 300.0, 0.1, 1)))
    assert listed.span == (105.0, 1100.0)
    assert all(np.isnan(SurveyEvents.of_table(table()).span))

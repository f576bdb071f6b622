"""Real candidates are measured where most of their events are, without their star's others."""

import numpy as np
import pandas as pd
import pytest
from fabricate import kepler_fits

from exoval.catalogs.candidate import Candidate
from exoval.detrend.median import Median
from exoval.ephemeris import Ephemeris
from exoval.errors import DataNotFound
from exoval.features.strength import StrengthFeatures
from exoval.labels import FALSE_POSITIVE, PLANET
from exoval.missions.kepler import kepler
from exoval.missions.library import open_library
from exoval.recipe import Recipe
from train.data.real import RealCandidates

CADENCE_DAYS = 0.0204335982
CENTROIDS = ("mom_centr1", "mom_centr2", "pos_corr1", "pos_corr2")
WANTED = Ephemeris(7.3, 1003.1, 0.2)
#: deeper than the wanted one, and never twice, half or a third of its period
OTHER = Ephemeris(5.1, 1001.7, 0.25)
#: days after the start of its quarter from which each is observed: the third and fourth are whole
OBSERVED_FROM = (55.0, 40.0, 0.0, 0.0, 65.0)


def quarter(number):
    """Times of a quarter."""
    time = 1000.0 + 93.0 * number + np.arange(0.0, 90.0, CADENCE_DAYS)
    return time[time > time[0] + OBSERVED_FROM[number]]


def events_in(time, ephemeris):
    """How many events have a cadence; counted without the class."""
    number = np.round((time - ephemeris.epoch) / ephemeris.period)
    inside = np.abs(time - ephemeris.epoch - number * ephemeris.period) < 0.5 * ephemeris.duration
    return len(np.unique(number[inside]))


def hidden(time, ephemeris, durations):
    """Whether a time is within so many durations, full width, of an event."""
    away = (time - ephemeris.epoch) % ephemeris.period
    away = np.minimum(away, ephemeris.period - away)
    return away < 0.5 * durations * ephemeris.duration


def library(folder, unobserved=0.0, numbers=(0, 1, 2, 3, 4)):
    """Quarters of a star with two signals, without the cadences near the second's events."""
    for number in numbers:
        time = quarter(number)
        noise = np.random.default_rng(number).standard_normal((5, len(time)))
        flux = 1 + 1e-4 * noise[0]
        flux -= 1e-3 * hidden(time, WANTED, 1.0) + 4e-3 * hidden(time, OTHER, 1.0)
        kept = ~hidden(time, OTHER, unobserved)
        shown = {
            "time": time,
            "cadence": np.arange(len(time), dtype=np.int32),
            "quality": np.zeros(len(time), dtype=np.int32),
            "sap_flux": (1e4 * flux).astype(np.float32),
            "sap_flux_err": np.ones(len(time), dtype=np.float32),
            "pdcsap_flux": (1e4 * flux).astype(np.float32),
            "pdcsap_flux_err": np.ones(len(time), dtype=np.float32),
            **{
                name: (1e-3 * noise[1 + column]).astype(np.float32)
                for column, name in enumerate(
                    ("mom_centr1", "mom_centr2", "pos_corr1", "pos_corr2")
                )
            },
        }
        columns = {name: values[kept] for name, values in shown.items()}
        kepler_fits(folder, kic=7, quarter=number + 1, columns=columns)
    return folder


def candidate(ephemeris, name, label="CONFIRMED", disposition=PLANET):
    return Candidate(
        target="KIC 7",
        name=name,
        ephemeris=ephemeris,
        depth=1e-3,
        label=label,
        disposition=disposition,
        provenance="test",
    )


def measured(folder, *candidates, segments=2):
    recipe = Recipe(
        mission=kepler(),
        detrend=Median(),
        features={"strength": StrengthFeatures()},
        segments_per_light_curve=segments,
    )
    found = RealCandidates((lambda: list(candidates),), str(folder)).measure(recipe)
    return found.table.frame.set_index("event"), found.skipped.set_index("event")


@pytest.mark.parametrize(
    ("numbers", "segments"),
    [((0, 1, 2, 3, 4), 1), ((0, 1, 2, 3, 4), 3), ((0, 1, 2, 3), 2), ((2, 3, 4), 2), ((2, 4), 9)],
)
def test_the_window_is_the_run_of_segments_with_most_events(tmp_path, numbers, segments):
    """In the middle, at the end, at the beginning, and everything."""
    folder = library(tmp_path, numbers=numbers)
    rows, _ = measured(folder, candidate(WANTED, "wanted"), segments=segments)
    size = min(segments, len(numbers))
    runs = [
        np.concatenate([quarter(number) for number in numbers[first : first + size]])
        for first in range(len(numbers) - size + 1)
    ]
    counts = [events_in(time, WANTED) for time in runs]
    assert len(runs) == 1 or max(counts) > min(counts) + 3
    assert rows.loc["wanted", "transit_count"] == max(counts)


def test_other_signals_are_cut_as_if_they_had_not_been_observed(tmp_path):
    """The same numbers, to the last bit, as from a light curve without those cadences."""
    for name in ("observed", "unobserved"):
        (tmp_path / name).mkdir()
    both = candidate(WANTED, "wanted"), candidate(OTHER, "other")
    cut, _ = measured(library(tmp_path / "observed"), *both)
    expected, _ = measured(library(tmp_path / "unobserved", unobserved=1.5), both[0])
    pd.testing.assert_series_equal(cut.loc["wanted"], expected.loc["wanted"], check_exact=True)
    # it matters: left in, the deeper signal is noise around the shallower one
    left_in, _ = measured(tmp_path / "observed", both[0])
    assert left_in.loc["wanted", "red_noise"] > 2 * cut.loc["wanted", "red_noise"]


def test_what_is_no_signal_of_the_star_is_not_cut(tmp_path):
    artefact = candidate(OTHER, "artefact", label="NTP", disposition=FALSE_POSITIVE)
    wanted = candidate(WANTED, "wanted")
    beside, _ = measured(library(tmp_path), wanted, artefact)
    alone, _ = measured(tmp_path, wanted)
    pd.testing.assert_series_equal(beside.loc["wanted"], alone.loc["wanted"], check_exact=True)


def test_what_the_labelled_set_does_not_cover_is_skipped_with_its_reason(tmp_path):
    library(tmp_path, unobserved=1.5, numbers=[1])
    long, empty = Ephemeris(40.0, 1140.0, 0.3), Ephemeris(6.3, 1138.0, 0.2)
    # every fourth event of the star's signal, two of them in fifty days
    rare = Ephemeris(4 * WANTED.period, WANTED.epoch + 19 * WANTED.period, WANTED.duration)
    rows, skipped = measured(
        tmp_path, candidate(WANTED, "wanted"), candidate(long, "long"), candidate(empty, "empty")
    )
    assert list(rows.index) == ["wanted"]
    assert skipped.loc["long", "reason"] == "period outside the 0.5-30 days that were simulated"
    assert "weaker than the 7.1 sigma" in skipped.loc["empty", "reason"]
    assert (skipped["target"] == "KIC 7").all() and (skipped["disposition"] == PLANET).all()
    rows, skipped = measured(tmp_path, candidate(rare, "rare"))
    assert rows.empty
    assert "fewer than the 3 transits" in skipped.loc["rare", "reason"]


def missing():
    raise DataNotFound("no table")


def test_a_missing_catalogue_leaves_the_others_to_be_judged(tmp_path, caplog):
    opened = open_library(kepler(), folder=library(tmp_path))
    known = RealCandidates((missing, lambda: [candidate(WANTED, "wanted")])).candidates(opened)
    assert [one.name for one, _ in known] == ["wanted"]
    assert "real candidates are incomplete: no table" in caplog.text


def test_without_any_catalogue_there_is_nothing_to_judge(tmp_path, caplog):
    folder = library(tmp_path)
    with pytest.raises(DataNotFound, match="no table"):
        RealCandidates((missing, missing)).candidates(open_library(kepler(), folder=folder))
    recipe = Recipe(mission=kepler(), detrend=Median(), features={})
    assert RealCandidates((missing,), str(folder)).measure(recipe) is None
    assert "real candidates cannot be judged: no table" in caplog.text

"""An event of a real light curve has the same features on every road, to the last bit."""

import json

import numpy as np
import pytest
from undecided_model import Undecided

from exoval.__main__ import main
from exoval.catalogs.koi import read_koi
from exoval.ephemeris import Ephemeris
from exoval.errors import NoDip
from exoval.event import TransitEvent
from exoval.missions.kepler import kepler
from exoval.missions.library import open_library
from exoval.pages.event_page import event_page
from exoval.processing.level import Level
from exoval.processing.time_bins import TimeBins
from exoval.real_event import best_window, measure_real_event
from exoval.recipe import Recipe
from exoval.vetting.request import VettingRequest
from exoval.vetting.trained_run import TrainedRun
from exoval.vetting.vet import vet
from train.data.real import RealCandidates

RECIPE = Recipe(mission=kepler(), segments_per_light_curve=1)


def by_train(name):
    """As ``python -m train`` measures real candidates."""
    star = next(one.target for one in read_koi() if one.name == name)
    candidates = [one for one in read_koi() if one.target == star]
    frame = RealCandidates((lambda: candidates,)).measure(RECIPE).table.frame.set_index("event")
    return frame.loc[name].drop(["target", "label", "disposition"]).to_dict()


def by_vet(name):
    """As ``python -m exoval vet`` measures a catalogued signal: the result."""
    run = TrainedRun(
        models={"undecided": Undecided()}, leading="undecided", novelty=None, recipe=RECIPE
    )
    request = VettingRequest(target=name)
    event, target = request.event_and_target(RECIPE.mission)
    light_curve, star = request.light_curve(RECIPE.mission, target)
    others = request.other_signals(RECIPE.mission, event, target)
    assert len(others) == sum(one.target == target for one in read_koi()) - 1
    return vet(light_curve, star, run, event=event, name=name, others=others)


def by_plot_event(name, segment, folder):
    """As ``python -m exoval plot-event`` writes them."""
    path = folder / "features.json"
    main(
        [
            "plot-event",
            name,
            "--segments",
            str(segment),
            "--features",
            str(path),
            "--output",
            str(folder / "page.png"),
        ]
    )
    return json.loads(path.read_text())["features"]


# one quarter with three other planets; a binary; three quarters of which one is judged
@pytest.mark.parametrize("name", ["K00117.01", "K06296.01", "K00157.02"])
def test_features_are_the_same_on_all_roads(sample_folder, tmp_path, name):
    result = by_vet(name)
    expected = {key: None if np.isnan(value) else value for key, value in by_train(name).items()}
    segment = result.folded.light_curve.segments[0].number
    page = event_page(result.measured, RECIPE)
    vetted = result.table.frame.iloc[0][list(expected)].to_dict()
    for row in (vetted, page.row, by_plot_event(name, segment, tmp_path)):
        values = {
            key: None if value is None or np.isnan(value) else value for key, value in row.items()
        }
        assert values == expected
    assert sum(value is not None for value in expected.values()) > 100
    # what the page shows is what was judged
    assert page.folded is result.folded and page.folded.event == result.event


def test_the_star_s_other_signals_matter(sample_folder):
    library = open_library(kepler())
    light_curve, star = library.read("KIC 10875245"), library.star("KIC 10875245")
    signals = {one.name: one for one in read_koi() if one.target == "KIC 10875245"}
    event = TransitEvent(ephemeris=signals["K00117.01"].ephemeris)
    others = [one.ephemeris for name, one in signals.items() if name != "K00117.01"]
    cut = measure_real_event(light_curve, event, star, RECIPE, others=others)
    left_in = measure_real_event(light_curve, event, star, RECIPE)
    assert len(cut.folded.light_curve) < len(left_in.folded.light_curve)
    assert cut.row["red_noise"] != left_in.row["red_noise"]


def test_an_ephemeris_without_data_says_where_the_data_are(sample_folder):
    library = open_library(kepler())
    light_curve = library.read("KIC 10875245")
    away = TransitEvent(ephemeris=Ephemeris(4000.0, light_curve.time[0] - 900.0, 0.2))
    with pytest.raises(NoDip, match=r"the data run from .*give another ephemeris"):
        measure_real_event(light_curve, away, library.star("KIC 10875245"), RECIPE)


def test_the_window_is_all_there_is_where_no_size_is_given(sample_folder):
    light_curve = open_library(kepler()).read("KIC 6541920")
    ephemeris = Ephemeris(13.02, 140.0, 0.2)
    assert best_window(light_curve, ephemeris, None) is light_curve
    assert len(best_window(light_curve, ephemeris, 2).segments) == 2


def test_a_survey_s_own_processing_is_applied_once(sample_folder):
    mission = kepler(processing={"level": Level(), "bins": TimeBins(0.05)})
    recipe = Recipe(mission=mission, segments_per_light_curve=1)
    candidate = next(one for one in read_koi() if one.name == "K00117.01")
    library = open_library(kepler())
    star, raw = library.star(candidate.target), library.read(candidate.target)
    event = TransitEvent(ephemeris=candidate.ephemeris, depth=candidate.depth, source="catalogue")
    window = best_window(raw, candidate.ephemeris, 1)
    once = measure_real_event(raw, event, star, recipe)
    published = measure_real_event(mission.processed(window), event, star, recipe)
    assert once.folded.light_curve.exposure == 0.05
    np.testing.assert_equal(once.row, published.row)
    without = measure_real_event(raw, event, star, RECIPE)
    assert without.row["duration"] != once.row["duration"]

"""What a request asks for, from the spellings that people use."""

import numpy as np
import pytest

from exoval.errors import BadParameter, DataNotFound
from exoval.missions.k2 import k2
from exoval.missions.kepler import kepler
from exoval.missions.tess import tess
from exoval.vetting.request import VettingRequest, star_name


@pytest.mark.parametrize(
    "written", ["TIC 7", "7", "tic-07", "TIC7.0", "7.0", " TIC_0007 ", "TIC 0.7E1"]
)
def test_a_star_in_any_spelling(written):
    assert star_name(written, tess()) == "TIC 7"


@pytest.mark.parametrize(
    "written", ["kplr010666592", "KIC10666592", "kplr 10666592", "KepID 10666592"]
)
def test_a_star_by_the_name_of_its_files(written):
    assert star_name(written, kepler()) == "KIC 10666592"
    assert star_name("ktwo201367065", k2()) == "EPIC 201367065"
    assert star_name("TIC ID 7", tess()) == "TIC 7"


def test_a_signal_and_a_star_of_another_mission():
    assert star_name("TIC 7.01", tess()) is None and star_name("TOI 1136", tess()) is None
    for other in ("KIC 7", "EPIC-7"):
        with pytest.raises(DataNotFound, match="not a target of tess"):
            star_name(other, tess())


def test_a_transit_without_period_is_no_search_and_no_periodic_event():
    single = VettingRequest("TIC 7", epoch_days=1520.0, duration_hours=3.0)
    assert single.is_single_transit and single.is_given and not single.is_signal(tess())
    event, target = single.event_and_target(tess())
    assert target == "TIC 7" and not event.period_is_known
    assert event.ephemeris.epoch == 1520.0 and event.ephemeris.duration == 0.125
    assert not VettingRequest("TIC 7").is_single_transit
    with pytest.raises(BadParameter, match="epoch, duration missing"):
        _ = VettingRequest("TIC 7", period_days=3.0).is_given


@pytest.mark.parametrize(
    ("period", "hidden"), [(3.1, [1533.3]), (13.0, []), (6.45, []), (None, []), (0.0, [])]
)
def test_a_single_transit_is_hidden_from_signals_that_it_is_not_of(period, hidden):
    """It is of an event on which it falls, and two singles may be of one signal."""
    request = VettingRequest(
        "TIC 7",
        period_days=period,
        epoch_days=1520.4,
        duration_hours=2.6,
        others=((None, 2458533.3, 6.0),),
    )
    event, target = request.event_and_target(tess())
    others = request.other_signals(tess(), event, target)
    assert [one.epoch for one in others] == pytest.approx(hidden, abs=1e-6)
    # and once only
    assert all(one.in_event(np.arange(1000.0, 6000.0, 0.01)).sum() == 25 for one in others)


def test_rows_that_ask_the_same_are_one_request():
    first, again = (VettingRequest("TIC 7", row=number) for number in (1, 2))
    assert first == again and repr(first) == repr(again)


@pytest.mark.parametrize(
    ("epoch", "source"),
    [
        (1520.4, "as given"),
        (2458520.4, "as given"),
        (8520.4, "as given, times of 8520.4 d are taken as BJD - 2450000"),
    ],
)
def test_an_epoch_on_any_clock(epoch, source):
    request = VettingRequest("TIC 7", period_days=3.1, epoch_days=epoch, duration_hours=2.6)
    event, _ = request.event_and_target(tess())
    assert event.ephemeris.epoch == pytest.approx(1520.4, abs=1e-6)
    assert event.source == source


def test_an_epoch_that_is_unsure_by_half_a_day_is_refused():
    request = VettingRequest("TIC 7", period_days=3.1, epoch_days=58520.4, duration_hours=2.6)
    with pytest.raises(BadParameter, match=r"58520\.4 d may be MJD or BJD - 2400000"):
        request.event_and_target(tess())


def test_a_file_that_names_no_star_shows_the_one_that_is_asked_for(tmp_path):
    for name in ("mine", "TIC_5"):
        rows = [f"{1500 + number / 720},{1 + 1e-3 * (number % 7)}" for number in range(50)]
        (tmp_path / f"{name}.csv").write_text("\n".join(["time,flux", *rows]))
    request = VettingRequest("TIC 7", files=(str(tmp_path / "mine.csv"),))
    light_curve, star = request.light_curve(tess(), "TIC 7")
    assert light_curve.target == star.target == "TIC 7"
    assert "mine.csv names no star and was taken as TIC 7's" in light_curve.notes
    other = VettingRequest("TIC 7", files=(str(tmp_path / "TIC_5.csv"),))
    with pytest.raises(BadParameter, match="light curve of TIC 5, not of TIC 7"):
        other.light_curve(tess(), "TIC 7")


@pytest.mark.parametrize("wrong", [np.inf, -np.inf, np.nan, 0.0, -1.0, 1e-300, 1e300])
@pytest.mark.parametrize("name", ["radius", "mass"])
def test_a_parameter_that_no_star_has_is_left_out(tmp_path, name, wrong):
    path = tmp_path / "TIC_7.csv"
    time = 1865 + np.arange(60) / 48
    path.write_text("time,flux\n" + "".join(f"{one},1.0\n" for one in time))
    other = {"radius": "mass", "mass": "radius"}[name]
    request = VettingRequest("TIC 7", files=(str(path),), star=((name, wrong), (other, 1.0)))
    _, star = request.light_curve(tess(), "TIC 7")
    assert getattr(star, other) == 1.0
    assert np.isnan(getattr(star, name)) and np.isnan(star.logg)


@pytest.mark.parametrize("period", [1e15, 1e300])
def test_a_period_longer_than_any_data_is_impossible(period):
    asked = VettingRequest("TIC 7", period_days=period, epoch_days=1520.0, duration_hours=3.0)
    assert "longer than any data" in asked.impossible

import numpy as np
import pytest
from fabricate import cadences, tess_fits

from exoval.errors import BadLightCurve
from exoval.lightcurve import LightCurve, Segment
from exoval.missions.one_cadence import one_of_each_stretch
from exoval.missions.tess import tess


def curve(seconds, start=1500.0, days=10.0, target="TIC 1"):
    time = start + np.arange(0, days, seconds / 86400)
    return LightCurve(
        target=target,
        mission="tess",
        time=time,
        flux=np.ones(len(time)),
        flux_error=np.ones(len(time)),
        exposure=seconds / 86400,
        segments=(Segment(number=1, start=0, stop=len(time)),),
    )


@pytest.mark.parametrize(
    ("given", "read"),
    [
        ((20, 120), 120),
        ((120, 20), 120),
        ((1800, 120), 120),
        ((20, 60), 60),
        ((60, 1800), 60),
        ((1800, 600), 600),
        ((1800, 20), 20),
    ],
)
def test_the_missions_cadence_then_the_longest_that_is_shorter(given, read):
    names = [f"{seconds}.fits" for seconds in given]
    kept, notes = one_of_each_stretch(
        [curve(seconds) for seconds in given], names, exposure_days=120 / 86400
    )
    assert [round(86400 * one.exposure) for one in kept] == [read]
    (other,) = set(given) - {read}
    assert notes == (
        f"{other}.fits ({other} s) was left out: another light curve shows the same time",
    )


def test_of_equal_cadences_the_first_is_read():
    first, second = curve(120), curve(121)
    kept, notes = one_of_each_stretch([first, second], "ab", exposure_days=120 / 86400)
    assert kept == [first] and notes[0].startswith("b (121 s)")


def test_other_stretches_stay_in_the_order_given():
    parts = [curve(20, 1600.0), curve(120, 1500.0), curve(1800, 1520.0)]
    kept, notes = one_of_each_stretch(parts, "abc", exposure_days=120 / 86400)
    assert kept == parts and notes == ()


def test_a_short_overlap_costs_only_itself():
    parts = [curve(120, 1500.0), curve(120, 1508.0)]
    kept, notes = one_of_each_stretch(parts, "ab", exposure_days=120 / 86400)
    assert len(kept) == 2 and kept[1].time[0] > kept[0].time[-1]
    assert kept[1].time[-1] == parts[1].time[-1]
    assert notes[0].startswith(f"{len(parts[1]) - len(kept[1])} cadences of b")


def test_several_stars_are_left_to_be_refused():
    parts = [curve(120), curve(120, target="TIC 2")]
    assert one_of_each_stretch(parts, "ab", exposure_days=1)[0] == parts


def two_cadences(folder):
    slow = tess_fits(folder)
    fast = cadences(count=300, start=1325.0 + 27 * 20, exposure_seconds=20)
    return slow, tess_fits(folder / "fast", columns=fast)


def test_files_of_two_cadences_are_one_light_curve(tmp_path):
    slow, fast = two_cadences(tmp_path)
    curve = tess().read_files([fast, slow])
    assert curve.flux.tolist() == tess().read(slow).flux.tolist()
    assert len(curve.notes) == 1 and fast.name in curve.notes[0]


def test_cadences_that_alternate_are_refused(tmp_path):
    paths = []
    for number, nights in enumerate(((0, 2, 4), (1, 3, 5))):
        time = np.concatenate([1500 + night + np.arange(200) / 720 for night in nights])
        path = tmp_path / f"TIC_1_{number}" / "TIC_1.csv"
        path.parent.mkdir()
        np.savetxt(path, np.c_[time, np.ones(600)], header="time,flux", comments="", delimiter=",")
        paths.append(path)
    with pytest.raises(BadLightCurve, match=r"alternate in time; put them into one table"):
        tess().read_files(paths)


def tables(folder, *names):
    """One table for each name, a day after the one before."""
    paths = []
    for number, name in enumerate(names):
        path = folder / f"{name}.csv"
        time = 1500 + number + np.arange(200) / 720
        flux = np.random.default_rng(number).normal(1.0, 1e-3, 200)
        np.savetxt(path, np.c_[time, flux], header="time,flux", comments="", delimiter=",")
        paths.append(path)
    return paths


@pytest.mark.parametrize(
    ("names", "star"),
    [(("s8", "s9"), "s8"), (("s8", "TIC_5"), "TIC 5"), (("TIC_5", "s8", "s9"), "TIC 5")],
)
def test_files_that_name_no_star_are_taken_as_the_others(names, star, tmp_path):
    curve = tess().read_files(tables(tmp_path, *names))
    assert curve.target == star and len(curve) == 200 * len(names)
    assert any("names no star and was taken as" in note for note in curve.notes)


def test_files_that_name_two_stars_are_refused(tmp_path):
    with pytest.raises(BadLightCurve, match="different targets"):
        tess().read_files(tables(tmp_path, "TIC_5", "TIC_6"))

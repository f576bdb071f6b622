"""From a trained run to the posterior of one event, by the command line and by the library."""

import json
import math
import os
from dataclasses import replace
from types import SimpleNamespace
from typing import ClassVar

import numpy as np
import pandas as pd
import pytest
from commands import run_command
from fabricate import kepler_fits

from exoval.__main__ import main
from exoval.ephemeris import Ephemeris
from exoval.errors import BadLightCurve, BadParameter, BadTable, DataNotFound
from exoval.event import TransitEvent
from exoval.injection.inject import inject
from exoval.lightcurve import LightCurve, Segment
from exoval.measure import measure
from exoval.missions.kepler import kepler
from exoval.models.fitted_model import ModelAnswers
from exoval.models.novelty import FAMILIAR, NOVEL
from exoval.physics.exact_flux import ExactModel
from exoval.star import Star
from exoval.system import Orbit, Source, System
from exoval.vetting.examined_event import examine
from exoval.vetting.examined_request import ExaminedRequest, RequestExaminer
from exoval.vetting.request import VettingRequest
from exoval.vetting.summary import summary
from exoval.vetting.table_of_requests import read_requests
from exoval.vetting.trained_run import load_trained_run
from exoval.vetting.vet import vet
from exoval.vetting.vet_list import Vetting, _key, vet_list

SUN = Star(
    target="KIC 7", radius=1.0, mass=1.0, teff=5772.0, logg=4.44, metallicity=0.0, magnitude=12.0
)
ORBIT = Orbit(
    period=4.2, epoch=901.7, radius_ratio=0.1, semi_major_axis_ratio=11.0, impact_parameter=0.2
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A run of two classifiers on forty systems, and a quarter of a star with a planet."""
    folder = tmp_path_factory.mktemp("vet")
    for arguments in (
        [
            "simulate",
            "n_systems=150",
            "host=procedural",
            "detrend=biweight",
            "output=set",
            "executor=serial",
        ],
        [
            "train",
            "labelled_set=set",
            "output=run",
            "experiment=quick_train",
            "classifier=[sparse_gp,forest]",
            "bootstrap_resamples=20",
            "learning_curve=[]",
            "real=none",
        ],
    ):
        done = run_command(folder, *arguments)
        assert done.returncode == 0, done.stderr
    (folder / "light_curves").mkdir()
    with_planet(folder / "light_curves")
    return folder


def with_planet(folder):
    """A quarter with transits as a pipeline's file."""
    rng = np.random.default_rng(3)
    time = 890.0 + np.arange(4200) * 0.0204336
    flux = 1 + 2e-4 * rng.standard_normal(len(time))
    curve = LightCurve(
        target="KIC 7",
        mission="kepler",
        time=time,
        flux=flux,
        flux_error=np.full(len(time), 2e-4),
        exposure=0.0204336,
        segments=(Segment(number=9, start=0, stop=len(time)),),
    )
    curve = inject(
        curve,
        System(scenario="planet", sources=(Source(flux_fraction=1.0, orbit=ORBIT),)),
        transit_model=ExactModel(),
    ).light_curve
    position = rng.normal(0.0, 1e-3, (4, len(time))).astype(np.float32)
    kepler_fits(
        folder,
        kic=7,
        quarter=9,
        columns={
            "time": time,
            "cadence": np.arange(len(time), dtype=np.int32),
            "quality": np.zeros(len(time), dtype=np.int32),
            "sap_flux": (1e5 * curve.flux).astype(np.float32),
            "sap_flux_err": np.full(len(time), 20.0, dtype=np.float32),
            "pdcsap_flux": (1e5 * curve.flux).astype(np.float32),
            "pdcsap_flux_err": np.full(len(time), 20.0, dtype=np.float32),
            "mom_centr1": 500 + position[0],
            "mom_centr2": 300 + position[1],
            "pos_corr1": 0 * position[2],
            "pos_corr2": 0 * position[3],
        },
    )


@pytest.fixture(scope="module")
def run(folder):
    return load_trained_run(folder / "run")


@pytest.fixture(scope="module")
def light_curve(folder):
    return kepler().read(next((folder / "light_curves").glob("*.fits")))


def vetted_rows(folder, monkeypatch, tmp_path, *arguments, status=0):
    monkeypatch.chdir(tmp_path)
    ended = 0
    try:
        main(["vet", str(folder / "run"), *arguments])
    except SystemExit as end:
        ended = end.code
    assert ended == status
    return pd.read_csv(tmp_path / "vetted.csv")


def test_a_star_is_searched_and_every_scenario_has_a_probability_and_an_error(
    folder, run, monkeypatch, tmp_path, capsys
):
    row = vetted_rows(folder, monkeypatch, tmp_path, "KIC 7", "--data", str(folder)).iloc[0]
    classes = run.models[run.leading].classes
    assert row["period_days"] == pytest.approx(ORBIT.period, rel=1e-3)
    assert sum(row[f"P_{name}"] for name in classes) == pytest.approx(1)
    assert all(row[f"error_{name}"] >= 0 for name in classes)
    assert max(row[f"error_{name}"] for name in classes) > 0
    assert {f"P_planet_{name}" for name in run.models} <= set(row.index)
    assert "procedural" in row["caveats"]
    said = capsys.readouterr().out
    assert "KIC 7 1: period 4." in said and "planet" in said and "1 events judged" in said


def test_a_file_at_a_given_ephemeris_is_judged_alike(folder, monkeypatch, tmp_path):
    file = next((folder / "light_curves").glob("*.fits"))
    given = ["--period", "4.2", "--epoch", "901.7", "--duration", "3.1"]
    by_file = vetted_rows(folder, monkeypatch, tmp_path, "--file", str(file), *given).iloc[0]
    by_name = vetted_rows(
        folder, monkeypatch, tmp_path, "KIC 7", "--data", str(folder), *given
    ).iloc[0]
    assert by_file["P_planet"] == pytest.approx(by_name["P_planet"], abs=1e-9)


def test_a_target_that_fails_is_a_row_and_stops_no_other(folder, monkeypatch, tmp_path, capsys):
    both = ("KIC 8", "KIC 7", "--data", str(folder))
    rows = vetted_rows(folder, monkeypatch, tmp_path, *both, status=3)
    assert rows["failed"].notna().tolist() == [True, False]
    assert "KIC 8" in rows["failed"][0]
    said = capsys.readouterr().out
    assert "1 events judged, 1 targets failed" in said
    summary = (tmp_path / "vetted_summary.txt").read_text()
    assert summary in said and "failed: 1" in summary and "no light curve of 'KIC 8'" in summary
    assert "1 noise is procedural" in summary
    vetted_rows(folder, monkeypatch, tmp_path, *both, "--allow-failures", status=0)
    vetted_rows(folder, monkeypatch, tmp_path, "KIC 8", "--data", str(folder), status=3)


def test_a_star_without_an_event_is_an_answer_and_no_failure(folder, monkeypatch, tmp_path, capsys):
    monkeypatch.setattr("exoval.vetting.examined_request.search_again", lambda *_, **__: [])
    row = vetted_rows(folder, monkeypatch, tmp_path, "KIC 7", "--data", str(folder)).iloc[0]
    assert row["event"] == "KIC 7" and pd.isna(row["failed"])
    assert "no event above 7.1 sigma" in row["caveats"]
    assert "KIC 7: the search finds no event above 7.1 sigma" in capsys.readouterr().out
    rows = vetted_rows(
        folder, monkeypatch, tmp_path, "KIC 7", "KIC 8", "--data", str(folder), status=3
    )
    assert len(rows) == 2
    summary = (tmp_path / "vetted_summary.txt").read_text()
    assert "without an event: 1" in summary and "failed: 1" in summary and "judged: 0" in summary


def test_options_may_stand_before_and_between_the_targets(folder, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    given = ["--period", "4.2", "--epoch", "901.7", "--duration", "3.1"]
    for words in (
        [str(folder / "run"), "--data", str(folder), "KIC 7", *given],
        ["--data", str(folder), *given, str(folder / "run"), "KIC 7"],
    ):
        main(["vet", *words])
        assert pd.read_csv(tmp_path / "vetted.csv")["target"].tolist() == ["KIC 7"]


def test_bad_rows_of_a_star_leave_the_answer_to_its_good_row_as_it_is(
    folder, monkeypatch, tmp_path
):
    head, good = "target,period_days,epoch_days,duration_hours\n", "KIC 7,4.2,901.7,3.1\n"
    bad = "KIC 7,-1,902,3\nKIC 7,inf,902,3\nKIC 7,6.1,902,300\nKIC 7,6.1,57000.5,3\n"
    bad += "KIC 7,6.1,,3\nKIC 7,6.1,soon,3\n7.5,6.1,902,3\n"
    (tmp_path / "good.csv").write_text(head + good)
    (tmp_path / "both.csv").write_text(head + bad + good)
    words = ("--data", str(folder), "--classifier", "forest", "--table")
    alone = vetted_rows(folder, monkeypatch, tmp_path, *words, "good.csv").iloc[0]
    rows = vetted_rows(folder, monkeypatch, tmp_path, *words, "both.csv", status=3)
    assert rows["failed"].notna().tolist() == [True] * 7 + [False]
    for number, failed in enumerate(rows["failed"][:7], 1):
        assert failed.startswith(f"row {number}: ")
    pd.testing.assert_series_equal(rows.iloc[7][alone.index], alone, check_names=False)


def test_notes_of_a_request_are_caveats_of_its_answer(folder, monkeypatch, tmp_path):
    (tmp_path / "list.csv").write_text(
        "target,period_days,epoch_days,duration_hours,star_radius\nKIC 7,4.2,901.7,3.1,>2.1\n"
    )
    row = vetted_rows(
        folder, monkeypatch, tmp_path, "--data", str(folder), "--table", "list.csv"
    ).iloc[0]
    assert "star_radius is '>2.1', a limit, and is not used" in row["caveats"]


def test_an_epoch_far_from_the_data_is_said(folder):
    vetting = Vetting(folder / "run", classifier="forest")
    # the same event, 100 and 400 periods earlier
    for cycles, told in ((100, False), (400, True)):
        epoch = ORBIT.epoch - cycles * ORBIT.period
        asked = VettingRequest(
            "KIC 7", period_days=4.2, epoch_days=epoch, duration_hours=3.1, data=folder
        )
        (row,) = vetting(asked).rows
        assert ("days from the light curve" in row["caveats"]) is told


def test_rows_that_ask_the_same_are_judged_once_and_counted(folder, monkeypatch, tmp_path, caplog):
    row = "KIC 7,4.2,901.7,3.1\n"
    (tmp_path / "list.csv").write_text("target,period_days,epoch_days,duration_hours\n" + row + row)
    words = ("--data", str(folder), "--table", "list.csv", "--classifier", "forest")
    assert len(vetted_rows(folder, monkeypatch, tmp_path, *words)) == 1
    assert "1 requests repeat others" in caplog.text


def test_pages_are_drawn(folder, monkeypatch, tmp_path):
    pytest.importorskip("matplotlib")
    vetted_rows(folder, monkeypatch, tmp_path, "KIC 7", "--data", str(folder), "--pages", "pages")
    assert (tmp_path / "pages" / "KIC_7_1.png").stat().st_size > 10_000


def test_a_page_that_fails_costs_no_answer(folder, monkeypatch, tmp_path, capsys):
    def full(*_):
        raise DataNotFound("cannot write (No space left on device)")

    monkeypatch.setattr("exoval.vetting.vet_list.write_vetted_page", full)
    rows = vetted_rows(
        folder, monkeypatch, tmp_path, "KIC 7", "--data", str(folder), "--pages", "pages"
    )
    assert rows["P_planet"].notna().all() and rows["failed"].isna().all()
    assert "no page: cannot write (No space left on device)" in capsys.readouterr().out


TABLE = """target,event,period_days,epoch_days,duration_hours,star_radius,file
KIC 7,mine,4.2,901.7,3.1,,
7,,4.2,2455734.7,3.1,2.0,
,from a file,4.2,901.7,3.1,,light_curves/{file}
KIC 7,half,4.2,,,,
KIC 9,nobody,,,,,
"""


@pytest.fixture(scope="module")
def table(folder):
    """Signals with a name, a Julian date and a star's radius, a file; one cut short, one of no
    star."""
    path = folder / "candidates.csv"
    file = next((folder / "light_curves").glob("*.fits")).name
    path.write_text(TABLE.format(file=file))
    return path


def test_a_table_is_judged_row_by_row(folder, table, run, monkeypatch, tmp_path):
    rows = vetted_rows(
        folder,
        monkeypatch,
        tmp_path,
        "--table",
        str(table),
        "--data",
        str(folder),
        "--classifier",
        "forest",
        status=3,
    ).set_index("event")
    assert list(rows.index) == ["mine", "KIC 7 1", "from a file", "half", "nobody"]
    assert rows["failed"].isna().tolist() == [True, True, True, False, False]
    assert "epoch, duration missing" in rows["failed"]["half"]
    assert "no light curve of 'KIC 9'" in rows["failed"]["nobody"]
    assert rows["P_planet"]["mine"] == pytest.approx(rows["P_planet"]["from a file"], abs=1e-9)
    assert rows["epoch_days"]["KIC 7 1"] == pytest.approx(rows["epoch_days"]["mine"], abs=1e-9)


def test_parameters_of_a_star_that_are_given_go_before_the_header(table, folder):
    asked = read_requests(table, VettingRequest(data=folder))[1]
    _, star = asked.light_curve(kepler(), "KIC 7")
    assert star.radius == 2.0 and star.target == "KIC 7"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (None, "no table at"),
        ("period_days\n3\n", "target or file"),
        ("target\n", "0 rows"),
        ("target,period\nKIC 7,2.0\n", "without units"),
        ('target\n"KIC', "cannot read"),
    ],
)
def test_tables_that_are_none(tmp_path, text, message):
    if text is not None:
        (tmp_path / "list.csv").write_text(text)
    with pytest.raises((BadTable, DataNotFound), match=message):
        read_requests(tmp_path / "list.csv")


def test_other_rows_of_a_star_are_hidden_where_they_are_other_signals(tmp_path):
    path = tmp_path / "list.csv"
    path.write_text(
        "target,period_days,epoch_days,duration_hours\nKIC 7,4.2,901.7,3\n"
        "KIC 7,8.4,905.9,3\nKIC 7,8.4,903.8,3\nKIC 7,11.1,905,4\nKIC 8,5,900,2\nKIC 7,,,\n"
    )
    rows = read_requests(path)
    hidden = []
    for row in rows[:-1]:
        event, target = row.event_and_target(kepler())
        others = row.other_signals(kepler(), event, target)
        hidden.append([(one.period, one.epoch) for one in others])
    every_second, between, third = (8.4, 905.9), (8.4, 903.8), (11.1, 905.0)
    assert hidden[:2] == [[between, third], [third]]  # of 4.2 d, and of every second of its events
    assert hidden[2] == [(4.2, 901.7), third]
    assert hidden[3] == [(4.2, 901.7), every_second, between]
    assert hidden[4] == []
    # a star to be searched has the same signals, for a model of several events
    known = [one.period for one in rows[-1].signals_of_star(kepler(), "KIC 7")]
    assert known == [4.2, 8.4, 8.4, 11.1]


def test_a_list_has_the_answers_of_one_target_at_a_time(folder, run, tmp_path):
    """To the last bit, whatever is judged with it."""
    asked = [
        VettingRequest(
            "KIC 7", period_days=period, epoch_days=901.7, duration_hours=3.1, data=folder
        )
        for period in (4.2, 8.4, 3.3, 2.1, 5.17)
    ]
    vetting = Vetting(folder / "run")
    together = dict(vet_list(vetting, [*asked, VettingRequest("KIC 8")], tmp_path / "v.csv"))
    for one in asked:
        assert vetting(one).rows == together[one].rows
        ((_, answer),) = vet_list(vetting, [one], tmp_path / "w.csv")
        assert answer.rows == together[one].rows


@pytest.mark.slow
def test_worker_processes_give_the_same_table(folder, table, monkeypatch, tmp_path):
    arguments = ("--table", str(table), "--data", str(folder), "--classifier", "forest")
    alone = vetted_rows(folder, monkeypatch, tmp_path, *arguments, status=3)
    together = vetted_rows(folder, monkeypatch, tmp_path, *arguments, "--workers", "2", status=3)
    pd.testing.assert_frame_equal(alone, together, check_exact=True)


@pytest.mark.slow
def test_workers_of_a_cluster_give_the_same_table(folder, table, monkeypatch, tmp_path):
    distributed = pytest.importorskip("distributed")
    arguments = ("--table", str(table), "--data", str(folder), "--classifier", "forest")
    alone = vetted_rows(folder, monkeypatch, tmp_path, *arguments, status=3)
    with distributed.LocalCluster(
        n_workers=2,
        threads_per_worker=1,
        dashboard_address=None,
        memory_limit=0,
        scheduler_kwargs={"allowed_failures": 1},
    ) as cluster:
        words = (*arguments, "--address", cluster.scheduler_address)
        together = vetted_rows(folder, monkeypatch, tmp_path, *words, status=3)
        deadly = VettingRequest("KIC 7", data=folder, name="deadly")
        fine = VettingRequest("KIC 8", data=folder)
        vetting = DyingVetting(folder / "run", classifier="forest")
        address = cluster.scheduler_address
        answers = dict(vet_list(vetting, [deadly, fine], tmp_path / "w.csv", address=address))
    pd.testing.assert_frame_equal(alone, together, check_exact=True)
    assert "worker process died" in answers[deadly].failed
    assert "no light curve of 'KIC 8'" in answers[fine].failed


def test_pages_on_a_cluster_are_refused(folder, monkeypatch, tmp_path, capsys):
    pytest.importorskip("distributed")
    words = ("KIC 7", "--pages", "pages", "--address", "tcp://127.0.0.1:9")
    with pytest.raises(SystemExit) as ended:
        monkeypatch.chdir(tmp_path)
        main(["vet", str(folder / "run"), *words])
    assert ended.value.code == 2 and "leave --pages or --address out" in capsys.readouterr().err


def test_an_interrupted_list_goes_on_where_it_was(folder, table, monkeypatch, tmp_path):
    arguments = ("--table", str(table), "--data", str(folder), "--classifier", "forest")
    whole = vetted_rows(folder, monkeypatch, tmp_path, *arguments, status=3)
    judged, judge = [], RequestExaminer.__call__

    def interrupted(examiner, asked):
        if len(judged) == 2:
            raise KeyboardInterrupt
        judged.append(asked)
        return judge(examiner, asked)

    monkeypatch.setattr(RequestExaminer, "__call__", interrupted)
    with pytest.raises(SystemExit) as ended:
        main(["vet", str(folder / "run"), *arguments])
    assert ended.value.code == 130
    assert len(pd.read_csv(tmp_path / "vetted.csv")) == 2
    # as if the machine had gone down while it wrote
    with (tmp_path / "vetted.csv.part").open("a") as journal:
        journal.write('{"key": "cut sho')
    asked_again = []
    monkeypatch.setattr(
        RequestExaminer,
        "__call__",
        lambda examiner, asked: asked_again.append(asked) or judge(examiner, asked),
    )
    rows = vetted_rows(folder, monkeypatch, tmp_path, *arguments, status=3)
    assert len(asked_again) == 3 and not set(asked_again) & set(judged)
    pd.testing.assert_frame_equal(rows, whole)
    assert not (tmp_path / "vetted.csv.part").exists()


def test_what_was_kept_of_another_question_is_not_used(folder, tmp_path):
    asked = [
        VettingRequest("KIC 7", period_days=4.2, epoch_days=901.7, duration_hours=3.1, data=folder)
    ]
    vetting = Vetting(folder / "run", classifier="forest")
    # the work is left before it could say that it is done
    next(vet_list(vetting, asked, tmp_path / "v.csv"))
    for changed, expected in ((vetting, 0), (replace(vetting, planet_share=0.1), 1)):
        calls = []
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(
                RequestExaminer,
                "__call__",
                lambda examiner, one, calls=calls: calls.append(one) or ExaminedRequest(),
            )
            next(vet_list(changed, asked, tmp_path / "v.csv"))
        assert len(calls) == expected


@pytest.mark.slow
def test_a_worker_that_dies_costs_the_target_that_killed_it(folder, tmp_path):
    deadly = VettingRequest("KIC 7", data=folder, name="deadly")
    asked = [
        VettingRequest("KIC 7", period_days=4.2, epoch_days=901.7, duration_hours=3.1, data=folder),
        deadly,
    ]
    answers = dict(
        vet_list(
            DyingVetting(folder / "run", classifier="forest"), asked, tmp_path / "v.csv", workers=2
        )
    )
    assert "worker process died" in answers[deadly].failed and not answers[asked[0]].failed
    assert len(pd.read_csv(tmp_path / "v.csv")) == 2


class DyingExaminer(RequestExaminer):
    """Kills its process at one target."""

    def __call__(self, asked):
        if asked.name == "deadly":
            os._exit(9)
        return super().__call__(asked)


class DyingVetting(Vetting):
    """Measures in processes that die."""

    @property
    def examiner(self):
        return DyingExaminer(recipe=self.run.recipe)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "nothing to judge"),
        (["KIC 7", "--events", "0"], "events is 0"),
        (["KIC 7", "--planet-share", "1"], "between 0 and 1"),
        (["KIC 7", "--output", "/proc/v.csv"], "cannot write /proc/v.csv"),
        (["KIC 7", "--output", "."], "is a folder"),
        (["KIC 7", "--pages", "/proc/pages"], "cannot write to /proc/pages"),
        (["KIC 7", "--period", "3"], "epoch, duration missing"),
        (["KIC 7", "--workers", "-1"], "workers is -1"),
        (["KIC 7", "--table", "no.csv"], "no table at"),
        (["KIC 7", "--classifier", "oracle"], "no classifier 'oracle'"),
    ],
)
def test_a_mistaken_command_is_one_line_before_any_light_curve_is_read(
    folder, monkeypatch, tmp_path, capsys, arguments, message
):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("exoval.vetting.examined_request.examine", None)
    with pytest.raises(SystemExit) as ended:
        main(["vet", str(folder / "run"), *arguments])
    assert ended.value.code == 2
    error = capsys.readouterr().err.strip()
    assert message in error and len(error.splitlines()) == 1


def test_the_other_eclipse_is_not_hidden_from_the_first_and_said_of_the_second(folder, monkeypatch):
    first, second = Ephemeris(4.2, 901.7, 0.13), Ephemeris(2.1, 903.8, 0.13)
    third = Ephemeris(7.7, 900.2, 0.1)
    monkeypatch.setattr(
        "exoval.vetting.examined_request.search_again",
        lambda *_, **__: [TransitEvent(ephemeris=one) for one in (first, second, third)],
    )
    hidden = []

    def examined(light_curve, star, recipe, *, event, name, others):
        hidden.append(others)
        return examine(light_curve, star, recipe, event=TransitEvent(ephemeris=first), name=name)

    monkeypatch.setattr("exoval.vetting.examined_request.examine", examined)
    answer = Vetting(folder / "run", classifier="forest", events=3)(
        VettingRequest("KIC 7", data=folder)
    )
    assert hidden == [[third], [first, third], [first, second]]
    told = ["may be its other eclipse" in row["caveats"] for row in answer.rows]
    assert told == [False, True, False]


def test_what_is_judged_is_what_measure_measures(run, light_curve):
    event = TransitEvent(ephemeris=Ephemeris(4.2, 901.7, 0.13))
    vetted = vet(light_curve, SUN, run, event=event)
    row = measure(light_curve, event, SUN, run.recipe).row
    measured = vetted.table.frame.iloc[0]
    for name, value in row.items():
        np.testing.assert_equal(measured[name], value, err_msg=name)
    model = run.models[run.leading]
    assert list(vetted.probability.values()) == pytest.approx(
        model.probabilities(vetted.table)[0].tolist()
    )


def test_the_share_of_planets_shifts_odds_by_bayes(run, light_curve):
    event = TransitEvent(ephemeris=Ephemeris(4.2, 901.7, 0.13))
    shares = run.models[run.leading].card["class_shares"]
    plain, rare = (
        vet(light_curve, SUN, run, event=event, planet_share=share).probability["planet"]
        for share in (shares["planet"], 0.001)
    )
    before, after = (share / (1 - share) for share in (shares["planet"], 0.001))
    assert rare / (1 - rare) == pytest.approx(plain / (1 - plain) * after / before, rel=1e-6)
    assert plain == pytest.approx(vet(light_curve, SUN, run, event=event).probability["planet"])
    with pytest.raises(BadParameter, match="planet_share is"):
        vet(light_curve, SUN, run, event=event, planet_share=1.0)


def test_what_the_model_cannot_know_is_said(run, light_curve):
    far = vet(light_curve, SUN, run, event=TransitEvent(ephemeris=Ephemeris(42.0, 901.7, 0.13)))
    assert any("period outside the 0.5-30 days" in caveat for caveat in far.caveats)
    assert any(
        "fewer than the 3 transits that the search requires" in caveat for caveat in far.caveats
    )
    nothing = vet(
        light_curve,
        SUN,
        run,
        event=TransitEvent(ephemeris=Ephemeris(3.1, 900.2, 0.13)),
        others=[Ephemeris(4.2, 901.7, 0.3)],
    )
    assert any("weaker than the 7.1 sigma" in caveat for caveat in nothing.caveats)


def test_errors_belong_to_the_share_of_planets_that_is_asked_for(run, light_curve):
    event = TransitEvent(ephemeris=Ephemeris(4.2, 901.7, 0.13))
    vetted = vet(light_curve, SUN, run, event=event, planet_share=0.9)
    model = run.models[run.leading]
    low, high = model.probability_intervals(vetted.table, priors=model.priors_at(0.9))
    assert list(vetted.interval.values()) == list(zip(low[0], high[0], strict=True))
    assert list(vetted.error.values()) == pytest.approx((0.5 * (high - low)[0]).tolist())
    assert low != pytest.approx(model.probability_intervals(vetted.table)[0])
    below, above = model.planet_interval(vetted.table, priors=model.priors_at(0.9))
    assert vetted.planet_interval == (below[0], above[0])


def test_an_event_of_which_little_was_measured_gets_no_probability(run, light_curve):
    event = TransitEvent(ephemeris=Ephemeris(4.2, 901.7, 0.13))
    model = run.models[run.leading]
    strange = {f"unmeasured {i}": [0.0, 1.0, 0.0] for i in range(2 * len(model.columns))}
    strange = replace(model, training_range=strange | dict(model.training_range))
    vetted = vet(light_curve, SUN, replace(run, models={run.leading: strange}), event=event)
    assert "features that training had are missing" in vetted.withheld
    assert vetted.caveats[0] == f"probabilities are withheld: {vetted.withheld}"
    assert all(math.isnan(value) for value in vetted.probability.values())
    assert vetted.row()["most_probable"] == "withheld"
    assert "planet  " not in vetted.sentence()
    assert "has no probabilities: probabilities are withheld" in summary(
        [vetted.row()], vetted.meanings
    )
    assert vet(light_curve, SUN, run, event=event).withheld == ""


def test_a_measurement_beyond_training_is_said(run, light_curve):
    event = TransitEvent(ephemeris=Ephemeris(4.2, 901.7, 0.13))
    assert not [
        line for line in vet(light_curve, SUN, run, event=event).caveats if "outside" in line
    ]
    narrow = replace(run.models[run.leading], training_range={"depth": [10.0, 500.0, 0.0]})
    vetted = vet(light_curve, SUN, replace(run, models={run.leading: narrow}), event=event)
    assert any(line.startswith("outside what was simulated: depth 1") for line in vetted.caveats)


class Certain:
    """A model that always gives planets the same probability, whatever their share."""

    classes = ("planet", "no_transit")
    meanings: ClassVar[dict] = {}
    training_range: ClassVar[dict] = {}

    def __init__(self, planet):
        self.planet = planet

    def answers(self, table, *, priors=None, with_errors=True):
        planet = np.full(len(table), self.planet)
        both = np.stack([planet, 1 - planet], axis=1)
        return ModelAnswers(
            probability=both, planet=planet, interval=(both,) * 2, planet_interval=(planet,) * 2
        )


@pytest.mark.parametrize(("answers", "told"), [((0.2, 0.8), True), ((0.6, 0.9), False)])
def test_classifiers_that_decide_otherwise_are_said_to_disagree(run, light_curve, answers, told):
    event = TransitEvent(ephemeris=Ephemeris(4.2, 901.7, 0.13))
    models = {f"number {number}": Certain(one) for number, one in enumerate(answers)}
    undecided = replace(run, models=models, leading="number 0", novelty=None)
    vetted = vet(light_curve, SUN, undecided, event=event)
    said = "classifiers disagree on planet: number 0 0.20, number 1 0.80"
    assert (said in vetted.caveats) is told
    assert list(vetted.by_classifier.values()) == list(answers)


@pytest.mark.parametrize(("verdict", "told"), [(NOVEL, True), (FAMILIAR, False)])
def test_an_event_unlike_the_simulated_ones_is_said_to_be_one(run, light_curve, verdict, told):
    event = TransitEvent(ephemeris=Ephemeris(4.2, 901.7, 0.13))
    detectors = SimpleNamespace(score=np.array([0.7]), verdict=np.array([verdict]))
    vetted = vet(light_curve, SUN, replace(run, novelty=lambda table: detectors), event=event)
    assert ("unlike the events that were simulated" in vetted.caveats) is told
    assert vetted.novelty == 0.7


def test_a_star_of_the_training_set_is_said_to_be_one(folder, run, light_curve):
    named = set(pd.read_csv(folder / "run" / "predictions_simulated.csv")["target"])
    assert named < run.training_stars and "KIC 7" not in run.training_stars
    event = TransitEvent(ephemeris=Ephemeris(4.2, 901.7, 0.13))
    known = replace(run, training_stars=run.training_stars | {"KIC 7"})
    told = [
        any(
            "part of the training set" in caveat
            for caveat in vet(light_curve, SUN, one, event=event).caveats
        )
        for one in (run, known)
    ]
    assert told == [False, True]


def test_other_signals_of_the_star_are_cut_out(run, light_curve):
    event = TransitEvent(ephemeris=Ephemeris(4.2, 901.7, 0.13))
    with pytest.raises(BadLightCurve):
        vet(light_curve, SUN, run, event=event, others=[Ephemeris(4.2, 901.7, 2.0)])
    # nor does the search see them
    with pytest.raises(BadLightCurve, match=r"no event above 7\.1"):
        vet(light_curve, SUN, run, others=[Ephemeris(4.2, 901.7, 0.13)])


def test_nothing_found_and_no_event_is_said(run, light_curve):
    quiet = replace(
        light_curve, flux=1 + 1e-4 * np.random.default_rng(0).standard_normal(len(light_curve))
    )
    with pytest.raises(BadLightCurve, match=r"no event above 7\.1"):
        vet(quiet, SUN, run)


@pytest.mark.parametrize("epoch", [2_455_000.0, -30_000.0])
def test_an_epoch_of_another_clock_is_refused(run, light_curve, epoch):
    away = TransitEvent(ephemeris=Ephemeris(3.0, epoch, 0.1))
    with pytest.raises(BadParameter, match="days away from its data"):
        vet(light_curve, Star(target="KIC 7"), run, event=away)


def test_a_defect_at_one_target_is_a_row_and_stops_no_other(folder, tmp_path, monkeypatch):
    def broken(vetting, asked):
        if asked.name == "odd":
            raise TypeError("a defect")
        yield from ()

    monkeypatch.setattr(RequestExaminer, "examined", broken)
    asked = [VettingRequest("KIC 7", name="odd"), VettingRequest("KIC 7", name="fine")]
    answers = dict(vet_list(Vetting(folder / "run"), asked, tmp_path / "v.csv"))
    assert "unexpected TypeError: a defect" in answers[asked[0]].failed
    assert not answers[asked[1]].failed


def test_light_curves_of_another_mission_are_said_to_be_such(folder, light_curve):
    other = load_trained_run(folder / "run", replace(kepler(), name="heron"))
    assert "this one is from heron" in other.caveat
    assert "this one is from" not in load_trained_run(folder / "run", kepler()).caveat


def test_the_periods_that_were_simulated_are_the_training_sets(folder):
    own = load_trained_run(folder / "run").recipe
    longer = replace(kepler(), name="heron", maximum_period_days=500.0)
    other = load_trained_run(folder / "run", longer).recipe
    assert other.mission is longer and other.periods == own.periods
    assert own.periods == (own.mission.minimum_period_days, own.mission.maximum_period_days)


def test_a_file_that_changed_is_another_question(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("time,flux\n")
    asked, before = VettingRequest(files=(str(path),)), _key(VettingRequest(files=(str(path),)))
    assert _key(asked) == before
    path.write_text("time,flux\n1,1\n")
    assert _key(asked) != before


def test_folders_that_are_no_run(folder, tmp_path):
    with pytest.raises(DataNotFound, match="no metrics"):
        load_trained_run(tmp_path)
    (tmp_path / "metrics.json").write_text("{}")
    with pytest.raises(BadTable, match="no fitted models"):
        load_trained_run(tmp_path)
    metrics = json.loads((folder / "run" / "metrics.json").read_text())
    (tmp_path / "models").symlink_to(folder / "run" / "models")
    old = {name: value for name, value in metrics.items() if name != "recipe"}
    (tmp_path / "metrics.json").write_text(json.dumps(old))
    with pytest.raises(BadTable, match="older layout"):
        load_trained_run(tmp_path)
    (tmp_path / "metrics.json").write_text(json.dumps(metrics | {"recipe": {}}))
    with pytest.raises(BadTable, match="how its events were measured"):
        load_trained_run(tmp_path)
    (tmp_path / "metrics.json").write_text("{")
    with pytest.raises(BadTable, match="train again"):
        load_trained_run(tmp_path)


def test_a_classifier_can_be_chosen(run):
    assert run.choose("forest").leading == "forest"
    with pytest.raises(BadParameter, match="sparse_gp"):
        run.choose("oracle")

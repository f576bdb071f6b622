"""The folded TESS Objects of Interest, their dispositions, and our events in their form."""

import numpy as np
import pandas as pd
import pytest

from exoval.catalogs.tess_exofinder import (
    UNMATCHED,
    AsExofinder,
    exofinder_table,
    matched,
    named_event,
    read_exofinder,
)
from exoval.catalogs.toi import read_toi
from exoval.data_folder import data_folder
from exoval.ephemeris import Ephemeris
from exoval.errors import BadTable, DataNotFound
from exoval.labels import LabelMeaning
from exoval.missions.tess import BTJD_ZERO
from exoval.table.column import Column
from exoval.table.feature_table import FeatureTable
from exoval.views.medians import COARSE
from exoval.views.store import ViewRows, Views

#: star, disposition, period over that of the fold, epoch of the fold in periods of the catalogue
SIGNALS = (
    (1, "CP", 1.0, 0.0),
    (2, "FP", 2.0, 3.0),  # folded at half its period
    (3, "KP", 0.5, 4.0),  # at twice
    (4, "PC", 1.0, 0.0),
    (5, "FP", 1.3, 0.0),  # another signal of the star
    (6, "CP", 2.0, 3.25),  # half its period, but no event of the fold is one of it
    (7, "FA", 1.0004, 0.0),
)
EXPECTED = {
    1: ("planet", "planet"),
    2: ("FP", "false_positive"),
    3: ("planet", "planet"),
    4: ("PC", "unknown"),
    5: (UNMATCHED, "unknown"),
    6: (UNMATCHED, "unknown"),
    7: ("FA", "false_positive"),
    8: (UNMATCHED, "unknown"),
}


def toi(folder):
    period = [3.0 * ratio for _, _, ratio, _ in SIGNALS]
    frame = pd.DataFrame(
        {
            "tid": [star for star, *_ in SIGNALS],
            "tfopwg_disp": [word for _, word, *_ in SIGNALS],
            "pl_orbper": period,
            "pl_tranmid": [
                BTJD_ZERO + 2000.0 - one * number
                for one, (*_, number) in zip(period, SIGNALS, strict=True)
            ],
            "pl_trandurh": 2.4,
            "pl_trandep": 1000.0,
            "st_teff": 5700.0,
            "st_logg": 4.4,
            "st_rad": 1.0,
            "st_tmag": 10.0,
        }
    )
    path = folder / "toi.csv"
    frame.to_csv(path, index=False)
    return path


def published(folder, bins=COARSE.bins):
    """Folds of eight stars: flux upside down, with the dip at a phase of its own in each."""
    rows = len(EXPECTED)
    view = np.zeros((rows, bins["global"]))
    for row in range(rows):
        view[row, 20 * row + 5 : 20 * row + 16] = 1.0
    frame = pd.DataFrame(
        {
            "tic": list(EXPECTED),
            "period": 3.0,
            "epoch": 2000.0,
            "duration": 72 * 11 / 201,
            "depth": 1000.0,
            "source_label": 1,
            "global_view": list(view),
            "local_view": list(np.zeros((rows, bins["local"]))),
        }
    )
    path = folder / "exofinder.parquet"
    frame.to_parquet(path)
    return path


def test_dispositions_are_those_of_the_same_star_and_ephemeris(tmp_path):
    found = read_exofinder(published(tmp_path), interest=read_toi(toi(tmp_path)))
    given = zip(found["label"], found["disposition"], strict=True)
    assert dict(zip(map(int, found["tic"]), given, strict=True)) == EXPECTED


def test_of_several_signals_that_of_the_nearest_period_counts(tmp_path):
    signals = [one for one in read_toi(toi(tmp_path)) if one.target in ("TIC 1", "TIC 2", "TIC 3")]
    event = Ephemeris(3.0, 2000.0, 0.1)
    assert matched(event, signals).target == "TIC 1"
    assert matched(event, signals[1:]).target in ("TIC 2", "TIC 3")
    assert matched(event, []) is None


def test_views_are_turned_upright_and_stand_about_the_event(tmp_path):
    table = exofinder_table(published(tmp_path), toi=toi(tmp_path))
    whole = table.views[np.arange(len(table))][:, COARSE.slices["global"]]
    dip = np.flatnonzero(whole[0] < -0.5)
    assert np.all(np.ptp(whole, axis=0) == 0)
    assert (len(dip), dip.mean()) == (11, 100)
    first = table.frame.iloc[0]
    assert named_event(first["event"]) == {"tic": 1, "period": 3.0, "epoch": 2000.0}
    assert first["planet_radius"] == pytest.approx(109.1 * 1000**0.5 / 1000, rel=0.01)
    assert first["fold_height"] > 100
    # a star that the TOI table does not list
    assert np.isnan(table.frame["teff"].iloc[-1])


def test_views_of_another_length_and_no_table(tmp_path, monkeypatch):
    with pytest.raises(BadTable, match="2001"):
        exofinder_table(published(tmp_path, bins={"global": 2001, "local": 61}), toi=toi(tmp_path))
    monkeypatch.delenv("EXOVAL_DATA", raising=False)
    with pytest.raises(DataNotFound, match="ExoFinder"):
        read_exofinder()


def measured(**changes):
    """Three measured events; the first is an ordinary one."""
    values = {
        "period": 3.0,
        "transit_duration": 2.4,
        "transit_depth": 1000.0,
        "teff": 5700.0,
        "logg": 4.4,
        "stellar_radius": 1.0,
        "magnitude": 10.0,
        "secondary_mes": 1.0,
        "odd_even_sigma": -1.0,
        "ellipsoidal_sigma": 1.0,
    }
    frame = pd.DataFrame(
        {
            "event": ["a", "b", "c"],
            "target": ["s1", "s2", "s3"],
            "label": ["planet", "eclipsing_binary", "eclipsing_binary"],
            "disposition": ["planet", "false_positive", "false_positive"],
        }
        | values
    ).assign(**changes)
    view = np.random.default_rng(0).standard_normal((3, COARSE.length)).astype(np.float32)
    views = Views(view, np.zeros((3, len(COARSE.bins)), np.int16), COARSE)
    columns = tuple(Column(name, "", "") for name in values)
    meanings = {
        name: LabelMeaning(short=name, description="", counts_as_planet=name == "planet")
        for name in ("planet", "eclipsing_binary")
    }
    return FeatureTable(frame, columns, views=ViewRows.of_all(views, 3), meanings=meanings)


def test_measured_events_have_the_columns_of_the_published_ones(tmp_path):
    ours = AsExofinder()(measured())
    theirs = exofinder_table(published(tmp_path), toi=toi(tmp_path))
    assert ours.schema_hash == theirs.schema_hash
    assert ours.views.layout.slices == theirs.views.layout.slices
    assert len(ours) == 3


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("transit_depth", 2e5),
        ("stellar_radius", 20.0),
        ("secondary_mes", 11.0),
        ("odd_even_sigma", -11.0),
        ("ellipsoidal_sigma", -11.0),
    ],
)
def test_what_vetting_would_have_seen_is_left_out(column, value):
    first = float(measured().frame[column][0])
    table = measured(**{column: [first, value, first]})
    assert list(AsExofinder()(table).frame["event"]) == ["a", "c"]
    nothing = AsExofinder(deepest_ppm=None, largest_earth_radii=None, sigma=None)
    assert len(nothing(table)) == 3


def test_sets_without_such_views_are_refused():
    table = measured()
    without = FeatureTable(table.frame, table.columns, meanings=table.meanings)
    with pytest.raises(BadTable, match="exofinder_events"):
        AsExofinder()(without)


@pytest.mark.data
def test_the_real_folds_have_planets_and_false_positives():
    table = exofinder_table()
    assert data_folder().is_dir() and len(table) == len(set(table.targets)) == 1130
    assert table.frame["disposition"].value_counts().to_dict() == {
        "unknown": 500,
        "planet": 377,
        "false_positive": 253,
    }
    # the dip of most folds is found, at whatever phase
    assert table.frame["fold_strength"].median() > 6
    # deep dips were clipped away
    deep = table.frame["transit_depth"] > 10_000
    assert table.frame["fold_strength"][deep].quantile(0.25) < 5

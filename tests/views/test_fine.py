"""Views show the event, count what they lack and come back from disk as they were."""

import numpy as np
import pytest
from light_curves import folded

from exoval.ephemeris import Ephemeris
from exoval.errors import BadTable, DataNotFound
from exoval.folded.folded_event import FoldedEvent
from exoval.views.fine import BINS, FINE, LENGTH, SLICES, event_views
from exoval.views.store import Views, open_views, save_views

EPHEMERIS = Ephemeris(3.3, 2.0, 0.25)


def views(event):
    values, missing = event_views(event)
    return Views(values[None], missing[None], FINE)


def test_views_have_the_declared_lengths_and_are_single_precision():
    values, missing = event_views(folded(EPHEMERIS, 2e-3))
    assert values.shape == (LENGTH,) == (2001 + 4 * 201,)
    assert values.dtype == np.float32 and missing.dtype == np.int16


def test_the_floor_is_minus_one_and_the_rest_zero():
    shown = views(folded(EPHEMERIS, 2e-3, noise=2e-5))
    for name in ("local", "odd", "even"):
        view = shown.view(name)[0]
        assert np.median(view[96:105]) == pytest.approx(-1, abs=0.05)
        assert np.median(view[:40]) == pytest.approx(0, abs=0.05)
    whole = shown.view("global")[0]
    assert whole[1000] == pytest.approx(-1, abs=0.1)
    assert np.median(whole) == pytest.approx(0, abs=0.02)


def test_odd_and_even_views_are_not_mixed():
    shown = views(folded(EPHEMERIS, 2e-3, noise=2e-5, odd_depth=1e-3))
    ratio = np.median(shown.view("odd")[0][96:105]) / np.median(shown.view("even")[0][96:105])
    assert ratio == pytest.approx(0.5, abs=0.05)


def test_the_secondary_view_is_centred_on_the_second_dip():
    shown = views(folded(EPHEMERIS, 2e-3, noise=2e-5, secondary=(0.37, 6e-4)))
    view = shown.view("secondary")[0]
    assert np.median(view[90:111]) == pytest.approx(-0.3, abs=0.05)
    assert np.median(view[:40]) == pytest.approx(0, abs=0.03)


def test_the_local_view_agrees_with_bins_by_hand():
    event = folded(EPHEMERIS, 2e-3, noise=1e-4)
    fit = event.trapezoid
    edges = np.linspace(-2, 2, 202) * fit.duration
    time = event.time_from_mid - fit.offset
    inside = (time > edges[100]) & (time < edges[101])
    expected = -(np.mean(event.dip[inside]) - fit.level) / fit.depth
    assert views(event).view("local")[0][100] == pytest.approx(expected, abs=1e-5)


def test_empty_bins_are_counted_and_interpolated():
    event = folded(EPHEMERIS, 2e-3, noise=2e-5)
    gone = np.abs(event.time_from_mid - 0.3) < 0.06
    cut = FoldedEvent(event.light_curve.keep(~gone), event.event, event.star)
    whole, holed = views(event), views(cut)
    local = list(SLICES).index("local")
    lost = holed.missing[0][local] - whole.missing[0][local]
    assert lost == pytest.approx(0.12 / (4 * cut.trapezoid.duration / 201), abs=3)
    assert np.isfinite(holed.values).all()


def test_a_view_without_any_data_is_missing_and_not_zero():
    event = folded(EPHEMERIS, 2e-3)
    even = event.event_number % 2 == 0
    shown = views(FoldedEvent(event.light_curve.keep(even), event.event, event.star))
    assert np.isnan(shown.view("odd")).all() and np.isfinite(shown.view("even")).all()
    assert shown.missing[0][list(SLICES).index("odd")] == BINS["odd"]


def test_few_cadences_give_views_and_never_an_error():
    event = folded(EPHEMERIS, 2e-3)
    for count in (1, 2, 5, 30):
        curve = event.light_curve.keep(np.arange(len(event.light_curve)) < count)
        values, _ = event_views(FoldedEvent(curve, event.event, event.star))
        assert not np.isinf(values).any()


def test_views_come_back_from_disk_in_the_tables_order(tmp_path):
    rng = np.random.default_rng(0)
    values = rng.standard_normal((7, LENGTH)).astype(np.float32)
    missing = rng.integers(0, 200, (7, len(BINS))).astype(np.int16)
    order = rng.permutation(7)
    rows = ((row, values[row], missing[row]) for row in order)
    save_views(tmp_path, "views", size=7, rows=rows, layout=FINE)
    found = open_views(tmp_path)
    assert isinstance(found.values, np.memmap)
    assert np.array_equal(found.values, values) and np.array_equal(found.missing, missing)
    assert np.array_equal(found.view("local"), values[:, 2001:2202])
    assert found.layout.slices == SLICES


def test_what_lies_on_disk_is_refused_where_it_does_not_fit_together(tmp_path):
    rows = [(0, np.zeros(LENGTH), np.zeros(5))]
    save_views(tmp_path, "views", size=1, rows=rows, layout=FINE)
    layout = tmp_path / "views_layout.json"
    for text, message in (
        ('{"global": 7}', "in 1 views"),
        ("{", r"cannot read .*views_layout\.json"),
        ('{"global": 0}', "cannot read the views"),
        ("[7]", r"views_layout\.json: it is \[7\]"),
        ('{"global": 2.5}', r"views_layout\.json: global is 2\.5 instead of a whole number"),
    ):
        layout.write_text(text)
        with pytest.raises(BadTable, match=message):
            open_views(tmp_path)
    layout.unlink()
    with pytest.raises(DataNotFound, match=r"no views_layout.json in"):
        open_views(tmp_path)


def test_a_row_without_views_is_named_and_so_are_missing_files(tmp_path):
    with pytest.raises(BadTable, match="1 of 2 rows"):
        save_views(
            tmp_path, "views", size=2, rows=[(0, np.zeros(LENGTH), np.zeros(5))], layout=FINE
        )
    with pytest.raises(DataNotFound, match="views=true"):
        open_views(tmp_path / "nowhere")

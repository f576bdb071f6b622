"""Rows of a table become requests; a bad one is refused with its number and spoils no other."""

import gzip
import logging

import pandas as pd
import pytest

from exoval.errors import BadTable
from exoval.missions.kepler import kepler
from exoval.missions.tess import tess
from exoval.vetting.table_of_requests import read_requests

HEAD = "target,period_days,epoch_days,duration_hours\n"
GOOD = "TIC 7,3.1,1520.4,2.6\n"
GAIA = 5853498713190525696


def requests(folder, text, name="list.csv"):
    path = folder / name
    path.write_bytes(text) if isinstance(text, bytes) else path.write_text(text)
    return read_requests(path)


def ephemeris(request, mission):
    event, _ = request.event_and_target(mission)
    one = event.ephemeris
    return one.period, one.epoch, 24 * one.duration


@pytest.mark.parametrize(
    "head",
    [
        "target,period_days,epoch_days,duration_hours",
        "Target,Period_days,Epoch_days,Duration_hours",
        "target ,period_days , epoch_days,duration_hours ",
        "TIC ID,Period (days),Epoch (BJD),Duration (hours)",
        "TIC,P,Tc_BTJD,Duration (hrs)",
        "tid,pl_orbper,pl_tranmid,pl_trandurh",
        "ticid,tce_period,tce_time0bt,tce_duration",
        "ticid,orbitalPeriodDays,transitEpochBtjd,transitDurationHours",
        "Target,Orbital Period [day],Transit Epoch [BTJD],Transit Duration [hour]",
    ],
)
@pytest.mark.parametrize("epoch", [1519.0, 2458519.0])
def test_one_event_under_many_names(tmp_path, head, epoch):
    (one,) = requests(tmp_path, f"{head}\nTIC 74482749,7.3,{epoch},3.0\n")
    assert one.event_and_target(tess())[1] == "TIC 74482749"
    assert ephemeris(one, tess()) == pytest.approx((7.3, 1519.0, 3.0), abs=1e-8)


def test_the_archives_table_of_kepler_is_on_its_clock_for_every_mission(tmp_path):
    text = "kepid,koi_period,koi_time0bk,koi_duration\n10666592,2.2047,121.3585,3.88\n"
    (one,) = requests(tmp_path, text)
    assert one.target == "KIC 10666592"
    assert ephemeris(one, kepler()) == pytest.approx((2.2047, 121.3585, 3.88), abs=1e-8)


def test_a_julian_date_that_is_none_is_said(tmp_path):
    (one,) = requests(tmp_path, "TIC ID,Period (days),Epoch (BJD),Duration (hours)\n7,3,1519,3\n")
    assert "1519, no Julian date" in one.notes[0]


@pytest.mark.parametrize(
    "written", ["74482749.0", "TIC 74482749.0", "7.4482749E7", "TIC74482749", "tic-074482749"]
)
@pytest.mark.parametrize("column", ["target", "TIC ID"])
def test_a_star_in_any_spelling(tmp_path, written, column):
    (one,) = requests(tmp_path, f"{column}\n{written}\n")
    assert not one.refused and one.event_and_target(tess()) == (None, "TIC 74482749")


@pytest.mark.parametrize("column", ["target", "TIC ID"])
def test_a_star_whose_number_became_a_float_in_parquet(tmp_path, column):
    pd.DataFrame({column: [74482749.0, None]}).to_parquet(tmp_path / "list.parquet")
    one, none = read_requests(tmp_path / "list.parquet")
    assert one.event_and_target(tess()) == (None, "TIC 74482749")
    assert "neither target nor file" in none.refused and none.row == 2


def test_long_numbers_keep_every_digit(tmp_path):
    (one,) = requests(tmp_path, f"target\n{GAIA}\n")
    assert one.target == str(GAIA)
    pd.DataFrame({"target": [GAIA]}).to_parquet(tmp_path / "list.parquet")
    assert read_requests(tmp_path / "list.parquet")[0].target == str(GAIA)
    pd.DataFrame({"target": [float(GAIA)]}).to_parquet(tmp_path / "list.parquet")
    assert "digits" in read_requests(tmp_path / "list.parquet")[0].refused


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("TIC 7,-1,1533.3,6.0", "period is -1 days"),
        ("TIC 7,inf,1533.3,6.0", "period_days is 'inf'"),
        ("TIC 7,soon,1533.3,6.0", "period_days is 'soon'"),
        ("TIC 7,>20,1533.3,6.0", "period_days is '>20', a limit"),
        ("TIC 7,7.1,1533.3,180", "as long as the period"),
        ("TIC 7,7.1,1533.3,-6", "duration is -6 hours"),
        ("TIC 7,7.1,1533.3,0", "duration is 0 hours"),
        ("TIC 7,7.1,NaN,6.0", "epoch missing"),
        ("TIC 7,7.1,,", "epoch, duration missing"),
        ("TIC 7,,1533.3,", "duration missing"),
        ("TIC 7,0,,", "epoch, duration missing"),
        ("TIC 7,7.1,inf,6.0", "epoch_days is 'inf'"),
        (",7.1,1533.3,6.0", "neither target nor file"),
        ("nan,7.1,1533.3,6.0", "neither target nor file"),
        ("1.42276E+08,7.1,1533.3,6.0", "digits"),
        ("TIC 1.42276E+08,7.1,1533.3,6.0", "digits"),
        ("TIC 7,7.1,1533.3,6.0,9", "more cells than"),
        # decimal commas, and a lost cell
        ("TIC 7,7,1,1533,3,6,0", "more cells than"),
        ("TIC 7,1533.3,6.0", "fewer cells than"),
    ],
)
def test_a_bad_row_is_refused_and_spoils_no_other(tmp_path, row, reason):
    first, bad, last = requests(tmp_path, HEAD + GOOD + row + "\nTIC 7,5.2,1519.1,3.0\n")
    assert reason in bad.refused and bad.row == 2 and str(bad)
    assert not first.refused and not last.refused
    assert first.others == ((5.2, 1519.1, 3.0),) and last.others == ((3.1, 1520.4, 2.6),)


@pytest.mark.parametrize("period", ["", "0", "0.0", "nan", "--"])
def test_an_empty_period_is_a_single_transit_and_no_search(tmp_path, period):
    first, single = requests(tmp_path, HEAD + GOOD + f"TIC 7,{period},1533.3,6.0\n")
    assert single.is_single_transit and single.is_given and not single.refused
    assert (single.period_days, single.epoch_days, single.duration_hours) == (None, 1533.3, 6.0)
    assert not first.is_single_transit and first.others == ((None, 1533.3, 6.0),)
    assert single.others == ((3.1, 1520.4, 2.6),)


def test_a_row_without_any_number_is_searched(tmp_path):
    (one,) = requests(tmp_path, HEAD + "TIC 7,,,\n")
    assert not one.is_given and not one.is_single_transit and not one.refused


def test_epochs_without_a_column_of_periods_are_refused(tmp_path):
    with pytest.raises(BadTable, match="add period_days, empty for single transits"):
        requests(tmp_path, "target,epoch_days,duration_hours\nTIC 7,1520,3\n")


def test_rows_of_one_star_are_its_signals_however_it_is_spelt(tmp_path):
    rows = "TIC 7,3.1,1520.4,2.6\n7.0,5.2,1519.1,3\ntic-07,9.3,1518,3\nTIC 8,4.4,1517,3\n"
    *signals, other = requests(tmp_path, HEAD + rows)
    assert [len(one.others) for one in signals] == [2, 2, 2] and other.others == ()


def test_one_number_in_several_catalogues_is_several_stars(tmp_path):
    rows = (
        "KIC 7,3.1,2455000.4,2.6\nTIC 7,5.2,2458519.1,3\nEPIC 7,9.3,2457000,3\nkplr7,8,2455003,3\n"
    )
    kepler_star, tess_star, k2_star, again = requests(tmp_path, HEAD + rows)
    assert kepler_star.others == ((8.0, 2455003.0, 3.0),) and len(again.others) == 1
    assert tess_star.others == k2_star.others == ()


@pytest.mark.parametrize(
    ("cells", "used", "noted"),
    [
        ("2.0,1.1,5000", {"radius": 2.0, "mass": 1.1, "teff": 5000.0}, ()),
        (">2.1,,5000", {"teff": 5000.0}, ("star_radius is '>2.1', a limit",)),
        ("~1,<0.5,", {}, ("star_radius is '~1', a limit", "star_mass is '<0.5', a limit")),
        ("0,-1,-999", {}, ("star_radius is '0'", "star_mass is '-1'", "star_teff is '-999'")),
        ("big,inf,", {}, ("star_radius is 'big'", "star_mass is 'inf'")),
        (",--,nan", {}, ()),
    ],
)
def test_parameters_of_stars_that_are_none_are_noted_and_left_out(tmp_path, cells, used, noted):
    head = "target,star_radius,star_mass,star_teff\n"
    (one,) = requests(tmp_path, head + "TIC 7," + cells + "\n")
    assert dict(one.star) == used and not one.refused
    assert len(one.notes) == len(noted)
    assert all(note.startswith(text) for note, text in zip(one.notes, noted, strict=True))


def test_the_archives_flags_of_limits_are_heeded(tmp_path):
    head = "tid,pl_orbper,pl_orbperlim,pl_tranmid,pl_trandurh,st_rad,st_radlim,st_teff,st_tefflim\n"
    good, star, orbit = requests(
        tmp_path,
        head
        + "7,3,0,2458520,2,1.5,0,5000,0\n7,3,0,2458520,2,1.5,1,5000,0\n7,3,1,2458520,2,1,0,,\n",
    )
    assert dict(good.star) == {"radius": 1.5, "teff": 5000.0}
    assert dict(star.star) == {"teff": 5000.0} and "limit" in star.notes[0]
    assert "pl_orbper is '3', a limit" in orbit.refused


def test_signals_by_their_number(tmp_path):
    with_star, with_ephemeris = requests(
        tmp_path,
        "TIC ID,TOI,Period (days),Epoch (BJD),Duration (hours)\n"
        "142276270,1136.01,,,\n142276270,1136.01,12.5,2458684,5\n",
    )
    assert (with_star.target, with_star.name) == ("TOI-1136.01", "TOI-1136.01")
    assert (with_ephemeris.target, with_ephemeris.name) == ("TIC 142276270", "TOI-1136.01")
    assert [one.target for one in requests(tmp_path, "toi\n1136.01\nTOI 1136.02\n")] == [
        "TOI-1136.01",
        "TOI-1136.02",
    ]
    pd.DataFrame({"toi": [1136.1]}).to_parquet(tmp_path / "list.parquet")
    assert read_requests(tmp_path / "list.parquet")[0].target == "TOI-1136.10"
    assert requests(tmp_path, "kepoi_name\nK00002.01\n")[0].target == "K00002.01"
    assert requests(tmp_path, "kepler_name\nKepler-2 b\n")[0].target == "Kepler-2 b"
    for text in ("toi\nfirst\n", "toi\n1136\n", "koi\n157\n"):
        (one,) = requests(tmp_path, text)
        assert "with its number" in one.refused and one.target is None
    assert [requests(tmp_path, f"koi\n{one}\n")[0].target for one in ("157.01", "K00157.01")] == [
        "KOI-157.01",
        "K00157.01",
    ]
    (one,) = requests(tmp_path, "kepid,KOI\n5,0\n")
    assert (one.target, one.name, one.refused) == ("KIC 5", "", "")


def test_planets_of_one_system_are_hidden_from_each_other(tmp_path):
    head = "toi,period_days,epoch_days,duration_hours\n"
    first, second = requests(tmp_path, head + "1136.01,12.5,1684,5\n1136.02,6.3,1680,3\n")
    assert first.others == ((6.3, 1680.0, 3.0),) and second.others == ((12.5, 1684.0, 5.0),)


ROWS = [("7", "3.1", "1520.4", "2.6"), ("7", "5.2", "1519.1", "3.0")]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|", "  "])
@pytest.mark.parametrize("before", ["", "# one\n# two\n", "***PLEASE READ*** old\n", "\n\n"])
def test_forms_of_text(tmp_path, delimiter, before):
    lines = [HEAD.strip().replace(",", delimiter), *(delimiter.join(row) for row in ROWS)]
    first, second = requests(tmp_path, "\ufeff" + before + "\r\n".join(lines) + "\r\n")
    assert (first.period_days, second.period_days) == (3.1, 5.2)


def test_names_behind_the_comment_sign(tmp_path):
    (one,) = requests(tmp_path, "# made by hand\n# " + HEAD + GOOD)
    assert one.period_days == 3.1
    (one,) = requests(tmp_path, "target,comment,period_days\nTIC 7,planet #2,\n")
    assert one.target == "TIC 7"


def test_stars_in_the_index_of_a_frame(tmp_path):
    frame = pd.DataFrame({"period_days": [3.1]}, index=pd.Index([7], name="TIC ID"))
    frame.to_parquet(tmp_path / "list.parquet")
    assert read_requests(tmp_path / "list.parquet")[0].target == "TIC 7"


def test_the_content_counts_and_the_name_does_not(tmp_path):
    pd.DataFrame({"target": ["TIC 7"]}).to_parquet(tmp_path / "list.csv")
    assert read_requests(tmp_path / "list.csv")[0].target == "TIC 7"
    (one,) = requests(tmp_path, gzip.compress(b"target\nTIC 7\n"), name="list.csv.gz")
    assert one.target == "TIC 7"


def test_what_is_read_and_what_is_ignored_is_one_line(tmp_path, caplog):
    with caplog.at_level(logging.WARNING):
        requests(tmp_path, "TIC ID,Comments,Depth (ppm)\n7,nice,100\n")
    (record,) = caplog.records
    assert "target from 'TIC ID'; ignores 2 columns: Comments, Depth (ppm)" in record.message
    caplog.clear()
    requests(tmp_path, HEAD + GOOD)
    assert not caplog.records


EXPECTED = (3.125, 1520.4, 2.6)
SPREADSHEET = "TIC ID;Period (days);T0 (BTJD);Duration (hours);Notes\n7;3,125;1520,4;2,6;größer\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("delimiter", [";", "\t", "|"])
def test_tables_as_spreadsheets_write_them(tmp_path, caplog, encoding, delimiter):
    text = SPREADSHEET.replace(";", delimiter)
    (one,) = requests(tmp_path, text.encode(encoding))
    assert ephemeris(one, tess()) == pytest.approx(EXPECTED, abs=1e-8)
    assert "3 numbers are read with a decimal comma" in caplog.text
    assert ("Windows-1252" in caplog.text) is (encoding == "cp1252")


@pytest.mark.parametrize(
    ("period", "epoch", "reading"),
    [
        ('"3,1"', "2458520.4", (3.1, 1520.4)),
        ("3.1", '"2,458,520.4"', (3.1, 1520.4)),
        ('"3,125"', "2458520.4", None),
    ],
)
def test_commas_inside_quoted_numbers(tmp_path, period, epoch, reading):
    """A comma before three digits may part thousands or be a point: nobody can tell."""
    (one,) = requests(
        tmp_path, f"TIC ID,Period (days),T0 (BJD),Duration (hours)\n7,{period},{epoch},2\n"
    )
    if reading is None:
        assert "Period (days) is '3,125', no usable number" in one.refused
    else:
        assert ephemeris(one, tess())[:2] == pytest.approx(reading, abs=1e-8)
        assert len(one.notes) == 1 and "and read as" in one.notes[0]


def test_a_minus_of_typesetters_is_a_minus(tmp_path):
    (one,) = requests(tmp_path, "target,star_metallicity\nTIC 7,\N{MINUS SIGN}0.3\n")
    assert dict(one.star) == {"metallicity": -0.3} and not one.notes


def test_rows_with_a_spreadsheets_empty_cells_are_no_comments(tmp_path, caplog):
    rows = "#N/A,3.1,1520.4,2.6\nTIC 7,#N/A,1533.3,6\n#TIC 8,3,1520,2\n"
    none, single = requests(tmp_path, HEAD + rows)
    assert "neither target nor file" in none.refused and single.is_single_transit
    assert "1 lines that begin with # are no rows" in caplog.text


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"PK\x03\x04\x14\x00", "an Excel workbook or a zip archive"),
        (b"SIMPLE  =                    T", "a FITS file"),
        (b"<?xml version='1.0'?><VOTABLE/>", "an XML file"),
    ],
)
def test_a_file_of_another_kind_is_said_to_be_one(tmp_path, content, kind):
    with pytest.raises(BadTable, match=f"it is {kind}; save it as CSV"):
        requests(tmp_path, content, "list.xlsx")


def test_texts_that_are_bytes(tmp_path):
    pd.DataFrame({"target": [b"TIC 7"], "event": [b"one"]}).to_parquet(tmp_path / "list.parquet")
    (one,) = read_requests(tmp_path / "list.parquet")
    assert (one.target, one.name) == ("TIC 7", "one")


@pytest.mark.parametrize("row", ["TIC 7", "TIC 7,", "TIC 7,,,", "TIC 7,,,,"])
def test_a_row_of_a_star_alone_may_be_short_or_end_in_commas(tmp_path, row):
    (one,) = requests(tmp_path, HEAD + row + "\n")
    assert one.target == "TIC 7" and not one.refused and not one.is_given

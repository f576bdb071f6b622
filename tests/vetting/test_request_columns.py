"""Columns of published tables are understood, or refused where they could be misunderstood."""

import re
from pathlib import Path

import pytest

from exoval.errors import BadTable
from exoval.vetting.request_columns import BKJD, BTJD, NAMES, plain, read_columns

#: columns as ExoFOP, SG1, the archive and the pipelines write them
EXOFOP = (
    "TIC ID,TOI,Previous CTOI,Master,SG1A,ESM,TSM,Predicted Mass (M_Earth),TESS Disposition,"
    "TFOPWG Disposition,TESS Mag,TESS Mag err,Planet Name,Pipeline Signal ID,Source,Detection,RA,"
    "Dec,PM RA (mas/yr),PM RA err (mas/yr),Epoch (BJD),Epoch (BJD) err,Period (days),"
    "Period (days) err,Duration (hours),Duration (hours) err,Depth (mmag),Depth (mmag) err,"
    "Depth (ppm),Depth (ppm) err,Planet Radius (R_Earth),Planet Radius (R_Earth) err,"
    "Planet Insolation (Earth Flux),Planet Equil Temp (K),Planet SNR,Stellar Distance (pc),"
    "Stellar Distance (pc) err,Stellar Eff Temp (K),Stellar Eff Temp (K) err,"
    "Stellar log(g) (cm/s^2),Stellar log(g) (cm/s^2) err,Stellar Radius (R_Sun),"
    "Stellar Radius (R_Sun) err,Stellar Metallicity,Stellar Metallicity err,Stellar Mass (M_Sun),"
    "Stellar Mass (M_Sun) err,Sectors,Date TOI Alerted (UTC),Date Modified,Comments"
).split(",")
KOI = (
    "kepid,kepoi_name,kepler_name,koi_disposition,koi_score,koi_fpflag_nt,koi_period,"
    "koi_period_err1,koi_time0bk,koi_time0bk_err1,koi_time0,koi_impact,koi_duration,"
    "koi_duration_err1,koi_depth,koi_ror,koi_srho,koi_prad,koi_sma,koi_incl,koi_teq,koi_dor,"
    "koi_count,koi_model_snr,koi_steff,koi_steff_err1,koi_slogg,koi_smet,koi_srad,koi_smass,"
    "koi_kepmag,koi_jmag,ra,dec"
).split(",")
TOI = (
    "toi,tid,tfopwg_disp,rastr,ra,dec,st_pmra,pl_tranmid,pl_tranmiderr1,pl_tranmidlim,pl_orbper,"
    "pl_orbpererr1,pl_orbperlim,pl_trandurh,pl_trandurhlim,pl_trandep,pl_rade,pl_insol,pl_eqt,"
    "st_tmag,st_dist,st_teff,st_tefferr1,st_logg,st_rad,st_radlim,toi_created,rowupdate"
).split(",")
SPOC = (
    "tceid,ticid,planetNumber,planetCandidateCount,starTeffKelvin,starLoggCgs,orbitalPeriodDays,"
    "orbitalPeriodDays_err,planetRadiusEarthRadii,ratioPlanetRadiusToStarRadius,semiMajorAxisAu,"
    "starRadiusSolarRadii,transitDepthPpm,transitDurationHours,transitDurationHours_err,"
    "transitEpochBtjd,transitEpochBtjd_err,transitIngressTimeHours,minImpactParameter,mes,"
    "expectedtransitcount,equilibriumTempKelvin,InsolationFlux"
).split(",")


def read(names):
    known, ignored = read_columns(names, "table.csv")
    return {column.quantity: (name, column) for name, column in known.items()}, ignored


@pytest.mark.parametrize(
    ("names", "period", "epoch", "zero", "duration", "star"),
    [
        (EXOFOP, "Period (days)", "Epoch (BJD)", 0.0, "Duration (hours)", 6),
        (KOI, "koi_period", "koi_time0bk", BKJD, "koi_duration", 6),
        (TOI, "pl_orbper", "pl_tranmid", 0.0, "pl_trandurh", 4),
        (SPOC, "orbitalPeriodDays", "transitEpochBtjd", BTJD, "transitDurationHours", 3),
    ],
    ids=["ExoFOP", "KOI", "TOI", "SPOC"],
)
def test_the_archives_columns(names, period, epoch, zero, duration, star):
    found, ignored = read(names)
    assert found["period_days"][0] == period and found["duration_hours"][0] == duration
    assert found["epoch_days"][0] == epoch and found["epoch_days"][1].zero == zero
    assert sum(quantity.startswith("star_") for quantity in found) == star
    assert found["target"][1].letters == ("KIC" if names is KOI else "TIC")
    assert len(found) + len(ignored) == len(names)
    # no error, limit or property of the planet is taken for one of the star or of the orbit
    assert not {"pl_rade", "koi_prad", "koi_teq", "Planet Radius (R_Earth)"} - {*ignored} & {*names}


@pytest.mark.parametrize(
    ("name", "quantity", "factor", "zero"),
    [
        ("Period_days", "period_days", 1, None),
        ("period_days ", "period_days", 1, None),
        ("period_day", "period_days", 1, None),
        ("P", "period_days", 1, None),
        ("Orbital Period [day]", "period_days", 1, None),
        ("tce_period", "period_days", 1, None),
        ("Period (hours)", "period_days", 1 / 24, None),
        ("T0", "epoch_days", 1, None),
        ("Tc_BTJD", "epoch_days", 1, 2457000),
        ("Transit Epoch (BJD)", "epoch_days", 1, 0),
        ("Epoch (BJD - 2457000)", "epoch_days", 1, 2457000),
        ("Transit Epoch [BTJD]", "epoch_days", 1, 2457000),
        ("epoch_bkjd", "epoch_days", 1, 2454833),
        ("Epoch (MJD)", "epoch_days", 1, 2400000.5),
        ("Epoch (BJD - 2457000.0)", "epoch_days", 1, 2457000),
        ("T0 (BJD_TDB - 2457000)", "epoch_days", 1, 2457000),
        ("T0 - 2457000", "epoch_days", 1, 2457000),
        ("Tc [HJD-2450000]", "epoch_days", 1, 2450000),
        ("T₀ (BJD)", "epoch_days", 1, 0),
        ("Epoch (BMJD)", "epoch_days", 1, 2400000.5),
        ("Time of conjunction (BJD_TDB)", "epoch_days", 1, 0),
        ("transitEpochBtjd_value", "epoch_days", 1, 2457000),
        ("T_dur (days)", "duration_hours", 24, None),
        ("koi_time0", "epoch_days", 1, 0),
        ("tce_time0bk", "epoch_days", 1, 2454833),
        ("tce_time0bt", "epoch_days", 1, 2457000),
        ("Duration (hrs)", "duration_hours", 1, None),
        ("duration_hour", "duration_hours", 1, None),
        ("T14 (min)", "duration_hours", 1 / 60, None),
        ("Transit Duration (days)", "duration_hours", 24, None),
        ("Stellar Radius (R_Sun)", "star_radius", 1, None),
        ("st_rad", "star_radius", 1, None),
        ("Stellar log(g) (cm/s^2)", "star_logg", 1, None),
        ("KepID", "target", 1, None),
        ("TIC", "target", 1, None),
    ],
)
def test_units_and_clocks(name, quantity, factor, zero):
    column = NAMES[plain(name)]
    assert (column.quantity, column.zero) == (quantity, zero)
    assert column.factor == pytest.approx(factor)


@pytest.mark.parametrize(
    ("names", "message"),
    [
        ("target,period", "period without units.*period_days"),
        ("target,Period,Epoch,Duration", "period_days, epoch_days, duration_hours"),
        ("target,Period (weeks)", "without units that are known.*period_days"),
        ("target,Epoc", "epoch_days"),
        ("target,perod_days", r"'perod_days' \(is it period_days\?\)"),
        ("target,duraton_hours", r"is it duration_hours\?"),
        ("tagret,period_days", r"is it target\?"),
        ("kepid,koi_perod", r"is it period_days\?"),
        ("target,star_radus", r"is it star_radius\?"),
        ("target,P_p1,t0_p1,p_p1,b_p1", "period_days: P_p1; epoch_days: t0_p1"),
        ("TIC,BLS_Period_1_0,BLS_Tc_1_0", "period_days: BLS_Period_1_0; epoch_days: BLS_Tc_1_0"),
        ("target,period_days,epoch_days,T23 duration (h)", r"duration_hours: T23 duration \(h\)"),
        ("target,period_days,duration_hours,BTJD of the dip", "epoch_days: BTJD of the dip"),
        ("target,period_days,Period (days)", "2 columns for period_days"),
        ("target,TIC ID", "2 columns for target"),
        ("target,star_radius,st_rad", "2 columns for star_radius"),
        ("target,period_days,period_days", "several columns named period_days"),
    ],
)
def test_columns_that_could_be_misunderstood_are_refused(names, message):
    with pytest.raises(BadTable, match=f"table.csv .*{message}"):
        read_columns(names.split(","), "table.csv")


def test_other_columns_are_ignored():
    others = "comment,label,snr,depth_ppm,radius,mass,sector,ra,dec,tceid,transit_depth,P_err,e_P"
    others += ",Duration_lo,Duration_hi,Period_plus,Epoch_std"
    found, ignored = read(["target", "T0 err", *others.split(",")])
    assert set(found) == {"target"} and len(ignored) == 18


@pytest.mark.parametrize(
    "others",
    ["ref_epoch", "rotation period (d),first BJD", "p_p1", "Time of Periastron (BJD)", "q"],
)
def test_a_single_word_is_no_ephemeris(others):
    found, ignored = read(["target", *others.split(",")])
    assert set(found) == {"target"} and ignored == others.split(",")


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("T0 (BJD)", ""),
        ("T0 (HJD)", "HJD.*4 seconds"),
        ("T0 (JD - 2457000)", "JD.*8 minutes"),
        ("T0 (MJD)", "MJD.*8 minutes"),
        ("T0 (BJD_UTC)", "UTC.*69 seconds"),
    ],
)
def test_what_a_clock_costs_is_said(name, told):
    caveat = NAMES[plain(name)].caveat
    assert re.search(told, caveat) if told else not caveat


def test_the_archives_planets_are_found_by_their_names():
    found, ignored = read(["pl_name", "hostname", "pl_orbper", "pl_tranmid", "pl_trandur"])
    assert found["planet"][0] == "pl_name" and ignored == ["hostname"]


def test_the_same_column_on_two_clocks_is_read_once():
    found, ignored = read(["kepid", "koi_time0", "koi_time0bk"])
    assert found["epoch_days"][0] == "koi_time0bk" and ignored == ["koi_time0"]


def test_columns_of_a_joined_object_of_interest_are_not_those_of_the_event():
    found, ignored = read(["kepid", "tce_period", "koi_period", "koi_time0bk", "tce_time0bk"])
    assert (found["period_days"][0], found["epoch_days"][0]) == ("tce_period", "tce_time0bk")
    assert sorted(ignored) == ["koi_period", "koi_time0bk"]


def test_keplers_name_of_an_epoch_in_a_table_of_tess_is_on_its_clock():
    found, _ = read(["ticid", "tce_time0bk"])
    column = found["epoch_days"][1]
    assert column.zero == BTJD and "BTJD" in column.caveat
    assert read(["kepid", "tce_time0bk"])[0]["epoch_days"][1].zero == BKJD


def test_the_table_of_the_documentation_is_what_is_read():
    text = (Path(__file__).parents[2] / "docs" / "vet.md").read_text()
    rows = [line.split("|")[2:] for line in text.splitlines() if line.count("|") == 6]
    rows = [[re.findall(r"`([^`]+)`", cell) for cell in row] for row in rows]
    rows = [row for row in rows if any(row)]
    assert len(rows) == 16
    for (own, *_), *others in ((row[:1][0] or [""], *row[1:]) for row in rows):
        wanted = NAMES[plain(own)]
        for name in (name for cell in others for name in cell if name != "file"):
            column = NAMES[plain(name)]
            same = column.quantity == wanted.quantity or wanted.quantity == "target"
            assert same, (own, name)
            # T0 and BJD are on the clocks that their row of the table says
            if column.quantity == "epoch_days":
                assert column.zero == wanted.zero, (own, name)

"""The real data that ship with exoval are what they say they are, and enough to run everything."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from exoval.catalogs.signal_catalogue import signal_catalogues
from exoval.data_folder import SAMPLE, data_folder, data_from, is_sample
from exoval.errors import DataNotFound
from exoval.missions.kepler import kepler
from exoval.missions.library import open_library
from exoval.missions.tess import tess
from exoval.sample.build_sample import main
from exoval.sample.choice import choose_hosts, choose_koi_stars, choose_sectors
from simulate.hosts import ProceduralHosts, RealHosts
from simulate.hosts import choose_hosts as hosts_of

TABLES = {
    "kepler/koi_dr25_2020-07": "kepid",
    "kepler/eclipsing_binaries_kirk2016": "KIC",
    "kepler/tce_dr25_labelled": "target_id",
    "tess/toi_2025-10": "tid",
    "tess/eclipsing_binaries_prsa2022": "TIC",
}


def numbers_of(mission):
    targets = open_library(mission, folder=SAMPLE / "light_curves").targets()
    return {int(target.split()[-1]) for target in targets}


def as_bytes(path):
    """What a table holds, where not-a-number equals itself."""
    table = pq.read_table(path).replace_schema_metadata(None)
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as stream:
        stream.write_table(table)
    return sink.getvalue().to_pybytes()


def test_it_is_small():
    sizes = [path.stat().st_size for path in SAMPLE.rglob("*.parquet")]
    assert len(sizes) == 11
    assert max(sizes) <= 1e6 and sum(sizes) <= 4e6


def test_it_is_what_there_is_without_data(monkeypatch, tmp_path):
    monkeypatch.delenv("EXOVAL_DATA", raising=False)
    assert is_sample(data_folder()) and is_sample(open_library(kepler()).folder)
    (tmp_path / "tables").mkdir()
    monkeypatch.setenv("EXOVAL_DATA", str(tmp_path))
    assert data_folder() == tmp_path and not is_sample(data_folder())
    with data_from("sample"):
        assert is_sample(data_folder())
    assert data_folder() == tmp_path
    with pytest.raises(DataNotFound, match=r"neither light_curves/ nor tables/"), data_from("no"):
        pass


def test_quiet_stars_are_hosts_and_stars_of_kois_are_not(sample_folder, caplog):
    hosts = hosts_of(real=RealHosts(mission=kepler()), procedural=ProceduralHosts(mission=kepler()))
    assert hosts.kind == "real" and "ONLY" not in caplog.text
    assert "SMALL DATA: the sample that ships with exoval" in caplog.text
    described = hosts.describe()
    assert described["stars"] == 36 and described["stars_left_out_for_known_signals"] == 20
    assert "the sample that ships with exoval: 40 quarters of 36 stars" in described["warning"]


def test_two_tess_stars_make_no_hosts(sample_folder, caplog):
    assert (
        hosts_of(real=RealHosts(mission=tess()), procedural=ProceduralHosts(mission=tess())).kind
        == "procedural"
    )
    assert "NO REAL LIGHT CURVES" in caplog.text


@pytest.mark.data
@pytest.mark.parametrize("mission", [kepler(), tess()], ids=["kepler", "tess"])
def test_light_curves_are_those_of_the_archive_bit_by_bit(mission, data_folder):
    archive = open_library(mission, folder=data_folder / "light_curves")
    sample = open_library(mission, folder=SAMPLE / "light_curves")
    for target in sample.targets():
        assert repr(sample.star(target)) == repr(archive.star(target))
        ours = sample.read(target)
        theirs = archive.read(target, sample.segments(target))
        for name in ("time", "flux", "flux_error", "centroid_column", "centroid_row"):
            np.testing.assert_array_equal(getattr(ours, name), getattr(theirs, name))
        # as text, where not-a-number equals itself
        assert repr(ours.segments) == repr(theirs.segments)


@pytest.mark.data
@pytest.mark.parametrize("name", TABLES)
def test_rows_are_those_of_the_catalogues(name, data_folder):
    ours = pd.read_parquet(SAMPLE / "tables" / f"{name}.parquet")
    theirs = pd.read_parquet(data_folder / "tables" / f"{name}.parquet", columns=[*ours])
    stars = numbers_of(kepler() if name.startswith("kepler") else tess())
    theirs = theirs[theirs[TABLES[name]].isin(stars)].reset_index(drop=True)
    assert len(ours)
    pd.testing.assert_frame_equal(ours, theirs)


@pytest.mark.data
def test_no_catalogue_lists_a_host(data_folder, monkeypatch):
    monkeypatch.setenv("EXOVAL_DATA", str(SAMPLE))
    hosts = RealHosts(mission=kepler()).eligible
    monkeypatch.setenv("EXOVAL_DATA", str(data_folder))
    listed = {event.target for read in signal_catalogues("KIC") for event in read()}
    assert len(hosts) == 36 and not set(hosts) & listed


@pytest.mark.data
def test_it_is_built_again_by_its_own_rules(data_folder, tmp_path, capsys):
    main([str(data_folder), str(tmp_path)])
    assert capsys.readouterr().out.count(".parquet") == 11
    for path in SAMPLE.rglob("*.parquet"):
        assert as_bytes(tmp_path / path.relative_to(SAMPLE)) == as_bytes(path)


def test_a_folder_without_data_builds_nothing(tmp_path, capsys):
    with pytest.raises(SystemExit):
        main([str(tmp_path), str(tmp_path / "out")])
    assert "neither light_curves/ nor tables/" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_its_rules_choose_it_from_itself_too(sample_folder):
    long_cadence, two_minutes = open_library(kepler()), open_library(tess())
    chosen = [*choose_hosts(long_cadence), *choose_koi_stars(long_cadence)]
    assert {part.target for part in chosen} == set(long_cadence.targets())
    assert [part.target for part in choose_sectors(two_minutes)] == two_minutes.targets()[::-1]
    files = long_cadence.files
    few = replace(long_cadence, files=replace(files, index=files.index.iloc[:5]))
    with pytest.raises(DataNotFound, match="quiet dwarfs where 36 are needed"):
        choose_hosts(few)

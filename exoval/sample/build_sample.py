"""Build the sample of real data that ships with exoval from a folder like $EXOVAL_DATA.

Run ``python -m exoval.sample.build_sample DATA FOLDER``; the same data give the same files. The
sample keeps those columns of a light curve that exoval reads by default; the values read from it
are bit-identical.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from types import ModuleType

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from exoval.catalogs import eclipsing_binaries, koi, tce, tess_eclipsing_binaries, toi
from exoval.data_folder import data_folder, data_from
from exoval.errors import message_instead_of_traceback
from exoval.missions.kepler import kepler
from exoval.missions.library import LightCurveLibrary, open_library
from exoval.missions.tess import tess
from exoval.running.output_path import make_folder
from exoval.sample.choice import Part, choose_hosts, choose_koi_stars, choose_sectors

#: header values of a quarter or sector
SCALARS = (
    "target",
    "segment",
    "exposure_seconds",
    "ra",
    "dec",
    "magnitude",
    "teff",
    "logg",
    "feh",
    "radius",
    "crowdsap",
    "flfrcsap",
    "cdpp3",
    "cdpp6",
    "cdpp12",
    "channel",
    "camera",
    "data_release",
)
#: lists of cadences
CADENCES = (
    "time",
    "quality",
    "pdcsap_flux",
    "pdcsap_flux_err",
    "mom_centr1",
    "mom_centr2",
    "pos_corr1",
    "pos_corr2",
)
#: centroids and the image motion that the reader subtracts from them
MOTIONS = {"mom_centr1": "pos_corr1", "mom_centr2": "pos_corr2"}
#: quarters per file, which keeps each file well below a megabyte
ROWS_PER_FILE = 16

#: table, its column with the star's catalogue number, and further columns for human readers
TABLES = (
    (
        koi,
        "kepid",
        (
            "kepler_name",
            "koi_prad",
            "koi_kepmag",
            "koi_steff",
            "koi_slogg",
            "koi_srad",
            "ra",
            "dec",
        ),
    ),
    (eclipsing_binaries, "KIC", ("sdepth", "swidth", "sep", "morph")),
    (tce, "target_id", ()),
    (toi, "tid", ("pl_rade", "st_tmag", "st_teff", "st_rad", "ra", "dec")),
    (tess_eclipsing_binaries, "TIC", ("Morph",)),
)


def build_sample(folder: str | Path) -> None:
    """Write ``light_curves/`` and ``tables/`` of the sample into a folder.

    Light curves and catalogues come from EXOVAL_DATA. Raises DataNotFound if some are missing.
    """
    folder = Path(folder)
    # the pipeline's files alone
    light_curves = data_folder() / "light_curves"
    kepler_library, tess_library = (
        open_library(mission(), folder=light_curves) for mission in (kepler, tess)
    )
    parts = {
        "kepler-hosts": (kepler_library, choose_hosts(kepler_library)),
        "kepler-koi": (kepler_library, choose_koi_stars(kepler_library)),
        "tess": (tess_library, choose_sectors(tess_library)),
    }
    make_folder(folder / "light_curves")
    for name, (library, chosen) in parts.items():
        for number, rows in enumerate(_chunks(_rows(library, chosen))):
            _write_light_curves(folder / "light_curves" / f"{name}-{number:02d}.parquet", rows)
    stars = {int(part.target.split()[-1]) for _, chosen in parts.values() for part in chosen}
    for module, identity, wanted in TABLES:
        _write_table(folder / "tables" / module.TABLE.file, module, identity, wanted, stars)


def _rows(library: LightCurveLibrary, chosen: Sequence[Part]) -> Iterator[dict]:
    """Header values and cadences of every quarter or sector, as the files hold them."""
    for part in chosen:
        number = int(part.target.split()[-1])
        for segment in part.segments:
            place = library.files.index.loc[(number, segment)]
            with pq.ParquetFile(place["file"]) as file:
                group = file.read_row_group(int(place["row_group"]), [*SCALARS, *CADENCES])
            row = {name: group[name][int(place["row"])] for name in group.column_names}
            yield (
                {name: row[name].as_py() for name in SCALARS}
                | _as_read(
                    {name: row[name].values.to_numpy(zero_copy_only=False) for name in CADENCES}
                )
            )


def _as_read(cadences: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """The cadences with the image motion rounded to the resolution of the centroids.

    Centroids are stored to some 1e-5 pixels, image motions of 0.01 pixels much finer. Only their
    difference is read, so the finer digits do not matter.
    """
    rounded = {
        motion: cadences[centroid] - (cadences[centroid] - cadences[motion])
        for centroid, motion in MOTIONS.items()
    }
    return cadences | rounded


def _chunks(rows: Iterator[dict]) -> Iterator[list[dict]]:
    return iter(lambda: list(islice(rows, ROWS_PER_FILE)), [])


def _write_light_curves(path: Path, rows: list[dict]) -> None:
    """Write one row group; bytes are grouped by significance, as only the last ones are noise."""
    table = pa.table({name: pa.array([row[name] for row in rows]) for name in rows[0]})
    floats = [name for name in CADENCES if name != "quality"]
    pq.write_table(
        table,
        path,
        compression="zstd",
        compression_level=22,
        use_dictionary=False,
        write_statistics=False,
        use_byte_stream_split=[f"{name}.list.element" for name in floats],
    )


def _write_table(
    path: Path, module: ModuleType, identity: str, wanted: Sequence[str], stars: set[int]
) -> None:
    """The rows of the sample's stars, in the table's order."""
    needed = tuple(dict.fromkeys((*module.REQUIRED, *wanted)))
    more = tuple(name for name in module.OPTIONAL if name not in needed)
    table = module.TABLE.read(None, needed, optional=more)
    # a copy of the table may lack what is optional
    columns = dict.fromkeys((*module.REQUIRED, *module.OPTIONAL, *wanted))
    table = table[[name for name in columns if name in needed or table[name].notna().any()]]
    make_folder(path.parent)
    table[table[identity].isin(stars)].to_parquet(path, index=False, compression="zstd")


def main(arguments: list[str] | None = None) -> None:
    """Parse the command line and build the sample; an expected error is one line and status 2."""
    parser = argparse.ArgumentParser(
        prog="python -m exoval.sample.build_sample", description=__doc__.split(":")[0]
    )
    parser.add_argument(
        "data",
        type=Path,
        metavar="DATA",
        help="folder with light_curves/ and tables/, such as $EXOVAL_DATA",
    )
    parser.add_argument("folder", type=Path, metavar="FOLDER", help="where the sample is written")
    parsed = parser.parse_args(arguments)
    with message_instead_of_traceback(), data_from(parsed.data):
        build_sample(parsed.folder)
    written = sorted(path for path in parsed.folder.rglob("*.parquet"))
    for path in written:
        print(f"{path.stat().st_size / 1000:8.0f} kB  {path.relative_to(parsed.folder)}")
    print(f"{sum(path.stat().st_size for path in written) / 1e6:8.2f} MB")


if __name__ == "__main__":
    main()

"""Hosts from real TESS light curves without stellar parameters: ultracool dwarfs as tables.

    python benchmarks/ultracool_hosts.py FOLDER
    python -m simulate experiment=spoc_events host=real host.folder=FOLDER output=outputs/ultracool

Writes one table per star (time, flux, error, quality, sector) of the two-minute light curves of
ultracool dwarfs (Ilin et al.; tess_ultracool-00 under EXOVAL_DATA), and ``stars.csv``, in which
every star is an average M8 dwarf (Pecaut & Mamajek 2013, ApJS 208, 9) with the magnitude of its
flux. It is also the worked example of light curves from any source: such a folder is all that
``host=real`` needs. The last line is one JSON object.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from command_line import command_line, data_folder, last_line, written

if __name__ == "__main__":
    # before the numerical libraries are imported
    parser = command_line(__doc__)
    parser.add_argument("folder", type=written, help="folder to write the tables to")
    OPTIONS = parser.parse_args()

import numpy as np
import pandas as pd

from exoval.running.output_path import make_folder

#: of an M8 dwarf, in K and solar radii and in dex
AVERAGE = {"teff": 2570.0, "radius": 0.114, "logg": 5.27}
#: TESS magnitude of one electron a second (TESS Instrument Handbook)
ZERO_POINT = 20.44


def write_tables(source: Path, folder: Path) -> dict:
    """One table a star and the table of stars; returns what was written."""
    make_folder(folder)
    rows, stars = pd.read_parquet(source), []
    for target, segments in rows.groupby("target"):
        tables = [
            pd.DataFrame(
                {
                    "time": row.time,
                    "flux": row.flux,
                    "error": row.flux_err,
                    "quality": row.quality,
                    "sector": row.segment,
                }
            )
            for row in segments.itertuples()
        ]
        table = pd.concat(tables, ignore_index=True)
        level = float(np.nanmedian(table["flux"]))
        if not level > 0:
            continue
        table.to_parquet(folder / f"TIC_{target}.parquet")
        stars.append(
            {
                "target": f"TIC {target}",
                **AVERAGE,
                "magnitude": ZERO_POINT - 2.5 * np.log10(level),
                "ra": segments["ra"].iloc[0],
                "dec": segments["dec"].iloc[0],
            }
        )
    pd.DataFrame(stars).to_csv(folder / "stars.csv", index=False)
    return {"stars": len(stars), "of": int(rows["target"].nunique()), "folder": str(folder)}


def main(options: argparse.Namespace) -> None:
    """Write the tables."""
    source = data_folder() / "light_curves/tess_ultracool-00.parquet"
    made = write_tables(source, options.folder)
    print(f"{made['stars']} of {made['of']} stars written to {made['folder']}")
    last_line(made, options)


if __name__ == "__main__":
    main(OPTIONS)

"""Events that Kepler's pipeline found in its own simulations: surveys whose truth is known.

NASA put planets of other stars (INJ2) and eclipsing binaries (INJ3) into Kepler's pixels, inverted
the light curves (INV) and scrambled their order (SCR1), and searched them like the real ones
(Christiansen 2017, KSCI-19110; Coughlin 2017, KSCI-19114). An event of INJ2 is a planet in
everything but its position, which the table does not have. Events of INV and SCR1 are false
alarms, once those of known signals, which a second table lists, are left out.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from exoval.catalogs.shared_columns import PLANET_COLUMNS
from exoval.catalogs.table import CatalogTable
from exoval.labels import FALSE_POSITIVE, PLANET
from exoval.table.column import Column
from exoval.table.feature_table import FeatureTable

#: name here, the archive's name, unit and description
MEASURED = (
    ("period", "period", "d", "orbital period"),
    ("transit_duration", "duration", "h", "duration of the fitted transit"),
    ("transit_depth", "depth", "ppm", "depth of the fitted transit"),
    ("mes", "MES", "sigma", "multiple-event statistic"),
    ("transit_count", "NTran", "", "events with data"),
    ("teff", "Ts", "K", "effective temperature"),
    ("logg", "logg", "dex", "surface gravity"),
    ("stellar_radius", "Rs", "R_sun", "stellar radius"),
)
COLUMNS = tuple(Column(name, unit, description) for name, _, unit, description in MEASURED) + tuple(
    Column(one.name, one.unit, one.description) for one in PLANET_COLUMNS
)
NEEDED = ("TCE_ID", "KIC", "dataset", *(theirs for _, theirs, _, _ in MEASURED))
LABEL = {"inj2": PLANET, "inj3": "AFP", "inv": "NTP", "scr1": "NTP"}
TABLE = CatalogTable(
    file="kepler/simulated_tces_dr25.parquet",
    name="simulated TCEs of Kepler (Robovetter inputs of the runs INJ2, INJ3, INV and SCR1)",
    download="Join the inputs of its four runs at github.com/nasa/kepler-robovetter",
    columns=("TCE_ID", "dataset", "Expected_MES"),
    words=("TCE_ID", "dataset"),
    gives="surveys of known truth, in which ways of adapting a model are compared",
    absence="benchmarks/adaptation.py has nothing to compare them in",
)
DROPPED = CatalogTable(
    file="kepler/simulated_tces_droplist.parquet",
    name="list of simulated TCEs of known signals",
    download=TABLE.download,
    words=("tce", "dataset"),
)


def simulated_tce_table(
    path: str | Path | None = None, *, dropped: str | Path | None = None
) -> FeatureTable:
    """Read Kepler's simulated threshold-crossing events in columns that ``measure`` shares.

    ``label`` is planet (INJ2), AFP (INJ3) or NTP (INV and SCR1 without the events in the list
    ``dropped``). The paths default to the tables under EXOVAL_DATA. Raises DataNotFound without
    them and BadTable if they lack a column.
    """
    table = TABLE.read(path, NEEDED)
    known = DROPPED.read(dropped, ("tce", "dataset"))
    known = known.rename(columns={"tce": "TCE_ID"}).drop_duplicates().assign(known=True)
    table = table.merge(known, on=["TCE_ID", "dataset"], how="left")
    table = table[table["known"].isna() & table["dataset"].isin(LABEL)].reset_index(drop=True)
    values = pd.DataFrame({name: table[theirs].astype(float) for name, theirs, _, _ in MEASURED})
    values["transit_depth"] = values["transit_depth"].where(values["transit_depth"] > 0)
    values = values.assign(**{one.name: one.formula(values) for one in PLANET_COLUMNS})
    label = table["dataset"].map(LABEL)
    identity = pd.DataFrame(
        {
            "event": "TCE " + table["dataset"] + " " + table["TCE_ID"],
            "target": "KIC " + table["KIC"].astype(int).astype(str),
            "label": label,
            "disposition": np.where(label == PLANET, PLANET, FALSE_POSITIVE),
        }
    )
    values = values.where(np.isfinite(values))
    return FeatureTable(
        pd.concat([identity, values], axis=1), COLUMNS, recipe={"shared_columns": list(values)}
    )

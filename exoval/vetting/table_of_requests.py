"""Requests from a table of events to judge, one row an event."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pandas as pd
import pyarrow as pa

from exoval.errors import BadTable, DataNotFound
from exoval.vetting.request import VettingRequest

#: columns of an ephemeris, in requests and in answers
EPHEMERIS = ("period_days", "epoch_days", "duration_hours")
#: columns of the star's parameters, and their names in ``Star``
STAR = {
    f"star_{name}": name
    for name in ("radius", "mass", "teff", "logg", "metallicity", "magnitude", "ra", "dec")
}
TEXT = ("target", "file", "event")


def read_requests(path: str | Path, defaults: VettingRequest | None = None) -> list[VettingRequest]:
    """The requests in a CSV or Parquet table; ``defaults`` fills in what the table leaves open.

    Columns, all optional but one of the first two: ``target``, ``file`` (beside the table;
    several with semicolons between them), ``event`` (a name), ``period_days``, ``epoch_days``
    and ``duration_hours``, and parameters of the star as ``STAR`` lists them. Other columns are
    ignored; an empty cell is left open. Rows of one target are signals of one star, and each is
    judged with the others cut out. Raises DataNotFound if the table does not exist, BadTable if it
    cannot be read, has no rows, or if a row has neither target nor file.
    """
    path, defaults = Path(path), defaults or VettingRequest()
    if not path.is_file():
        raise DataNotFound(f"no table at {path}; check the path")
    try:
        frame = (
            pd.read_parquet(path)
            if path.suffix == ".parquet"
            else pd.read_csv(
                path, comment="#", skipinitialspace=True, dtype=dict.fromkeys(TEXT, str)
            )
        )
        numbers = [name for name in (*EPHEMERIS, *STAR) if name in frame]
        frame = frame.astype(dict.fromkeys(numbers, float))
    except (OSError, ValueError, TypeError, pa.ArrowException) as error:
        raise BadTable(
            f"cannot read {path} ({error}); give CSV or Parquet, with numbers in "
            f"{', '.join((*EPHEMERIS, *STAR))}"
        ) from error
    bare = [name for name in ("period", "epoch", "duration") if name in frame]
    if bare:
        raise BadTable(
            f"{path} has the columns {', '.join(bare)} without units; name the columns "
            f"{', '.join(EPHEMERIS)}"
        )
    if frame.empty or not {"target", "file"} & set(frame):
        raise BadTable(
            f"{path} has {len(frame)} rows and the columns {', '.join(frame)}; give "
            "rows with a column target or file"
        )
    rows = [_request(row, path.parent, defaults) for row in frame.to_dict("records")]
    nowhere = [str(number) for number, row in enumerate(rows, 1) if not (row.target or row.files)]
    if nowhere:
        raise BadTable(
            f"{path}: row {', '.join(nowhere[:5])} has neither target nor file; give one"
        )
    signals: dict[tuple, list[tuple]] = {}
    for row in rows:
        signals.setdefault((row.target, row.files), []).append(_ephemeris(row))
    return [
        replace(row, others=_others(_ephemeris(row), signals[row.target, row.files]))
        for row in rows
    ]


def _request(row: dict, folder: Path, defaults: VettingRequest) -> VettingRequest:
    """The request of one row; a missing value is None or NaN."""
    given = {name: value for name, value in row.items() if not pd.isna(value)}
    files = tuple(
        str(folder / name.strip()) for name in str(given.get("file", "")).split(";") if name.strip()
    )
    return replace(
        defaults,
        target=str(given["target"]) if "target" in given else None,
        files=files,
        name=str(given.get("event", "")),
        **{name: float(given[name]) for name in EPHEMERIS if name in given},
        star=tuple(
            (name, float(given[column])) for column, name in STAR.items() if column in given
        ),
    )


def _ephemeris(row: VettingRequest) -> tuple[float | None, float | None, float | None]:
    return row.period_days, row.epoch_days, row.duration_hours


def _others(own: tuple, of_star: list[tuple]) -> tuple[tuple[float, float, float], ...]:
    """The star's other complete ephemerides; ``VettingRequest`` leaves out those of one signal."""
    if None in own:
        return ()
    return tuple(one for one in of_star if None not in one and one != own)

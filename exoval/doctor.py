"""What is installed, found and missing: versions, GPU, catalogues and light curves."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterable
from pathlib import Path

import exoval.catalogs
from exoval.catalogs.table import CatalogTable
from exoval.catalogs.table_content import UNREADABLE, count_rows, headers_of, plain
from exoval.catalogs.table_search import files_of
from exoval.data_folder import VARIABLE, data_folder, is_sample
from exoval.errors import BadParameter, DataNotFound, ExovalError
from exoval.missions.library import open_library
from exoval.missions.mission import Mission
from exoval.running.provenance import machine, versions

PACKAGES = (
    "numpy",
    "scipy",
    "pandas",
    "pyarrow",
    "astropy",
    "lightkurve",
    "batman-package",
    "wotan",
    "numba",
    "scikit-learn",
    "torch",
    "gpytorch",
    "hydra-core",
    "matplotlib",
    "transitleastsquares",
    "xgboost-cpu",
    "optuna",
    "distributed",
)
#: endings of files that should be tables
TABLE_ENDINGS = (".csv", ".tsv", ".parquet", ".ecsv", ".vot", ".fits", ".fit", ".gz")
#: share of a kind's columns from which on a file is said to be like it
LIKE = 0.6


def examination(missions: Iterable[Mission]) -> str:
    """Return a text on versions, GPU, data folder, catalogues and light curves of some missions.

    Every missing catalogue stands there with what its absence costs and where it is published.
    """
    lines = [*_software(), ""]
    try:
        folder = data_folder()
    except BadParameter as error:
        return "\n".join([*lines, f"data folder: {error}"])
    origin = "the sample that ships with exoval" if is_sample(folder) else VARIABLE
    lines += [f"data folder: {folder} ({origin})", "", *_catalogues(folder), ""]
    return "\n".join([*lines, *_light_curves(folder, missions)])


def catalogue_tables() -> list[CatalogTable]:
    """Return every kind of table that a file of ``exoval/catalogs`` declares as ``TABLE``."""
    found: dict[str, CatalogTable] = {}
    for module in pkgutil.iter_modules(exoval.catalogs.__path__):
        table = getattr(importlib.import_module(f"exoval.catalogs.{module.name}"), "TABLE", None)
        if isinstance(table, CatalogTable):
            found.setdefault(table.file, table)
    return list(found.values())


def _software() -> list[str]:
    here = machine()
    return [
        *(f"{name:20s} {version}" for name, version in versions(PACKAGES).items()),
        f"{'processor':20s} {here['processor']}, {here['cores']} cores, {here['memory_gib']} GiB",
        f"{'GPU':20s} {_gpu()}",
    ]


def _gpu() -> str:
    try:
        # imported here, as it takes seconds
        import torch
    except ImportError:
        return "unknown, as torch is not installed"
    if not torch.cuda.is_available():
        return "none that torch can use; networks and Gaussian processes run on the processor"
    return ", ".join(
        torch.cuda.get_device_name(number) for number in range(torch.cuda.device_count())
    )


def _catalogues(folder: Path) -> list[str]:
    """The tables that are found, those that are missing, and files that are neither."""
    found, missing, used = [], [], set()
    for table in catalogue_tables():
        files = table.found(folder)
        at_place = folder / "tables" / table.file
        if files:
            found += _found(table, files[0].path, f"{files[0].day:24s}", folder)
            found += [f"    not read: {_named(one.path, folder)} ({one.day})" for one in files[1:]]
            used |= {one.path for one in files}
        elif not table.columns and at_place.is_file():
            found += _found(table, at_place, f"{'':24s}", folder)
            used.add(at_place)
        else:
            missing += [f"  {table.name}", f"    without it: {table.absence or 'unknown'}"]
            missing += [f"    {table.download}"]
    lines = ["catalogues that are found:", *(found or ["  none"])]
    lines += ["", "catalogues that are missing:", *(missing or ["  none"])]
    if missing and is_sample(folder):
        lines.append(
            f"  set {VARIABLE} to a folder of your own and put them into its tables/, under any "
            "name, as CSV or Parquet"
        )
    elif missing:
        lines.append(f"  put them into {folder / 'tables'} under any name, as CSV or Parquet")
    others = [path for path in files_of(folder) if path not in used]
    strange = [line for line in (_strange(path, folder) for path in others) if line]
    if strange:
        lines += ["", "files that are none of these catalogues:", *strange]
    return lines


def _found(table: CatalogTable, path: Path, day: str, folder: Path) -> list[str]:
    try:
        rows = f"{count_rows(path, table.columns):8d} rows"
    except UNREADABLE as error:
        rows = f"cannot be read ({error})"
    return [f"  {table.title:50s} {rows}  {day} {_named(path, folder)}"]


def _strange(path: Path, folder: Path) -> str:
    """A line about a file of no kind; empty for a file that does not claim to be a table."""
    if path.suffix.lower() not in TABLE_ENDINGS:
        return ""
    line = f"  {_named(path, folder)}"
    headers = headers_of(path)
    if not headers:
        return f"{line}: cannot be read as a table"
    names = max(({plain(name) for name in one.columns} for one in headers), key=len)
    likeness = {
        table: [name for name in table.columns if not table.names_of(name) & names]
        for table in catalogue_tables()
    }
    near = min(
        (table for table in likeness if table.columns),
        key=lambda table: len(likeness[table]) / len(table.columns),
    )
    lacks = likeness[near]
    if not lacks or len(lacks) > (1 - LIKE) * len(near.columns):
        return line
    return f"{line}: like the {near.title}, but without {', '.join(lacks)}"


def _named(path: Path, folder: Path) -> str:
    return str(path.relative_to(folder)) if path.is_relative_to(folder) else str(path)


def _light_curves(folder: Path, missions: Iterable[Mission]) -> list[str]:
    """The number of stars of every mission; of those with one name the first stands for all."""
    lines = [f"light curves in {folder / 'light_curves'}:"]
    named: dict[str, Mission] = {}
    for mission in missions:
        named.setdefault(mission.name, mission)
    for mission in named.values():
        try:
            count = f"{len(open_library(mission).targets())} stars"
        except DataNotFound:
            count = f"none; {mission.product.download}"
        except ExovalError as error:
            count = str(error)
        lines.append(f"  {mission.name:20s} {count}")
    return lines

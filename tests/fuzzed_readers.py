"""Every reader of files from outside with valid files, and what comes of damaged ones."""

import gzip
import io
import json
import logging
import resource
import shutil
import signal
import tempfile
import traceback
import warnings
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from random import Random

import numpy as np
import pandas as pd
import yaml
from astropy.io import fits
from astropy.table import Table
from damaged_files import (
    NUMBERS,
    TEXTS,
    damaged_bytes,
    damaged_cells,
    damaged_frame,
    damaged_plain,
    random_bytes,
)
from fabricate import cadences, kepler_fits, qlp_fits, tess_fits
from labelled_sets import RECIPE, gaussian_table, write_labelled_set
from sklearn.linear_model import LogisticRegression

from exoval.errors import ExovalError
from exoval.missions.kepler import kepler
from exoval.missions.mission import Mission
from exoval.missions.mission_file import read_mission
from exoval.missions.tess import tess
from exoval.models.calibrate import NoCalibration
from exoval.vetting.table_of_requests import read_requests
from exoval.vetting.trained_run import load_trained_run
from exoval.views.layout import ViewLayout
from exoval.views.store import save_views
from train.data.labelled_set import load_labelled_set
from train.data.splits import StarSplit
from train.fitting.fit import fit

#: name in a folder -> content
Files = Mapping[str, bytes]
ANSWER, CLEAR, OTHER = "answer", "clear error", "other"
#: what one input may take: seconds, and bytes above what the process has
SECONDS, MEMORY = 20, 2**31
#: a clear error is a sentence to read, not a dump
LONGEST_MESSAGE = 3000


@dataclass(frozen=True)
class FuzzedReader:
    """A reader by its name, sets of valid files, how these are spoilt from inside, and its call.

    ``spoilt`` changes values and keeps the file's form, so that it gets past the first look.
    """

    name: str
    valid: Callable[[Path], Sequence[Files]]
    spoilt: Callable[[Files, Random], Files]
    read: Callable[[Path, Files], object]


@dataclass(frozen=True)
class Outcome:
    """What came of one input: ``ANSWER``, ``CLEAR`` or ``OTHER``, and what was said."""

    kind: str
    said: str = ""


class TookTooLong(BaseException):
    """A reader did not come to an end."""


def damaged_files(reader: FuzzedReader, valid: Sequence[Files], random: Random) -> Files:
    """Files of one valid set with damage: half of it inside, half of it of bytes."""
    files = dict(random.choice(valid))
    way = random.randrange(20)
    if way < 10:
        try:
            with bounded():
                return reader.spoilt(files, random)
        except (Exception, TookTooLong):
            # what the libraries refuse to write is no input
            way = 10
    name = random.choice(list(files))
    if way < 18:
        files[name] = damaged_bytes(files[name], random)
    elif way == 18:
        files[name] = random_bytes(random)
    else:
        # the content of another file, under this name
        files[name] = random.choice([one for other in valid for one in other.values()])
    return files


def outcome_of(reader: FuzzedReader, files: Files) -> Outcome:
    """Read files in an empty folder, within bounds of time and memory."""
    folder = Path(tempfile.mkdtemp(prefix="fuzz"))
    try:
        for name, content in files.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes(content)
        with bounded(), silent():
            reader.read(folder, files)
    except ExovalError as error:
        said = str(error)
        if not said.strip() or "\n" in said or len(said) > LONGEST_MESSAGE:
            return Outcome(OTHER, f"no sentence: {said[:300]!r} ({len(said)} characters)")
        return Outcome(CLEAR, said)
    except (Exception, TookTooLong) as error:
        last = traceback.extract_tb(error.__traceback__)
        ours = [one for one in last if "/exoval/" in one.filename or "/train/" in one.filename]
        place = f"{Path(ours[-1].filename).name}:{ours[-1].lineno}" if ours else "?"
        return Outcome(OTHER, f"{type(error).__name__} at {place}: {str(error)[:200]}")
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return Outcome(ANSWER)


@contextmanager
def bounded(seconds: float = SECONDS, memory: int = MEMORY) -> Iterator[None]:
    """Raise TookTooLong after some time, and MemoryError above some memory of the process."""

    def stop(*_: object) -> None:
        raise TookTooLong(f"more than {seconds} s")

    pages = int(Path("/proc/self/statm").read_text().split()[0])
    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    before = signal.signal(signal.SIGALRM, stop)
    resource.setrlimit(resource.RLIMIT_AS, (pages * resource.getpagesize() + memory, hard))
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
        resource.setrlimit(resource.RLIMIT_AS, (soft, hard))


@contextmanager
def silent() -> Iterator[None]:
    """Without warnings and log: there are thousands of damaged files."""
    logging.disable(logging.CRITICAL)
    try:
        with warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore")
            yield
    finally:
        logging.disable(logging.NOTSET)


def contents(folder: Path) -> dict[str, bytes]:
    """All files of a folder."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def _only(files: Files) -> tuple[str, bytes]:
    ((name, content),) = files.items()
    return name, content


# light curves in FITS


def _fits_files(folder: Path) -> list[Files]:
    short = cadences(count=60)
    paths = [
        kepler_fits(folder, columns=cadences(count=60, start=930.0)),
        tess_fits(folder, columns=cadences(count=60, start=1865.0, exposure_seconds=120.0)),
        qlp_fits(folder, columns=cadences(count=60, start=1865.0, exposure_seconds=1800.0)),
    ]
    table = Table({"TIME": short["time"] + 1500, "FLUX": short["pdcsap_flux"]})
    table["FLUX_ERR"], table["QUALITY"] = 1.0, 0
    plain = fits.BinTableHDU(table)
    first = fits.PrimaryHDU()
    first.header["OBJECT"] = "TIC 7"
    fits.HDUList([first, plain]).writeto(folder / "own.fits")
    packed = {"packed.fits.gz": gzip.compress((folder / "own.fits").read_bytes(), mtime=0)}
    return [
        *({path.name: path.read_bytes()} for path in [*paths, folder / "own.fits"]),
        packed,
    ]


def _spoilt_fits(files: Files, random: Random) -> Files:
    name, content = _only(files)
    packed = content[:2] == b"\x1f\x8b"
    content = gzip.decompress(content) if packed else content
    # columns first: astropy writes no table again whose header was spoilt
    changes = [random.random() < 0.3 for _ in range(random.choice((1, 1, 2, 3)))]
    for is_column in sorted(changes, reverse=True):
        content = (_spoilt_column if is_column else _spoilt_card)(content, random)
    return {name: gzip.compress(content, 1, mtime=0) if packed else content}


def _spoilt_card(content: bytes, random: Random) -> bytes:
    """One line of a header with an odd value, in place."""
    cards = [
        place
        for place in range(0, len(content) - 80, 80)
        if content[place + 8 : place + 10] == b"= "
    ]
    if not cards:
        return content
    place = random.choice(cards)
    odd = (
        *(f"{value:>20}" for value in ("0", "-1", "1", "9999999999", "T", "", "NaN", "1e400")),
        *(f"'{text[:60]}'" for text in TEXTS),
        *("'1D      '", "'300A    '", "'PD(9)   '", "'K       '", "'0E      '", "'QE(999999999)'"),
        *(f"{value!r:>20}" for value in NUMBERS),
    )
    value = random.choice(odd).encode("ascii", "replace")[:70].ljust(70)
    return content[: place + 10] + value + content[place + 80 :]


def _spoilt_column(content: bytes, random: Random) -> bytes:
    """A table whose values, types or names were changed and written again."""
    try:
        with fits.open(io.BytesIO(content)) as hdus:
            frame = Table(hdus[1].data).to_pandas()
            frame = damaged_frame(frame, random)
            header = hdus[1].header
            made = fits.BinTableHDU(Table.from_pandas(frame))
            for key in ("TIMEDEL", "BJDREFI", "CROWDSAP"):
                if key in header:
                    made.header[key] = header[key]
            written = io.BytesIO()
            fits.HDUList([hdus[0].copy(), made]).writeto(written, output_verify="ignore")
            return written.getvalue()
    except Exception:
        # what cannot be written is no input
        return content


def _read_light_curve(folder: Path, files: Files) -> None:
    path = folder / next(iter(files))
    mission = kepler() if "kplr" in path.name else tess()
    _as_far_as_told(mission, path)


def _as_far_as_told(mission: Mission, path: Path) -> None:
    """The light curve, then the star: neither may fail in another way for the other's reason."""
    refused = None
    try:
        mission.read(path)
    except ExovalError as error:
        refused = error
    try:
        mission.read_star(path)
    except ExovalError:
        # tables do not describe their star
        pass
    if refused is not None:
        raise refused


# light curves in tables


def _light_curve_frame() -> pd.DataFrame:
    columns = cadences(count=60, start=1865.0, exposure_seconds=1800.0)
    return pd.DataFrame(
        {
            "time": columns["time"],
            "flux": columns["pdcsap_flux"],
            "flux_err": columns["pdcsap_flux_err"],
            "quality": columns["quality"],
            "sector": 20,
            "centroid_col": columns["mom_centr1"],
            "centroid_row": columns["mom_centr2"],
        }
    )


def _light_curve_tables(folder: Path) -> list[Files]:
    frame = _light_curve_frame()
    plain = frame[["time", "flux", "flux_err"]]
    magnitudes = plain.assign(mag=-2.5 * np.log10(plain["flux"]) + 17.5)[["time", "mag"]]
    parquet = io.BytesIO()
    frame.to_parquet(parquet)
    Table.from_pandas(plain).write(folder / "a.ecsv", format="ascii.ecsv")
    Table.from_pandas(plain).write(folder / "a.tbl", format="ascii.ipac")
    text = plain.to_csv(index=False, header=False, sep=" ")
    return [
        {"TIC_7.csv": frame.to_csv(index=False).encode()},
        {"TIC_7.csv": magnitudes.to_csv(index=False).encode()},
        {"TIC_7.dat": ("# BJD - 2457000\n" + text).encode()},
        {"TIC_7.txt": plain.to_csv(index=False, sep=";", decimal=",").encode()},
        {"TIC_7.csv.gz": gzip.compress(plain.to_csv(index=False).encode(), mtime=0)},
        {"TIC_7.ecsv": (folder / "a.ecsv").read_bytes()},
        {"TIC_7.tbl": (folder / "a.tbl").read_bytes()},
        {"TIC_7.parquet": parquet.getvalue()},
    ]


def _spoilt_table(files: Files, random: Random) -> Files:
    name, content = _only(files)
    if name.endswith(".parquet"):
        return {name: _spoilt_parquet(content, random)}
    packed = name.endswith(".gz")
    text = (gzip.decompress(content) if packed else content).decode()
    mark = next((one for one in (";", ",", "|") if one in text.split("\n")[0]), " ")
    content = damaged_cells(text, random, mark).encode("utf-8", "surrogatepass")
    return {name: gzip.compress(content, 1, mtime=0) if packed else content}


def _spoilt_parquet(content: bytes, random: Random) -> bytes:
    frame, written = damaged_frame(pd.read_parquet(io.BytesIO(content)), random), io.BytesIO()
    try:
        frame.to_parquet(written)
    except Exception:
        # what cannot be written is no input
        return content
    return written.getvalue()


# tables of requests


def _request_tables(folder: Path) -> list[Files]:
    head = "target,period_days,epoch_days,duration_hours,star_radius,star_mass,file"
    rows = [f"TIC {n},{3.1 + n},{1520.4 + n},2.6,1.1,0.9," for n in range(6)]
    archive = "kepid,kepoi_name,koi_period,koi_time0bk,koi_duration,koi_srad\n" + "\n".join(
        f"1066659{n},K0000{n}.01,2.2047,121.3585,3.88,1.9" for n in range(5)
    )
    semicolons = (
        "TIC ID;Period (days);Epoch (BJD);Duration (hours);Stellar Radius (R_Sun)\n"
        "7;3,1;2458520,4;2,6;1,1\n8;4,5;2458521,4;2,6;1,0\n"
    )
    frame = pd.DataFrame(
        {
            "target": ["TIC 7", "TIC 8"],
            "period_days": [3.1, np.nan],
            "epoch_days": [1520.4, 1530.0],
            "duration_hours": [2.6, 3.0],
            "star_teff": [5800.0, 4000.0],
        }
    )
    parquet = io.BytesIO()
    frame.to_parquet(parquet)
    return [
        {"list.csv": "\n".join([head, *rows, ""]).encode()},
        {"list.csv": archive.encode()},
        {"list.csv": semicolons.encode()},
        {"list.csv": gzip.compress("\n".join([head, *rows]).encode(), mtime=0)},
        {"list.parquet": parquet.getvalue()},
    ]


def _spoilt_requests(files: Files, random: Random) -> Files:
    name, content = _only(files)
    if content[:2] == b"\x1f\x8b":
        inside = _spoilt_table({name: gzip.decompress(content)}, random)
        return {name: gzip.compress(inside[name], 1, mtime=0)}
    return _spoilt_table(files, random)


def _read_requests(folder: Path, files: Files) -> None:
    for request in read_requests(folder / next(iter(files))):
        try:
            if not request.refused and not request.impossible and request.is_given:
                event, target = request.event_and_target(tess())
                request.other_signals(tess(), event, target)
        except ExovalError:
            # a row that cannot be judged stops no other
            pass


# labelled sets


def _labelled_sets(folder: Path) -> list[Files]:
    table = gaussian_table(rows=40, columns=3, stars=12)
    write_labelled_set(folder, table)
    layout = ViewLayout({"global": 5, "local": 3})
    rows = (
        (row, np.ones(8, dtype=np.float32), np.zeros(2, dtype=np.int16))
        for row in range(len(table))
    )
    save_views(folder, "views", size=len(table), rows=rows, layout=layout)
    return [contents(folder)]


def _spoilt_labelled_set(files: Files, random: Random) -> Files:
    files = dict(files)
    name = random.choice(("manifest.json", "manifest.json", "features.parquet", "views"))
    if name == "manifest.json":
        files[name] = _spoilt_json(files[name], random)
    elif name == "views":
        name = random.choice(("views_layout.json", "views.npy", "views_missing.npy"))
        if name.endswith("json"):
            files[name] = _spoilt_json(files[name], random)
        else:
            files[name] = _spoilt_array(files[name], random)
    else:
        files[name] = _spoilt_features(files[name], random)
    return files


def _spoilt_json(content: bytes, random: Random) -> bytes:
    if random.random() < 0.02:
        return b"[" * 100_000
    try:
        return json.dumps(damaged_plain(json.loads(content), random)).encode()
    except (ValueError, RecursionError):
        return content


def _spoilt_array(content: bytes, random: Random) -> bytes:
    array = np.load(io.BytesIO(content))
    changes = (
        lambda: array[: random.randint(0, len(array))],
        lambda: array.astype(random.choice(("f8", "i4", "U8", "c16", "bool", "M8[s]"))),
        lambda: array[..., :1],
        lambda: array.ravel(),
        lambda: array[None],
        lambda: np.asfortranarray(array),
        lambda: np.full_like(array, -1),
        lambda: np.array(3),
        lambda: array.astype(object),
    )
    written = io.BytesIO()
    np.save(written, random.choice(changes)())
    return written.getvalue()


def _spoilt_features(content: bytes, random: Random) -> bytes:
    """The frame or the metadata changed, and both written as a set has them."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    table = pq.read_table(io.BytesIO(content))
    metadata = dict(table.schema.metadata or {})
    fields = {item.name: item.metadata for item in table.schema}
    if random.random() < 0.4:
        key = random.choice([one for one in metadata if one.startswith(b"exoval")])
        change = random.randrange(3)
        if change == 0:
            del metadata[key]
        elif change == 1 and key != b"exoval_schema":
            metadata[key] = _spoilt_json(metadata[key], random)
        else:
            metadata[key] = random.choice(
                (b"", b"\xff\xfe", b"null", b"[]", b"3", b'{"planet": 3}')
            )
        table = table.replace_schema_metadata(metadata)
    elif random.random() < 0.2:
        name = random.choice(list(fields))
        other = random.choice(
            (None, {b"unit": b"d"}, {b"unit": b"\xff", b"description": b"", b"source": b""})
        )
        place = table.schema.get_field_index(name)
        item = table.schema.field(place)
        item = item.remove_metadata() if other is None else item.with_metadata(other)
        table = table.cast(table.schema.set(place, item))
    else:
        frame = damaged_frame(table.to_pandas(), random)
        try:
            made = pa.Table.from_pandas(frame, preserve_index=False)
        except Exception:
            # what cannot be written is no input
            return content
        items = [
            item.with_metadata(fields[item.name]) if fields.get(item.name) else item
            for item in made.schema
        ]
        table = made.cast(pa.schema(items, metadata=metadata))
    written = io.BytesIO()
    pq.write_table(table, written)
    return written.getvalue()


def _read_labelled_set(folder: Path, files: Files) -> None:
    labelled = load_labelled_set(folder)
    labelled.recipe()
    if labelled.table.views is not None:
        labelled.table.views[np.arange(2)]


# folders of models


def _model_folders(folder: Path) -> list[Files]:
    table = gaussian_table(rows=80, columns=3, stars=20)
    model = fit(
        "it",
        LogisticRegression(),
        calibration=NoCalibration(),
        table=table,
        split=StarSplit()(table, seed=0),
        seed=0,
    )
    model.save(folder / "models" / "it")
    (folder / "metrics.json").write_text(
        json.dumps({"leading": "it", "recipe": RECIPE, "host": {"warning": ""}})
    )
    (folder / "training_stars.csv").write_text("target\nKIC 1\nKIC 2\n")
    return [contents(folder)]


MODEL, ARCHIVE = "models/it/model.json", "models/it/pipeline.zip"


def _spoilt_model(files: Files, random: Random) -> Files:
    """One file changed, with checksums that agree, so that the reader goes on."""
    files = dict(files)
    name = random.choice((MODEL, MODEL, ARCHIVE, ARCHIVE, "metrics.json"))
    if name == ARCHIVE:
        files[name] = _spoilt_archive(files[name], random)
    else:
        files[name] = _spoilt_json(files[name], random)
    if random.random() < 0.9:
        files[MODEL] = with_checksums(files[MODEL], files[ARCHIVE])
    return files


def _spoilt_archive(content: bytes, random: Random) -> bytes:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        inside = {name: archive.read(name) for name in archive.namelist()}
    name = random.choice(("card.json", random.choice(list(inside))))
    change = random.randrange(6)
    if name == "card.json" and change < 5:
        inside[name] = _spoilt_json(inside[name], random)
    elif name.endswith(".npy") and change < 3:
        inside[name] = _spoilt_array(inside[name], random)
    elif change == 5:
        del inside[name]
    else:
        inside[name] = damaged_bytes(inside[name], random)
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as archive:
        for name, one in inside.items():
            archive.writestr(name, one)
    return written.getvalue()


def with_checksums(description: bytes, archive: bytes) -> bytes:
    try:
        plain = json.loads(description)
        entries = {name: value for name, value in plain.items() if name != "checksums"}
        own = sha256(json.dumps(entries, sort_keys=True).encode()).hexdigest()
        sums = {"pipeline.zip": sha256(archive).hexdigest(), "model.json": own}
        return json.dumps(entries | {"checksums": sums}).encode()
    except (ValueError, AttributeError, RecursionError, TypeError):
        return description


def _read_model(folder: Path, files: Files) -> None:
    run = load_trained_run(folder)
    table = gaussian_table(rows=4, columns=3, stars=4)
    for model in run.models.values():
        model.probabilities(table)


# missions

MISSIONS = Path(__file__).parents[1] / "conf" / "mission"


def _missions(folder: Path) -> list[Files]:
    own = (
        b"band: kepler\nexposure_seconds: 600\npixel_scale_arcsec: 4\nblend_radius_arcsec: 4\n"
        b"minimum_period_days: 1\nmaximum_period_days: 9\n"
        b"noise: {schedule: {segments: 1, segment_days: 27.0}}\n"
    )
    names = ("template", "plato", "ngts", "tess", "kepler")
    return [
        *({"own.yaml": (MISSIONS / f"{name}.yaml").read_bytes()} for name in names),
        {"own.yaml": own},
        {"own.yaml": b"defaults: [base, _self_]\nname: mine\n", "base.yaml": own},
    ]


def _spoilt_mission(files: Files, random: Random) -> Files:
    files = dict(files)
    name = random.choice(list(files))
    text = files[name].decode()
    if random.random() < 0.3:
        files[name] = damaged_cells(text, random, ":").encode("utf-8", "surrogatepass")
        return files
    try:
        changed = damaged_plain(yaml.safe_load(text), random)
        # JSON is YAML, and writes what YAML's own writer cannot
        files[name] = random.choice((json.dumps, yaml.safe_dump))(changed).encode()
    except (ValueError, yaml.YAMLError):
        pass
    return files


def _read_mission(folder: Path, files: Files) -> None:
    read_mission(folder / "own.yaml", others=MISSIONS)


READERS = {
    reader.name: reader
    for reader in (
        FuzzedReader("light curve in FITS", _fits_files, _spoilt_fits, _read_light_curve),
        FuzzedReader(
            "light curve in a table", _light_curve_tables, _spoilt_table, _read_light_curve
        ),
        FuzzedReader("table of requests", _request_tables, _spoilt_requests, _read_requests),
        FuzzedReader("labelled set", _labelled_sets, _spoilt_labelled_set, _read_labelled_set),
        FuzzedReader("folder of models", _model_folders, _spoilt_model, _read_model),
        FuzzedReader("mission", _missions, _spoilt_mission, _read_mission),
    )
}

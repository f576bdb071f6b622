"""Valid files made invalid: flipped bits, cut ends, odd values in the places of good ones.

Every choice comes from a ``random.Random``, which hypothesis can stand in for.
"""

import json
import math
from collections.abc import Mapping
from copy import deepcopy
from random import Random

import numpy as np
import pandas as pd

#: numbers that readers meet in broken files
NUMBERS = (
    *(0.0, -0.0, -1.0, 0.5, 1e-320, 1e-9, 1e8, 1e15, -1e15, 1e300, -1e300, 2.0**31, 2.0**63),
    *(math.nan, math.inf, -math.inf),
)
#: texts that stand where others should
TEXTS = (
    *("", " ", "nan", "inf", "-inf", "1e400", "1e15", "-1", "0", "1,5", "1_000", "0x1F", "true"),
    *("null", "--", "2020-01-01", "2459000.5", "99999999999999999999", "9" * 400, "x" * 3000),
    *(
        "é",
        "\u2212" + "1",
        "\ud7ff",
        "'",
        '"',
        "#",
        "${mission}",
        "../../x",
        "/",
        "%s",
        "{}",
        "[1]",
    ),
    *("a\tb", "a;b", "a,b", "K00002.01", "TIC 5", "TOI-1.01", "=1+1", "mag", "ppm", "s"),
)
#: values that stand where others should in JSON and YAML
VALUES = (
    *(None, True, False, 0, -1, 1, 3, 10**20, 10**400, 0.5, 1e300, math.nan, math.inf),
    *([], {}, [None], [[]], {"": None}, [1, 2, 3], {"a": {"b": []}}, {"_target_": "os.getcwd"}),
    *TEXTS,
)


def damaged_bytes(content: bytes, random: Random) -> bytes:
    """The bytes with one to four accidents."""
    for _ in range(random.choice((1, 1, 1, 2, 4))):
        content = random.choice(ACCIDENTS)(content, random)
    return content


def _flipped(content: bytes, random: Random) -> bytes:
    if not content:
        return content
    changed = bytearray(content)
    changed[_place(content, random)] ^= 1 << random.randrange(8)
    return bytes(changed)


def _other_byte(content: bytes, random: Random) -> bytes:
    if not content:
        return content
    changed = bytearray(content)
    changed[_place(content, random)] = random.choice((0, 10, 32, 34, 44, 45, 57, 127, 255))
    return bytes(changed)


def _cut(content: bytes, random: Random) -> bytes:
    return content[: _place(content, random)]


def _lost(content: bytes, random: Random) -> bytes:
    start = _place(content, random)
    return content[:start] + content[start + random.choice((1, 8, 80, 2880)) :]


def _twice(content: bytes, random: Random) -> bytes:
    start = _place(content, random)
    stop = start + random.choice((1, 8, 80, 2880))
    return content[:stop] + content[start:]


def _zeroed(content: bytes, random: Random) -> bytes:
    start = _place(content, random)
    length = min(random.choice((4, 64, 4096)), len(content) - start)
    return content[:start] + bytes(length) + content[start + length :]


def _overwritten(content: bytes, random: Random) -> bytes:
    """An odd number in binary, at a place where one of its size may begin."""
    kind = random.choice((">f8", "<f8", ">f4", "<f4", "<i4", ">i4", "<i8"))
    value = random.choice(NUMBERS)
    if "i" in kind:
        value = random.choice((-1, 0, 2**31 - 1, -(2**31), 2**24))
    with np.errstate(all="ignore"):
        new = np.array(value).astype(kind).tobytes()
    start = _place(content, random) // 4 * 4
    return content[:start] + new + content[start + len(new) :]


def _spliced(content: bytes, random: Random) -> bytes:
    start, other = _place(content, random), _place(content, random)
    return content[:start] + content[other : other + 200] + content[start + 200 :]


ACCIDENTS = (_flipped, _other_byte, _cut, _lost, _twice, _zeroed, _overwritten, _spliced)


def _place(content: bytes, random: Random) -> int:
    """A place in the content, half of the time among its first or last bytes: headers, footers."""
    last = max(0, len(content) - 1)
    near = min(last, 2000)
    return random.choice(
        (random.randint(0, last), random.randint(0, near), last - random.randint(0, near))
    )


def random_bytes(random: Random) -> bytes:
    """Bytes that were never a file, some behind the first bytes of one."""
    head = random.choice((b"", b"", b"SIMPLE  =", b"PAR1", b"PK\x03\x04", b"\x1f\x8b\x08", b"# "))
    kinds = (b"\x00\x01\xfe\xff", b"0123456789,.-\n", b'{}[]:", \n', b"abc: -\n#\t")
    letters = random.choice(kinds)
    return head + bytes(random.choice(letters) for _ in range(random.choice((0, 1, 30, 300))))


def damaged_cells(text: str, random: Random, mark: str = ",") -> str:
    """A text of rows and cells with one to three changes of cells, rows or marks."""
    lines = text.split("\n")
    for _ in range(random.choice((1, 1, 2, 3))):
        number = random.choice((0, random.randrange(len(lines))))
        cells = lines[number].split(mark)
        which = random.randrange(len(cells))
        change = random.randrange(10)
        if change < 3:
            odd = random.choice((random.choice(TEXTS), repr(random.choice(NUMBERS))))
            cells[which] = odd
        elif change == 3:
            cells.insert(which, random.choice(TEXTS))
        elif change == 4 and len(cells) > 1:
            del cells[which]
        elif change == 5:
            cells[which], cells[-1] = cells[-1], cells[which]
        elif change == 6:
            other = lines[random.randrange(len(lines))].split(mark)
            cells[which] = random.choice(other)
        lines[number] = mark.join(cells)
        if change == 7:
            lines[number] = random.choice((";", "\t", " ", "|")).join(cells)
        elif change == 8:
            lines.insert(number, random.choice(lines))
        elif change == 9 and len(lines) > 1:
            del lines[number]
    if random.random() < 0.05:
        # one column takes an odd value in all rows
        which, odd = random.randrange(4), random.choice(TEXTS)
        rows = [line.split(mark) for line in lines]
        lines = [mark.join([*row[:which], odd, *row[which + 1 :]]) for row in rows]
    return random.choice(("\n", "\n", "\r\n")).join(lines)


def damaged_frame(frame: pd.DataFrame, random: Random) -> pd.DataFrame:
    """A frame with one to three changes of values, types, names or rows."""
    frame = frame.copy()
    for _ in range(random.choice((1, 1, 2, 3))):
        if not len(frame.columns):
            break
        name = random.choice(list(frame.columns))
        column = frame[name]
        if isinstance(column, pd.DataFrame):
            # two columns of one name: parquet has none such
            frame = frame.loc[:, ~frame.columns.duplicated()]
            continue
        change = random.randrange(8)
        if change < 2:
            values = column.to_list()
            for _ in range(random.choice((1, 3, len(values)))):
                if values:
                    values[random.randrange(len(values))] = random.choice(NUMBERS)
            frame[name] = pd.Series(values, dtype=float if column.dtype.kind in "iuf" else object)
        elif change == 2:
            frame[name] = random.choice((*NUMBERS, *TEXTS))
        elif change == 3:
            frame[name] = _of_another_type(column, random)
        elif change == 4:
            frame = frame.rename(columns={name: random.choice((*TEXTS, *frame.columns))})
            frame = frame.loc[:, ~frame.columns.duplicated()]
        elif change == 5:
            frame = frame.drop(columns=name)
        elif change == 6:
            frame = frame.iloc[: random.choice((0, 1, 2, len(frame)))]
        else:
            frame = pd.concat([frame, frame.iloc[:5]], ignore_index=True)
    return frame


def _of_another_type(column: pd.Series, random: Random) -> list:
    kinds = (
        lambda one: [one],
        lambda one: {"a": one},
        lambda one: str(one),
        lambda one: str(one).encode(),
        lambda one: None,
        lambda one: True,
        lambda one: pd.Timestamp("2020-01-01"),
        lambda one: pd.Timedelta("1 day"),
    )
    kind = random.choice(kinds)
    return pd.Series([kind(one) for one in column], index=column.index)


def damaged_plain(value: object, random: Random) -> object:
    """Plain values of JSON or YAML with one to three entries replaced, lost, renamed or nested."""
    value = json.loads(json.dumps(value))
    for _ in range(random.choice((1, 1, 2, 3))):
        places = list(_places(value))
        if not places:
            return deepcopy(random.choice(VALUES))
        inside, key = random.choice(places)
        change = random.randrange(8)
        if change < 4:
            inside[key] = deepcopy(random.choice(VALUES))
        elif change == 4:
            del inside[key]
        elif change == 5:
            inside[key] = random.choice(([inside[key]], {"a": inside[key]}, str(inside[key])))
        elif change == 6 and isinstance(inside, dict):
            inside[random.choice((*TEXTS, *inside))] = inside.pop(key)
        else:
            # JSON again: an entry inside itself has no end
            other, its = random.choice(places)
            if (isinstance(other, dict) and its in other) or (
                isinstance(other, list) and its < len(other)
            ):
                inside[key] = json.loads(json.dumps(other[its]))
    return value


def _places(value: object) -> list[tuple]:
    entries = (
        value.items()
        if isinstance(value, Mapping)
        else enumerate(value)
        if isinstance(value, list)
        else ()
    )
    found = []
    for key, one in entries:
        found += [(value, key), *_places(one)]
    return found

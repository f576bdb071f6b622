"""The columns of tables of candidates: their names, with the quantity, unit and clock of each.

Names are those of exoval, ExoFOP, the TESS follow-up group SG1, the NASA Exoplanet Archive and the
pipelines' tables of threshold-crossing events. Case, blanks, brackets, punctuation and lowered
digits do not matter: ``Period (days)``, ``PERIOD_DAYS`` and ``period_day`` are one name. Columns of
errors and limits are none of these.
"""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import product

from exoval.errors import BadTable, listed
from exoval.units import MINUTES_PER_DAY

#: quantities of an ephemeris, in requests and in answers
EPHEMERIS = ("period_days", "epoch_days", "duration_hours")
#: quantities of the star, and their names in ``Star``
STAR = {
    f"star_{name}": name
    for name in ("radius", "mass", "teff", "logg", "metallicity", "magnitude", "ra", "dec")
}

#: Julian dates at the zero of clocks
BTJD, BKJD, MJD = 2457000.0, 2454833.0, 2400000.5
#: how far clocks that are not barycentric may differ from BJD by the light's way
NOT_BARYCENTRIC = {"jd": "8 minutes", "mjd": "8 minutes", "hjd": "4 seconds"}
#: seconds by which universal time is behind barycentric dynamical time since 2017
UTC_SECONDS = 69


@dataclass(frozen=True, kw_only=True)
class RequestColumn:
    """What a column holds: a quantity, and how its cells become it.

    ``quantity`` is target, file, event, signal or a name of ``EPHEMERIS`` or ``STAR``. Numbers are
    multiplied by ``factor``. ``zero`` is the Julian date at time 0 of the column's clock; None is
    the mission's clock. ``letters`` stand before the numbers of stars and signals (TIC, TOI).
    """

    quantity: str
    factor: float = 1.0
    zero: float | None = None
    letters: str = ""
    caveat: str = ""


def plain(name: str) -> str:
    """Return the letters and digits of a column's name, in small letters.

    Lowered digits are digits, and a Julian date has no zeros behind its point.

    >>> plain(" Period (days)"), plain("Stellar log(g) (cm/s^2)"), plain("T₀ (BJD - 2457000.0)")
    ('perioddays', 'stellarloggcms2', 't0bjd2457000')
    """
    text = unicodedata.normalize("NFKC", str(name)).lower()
    return re.sub(r"[^a-z0-9]", "", re.sub(r"(24\d{5})\.0+(?!\d)", r"\1", text))


def _named(quantity: str, *names: str, units: Iterable[str] = ("",), **how: object) -> dict:
    """Every name with every unit, as columns of one quantity."""
    column = RequestColumn(quantity=quantity, **how)
    return {name + unit: column for name, unit in product(names, units)}


#: names of mid-event times
EPOCHS = (
    *("epoch", "transitepoch", "t0", "tc", "tmid", "transitmidpoint", "midtransittime"),
    *("midtransit", "transittime", "transitcenter", "tcenter", "tranmid", "tzero", "midpoint"),
    *("tconj", "timeofconjunction", "timeofmidtransit", "refepoch", "referenceepoch"),
)
#: names of a clock and of the Julian date that is taken from it, with the zero; None is the
#: mission's clock
CLOCK_NAMES: Mapping[str, float | None] = {
    **dict.fromkeys(("days", "day", "d")),
    **dict.fromkeys(("btjd", "tbjd", "tjd"), BTJD),
    **{"bkjd": BKJD, "mjd": MJD, "bmjd": MJD, "rjd": 2400000.0},
    **dict.fromkeys(("jd", "hjd", "bjd"), 0.0),
    **{
        f"{clock}{scale}{zero:.0f}": zero
        for clock, scale in product(("", "jd", "hjd", "bjd"), ("", "tdb", "utc"))
        for zero in (BTJD, BKJD, 2450000.0, 2400000.0)
    },
}


def _epochs() -> dict[str, RequestColumn]:
    """Names of mid-event times with every clock."""
    found = _named("epoch_days", "bjd0", zero=0.0)
    for clock, zero in CLOCK_NAMES.items():
        scales, days = (("",), ("",)) if zero is None else (("", "tdb", "utc"), ("", "days", "d"))
        for scale in scales:
            found |= _named(
                "epoch_days",
                *EPOCHS,
                units=[clock + scale + unit for unit in days],
                zero=zero,
                caveat=_clock_caveat(clock + scale),
            )
    return found


def _clock_caveat(clock: str) -> str:
    """What to know about a clock that is not barycentric or not uniform; else empty."""
    kind = re.match(r"[a-z]*?jd|", clock)[0]
    if kind in NOT_BARYCENTRIC:
        return f"its epoch is in {kind.upper()} and read as BJD, up to {NOT_BARYCENTRIC[kind]} off"
    if "utc" in clock:
        return f"its epoch is in UTC and read as TDB, up to {UTC_SECONDS} seconds off"
    return ""


PERIODS = ("period", "orbitalperiod", "per", "porb", "orbper")
DURATIONS = ("duration", "transitduration", "dur", "t14", "trandur", "tdur", "totalduration")
HOURS, MINUTES = ("hours", "hour", "hrs", "hr", "h"), ("minutes", "minute", "mins", "min")
DAYS = ("days", "day", "d")
#: names of an ephemeris without a unit, and how to write them
BARE = {
    **dict.fromkeys(PERIODS, "period_days"),
    **dict.fromkeys(("epoch", "transitepoch", "epoc", "epo", "tmid", "tranmid"), "epoch_days"),
    **dict.fromkeys((*DURATIONS[:5], "totalduration"), "duration_hours"),
}

#: plain name -> what the column holds
NAMES: Mapping[str, RequestColumn] = {
    **_named(
        "target",
        "target",
        "star",
        "object",
        "objectname",
        "targetid",
        "targetname",
        "starid",
        "starname",
    ),
    **_named("target", "ticid", "tic", "tid", "catid", letters="TIC"),
    **_named("target", "kepid", "kic", "kicid", "keplerid", letters="KIC"),
    **_named("target", "epic", "epicid", "epicnumber", letters="EPIC"),
    **_named("signal", "toi", "toiid", "fulltoiid", "toinumber", "toiname", letters="TOI"),
    **_named("signal", "kepoiname", "koi", "koiname", "koiid", letters="KOI"),
    **_named("planet", "keplername", "plname"),
    **_named("file", "file", "files", "filename", "filenames", "path", "filepath"),
    **_named("event", "event", "eventname"),
    # ephemerides: words with units, then the archive's and the pipelines' own names
    **_named("period_days", *PERIODS, units=DAYS),
    **_named("period_days", *PERIODS, units=HOURS, factor=1 / 24),
    **_named("period_days", *PERIODS, units=("minutes", "minute"), factor=1 / MINUTES_PER_DAY),
    **_named("period_days", "p", units=("", *DAYS)),
    **_named("period_days", "koiperiod", "plorbper", "tceperiod", "tperiod"),
    **_named("period_days", "orbitalperiodvalue", "orbitalperioddaysvalue"),
    **_named("period_days", "alltransitsfitorbitalperioddaysvalue"),
    **_epochs(),
    **_named("epoch_days", "t0", "tc", "tepoch", "epochvalue", "transitepochvalue"),
    **_named("epoch_days", "koitime0", "tcetime0", "pltranmid", zero=0.0),
    **_named("epoch_days", "koitime0bk", "tcetime0bk", zero=BKJD),
    **_named("epoch_days", "tcetime0bt", "transitepochbtjdvalue", zero=BTJD),
    **_named("epoch_days", "alltransitsfittransitepochbtjdvalue", zero=BTJD),
    **_named("epoch_days", "transitepochbkjdvalue", zero=BKJD),
    **_named("duration_hours", *DURATIONS, units=HOURS),
    **_named("duration_hours", *DURATIONS, units=DAYS, factor=24.0),
    **_named("duration_hours", *DURATIONS, units=MINUTES, factor=24 / MINUTES_PER_DAY),
    **_named("duration_hours", "koiduration", "pltrandurh", "pltrandur", "tceduration", "tdur"),
    **_named("duration_hours", "transitdurationvalue", "transitdurationhoursvalue"),
    **_named("duration_hours", "alltransitsfittransitdurationhoursvalue"),
    # stars
    **_named(
        "star_radius",
        *("starradius", "starrad", "rstar", "stellarradius", "stellarrad", "strad", "stradius"),
        *("koisrad", "tcesradius"),
        units=("", "rsun", "rsol", "solar", "solarradii"),
    ),
    **_named(
        "star_mass",
        *("starmass", "mstar", "stellarmass", "stmass", "koismass", "tcesmass"),
        units=("", "msun", "msol", "solar", "solarmasses"),
    ),
    **_named(
        "star_teff",
        *("starteff", "stellarteff", "stellarefftemp", "stellareffectivetemperature", "stteff"),
        *("koisteff", "tcesteff", "teff"),
        units=("", "k", "kelvin"),
    ),
    **_named(
        "star_logg",
        *("starlogg", "stellarlogg", "stlogg", "koislogg", "tceslogg", "logg"),
        units=("", "cms2", "cgs", "dex"),
    ),
    **_named(
        "star_metallicity",
        *(
            "starmetallicity",
            "stellarmetallicity",
            "stmet",
            "stmetfe",
            "koismet",
            "tcesmet",
            "feh",
            "mh",
        ),
        units=("", "dex"),
    ),
    **_named("star_magnitude", "starmagnitude", "starmag", "tessmag", "tmag", "sttmag"),
    **_named("star_magnitude", "koikepmag", "kepmag", "keplermag", "stkep"),
    **_named("star_ra", "starra", units=("", "deg")),
    **_named("star_dec", "stardec", units=("", "deg")),
}
#: columns of one table that say the same; the first is read
REPEATED = (
    ("koitime0bk", "koitime0"),
    ("tcetime0bk", "tcetime0"),
    ("tcetime0bt", "tcetime0"),
    ("kepoiname", "keplername"),
    ("keplername", "plname"),
    ("starteffkelvin", "teff"),
    ("starloggcgs", "logg"),
)
#: parts of the names of errors, limits and notes about a column
ABOUT = (
    r"err(?:or)?\d?|unc|uncertainty|sigma|std|lim(?:it)?|upper|lower|lo|low|hi|high|plus|minus|source|"
    r"ref|flag|prov"
)
#: words in the names of columns that may hold an ephemeris under a name that is not known; a
#: capital P is a period, a small one a ratio of radii
WORDS = {
    "period_days": r"(?:^|[^a-z])(?:period|per|porb|orbper)(?:$|[^a-z])|(?-i:^P_)",
    "epoch_days": r"(?:^|[^a-z])(?:epoch|epo|t0|t_?c|t_?mid|tranmid|tconj|b[tkm]?jd)(?:$|[^a-z])",
    "duration_hours": r"(?:^|[^a-z])(?:duration|dur|t_?14|t_?dur|trandur)(?:$|[^a-z])",
}
#: words of times and periods that are no transit's
NOT_OF_TRANSITS = r"rot|periastron|pulsation|observ|log|start|begin|end|first|last|depth"
#: names that resemble those above and mean something else
OTHERS = {"tceid", "tcename", "transitdepth", "logage", "start", "starttime", "stars", "filter"}
#: names of tables whose columns nobody misspells: they are downloaded
ARCHIVES = r"(?:koi|tce|pl|st|sy|av|pp|fpp|fpwg)_"
#: similarity from which a name is taken for a misspelt one: a long one, and a short one or one of
#: the archive's
NEAR, NEAR_AND_SURE = 0.8, 0.9


def read_columns(names: Iterable[str], place: str) -> tuple[dict[str, RequestColumn], list[str]]:
    """Return the columns of a table that are understood, by name, and those that are ignored.

    Raises BadTable, which begins with ``place``, for an ephemeris without a unit or with an unknown
    one, two columns of one quantity, a column whose name resembles one of these, and an ephemeris
    of which some or all parts have names that are not known.
    """
    names = [str(name) for name in names]
    twice = {name for name in names if names.count(name) > 1 and plain(name) in NAMES}
    if twice:
        raise BadTable(f"{place} has several columns named {listed(twice)}; keep one")
    known = {name: NAMES[plain(name)] for name in names if plain(name) in NAMES}
    others = [name for name in names if name not in known]
    bare = {name: BARE[key] for name in others if (key := _without_unit(name)) in BARE}
    if bare:
        raise BadTable(
            f"{place} has the columns {listed(bare)} without units that are known; name the "
            f"columns {listed(bare.values())}"
        )
    resembling = [f"'{name}' (is it {near}?)" for name in others if (near := _resembled(name))]
    if resembling:
        raise BadTable(
            f"{place} has columns that resemble known ones: {listed(resembling)}; correct the "
            "name, or remove the column"
        )
    _check_unread(known, others, place)
    known, repeated = _without_repeated(known)
    for quantity in dict.fromkeys(column.quantity for column in known.values()):
        same = [name for name, column in known.items() if column.quantity == quantity]
        if len(same) > 1:
            raise BadTable(
                f"{place} has {len(same)} columns for {quantity}: {listed(same)}; keep one"
            )
    return _on_one_clock(known), [*others, *repeated]


def _check_unread(known: Mapping[str, RequestColumn], others: list[str], place: str) -> None:
    """Raise BadTable if parts of an ephemeris seem to stand in columns that are not understood.

    A single word such as epoch may be anything in a list of stars; two parts, or what one part
    lacks, are an ephemeris.
    """
    held = {column.quantity for column in known.values()} & set(EPHEMERIS)
    unread = {
        quantity: [name for name in others if _tells(name, quantity)]
        for quantity in EPHEMERIS
        if quantity not in held
    }
    unread = {quantity: names for quantity, names in unread.items() if names}
    if not unread or len(unread) + len(held) < 2:
        return
    parts = "; ".join(f"{quantity}: {listed(names)}" for quantity, names in unread.items())
    raise BadTable(
        f"{place} has no known column for a part of its ephemerides, and columns that may hold it "
        f"({parts}); name them {', '.join(unread)}, or remove them"
    )


def _tells(name: str, quantity: str) -> bool:
    """Whether a column that is not known may hold a part of an ephemeris."""
    words = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name)
    if _is_about_another(name) or re.search(NOT_OF_TRANSITS, words, re.IGNORECASE):
        return False
    return bool(re.search(WORDS[quantity], words, re.IGNORECASE))


def _without_unit(name: str) -> str:
    """The plain name before brackets; errors and limits are no ephemeris."""
    if _is_about_another(name):
        return ""
    return plain(re.split(r"[(\[]", name.strip(), maxsplit=1)[0]) or plain(name)


def _is_about_another(name: str) -> bool:
    return bool(
        re.search(rf"(?:^|[^a-z])(?:{ABOUT}|e)(?:$|[^a-z])", name.lower())
        or re.search(r"(?:err\d?|lim)$", name.lower())
    )


def _resembled(name: str) -> str:
    """The known name that an unknown one resembles; empty if none."""
    key = plain(name)
    if len(key) < 4 or key in OTHERS or _is_about_another(name):
        return ""
    is_sure = re.match(ARCHIVES, name.lower()) or len(key) < 6
    least = NEAR_AND_SURE if is_sure else NEAR
    # the first letter is the one that is seldom wrong
    known = [one for one in (*NAMES, *BARE) if len(one) > 3 and one[0] == key[0]]
    near = difflib.get_close_matches(key, known, 1, least)
    if not near:
        return ""
    return NAMES[near[0]].quantity if near[0] in NAMES else BARE[near[0]]


def _without_repeated(
    known: dict[str, RequestColumn],
) -> tuple[dict[str, RequestColumn], list[str]]:
    """Leave out the second of columns that say the same."""
    keys = {plain(name): name for name in known}
    repeated = [keys[one] for first, one in REPEATED if first in keys and one in keys]
    # a table of threshold-crossing events may have those of their objects of interest joined
    of_event = {known[name].quantity for key, name in keys.items() if key.startswith("tce")}
    repeated += [
        name
        for key, name in keys.items()
        if key.startswith("koi") and known[name].quantity in of_event and name not in repeated
    ]
    return {name: column for name, column in known.items() if name not in repeated}, repeated


def _on_one_clock(known: dict[str, RequestColumn]) -> dict[str, RequestColumn]:
    """Tables of TIC stars that call their epoch by Kepler's name have it in BTJD."""
    of_tess = any(column.letters in ("TIC", "TOI") for column in known.values())
    return {
        name: RequestColumn(quantity="epoch_days", zero=BTJD, caveat=f"{name} is read as BTJD")
        if of_tess and column.zero == BKJD and plain(name) == "tcetime0bk"
        else column
        for name, column in known.items()
    }

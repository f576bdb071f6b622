"""Known systems of several planets and known binaries, judged event by event.

    python benchmarks/star_events.py ONE SEVERAL [--binaries 0] [--document FILE] [--small]

``ONE`` and ``SEVERAL`` are output folders of ``python -m train``: the first of a set with
``max_events=1``, the second of one that was made in the same way with ``max_events=3`` or more.
(a) Every star at hand with two or more confirmed planets that both recipes can measure: P(planet)
of each at its catalogued ephemeris.
(b) Every Kepler eclipsing binary at hand: the first three events that each model's search finds,
what they are by the catalogue (an eclipse: at the binary's period, or a multiple or fraction at
which the events coincide; or something else), and what they are called.

Prints tables and, last, one line of JSON. ``--document`` writes the tables as Markdown too.
Intervals are 68 %; those of medians and differences come from resampled stars. Needs EXOVAL_DATA.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from command_line import command_line, data_folder, last_line, written

if __name__ == "__main__":
    # before the numerical libraries are imported
    parser = command_line(__doc__)
    parser.add_argument("one", type=Path, help="model of a set with max_events=1")
    parser.add_argument("several", type=Path, help="model of a set with max_events=3 or more")
    parser.add_argument("--binaries", type=int, default=0, help="at most so many; 0: all")
    parser.add_argument("--document", type=written, help="file for the tables, as Markdown")
    parser.add_argument("--small", action="store_true", help="two systems and two binaries")
    OPTIONS = parser.parse_args()

os.environ.setdefault("OMP_NUM_THREADS", "1")

import numpy as np
import pandas as pd
from share import as_text, share

from exoval.catalogs.eclipsing_binaries import read_eclipsing_binaries
from exoval.catalogs.koi import read_koi
from exoval.ephemeris import SAME_FOUND_PERIOD, Ephemeris, is_same_signal
from exoval.labels import PLANET
from exoval.missions.library import open_library
from exoval.running.progress import progress
from exoval.vetting.request import VettingRequest
from exoval.vetting.trained_run import TrainedRun, load_trained_run
from exoval.vetting.vet_list import Vetting
from exoval.views.store import ViewRows
from train.data.real import RealCandidates

MODELS = ("one", "several")
RANKS = (1, 2, 3)
RESAMPLES = 2000


# ---------------------------------------------------------------- (a) systems of several planets


def planets_of_systems(runs: dict[str, TrainedRun], limit: int | None) -> pd.DataFrame:
    """One row a confirmed planet that both recipes measure, with P(planet) by either model."""
    confirmed = pd.DataFrame(
        [(one.target, one.name) for one in read_koi() if one.disposition == PLANET],
        columns=["target", "event"],
    )
    at_hand = set(open_library(runs["one"].recipe.mission).targets())
    counted = confirmed[confirmed.target.isin(at_hand)].groupby("target").size()
    stars = set(sorted(counted[counted > 1].index)[:limit])
    # all signals of these stars: those that are no planets are other signals too
    signals = [one for one in read_koi() if one.target in stars]
    judged = {name: judge_candidates(run, signals) for name, run in runs.items()}
    both = judged["one"].join(judged["several"], how="inner", rsuffix="_several")
    both = both[both.disposition == PLANET]
    return both[both.groupby("target").target.transform("size") > 1]


def judge_candidates(run: TrainedRun, signals: list) -> pd.DataFrame:
    """P(planet) of every measurable candidate, as ``python -m train`` judges real ones."""
    real = RealCandidates((lambda: signals,)).measure(run.recipe)
    table = real.table
    if real.views is not None:
        table = replace(table, views=ViewRows.of_all(real.views, len(table.frame)))
    model = run.models[run.leading]
    frame = table.frame.set_index("event")
    frame["probability"] = model.of_planets(model.probabilities(table))
    kept = ["target", "disposition", "probability", "period", "mes"]
    kept += [name for name in ("siblings_before", "sibling_count") if name in frame]
    return frame[kept]


def report_planets(rows: pd.DataFrame) -> tuple[dict, list[str]]:
    """Numbers and the lines of a table."""
    changes = rows.probability_several - rows.probability
    parts = {
        "all": rows.index == rows.index,
        "found first": rows.siblings_before == 0,
        "found later": rows.siblings_before > 0,
    }
    result: dict[str, dict] = {"systems": rows.target.nunique(), "planets": {}}
    lines = [
        "| planets | n | P > 0.5, one event | P > 0.5, several | median P, one event | several | "
        "mean change |",
        "|---|---|---|---|---|---|---|",
    ]
    for name, chosen in parts.items():
        part = rows[chosen]
        one = {
            "share_one": share((part.probability > 0.5).sum(), len(part)),
            "share_several": share((part.probability_several > 0.5).sum(), len(part)),
            "median_one": resampled(part, part.probability, np.median),
            "median_several": resampled(part, part.probability_several, np.median),
            "change": resampled(part, changes[chosen], np.mean),
        }
        result["planets"][name] = one
        numbers = " | ".join(brief(value) for value in one.values())
        lines.append(f"| {name} | {len(part)} | {numbers} |")
    lines += [
        "",
        "| planet | star | period | found as | one event | several |",
        "|---|---|---|---|",
    ]
    lines[-1] += "---|---|"
    for event, row in rows.sort_values(["target", "period"]).iterrows():
        lines.append(
            f"| {event} | {row.target} | {row.period:.3f} | {row.siblings_before + 1:.0f} of "
            f"{row.sibling_count + 1:.0f} | {row.probability:.3f} | {row.probability_several:.3f} |"
        )
    return result, lines


def resampled(rows: pd.DataFrame, values: pd.Series, statistic) -> dict:
    """A statistic with the 68 % interval over resampled stars."""
    if not len(rows):
        return share(0, 0)
    rng = np.random.default_rng(5)
    stars = [of.to_numpy() for _, of in values.groupby(rows.target)]
    drawn = [
        statistic(np.concatenate([stars[one] for one in rng.integers(len(stars), size=len(stars))]))
        for _ in range(RESAMPLES)
    ]
    low, high = np.percentile(drawn, [16, 84])
    return {"value": float(statistic(values)), "low": low, "high": high, "n": len(rows)}


def brief(number: dict) -> str:
    if number["value"] is None:
        return ""
    return f"{number['value']:.2f} ({number['low']:.2f}–{number['high']:.2f})"


# ---------------------------------------------------------------- (b) known binaries


def events_of_binaries(folders: dict[str, Path], limit: int | None) -> pd.DataFrame:
    """The first events of each known binary, what they are, and what each model calls them."""
    vettings = {name: Vetting(folder, events=max(RANKS)) for name, folder in folders.items()}
    library = open_library(vettings["one"].run.recipe.mission)
    at_hand = set(library.targets())
    binaries: dict[str, list[Ephemeris]] = {}
    for one in read_eclipsing_binaries():
        if one.target in at_hand:
            binaries.setdefault(one.target, []).append(one.ephemeris)
    chosen, rows = sorted(binaries)[:limit], []
    for target in progress(chosen, total=len(chosen), description="binaries"):
        for model, vetting in vettings.items():
            answer = vetting(VettingRequest(target=target))
            if answer.failed:
                print(f"{target}, {model}: {answer.failed}")
            rows += [
                {"target": target, "model": model, "rank": rank}
                | called(row, vetting.run, binaries[target])
                for rank, row in enumerate(answer.rows, 1)
            ]
    return pd.DataFrame(rows)


def called(row: dict, run: TrainedRun, binaries: Sequence[Ephemeris]) -> dict:
    """What one event is by the catalogue, and the kind of its most probable label."""
    found = Ephemeris(row["period_days"], row["epoch_days"], row["duration_hours"] / 24)
    eclipse = any(is_same_signal(found, one, within=SAME_FOUND_PERIOD) for one in binaries)
    meaning = run.models[run.leading].meanings[row["most_probable"]]
    return {
        "eclipse": eclipse,
        "called": {"star": "binary"}.get(meaning.transits, meaning.transits),
        "P_planet": row[f"P_planet_{run.leading}"],
        "period": found.period,
        "strength": row["signal_to_noise"],
    }


def report_binaries(rows: pd.DataFrame) -> tuple[dict, list[str]]:
    """Numbers and the lines of a table."""
    result: dict[str, dict] = {"binaries": rows.target.nunique(), "events": {}}
    lines = [
        "| event | is | model | n | called binary | planet | nothing |",
        "|---|---|---|---|---|---|---|",
    ]
    for rank, eclipse, model in _groups():
        part = rows[(rows["rank"] == rank) & (rows.eclipse == eclipse) & (rows.model == model)]
        what = "an eclipse" if eclipse else "something else"
        kinds = {
            kind: share((part.called == kind).sum(), len(part))
            for kind in ("binary", "planet", "nothing")
        }
        result["events"].setdefault(f"event {rank}, {what}", {})[model] = kinds
        numbers = " | ".join(brief(one) for one in kinds.values())
        lines.append(f"| {rank} | {what} | {model} | {len(part)} | {numbers} |")
    result["shares"] = {
        model: {
            "eclipses called binary": right(rows, model, eclipse=True, kinds=("binary",)),
            "others called nothing": right(rows, model, eclipse=False, kinds=("nothing",)),
            "events called planet": share(
                ((rows.model == model) & (rows.called == "planet")).sum(),
                int((rows.model == model).sum()),
            ),
        }
        for model in MODELS
    }
    lines += ["", "| model | " + " | ".join(result["shares"]["one"]) + " |", "|---|---|---|---|"]
    for model, shares in result["shares"].items():
        lines.append(f"| {model} | " + " | ".join(as_text(one) for one in shares.values()) + " |")
    return result, lines


def right(rows: pd.DataFrame, model: str, *, eclipse: bool, kinds: Sequence[str]) -> dict:
    """The share of events of a kind that are called what they are."""
    part = rows[(rows.model == model) & (rows.eclipse == eclipse)]
    return share(part.called.isin(kinds).sum(), len(part))


def _groups() -> Iterator[tuple[int, bool, str]]:
    return (
        (rank, eclipse, model) for rank in RANKS for eclipse in (True, False) for model in MODELS
    )


def main(options: argparse.Namespace) -> None:
    """Judge the systems and the binaries."""
    data_folder()
    folders = {"one": options.one, "several": options.several}
    runs = {name: load_trained_run(folder) for name, folder in folders.items()}
    if runs["one"].recipe.max_events > 1 or runs["several"].recipe.max_events == 1:
        raise SystemExit("give a model of a set with max_events=1, then one of several events")
    planets, table_a = report_planets(planets_of_systems(runs, 2 if options.small else None))
    print("\n(a) planets of known systems", *table_a, sep="\n")
    limit = 2 if options.small else options.binaries or None
    binaries, table_b = report_binaries(events_of_binaries(folders, limit))
    print("\n(b) events of known binaries", *table_b, sep="\n")
    if options.document:
        text = ["## Planets of known systems", "", *table_a, "", "## Events of known binaries", ""]
        options.document.write_text("\n".join([*text, *table_b]) + "\n")
    last_line({"systems": planets, "binaries": binaries}, options)


if __name__ == "__main__":
    main(OPTIONS)

"""A proposal learned from a labelled set and a run trained on it: where searches are worth it.

Only stars that the run left out of its training are looked at, with the probabilities that it gave
their events. These hold for the mixture that was simulated; divided by its share of planets and
multiplied by the population's, they say which events are near the decision.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.optimize import brentq
from sklearn.linear_model import LogisticRegression

from exoval.errors import BadParameter, BadTable, DataNotFound
from exoval.injection.importance_weights import read_truth, reweight
from exoval.labels import PLANET
from exoval.running.output_path import replacing
from exoval.running.whole_folder import MANIFEST, check_files
from exoval.schema import read_json
from simulate.draw_density import draws_per_row, read_drawn
from simulate.example import DRAWN
from simulate.proposal import KNOWN, LOG_WEIGHT, Chance, Proposal

PREDICTIONS, METRICS = "predictions_simulated.csv", "metrics.json"
AGAIN = "simulate the set again"
#: odds of a planet within which an event is near the decision, either way
ODDS = 99.0
#: fewest draws near the decision, and away from it, from which a function of them is learned
FEWEST = 10
#: least probability of a search, as a share of the mean one: a proposal may be wrong
LEAST = 0.05


@dataclass(frozen=True, kw_only=True)
class Expectation:
    """What a proposal is expected to do with the draws of one scenario, or of all.

    ``visible`` draws of left-out stars, of which ``near`` ended near the decision; the ``share``
    that would be searched. ``gain`` is the ratio of effective sample sizes near the decision for
    the same number of searches, of all scenarios together.
    """

    visible: int
    near: int
    share: float
    gain: float = np.nan


def propose(
    labelled_set: str | Path,
    run: str | Path,
    *,
    share: float = 0.1,
    visible_snr: float | None = None,
) -> tuple[Proposal, dict[str, Expectation]]:
    """Learn a proposal that searches a ``share`` of all visible draws; and what to expect of it.

    Expectations are by scenario, and of ``all``. They are those of the stars it is learned from.
    ``visible_snr`` is by default that of the set.
    Raises BadParameter for a share outside 0 to 1, DataNotFound for folders without a set or run,
    BadTable if the run was not trained on this set or no event of it is near the decision.
    """
    if not 0 < share < 1:
        raise BadParameter(f"share={share} of draws to search; give a number between 0 and 1")
    draws = draws_near_decision(labelled_set, run)
    if visible_snr is None:
        visible_snr = float(_manifest(labelled_set).get("config", {}).get("visible_snr", 5.0))
    draws = draws[~(draws["strongest_snr"] < visible_snr)] if "strongest_snr" in draws else draws
    chances = {str(name): _chance(part) for name, part in draws.groupby("scenario")}
    weight, near = np.exp(draws[LOG_WEIGHT].to_numpy(float)), draws["near"].to_numpy(bool)
    number = draws["draws"].to_numpy(float)
    if not (near & (weight > 0)).any():
        raise BadTable(
            f"no event of the stars that {run} left out is near the decision (odds within "
            f"{ODDS:g} to 1); simulate and train on more systems first"
        )

    def chosen(log_level: float) -> tuple[Proposal, np.ndarray]:
        proposal = Proposal(
            chances=chances,
            level=float(np.exp(log_level)),
            visible_snr=visible_snr,
            least=LEAST * share,
        )
        chance = np.ones(len(draws))
        for name in chances:
            rows = draws["scenario"].eq(name).to_numpy()
            chance[rows] = proposal.acceptance(name, draws[rows])
        return proposal, chance

    # outside of the population a draw weighs nothing
    positive = np.log(weight[weight > 0])
    lowest, highest = positive.min() - 20, positive.max() + 5

    def excess(log_level: float) -> float:
        return float(np.average(chosen(log_level)[1], weights=number)) - share

    if not excess(highest) < 0 < excess(lowest):
        raise BadParameter(f"share={share} of draws cannot be reached; give one nearer to 0.1")
    proposal, chance = chosen(brentq(excess, lowest, highest))
    # expected over the choice: a row is there with its chance and weighs the inverse of it
    squares = number * near * weight**2
    gain = np.sum(squares) * np.sum(number) / np.sum(squares / chance) / np.sum(number * chance)
    expected = {
        str(name): Expectation(
            visible=int(rows.sum()),
            near=int(near[rows].sum()),
            share=float(np.average(chance[rows], weights=number[rows])),
        )
        for name in chances
        for rows in [draws["scenario"].eq(name).to_numpy()]
    }
    expected["all"] = Expectation(
        visible=len(draws),
        near=int(near.sum()),
        share=float(np.average(chance, weights=number)),
        gain=float(gain),
    )
    return proposal, expected


def save_proposal(proposal: Proposal, path: str | Path) -> None:
    """Write a proposal as JSON; DataNotFound if that fails."""
    with replacing(path, setting="FILE") as draft:
        draft.write_text(json.dumps(proposal.plain(), indent=1))


def expectation_table(expected: dict[str, Expectation]) -> str:
    """Expectations as a table with a row for every scenario, and a line on the gain."""
    rows = [f"{'scenario':22s}{'visible':>9s}{'near':>7s}{'searched':>10s}"]
    rows += [
        f"{name:22s}{one.visible:9d}{one.near:7d}{one.share:10.3f}"
        for name, one in expected.items()
    ]
    return "\n".join(
        [
            *rows,
            f"effective sample size near the decision (odds of 1:{ODDS:g} to {ODDS:g}:1 in the "
            f"population) a search: {expected['all'].gain:.1f} times that without a proposal",
        ]
    )


def draws_near_decision(labelled_set: str | Path, run: str | Path) -> pd.DataFrame:
    """The draws of stars that a run left out: their truths, one row each, ``near`` and ``draws``.

    ``near`` says whether an event of the draw has odds of a planet within 1:99 to 99:1 in the
    population; ``draws`` is the number of draws that the row stands for, where a proposal has
    passed others over. Raises as ``propose`` does.
    """
    truth = read_truth(labelled_set)
    missing = [name for name in (LOG_WEIGHT, "scenario", "event_number") if name not in truth]
    if missing:
        raise BadTable(
            f"the truths of {labelled_set} lack {', '.join(missing)}; simulate the set again with "
            "this version"
        )
    judged = read_predictions(run)
    # sets of two seeds have events of the same names, of other stars
    stars = truth.set_index("event")["target"].reindex(judged.index)
    known = stars.eq(judged["target"])
    if not known.all():
        raise BadTable(
            f"{int((~known).sum())} of {len(judged)} events that {run} judged are not in "
            f"{labelled_set}; give the set that the run was trained on"
        )
    truth = truth[truth["target"].isin(set(judged["target"]))]
    first = truth[truth["event_number"] == 0].copy()
    near = np.abs(population_logit(judged, truth)) < np.log(ODDS)
    systems = {system_of(event) for event in judged.index[near]}
    first["near"] = first["event"].map(system_of).isin(systems)
    drawn = read_drawn(_manifest(labelled_set).get("drawn", []), f"{labelled_set}/{MANIFEST}")
    first["draws"] = draws_per_row(first, drawn)
    return first[first["status"] != DRAWN]


def _manifest(labelled_set: str | Path) -> dict:
    """What a set says of itself; nothing if it has no manifest."""
    path = Path(labelled_set) / MANIFEST
    return read_json(path, remedy=AGAIN) if path.is_file() else {}


def read_predictions(run: str | Path) -> pd.DataFrame:
    """Target, disposition and P(planet) of the leading classifier, by event, of stars left out.

    Raises DataNotFound for a folder that is no run, BadTable for one that is damaged.
    """
    run = Path(run)
    if not (run / PREDICTIONS).is_file() or not (run / METRICS).is_file():
        raise DataNotFound(
            f"{run} holds no {PREDICTIONS}; give the output folder of a training run"
        )
    check_files(run, [PREDICTIONS, METRICS])
    leading = read_json(run / METRICS, remedy="train again").get("leading")
    table = pd.read_csv(run / PREDICTIONS)
    column = f"{leading}_probability"
    if column not in table:
        raise BadTable(f"{run / PREDICTIONS} has no column {column}; train again")
    table = table.rename(columns={column: "probability"}).set_index("event")
    return table[["target", "disposition", "probability"]]


def population_logit(judged: pd.DataFrame, truth: pd.DataFrame) -> np.ndarray:
    """Log odds of a planet in the population, of every judged event, shape (events,).

    ``truth`` are all rows of the judged stars. The share of planets among the events is the one
    that the weights give: of each scenario their mean is the expected number of events a target.
    """
    weights = reweight(truth).to_numpy()
    systems = truth[truth["event_number"] == 0].groupby("scenario").size()
    rate = pd.Series(
        weights / truth["scenario"].map(systems).to_numpy(float), index=truth["event"]
    ).reindex(judged.index)
    planet = (judged["disposition"] == PLANET).to_numpy()
    if planet.all() or not planet.any():
        raise BadTable("the judged events are of one kind; simulate planets and others")
    value = np.clip(judged["probability"].to_numpy(float), 1e-12, 1 - 1e-12)
    rates = [rate[planet].sum() / planet.sum(), rate[~planet].sum() / (~planet).sum()]
    return np.log(value / (1 - value)) + np.log(rates[0] / rates[1])


def system_of(event: str) -> str:
    """The name of the draw that an event is of."""
    return event.partition(".")[0]


def _chance(draws: pd.DataFrame) -> Chance:
    """The probability that a draw of one scenario ends near the decision."""
    near = draws["near"].to_numpy(bool)
    if min(near.sum(), (~near).sum()) < FEWEST:
        number = np.average(near, weights=draws["draws"]) * len(near)
        share = (number + 0.5) / (len(near) + 1)
        return Chance(
            names=[], middle=[], spread=[], coefficients=[float(np.log(share / (1 - share)))]
        )
    names, middle, spread = [], [], []
    for name in KNOWN:
        if name not in draws:
            continue
        values = np.log(draws[name].to_numpy(float)[draws[name].to_numpy(float) > 0])
        if len(values) > FEWEST and np.std(values) > 1e-6:
            names.append(name)
            middle.append(float(np.median(values)))
            spread.append(float(np.std(values)))
    blank = Chance(
        names=names, middle=middle, spread=spread, coefficients=[0.0] * (1 + 2 * len(names))
    )
    inputs = blank.inputs(draws)
    transforms = _transforms(draws)
    marks = np.array([draws.get("transform", "") == name for name in transforms]).T
    columns = np.concatenate([inputs, marks.reshape(len(draws), len(transforms))], axis=1)
    fitted = LogisticRegression(C=1.0, max_iter=2000).fit(columns, near)
    slopes = [float(one) for one in fitted.coef_[0]]
    size = inputs.shape[1]
    return Chance(
        names=names,
        middle=middle,
        spread=spread,
        coefficients=[float(fitted.intercept_[0]), *slopes[:size]],
        transforms=dict(zip(transforms, slopes[size:], strict=True)),
    )


def _transforms(draws: pd.DataFrame) -> list[str]:
    return sorted(draws["transform"].dropna().unique()) if "transform" in draws else []

"""From the simulated mixture to the sky: the posterior of a label as a product of named terms.

A classifier says what an event is in the mixture that was simulated. With its probability p(s|x) of
label s, the label's share of the mixture, and the mean rate of simulated events of the label that
look like x (``exoval.posterior.expected_rate``),

    P(s|x)  ~  p(s|x) / share_s  *  rate_s  *  E[rate|x,s] / E[rate|s]

with rate_s the expected number of such events per target, which is the number of systems nature has
times the events that the search finds in one. Another population changes the rates alone.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

import numpy as np
from sklearn.ensemble import HistGradientBoostingRegressor

from exoval.errors import BadParameter, BadTable, DataNotFound
from exoval.models.bias_corrected_temperature import BiasCorrectedTemperature
from exoval.models.model_archive import read_archive, write_archive
from exoval.posterior.blended_stars import BlendedStars
from exoval.posterior.comparable_events import Comparable, ComparableEvents
from exoval.running.checksums import check_seal, sealed
from exoval.running.output_path import make_folder, replacing
from exoval.running.whole_folder import difference
from exoval.schema import as_record, read_json

DESCRIPTION, ARCHIVE = "posterior.json", "posterior.zip"
AGAIN = "train again"
#: the terms of a posterior, in the order in which they are shown
LIKELIHOOD, SYSTEMS, EVENTS, RESEMBLANCE = (
    "likelihood",
    "systems_per_target",
    "events_per_system",
    "resemblance",
)
TERMS = (LIKELIHOOD, SYSTEMS, EVENTS, RESEMBLANCE)
#: least posterior of a label, so that odds stay finite
FLOOR = 1e-9
#: numbers of a posterior are below this, so that products of them stay finite
MOST = 1e30


@dataclass(frozen=True, kw_only=True)
class LabelRate:
    """What nature and the search make of one label.

    ``share`` is the label's share of the simulated events. ``systems`` is the expected number of
    systems with such a signal per target: population, geometry and eligible stars. ``events`` is
    the number of events of the label that the search finds in one: the completeness, or the number
    of false alarms in a light curve. ``effective`` is the effective number of its simulated events.
    """

    share: float
    systems: float
    events: float
    effective: float = np.nan


@dataclass(frozen=True, kw_only=True)
class SkyAnswers:
    """Posteriors of some events on the sky.

    ``probability`` is (rows, classes), ``planet`` its sum over the classes that count as planet,
    ``log_odds`` those of ``planet``, both (rows,). ``terms`` are the factors whose product is
    proportional to ``probability``, by name, each (rows, classes). ``comparable`` has one entry a
    row. ``likely`` (rows, classes) are the labels of the conformal set.
    """

    probability: np.ndarray
    planet: np.ndarray
    log_odds: np.ndarray
    terms: Mapping[str, np.ndarray]
    comparable: Sequence[Comparable]
    likely: np.ndarray


@dataclass(frozen=True, kw_only=True)
class SkyPosterior:
    """A map from a model's probabilities and an event's features to posteriors on the sky.

    ``classes`` are those of the model, ``planets`` says which count as planet. ``calibration``
    makes the probabilities of all classes agree with the simulated mixture. ``regressions`` are
    those of labels whose rate depends on the features, each with its mean over the label's
    simulated events in ``means``. ``blends`` are the stars that make the events of labels with
    stars beside the target. ``least`` is the posterior that nine in ten events of a label reach
    or pass on left-out stars; an event's conformal set holds the labels that reach it (Vovk 2012,
    ACML 25, 475: one level a label). Raises BadParameter if the parts do not fit together, or for
    numbers that none of them can have.
    """

    classes: tuple[str, ...]
    planets: np.ndarray
    calibration: BiasCorrectedTemperature
    rates: Mapping[str, LabelRate]
    regressions: Mapping[str, HistGradientBoostingRegressor] = field(repr=False)
    means: Mapping[str, float]
    comparable: ComparableEvents = field(repr=False)
    blends: Mapping[str, BlendedStars] = field(default_factory=dict, repr=False)
    least: Mapping[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        fit = (
            set(self.rates) == set(self.classes)
            and set(self.regressions) == set(self.means) <= set(self.classes)
            and len(self.planets) == len(self.calibration.offset) == len(self.classes)
            and all(
                isinstance(one, HistGradientBoostingRegressor) for one in self.regressions.values()
            )
        )
        if not fit:
            raise BadParameter(
                f"a posterior of {', '.join(self.classes)} with rates of {', '.join(self.rates)} "
                f"and regressions of {', '.join(self.regressions)}; give one rate a class, and "
                "boosted regressions of classes alone"
            )
        if self.planets.all() or not self.planets.any():
            raise BadParameter("a posterior needs classes that count as planet, and others")
        for number, holds in self._numbers():
            if not holds:
                raise BadParameter(f"{number} is not a number that a posterior can have")

    def _numbers(self) -> Iterator[tuple[str, bool]]:
        """Every number with its name, and whether a posterior can have it."""
        slope = self.calibration.slope
        yield f"a slope of {slope:g}", bool(0 < slope < MOST)
        for one in self.calibration.offset:
            yield f"an offset of {one:g}", bool(abs(one) < MOST)
        for name, one in self.rates.items():
            yield f"a share of {one.share:g} of {name}", bool(0 < one.share <= 1)
            yield f"{one.systems:g} systems of {name} per target", bool(0 <= one.systems < MOST)
            yield f"{one.events:g} events of {name} per system", bool(0 <= one.events < MOST)
        for name, one in self.means.items():
            yield f"a mean rate of {one:g} of {name}", bool(1 / MOST < one < MOST)
        for name, one in self.least.items():
            known = name in self.classes
            yield f"a least posterior of {one:g} of {name}", bool(known and 0 <= one <= 1)

    def __call__(
        self,
        probability: np.ndarray,
        features: np.ndarray,
        *,
        further: Mapping[str, np.ndarray] | None = None,
    ) -> SkyAnswers:
        """Posteriors from probabilities in the mixture (rows, classes) and features of the rows.

        The features (rows, columns) are the columns of the model, in its order. ``further`` are
        terms of other evidence by name, each (rows, classes). The simulated events have no such
        evidence: comparable ones and the conformal set are those of the light curve alone, without
        the labels that other evidence excludes.
        """
        own, further = self._terms(probability, features), dict(further or {})
        light_curve = _normalised(np.prod(list(own.values()), axis=0))
        outside = np.prod([np.ones(light_curve.shape), *further.values()], axis=0)
        posterior = _normalised(light_curve * outside)
        least = [self.least.get(name, 0.0) for name in self.classes]
        return SkyAnswers(
            probability=posterior,
            planet=posterior[:, self.planets].sum(axis=1),
            log_odds=self.log_odds(posterior),
            terms=own | further,
            comparable=[self.comparable.near(one) for one in self.log_odds(light_curve)],
            likely=(light_curve >= least) & (outside > 0),
        )

    def log_odds(self, posterior: np.ndarray) -> np.ndarray:
        """Log odds of a planet, (rows,), from posteriors (rows, classes)."""
        planet, other = (
            np.maximum(posterior[:, kind].sum(axis=1), FLOOR)
            for kind in (self.planets, ~self.planets)
        )
        return np.log(planet) - np.log(other)

    def _terms(self, probability: np.ndarray, features: np.ndarray) -> dict[str, np.ndarray]:
        """The factors of the posterior, each (rows, classes)."""
        rates = [self.rates[name] for name in self.classes]
        rows = np.ones((len(probability), 1))
        shares, systems, events = (
            np.array([getattr(one, name) for one in rates])
            for name in ("share", "systems", "events")
        )
        resemblance = np.ones(np.shape(probability))
        for place, name in enumerate(self.classes):
            if name in self.regressions:
                found = self.regressions[name].predict(features)
                resemblance[:, place] = found / self.means[name]
        return {
            LIKELIHOOD: self.calibration(probability) / shares,
            SYSTEMS: rows * systems,
            EVENTS: rows * events,
            RESEMBLANCE: resemblance,
        }

    def save(self, directory: str | Path) -> None:
        """Write ``posterior.json`` and ``posterior.zip`` beside a model's files; no pickle."""
        directory = make_folder(directory)
        parts = {
            "regressions": dict(self.regressions),
            "comparable": dict(vars(self.comparable)),
            "blends": {name: dict(vars(one)) for name, one in self.blends.items()},
        }
        write_archive(parts, directory / ARCHIVE)
        description = {
            "classes": self.classes,
            "planets": [bool(one) for one in self.planets],
            "slope": self.calibration.slope,
            "offset": list(map(float, self.calibration.offset)),
            "rates": {name: asdict(one) for name, one in self.rates.items()},
            "means": dict(self.means),
            "least": dict(self.least),
        }
        files = {ARCHIVE: directory / ARCHIVE}
        with replacing(directory / DESCRIPTION) as draft:
            draft.write_text(
                json.dumps(sealed(description, name=DESCRIPTION, files=files), indent=2)
            )


@dataclass(frozen=True, kw_only=True)
class _Written:
    """What ``posterior.json`` holds."""

    classes: tuple[str, ...]
    planets: list[bool]
    slope: float
    offset: list[float]
    rates: dict[str, LabelRate]
    means: dict[str, float]
    least: dict[str, float]


def _normalised(product: np.ndarray) -> np.ndarray:
    """Products (rows, classes) that sum to one; rates of any unit stay within the numbers."""
    product = np.maximum(product / product.max(axis=1, keepdims=True), FLOOR**2)
    return product / product.sum(axis=1, keepdims=True)


def has_posterior(directory: str | Path) -> bool:
    """Return whether a model's folder has a posterior on the sky."""
    return (Path(directory) / DESCRIPTION).is_file()


def load_sky_posterior(directory: str | Path) -> SkyPosterior:
    """Read a posterior written by ``SkyPosterior.save``.

    Raises DataNotFound if the folder has none, BadTable if a file of it is damaged or foreign.
    """
    path, archive = (Path(directory) / name for name in (DESCRIPTION, ARCHIVE))
    if not path.is_file():
        raise DataNotFound(f"no {DESCRIPTION} in {directory}; {AGAIN} on a simulated set")
    plain = read_json(path, remedy=AGAIN)
    sums = check_seal(plain, path, remedy=AGAIN)
    written = as_record(plain, _Written, source=str(path), remedy=AGAIN)
    wrong = difference(archive, None, sums.get(ARCHIVE, ""))
    if wrong:
        raise BadTable(f"{archive} {wrong}; {AGAIN}")
    parts = read_archive(archive)
    try:
        posterior = SkyPosterior(
            classes=written.classes,
            planets=np.array(written.planets, dtype=bool),
            calibration=BiasCorrectedTemperature(written.slope, np.array(written.offset)),
            rates=written.rates,
            regressions=parts["regressions"],
            means=written.means,
            comparable=ComparableEvents(**parts["comparable"]),
            blends={name: BlendedStars(**one) for name, one in parts["blends"].items()},
            least=written.least,
        )
        _check_regressions(posterior.regressions)
    except (
        BadParameter,
        ArithmeticError,
        AttributeError,
        LookupError,
        TypeError,
        ValueError,
    ) as error:
        raise BadTable(
            f"{archive} does not hold the posterior of a model ({error}); {AGAIN}"
        ) from error
    return posterior


def _check_regressions(regressions: Mapping[str, HistGradientBoostingRegressor]) -> None:
    """Raise what regressions that were never fitted raise, or BadParameter for no positive rate."""
    for name, one in regressions.items():
        rate = float(one.predict(np.full((1, one.n_features_in_), np.nan))[0])
        if not 0 < rate < MOST:
            raise BadParameter(f"the regression of {name} gives a rate of {rate:g}")

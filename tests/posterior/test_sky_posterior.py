"""The posterior on the sky against Bayes' theorem in a world whose densities are known."""

import json
from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import norm

from exoval.errors import BadParameter, BadTable, DataNotFound
from exoval.models.bias_corrected_temperature import BiasCorrectedTemperature
from exoval.models.model_archive import read_archive, write_archive
from exoval.posterior.blended_stars import BlendedStars
from exoval.posterior.comparable_events import comparable_events
from exoval.posterior.expected_rate import learn_relative_rate
from exoval.posterior.sky_posterior import (
    ARCHIVE,
    DESCRIPTION,
    TERMS,
    LabelRate,
    SkyPosterior,
    has_posterior,
    load_sky_posterior,
)
from exoval.running.checksums import CHECKSUMS, sealed

CLASSES = ("eclipsing_binary", "no_transit", "planet")
#: events per target, share of the simulated mixture, mean of the feature in nature and as simulated
RATE = {"eclipsing_binary": 0.02, "no_transit": 0.4, "planet": 0.01}
SHARE = {"eclipsing_binary": 0.3, "no_transit": 0.3, "planet": 0.4}
NATURE = {"eclipsing_binary": 1.0, "no_transit": -1.0, "planet": 0.3}
SIMULATED = {"eclipsing_binary": 1.4, "no_transit": -1.0, "planet": 0.8}


def drawn(name, size, random):
    """A label's simulated feature and the rates of these events."""
    feature = random.normal(SIMULATED[name], 1.0, size)
    ratio = norm.pdf(feature, NATURE[name]) / norm.pdf(feature, SIMULATED[name])
    return feature[:, None], RATE[name] * ratio / size


def mixture(feature):
    """The exact probabilities of the simulated mixture, (rows, classes)."""
    density = np.stack(
        [SHARE[name] * norm.pdf(feature, SIMULATED[name]) for name in CLASSES], axis=1
    )
    return density / density.sum(axis=1, keepdims=True)


def nature(feature, rate=RATE):
    """Bayes' theorem with the densities and rates of nature, (rows, classes)."""
    density = np.stack([rate[name] * norm.pdf(feature, NATURE[name]) for name in CLASSES], axis=1)
    return density / density.sum(axis=1, keepdims=True)


@pytest.fixture(scope="module")
def posterior():
    random, regressions, means = np.random.default_rng(0), {}, {}
    for name in CLASSES:
        feature, rate = drawn(name, 8000, random)
        found = learn_relative_rate(feature, rate, seed=0)
        if found is not None:
            regressions[name], means[name] = found, float(found.predict(feature).mean())
    assert set(regressions) == {"planet", "eclipsing_binary"}
    return SkyPosterior(
        classes=CLASSES,
        planets=np.array([False, False, True]),
        calibration=BiasCorrectedTemperature(1.0, np.zeros(3)),
        # half of the events are found, so that twice as many systems are there
        rates={
            name: LabelRate(share=SHARE[name], systems=2 * RATE[name], events=0.5)
            for name in CLASSES
        },
        regressions=regressions,
        means=means,
        comparable=comparable_events(np.linspace(-5, 5, 11), np.ones(11), np.arange(11) > 5),
    )


def test_the_posterior_is_that_of_bayes_theorem(posterior):
    feature = np.linspace(-1.5, 2.5, 60)
    answers = posterior(mixture(feature), feature[:, None])
    assert np.allclose(answers.probability.sum(axis=1), 1)
    assert np.abs(answers.probability - nature(feature)).max() < 0.03
    ratio = answers.log_odds - np.log(nature(feature)[:, 2] / (1 - nature(feature)[:, 2]))
    assert np.sqrt(np.mean(ratio**2)) < 0.15
    # without the resemblance, the odds are off by what the proposal drew too often
    shares_alone = mixture(feature) * [RATE[name] / SHARE[name] for name in CLASSES]
    shares_alone /= shares_alone.sum(axis=1, keepdims=True)
    worse = np.log(shares_alone[:, 2] / (1 - shares_alone[:, 2])) - answers.log_odds + ratio
    assert np.sqrt(np.mean(worse**2)) > 3 * np.sqrt(np.mean(ratio**2))


def test_the_terms_multiply_to_the_odds(posterior):
    feature = np.array([0.1, 1.7])
    answers = posterior(mixture(feature), feature[:, None])
    product = np.prod([answers.terms[name] for name in TERMS], axis=0)
    assert np.allclose(product / product.sum(axis=1, keepdims=True), answers.probability)
    assert answers.planet == pytest.approx(answers.probability[:, 2])
    assert [one.number for one in answers.comparable] == [2, 2]


def test_a_scenario_twice_as_frequent_has_twice_the_odds(posterior):
    feature = np.linspace(-1, 2, 7)
    rate = posterior.rates["planet"]
    twice = replace(
        posterior, rates={**posterior.rates, "planet": replace(rate, systems=2 * rate.systems)}
    )
    before, after = (one(mixture(feature), feature[:, None]).log_odds for one in (posterior, twice))
    assert after - before == pytest.approx(np.log(2))


def test_a_scenario_that_nature_does_not_have_leaves_the_ratios_of_the_others(posterior):
    feature = np.linspace(-1, 2, 7)
    gone = replace(posterior.rates["eclipsing_binary"], events=0.0)
    without = replace(posterior, rates={**posterior.rates, "eclipsing_binary": gone})
    before, after = (one(mixture(feature), feature[:, None]) for one in (posterior, without))
    assert np.all(after.probability[:, 0] < 1e-15)
    assert after.probability[:, 2] / after.probability[:, 1] == pytest.approx(
        before.probability[:, 2] / before.probability[:, 1]
    )


def test_what_is_read_answers_as_what_was_written(posterior, tmp_path):
    assert not has_posterior(tmp_path)
    posterior.save(tmp_path)
    assert has_posterior(tmp_path)
    feature = np.linspace(-2, 2, 5)
    one, other = (
        each(mixture(feature), feature[:, None])
        for each in (posterior, load_sky_posterior(tmp_path))
    )
    assert np.array_equal(one.probability, other.probability)
    assert one.comparable == other.comparable


def test_a_changed_file_is_refused(posterior, tmp_path):
    with pytest.raises(DataNotFound, match="train again"):
        load_sky_posterior(tmp_path)
    posterior.save(tmp_path)
    archive = (tmp_path / ARCHIVE).read_bytes()
    (tmp_path / ARCHIVE).write_bytes(archive[:-1] + bytes([archive[-1] ^ 1]))
    with pytest.raises(BadTable, match=ARCHIVE):
        load_sky_posterior(tmp_path)
    posterior.save(tmp_path)
    plain = json.loads((tmp_path / DESCRIPTION).read_text())
    plain["rates"]["planet"]["systems"] *= 100
    (tmp_path / DESCRIPTION).write_text(json.dumps(plain))
    with pytest.raises(BadTable, match=DESCRIPTION):
        load_sky_posterior(tmp_path)


def rewritten(folder, description, parts):
    """Write both files anew, with checksums that agree."""
    write_archive(parts, folder / ARCHIVE)
    plain = sealed(description, name=DESCRIPTION, files={ARCHIVE: folder / ARCHIVE})
    (folder / DESCRIPTION).write_text(json.dumps(plain))


def written(posterior, folder):
    """What both files of a posterior hold."""
    posterior.save(folder)
    description = json.loads((folder / DESCRIPTION).read_text())
    del description[CHECKSUMS]
    return description, read_archive(folder / ARCHIVE)


@pytest.mark.parametrize("number", [np.nan, np.inf, -1.0, 1e308])
@pytest.mark.parametrize(
    "place",
    [
        ("slope",),
        ("rates", "planet", "share"),
        ("rates", "planet", "systems"),
        ("rates", "no_transit", "events"),
        ("means", "planet"),
        ("least", "planet"),
    ],
)
def test_numbers_that_no_posterior_has_are_refused_with_a_right_checksum(
    posterior, tmp_path, place, number
):
    description, parts = written(replace(posterior, least={"planet": 0.1}), tmp_path)
    inner = description
    for name in place[:-1]:
        inner = inner[name]
    inner[place[-1]] = number
    rewritten(tmp_path, description, parts)
    with pytest.raises(BadTable, match="train again"):
        load_sky_posterior(tmp_path)


def test_planets_and_others_are_both_needed(posterior):
    for kind in (True, False):
        with pytest.raises(BadParameter, match="count as planet"):
            replace(posterior, planets=np.full(3, kind))


@pytest.mark.parametrize(
    "change",
    [
        lambda parts: np.zeros(3),
        lambda parts: parts | {"blends": []},
        lambda parts: parts | {"blends": None},
        lambda parts: (
            parts | {"comparable": parts["comparable"] | {"rate": np.array(["much"] * 11)}}
        ),
        lambda parts: parts | {"comparable": parts["comparable"] | {"rate": np.full(11, np.nan)}},
        lambda parts: (
            parts | {"comparable": parts["comparable"] | {"log_odds": np.full(11, np.nan)}}
        ),
        lambda parts: (
            parts
            | {"blends": {"planet": dict.fromkeys(BlendedStars.__annotations__, np.zeros((2, 2)))}}
        ),
        lambda parts: (
            parts
            | {"blends": {"planet": dict.fromkeys(BlendedStars.__annotations__, np.array(["a"]))}}
        ),
    ],
)
def test_parts_of_another_form_are_refused_with_a_right_checksum(posterior, tmp_path, change):
    description, parts = written(posterior, tmp_path)
    rewritten(tmp_path, description, change(parts))
    with pytest.raises(BadTable, match="train again"):
        load_sky_posterior(tmp_path)


@pytest.mark.parametrize("lost", ["_predictors", "_baseline_prediction"])
def test_a_regression_that_was_never_fitted_is_refused(posterior, tmp_path, lost):
    description, parts = written(posterior, tmp_path)
    delattr(parts["regressions"]["planet"], lost)
    rewritten(tmp_path, description, parts)
    with pytest.raises(BadTable, match="train again"):
        load_sky_posterior(tmp_path)


def test_parts_that_do_not_fit_together_are_refused(posterior):
    with pytest.raises(BadParameter, match="planet"):
        replace(posterior, rates={"planet": posterior.rates["planet"]})


def test_other_evidence_multiplies_the_odds_and_is_a_term(posterior):
    feature = np.array([0.3])
    imaging = np.array([[0.25, 1.0, 1.0]])
    before, after = (
        posterior(mixture(feature), feature[:, None], further=further)
        for further in (None, {"imaging": imaging})
    )
    ratio = after.probability / before.probability
    assert ratio[0, 0] / ratio[0, 2] == pytest.approx(0.25)
    assert list(after.terms) == [*TERMS, "imaging"]
    # simulated events have no images: comparable are those of the light curve alone
    assert after.comparable == before.comparable
    gone = posterior(mixture(feature), feature[:, None], further={"listed": imaging * [[0, 1, 1]]})
    assert before.likely.all() and gone.likely.tolist() == [[False, True, True]]


def test_the_conformal_set_holds_the_labels_that_reach_their_level(posterior):
    feature = np.array([-1.0, 1.0])
    leveled = replace(posterior, least={"planet": 0.05, "no_transit": 0.5})
    answers = leveled(mixture(feature), feature[:, None])
    expected = answers.probability >= [0.0, 0.5, 0.05]
    assert np.array_equal(answers.likely, expected) and not expected.all()

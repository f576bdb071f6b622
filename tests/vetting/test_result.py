"""What a judged event says to its reader."""

from exoval.labels import LabelMeaning
from exoval.vetting.result import VettingResult


def meaning(counts):
    return LabelMeaning(short="x", description="x", counts_as_planet=counts)


def result(probability, planets):
    return VettingResult(
        name="KOI-7",
        classifier="forest",
        probability=probability,
        interval={name: (value - 0.01, value + 0.01) for name, value in probability.items()},
        planet_interval=(0.53, 0.57),
        meanings={label: meaning(label in planets) for label in probability},
        by_classifier={"forest": sum(probability[label] for label in planets)},
        novelty=0.5,
        caveats=("made up",),
        examined=None,
        rows=None,
    )


def test_the_planet_is_shown_however_improbable_and_whatever_its_label():
    probability = {"a": 0.4, "b": 0.3, "c": 0.2, "d": 0.06, "moon": 0.04}
    lines = result(probability, ["moon"]).answers()
    assert [line.split()[0] for line in lines] == ["a", "b", "c", "moon", "!"]
    assert lines[3].split()[1] == "0.0400"


def test_several_labels_that_count_as_planet_are_summed_first():
    probability = {"planet": 0.5, "a": 0.2, "b": 0.15, "c": 0.1, "ringed_planet": 0.05}
    lines = result(probability, ["planet", "ringed_planet"]).answers()
    assert lines[0].split() == ["all", "planets", "0.5500", "(0.5300", "to", "0.5700)"]
    named = [line.split()[0] for line in lines[1:]]
    assert named == ["planet", "a", "b", "ringed_planet", "!"]

"""What a label means goes with it, and two sets cannot mean different things by it."""

import pytest

from exoval.errors import BadParameter
from exoval.labels import (
    LabelMeaning,
    joined_meanings,
    meanings_from_plain,
    meanings_to_plain,
    planet_labels,
    short_label,
    system_planet_labels,
)


def meaning(short="Moon", **changes):
    arguments = {"description": "moon of a planet", "counts_as_planet": True} | changes
    return LabelMeaning(short=short, **arguments)


def test_a_meaning_survives_being_plain():
    known = {"moon": meaning(transits="planet", on_target=True), "PC": meaning("PC")}
    assert meanings_from_plain(meanings_to_plain(known)) == known


def test_labels_that_count_and_their_short_forms():
    known = {"moon": meaning(), "wave": meaning("W", counts_as_planet=False, transits="nothing")}
    assert planet_labels(known) == ["moon"]
    assert [known[name].disposition for name in known] == ["planet", "false_positive"]
    assert short_label("wave", known) == "W"
    assert short_label("A CLASS OF A CATALOGUE", known) == "a class of a c"


def test_sets_are_joined_unless_they_contradict_each_other():
    one, other = {"moon": meaning()}, {"moon": meaning(), "PC": meaning("PC")}
    assert joined_meanings([one, other, {}]) == other
    with pytest.raises(BadParameter, match="label 'moon' means"):
        joined_meanings([one, {"moon": meaning(counts_as_planet=False)}])


@pytest.mark.parametrize("wrong", [{"transits": "moon"}, {"short": ""}])
def test_a_meaning_that_says_nothing_is_refused(wrong):
    with pytest.raises(BadParameter):
        meaning(**wrong)


def test_planets_of_bound_stars_are_planets_of_the_system():
    def of(counts, transits, on_target):
        return meaning(counts_as_planet=counts, transits=transits, on_target=on_target)

    meanings = {
        "planet": of(True, "planet", True),
        "companion_planet": of(False, "planet", True),
        "background_planet": of(False, "planet", False),
        "eclipsing_binary": of(False, "star", True),
        "PC": of(True, None, None),
    }
    assert system_planet_labels(meanings) == ["planet", "companion_planet", "PC"]

"""An event's own measurements speak against a planet in words, and are silent where they do not."""

import math

import pytest

from exoval.vetting.against_a_planet import against_a_planet

#: Kepler-10 b's kind: small, central, alike from event to event
PLANET = {
    "planet_radius": 1.5,
    "radius_ratio": 0.0127,
    "impact_parameter": 0.3,
    "impact_parameter_error": 0.2,
    "odd_even_sigma": 0.9,
    "secondary_sigma": 1.2,
    "secondary_depth": 6.0,
    "secondary_albedo": 0.5,
    "centroid_sigma": 0.8,
    "source_offset": 0.1,
    "source_offset_error": 0.2,
    "has_stronger_twin": 0.0,
    "has_deeper_match": 0.0,
}


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"planet_radius": 60.0}, "radius of 60 Earth radii"),
        ({"planet_radius": math.nan, "radius_ratio": 0.5}, "radius ratio of 0.50"),
        (
            {"impact_parameter": 1.43, "impact_parameter_error": 0.05},
            "impact parameter of 1.43",
        ),
        ({"odd_even_sigma": -4.2}, "differ in depth by 4.2 sigma"),
        ({"secondary_sigma": 8.0, "secondary_depth": 950.0}, "second dip of 950 ppm, 8.0 sigma"),
        ({"secondary_sigma": 8.0, "secondary_albedo": 7.0}, "more than a planet reflects"),
        (
            {"centroid_sigma": 9.0, "source_offset": 1.5},
            "1.50 pixels from the target's (6.7 sigma)",
        ),
        ({"has_stronger_twin": 1.0}, "stronger event of the star"),
        ({"has_deeper_match": 1.0}, "event of another star"),
    ],
)
def test_each_test_that_fails_is_told_with_its_number(changed, told):
    (sentence,) = against_a_planet(PLANET | changed)
    assert told in sentence


@pytest.mark.parametrize(
    "changed",
    [
        {},
        {name: math.nan for name in PLANET},
        {"odd_even_sigma": 2.9},
        # a hot planet that reflects: HAT-P-7 b's second dip is real
        {"secondary_sigma": 2.5, "secondary_albedo": 20.0},
        # a grazing transit of any shape, as far as a weak signal can tell
        {"impact_parameter": 1.1, "impact_parameter_error": 0.6},
        # a centroid that moves by nothing
        {"centroid_sigma": 1.0, "source_offset": 3.0},
        {"planet_radius": 22.0},
    ],
)
def test_a_planet_passes_all_tests_and_missing_features_say_nothing(changed):
    assert against_a_planet(PLANET | changed) == []

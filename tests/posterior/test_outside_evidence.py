"""Evidence of one target as terms of its posterior."""

import numpy as np
import pytest

from exoval.errors import BadParameter
from exoval.posterior.blended_stars import BlendedStars
from exoval.posterior.contrast_curve import ContrastCurve
from exoval.posterior.neighbours import Neighbours
from exoval.posterior.outside_evidence import IMAGING, LISTED, NEIGHBOURS, OutsideEvidence

CLASSES = ("nearby_binary", "planet")
BLENDS = {
    "nearby_binary": BlendedStars(
        separation=np.array([5.0, 10.0]),
        difference=np.array([1.0, 1.2]),
        rate=np.array([1.0, 1.0]),
        density=np.array([1.0, 1.0]),
    )
}


def terms(evidence, target="KIC 1", **features):
    return evidence.terms(target, features, classes=CLASSES, blends=BLENDS)


def test_a_curve_is_a_term_of_the_blends_alone():
    curve = ContrastCurve(np.array([0.1, 7.0]), np.array([4.0, 4.0]))
    found = terms(OutsideEvidence(curve=curve))
    assert found[IMAGING] == pytest.approx([0.5, 1.0])


def test_a_list_is_a_term_of_its_targets_alone():
    nobody = Neighbours(np.zeros(0), np.zeros(0))
    evidence = OutsideEvidence(neighbours={"KIC 1": nobody}, pixel_scale_arcsec=4.0)
    assert terms(evidence, depth=500.0)[NEIGHBOURS] == pytest.approx([0.0, 1.0])
    assert terms(evidence, target="KIC 2") == {}


def test_offsets_are_measured_in_pixels_and_depths_in_ppm():
    stars = Neighbours(np.array([5.0, 10.0]), np.array([1.0, 6.0]))
    evidence = OutsideEvidence(neighbours={"KIC 1": stars}, pixel_scale_arcsec=5.0)
    near = terms(evidence, depth=1e4, source_offset=1.0, source_offset_error=0.1)
    far = terms(evidence, depth=1e4, source_offset=8.0, source_offset_error=0.1)
    # the second star needs more than a total eclipse for one per cent; the first is a pixel away
    assert near[NEIGHBOURS][0] > 1.5 * terms(evidence, depth=1e4)[NEIGHBOURS][0]
    assert far[NEIGHBOURS][0] == pytest.approx(terms(evidence, depth=1e4)[NEIGHBOURS][0])


def test_false_alarms_that_a_list_has_left_out_are_fewer():
    classes = ("no_transit", "planet")
    evidence = OutsideEvidence(alarms=0.07)
    found = evidence.terms("KIC 1", {}, classes=classes, blends={})
    assert found[LISTED].tolist() == [0.07, 1.0]
    assert OutsideEvidence().terms("KIC 1", {}, classes=classes, blends={}) == {}
    with pytest.raises(BadParameter, match="alarms is 0"):
        OutsideEvidence(alarms=0)

import math

import pytest

from exoval.star import Star


@pytest.mark.parametrize("value", [0.0, -1.0, math.nan])
def test_what_a_table_fills_in_for_the_unknown_is_unknown(value):
    star = Star(target="KIC 1", radius=value, mass=1.0, teff=value)
    assert math.isnan(star.radius) and math.isnan(star.teff) and math.isnan(star.density)
    assert star.mass == 1.0

"""Quadratic limb darkening of stars in the Kepler and TESS bands, without data files.

The table is compact and bilinear in effective temperature and log g, solar metallicity. From 4500 K
up it samples the ATLAS least-squares coefficients of Claret & Bloemen 2011 (A&A 529, A75; Kepler)
and Claret 2017 (A&A 600, A30; TESS); from 4000 K down the PHOENIX-COND coefficients of Claret 2017.
There are no PHOENIX coefficients for Kepler: the TESS coefficients are shifted by the difference of
the two bands in ATLAS at the nearest temperature of 3500 K or more.
"""

from __future__ import annotations

import numpy as np

from exoval.errors import BadParameter

#: log g of the columns of both tables, dex
LOGG = np.array([3.5, 4.0, 4.5, 5.0])

# rows: temperature in K, then u1, u2 at each log g
_TABLES = {
    "kepler": np.array(
        [
            (2300, 0.604, 0.338, 0.609, 0.351, 0.613, 0.342, 0.620, 0.322),
            (2600, 0.430, 0.427, 0.414, 0.472, 0.441, 0.485, 0.484, 0.470),
            (2900, 0.370, 0.406, 0.310, 0.459, 0.291, 0.496, 0.298, 0.520),
            (3300, 0.430, 0.358, 0.329, 0.404, 0.276, 0.427, 0.251, 0.442),
            (3700, 0.653, 0.112, 0.474, 0.253, 0.337, 0.353, 0.263, 0.400),
            (4000, 0.768, 0.015, 0.659, 0.098, 0.482, 0.235, 0.331, 0.341),
            (4500, 0.682, 0.072, 0.682, 0.069, 0.681, 0.067, 0.642, 0.100),
            (5000, 0.557, 0.165, 0.563, 0.159, 0.568, 0.153, 0.570, 0.151),
            (5500, 0.439, 0.243, 0.448, 0.236, 0.453, 0.233, 0.455, 0.232),
            (6000, 0.346, 0.294, 0.353, 0.290, 0.359, 0.287, 0.359, 0.288),
            (6500, 0.290, 0.318, 0.295, 0.313, 0.297, 0.312, 0.296, 0.313),
            (7000, 0.251, 0.334, 0.254, 0.330, 0.257, 0.326, 0.258, 0.324),
            (7500, 0.273, 0.305, 0.221, 0.341, 0.223, 0.341, 0.226, 0.337),
            (8000, 0.297, 0.282, 0.258, 0.311, 0.207, 0.344, 0.196, 0.350),
            (8500, 0.258, 0.289, 0.263, 0.286, 0.245, 0.304, 0.197, 0.341),
            (9000, 0.231, 0.291, 0.231, 0.289, 0.234, 0.286, 0.241, 0.281),
            (10000, 0.198, 0.294, 0.197, 0.291, 0.195, 0.289, 0.195, 0.287),
        ]
    ),
    "tess": np.array(
        [
            (2300, 0.437, 0.427, 0.485, 0.395, 0.508, 0.366, 0.522, 0.341),
            (2600, 0.263, 0.516, 0.290, 0.515, 0.336, 0.509, 0.386, 0.489),
            (2900, 0.202, 0.495, 0.186, 0.503, 0.186, 0.520, 0.200, 0.539),
            (3300, 0.263, 0.447, 0.205, 0.448, 0.171, 0.451, 0.153, 0.460),
            (3700, 0.462, 0.227, 0.329, 0.321, 0.232, 0.381, 0.174, 0.412),
            (4000, 0.568, 0.136, 0.476, 0.202, 0.339, 0.299, 0.226, 0.368),
            (4500, 0.510, 0.156, 0.513, 0.152, 0.513, 0.151, 0.480, 0.180),
            (5000, 0.422, 0.212, 0.428, 0.206, 0.434, 0.201, 0.436, 0.199),
            (5500, 0.331, 0.265, 0.341, 0.257, 0.346, 0.254, 0.349, 0.254),
            (6000, 0.253, 0.305, 0.263, 0.298, 0.271, 0.292, 0.273, 0.293),
            (6500, 0.203, 0.323, 0.212, 0.315, 0.218, 0.311, 0.220, 0.310),
            (7000, 0.169, 0.333, 0.176, 0.327, 0.181, 0.322, 0.186, 0.318),
            (7500, 0.185, 0.303, 0.144, 0.334, 0.152, 0.331, 0.157, 0.326),
            (8000, 0.213, 0.271, 0.183, 0.294, 0.139, 0.327, 0.133, 0.331),
            (8500, 0.185, 0.269, 0.187, 0.267, 0.179, 0.278, 0.141, 0.312),
            (9000, 0.171, 0.262, 0.170, 0.259, 0.170, 0.257, 0.171, 0.257),
            (10000, 0.153, 0.259, 0.152, 0.252, 0.149, 0.249, 0.147, 0.247),
        ]
    ),
}


def quadratic_limb_darkening(teff: float, logg: float, *, band: str) -> tuple[float, float]:
    """Return the quadratic pair (u1, u2) of a dwarf or subgiant in the ``kepler`` or ``tess`` band.

    ``teff`` in K and ``logg`` in dex (cgs) are clamped to 2300-10000 K and 3.5-5.0. The largest
    error of u1 and u2 against the source tables is 0.025 (rms 0.004) from 4500 K up, and 0.05 (rms
    0.012) up to 4000 K. The transit's shape depends on u1 + u2, whose error is at most 0.007 from
    4500 K up. Always u1 > 0, u2 > 0 and u1 + u2 < 1: the disc darkens monotonically and its
    intensity stays positive.

    Raises BadParameter for another band or a missing temperature or gravity.

    >>> u1, u2 = quadratic_limb_darkening(5772.0, 4.44, band="kepler")
    >>> round(u1, 2), round(u2, 2)
    (0.4, 0.26)
    """
    if band not in _TABLES:
        raise BadParameter(f"no limb darkening for band '{band}'; use {' or '.join(_TABLES)}")
    if not np.isfinite(teff) or not np.isfinite(logg):
        raise BadParameter(f"teff={teff} K, logg={logg}: limb darkening needs both; fill them in")
    table = _TABLES[band]
    pairs = table[:, 1:].reshape(-1, LOGG.size, 2)
    row, across = _cell(table[:, 0], teff)
    column, along = _cell(LOGG, logg)
    corners = pairs[row : row + 2, column : column + 2]
    by_gravity = (1 - across) * corners[0] + across * corners[1]
    u1, u2 = (1 - along) * by_gravity[0] + along * by_gravity[1]
    return float(u1), float(u2)


def _cell(nodes: np.ndarray, value: float) -> tuple[int, float]:
    """Index of the interval that holds the clamped value, and how far along it is (0 to 1)."""
    value = min(max(value, nodes[0]), nodes[-1])
    index = min(int(np.searchsorted(nodes, value, side="right")) - 1, nodes.size - 2)
    return index, float((value - nodes[index]) / (nodes[index + 1] - nodes[index]))

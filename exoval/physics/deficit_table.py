"""The antiderivative of an eclipse: light lost from mid-eclipse to any moment, as a table.

The hidden share depends only on the time x from mid-eclipse. Its antiderivative G(x), the integral
from 0 to x, gives the mean over an exposure e as one difference, (G(x + e/2) - G(x - e/2)) / e.

The hidden share is smooth between contacts; at a contact it starts as the 3/2 power of the time
from it. Each side of mid-eclipse is therefore cut at second contact. Both pieces are mapped on
variables quadratic at their contacts, in which a polynomial through a few Gauss-Legendre nodes is
exact to rounding. Constant matrices integrate the polynomials onto a fine grid, uniform in the
square root of the distance from a contact, with a cubic in each interval.
"""

from __future__ import annotations

import math

import numpy as np
from numba import njit

from exoval.physics.quadratic_occultation import hidden_share
from exoval.physics.sky_path import contact_angles, days_at_angle, separations

#: intervals of the fine grid in each of the three segments of a side
INTERVALS = 48
#: Gauss-Legendre nodes (inside second contact, between contacts), by increasing eclipse depth
NODES = ((8, 12), (10, 16), (12, 22))
#: relative depths above which the next row of NODES is used
DEPTHS = (3e-3, 4e-2)


def _cubics(
    nodes: int, ends: np.ndarray, weight: np.ndarray, slope: np.ndarray, measure
) -> np.ndarray:
    """Cubic coefficients of G in each interval of a grid, per unit of f at each node.

    The pieces' variable s runs from 0 to 1; ``ends`` (intervals + 1) are the grid's s, and there
    G = sum of ``weight`` x integral from 0 to s of f ``measure`` ds, dG/dv = ``slope`` f.
    Shape (nodes, intervals, 4).
    """
    points, weights = np.polynomial.legendre.leggauss(nodes)
    basis = np.polynomial.legendre.legvander(points, nodes - 1)
    fit = (basis * weights[:, None]).T * (np.arange(nodes) + 0.5)[:, None]
    fine, fine_weights = np.polynomial.legendre.leggauss(60)
    places = 0.5 * ends[:, None] * (fine + 1)
    polynomials = np.polynomial.legendre.legvander(2 * places - 1, nodes - 1)
    moments = np.einsum(
        "ij,ijd->id", 0.5 * ends[:, None] * fine_weights * measure(places), polynomials
    )
    value = weight * (moments @ fit)
    step = slope[:, None] * np.polynomial.legendre.legvander(2 * ends - 1, nodes - 1) @ fit
    step /= INTERVALS
    rise = np.diff(value, axis=0)
    cubic = [
        value[:-1],
        step[:-1],
        3 * rise - 2 * step[:-1] - step[1:],
        step[:-1] + step[1:] - 2 * rise,
    ]
    return np.ascontiguousarray(np.transpose(cubic, (2, 1, 0)))


def cubic_matrices(inside_nodes: int, partial_nodes: int) -> tuple[np.ndarray, ...]:
    """Return the nodes of one side, and the matrices from its hidden shares to its cubics.

    Returns the nodes' places (nodes,), as fractions of the way from mid-eclipse to second contact
    and from second to fourth contact, and matrices (nodes, INTERVALS, 4) and (nodes, 2, INTERVALS,
    4).
    """
    grid = np.arange(INTERVALS + 1) / INTERVALS
    s = 0.5 * (np.polynomial.legendre.leggauss(inside_nodes)[0] + 1)
    inside = _cubics(inside_nodes, grid, -1.0, -2 * grid, lambda s: 2 * s)

    def measure(s: np.ndarray) -> np.ndarray:
        return 0.5 * np.pi * np.sin(np.pi * s)

    quarter = 2 / np.pi * np.arcsin(grid / np.sqrt(2))
    halves = (
        _cubics(partial_nodes, quarter, 1.0, grid, measure),
        _cubics(partial_nodes, 1 - quarter, 1.0, -grid, measure),
    )
    t = 0.5 * (np.polynomial.legendre.leggauss(partial_nodes)[0] + 1)
    return 1 - s**2, inside, np.sin(0.5 * np.pi * t) ** 2, np.stack(halves, axis=1)


def _constants() -> tuple[np.ndarray, ...]:
    """The matrices of every row of NODES, padded to the longest."""
    levels = [cubic_matrices(*counts) for counts in NODES]
    padded = [np.zeros((len(NODES), *part.shape)) for part in levels[-1]]
    for level, parts in enumerate(levels):
        for whole, part in zip(padded, parts, strict=True):
            whole[level, : len(part)] = part
    return tuple(padded)


_INSIDE_PLACES, _INSIDE, _PARTIAL_PLACES, _PARTIAL = _constants()
_COUNTS = np.array(NODES)


@njit(cache=True, error_model="numpy")
def fill_table(
    path: tuple,
    k: float,
    unit: float,
    u1: float,
    u2: float,
    depth: float,
    cubics: np.ndarray,
    ends: np.ndarray,
) -> tuple:
    """Tabulate G on both sides of mid-eclipse.

    A disc of radius ``unit`` (in the path's unit of length) with limb darkening u1, u2 is hidden by
    a disc of ``k`` times its radius; ``depth`` is the depth of the eclipse in the total light.
    ``cubics`` (2, 3, INTERVALS, 4) and ``ends`` (2, 3) are overwritten: row 0 is the side after
    mid-eclipse, row 1 the one before it, in days away from it. A row of ``ends`` holds second and
    fourth contact and G there. Returns the delay of mid-eclipse after conjunction and the number of
    sides: 0 without an eclipse, 1 for a circular orbit, whose two sides are the same.
    """
    outer = contact_angles((1 + k) * unit, path)
    if outer[1] <= outer[0]:
        return 0.0, 0
    inner = contact_angles(abs(1 - k) * unit, path)
    level = 0
    while level < 2 and depth > DEPTHS[level]:
        level += 1
    if path[3] == 0:
        _fill_side(
            path,
            k,
            unit,
            u1,
            u2,
            level,
            0.0,
            days_at_angle(inner[1], path),
            days_at_angle(outer[1], path),
            cubics[0],
            ends[0],
        )
        return 0.0, 1
    first, last = days_at_angle(outer[0], path), days_at_angle(outer[1], path)
    if inner[1] > inner[0]:
        second, third = days_at_angle(inner[0], path), days_at_angle(inner[1], path)
        middle = 0.5 * (second + third)
    else:
        middle = 0.5 * (first + last)
        second = third = middle
    _fill_side(path, k, unit, u1, u2, level, middle, third, last, cubics[0], ends[0])
    _fill_side(path, k, unit, u1, u2, level, middle, second, first, cubics[1], ends[1])
    return middle, 2


@njit(cache=True, error_model="numpy")
def _fill_side(
    path: tuple,
    k: float,
    unit: float,
    u1: float,
    u2: float,
    level: int,
    middle: float,
    contact: float,
    last: float,
    cubics: np.ndarray,
    ends: np.ndarray,
) -> None:
    """Fill one side of the table, from ``middle`` past inner ``contact`` to the ``last`` one."""
    inside, width = contact - middle, last - contact
    few, many = _COUNTS[level]
    days = np.empty(few + many)
    hidden = np.empty(few + many)
    if k >= 1 or inside == 0:
        few = 0
    for j in range(few):
        days[j] = middle + inside * _INSIDE_PLACES[level, few - 1 - j]
    for j in range(many):
        days[few + j] = contact + width * _PARTIAL_PLACES[level, j]
    separations(days, few + many, path, hidden)
    for j in range(few + many):
        hidden[j] = hidden_share(hidden[j] / unit, k, u1, u2)
    inside, width = abs(inside), abs(width)
    cubics[:] = 0.0
    if few > 0:
        for j in range(few):
            _add_scaled(cubics[0], _INSIDE[level, few - 1 - j], inside * hidden[j])
        # so far from second contact inwards: the end of the last interval is mid-eclipse
        within = -cubics[0, -1].sum()
        for i in range(INTERVALS):
            cubics[0, i, 0] += within
    else:  # the disc is wholly hidden: G = x = inside (1 - v^2)
        within = inside
        for i in range(INTERVALS):
            cubics[0, i, 0] = inside * (1 - (i / INTERVALS) ** 2)
            cubics[0, i, 1] = -2 * inside * i / INTERVALS**2
            cubics[0, i, 2] = -inside / INTERVALS**2
    for j in range(many):
        _add_scaled(cubics[1], _PARTIAL[level, j, 0], width * hidden[few + j])
        _add_scaled(cubics[2], _PARTIAL[level, j, 1], width * hidden[few + j])
    for i in range(INTERVALS):
        cubics[1, i, 0] += within
        cubics[2, i, 0] += within
    ends[0], ends[1], ends[2] = inside, inside + width, cubics[2, 0, 0]


@njit(cache=True, error_model="numpy", fastmath={"contract"})
def _add_scaled(total: np.ndarray, matrix: np.ndarray, factor: float) -> None:
    for i in range(INTERVALS):
        for c in range(4):
            total[i, c] += factor * matrix[i, c]


@njit(cache=True, error_model="numpy", inline="always")
def antiderivative(x: float, cubics: np.ndarray, ends: tuple) -> float:
    """Return G at ``x`` days from mid-eclipse; it is constant beyond the contacts.

    ``cubics`` is flat and ``ends`` holds (second contact, fourth contact, G there, where the side's
    cubics begin) of the side after mid-eclipse and then of the side before it. The code avoids
    branches whose outcome changes from cadence to cadence.
    """
    away = abs(x)
    later = x >= 0
    inside = ends[0] if later else ends[4]
    last = ends[1] if later else ends[5]
    total = ends[2] if later else ends[6]
    begin = ends[3] if later else ends[7]
    half = 0.5 * (last - inside)
    within, early = away < inside, away < inside + half
    length = inside if within else half
    distance = inside - away if within else (away - inside if early else last - away)
    place = math.sqrt(max(distance, 0.0) / length) * INTERVALS
    i = min(int(place), INTERVALS - 1)
    v = place - i
    j = begin + 4 * (i + (0 if within else (INTERVALS if early else 2 * INTERVALS)))
    value = cubics[j] + v * (cubics[j + 1] + v * (cubics[j + 2] + v * cubics[j + 3]))
    value = value if away < last else total
    return value if later else -value

"""Occultation of a limb-darkened disc by direct integration, for tests."""

from __future__ import annotations

from itertools import pairwise

import numpy as np


def hidden_by_rings(separation, ratio, u1, u2, nodes_a_piece=100):
    """Share of a disc's light hidden: rings of constant brightness, their arcs exact.

    Gauss-Legendre between the radii where arcs begin or end, in an angle that smooths the ends.
    """
    marks = [abs(separation - ratio), separation + ratio]
    edges = np.unique([0.0, *[m for m in marks if 0 < m < 1], 1.0])
    nodes, weights = np.polynomial.legendre.leggauss(nodes_a_piece)
    total = 0.0
    for low, high in pairwise(edges):
        angle = 0.5 * np.pi * (nodes + 1)
        radius = low + 0.5 * (high - low) * (1 - np.cos(angle))
        step = 0.25 * np.pi * (high - low) * np.sin(angle) * weights
        total += np.sum(
            step * radius * _brightness(radius, u1, u2) * _arc(radius, separation, ratio)
        )
    return total / (np.pi * (1 - u1 / 3 - u2 / 6))


def hidden_by_pixels(separation, ratio, u1, u2, across=3000):
    """The same share by summing square pixels in two dimensions."""
    axis = (np.arange(across) + 0.5) / across * 2 - 1
    x, y = np.meshgrid(axis, axis)
    radius = np.hypot(x, y)
    light = np.where(radius < 1, _brightness(np.minimum(radius, 1), u1, u2), 0)
    return light[np.hypot(x - separation, y) < ratio].sum() / light.sum()


def _brightness(radius, u1, u2):
    mu = np.sqrt(1 - radius**2)
    return 1 - u1 * (1 - mu) - u2 * (1 - mu) ** 2


def _arc(radius, separation, ratio):
    if separation == 0:
        return np.where(radius < ratio, 2 * np.pi, 0.0)
    cosine = (radius**2 + separation**2 - ratio**2) / (2 * radius * separation)
    return 2 * np.arccos(np.clip(cosine, -1, 1))

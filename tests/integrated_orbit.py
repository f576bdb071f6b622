"""The equation of motion, integrated: an orbit that shares no line with exoval."""

from __future__ import annotations

import numpy as np
from scipy.integrate import solve_ivp
from scipy.optimize import minimize_scalar

from exoval.physics.orbit import inclination


def integrated(orbit):
    """Dense sky position (east, north, towards us) over two periods from periastron."""
    gravity = 4 * np.pi**2 * orbit.semi_major_axis_ratio**3 / orbit.period**2
    near = orbit.semi_major_axis_ratio * (1 - orbit.eccentricity)
    speed = np.sqrt(gravity * (1 + orbit.eccentricity) / near)

    def motion(_, state):
        x, y, u, v = state
        pull = -gravity / np.hypot(x, y) ** 3
        return [u, v, pull * x, pull * y]

    path = solve_ivp(
        motion,
        (0, 2 * orbit.period),
        [near, 0, 0, speed],
        method="DOP853",
        rtol=1e-12,
        atol=1e-12,
        dense_output=True,
    ).sol
    w, i = orbit.argument_of_periastron, inclination(orbit)

    def sky(time):
        x, y = path(time)[:2]
        node, rise = x * np.cos(w) - y * np.sin(w), x * np.sin(w) + y * np.cos(w)
        return -node, -rise * np.cos(i), rise * np.sin(i)

    return sky


def conjunctions(sky, period):
    """Times where the line of centres projects on the normal of the node line, and which side."""
    times = np.linspace(0, 2 * period, 4001)
    east, _, height = sky(times)
    found = []
    for j in np.flatnonzero(np.diff(np.sign(east)) != 0):
        best = minimize_scalar(
            lambda t: sky(t)[0] ** 2,
            bounds=(times[j], times[j + 1]),
            method="bounded",
            options={"xatol": 1e-10},
        )
        found.append((best.x, height[j] > 0))
    return found

"""Occultation and sky path in torch, for batches.

The equations are those of exoval.physics.quadratic_occultation and exoval.physics.sky_path. Here
both cases of every element are computed and one is kept, and the number of iterations is fixed.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import torch
from torch import Tensor

#: steps of Bulirsch's transformation, enough to converge from a modulus of 1e-10
_ELLIPTIC_STEPS = 9
_LEAST_COMPLEMENT = 1e-20
_KEPLER_STEPS = 9
_ROOT_STEPS = 25


class Path(NamedTuple):
    """Orbits of many eclipses as in exoval.physics.sky_path: tensors that broadcast."""

    period: Tensor
    a: Tensor
    cos_i: Tensor
    e: Tensor
    w: Tensor

    def unsqueeze(self, dimensions: int) -> Path:
        """Return the path with ``dimensions`` axes of length one appended."""
        return Path(*(part[(...,) + (None,) * dimensions] for part in self))

    def take(self, rows: Tensor) -> Path:
        """Select rows of a one-dimensional batch."""
        return Path(*(part[rows] for part in self))


def hidden_share(z: Tensor, k: Tensor, u1: Tensor, u2: Tensor) -> Tensor:
    """Return the share of a disc's light hidden by an opaque disc of ``k`` radii at ``z`` radii.

    The tensors broadcast. The absolute error is below 1e-11 for float64.
    """
    tiny = torch.finfo(z.dtype).tiny
    inside = z <= 1 - k
    gap = (z - k) ** 2
    depth = ((1 + k - z) * (z + (1 - k))).clamp_min(tiny)
    beyond = (k - z) * (k + z)
    product = (4 * z * k).clamp_min(tiny)
    m = torch.where(inside, product / depth, depth / product)
    rest = ((1 - k) - z) * (1 + z + k)
    complement = torch.where(inside, rest / depth, -rest / product).clamp(_LEAST_COMPLEMENT, 1.0)
    first = depth * (torch.where(inside, depth * (3 - m), product * (3 * m - 1)) / 3 - beyond)
    second = depth * complement * torch.where(inside, depth * (3 - 2 * m) / 3 - beyond, product / 3)
    centred = gap <= tiny
    pole = torch.where(inside, (z + k) ** 2, torch.ones_like(z)) / gap.clamp_min(tiny)
    pole = torch.where(centred, torch.ones_like(z), pole)
    poled_second = torch.where(inside, complement, torch.zeros_like(z))
    plain, poled = _elliptic_pair(complement.sqrt(), first, second, pole, poled_second)
    jump = torch.where(centred, torch.zeros_like(z), depth * beyond / gap.clamp_min(tiny) * poled)
    arc = (plain + jump) * 2 / torch.where(inside, depth, product).sqrt()
    turns = torch.where(centred, 0.5, (k > z).to(z.dtype))
    linear = (2 * math.pi * turns - arc) / 3
    area, moment = _overlap(z, k, inside)
    hidden = (1 - u1 - u2) * area + (u1 + 2 * u2) * linear - u2 * (area - moment)
    hidden = (hidden / (math.pi * (1 - u1 / 3 - u2 / 6))).clamp(0.0, 1.0)
    hidden = torch.where(z <= k - 1, torch.ones_like(z), hidden)
    return torch.where((z >= 1 + k) | (k <= 0), torch.zeros_like(z), hidden)


def _elliptic_pair(
    kc: Tensor, first: Tensor, second: Tensor, pole: Tensor, poled_second: Tensor
) -> tuple[Tensor, Tensor]:
    shrinking, arithmetic = kc, torch.ones_like(kc)
    a, b, p = first, second, torch.ones_like(kc)
    q = pole.sqrt()
    c, d = torch.ones_like(kc), poled_second / q
    for _ in range(_ELLIPTIC_STEPS):
        step = shrinking / p
        a, b, p = a + b / p, 2 * (b + a * step), p + step
        step = shrinking / q
        c, d, q = c + d / q, 2 * (d + c * step), q + step
        arithmetic = arithmetic + kc
        kc = 2 * shrinking.sqrt()
        shrinking = kc * arithmetic
    plain = (a * arithmetic + b) / (arithmetic * (arithmetic + p))
    poled = (c * arithmetic + d) / (arithmetic * (arithmetic + q))
    return 0.5 * math.pi * plain, 0.5 * math.pi * poled


def _overlap(z: Tensor, k: Tensor, inside: Tensor) -> tuple[Tensor, Tensor]:
    """Area of the overlap of the discs, and the integral of r^2 over it."""
    kite = (z + k + 1) * (k + 1 - z) * (z + (1 - k)) * (z - (1 - k))
    kite = kite.clamp_min(0.0).sqrt()
    own = torch.atan2(kite, z * z + (1 - k) * (1 + k))
    other = torch.atan2(kite, z * z - (1 - k) * (1 + k))
    mixed = k * k + 2 * z * z
    area = own + k * k * other - 0.5 * kite
    moment = 0.5 * (own + k * k * mixed * other) - 0.125 * kite * (1 + 5 * k * k + z * z)
    whole = math.pi * k * k
    return torch.where(inside, whole, area), torch.where(inside, 0.5 * whole * mixed, moment)


def mean_anomaly(true_anomaly: Tensor, e: Tensor) -> Tensor:
    """Return the mean anomaly of a true anomaly (radians), continuous over full turns."""
    beta = e / (1 + ((1 - e) * (1 + e)).sqrt())
    lag = torch.atan2(beta * true_anomaly.sin(), 1 + beta * true_anomaly.cos())
    anomaly = true_anomaly - 2 * lag
    return anomaly - e * anomaly.sin()


def days_at_angle(angle: Tensor, path: Path) -> Tensor:
    """Return the days from conjunction to ``angle`` (radians) past it."""
    middle = 0.5 * math.pi - path.w
    turn = mean_anomaly(middle + angle, path.e) - mean_anomaly(middle, path.e)
    return turn * path.period / (2 * math.pi)


def separations(days: Tensor, path: Path) -> Tensor:
    """Return the separations at ``days`` from conjunction, by Danby's 1987 iteration."""
    start = mean_anomaly(0.5 * math.pi - path.w, path.e)
    mean = start + 2 * math.pi * torch.remainder(days / path.period + 0.5, 1.0) - math.pi
    mean = mean - 2 * math.pi * torch.round(mean / (2 * math.pi))
    anomaly = mean + 0.85 * path.e * mean.sign()
    for _ in range(_KEPLER_STEPS if bool((path.e > 0).any()) else 0):
        sine, cosine = path.e * anomaly.sin(), path.e * anomaly.cos()
        residual, slope = anomaly - sine - mean, 1 - cosine
        step = -residual / slope
        step = -residual / (slope + 0.5 * step * sine)
        anomaly = anomaly - residual / (slope + 0.5 * step * sine + step * step * cosine / 6)
    along = path.a * (anomaly.cos() - path.e)
    across = path.a * ((1 - path.e) * (1 + path.e)).sqrt() * anomaly.sin()
    in_sky = along * path.w.cos() - across * path.w.sin()
    out_of_sky = along * path.w.sin() + across * path.w.cos()
    return torch.hypot(in_sky, out_of_sky * path.cos_i)


def squared_separation(angle: Tensor, path: Path) -> Tensor:
    """Return the squared separation on the sky at ``angle`` past conjunction."""
    distance = path.a * (1 - path.e**2) / (1 + path.e * (path.w - angle).sin())
    return distance**2 * (angle.sin() ** 2 + (path.cos_i * angle.cos()) ** 2)


def contact_angles(separation: Tensor, path: Path) -> tuple[Tensor, Tensor]:
    """Return the angles (rows) between which the bodies are closer than ``separation``.

    They are equal where the bodies never come that close. A scan in three successively finer steps
    finds the closest approach, bisection the contacts.
    """
    column = path.unsqueeze(1)
    grid = 0.5 * math.pi * torch.linspace(-1, 1, 65, dtype=path.a.dtype, device=path.a.device) ** 3
    angles = grid.expand(path.a.numel(), -1)
    close = squared_separation(angles, column) < separation[:, None] ** 2
    index = torch.arange(65, device=path.a.device)
    left = torch.where(close, index, 65).amin(1)
    right = torch.where(close, index, -1).amax(1)
    closest = _closest_angle(angles, column)
    found = squared_separation(closest, path) < separation**2
    missed = right < 0
    around = torch.searchsorted(grid, closest)
    low_out = torch.where(missed, grid[(around - 1).clamp(0, 64)], grid[(left - 1).clamp(0, 64)])
    low_in = torch.where(missed, closest, grid[left.clamp(0, 64)])
    high_out = torch.where(missed, grid[around.clamp(0, 64)], grid[(right + 1).clamp(0, 64)])
    high_in = torch.where(missed, closest, grid[right.clamp(0, 64)])
    twice = Path(*(torch.cat([part, part]) for part in path))
    edges = _crossings(
        torch.cat([low_out, high_out]),
        torch.cat([low_in, high_in]),
        torch.cat([separation, separation]),
        twice,
    )
    first, last = edges.chunk(2)
    none = missed & ~found
    return torch.where(none, 0.0, first), torch.where(none, 0.0, last)


def _closest_angle(angles: Tensor, column: Path) -> Tensor:
    """Angle (rows) of the least separation, by scans between the neighbours of the last best."""
    share = torch.linspace(0, 1, 65, dtype=angles.dtype, device=angles.device)
    for _ in range(3):
        best = squared_separation(angles, column).argmin(1, keepdim=True)
        low = angles.gather(1, (best - 1).clamp_min(0))
        high = angles.gather(1, (best + 1).clamp_max(64))
        angles = low + (high - low) * share
    return angles.gather(1, squared_separation(angles, column).argmin(1, keepdim=True))[:, 0]


def _crossings(outside: Tensor, inside: Tensor, separation: Tensor, path: Path) -> Tensor:
    """Angles where the separation crosses a value: Newton's method, bracketed by bisection."""
    square = separation**2
    stuck = squared_separation(outside, path) <= square
    edge, angle = outside, 0.5 * (outside + inside)
    size = path.a * (1 - path.e**2)
    for _ in range(_ROOT_STEPS):
        sine, cosine = angle.sin(), angle.cos()
        distance = size / (1 + path.e * (path.w - angle).sin())
        flat = sine**2 + (path.cos_i * cosine) ** 2
        excess = distance**2 * flat - square
        turning = distance * path.e * (path.w - angle).cos() / size
        slope = 2 * distance**2 * (turning * flat + sine * cosine * (1 - path.cos_i**2))
        outside = torch.where(excess > 0, angle, outside)
        inside = torch.where(excess > 0, inside, angle)
        new = angle - excess / slope
        kept = (new >= torch.minimum(outside, inside)) & (new <= torch.maximum(outside, inside))
        angle = torch.where(kept, new, 0.5 * (outside + inside))
    return torch.where(stuck, edge, angle)

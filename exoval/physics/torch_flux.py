"""Eclipses of many pairs at once, in torch, on a processor or a graphics card.

The antiderivative tables are those of exoval.physics.deficit_table, built for a whole batch.
Orbits, tables and times are always float64, which times of years and differences of the
antiderivative need; ``dtype`` applies to the look-up in the tables and to the flux.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from functools import cache

import numpy as np
import torch
from torch import Tensor

from exoval.errors import BadParameter
from exoval.physics.deficit_table import INTERVALS, NODES, cubic_matrices
from exoval.physics.domain import DOMAIN, LONGEST_EXPOSURE
from exoval.physics.orbit import secondary_delay
from exoval.physics.torch_occultation import (
    Path,
    contact_angles,
    days_at_angle,
    hidden_share,
    mean_anomaly,
    separations,
)
from exoval.system import Orbit


@dataclass(frozen=True, kw_only=True)
class Pairs:
    """Orbits of a batch: one float64 tensor (batch,) for each field of Orbit.

    ``u1``, ``u2`` are the limb-darkening coefficients of body 1, ``v1``, ``v2`` those of body 2.
    """

    period: Tensor
    epoch: Tensor
    radius_ratio: Tensor
    semi_major_axis_ratio: Tensor
    impact_parameter: Tensor
    eccentricity: Tensor
    argument_of_periastron: Tensor
    surface_brightness_ratio: Tensor
    u1: Tensor
    u2: Tensor
    v1: Tensor
    v2: Tensor

    @classmethod
    def of(
        cls,
        orbits: Sequence[Orbit],
        limb_darkening: Sequence[tuple[float, float]],
        *,
        device: str = "cpu",
    ) -> Pairs:
        """Gather strictly periodic orbits; raises BadParameter if one has transit_times."""
        if any(orbit.transit_times for orbit in orbits):
            raise BadParameter("transit_times in a batch: give such an orbit to TorchModel alone")
        of_orbit = [field.name for field in fields(cls)[:8]]
        rows = [
            [*(getattr(orbit, name) for name in of_orbit), *limb, *orbit.companion_limb_darkening]
            for orbit, limb in zip(orbits, limb_darkening, strict=True)
        ]
        table = torch.tensor(rows, dtype=torch.float64).T.contiguous().to(device)
        names = [field.name for field in fields(cls)]
        return cls(**dict(zip(names, table, strict=True)))

    def take(self, rows: slice) -> Pairs:
        """Return a part of the batch."""
        return Pairs(**{field.name: getattr(self, field.name)[rows] for field in fields(self)})


@dataclass(frozen=True)
class TorchModel:
    """The exact engine in torch; ``device`` as torch names it, ``dtype`` float64 or float32.

    float64 agrees with ExactModel to 0.01 ppm. float32 rounds the look-up by about 1 ppm of the
    depth for half-hour exposures, and by more for exposures short compared with the eclipse.
    Exposure plus eclipse must be shorter than the period. ``chunk_cells`` limits the number of
    systems x times computed at once, some 50 bytes each; a graphics card works best with tens of
    millions.
    """

    device: str = "cpu"
    dtype: str = "float64"
    chunk_cells: int = 4_000_000

    def __post_init__(self) -> None:
        if self.dtype not in ("float32", "float64") or self.chunk_cells < 1:
            raise BadParameter(
                f"dtype {self.dtype}, chunk_cells {self.chunk_cells}: use float32 or float64, and "
                "1 cell or more"
            )

    def __call__(
        self, time: np.ndarray, orbit: Orbit, limb_darkening: tuple[float, float], exposure: float
    ) -> np.ndarray:
        """Return the flux at mid-exposure times (days), exactly 1.0 out of eclipse.

        The flux has the shape of ``time``. Raises BadParameter outside the domain of
        exoval.physics.domain.
        """
        time = np.asarray(time, dtype=float)
        pairs = Pairs.of([replace(orbit, transit_times=())], [limb_darkening], device=self.device)
        _refuse_outside(pairs, exposure)
        primary = secondary = time.reshape(-1)
        if orbit.transit_times:
            delay = secondary_delay(
                orbit.period,
                eccentricity=orbit.eccentricity,
                argument_of_periastron=orbit.argument_of_periastron,
            )
            primary = _as_if_periodic(primary, orbit, 0.0)
            secondary = _as_if_periodic(secondary, orbit, delay)
        flux = torch.ones((1, time.size), dtype=getattr(torch, self.dtype), device=self.device)
        on_device = (torch.as_tensor(part, device=self.device) for part in (primary, secondary))
        _hide_both(*on_device, pairs, exposure, flux)
        return flux[0].double().cpu().numpy().reshape(time.shape)

    def batch(self, time: Tensor, pairs: Pairs, *, exposure: float) -> Tensor:
        """Return the flux (batch, times) of many pairs at common float64 times (days) in any order.

        Raises BadParameter outside the domain of exoval.physics.domain.
        """
        _refuse_outside(pairs, exposure)
        dtype = getattr(torch, self.dtype)
        count = pairs.period.numel()
        flux = torch.ones((count, time.numel()), dtype=dtype, device=time.device)
        step = max(self.chunk_cells // max(time.numel(), 1), 1)
        for start in range(0, count, step):
            rows = slice(start, start + step)
            _hide_both(time, time, pairs.take(rows), exposure, flux[rows])
        return flux


def _as_if_periodic(time: np.ndarray, orbit: Orbit, delay: float) -> np.ndarray:
    """Shift times so that each eclipse, ``delay`` after its transit time, becomes periodic.

    Times half a period or more from every such eclipse become NaN: nothing is eclipsed there.
    """
    middles = np.sort(orbit.transit_times) + delay
    since = time - middles[np.abs(time[:, None] - middles).argmin(axis=1)]
    return np.where(np.abs(since) < 0.5 * orbit.period, since + orbit.epoch + delay, np.nan)


def _refuse_outside(pairs: Pairs, exposure: float) -> None:
    if not 0 <= exposure <= LONGEST_EXPOSURE * (1 + 1e-9):
        raise BadParameter(
            f"exposure in days {exposure:.6g} is outside 0 to {LONGEST_EXPOSURE:.6g}: give another"
        )
    for name, (least, most) in DOMAIN.items():
        values = getattr(pairs, name)
        outside = ~((values >= least) & (values <= most))
        if name == "impact_parameter":
            outside |= values > 1 + pairs.radius_ratio
        if bool(outside.any()):
            row = int(outside.nonzero()[0])
            raise BadParameter(
                f"{name} {float(values[row]):.6g} of row {row} is outside the domain of the "
                f"eclipse models, {least:.6g} to {most:.6g}: draw or give another"
            )


def _hide_both(
    time: Tensor, secondary_time: Tensor, pairs: Pairs, exposure: float, flux: Tensor
) -> None:
    """Subtract from ``flux`` (batch, times) the eclipses of body 1 and then those of body 2."""
    e, w, k = pairs.eccentricity, pairs.argument_of_periastron, pairs.radius_ratio
    distance = pairs.semi_major_axis_ratio * (1 - e * e) / (1 + e * w.sin())
    cos_i = pairs.impact_parameter / distance
    if bool((cos_i > 1).any()):
        raise BadParameter("impact_parameter above the distance of the bodies: draw another")
    path = Path(pairs.period, pairs.semi_major_axis_ratio, cos_i, e, w)
    share = pairs.surface_brightness_ratio * k * k
    share = share / (1 + share)
    limb = (pairs.u1, pairs.u2)
    _hide(time, pairs.epoch, path, k, torch.ones_like(k), limb, 1 - share, exposure, flux)
    bright = (share > 0).nonzero()[:, 0]
    if bright.numel() == 0:
        return
    middle = 0.5 * math.pi - w
    delay = (mean_anomaly(middle + math.pi, e) - mean_anomaly(middle, e)) * pairs.period
    epoch = pairs.epoch + delay / (2 * math.pi)
    turned = path._replace(w=w + math.pi).take(bright)
    limb = (pairs.v1[bright], pairs.v2[bright])
    lost = torch.zeros((bright.numel(), flux.shape[1]), dtype=flux.dtype, device=flux.device)
    _hide(
        secondary_time,
        epoch[bright],
        turned,
        1 / k[bright],
        k[bright],
        limb,
        share[bright],
        exposure,
        lost,
    )
    flux.index_add_(0, bright, lost)


def _hide(
    time: Tensor,
    epoch: Tensor,
    path: Path,
    k: Tensor,
    unit: Tensor,
    limb: tuple[Tensor, Tensor],
    share: Tensor,
    exposure: float,
    flux: Tensor,
) -> None:
    """Subtract one body's eclipses; its radius is ``unit``, the other's ``k`` times that."""
    outer = contact_angles((1 + k) * unit, path)
    inner = contact_angles((1 - k).abs() * unit, path)
    first, last, second, third = (days_at_angle(angle, path) for angle in (*outer, *inner))
    whole = third > second
    middle = torch.where(whole, 0.5 * (second + third), 0.5 * (first + last))
    contacts = torch.stack([torch.where(whole, third, middle), torch.where(whole, second, middle)])
    ends = torch.stack([last, first])
    reach = 0.5 * exposure
    begin = (first - reach)[:, None]
    since = torch.remainder(time - epoch[:, None] - begin, path.period[:, None])
    inside = since < (last - first + exposure)[:, None]
    inside &= ((last > first) & (k > 0))[:, None]
    row, column = inside.nonzero(as_tuple=True)
    moment = since[row, column] + begin[row, 0]
    if exposure > 0:
        table = _tables(path, k, unit, limb, middle, contacts, ends)
        lost = _mean_hidden(
            moment - middle[row],
            row,
            table,
            (contacts - middle).abs(),
            (ends - middle).abs(),
            exposure,
            flux.dtype,
        )
    else:
        apart = separations(moment, path.take(row)) / unit[row]
        lost = hidden_share(apart, k[row], limb[0][row], limb[1][row]).to(flux.dtype)
    flux[row, column] -= share[row].to(flux.dtype) * lost


def _tables(
    path: Path,
    k: Tensor,
    unit: Tensor,
    limb: tuple[Tensor, Tensor],
    middle: Tensor,
    contacts: Tensor,
    ends: Tensor,
) -> Tensor:
    """Cubics of the antiderivative (2 sides, batch, 3, INTERVALS, 4), as in deficit_table."""
    inside_places, inside, partial_places, partial = _matrices(k.device)
    within = (contacts - middle)[..., None]
    across = (ends - contacts)[..., None]
    days = torch.cat(
        [middle[:, None] + within * inside_places, contacts[..., None] + across * partial_places],
        dim=-1,
    )
    apart = separations(days, path.unsqueeze(1)) / unit[:, None]
    hidden = hidden_share(apart, k[:, None], limb[0][:, None], limb[1][:, None])
    few = inside_places.numel()
    core = (hidden[..., :few] * within.abs()) @ inside.flatten(1)
    edge = (hidden[..., few:] * across.abs()) @ partial.flatten(1)
    sides, batch = contacts.shape
    core = core.view(sides, batch, 1, INTERVALS, 4)
    total = -core[..., -1:, :].sum(-1)
    cubics = torch.cat([core, edge.view(sides, batch, 2, INTERVALS, 4)], dim=2)
    cubics[..., 0] += total
    return cubics


@cache
def _matrices(device: torch.device) -> tuple[Tensor, ...]:
    return tuple(torch.as_tensor(part, device=device) for part in cubic_matrices(*NODES[-1]))


def _mean_hidden(
    moment: Tensor,
    row: Tensor,
    table: Tensor,
    inner: Tensor,
    outer: Tensor,
    exposure: float,
    dtype: torch.dtype,
) -> Tensor:
    """Hidden share averaged over exposures about ``moment`` (days from mid-eclipse)."""
    table = table.to(dtype)
    total = table[:, :, 2, 0, 0]
    late, early = (
        _antiderivative(moment + side * 0.5 * exposure, row, table, inner, outer, total)
        for side in (1, -1)
    )
    return ((late - early) / exposure).clamp(0.0, 1.0)


def _antiderivative(
    x: Tensor, row: Tensor, table: Tensor, inner: Tensor, outer: Tensor, total: Tensor
) -> Tensor:
    side = (x < 0).long()
    away, inside, last = x.abs(), inner[side, row], outer[side, row]
    half = 0.5 * (last - inside)
    segment = (away >= inside).long() + (away >= inside + half).long()
    from_contact = torch.where(
        segment == 0,
        (inside - away) / inside,
        torch.where(segment == 1, (away - inside) / half, (last - away) / half),
    )
    place = from_contact.clamp(0.0, 1.0).sqrt() * INTERVALS
    i = place.long().clamp_max(INTERVALS - 1)
    v = (place - i).to(table.dtype)
    flat = ((side * table.shape[1] + row) * 3 + segment) * INTERVALS + i
    c = table.view(-1, 4)[flat]
    value = c[:, 0] + v * (c[:, 1] + v * (c[:, 2] + v * c[:, 3]))
    value = torch.where(away >= last, total[side, row], value)
    return torch.where(side == 1, -value, value)

"""The torch twin against the compiled engine, one orbit at a time and in batches."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch
from disc import hidden_by_rings
from eclipsing_orbits import EXACT, LIMB, LONG, ORBITS, SHORT, times_in_eclipse

from exoval.errors import BadParameter
from exoval.physics.torch_flux import Pairs, TorchModel
from exoval.physics.torch_occultation import hidden_share

DOUBLE, SINGLE = TorchModel(), TorchModel(dtype="float32")
DEVICES = ["cpu", *(["cuda"] if torch.cuda.is_available() else [])]


@pytest.mark.parametrize("ratio", [0.01, 0.1, 0.5, 1.0, 1.0001, 1.5, 10.0])
def test_share_is_the_integral_of_the_disc(ratio):
    special = [0.0, ratio, abs(1 - ratio), 1 + ratio, ratio + 1e-15, abs(1 - ratio) + 1e-15]
    z = np.concatenate([np.linspace(max(ratio - 1, 0), 1 + ratio, 41), special])
    found = hidden_share(*(torch.tensor(x, dtype=torch.float64) for x in (z, ratio, 0.45, 0.25)))
    expected = [hidden_by_rings(x, ratio, 0.45, 0.25, 300) for x in z]
    assert np.abs(found.numpy() - expected).max() < 1e-10


@pytest.mark.parametrize("exposure", [0.0, SHORT, LONG, 2 / 24])
@pytest.mark.parametrize("orbit", ORBITS.values(), ids=ORBITS.keys())
def test_flux_is_that_of_the_compiled_engine(orbit, exposure):
    times = times_in_eclipse(orbit, exposure)
    expected = EXACT(times, orbit, LIMB, exposure)
    assert np.abs(DOUBLE(times, orbit, LIMB, exposure) - expected).max() < 1e-7
    single = 1e-6 if exposure in (0.0, LONG, 2 / 24) else 1e-5
    assert np.abs(SINGLE(times, orbit, LIMB, exposure) - expected).max() < single


def population(count=60):
    rng = np.random.default_rng(3)
    found = []
    for _ in range(count):
        ratio, eccentricity = rng.uniform(0.01, 1.5), rng.choice([0.0, rng.uniform(0, 0.7)])
        axis = (1 + ratio) / (1 - eccentricity) * rng.uniform(1.1, 12)
        axis = max(axis, 1.5)
        found.append(
            replace(
                ORBITS["eccentric pair"],
                period=float(rng.uniform(0.5, 20)),
                epoch=float(rng.uniform(-9, 9)),
                radius_ratio=float(ratio),
                semi_major_axis_ratio=float(axis),
                eccentricity=float(eccentricity),
                impact_parameter=float(rng.uniform(0, 0.8)),
                argument_of_periastron=float(rng.uniform(0, 6.28)),
                surface_brightness_ratio=float(rng.choice([0.0, 0.7])),
            )
        )
    return found


@pytest.mark.parametrize("device", DEVICES)
@pytest.mark.parametrize("chunk", [9_500, 4_000_000])
def test_batches_are_their_orbits_one_by_one(chunk, device):
    orbits, times = population(), np.arange(0.0, 27.0, LONG)
    limbs = [(0.3 + 0.005 * j, 0.2) for j in range(len(orbits))]
    pairs = Pairs.of(orbits, limbs, device=device)
    model = TorchModel(device, chunk_cells=chunk)
    flux = model.batch(torch.tensor(times, device=device), pairs, exposure=LONG)
    expected = np.array(
        [EXACT(times, orbit, limb, LONG) for orbit, limb in zip(orbits, limbs, strict=True)]
    )
    assert np.abs(flux.cpu().numpy() - expected).max() < 1e-6
    assert (expected.min(axis=1) < 0.999).mean() > 0.9
    assert np.array_equal(flux.cpu().numpy() == 1.0, expected == 1.0)


def test_transit_times_move_each_transit():
    orbit = replace(ORBITS["eccentric pair"], transit_times=(1.2, 5.35, 9.31, 17.3))
    times = np.arange(0.0, 24.0, LONG)
    expected = EXACT(times, orbit, LIMB, LONG)
    assert np.abs(DOUBLE(times, orbit, LIMB, LONG) - expected).max() < 1e-7
    with pytest.raises(BadParameter, match="transit_times"):
        Pairs.of([orbit], [LIMB])


def test_values_outside_the_domain_are_refused():
    orbits = population(5)
    bad = [*orbits[:3], replace(orbits[3], eccentricity=0.95), orbits[4]]
    with pytest.raises(BadParameter, match=r"eccentricity 0\.95 of row 3"):
        DOUBLE.batch(torch.arange(3.0).double(), Pairs.of(bad, [LIMB] * 5), exposure=LONG)
    with pytest.raises(BadParameter, match="exposure"):
        DOUBLE(np.arange(3.0), orbits[0], LIMB, 0.1)
    with pytest.raises(BadParameter, match="float16"):
        TorchModel(dtype="float16")

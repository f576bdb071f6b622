"""Injection of a system's light into a real light curve, with a card that reproduces it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, is_dataclass, replace

import numpy as np

from exoval.build import build
from exoval.errors import BadLightCurve, BadParameter
from exoval.lightcurve import LightCurve
from exoval.missions.light_curve_object import as_light_curve
from exoval.missions.named_mission import named_mission
from exoval.physics.exact_flux import ExactModel
from exoval.physics.system_flux import SystemLight, system_flux
from exoval.physics.transit_flux import TransitModel
from exoval.system import Orbit, PhaseCurve, Source, System

#: format name of the truth card, and that of a system in which a source has several orbits
CARD_FORMAT = "exoval truth card 1"
SEVERAL_ORBITS_FORMAT = "exoval truth card 2"


@dataclass(frozen=True, kw_only=True)
class Injection:
    """A light curve with a system's light, and everything needed to reproduce the injection."""

    light_curve: LightCurve
    host: LightCurve
    system: System
    transit_model: TransitModel
    pixel_scale_arcsec: float
    neighbours_arcsec: tuple[float, float]

    @property
    def card(self) -> dict:
        """The truth as plain values that JSON stores exactly, for ``rebuild``."""
        several = any(source.further_orbits for source in self.system.sources)
        return {
            "format": SEVERAL_ORBITS_FORMAT if several else CARD_FORMAT,
            "host": _identity(self.host),
            "system": _system_card(self.system),
            "transit_model": _engine_card(self.transit_model),
            "pixel_scale_arcsec": self.pixel_scale_arcsec,
            "neighbours_arcsec": list(self.neighbours_arcsec),
        }


def inject(
    light_curve: LightCurve,
    system: System,
    *,
    transit_model: TransitModel | None = None,
    pixel_scale_arcsec: float | None = None,
    neighbours_arcsec: tuple[float, float] = (0.0, 0.0),
) -> Injection:
    """Multiply the undetrended flux by the system's relative flux, cadence by cadence.

    If the flux includes the light of known neighbours (``flux_is_decrowded`` false), only the
    target's share of each segment is dimmed. The centroid always includes the whole aperture: the
    known neighbours' light lies ``neighbours_arcsec`` (column, row) from the target, so the
    centroid moves even if the target itself is dimmed. Errors and gaps are unchanged. A system
    without any eclipse returns flux and centroid bit-identically. The default ``transit_model`` is
    the exact engine, the default pixel scale that of the light curve's mission.

    Raises BadParameter for a mission of unknown name without a pixel scale, and for a system
    outside the domain of the transit model.
    """
    light_curve = as_light_curve(light_curve)
    transit_model = transit_model or ExactModel()
    if pixel_scale_arcsec is None:
        pixel_scale_arcsec = named_mission(light_curve.mission).pixel_scale_arcsec
    light = _light_of_exposures(light_curve, system, transit_model)
    crowding = crowding_of_cadences(light_curve)
    share = 1.0 if light_curve.flux_is_decrowded else crowding
    flux = light_curve.flux * (1 + share * (light.flux - 1))
    aperture = 1 + crowding * (light.flux - 1)
    moved = {}
    for axis, neighbours in zip(("column", "row"), neighbours_arcsec):
        at_rest = sum(s.flux_fraction * getattr(s, f"offset_{axis}") for s in system.sources)
        others = (1 - crowding) * neighbours
        photocentre = (crowding * light.flux * getattr(light, axis) + others) / aperture
        shift = (photocentre - (crowding * at_rest + others)) / pixel_scale_arcsec
        moved[f"centroid_{axis}"] = getattr(light_curve, f"centroid_{axis}") + shift
    return Injection(
        light_curve=replace(light_curve.with_flux(flux), **moved),
        host=light_curve,
        system=system,
        transit_model=transit_model,
        pixel_scale_arcsec=pixel_scale_arcsec,
        neighbours_arcsec=tuple(neighbours_arcsec),
    )


def _light_of_exposures(
    light_curve: LightCurve, system: System, transit_model: TransitModel
) -> SystemLight:
    """The system's light at every cadence, averaged over that cadence's exposure."""
    time = light_curve.time
    if light_curve.has_one_exposure:
        return system_flux(time, system, exposure=light_curve.exposure, transit_model=transit_model)
    exposures = light_curve.exposures
    parts = {
        exposure: system_flux(
            time[exposures == exposure],
            system,
            exposure=float(exposure),
            transit_model=transit_model,
        )
        for exposure in np.unique(exposures)
    }
    light = SystemLight(*(np.empty(len(time)) for _ in fields(SystemLight)))
    for exposure, part in parts.items():
        for name in (field.name for field in fields(SystemLight)):
            getattr(light, name)[exposures == exposure] = getattr(part, name)
    return light


def rebuild(light_curve: LightCurve, card: Mapping) -> Injection:
    """Repeat the injection that a card describes in the same host light curve, bit-identically.

    Raises BadParameter if ``card`` is not a truth card and BadLightCurve for another host.
    """
    if card.get("format") not in (CARD_FORMAT, SEVERAL_ORBITS_FORMAT):
        raise BadParameter(
            f"not a truth card: format is {card.get('format')!r} instead of '{CARD_FORMAT}' or "
            f"'{SEVERAL_ORBITS_FORMAT}'; give the card that an injection returned"
        )
    light_curve = as_light_curve(light_curve)
    identity = _identity(light_curve)
    differing = [name for name, value in identity.items() if card["host"].get(name) != value]
    if differing:
        raise BadLightCurve(
            f"{light_curve.target} is not the light curve of the card ({card['host']['target']}, "
            f"segments {card['host']['segments']}): {', '.join(differing)} differ; read the same "
            "segments with the same settings"
        )
    return inject(
        light_curve,
        _system(card["system"]),
        transit_model=_engine(card["transit_model"]),
        pixel_scale_arcsec=card["pixel_scale_arcsec"],
        neighbours_arcsec=tuple(card["neighbours_arcsec"]),
    )


def crowding_of_cadences(light_curve: LightCurve) -> np.ndarray:
    """Return the target's share of the aperture's light at every cadence; 1 where unknown."""
    share = np.ones(len(light_curve))
    for segment in light_curve.segments:
        if np.isfinite(segment.crowding):
            share[segment.cadences] = segment.crowding
    return share


def _identity(light_curve: LightCurve) -> dict:
    """Identity of a host light curve, including a hash of all its values."""
    digest = hashlib.sha256()
    for array in (
        light_curve.time,
        light_curve.flux,
        light_curve.centroid_column,
        light_curve.centroid_row,
        crowding_of_cadences(light_curve),
    ):
        digest.update(np.ascontiguousarray(array).tobytes())
    several = {} if light_curve.has_one_exposure else {"exposures": _segment_exposures(light_curve)}
    return several | {
        "target": light_curve.target,
        "mission": light_curve.mission,
        "segments": [int(segment.number) for segment in light_curve.segments],
        "cadences": len(light_curve),
        "exposure": float(light_curve.exposure),
        "sha256": digest.hexdigest(),
    }


def _segment_exposures(light_curve: LightCurve) -> list[float]:
    exposures = light_curve.exposures
    return [float(exposures[segment.start]) for segment in light_curve.segments]


def _engine_card(transit_model: TransitModel) -> dict:
    kind = type(transit_model)
    settings = asdict(transit_model) if is_dataclass(transit_model) else {}
    return {"name": f"{kind.__module__}.{kind.__qualname__}", "settings": settings}


def _engine(card: Mapping) -> TransitModel:
    """The engine of a card, which names one of ``conf/transit_model`` or an allowed one."""
    return build({"_target_": card["name"], **card["settings"]}, "transit_model")


def _system(card: Mapping) -> System:
    sources = tuple(
        _noun(
            Source,
            source,
            limb_darkening=tuple(source["limb_darkening"]),
            orbit=source["orbit"] and _orbit(source["orbit"]),
            further_orbits=tuple(_orbit(orbit) for orbit in source.get("further_orbits", ())),
        )
        for source in card["sources"]
    )
    further_truth = tuple(dict(truth) for truth in card.get("further_truth", ()))
    return _noun(System, card, sources=sources, further_truth=further_truth)


def _system_card(system: System) -> dict:
    """The system as plain values; what is said of further orbits only where there are some."""
    card = asdict(system)
    for part, name in ((card, "further_truth"), *((s, "further_orbits") for s in card["sources"])):
        if not part[name]:
            del part[name]
    return card


def _orbit(card: Mapping) -> Orbit:
    pairs = ("companion_limb_darkening", "transit_times")
    curve = card["phase_curve"]
    return _noun(
        Orbit,
        card,
        **{name: tuple(card[name]) for name in pairs},
        phase_curve=curve
        and _noun(
            PhaseCurve,
            curve,
            gravity_darkening=tuple(curve["gravity_darkening"]),
            beaming=tuple(curve["beaming"]),
            reflection=tuple(curve["reflection"]),
        ),
    )


def _noun(kind: type, card: Mapping, **exchanged: object) -> object:
    """A frozen dataclass from its card, with some values replaced."""
    kept = [field.name for field in fields(kind) if field.name not in exchanged]
    return kind(**{name: card[name] for name in kept} | exchanged)

"""Conversions between the units of the project (days, solar units, arcsec) and others."""

SECONDS_PER_DAY = 86400.0
MINUTES_PER_DAY = 1440.0
#: of the Julian year
DAYS_PER_YEAR = 365.25
ARCSEC_PER_DEGREE = 3600.0
#: nominal solar radius over nominal equatorial radius of the Earth (IAU 2015 Resolution B3)
EARTH_RADII_PER_SOLAR_RADIUS = 109.076

"""One Hypothesis profile for everybody: examples are bounded by count, never by the clock of a busy machine."""

from hypothesis import HealthCheck, settings

settings.register_profile("sheetsync", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("sheetsync")

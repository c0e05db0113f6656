"""Tracking URLs and the slugs in them: what a link may carry, how it is made, read back, compared and explained."""

from sheetsync.core.tracking.defects import Defect, DefectKind, Severity, TrackingRules, inspect
from sheetsync.core.tracking.links import (
    Withheld,
    bare,
    build,
    explain,
    identity,
    read,
    same_tracking_url,
    same_url,
    without_www,
)
from sheetsync.core.tracking.lists import CLICK_IDS, SHORT_HOSTS, STAGING_MARKS
from sheetsync.core.tracking.privacy import presentable
from sheetsync.core.tracking.slugs import slug
from sheetsync.core.tracking.urls import Macro, macros

__all__ = [
    "CLICK_IDS",
    "SHORT_HOSTS",
    "STAGING_MARKS",
    "Defect",
    "DefectKind",
    "Macro",
    "Severity",
    "TrackingRules",
    "Withheld",
    "bare",
    "build",
    "explain",
    "identity",
    "inspect",
    "macros",
    "presentable",
    "read",
    "same_tracking_url",
    "same_url",
    "slug",
    "without_www",
]

"""Configuration: a folder of YAML files becomes one frozen, checked `Config`; every problem is told at once."""

from sheetsync.config.load import load, unconfigured
from sheetsync.config.settings import Config, GoogleSettings
from sheetsync.config.shape import json_schema

__all__ = ["Config", "GoogleSettings", "json_schema", "load", "unconfigured"]

"""Writes the configuration's JSON schema into a folder, where the example's first line points editors to it.

`python -m sheetsync.config.schema [FOLDER]` writes FOLDER/sheetsync.schema.json (default: config).
"""

import json
import sys
from pathlib import Path
from typing import Final

from sheetsync.config.shape import json_schema

SCHEMA_FILE: Final = "sheetsync.schema.json"


def write_schema(folder: Path) -> Path:
    """Write the schema; returns its file."""
    file = folder / SCHEMA_FILE
    file.write_text(json.dumps(json_schema(), indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    return file


if __name__ == "__main__":
    write_schema(Path(sys.argv[1] if len(sys.argv) > 1 else "config"))

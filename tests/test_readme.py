"""The README's picture is what people really see."""

import re
from pathlib import Path

from tests.season import SEASON, TOP, season

UTM = "1NorthlightUtmBuilderQ42026demo0000000003"


def test_the_picture_of_a_flagged_sheet_is_true(tmp_path: Path) -> None:
    picture = next(block for block in (TOP / "README.md").read_text().split("```") if "ss:status" in block)
    rows = [line for line in picture.splitlines() if re.match(r"\d", line)]
    assert len(rows) >= 6
    with season(tmp_path, SEASON) as loaded:
        loaded.reconcile()
        grid = loaded.sandbox.grid(UTM, "Builder")
    for line in rows[1:]:
        number, *cells = re.split(r"\s{2,}", re.sub(r"^(\d+) ", r"\1  ", line).strip())
        shown = grid[int(number) - 1]
        seen = [shown[column] for column in (0, 3, 4, 5, 9, 12, 14)]
        assert len(cells) == len(seen), line
        for drawn, real in zip(cells, seen, strict=True):
            assert real.startswith(drawn.rstrip("…")), (drawn, real)

"""Numbers out of bounds are told, whichever bound they break, and never keep anybody waiting."""

from collections.abc import Iterator

import pytest
from pydantic import BaseModel

from sheetsync.config.findings import Findings
from sheetsync.config.fit import fit
from sheetsync.config.shape import Shape

_DOCUMENT = {"version": 1, "sources": {}}


def _numbers() -> Iterator[tuple[str, str]]:
    for section, of in Shape.model_fields.items():
        if isinstance(of.annotation, type) and issubclass(of.annotation, BaseModel):
            for name, setting in of.annotation.model_fields.items():
                if any(kind in str(setting.annotation) for kind in ("int", "float")) and "list" not in str(
                    setting.annotation
                ):
                    yield section, name


@pytest.mark.parametrize(("section", "setting"), list(_numbers()))
@pytest.mark.parametrize("number", [-1, 10**12])
def test_a_number_out_of_bounds_is_one_line(section: str, setting: str, number: int) -> None:
    findings = Findings()
    fit({**_DOCUMENT, section: {setting: number}}, findings)
    told = str(findings.error()).splitlines() if findings else []
    assert len(told) <= 1
    assert all(line.startswith(f"{section}.{setting}: must be") for line in told)
    assert told or number > 0

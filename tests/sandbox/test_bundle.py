"""Several calls in one request: each is served as if it had come alone, and a bundle that is none is refused."""

from email.parser import BytesParser
from typing import Any

import pytest
import requests

from tests.sandbox.conftest import BOOK, Api

READ = f"GET /v4/spreadsheets/{BOOK}/values/Plan!A1 HTTP/1.1\n\n"


def bundle(api: Api, *calls: str, kind: str = "multipart/mixed; boundary=B", part: str = "application/http") -> Any:
    """A bundle of calls as the clients write it."""
    parts = (f"--B\nContent-Type: {part}\nContent-ID: <x + {number}>\n\n{call}\n" for number, call in enumerate(calls))
    raw = ("".join(parts) + "--B--\n").encode()
    return api.session.post(f"{api.sandbox.base}/batch", data=raw, headers={"Content-Type": kind}, timeout=20)


def parts_of(answer: requests.Response) -> list[tuple[str, str]]:
    """The id and the status line of each part."""
    mail: Any = BytesParser().parsebytes(
        b"Content-Type: " + answer.headers["Content-Type"].encode() + b"\n\n" + answer.content
    )
    return [(part["Content-ID"], part.get_payload().splitlines()[0]) for part in mail.get_payload()]


def test_each_call_has_an_answer_of_its_own(api: Api) -> None:
    head = f"PUT /v4/spreadsheets/{BOOK}/values/Plan!A1?valueInputOption=RAW HTTP/1.1\nContent-Type: application/json"
    write = head + '\n\n{"values": [["x"]]}'
    bad = f"GET /v4/spreadsheets/{BOOK}/values/no!A1 HTTP/1.1\n\n"
    nowhere = "GET /v9/nothing HTTP/1.1\n\n"
    assert parts_of(bundle(api, write, READ, bad, nowhere, "nonsense", "POST /batch HTTP/1.1\n\n")) == [
        ("<response-x + 0>", "HTTP/1.1 200 OK"),
        ("<response-x + 1>", "HTTP/1.1 200 OK"),
        ("<response-x + 2>", "HTTP/1.1 400 Bad Request"),
        ("<response-x + 3>", "HTTP/1.1 404 Not Found"),
        ("<response-x + 4>", "HTTP/1.1 400 Bad Request"),
        ("<response-x + 5>", "HTTP/1.1 400 Bad Request"),
    ]
    assert api.values("Plan!A1") == [["x"]]


def test_a_call_without_credentials_of_its_own_has_those_of_the_whole(api: Api) -> None:
    assert parts_of(bundle(api, READ, READ.rstrip() + "\nAuthorization: Bearer nobody\n\n")) == [
        ("<response-x + 0>", "HTTP/1.1 200 OK"),
        ("<response-x + 1>", "HTTP/1.1 401 Unauthorized"),
    ]
    api.session.headers["Authorization"] = ""
    assert parts_of(bundle(api, READ)) == [("<response-x + 0>", "HTTP/1.1 401 Unauthorized")]


@pytest.mark.parametrize("kind", ["application/json", "multipart/mixed", "multipart/form-data; boundary=B", "", "é"])
def test_what_is_no_bundle_is_refused_whole(api: Api, kind: str) -> None:
    answer = bundle(api, READ, kind=kind.encode("latin-1") if kind == "é" else kind)  # type: ignore[arg-type]
    assert answer.status_code == 400
    assert answer.json()["error"]["status"] == "INVALID_ARGUMENT"


def test_a_bundle_has_a_hundred_calls_at_most(api: Api) -> None:
    assert len(parts_of(bundle(api, *[READ] * 100))) == 100
    assert bundle(api, *[READ] * 101).status_code == 400
    assert parts_of(bundle(api, READ, part="text/plain"))[0][1] == "HTTP/1.1 400 Bad Request"

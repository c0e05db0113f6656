"""Drive's upload addresses: content that becomes a spreadsheet, new or in the place of an old one."""

from dataclasses import dataclass
from email.parser import BytesParser
from email.policy import HTTP
from typing import Any

from sheetsync.sandbox.calls import Call
from sheetsync.sandbox.decode import parse_json
from sheetsync.sandbox.drive.api_files import answered_file, new_file, updated
from sheetsync.sandbox.drive.calls import drive_endpoint, found_file
from sheetsync.sandbox.drive.errors import parse_error, refused, unsupported
from sheetsync.sandbox.drive.files import DELIMITERS, import_rows
from sheetsync.sandbox.drive.views import user_view
from sheetsync.sandbox.drive.wire import checked_body
from sheetsync.sandbox.errors import GoogleError, Json
from sheetsync.sandbox.model import SHEETS_MIME, Workbook
from sheetsync.sandbox.oauth import DRIVE_WRITE

_UPLOADING = {"uploadType": "str", "upload_protocol": "str", "convert": "bool"} | dict.fromkeys(
    ("addParents", "removeParents", "ocrLanguage"), "str"
)


@dataclass(frozen=True, slots=True)
class Upload:
    """The bytes of a request, not yet taken apart: how depends on its `uploadType`."""

    raw: bytes
    content_type: str


def _as_sent(raw: bytes, content_type: str) -> Any:
    return Upload(raw, content_type)


def _parts(call: Call) -> tuple[Json, bytes, str]:
    """Metadata, content and its media type. Raises Drive's 400s."""
    upload: Upload = call.body
    kind = call.params.get("uploadType") or call.params.get("upload_protocol")
    # What was uploaded is no JSON: it is not kept with the request.
    call.body = None
    if kind == "media":
        return {}, upload.raw, _media_type(upload.content_type)
    if kind == "multipart":
        return _multipart(upload)
    if kind == "resumable":
        raise unsupported("A resumable upload")
    # [believed: upload-types-are-named]
    raise refused(400, f"Invalid upload type '{str(kind)[:100]}'.", "badRequest", "uploadType")


def _media_type(content_type: str) -> str:
    return content_type.partition(";")[0].strip().lower()


def _multipart(upload: Upload) -> tuple[Json, bytes, str]:
    head = f"Content-Type: {upload.content_type}\r\n\r\n".encode("latin-1", errors="replace")
    message = BytesParser(policy=HTTP).parsebytes(head + upload.raw)
    parts: Any = message.get_payload()
    if not message.is_multipart() or len(parts) != 2:
        raise refused(400, "Malformed multipart body.", "badContent")  # [reported]
    try:
        metadata = parse_json(_content(parts[0]))
    except GoogleError:
        raise parse_error() from None
    if not isinstance(metadata, dict):
        raise parse_error()
    return metadata, _content(parts[1]), parts[1].get_content_type()


def _content(part: Any) -> bytes:
    payload = part.get_payload(decode=True)
    return payload if isinstance(payload, bytes) else b""


def create_upload(call: Call) -> Json:
    """`files.create` with content: a new spreadsheet of its rows."""
    metadata, raw, media_type = _parts(call)
    body = checked_body(metadata, "File")
    if body.get("mimeType") != SHEETS_MIME:
        raise unsupported(f"Storing a file of type {str(body.get('mimeType') or media_type)[:100]}")
    book = new_file(call, body)
    import_rows(book, raw, media_type, call.account, call.state.today(book))
    call.state.commit(book, call.account)
    return answered_file(call, book)


def update_upload(call: Call) -> Json:
    """`files.update` with content: all of the spreadsheet is replaced."""
    metadata, raw, media_type = _parts(call)
    return updated(call, _imported(call, raw, media_type), checked_body(metadata, "File"), content=True)


def _imported(call: Call, raw: bytes, media_type: str) -> Workbook:
    edited = found_file(call, "writer").copied()
    if edited.mime_type != SHEETS_MIME:
        raise unsupported(f"Uploading into a file of type {edited.mime_type}")
    import_rows(edited, raw, media_type, call.account, call.state.today(edited))
    return edited


def update_upload_v2(call: Call) -> Json:
    """Drive v2's `files.update` with content, which is what gspread's `import_csv` sends [recorded]."""
    metadata, raw, media_type = _parts(call)
    if metadata:
        raise unsupported("Metadata in an upload of Drive v2")
    if media_type not in DELIMITERS or not call.params.get("convert"):
        raise unsupported(f"Storing a file of type {media_type[:100]}")
    edited = _imported(call, raw, media_type)
    call.state.commit(edited, call.account)
    return {
        "kind": "drive#file",
        "id": edited.id,
        "title": edited.title,
        "mimeType": edited.mime_type,
        "createdDate": edited.created,
        "modifiedDate": edited.modified,
        "version": str(edited.version),
        "alternateLink": f"{call.base}/spreadsheets/d/{edited.id}/edit?usp=drivesdk",
        "labels": {"trashed": edited.trashed, "starred": call.account in edited.drive.starred},
        "owners": [user_view(edited.owner, call.account)],
    }


_V3 = "/upload/drive/v3/files"

ENDPOINTS = (
    drive_endpoint("POST", _V3, create_upload, DRIVE_WRITE, "DriveFiles.Create", _UPLOADING, _as_sent),
    drive_endpoint("PATCH", _V3 + "/{id}", update_upload, DRIVE_WRITE, "DriveFiles.Update", _UPLOADING, _as_sent),
    drive_endpoint(
        "PUT", "/upload/drive/v2/files/{id}", update_upload_v2, DRIVE_WRITE, "DriveFiles.Update", _UPLOADING, _as_sent
    ),
)

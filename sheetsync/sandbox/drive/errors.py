"""Drive's refusals: each with the message, reason and location that Google's own bodies carry.

Sources: documented in Google's page on Drive errors, [reported] as seen by others; where neither
says it, they are beliefs that `sheetsync probe --sandbox` tries under the name that stands beside them.
"""

from sheetsync.sandbox.errors import GoogleError


def refused(code: int, message: str, reason: str, location: str = "") -> GoogleError:
    """An error in Drive's envelope."""
    error = GoogleError(code, message, reason=reason)
    error.location = location
    return error


def invalid(location: str, message: str = "Invalid Value") -> GoogleError:
    """400 for a value that Drive cannot take; `location` is the parameter, or `resource.field` of the body."""
    return refused(400, message, "invalid", location)


def out_of_range(name: str, value: int, least: int, most: int) -> GoogleError:
    """400 for a number outside of what the discovery document allows."""
    message = f"Invalid value '{value}'. Values must be within the range: [{least}, {most}]"
    return refused(400, message, "invalidParameter", name)


def required(name: str) -> GoogleError:
    """400 for a parameter the method cannot do without."""
    return refused(400, f"Required parameter: {name}", "required", name)


def fields_required() -> GoogleError:
    """400 of the methods that answer nothing unless asked: comments, replies, about [reported]."""
    return refused(400, "The 'fields' parameter is required for this method.", "required", "fields")


def parse_error() -> GoogleError:
    """400 for a body that is no JSON object."""
    return refused(400, "Parse Error", "parseError")


def file_not_found(file: str) -> GoogleError:
    """404 for a file that does not exist or is not shared."""
    return refused(404, f"File not found: {file[:200]}.", "notFound", "fileId")


def part_not_found(kind: str, part: str) -> GoogleError:
    """404 for a permission, comment, reply or revision; `kind` as in `Permission` [reported]."""
    return refused(404, f"{kind} not found: {part[:200]}.", "notFound", f"{kind.lower()}Id")


def insufficient() -> GoogleError:
    """403 for an account whose role does not allow it [reported: many]."""
    return refused(403, "The user does not have sufficient permissions for this file.", "insufficientFilePermissions")


def not_writable(message: str = "The resource body includes fields which are not directly writable.") -> GoogleError:
    """403 for a body that sets what only Drive sets [reported]."""
    return refused(403, message, "fieldNotWritable")


def unsupported(what: str) -> GoogleError:
    """400 for what Google's Drive can and the sandbox cannot, by name."""
    return refused(400, f"{what} is not supported by this sandbox.", "badRequest")


def no_conversion() -> GoogleError:
    """400 for an export into a format that is not offered [reported]."""
    return refused(400, "The requested conversion is not supported.", "badRequest", "convertTo")


def no_import() -> GoogleError:
    """400 for uploaded content that cannot become what was asked for [reported]."""
    message = "Conversion of the uploaded content to the requested output type is not supported."
    return refused(400, message, "conversionUnsupportedConversionPath")

"""Google keeps each colour twice, as `xColor` and as `xColorStyle.rgbColor`; whichever is written, both are read."""

from sheetsync.sandbox.errors import Json

_COLOURS = (
    "backgroundColor",
    "foregroundColor",
    "tabColor",
    "color",
    "linkForegroundColor",
    "headerColor",
    "firstBandColor",
    "secondBandColor",
    "footerColor",
    "visibleBackgroundColor",
    "visibleForegroundColor",
)


def mirrored(message: Json) -> Json:
    """The message with both spellings of each colour, its zero channels left out [recorded]."""
    result: Json = {}
    for name, value in message.items():
        result[name] = mirrored(value) if isinstance(value, dict) and name not in _COLOURS else value
    for name in _COLOURS:
        style = f"{name}Style"
        rgb = result[name] if name in result else result.get(style, {}).get("rgbColor")
        if isinstance(rgb, dict):
            channels = {channel: level for channel, level in rgb.items() if level}
            result[name], result[style] = channels, {"rgbColor": channels}
        elif style in result and name in result:
            del result[name]
    return result


def without_twins(message: Json, path: tuple[str, ...]) -> Json:
    """The message without the other spelling of the colour that `path` is about to replace."""
    if not path:
        return message
    name, rest = path[0], path[1:]
    base = name.removesuffix("Style")
    if base in _COLOURS:
        twin = base if name != base else f"{base}Style"
        return {key: value for key, value in message.items() if key != twin}
    inner = message.get(name)
    return message | {name: without_twins(inner, rest)} if isinstance(inner, dict) else message


#: the width follows from the style [schema: the field is deprecated]
_WIDTHS = {"SOLID_MEDIUM": 2, "SOLID_THICK": 3, "DOUBLE": 3}


def stated_border(given: Json) -> Json | None:
    """A Border as it is kept, black unless it says otherwise; None where the style says that there is none."""
    style = given.get("style", "SOLID")
    if style in ("NONE", "STYLE_UNSPECIFIED"):
        return None
    border = mirrored(given if "colorStyle" in given else {"color": {}} | given)
    return border | {"style": style, "width": _WIDTHS.get(style, 1)}

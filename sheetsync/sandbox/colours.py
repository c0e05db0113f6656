"""Google keeps each colour twice, as `xColor` and as `xColorStyle.rgbColor`; whichever is written, both are read."""

from sheetsync.sandbox.errors import Json

_COLOURS = ("backgroundColor", "foregroundColor", "tabColor", "color", "linkForegroundColor")


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

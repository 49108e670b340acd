"""Whether JSON is written by kombu's own encoder, and a JSON text with places to fill in."""

from __future__ import annotations

import json.encoder
import re
from collections.abc import Callable, Mapping, Sequence
from operator import itemgetter
from typing import Any

from kombu import serialization as kombu_serialization
from kombu.utils import json as kombus

__all__ = ["escaped", "form", "json_encoder", "json_parts", "kombu_json", "reads_json"]

# Neither kombu nor this part of json carries types.
serialization: Any = kombu_serialization
kombu_json: Any = kombus
_c_make_encoder: Any = vars(json.encoder)["c_make_encoder"]

# A string as json.dumps writes it, quotes included.
escaped: Callable[[str], str] = json.encoder.encode_basestring_ascii

_NASTY = "\"'\\/\x00\x1f\x7f\u2028é\ud800\U0001f600%s"


def json_encoder() -> Callable[[Any], str] | None:
    """Return what writes JSON as kombu does; None if a project has put its own in its place."""
    if not _is_kombus():
        return None  # it need not even know these samples
    encode = _encoder()
    samples: tuple[Any, ...] = (_NASTY, [1.5, None, True, {"a": [b"x"], "b": 10**20}], {}, (1, -2))
    for sample in samples:
        _, _, text = serialization.dumps(sample, serializer="json")
        if text != encode(sample) or text != kombu_json.dumps(sample):
            return None
    return encode if escaped(_NASTY) == encode(_NASTY) else None


def _encoder() -> Callable[[Any], str]:
    """Return ``encode`` of kombu's encoder, without the making of its C part at each call."""
    own: Any = kombu_json.JSONEncoder()
    make = _c_make_encoder
    if make is None:  # another Python
        encode: Callable[[Any], str] = own.encode
        return encode
    separators = own.key_separator, own.item_separator
    how = own.sort_keys, own.skipkeys, own.allow_nan
    parts = make(None, own.default, escaped, own.indent, *separators, *how)
    return lambda value: "".join(parts(value, 0))


def _is_kombus() -> bool:
    """Return whether the registered serializer is kombu's own function."""
    # kombu has no public way to ask.
    encoders: Mapping[str, Any] = getattr(serialization.registry, "_encoders", {})
    return getattr(encoders.get("json"), "encoder", None) is kombu_json.dumps


def json_parts() -> tuple[Any, ...]:
    """Return what JSON is written by now; as long as it is the same, so is ``json_encoder``."""
    encoders: Mapping[str, Any] = getattr(serialization.registry, "_encoders", {})
    return (
        encoders.get("json"),
        kombu_json.dumps,
        kombu_json.JSONEncoder,
        getattr(kombu_json, "_default_encoder", None),
    )


def reads_json() -> bool:
    """Return whether JSON is read by kombu's own function."""
    decoders: Mapping[str, Any] = getattr(serialization.registry, "_decoders", {})
    return decoders.get("application/json") is kombu_json.loads


def form(text: str, marks: Mapping[str, int]) -> Callable[[Sequence[str]], str]:
    """
    Return what fills in *text*: it takes a sequence, and puts what stands there at each number.

    Args:
        text: A text that holds marks, at least two.
        marks: The number by each mark; a mark may stand in *text* more than once.
    """
    pattern = re.compile("|".join(map(re.escape, marks)))
    template = "%s".join(each.replace("%", "%%") for each in pattern.split(text))
    pick = itemgetter(*(marks[each] for each in pattern.findall(text)))
    return lambda values: template % pick(values)

"""Read what a backend keeps, the same as its own decode_result, made the short way where it can."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any, TypeAlias, cast

from celery.backends.base import Backend

from celerykit.bulk._jsontext import kombu_json, reads_json

__all__ = ["Decoder", "decoder"]

Decoder: TypeAlias = Callable[[Any], Mapping[str, Any]]

_JSON = "application/json"


def decoder(backend: Any) -> Decoder:
    """Return what reads one result of *backend*: a payload in, its status and the rest out."""
    own: Decoder = backend.decode_result
    kind: type[Any] = type(backend)  # pyright: ignore[reportUnknownVariableType]  # of Any
    celerys = cast("Any", Backend)
    is_celerys = kind.decode_result is celerys.decode_result and kind.decode is celerys.decode
    if not is_celerys or backend.content_type != _JSON or _JSON not in backend.accept:
        return own
    if not reads_json():
        return own
    # kombu makes a new one for each text.
    read = json.JSONDecoder(object_hook=kombu_json.object_hook).decode
    finish: Decoder = backend.meta_from_decoded

    def short(payload: Any) -> Mapping[str, Any]:
        if payload[:1] not in {b"{", "{"}:  # compressed, or nothing that we know
            return own(payload)
        return finish(read(payload.decode() if isinstance(payload, bytes) else payload))

    return short

"""Serves the files that published events name; a draft's files are shown to the desk only (desk does that)."""

from flask import Blueprint, Response, abort, send_file

from content import files
from kiosk.pages import services

blueprint = Blueprint("files", __name__)

# What publishing makes of pictures and recordings. A village's event may name another type; its word is not taken for it.
SHOWN = frozenset({"image/jpeg", "image/png", "audio/wav"})


@blueprint.get("/files/<sha256>")
def show(sha256: str) -> Response:
    """A published file by its hash; it never changes, so it may be cached for ever."""
    node = services().node
    media_type = files.media_type(node.views.read(), sha256)
    if media_type not in SHOWN or not node.blobs.has(sha256):
        abort(404)
    return send_file(node.blobs.path(sha256), mimetype=media_type, max_age=31_536_000, etag=False)

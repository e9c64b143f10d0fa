"""The key 听: whether a page has it, and the sound behind it; what is read of each page is the page's own affair."""

from urllib.parse import urlencode

from flask import Blueprint, Response, abort, g, request, send_file, url_for

from content.record.blobs import BlobRef
from content.speech import Passage
from kiosk.pages import services

blueprint = Blueprint("listening", __name__)
READY, COMING, FAILED = "ready", "coming", "failed"


@blueprint.get("/listen/<name>")
def play(name: str) -> Response:
    """A sound by its name; it never changes, so it may be cached for ever. Parts of it too: players ask for them."""
    speaker = services().speaker
    path = speaker.path(name) if speaker else None
    if path is None:
        abort(404)
    kind = "audio/ogg" if path.suffix == ".ogg" else "audio/wav"
    return send_file(path, mimetype=kind, max_age=31_536_000, etag=False, conditional=True)


def offer(passage: Passage, recording: BlobRef | None = None) -> None:
    """Put the key on this page; pressed, it leads to the same page with its sound, or with the word that it comes.

    recording: somebody's own reading of it, which goes first. Without one nothing happens where no engine is installed.
    A page whose sound is still coming is not kept.
    """
    speaker = services().speaker
    own = recording is not None and services().node.blobs.has(recording.sha256)
    if speaker is None and not own:
        return
    g.listen_url = f"{request.path}?{urlencode([*_other_arguments(), ('listen', '1')])}"
    if "listen" not in request.args:
        return
    if recording is not None and own:
        g.sound_url, g.sound_state = url_for("files.show", sha256=recording.sha256), READY
        return
    if speaker is None:
        return
    if name := speaker.find(passage):
        g.sound_url, g.sound_state = url_for("listening.play", name=name), READY
        return
    g.is_fleeting = True
    g.sound_state = COMING if speaker.ask(passage) else FAILED


def _other_arguments() -> list[tuple[str, str]]:
    return [(name, value) for name, value in request.args.items(multi=True) if name != "listen"]

"""One photo out of a form: cleaned to its pixels and kept as a file of this node; what stands in it only people can see."""

from flask_babel import gettext as _
from werkzeug.datastructures import FileStorage

from content.errors import IntakeError
from content.intake import upload
from content.record.blobs import BlobRef
from kiosk.pages import services


def taken(file: FileStorage | None) -> BlobRef:
    """One photo, cleaned and kept as a file of this node. IntakeError for what is no photo."""
    if file is None or not file.filename:
        raise IntakeError(_("还没有选照片。请先拍一张，或选一张。"), code="empty")
    read = upload.read(file.stream.read(), file.filename)
    if read.document is None or read.kind != "photo":
        raise IntakeError(_("这不是照片。请拍一张，或选 JPG、PNG 图片。"), code="not_a_photo")
    (image,) = read.document.images
    return keep(image.media_type, image.data, image.width, image.height)


def keep(media_type: str, data: bytes, width: int, height: int) -> BlobRef:
    """Keep a cleaned photo as a file of this node."""
    return BlobRef(services().node.blobs.put(data), media_type, len(data), width, height)

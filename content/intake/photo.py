"""Photos: decoded, turned upright, made smaller and encoded again, so that only pixels remain; reads no words in them."""

import hashlib
import io
import re
import warnings
from collections.abc import Iterator
from typing import Any, Final, Literal

from PIL import ExifTags, ImageOps, JpegImagePlugin, PngImagePlugin, WebPImagePlugin
from PIL import Image as Pillow

from content.errors import IntakeError
from content.intake import limits
from content.intake.document import Document, Image, Picture, Problem, compose, to_wire

# Importing the plugins registers them; Pillow would otherwise load all forty to find one.
FORMATS: Final = (
    JpegImagePlugin.JpegImageFile.format,
    PngImagePlugin.PngImageFile.format,
    WebPImagePlugin.WebPImageFile.format,
)
MAX_SIDE: Final = 1600
JPEG_QUALITY: Final = 82
# Up to this many colours a picture is a drawing or a form: PNG is then smaller and keeps the lines sharp.
MAX_PNG_COLOURS: Final = 256
_MIN_HIDDEN_CHARS: Final = 2


def read(data: bytes) -> Document:
    """A notice that is one photo. Raises IntakeError as `clean_image` does."""
    image, hidden = clean_image(data)
    note = Problem(
        "photo_text", "照片里的文字请补录；请看清照片里有没有身份证号、银行卡号、电话、车牌和不该公开的人脸。"
    )
    return compose([Picture(0)], [image], hidden, [note])


def read_wire(data: bytes) -> dict[str, Any]:
    """`read` as the child process answers it."""
    return to_wire(read(data))


def clean_image(
    data: bytes, *, crop: tuple[float, float, float, float] | None = None
) -> tuple[Image, list[str]]:
    """The picture rebuilt from its pixels, and the texts that stood in its metadata.

    `crop` cuts off (left, top, right, bottom) as parts of the width or height, before anything else.
    Raises IntakeError `too_many_pixels` above 40 megapixels, before decoding, and `bad_image` for a picture that
    is damaged or not JPEG, PNG or WebP.
    """
    with warnings.catch_warnings():
        # Pillow warns of odd metadata, which is thrown away here, and of a bomb, which has its own check.
        warnings.simplefilter("ignore")
        try:
            picture = Pillow.open(io.BytesIO(data), formats=FORMATS)
            _check_pixels(*picture.size)
            hidden = list(_metadata_texts(picture))
            return encode(_upright(picture, crop)), hidden
        except Pillow.DecompressionBombError as exc:
            raise _too_many_pixels() from exc
        except (
            OSError,
            SyntaxError,
            ValueError,
            EOFError,
            IndexError,
            KeyError,
            TypeError,
            OverflowError,
        ) as exc:
            raise IntakeError(
                "图片已损坏或不是 JPG、PNG 图片，请重新拍照或另存为 JPG。", code="bad_image"
            ) from exc


def encode(picture: Pillow.Image, role: Literal["picture", "page"] = "picture") -> Image:
    """An RGB picture as PNG when it has few colours, else as JPEG; no metadata is written."""
    buffer = io.BytesIO()
    bare = Pillow.new("RGB", picture.size)
    bare.paste(picture)
    is_drawing = bare.getcolors(MAX_PNG_COLOURS) is not None
    if is_drawing:
        bare.quantize(MAX_PNG_COLOURS).save(buffer, "PNG", optimize=True)
    else:
        bare.save(buffer, "JPEG", quality=JPEG_QUALITY, optimize=True)
    encoded = buffer.getvalue()
    return Image(
        media_type="image/png" if is_drawing else "image/jpeg",
        width=bare.width,
        height=bare.height,
        sha256=hashlib.sha256(encoded).hexdigest(),
        role=role,
        data=encoded,
    )


def _check_pixels(width: int, height: int) -> None:
    if width * height > limits.MAX_PIXELS:
        raise _too_many_pixels()


def _too_many_pixels() -> IntakeError:
    return IntakeError(
        "图片太大，超过 4000 万像素。请用手机的普通模式拍，或缩小后再传。", code="too_many_pixels"
    )


def _upright(picture: Pillow.Image, crop: tuple[float, float, float, float] | None) -> Pillow.Image:
    """Cropped, made smaller, on white, turned as its EXIF says: small first, because memory is short."""
    orientation = picture.getexif().get(ExifTags.Base.Orientation)
    if crop is None:
        picture.draft("RGB", (MAX_SIDE, MAX_SIDE))  # lets the JPEG decoder scale while it decodes
    else:
        picture = _cropped(picture, crop)
    if picture.mode not in ("RGB", "RGBA", "L"):
        picture = picture.convert("RGBA" if _has_transparency(picture) else "RGB")
    picture.thumbnail((MAX_SIDE, MAX_SIDE), reducing_gap=2.0)
    if picture.mode == "RGBA":
        paper = Pillow.new("RGB", picture.size, "white")
        paper.paste(picture, mask=picture.getchannel("A"))
        picture = paper
    picture = picture.convert("RGB")
    picture.getexif()[ExifTags.Base.Orientation] = orientation if orientation in range(1, 9) else 1
    return ImageOps.exif_transpose(picture)


def _cropped(picture: Pillow.Image, crop: tuple[float, float, float, float]) -> Pillow.Image:
    left, top, right, bottom = (min(max(part, 0.0), 1.0) for part in crop)
    width, height = picture.size
    box = (round(width * left), round(height * top), round(width * (1 - right)), round(height * (1 - bottom)))
    if box[0] >= box[2] or box[1] >= box[3]:
        raise ValueError(f"nothing left of the picture: {crop}")
    return picture.crop(box)


def _has_transparency(picture: Pillow.Image) -> bool:
    return picture.mode in ("LA", "PA", "La", "RGBa") or "transparency" in picture.info


def _metadata_texts(picture: Pillow.Image) -> Iterator[str]:
    """Texts from EXIF (with its GPS and maker parts), PNG and JPEG comments and XMP."""
    exif = picture.getexif()
    for part in (
        exif,
        *(exif.get_ifd(tag) for tag in (ExifTags.IFD.Exif, ExifTags.IFD.GPSInfo, ExifTags.IFD.IFD1)),
    ):
        for value in part.values():
            yield from _texts(value)
    for key, value in picture.info.items():
        if key not in ("exif", "icc_profile"):
            yield from _texts(value)


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, bytes):
        yield from _decoded(value)
    elif isinstance(value, str):
        yield value
    elif isinstance(value, tuple | list) and len(value) <= 16:
        yield " ".join(str(part) for part in value)


def _decoded(raw: bytes) -> Iterator[str]:
    """Readable text in a metadata block: UserComment has 8 bytes of prefix, XP tags are UTF-16."""
    for encoding, start in (("utf-8", 0), ("utf-16-le", 0), ("utf-8", 8), ("utf-16-be", 8), ("utf-16-le", 8)):
        try:
            text = raw[start : 64 * 1024].decode(encoding).strip("\x00 ")
        except UnicodeDecodeError:
            continue
        if len(text) >= _MIN_HIDDEN_CHARS and re.fullmatch(
            r"[\s\x20-\x7e\u3000-\u303f\u3400-\u9fff\uff00-\uffef]+", text
        ):
            yield text
            return

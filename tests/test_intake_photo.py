"""Photos: only pixels survive; metadata is told, oversized and broken pictures are refused."""

import io

import pytest
from intake_samples import grey_picture, jpeg, png, resident_id
from PIL import Image as Pillow
from PIL.PngImagePlugin import PngInfo

from content.errors import IntakeError
from content.intake import photo


def _exif(tag: int, value: object, ifd: int | None = None) -> Pillow.Exif:
    exif = Pillow.Exif()
    (exif.get_ifd(ifd) if ifd else exif)[tag] = value
    return exif


def _png_text(kind: str, text: str) -> bytes:
    info = PngInfo()
    getattr(info, kind)("Comment", text)
    return png(pnginfo=info)


METADATA = {
    "EXIF description": lambda s: jpeg(exif=_exif(0x010E, s)),
    "EXIF artist": lambda s: jpeg(exif=_exif(0x013B, s)),
    "EXIF copyright": lambda s: jpeg(exif=_exif(0x8298, s)),
    "EXIF user comment": lambda s: jpeg(exif=_exif(0x9286, b"ASCII\x00\x00\x00" + s.encode(), 0x8769)),
    "EXIF camera owner": lambda s: jpeg(exif=_exif(0xA430, s, 0x8769)),
    "EXIF serial number": lambda s: jpeg(exif=_exif(0xA431, s, 0x8769)),
    "Windows comment": lambda s: jpeg(exif=_exif(0x9C9C, s.encode("utf-16-le"))),
    "GPS place name": lambda s: jpeg(exif=_exif(0x001C, b"ASCII\x00\x00\x00" + s.encode(), 0x8825)),
    "JPEG comment": lambda s: jpeg(comment=s.encode()),
    "XMP": lambda s: jpeg(xmp=f"<x:xmpmeta>{s}</x:xmpmeta>".encode()),
    "PNG text": lambda s: _png_text("add_text", s),
    "PNG international text": lambda s: _png_text("add_itxt", s),
    "PNG EXIF": lambda s: png(exif=_exif(0x010E, s)),
}


@pytest.mark.parametrize("place", METADATA)
def test_metadata_is_told_and_does_not_survive(place):
    secret = resident_id(list(METADATA).index(place) + 100)

    document = photo.read(METADATA[place](secret))

    data = document.images[0].data
    assert secret.encode() not in data
    assert secret.encode("utf-16-le") not in data
    assert not {"exif", "icc_profile", "xmp", "comment", "Comment"} & set(Pillow.open(io.BytesIO(data)).info)
    assert any(secret in text for text in document.hidden_text)


def test_bytes_after_the_end_of_a_photo_do_not_survive():
    document = photo.read(jpeg() + resident_id(7).encode() * 50)

    assert resident_id(7).encode() not in document.images[0].data


@pytest.mark.parametrize("orientation", range(1, 9))
def test_every_orientation_is_turned_upright(orientation):
    upright = Pillow.new("RGB", (60, 40), "white")
    upright.paste((255, 0, 0), (0, 0, 20, 20))  # red in the top left corner
    undo = {
        2: Pillow.Transpose.FLIP_LEFT_RIGHT,
        3: Pillow.Transpose.ROTATE_180,
        4: Pillow.Transpose.FLIP_TOP_BOTTOM,
        5: Pillow.Transpose.TRANSPOSE,
        6: Pillow.Transpose.ROTATE_90,
        7: Pillow.Transpose.TRANSVERSE,
        8: Pillow.Transpose.ROTATE_270,
    }
    stored = upright.transpose(undo[orientation]) if orientation in undo else upright

    image = photo.read(jpeg(stored, exif=_exif(0x0112, orientation), quality=95)).images[0]

    picture = Pillow.open(io.BytesIO(image.data)).convert("RGB")
    assert picture.size == (60, 40)
    red, green, _ = picture.getpixel((5, 5))
    assert red > 200 > 100 > green


@pytest.mark.parametrize(
    ("size", "expected"),
    [
        ((3200, 1600), (1600, 800)),
        ((100, 5000), (32, 1600)),
        ((800, 600), (800, 600)),
        ((9000, 1), (1600, 1)),
    ],
    ids=["large", "tall", "small stays", "a line"],
)
def test_the_longest_side_is_at_most_1600_pixels(size, expected):
    image = photo.read(jpeg(grey_picture(*size))).images[0]

    assert (image.width, image.height) == expected


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16"])
def test_every_usual_png_mode_is_read(mode):
    picture = Pillow.new("I;16", (30, 30), 30_000) if mode == "I;16" else grey_picture(30, 30).convert(mode)

    image = photo.read(png(picture)).images[0]

    assert (image.width, image.height) == (30, 30)


def test_a_cmyk_photo_and_a_webp_are_read():
    webp = io.BytesIO()
    grey_picture().save(webp, "WEBP")

    assert photo.read(jpeg(grey_picture().convert("CMYK"))).images[0].width == 60
    assert photo.read(webp.getvalue()).images[0].width == 60


def test_transparent_parts_become_white_not_black():
    image = photo.read(png(Pillow.new("RGBA", (10, 10), (0, 0, 0, 0)))).images[0]

    assert Pillow.open(io.BytesIO(image.data)).convert("RGB").getpixel((5, 5)) == (255, 255, 255)


def test_a_drawing_stays_exact_and_a_photo_becomes_jpeg():
    drawing = Pillow.new("RGB", (50, 50), "white")
    drawing.paste((200, 16, 46), (10, 10, 20, 20))
    many = Pillow.merge(
        "RGB",
        [Pillow.linear_gradient("L"), Pillow.radial_gradient("L"), Pillow.linear_gradient("L").rotate(90)],
    )

    flat, rich = photo.read(png(drawing)).images[0], photo.read(png(many)).images[0]

    assert flat.media_type == "image/png"
    assert Pillow.open(io.BytesIO(flat.data)).convert("RGB").tobytes() == drawing.tobytes()
    assert rich.media_type == "image/jpeg"


def test_more_than_40_megapixels_are_refused():
    with pytest.raises(IntakeError) as refusal:
        photo.read(png(Pillow.new("1", (8001, 5000))))

    assert refusal.value.code == "too_many_pixels"


def test_the_same_photo_gives_the_same_picture():
    assert photo.read(jpeg()).images == photo.read(jpeg()).images

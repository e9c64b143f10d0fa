"""The clean form of a notice: title, paragraphs, tables, pictures and what was found hidden; no file format, no storage."""

import hashlib
import itertools
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final, Literal

import msgspec
from markupsafe import Markup, escape

from content.errors import IntakeError
from content.intake import limits
from content.intake.wording import find_closing, is_title, tidy

MAX_TEXT_CHARS: Final = 200_000
MAX_HIDDEN_CHARS: Final = 100_000
MAX_IMAGES: Final = 100

Align = Literal["left", "center", "right"]
MediaType = Literal["image/jpeg", "image/png"]
_BAD_SHAPE: Final = "内容格式不对，请重新上传文件。"
_MAGIC: Final[Mapping[str, bytes]] = {"image/jpeg": b"\xff\xd8\xff", "image/png": b"\x89PNG\r\n\x1a\n"}


@dataclass(frozen=True)
class Problem:
    """Something the agent should look at before signing; `code` for tests and translation."""

    code: str
    message: str


@dataclass(frozen=True)
class Image:
    """A picture that was decoded and encoded again: longest side <= 1600 px (a page: 1080 px wide), no metadata.

    `role` "page" is the picture of a whole PDF page: masking text does not mask it, so it may be shown only
    where screening found nothing or a person has looked. `data` is empty in a document read from a draft row.
    """

    media_type: MediaType
    width: int
    height: int
    sha256: str
    role: Literal["picture", "page"] = "picture"
    data: bytes = field(default=b"", repr=False)


@dataclass(frozen=True)
class Paragraph:
    """Plain text ("\\n" is a line break); `level` 1-6 for a heading."""

    text: str
    level: int | None = None
    align: Align = "left"


@dataclass(frozen=True)
class Table:
    """Rows of cell texts; the cells covered by a merged one are empty."""

    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Picture:
    """The place of `images[image]` in the text."""

    image: int


Block = Paragraph | Table | Picture
_BLOCK_KINDS: Final[Mapping[str, type[Block]]] = {"paragraph": Paragraph, "table": Table, "picture": Picture}


@dataclass(frozen=True)
class Document:
    """One notice. The title is not repeated in `blocks`; the closing lines stay there as written.

    `hidden_text` came from headers, comments, deleted changes, properties, EXIF: for screening and the agent's
    eyes only. `date` is ISO, `issuer` and `date` are "" when not recognised.
    """

    title: str = ""
    blocks: tuple[Block, ...] = ()
    images: tuple[Image, ...] = ()
    hidden_text: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()
    issuer: str = ""
    date: str = ""

    def plain_text(self) -> str:
        """Title and all block texts, one line per paragraph or table row (cells parted by a tab)."""
        return "\n".join(itertools.chain([self.title] if self.title else [], _lines(self.blocks)))

    def map_text(self, change: Callable[[str], str]) -> "Document":
        """The same document with `change` applied to every text that would be published: how masks are put on."""
        return replace(
            self,
            title=change(self.title),
            issuer=change(self.issuer),
            blocks=tuple(_map_block(block, change) for block in self.blocks),
        )

    def as_dict(self, *, with_hidden: bool = False) -> dict[str, Any]:
        """JSON-safe form without image bytes; `with_hidden` for a draft row only, never for an event."""
        plain: dict[str, Any] = {
            "title": self.title,
            "issuer": self.issuer,
            "date": self.date,
            "blocks": [_block_as_dict(block) for block in self.blocks],
            "images": [_image_as_dict(image) for image in self.images],
        }
        if with_hidden:
            plain["hidden_text"] = list(self.hidden_text)
            plain["problems"] = msgspec.to_builtins(self.problems)
        return plain


def from_dict(plain: Any, image_data: Mapping[str, bytes] | None = None) -> Document:
    """The document that `as_dict` wrote; with `image_data` (by SHA-256) the bytes are put back and checked.

    Raises IntakeError `bad_document` for any other shape, an image number out of range, or bytes that are not
    the picture they say: the dictionary may come from a reader that a hostile file has broken.
    """
    try:
        blocks = tuple(msgspec.convert(_without_kind(b), _BLOCK_KINDS[b["kind"]]) for b in plain["blocks"])
        document = Document(
            title=msgspec.convert(plain["title"], str),
            blocks=blocks,
            images=tuple(_image_from_dict(item, image_data) for item in plain["images"]),
            hidden_text=msgspec.convert(plain.get("hidden_text", []), tuple[str, ...]),
            problems=msgspec.convert(plain.get("problems", []), tuple[Problem, ...]),
            issuer=msgspec.convert(plain["issuer"], str),
            date=msgspec.convert(plain["date"], str),
        )
    except (msgspec.ValidationError, KeyError, TypeError, AttributeError, ValueError) as exc:
        raise IntakeError(_BAD_SHAPE, code="bad_document") from exc
    _check_pictures(document)
    return document


def to_wire(document: Document) -> dict[str, Any]:
    """What a reader's child process answers: the document, and its images' bytes by SHA-256."""
    images = {image.sha256: image.data for image in document.images}
    return {"document": document.as_dict(with_hidden=True), "images": images}


def from_wire(answer: Any) -> Document:
    """The document of `to_wire`, checked as `from_dict` does. Raises IntakeError `bad_document`."""
    if not isinstance(answer, dict) or not isinstance(answer.get("images"), dict):
        raise IntakeError(_BAD_SHAPE, code="bad_document")
    return from_dict(answer.get("document"), answer["images"])


def compose(
    blocks: Iterable[Block],
    images: Sequence[Image] = (),
    hidden: Iterable[str] = (),
    problems: Sequence[Problem] = (),
) -> Document:
    """A document from a reader's blocks: texts tidied, empty ones dropped, title, issuer and date recognised.

    Raises IntakeError `too_long` above 200,000 characters, `too_many_images` above 100 images.
    """
    kept = [block for block in (_map_block(block, tidy) for block in blocks) if _is_filled(block)]
    if len(images) > MAX_IMAGES:
        raise IntakeError(f"图片超过 {MAX_IMAGES} 张，请拆成几份再传。", code="too_many_images")
    lines = _lines(kept)
    if sum(map(len, lines)) > MAX_TEXT_CHARS:
        raise _too_long()
    title, body = _take_title(kept)
    closing = find_closing(_lines(block for block in body if isinstance(block, Paragraph)))
    notes = list(problems)
    if lines and not title:
        notes.append(Problem("no_title", "没有认出标题，请填写标题。"))
    return Document(
        title=title,
        blocks=tuple(body),
        images=tuple(images),
        hidden_text=_distinct(hidden),
        problems=tuple(notes),
        issuer=closing.issuer,
        date=closing.date,
    )


def add_hidden(document: Document, texts: Iterable[str]) -> Document:
    """The document with more hidden texts: tidied, each once, at most 100,000 characters in all."""
    return replace(document, hidden_text=_distinct([*document.hidden_text, *texts]))


def text_document(text: str) -> Document:
    """A document from typed or pasted text: blank lines part paragraphs, or line ends where there are none.

    The first line is the title when it is short. Raises IntakeError `empty` when no text is left, `too_long`.
    """
    if len(text) > 2 * MAX_TEXT_CHARS:
        raise _too_long()
    lines = tidy(text).split("\n")
    if not any(lines):
        raise IntakeError("没有文字，请输入或粘贴公告内容。", code="empty")
    first = lines.index(next(filter(None, lines)))
    rest = lines[first + 1 :]
    has_blank_lines = any(a and not b for a, b in itertools.pairwise(rest))
    paragraphs = "\n".join(rest).split("\n\n") if has_blank_lines else rest
    return compose(Paragraph(paragraph) for paragraph in [lines[first], *paragraphs])


def to_html(document: Document, image_url: Callable[[str], str]) -> str:
    """The blocks as HTML (the page itself shows the title): the only HTML of a notice that is ever shown.

    Everything is escaped here; no markup of the source file is left. `image_url` gets an image's SHA-256.
    Headings start at h2; a table whose first row is full gets it as its head.
    """
    return Markup("\n").join(_block_html(block, document.images, image_url) for block in document.blocks)


def table(rows: Sequence[Sequence[str]]) -> Table:
    """A table within the limits (20,000 rows, 100 columns), every row filled up to the same length.

    Raises IntakeError `too_many_cells`.
    """
    width = max(map(len, rows), default=0)
    if len(rows) > limits.MAX_ROWS or width > limits.MAX_COLUMNS:
        raise IntakeError(
            f"表格超过 {limits.MAX_ROWS} 行或 {limits.MAX_COLUMNS} 列，请拆小再传。", code="too_many_cells"
        )
    return Table(tuple(tuple(row) + ("",) * (width - len(row)) for row in rows))


def _too_long() -> IntakeError:
    return IntakeError("文字太长（超过 20 万字），请拆成几份再传。", code="too_long")


def _lines(blocks: Iterable[Block]) -> list[str]:
    lines: list[str] = []
    for block in blocks:
        if isinstance(block, Paragraph):
            lines.extend(block.text.split("\n"))
        elif isinstance(block, Table):
            lines.extend("\t".join(cell.replace("\n", " ") for cell in row) for row in block.rows)
    return lines


def _map_block(block: Block, change: Callable[[str], str]) -> Block:
    if isinstance(block, Paragraph):
        return replace(block, text=change(block.text))
    if isinstance(block, Table):
        return Table(tuple(tuple(change(cell) for cell in row) for row in block.rows))
    return block


def _is_filled(block: Block) -> bool:
    if isinstance(block, Paragraph):
        return bool(block.text)
    return not isinstance(block, Table) or any(any(row) for row in block.rows)


def _take_title(blocks: list[Block]) -> tuple[str, list[Block]]:
    """The title and the other blocks; a single line is title and text at once, so that no notice is empty."""
    first = next((block for block in blocks if not isinstance(block, Picture)), None)
    if not isinstance(first, Paragraph):
        return "", blocks
    if not (is_title(first.text) or (first.level == 1 and len(first.text) <= 80)):
        return "", blocks
    others = [block for block in blocks if block is not first]
    return first.text.replace("\n", ""), others or blocks


def _distinct(texts: Iterable[str]) -> tuple[str, ...]:
    kept: dict[str, None] = {}
    room = MAX_HIDDEN_CHARS
    for text in map(tidy, texts):
        if text and room > 0 and text not in kept:
            kept[text[:room]] = None
            room -= len(text)
    return tuple(kept)


def _block_as_dict(block: Block) -> dict[str, Any]:
    kind = next(name for name, type_ in _BLOCK_KINDS.items() if isinstance(block, type_))
    return {"kind": kind, **msgspec.to_builtins(block)}


def _image_as_dict(image: Image) -> dict[str, Any]:
    return {key: getattr(image, key) for key in ("media_type", "width", "height", "sha256", "role")}


def _without_kind(plain: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in plain.items() if key != "kind"}


def _image_from_dict(plain: Mapping[str, Any], image_data: Mapping[str, bytes] | None) -> Image:
    image = msgspec.convert({key: value for key, value in plain.items() if key != "data"}, Image)
    if image_data is None:
        return image
    data = image_data[image.sha256]
    if hashlib.sha256(data).hexdigest() != image.sha256 or not data.startswith(_MAGIC[image.media_type]):
        raise ValueError(f"not the picture it says: {image.sha256}")
    return replace(image, data=data)


def _check_pictures(document: Document) -> None:
    shown = [block.image for block in document.blocks if isinstance(block, Picture)]
    if any(not 0 <= number < len(document.images) for number in shown):
        raise IntakeError(_BAD_SHAPE, code="bad_document")


def _block_html(block: Block, images: Sequence[Image], image_url: Callable[[str], str]) -> Markup:
    if isinstance(block, Picture):
        image = images[block.image]
        source = image_url(image.sha256)
        return Markup('<p class="picture"><img src="{}" width="{}" height="{}" alt=""></p>').format(
            source, image.width, image.height
        )
    if isinstance(block, Table):
        return _table_html(block)
    tag = f"h{min(block.level + 1, 6)}" if block.level else "p"
    css = Markup("") if block.align == "left" else Markup(' class="{}"').format(block.align)
    return Markup("<{0}{1}>{2}</{0}>").format(Markup(tag), css, _with_breaks(block.text))


def _table_html(block: Table) -> Markup:
    has_head = len(block.rows) > 1 and all(block.rows[0])
    parts = [Markup("<table>")]
    for number, row in enumerate(block.rows):
        cell = Markup('<th scope="col">{}</th>') if has_head and number == 0 else Markup("<td>{}</td>")
        parts.append(
            Markup("<tr>{}</tr>").format(Markup("").join(cell.format(_with_breaks(text)) for text in row))
        )
    parts.append(Markup("</table>"))
    return Markup("").join(parts)


def _with_breaks(text: str) -> Markup:
    return Markup("<br>").join(escape(line) for line in text.split("\n"))

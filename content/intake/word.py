"""Word files (.docx) read into a document: hidden parts taken out, mammoth, nh3, blocks; fetches nothing from outside."""

import io
import posixpath
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final
from xml.etree.ElementTree import Element, ParseError, tostring

import defusedxml.ElementTree as SafeXml
import mammoth
from defusedxml.common import DefusedXmlException

from content.errors import IntakeError
from content.intake import limits, markup, photo
from content.intake.document import MAX_IMAGES, Document, Image, Problem, add_hidden, compose, to_wire
from content.intake.word_hidden import (
    all_texts,
    attribute,
    crop_of,
    hidden_styles,
    local,
    not_shown_in,
    take_out_hidden,
)

# Word's own looks and font lists: no words of the author, and long.
_LOOKS: Final = re.compile(
    r"(^|/)(styles|stylesWithEffects|fontTable|webSettings|theme/[^/]*)\.xml$|\[Content_Types\]\.xml$"
)
# Shown by Word, lost by mammoth.
_UNREADABLE_SHAPES: Final = frozenset({"oMath", "chart", "relIds", "altChunk"})
_STYLE_MAP: Final = """
p[style-name='Title'] => h1:fresh
p[style-name='Subtitle'] => p.center:fresh
p[style-name='xt-center'] => p.center:fresh
p[style-name='xt-right'] => p.right:fresh
"""
_ALIGNED: Final = {"center": "xt-center", "right": "xt-right", "end": "xt-right"}

_DROPPED_PICTURE: Final = Problem(
    "picture_dropped", "有图片没能收进来（格式不支持、太小或已损坏），请另传照片。"
)
_DROPPED_LINK: Final = Problem("external_link", "文件里有指向外部的链接，已去掉。")
_LEFT_OUT: Final = Problem("left_out", "文件里有公式、图表或特殊图形没能读出来，请核对，必要时改成图片。")
_NUMBERING: Final = Problem("numbering", "文件里有自动编号，网页上一律写成“1.”或“·”，请对照原件核对。")


@dataclass
class _Package:
    """The parsed parts of one file, and what was found on the way."""

    parts: dict[str, bytes]
    trees: dict[str, Element]
    main: str
    hidden: list[str] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    def note(self, problem: Problem) -> None:
        if problem not in self.problems:
            self.problems.append(problem)


def read(data: bytes) -> Document:
    """The notice in a .docx that `package.check` has let through.

    Raises IntakeError `damaged` for a file without readable text parts, `empty` when nothing can be shown.
    """
    package = _open(data)
    originals = {name: tostring(tree) for name, tree in package.trees.items() if _is_text_part(package, name)}
    cleaned = _cleaned_package(package)
    images: list[Image] = []
    blocks = markup.to_blocks(_to_html(cleaned, images, package))
    document = compose(blocks, images, package.hidden, package.problems)
    if not document.blocks:
        raise IntakeError("Word 文件里没有文字，也没有能收的图片，请检查是不是传错了。", code="empty")
    return add_hidden(document, _unseen(package, originals, document.plain_text()))


def read_wire(data: bytes) -> dict[str, Any]:
    """`read` as the child process answers it."""
    return to_wire(read(data))


def _unseen(package: _Package, originals: dict[str, bytes], shown: str) -> Iterator[str]:
    """The texts of all other parts, and those of the text parts that did not come through."""
    for name, tree in package.trees.items():
        if name in originals:
            yield from not_shown_in(SafeXml.fromstring(originals[name]), shown)
        elif not _LOOKS.search(name):
            yield from all_texts(tree)


def _open(data: bytes) -> _Package:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist() if not name.endswith("/")}
    try:
        trees = {
            name: SafeXml.fromstring(content, forbid_dtd=True)
            for name, content in parts.items()
            if name.lower().endswith((".xml", ".rels", ".vml"))
        }
    except (ParseError, DefusedXmlException, LookupError) as exc:
        raise IntakeError(limits.UNREADABLE, code="damaged") from exc
    main = _main_part(trees.get("_rels/.rels"))
    if main not in trees or local(trees[main]) != "document":
        raise IntakeError(limits.UNREADABLE, code="damaged")
    return _Package(parts, trees, main)


def _main_part(root_relations: Element | None) -> str:
    for relation in root_relations if root_relations is not None else ():
        if (attribute(relation, "Type") or "").endswith("/officeDocument"):
            return (attribute(relation, "Target") or "").lstrip("/")
    return "word/document.xml"


def _is_text_part(package: _Package, name: str) -> bool:
    """The main text and its notes: what mammoth turns into paragraphs."""
    folder = posixpath.dirname(package.main)
    return name in (
        package.main,
        posixpath.join(folder, "footnotes.xml"),
        posixpath.join(folder, "endnotes.xml"),
    )


def _cleaned_package(package: _Package) -> bytes:
    """A new .docx with only what is shown: no headers, comments, properties or outside links."""
    folder = posixpath.dirname(package.main)
    styles = hidden_styles(package.trees.get(posixpath.join(folder, "styles.xml")))
    kept = {name: package.parts[name] for name in package.parts if _is_kept(name, folder)}
    for name, tree in package.trees.items():
        if _is_text_part(package, name):
            _note_losses(package, {local(element) for element in tree.iter()})
            package.hidden.extend(take_out_hidden(tree, styles))
            _write_crops(tree)
            kept[name] = tostring(tree, encoding="utf-8", xml_declaration=True)
        elif name.endswith(".rels"):
            outside = _drop_outside(tree)
            package.hidden.extend(outside)
            if outside:
                package.note(_DROPPED_LINK)
            if name in kept:
                kept[name] = tostring(tree, encoding="utf-8", xml_declaration=True)
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for name, content in kept.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def _note_losses(package: _Package, tags: set[str]) -> None:
    if tags & _UNREADABLE_SHAPES:
        package.note(_LEFT_OUT)
    if "numPr" in tags:
        package.note(_NUMBERING)


def _is_kept(name: str, folder: str) -> bool:
    if name in ("[Content_Types].xml", "_rels/.rels") or not name.endswith((".xml", ".rels", ".vml")):
        return True
    inside = posixpath.relpath(name, folder or ".")
    return inside in ("styles.xml", "numbering.xml") or inside.startswith("_rels/")


def _drop_outside(relations: Element) -> list[str]:
    """Blank the targets that lie outside the file and say what they were; a missing relation breaks mammoth."""
    outside = [e for e in relations if (attribute(e, "TargetMode") or "").lower() == "external"]
    targets = [relation.get("Target", "") for relation in outside]
    for relation in outside:
        relation.set("Target", "removed")
    return targets


def _write_crops(tree: Element) -> None:
    """Tell the image converter the crop through the only thing mammoth passes on: the alternative text."""
    for drawing in tree.iter():
        if local(drawing) in ("inline", "anchor"):
            for properties in drawing:
                if local(properties) == "docPr":
                    properties.attrib.pop("title", None)
                    properties.set("descr", crop_of(drawing))


def _to_html(cleaned: bytes, images: list[Image], package: _Package) -> str:
    def convert(source: Any) -> dict[str, str]:
        image = _read_image(source, package)
        if image is None or len(images) >= MAX_IMAGES:
            package.note(_DROPPED_PICTURE)
            return {"src": ""}
        images.append(image)
        return {"src": markup.image_source(len(images) - 1)}

    result = mammoth.convert_to_html(
        io.BytesIO(cleaned),
        style_map=_STYLE_MAP,
        include_embedded_style_map=False,  # it would be the author's, not ours
        convert_image=mammoth.images.img_element(convert),
        transform_document=mammoth.transforms.paragraph(_mark_alignment),
    )
    return str(result.value)


def _read_image(source: Any, package: _Package) -> Image | None:
    crop = _parsed_crop(source.alt_text or "")
    try:
        with source.open() as stream:
            image, hidden = photo.clean_image(stream.read(), crop=crop if any(crop) else None)
    except IntakeError as exc:
        if exc.code == "too_many_pixels":
            raise
        return None
    except (KeyError, ValueError):  # the picture is named but not in the file, or outside it
        return None
    package.hidden.extend(hidden)
    return image


def _parsed_crop(alt_text: str) -> tuple[float, float, float, float]:
    match = re.fullmatch(r"(\d+\.\d+),(\d+\.\d+),(\d+\.\d+),(\d+\.\d+)", alt_text)
    return (
        (float(match[1]), float(match[2]), float(match[3]), float(match[4]))
        if match
        else (0.0, 0.0, 0.0, 0.0)
    )


def _mark_alignment(paragraph: Any) -> Any:
    """Give a centred or right-aligned paragraph a style of ours, because mammoth drops alignment."""
    is_plain = paragraph.numbering is None and not re.match(r"(?i)heading|title", paragraph.style_name or "")
    if not is_plain or paragraph.alignment not in _ALIGNED:
        return paragraph
    return paragraph.copy(style_id=None, style_name=_ALIGNED[paragraph.alignment])

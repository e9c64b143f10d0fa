"""What a Word file holds but does not show: taken out of the text and handed over as hidden texts; makes no blocks."""

import re
from collections.abc import Iterable, Iterator
from typing import Final
from xml.etree.ElementTree import Element

# Deleted and moved-away text, field codes ("HYPERLINK mailto:…"), comment marks.
_NOT_SHOWN: Final = frozenset(
    {"del", "moveFrom", "delText", "instrText", "delInstrText", "comment", "annotationRef"}
)
_TEXT_TAGS: Final = frozenset({"t", "delText", "instrText", "delInstrText"})
_OFF: Final = frozenset({"0", "false", "off", "none"})
_HIDING_STYLE: Final = re.compile(r"visibility:\s*hidden|display:\s*none|mso-hide:\s*all", re.I)
_SHADES: Final = frozenset({"shd", "highlight"})
# Half-points: nobody reads 2 pt.
_UNREADABLE_HALF_POINTS: Final = 4
# F0F0F0 and lighter: nobody reads it on white paper.
_NEARLY_WHITE: Final = re.compile(r"(?:[Ff][0-9A-Fa-f]){3}")
# English Metric Units, about 3 mm: a dot, or a picture made too small to be seen.
_TINY_EMU: Final = 108_000
# Attributes are mostly numbers and ids; these can carry words or a person's number.
_TELLING: Final = re.compile(r"[\u3400-\u9fff]|\d{11}|[A-Za-z]\d{8}|@")


def local(element: Element) -> str:
    """The tag without its namespace: transitional and strict files differ only there."""
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def attribute(element: Element, name: str) -> str | None:
    """An attribute by its local name."""
    return next((value for key, value in element.attrib.items() if key.rpartition("}")[2] == name), None)


def child(element: Element | None, name: str) -> Element | None:
    """The first child with that local name."""
    return next((c for c in element if local(c) == name), None) if element is not None else None


def hidden_styles(styles: Element | None) -> frozenset[str]:
    """Ids of the styles whose text is hidden, by themselves or through the style they are based on."""
    based_on: dict[str, str] = {}
    hidden: set[str] = set()
    for style in styles if styles is not None else ():
        style_id = attribute(style, "styleId") if local(style) == "style" else None
        if style_id is None:
            continue
        based_on[style_id] = _value(child(style, "basedOn"))
        if _is_on(child(style, "rPr"), "vanish"):
            hidden.add(style_id)
    for _ in range(10):  # deeper chains do not occur, and a loop must end
        hidden |= {style_id for style_id, parent_id in based_on.items() if parent_id in hidden}
    return frozenset(hidden)


def take_out_hidden(root: Element, styles: frozenset[str]) -> list[str]:
    """Remove from `root` all that Word does not show, and say what texts it had.

    Deleted or moved text, field codes, hidden runs, styles and rows, (nearly) white text outside tables and
    shapes, text in the colour of its shading or of 2 pt or less, hidden or tiny pictures and cropped old-style (VML) ones.
    """
    found: list[str] = []
    gone: set[Element] = set()
    parents = {inner: outer for outer in root.iter() for inner in outer}
    for element in list(root.iter()):
        outer = parents.get(element)
        if outer is None:
            continue
        if outer in gone:
            gone.add(element)
        elif _is_hidden(element, styles, parents):
            found.extend(all_texts(element))
            outer.remove(element)
            gone.add(element)
    return found


def all_texts(root: Element) -> list[str]:
    """Every text in `root`: one per paragraph, other elements' own text, and attributes that can carry words."""
    return [
        text
        for text in (*_paragraph_texts(root), *_loose_texts(root), *_attribute_texts(root))
        if text.strip()
    ]


def not_shown_in(root: Element, shown: str) -> list[str]:
    """The texts of `root` that are not part of `shown` (compared without spaces): lost on the way, so hidden."""
    flat = re.sub(r"\s", "", shown)
    return [text for text in all_texts(root) if re.sub(r"\s", "", text) not in flat]


def crop_of(drawing: Element) -> str:
    """The crop of a drawing as "l,t,r,b" in parts of 1; "0,0,0,0" when nothing is cut off.

    Word keeps the cut-off part in the file. Source: ECMA-376 20.1.8.55 srcRect, in 1/1000 percent.
    """
    rect = next((e for e in drawing.iter() if local(e) == "srcRect"), None)
    sides = [_part(attribute(rect, side)) if rect is not None else 0.0 for side in "ltrb"]
    return ",".join(f"{side:.5f}" for side in sides)


def _part(value: str | None) -> float:
    match = re.fullmatch(r"(-?\d+(?:\.\d+)?)(%?)", value or "0")
    if not match:
        return 0.0
    return max(0.0, float(match[1]) / (100 if match[2] else 100_000))


def _is_hidden(element: Element, styles: frozenset[str], parents: dict[Element, Element]) -> bool:
    tag = local(element)
    if tag in _NOT_SHOWN:
        # A paragraph mark's own deletion (in rPr) does not delete the text.
        return not (tag == "del" and local(parents[element]) in ("rPr", "trPr"))
    if tag == "r":
        return _is_hidden_run(element, styles, parents)
    if tag == "p":
        return _value(child(child(element, "pPr"), "pStyle")) in styles
    if tag == "tr":
        properties = child(element, "trPr")
        return _is_on(properties, "hidden") or _is_on(properties, "del")
    if tag in ("inline", "anchor"):
        return _is_hidden_drawing(element)
    if tag == "Fallback":
        return _differs_from_choice(element, parents[element])
    if _HIDING_STYLE.search(element.get("style", "")):
        return True
    return tag == "imagedata" and any(key.rpartition("}")[2].startswith("crop") for key in element.attrib)


def _is_hidden_run(run: Element, styles: frozenset[str], parents: dict[Element, Element]) -> bool:
    properties = child(run, "rPr")
    if properties is None:
        return False
    if _is_on(properties, "vanish") or _value(child(properties, "rStyle")) in styles:
        return True
    size = _value(child(properties, "sz"))
    if size.isdigit() and int(size) <= _UNREADABLE_HALF_POINTS:
        return True
    colour = _value(child(properties, "color"))
    shade = child(properties, "shd")
    if shade is not None and colour and (attribute(shade, "fill") or "").upper() == colour.upper():
        return True
    return bool(_NEARLY_WHITE.fullmatch(colour)) and not _has_background(run, properties, parents)


def _has_background(run: Element, properties: Element, parents: dict[Element, Element]) -> bool:
    """Whether white text may be readable: shaded, or in a table or shape, whose colours come from elsewhere."""
    if any(local(e) in _SHADES for e in properties):
        return True
    above: Element | None = run
    while above is not None:
        if local(above) in ("tbl", "txbxContent"):
            return True
        if local(above) == "p" and child(child(above, "pPr"), "shd") is not None:
            return True
        above = parents.get(above)
    return False


def _is_hidden_drawing(drawing: Element) -> bool:
    properties, extent = child(drawing, "docPr"), child(drawing, "extent")
    if properties is not None and (attribute(properties, "hidden") or "0") not in _OFF:
        return True
    sizes = [attribute(extent, side) or "" for side in ("cx", "cy")] if extent is not None else []
    return any(size.isdigit() and int(size) < _TINY_EMU for size in sizes)


def _is_on(properties: Element | None, name: str) -> bool:
    switch = child(properties, name)
    return switch is not None and (_value(switch) or "1").lower() not in _OFF


def _value(setting: Element | None) -> str:
    return (attribute(setting, "val") or "") if setting is not None else ""


def _differs_from_choice(fallback: Element, alternatives: Element) -> bool:
    """Whether the text for old readers, which mammoth takes, says something that Word does not show."""
    choice = child(alternatives, "Choice")
    return choice is not None and "".join(_words(fallback)) not in "".join(_words(choice))


def _paragraph_texts(root: Element) -> Iterator[str]:
    for paragraph in root.iter():
        if local(paragraph) == "p":
            yield "".join(_words(paragraph))
    if not any(local(e) == "p" for e in root.iter()):
        yield "".join(_words(root))


def _words(root: Element) -> Iterable[str]:
    return (e.text or "" for e in root.iter() if local(e) in _TEXT_TAGS)


def _loose_texts(root: Element) -> Iterator[str]:
    return (e.text for e in root.iter() if e.text and local(e) not in _TEXT_TAGS)


def _attribute_texts(root: Element) -> Iterator[str]:
    for element in root.iter():
        for value in element.attrib.values():
            if _TELLING.search(re.sub(r"[\s-]", "", value)):
                yield value

"""Which cells of an xlsx are formulas or errors, which rows and columns are hidden; calamine gives only the values."""

import io
import posixpath
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import iterparse

from content.intake.sheet_size import column_number

Place = tuple[int, int]
_CELL_NAME = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")


@dataclass(frozen=True)
class SheetMarks:
    """Places and rows count from 0. `unvalued`: formulas without a stored result, and errors such as #REF!."""

    formulas: frozenset[Place]
    unvalued: frozenset[Place]
    hidden_rows: frozenset[int]
    hidden_columns: frozenset[int] = frozenset()


def read_marks(content: bytes) -> dict[str, SheetMarks]:
    """The marks of each sheet by its name; ValueError when the file's own parts do not hold together."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            if "xl/workbook.xml" not in archive.namelist():
                return {}  # a binary workbook (xlsb), which Excel always saves with results
            return {name: _marks(archive, part) for name, part in _sheet_parts(archive)}
    except (KeyError, ParseError, DefusedXmlException, zipfile.BadZipFile) as exc:
        raise ValueError(f"broken workbook: {exc}") from exc


def _sheet_parts(archive: zipfile.ZipFile) -> Iterator[tuple[str, str]]:
    targets = {
        element.attrib["Id"]: posixpath.normpath(posixpath.join("/xl", element.attrib["Target"])).lstrip("/")
        for element in _elements(archive, "xl/_rels/workbook.xml.rels", "Relationship")
    }
    for element in _elements(archive, "xl/workbook.xml", "sheet"):
        relation = next(value for key, value in element.attrib.items() if key.endswith("}id"))
        if "/worksheets/" in targets[relation]:
            yield element.attrib["name"], targets[relation]


def _marks(archive: zipfile.ZipFile, part: str) -> SheetMarks:
    formulas: set[Place] = set()
    unvalued: set[Place] = set()
    hidden: set[int] = set()
    columns: set[int] = set()
    for element in _elements(archive, part, "row", "col"):
        if _plain_tag(element) == "col":
            columns |= _hidden_columns(element)
            continue
        if element.get("hidden") in ("1", "true") and element.get("r"):
            hidden.add(int(element.attrib["r"]) - 1)
        for cell in element:
            if not cell.get("r"):
                continue
            place = _place(cell.attrib["r"])
            parts = {_plain_tag(child): child.text for child in cell}
            if "f" in parts:
                formulas.add(place)
            # A formula whose result is the empty text has its value: t="str" says so.
            is_without_value = "f" in parts and not parts.get("v") and cell.get("t") != "str"
            if is_without_value or cell.get("t") == "e":
                unvalued.add(place)
        element.clear()
    return SheetMarks(frozenset(formulas), frozenset(unvalued), frozenset(hidden), frozenset(columns))


def _hidden_columns(element: Element) -> set[int]:
    """The columns that a <col> hides, if it does; a sheet has 16,384."""
    if element.get("hidden") not in ("1", "true"):
        return set()
    first, last = int(element.attrib["min"]), int(element.attrib["max"])
    return set(range(first - 1, min(last, 16_384)))


def _place(name: str) -> Place:
    """Row and column of a cell's name, from 0: "B3" is (2, 1). KeyError for what is no name."""
    found = _CELL_NAME.fullmatch(name)
    if found is None:
        raise KeyError(name)
    return int(found[2]) - 1, column_number(found[1]) - 1


def _elements(archive: zipfile.ZipFile, part: str, *tags: str) -> Iterator[Element]:
    with archive.open(part) as stream:
        for _, element in iterparse(stream):
            if _plain_tag(element) in tags:
                yield element


def _plain_tag(element: Element) -> str:
    """Without its namespace, which differs between the two editions of the format."""
    return element.tag.rpartition("}")[2]

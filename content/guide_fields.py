"""The fields of a service guide (办事指南要素), the same in the file, the event and the page; nothing is stored here."""

from dataclasses import dataclass
from typing import Literal

import msgspec

from content.record.blobs import BlobRef

WORKING_DAYS, DAYS, AT_ONCE = "工作日", "日", "即办"
Unit = Literal["工作日", "日", "即办"]


@dataclass(frozen=True)
class TimeLimit:
    """A limit as the guide states it; value None where there is none, the note then says why."""

    value: int | None
    unit: Unit | None
    note: str = ""


class EightOpenings(
    msgspec.Struct,
    frozen=True,
    rename={
        "item_name": "审批项目名称",
        "basis": "审批依据",
        "conditions": "审批条件",
        "procedure": "审批程序",
        "legal_limit": "法定时限",
        "promised_limit": "承诺时限",
        "fee_basis": "收费依据",
        "fee_standard": "收费标准",
    },
):
    """The eight things that must be open for every item (八公开). A Struct: its keys are the official terms."""

    item_name: str
    basis: tuple[str, ...]
    conditions: tuple[str, ...]
    procedure: str
    legal_limit: TimeLimit
    promised_limit: TimeLimit
    fee_basis: str
    fee_standard: str


@dataclass(frozen=True)
class Material:
    """One paper to bring (申请材料). source: who issues it; form: original, copy, number of each.

    samples: pictures of how it looks, a blank form or one that is filled in (样表).
    """

    name: str
    required: bool
    form: str
    copies: int
    source: str
    note: str = ""
    samples: tuple[BlobRef, ...] = ()


@dataclass(frozen=True)
class Step:
    """One step of the handling (办理流程). clock_paused: its time does not count against the limit."""

    no: int
    name: str
    who: str
    days: int | None
    unit: Unit | None
    clock_paused: bool = False
    note: str = ""


@dataclass(frozen=True)
class Phones:
    """Office phones, public ones."""

    consult: str
    village_agent: str = ""


@dataclass(frozen=True)
class Complaint:
    """Where to complain (监督投诉)."""

    phone: str
    address: str


@dataclass(frozen=True)
class Result:
    """What the applicant gets in the end, and how."""

    name: str
    type: str
    delivery: tuple[str, ...]


@dataclass(frozen=True)
class Tags:
    """What a guide is found by: life event (人生事件), theme (主题), special group (特定人群)."""

    life_event: tuple[str, ...] = ()
    theme: tuple[str, ...] = ()
    special_group: tuple[str, ...] = ()


class Faq(msgspec.Struct, frozen=True, rename={"question": "q", "answer": "a"}):
    """A question people ask, with its answer."""

    question: str
    answer: str


FieldKind = Literal["text", "number", "date", "choice", "photo"]


@dataclass(frozen=True)
class FormField:
    """One question of the application form (申请表). least and most: of a number its bounds, of a text its characters.

    options: what a choice offers. What may stand in a field is checked by case_fields.py.
    """

    label: str
    kind: FieldKind = "text"
    is_required: bool = True
    hint: str = ""
    options: tuple[str, ...] = ()
    least: int | None = None
    most: int | None = None


@dataclass(frozen=True)
class Source:
    """Where the facts come from. trust: how official the page is; facts_taken: which facts are from it."""

    url: str
    date: str
    place: str
    trust: str
    facts_taken: str


@dataclass(frozen=True)
class Guide:
    """A whole guide, in the fields of content/data/guides.json. made_up: the fields that are invented.

    effective_from and effective_to: ISO dates, "" when open. department: the code of the department that its cases are
    filed to, "" where none is entered; fields: what the application asks for besides name, phone and ID.
    """

    id: str
    implementation_code: str
    name: str
    item_type: str
    status: str
    version: int
    county: str
    town: str
    village: str
    implementing_body: str
    body_nature: str
    power_source: str
    level: str
    service_object: str
    case_type: str
    eight_openings: EightOpenings
    materials: tuple[Material, ...]
    steps: tuple[Step, ...]
    special_procedure: tuple[str, ...]
    visits_needed: int
    online: bool
    place: str
    hours: str
    phones: Phones
    complaint: Complaint
    result: Result
    tags: Tags
    faq: tuple[Faq, ...]
    source: Source
    made_up: tuple[str, ...]
    effective_from: str = ""
    effective_to: str = ""
    department: str = ""
    fields: tuple[FormField, ...] = ()

    @property
    def pictures(self) -> tuple[BlobRef, ...]:
        """The samples of all its materials."""
        return tuple(ref for material in self.materials for ref in material.samples)

"""The fields of a guide's form, in the groups and rows in which they are asked for; what they make is guide_form's."""

from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext

from content.guide_fields import AT_ONCE, DAYS, WORKING_DAYS
from kiosk.county.forms import Input

_UNITS = (
    ("", lazy_gettext("没有规定")),
    (WORKING_DAYS, lazy_gettext("工作日")),
    (DAYS, lazy_gettext("日")),
    (AT_ONCE, lazy_gettext("即办")),
)
_CASE_TYPES = (("承诺件", lazy_gettext("承诺件")), ("即办件", lazy_gettext("即办件")))
_STATUSES = (("在用", lazy_gettext("在用")), ("暂停", lazy_gettext("暂停")))
_TRUSTS = (
    ("govdoc", lazy_gettext("政府文件")),
    ("mirror", lazy_gettext("转载的文件")),
    ("news", lazy_gettext("新闻报道")),
    ("weak", lazy_gettext("来源不牢")),
)
_FIELD_KINDS = (
    ("text", lazy_gettext("写字")),
    ("number", lazy_gettext("填数字")),
    ("date", lazy_gettext("填日期")),
    ("choice", lazy_gettext("选一个")),
    ("photo", lazy_gettext("拍照片")),
)
_ONE_A_LINE = lazy_gettext("一行一项。")
_WORDS = lazy_gettext("几个词用顿号隔开。")
_LIMIT = lazy_gettext("只写数字；没有规定的空着，在说明里写明。")


@dataclass(frozen=True)
class Group:
    """Fields that belong together. is_open: asked for most, so it stands open."""

    label: Any
    icon: str
    inputs: tuple[Input, ...]
    is_open: bool = True


@dataclass(frozen=True)
class Rows:
    """Rows of the same fields; a row whose first field is empty says nothing. kept: what is carried along, never typed."""

    name: str
    label: Any
    hint: Any
    columns: tuple[Input, ...]
    kept: tuple[str, ...] = ()


def _limit(name: str, label: Any, unit: Any, note: Any) -> tuple[Input, ...]:
    return (
        Input(name, label, _LIMIT, is_required=False),
        Input(f"{name}_unit", unit, options=_UNITS, is_required=False),
        Input(f"{name}_note", note, is_required=False),
    )


GROUPS = (
    Group(
        lazy_gettext("是什么事"),
        "guide",
        (
            Input("name", lazy_gettext("事项名称")),
            Input("implementing_body", lazy_gettext("实施机关")),
            Input(
                "department",
                lazy_gettext("办件交到哪个部门"),
                lazy_gettext("照“承办部门”里登记的选；没有就不选。"),
                is_required=False,
            ),
            Input("case_type", lazy_gettext("办件类型"), options=_CASE_TYPES),
            Input("item_type", lazy_gettext("事项类型"), lazy_gettext("行政给付、行政许可、公共服务……")),
            Input("service_object", lazy_gettext("服务对象")),
            Input("effective_from", lazy_gettext("从哪天起"), type="date", is_required=False),
            Input("effective_to", lazy_gettext("到哪天止"), type="date", is_required=False),
        ),
    ),
    Group(
        lazy_gettext("八公开"),
        "proof",
        (
            Input("item_name", lazy_gettext("审批项目名称")),
            Input("basis", lazy_gettext("审批依据"), _ONE_A_LINE, rows=3),
            Input("conditions", lazy_gettext("审批条件"), _ONE_A_LINE, rows=3),
            Input("procedure", lazy_gettext("审批程序"), rows=2),
            *_limit(
                "legal_limit",
                lazy_gettext("法定时限"),
                lazy_gettext("法定时限按什么算"),
                lazy_gettext("法定时限的说明"),
            ),
            *_limit(
                "promised_limit",
                lazy_gettext("承诺时限"),
                lazy_gettext("承诺时限按什么算"),
                lazy_gettext("承诺时限的说明"),
            ),
            Input("fee_standard", lazy_gettext("收费标准"), lazy_gettext("不收费的写“不收费”。")),
            Input("fee_basis", lazy_gettext("收费依据"), lazy_gettext("没有的写“无”。")),
        ),
    ),
    Group(
        lazy_gettext("到哪里办，办好拿到什么"),
        "place",
        (
            Input("place", lazy_gettext("办理地点"), rows=2),
            Input("hours", lazy_gettext("办理时间")),
            Input("consult", lazy_gettext("咨询电话")),
            Input("village_agent", lazy_gettext("代办员电话"), is_required=False),
            Input("complaint_phone", lazy_gettext("监督电话")),
            Input("complaint_address", lazy_gettext("投诉地点"), is_required=False),
            Input("visits_needed", lazy_gettext("要跑几趟"), type="number"),
            Input("online", lazy_gettext("可以网上办"), type="check", is_required=False),
            Input("result_name", lazy_gettext("办好拿到什么")),
            Input(
                "result_type", lazy_gettext("结果类型"), lazy_gettext("证照、批文、资金……"), is_required=False
            ),
            Input("delivery", lazy_gettext("怎么拿到"), _ONE_A_LINE, rows=2, is_required=False),
            Input(
                "special_procedure",
                lazy_gettext("特别程序"),
                lazy_gettext("公示、鉴定等不计时的，一行一项。"),
                rows=2,
                is_required=False,
            ),
        ),
    ),
    Group(
        lazy_gettext("怎么找到它"),
        "search",
        (
            Input("life_event", lazy_gettext("遇到什么事"), _WORDS, is_required=False),
            Input("theme", lazy_gettext("办哪类事"), _WORDS, is_required=False),
            Input("special_group", lazy_gettext("哪些人"), _WORDS, is_required=False),
        ),
    ),
    Group(
        lazy_gettext("编码和出处"),
        "file",
        (
            Input("implementation_code", lazy_gettext("实施编码"), is_required=False),
            Input("status", lazy_gettext("事项状态"), options=_STATUSES),
            Input("level", lazy_gettext("行使层级"), is_required=False),
            Input("body_nature", lazy_gettext("机关性质"), is_required=False),
            Input("power_source", lazy_gettext("权力来源"), is_required=False),
            Input("county", lazy_gettext("县"), is_required=False),
            Input("town", lazy_gettext("乡镇"), is_required=False),
            Input("village", lazy_gettext("村"), is_required=False),
            Input("source_url", lazy_gettext("来源网址"), type="url", is_required=False),
            Input("source_date", lazy_gettext("来源日期"), type="date", is_required=False),
            Input("source_place", lazy_gettext("来源地方"), is_required=False),
            Input(
                "source_trust",
                lazy_gettext("来源可靠程度"),
                options=(("", lazy_gettext("没有写")), *_TRUSTS),
                is_required=False,
            ),
            Input("source_facts_taken", lazy_gettext("哪些内容出自来源"), rows=2, is_required=False),
            Input("made_up", lazy_gettext("哪些内容是示例"), _ONE_A_LINE, rows=2, is_required=False),
        ),
        is_open=False,
    ),
)
INPUTS = tuple(field for group in GROUPS for field in group.inputs)

ROWS = {
    "material": Rows(
        "material",
        lazy_gettext("申请材料"),
        lazy_gettext("要带的每一样东西。空着的一行不算。"),
        (
            Input("name", lazy_gettext("材料名称")),
            Input("form", lazy_gettext("原件还是复印件")),
            Input("copies", lazy_gettext("几份"), type="number"),
            Input("source", lazy_gettext("从哪里来")),
            Input("note", lazy_gettext("说明")),
            Input("required", lazy_gettext("必须带"), type="check"),
        ),
        kept=("samples",),
    ),
    "step": Rows(
        "step",
        lazy_gettext("办理流程"),
        lazy_gettext("一步一行，流程图照着画。"),
        (
            Input("name", lazy_gettext("这一步做什么")),
            Input("who", lazy_gettext("谁来做")),
            Input("days", lazy_gettext("几天"), type="number"),
            Input("unit", lazy_gettext("按什么算"), options=_UNITS),
            Input("note", lazy_gettext("说明")),
            Input("clock_paused", lazy_gettext("不计时"), type="check"),
        ),
    ),
    "faq": Rows(
        "faq",
        lazy_gettext("常问的问题"),
        lazy_gettext("问得多的，一问一答。"),
        (
            Input("question", lazy_gettext("问")),
            Input("answer", lazy_gettext("答"), rows=2),
        ),
    ),
    "field": Rows(
        "field",
        lazy_gettext("申请表"),
        lazy_gettext("姓名、电话、身份证号以外还要填的，一项一行，照顺序问。"),
        (
            Input("label", lazy_gettext("问什么")),
            Input("kind", lazy_gettext("怎么填"), options=_FIELD_KINDS),
            Input("options", lazy_gettext("有哪些选项"), _WORDS),
            Input("least", lazy_gettext("最小或最少几个字"), type="number"),
            Input("most", lazy_gettext("最大或最多几个字"), type="number"),
            Input("hint", lazy_gettext("说明")),
            Input("is_required", lazy_gettext("必须填"), type="check"),
        ),
    ),
}

"""The demonstration's departments, and the application form that one of its guides asks for; all of it made up."""

from collections.abc import Iterable
from dataclasses import replace

from content import departments
from content.departments import Department
from content.guide_fields import FormField, Guide
from content.record.store import Record

OLD_AGE_ALLOWANCE = "QX-G06"
FORM = (
    FormField("出生日期", "date", hint="照身份证上的填。"),
    FormField("发放方式", "choice", options=("社保卡", "存折")),
    FormField("身份证照片", "photo", is_required=False, hint="正面，拍清楚；没有就跳过。"),
    FormField("要说明的", "text", is_required=False, most=200),
)


def list_departments(record: Record, *, county: str, town: str, village: str) -> None:
    """County, township and village departments, by the codes of their areas."""
    for one in (
        Department("MZJ", "清溪县民政局", "county", county, "0578-0000201"),
        Department("RSJ", "清溪县社会保险中心", "county", county, "0578-0000202"),
        Department("YBZ", "清溪县医疗保障中心", "county", county, "0578-0000203"),
        Department("CL", "清溪县残疾人联合会", "county", county, "0578-0000204"),
        Department("ZRJ", "清溪县自然资源局", "county", county, "0578-0000205"),
        Department("LH-BM", "柳河镇便民服务中心", "township", town, "0578-0000120"),
        Department("LHC-BM", "柳河村便民服务点", "village", village, "0578-0000110"),
    ):
        departments.set_department(record, one, by="demo")


def with_places(guides: Iterable[Guide]) -> list[Guide]:
    """The guides with the department that their cases go to, and the form of one of them."""
    return [
        _with_form(replace(guide, department=_department_of(guide.implementing_body))) for guide in guides
    ]


def _department_of(body: str) -> str:
    for part, code in (
        ("民政局", "MZJ"),
        ("社会保险", "RSJ"),
        ("医疗保障", "YBZ"),
        ("残疾人", "CL"),
        ("自然资源", "ZRJ"),
    ):
        if part in body:
            return code
    return "LH-BM" if "柳河镇" in body else ""


def _with_form(guide: Guide) -> Guide:
    return replace(guide, fields=FORM) if guide.id == OLD_AGE_ALLOWANCE else guide

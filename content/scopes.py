"""Which part of the county and which days a figure is of: one filter, written as SQL once for every count."""

from dataclasses import dataclass, replace
from datetime import date
from typing import Any


@dataclass(frozen=True)
class Scope:
    """A part of the county in a span of days. area: leading digits of the villages' codes ("" for all, a township, a
    village); department: code; item: a guide's id; first, last: both included, ISO dates in the sentences of SQL."""

    first: date
    last: date
    area: str = ""
    department: str = ""
    item: str = ""

    def within(self, area: str) -> "Scope":
        """The same of a smaller area: of what an account may see, or of one village."""
        return replace(self, area=area)

    @property
    def values(self) -> dict[str, Any]:
        """The named parameters of `of_cases` and `IN_AREA`."""
        return {
            "area": self.area,
            "department": self.department,
            "item": self.item,
            "first": self.first.isoformat(),
            "last": self.last.isoformat(),
        }

    @property
    def of_cases(self) -> str:
        """SQL: row `c` of cases lies in this part of the county; what is not asked for is not compared."""
        # "+": the days are what narrows most, so their index is walked and not the one of an area's cases.
        asked = [IN_AREA.format("+c.village")] if self.area else []
        asked += ["c.department = :department"] if self.department else []
        asked += ["c.guide_id = :item"] if self.item else []
        return " AND ".join(asked) or "1"


IN_AREA = "{0} >= :area AND {0} < :area || ':'"  # ':' follows '9': a range, which the indexes can serve

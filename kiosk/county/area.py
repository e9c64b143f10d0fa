"""The area rule, in this one place: an account sees the villages whose code begins with its area, and nothing else.

What lies outside answers as if it were not there, in the same words.
"""

from flask import abort, g
from sqlite_utils import Database

from content import cases, villages
from content.cases import Case
from content.villages import Village
from kiosk.access import EDITORS
from kiosk.pages import services


def covers(code: str) -> bool:
    """Whether the signed-in account's area holds this area code. An account without an area holds none."""
    return bool(g.account.area) and g.account.may_act_for(code)


def may_edit_rules() -> bool:
    """Whether the account may change what holds in every village: an editor whose area is the whole county."""
    return bool(EDITORS & set(g.account.roles)) and covers(services().node.config.code)


def area() -> str:
    """The leading digits that every village of this account has, for the lists; "-" begins none."""
    return g.account.area or "-"


def my_villages(db: Database) -> list[Village]:
    """The villages that this account sees, by town and code."""
    return [village for village in villages.all_villages(db) if covers(village.code)]


def whole_name() -> str:
    """What all that the account sees is called: the county, or its town."""
    node = services().node
    towns = {village.town for village in my_villages(node.views.read())}
    return towns.pop() if len(area()) > 6 and len(towns) == 1 else node.config.name


def find_village(db: Database, code: str) -> Village:
    """A village that this account sees; 404 for an unknown one and for one outside its area."""
    village = villages.get(db, code)
    if village is None or not covers(village.code):
        abort(404)
    return village


def find_case(db: Database, case_no: str) -> Case:
    """A case of a village that this account sees; 404 for an unknown one and for one outside its area."""
    case = cases.get(db, case_no)
    if case is None or not covers(case.village):
        abort(404)
    return case

"""The county's side of the web: the public front of the portal at / and the staff's console under /county."""

from flask import Blueprint

from kiosk.county import (
    account_pages,
    audit_pages,
    calendar_pages,
    case_pages,
    catalogue_pages,
    certificate_pages,
    department_pages,
    disclosure_pages,
    feedback_pages,
    feedback_route_pages,
    front,
    guide_draft_pages,
    guide_pages,
    guide_sample_pages,
    home,
    portal_pages,
    programme_pages,
    publication_pages,
    rating_pages,
    statistics_pages,
    supervision_pages,
    supervision_phone_pages,
    supervision_rule_pages,
    text_pages,
    usage_pages,
    village_pages,
    vote_limit_pages,
)
from kiosk.county.blueprint import blueprint
from kiosk.services import Services

PAGES = (
    front,
    portal_pages,
    home,
    case_pages,
    village_pages,
    publication_pages,
    guide_pages,
    guide_draft_pages,
    guide_sample_pages,
    programme_pages,
    catalogue_pages,
    calendar_pages,
    certificate_pages,
    department_pages,
    vote_limit_pages,
    disclosure_pages,
    statistics_pages,
    usage_pages,
    rating_pages,
    feedback_pages,
    feedback_route_pages,
    supervision_pages,
    supervision_phone_pages,
    supervision_rule_pages,
    account_pages,
    audit_pages,
    text_pages,
)


def make_county(services: Services) -> Blueprint:
    """The pages of a county node; each module of PAGES hangs its own on the blueprint when it is imported."""
    return blueprint

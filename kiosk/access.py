"""Who may open which page: every route of the application with its roles, in this one table."""

from flask import Flask, abort, g, redirect, request, url_for
from flask.typing import ResponseReturnValue

PUBLIC = frozenset({"public"})
ANYONE_SIGNED_IN = frozenset({"agent", "committee", "township", "county", "auditor", "admin"})
DESK = frozenset({"agent", "committee"})
AGENT = frozenset({"agent"})
COMMITTEE = frozenset({"committee"})
COUNTY = frozenset({"township", "county", "auditor", "admin"})
HANDLERS = frozenset({"township", "county", "admin"})
EDITORS = frozenset({"county", "admin"})
ADMIN = frozenset({"admin"})
AUDITORS = frozenset({"auditor"})
WATCHERS = frozenset({"auditor", "admin"})

# Pages that ask again by themselves: somebody who has walked away is not kept signed in by them.
ASKING_AGAIN = frozenset({"desk.voucher_list", "desk.work"})

ACCESS: dict[str, frozenset[str]] = {
    "static": PUBLIC,
    "files.show": PUBLIC,
    "listening.play": PUBLIC,
    "look.change": PUBLIC,
    "idle.alive": PUBLIC,
    "idle.leave": PUBLIC,
    "idle.attract": PUBLIC,
    "sign_in.form": PUBLIC,
    "sign_in.submit": PUBLIC,
    "sign_in.out": ANYONE_SIGNED_IN,
    # Signing in, watched over: by the committee at the desk, by auditors and administrators at the county.
    "staff.log": frozenset({"committee", "auditor", "admin"}),
    "staff.session_end": frozenset({"committee", "admin"}),
    "staff.factor": ANYONE_SIGNED_IN,
    "staff.factor_keep": ANYONE_SIGNED_IN,
    "staff.factor_drop": ANYONE_SIGNED_IN,
    # Machines that call with their own signature.
    "sync.exchange": PUBLIC,
    "sync.enrol": PUBLIC,
    "twilio.take_text": PUBLIC,
    "twilio.take_report": PUBLIC,
    "android.greet": PUBLIC,
    "android.exchange": PUBLIC,
    # The drawn phones; they are mounted in demonstrations only.
    "phone.static": PUBLIC,
    "phone.index": PUBLIC,
    "phone.show": PUBLIC,
    "phone.screen": PUBLIC,
    "phone.send": PUBLIC,
    "phone.switch": PUBLIC,
    # The village desk (kiosk/desk): agents write, the committee signs; whose draft it is, the pages check.
    "desk.home": DESK,
    "desk.new": AGENT,
    "desk.work": DESK,
    "desk.draft": DESK,
    "desk.draft_image": DESK,
    "desk.draft_take_back": AGENT,
    "desk.draft_take_up": AGENT,
    "desk.draft_discard": AGENT,
    "desk.notice_new": AGENT,
    "desk.notice_start": AGENT,
    "desk.notice_new_save": AGENT,
    "desk.notice": AGENT,
    "desk.notice_save": AGENT,
    "desk.notice_reading": AGENT,
    "desk.notice_reading_keep": AGENT,
    "desk.notice_reading_remove": AGENT,
    "desk.notice_reading_phone": AGENT,
    "desk.statement_new": AGENT,
    "desk.statement_start": AGENT,
    "desk.statement": AGENT,
    "desk.statement_save": AGENT,
    "desk.vouchers": AGENT,
    "desk.voucher_list": AGENT,
    "desk.voucher_phone": AGENT,
    "desk.voucher_add": AGENT,
    "desk.voucher_remove": AGENT,
    "desk.ledger": AGENT,
    "desk.ledger_save": AGENT,
    "desk.roll_new": AGENT,
    "desk.roll_start": AGENT,
    "desk.roll": AGENT,
    "desk.roll_save": AGENT,
    "desk.review": DESK,
    "desk.review_sign": COMMITTEE,
    "desk.review_return": COMMITTEE,
    "desk.published": DESK,
    "desk.published_one": DESK,
    "desk.published_script": DESK,
    "desk.published_table": DESK,
    "desk.published_correct": AGENT,
    "desk.published_withdraw": COMMITTEE,
    "desk.cases": DESK,
    "desk.case": DESK,
    "desk.case_receipt": DESK,
    "desk.case_guides": AGENT,
    "desk.case_new": AGENT,
    "desk.case_file": AGENT,
    "desk.case_supplement": AGENT,
    "desk.case_collect": AGENT,
    "desk.texts": AGENT,
    "desk.text_done": AGENT,
    "desk.text_resume": AGENT,
    "desk.case_leads": AGENT,
    "desk.case_lead_done": AGENT,
    "desk.case_move": AGENT,
    "desk.case_person": AGENT,
    "desk.case_person_find": AGENT,
    "desk.pin": AGENT,
    "desk.pin_set": AGENT,
    "desk.calendar": DESK,
    "desk.calendar_start": AGENT,
    "desk.feedback": DESK,
    "desk.feedback_one": DESK,
    "desk.feedback_accept": DESK,
    "desk.feedback_answer": DESK,
    "desk.feedback_hand_on": DESK,
    "desk.cards": DESK,
    "desk.card_one": DESK,
    "desk.card_appeal": AGENT,
    "desk.sync_state": DESK,
    "desk.sync_now": DESK,
    # A telephone that came by the code on the desk: the short-lived link in the address is what lets it in.
    "by_phone.show": PUBLIC,
    "by_phone.add": PUBLIC,
    "by_phone.record": PUBLIC,
    "by_phone.remove": PUBLIC,
    "by_phone.image": PUBLIC,
    # The county's portal and console (kiosk/county); which villages an account sees there is area.py's.
    "county.front": PUBLIC,
    "county.portal_guides": PUBLIC,
    "county.portal_guide": PUBLIC,
    "county.portal_statistics": PUBLIC,
    "county.portal_disclosure": PUBLIC,
    "county.home": COUNTY,
    "county.cases": COUNTY,
    "county.case": COUNTY,
    "county.case_move": HANDLERS,
    "county.case_photo": HANDLERS,
    "county.case_certificate": HANDLERS,
    "county.case_certificate_revoke": HANDLERS,
    "county.departments": COUNTY,
    "county.department_edit": EDITORS,
    "county.department_save": EDITORS,
    "county.ratings": COUNTY,
    "county.rating": COUNTY,
    "county.rating_move": HANDLERS,
    "county.rating_rules": EDITORS,
    "county.rating_rules_save": EDITORS,
    "county.statistics": COUNTY,
    "county.statistics_usage": COUNTY,
    "county.statistics_file": COUNTY,
    "county.statistics_report": COUNTY,
    "county.disclosure": COUNTY,
    "county.feedback": COUNTY,
    "county.feedback_one": COUNTY,
    "county.feedback_move": HANDLERS,
    "county.feedback_routes": EDITORS,
    "county.feedback_routes_save": EDITORS,
    # Supervision: whose move a card's is, its page checks again (handlers appeal, auditors decide).
    "county.supervision": COUNTY,
    "county.supervision_cards": COUNTY,
    "county.supervision_card": COUNTY,
    "county.supervision_card_move": COUNTY,
    "county.supervision_findings": COUNTY,
    "county.supervision_finding_review": AUDITORS,
    "county.supervision_phones": COUNTY,
    "county.supervision_phone_keep": COUNTY,
    "county.supervision_rules": COUNTY,
    "county.supervision_rules_edit": EDITORS,
    "county.supervision_rules_save": EDITORS,
    "county.supervision_limits": EDITORS,
    "county.supervision_limits_save": EDITORS,
    "county.villages": COUNTY,
    "county.village": COUNTY,
    "county.village_list": EDITORS,
    "county.village_invite": EDITORS,
    "county.village_device": EDITORS,
    "county.village_seal": EDITORS,
    "county.publications": COUNTY,
    "county.guides": COUNTY,
    "county.guide": COUNTY,
    "county.guide_upload": EDITORS,
    "county.guide_withdraw": EDITORS,
    # Drafts of guides: whose one is, and that nobody approves their own, the pages and the draft check.
    "county.guide_drafts": EDITORS,
    "county.guide_start": EDITORS,
    "county.guide_draft": EDITORS,
    "county.guide_draft_save": EDITORS,
    "county.guide_decide": EDITORS,
    "county.guide_preview": EDITORS,
    "county.calendar": COUNTY,
    "county.calendar_save": EDITORS,
    "county.programmes": COUNTY,
    "county.programme_edit": EDITORS,
    "county.programme_save": EDITORS,
    "county.catalogue": COUNTY,
    "county.catalogue_edit": EDITORS,
    "county.catalogue_save": EDITORS,
    "county.catalogue_limit": COUNTY,
    "county.catalogue_limit_save": EDITORS,
    "county.accounts": ADMIN,
    "county.account_edit": ADMIN,
    "county.account_save": ADMIN,
    "county.audit": WATCHERS,
    "county.texts": HANDLERS,
    "county.text_done": HANDLERS,
    "county.text_resume": EDITORS,
    "county.text_compose": HANDLERS,
    # The villagers' pages, at the kiosk and at the portal.
    "public.home": PUBLIC,
    "public.contacts": PUBLIC,
    "public.help": PUBLIC,
    "public.section": PUBLIC,
    "public.section_notices": PUBLIC,
    "public.item": PUBLIC,
    "public.notice": PUBLIC,
    "public.notice_page": PUBLIC,
    "public.photo": PUBLIC,
    "public.statements": PUBLIC,
    "public.trend": PUBLIC,
    "public.statement": PUBLIC,
    "public.entries": PUBLIC,
    "public.entry": PUBLIC,
    "public.ledgers": PUBLIC,
    "public.ledger": PUBLIC,
    "public.programmes": PUBLIC,
    "public.programme": PUBLIC,
    "public.calculators": PUBLIC,
    "public.calculator": PUBLIC,
    "public.rolls": PUBLIC,
    "public.roll": PUBLIC,
    "public.mine": PUBLIC,
    "public.mine_step": PUBLIC,
    "public.mine_phone": PUBLIC,
    "public.follow": PUBLIC,
    "public.follow_step": PUBLIC,
    "public.follow_done": PUBLIC,
    "public.guides": PUBLIC,
    "public.guide_list": PUBLIC,
    "public.guide": PUBLIC,
    "public.apply": PUBLIC,
    "public.apply_step": PUBLIC,
    "public.apply_done": PUBLIC,
    "public.case": PUBLIC,
    "public.case_step": PUBLIC,
    "public.case_rate": PUBLIC,
    "public.case_thanks": PUBLIC,
    "public.case_phone": PUBLIC,
    "public.case_phone_done": PUBLIC,
    "public.say": PUBLIC,
    "public.say_kind": PUBLIC,
    "public.say_step": PUBLIC,
    "public.say_done": PUBLIC,
    "public.say_mine": PUBLIC,
    "public.say_mine_step": PUBLIC,
    "public.say_answers": PUBLIC,
    "public.search": PUBLIC,
    "public.proof": PUBLIC,
    "public.print_sheet": PUBLIC,
    "public.print_choice": PUBLIC,
    "public.print_now": PUBLIC,
    "public.print_sent": PUBLIC,
    "public.slip_proof": PUBLIC,
    "public.slip_case": PUBLIC,
    "public.verify": PUBLIC,
    "public.verify_code": PUBLIC,
    "public.verify_holder": PUBLIC,
    "public.case_certificate": PUBLIC,
}


# Editors' routes that name their village, so the area rule holds for them; all others change rules of the whole county.
_OF_A_VILLAGE = {
    "county.village_list",
    "county.village_invite",
    "county.village_device",
    "county.village_seal",
}


def is_for_whole_county(endpoint: str) -> bool:
    """Whether a page changes what holds in every village: it takes an account whose area is the whole county."""
    return (
        endpoint.startswith("county.") and ACCESS.get(endpoint) == EDITORS and endpoint not in _OF_A_VILLAGE
    )


def guard(app: Flask) -> None:
    """Check every request against the table. A route that is missing from it answers nobody."""

    @app.before_request
    def _check() -> ResponseReturnValue | None:
        if request.endpoint is None:
            return None  # an unknown address: 404 says so
        roles = ACCESS.get(request.endpoint, frozenset())
        if "public" in roles:
            return None
        if g.account is None:
            return redirect(url_for("sign_in.form", next=request.full_path.rstrip("?")), code=303)
        if not roles & set(g.account.roles):
            abort(403)
        return None

"""The tables of docs/supervision.md as the code has them."""

from content.supervision_cards import TRANSITIONS
from content.supervision_findings import KINDS
from content.supervision_rules import Rule, RuleSet, Suspicion

_USUAL = Suspicion()
FOUND_WHEN = {
    "future": f"it claims a time more than {_USUAL.future_minutes} minutes ahead of when the county had it",
    "before_filing": "a move claims a time before the filing's",
    "decided_unaccepted": "the decision claims a time before the acceptance's",
    "set_back": f"it claims a time more than {_USUAL.back_minutes} minutes before that of the event in front of it",
    "after_receipt": f"it claims a time more than {_USUAL.back_minutes} minutes before a sync of the village in which it did not come",
    "burst": f"{_USUAL.burst_moves} moves of a case by staff within {_USUAL.burst_seconds} seconds",
    "rushed": f"filed and decided in less than {_USUAL.rush_minutes} minutes",
    "night": f"handled on a day off between {_USUAL.night_from}:00 and {_USUAL.night_to}:00",
    "staff_burst": f"one account entered {_USUAL.staff_moves} events or more within a minute",
}


def rule_table(rule_set: RuleSet) -> str:
    """A set's rules in the order of the file."""
    lines = [_line(rule) for rule in rule_set.rules]
    return "\n".join(
        ["| rule | clock | colour | when | page | text | then |", "|---|---|---|---|---|---|---|", *lines]
    )


def card_table() -> str:
    """The states of a card and what leads from one to the next."""
    lines = [f"| {state} | `{kind}` | {', '.join(ends)} |" for (state, kind), ends in TRANSITIONS.items()]
    return "\n".join(["| state | event | becomes |", "|---|---|---|", *lines])


def finding_table() -> str:
    """The kinds of findings."""
    lines = [f"| `{kind}` | {FOUND_WHEN[kind]} |" for kind in KINDS]
    return "\n".join(["| finding | raised when |", "|---|---|", *lines])


def _line(rule: Rule) -> str:
    when = f"{rule.offset:+d}" if rule.offset else "0"
    when += f" after `{rule.after}`" if rule.after else ""
    when += f", {rule.hour}:00" if rule.hour else ""
    then = [f"to be put right in {rule.rectify_days}"] if rule.rectify_days else []
    if rule.escalate_days:
        told = ", ".join(dict.fromkeys((*rule.escalate_page, *rule.escalate_sms)))
        then.append(f"after {rule.escalate_days} more: {told}")
    cells = (
        f"`{rule.id}` {rule.name}",
        f"`{rule.clock}`",
        rule.colour,
        when,
        ", ".join(rule.page),
        ", ".join(rule.sms),
    )
    return f"| {' | '.join(cells)} | {'; '.join(then)} |"

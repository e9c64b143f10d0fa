"""What a text hands in for good: words for somebody to answer, appended to the record in one commit with their reply."""

from content import feedback_routes, villages
from content.clock import local_date
from content.errors import RuleError
from content.feedback_forms import MAX_TEXT_CHARS, Filing, Form, make_filing
from content.feedback_states import COMPLAINT, SUGGESTION
from content.leads import make_lead
from content.node import Node
from sms.numbers import masked
from sms.questions import Question

OTHER = "other"  # the category: a text does not say
_SUGGESTS = ("建议", "suggestion", "jianyi")


def feedback_filing(node: Node, question: Question, number: str, *, by: str) -> Filing | None:
    """The filing of what `question` says; None where nobody could answer it (no village, no county yet)."""
    key = county_key(node)
    if question.village is None or not key:
        return None
    words = question.slot("text")[:MAX_TEXT_CHARS]
    form = Form(_kind(words), OTHER, "", words, number)
    try:
        return make_filing(
            node.keys,
            node.record.origin,
            question.village.code,
            form,
            channel="sms",
            by=by,
            county_seal_key=key,
            answerer=feedback_routes.answerer_of(
                node.views.read(),
                question.village.code,
                form.kind,
                OTHER,
                "",
                on=local_date(node.clock()),
            ),
        )
    except RuleError:  # staff get the words as they are
        return None


def lead(node: Node, question: Question, guide_id: str, number: str, *, village_key: bytes) -> Filing | None:
    """Somebody wants help with this matter; None where it would reach nobody."""
    key = county_key(node)
    if question.village is None or not key:
        return None
    return make_lead(
        node.record.origin,
        question.village.code,
        guide_id,
        number,
        shown=masked(number) if node.is_county else number,
        by="sms",
        county_seal_key=key,
        village_seal_key=village_key if node.is_county else node.keys.seal_public_key,
    )


def county_key(node: Node) -> bytes:
    """The key that forms are sealed to; b"" at a village that has not heard from its county."""
    if node.is_county:
        return node.keys.seal_public_key
    county = villages.get_county(node.views.read())
    return bytes.fromhex(county.seal_key) if county else b""


def _kind(words: str) -> str:
    return SUGGESTION if words.lower().startswith(_SUGGESTS) else COMPLAINT

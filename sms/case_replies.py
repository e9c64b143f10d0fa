"""What is answered about one's own: a case, what one has said, a rating; pure functions, nothing is written or sent here.

The sender's number proves nothing. A case's details go to its number on file, and unknown, someone else's and locked
read the same.
"""

from sqlite_utils import Database

from content import cases, codes, feedback, feedback_states, villages
from content.cases import Case
from content.feedback import Feedback
from sms import case_texts, templates
from sms.questions import Question, Reply, plain
from sms.templates import Wording

LOW_SCORES = (1, 2)


def case_status(question: Question, db: Database) -> Reply:
    """Where the case stands that the text names, else the newest of the sender's own."""
    if not question.is_county:  # a village cannot open the forms, so it knows nobody's number
        county = villages.get_county(db)
        return plain(question, "case_elsewhere", number=county.sms_number if county else question.phone)
    asked = question.understood.slots.get("case_no")
    if asked is None:
        return _own_status(question, db)
    numbers = [str(number) for number in asked] if isinstance(asked, list) else [str(asked)]
    own = [number for number in numbers if codes.normalise(number) in question.own_cases]
    if own:
        return _status_of(question, db, own[0])
    return _neutral(question, db, numbers[0])


def _neutral(question: Question, db: Database, number: str) -> Reply:
    """The same sentence for a wrong number, an unknown one and someone else's; its owner's phone gets the answer."""
    case = cases.get(db, number)
    neutral = question.say("case_neutral")
    if case is None:
        return Reply(neutral, is_miss=True)
    return Reply(neutral, owner_of=case.case_no, to_owner=_status_wording(question, case), is_miss=True)


def _own_status(question: Question, db: Database) -> Reply:
    found = [case for number in question.own_cases if (case := cases.get(db, number))]
    if not found:
        return plain(question, "case_which")
    newest = max(found, key=lambda case: (case.state not in ("collected", "refused"), case.filed_at))
    return Reply(_status_wording(question, newest))


def _status_of(question: Question, db: Database, number: str) -> Reply:
    if case := cases.get(db, number):
        return Reply(_status_wording(question, case))
    said = feedback.find(db, number)
    return _feedback_status(question, said) if said else _neutral(question, db, number)


def _feedback_status(question: Question, said: Feedback) -> Reply:
    """What one has said oneself: its answer, unless that speaks of need or illness."""
    if said.status.state != feedback_states.ANSWERED:
        return plain(question, f"feedback_{said.status.state}", no=said.no)
    answer = feedback.answer_text(said, question.keys) if question.keys else ""
    if not answer or not case_texts.may_say(answer):
        return plain(question, "feedback_answered_elsewhere", no=said.no)
    return plain(question, "feedback_answer", no=said.no, answer=" ".join(answer.split()))


def _status_wording(question: Question, case: Case) -> Wording:
    key, parameters = case_texts.status(case)
    if question.language == "en" and "en" not in templates.WORDINGS[key]:
        key = {"status_supplement": "status_supplement_count", "status_closed": "status_closed_plain"}.get(
            key, key
        )
    return question.say(key, **parameters)


def rating(question: Question, db: Database) -> Reply:
    """A score for the case that waits for one, or once more for one that was put right."""
    to_rate = question.to_rate or question.to_rate_again
    if not to_rate:
        return plain(question, "rating_none")
    score = question.understood.slots.get("score")
    if not isinstance(score, int):
        return plain(question, "rating_ask")
    is_low = bool(question.to_rate) and score in LOW_SCORES and question.language == "zh"
    return Reply(question.say("rated_low" if is_low else "rated", score=str(score)), rates=(to_rate, score))

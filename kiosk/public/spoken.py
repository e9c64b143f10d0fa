"""What a village has published and should be heard without waiting; in both languages where the words are ours."""

from collections.abc import Iterator

from flask import Flask
from flask_babel import force_locale
from sqlite_utils import Database

from content import finance_charts, finances, guides, notices, reading, rolls, subsidies
from content.clock import local_date
from content.speech import Passage
from kiosk.i18n import LANGUAGES
from kiosk.public.finances import passage_of

# Older ones are made when somebody asks; a sound as WAV is some megabytes.
NOTICES, STATEMENTS, ROLLS = 60, 12, 20


def published(app: Flask, db: Database, village: str) -> Iterator[Passage]:
    """What is in force in a village now, what people ask for most first."""
    for line in notices.page(db, village, size=NOTICES).lines:
        notice = notices.get(db, line.id)
        if notice and notice.notice.reading is None:  # an agent's own reading goes first
            yield Passage(reading.of_notice(notice.notice))
    yield from _statements(app, db, village)
    for row in rolls.list_rolls(db, village, size=ROLLS).lines:
        if roll := rolls.get_roll(db, row.id):
            yield Passage(reading.of_roll(roll.roll))
    today = local_date(app.extensions["xiangting"].node.clock())
    for programme in subsidies.list_programmes(db):
        yield Passage(reading.of_programme(programme))
    for one in guides.list_guides(db, on=today):
        if guide := guides.in_force(db, one.id, on=today):
            yield Passage(reading.of_guide(guide))


def _statements(app: Flask, db: Database, village: str) -> Iterator[Passage]:
    for line in finances.list_statements(db, village, size=STATEMENTS).lines:
        found = finances.get(db, line.id)
        if found is None:
            continue
        totals = finance_charts.totals_by_account(db, line.id)
        for language in LANGUAGES:
            with app.app_context(), force_locale(language):
                passage = passage_of(found.statement, totals)
            yield passage

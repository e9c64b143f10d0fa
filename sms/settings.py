"""The settings of the SMS service, as run.py passes them in; nothing is read from the environment here."""

from dataclasses import dataclass


@dataclass(frozen=True)
class SmsSettings:
    """own_number: where villagers text to; second_number: that of a second gateway; signature: put in 【】 before each text, "" for the village's name;
    daily_segments: how much a village may send unasked in a day, in segments; price_fen: what a segment costs."""

    own_number: str = ""
    second_number: str = ""
    signature: str = ""
    daily_segments: int = 500
    price_fen: int = 5

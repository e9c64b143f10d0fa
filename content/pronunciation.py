"""How Chinese words are pronounced, as pinyin for a speech engine; run by itself it is the child process that says so.

pypinyin with its phrases takes 56 MB, so a village's process asks a child: `python -m content.pronunciation`, text on
stdin, pinyin on stdout.
"""

import re
import sys
from dataclasses import dataclass
from pathlib import Path

TABLE = Path(__file__).parent / "data" / "pronunciation.txt"
_HAN = "[一-鿿]"
_TITLES = "书记|主任|会计|委员|组长|户主|村民|村长|经理|医生|老师"
_CALLED = f"{_TITLES}|同志|先生|女士|队长|老人|大爷|大妈|阿婆"
_PAUSES = str.maketrans(
    {**dict.fromkeys("，、：；（）()“”《》「」—…·,;:", ", "), **dict.fromkeys("。！？!?\n", ". ")}
)
_TONED = re.compile(r"[a-zü]+[1-5]")


@dataclass(frozen=True)
class Table:
    """Corrections: words with the pinyin of each character, and what a character is when it is a surname."""

    words: dict[str, list[str]]
    surnames: dict[str, str]


def read_table(path: Path = TABLE) -> Table:
    """The table of corrections. ValueError names a line whose characters and syllables do not match."""
    table = Table({}, {})
    for line in path.read_text(encoding="utf-8").splitlines():
        word, *syllables = line.split() or [""]
        if not word or word.startswith("#"):
            continue
        if word == "姓" and len(syllables) == 2:
            table.surnames[syllables[0]] = syllables[1]
        elif len(word) == len(syllables) and all(_TONED.fullmatch(syllable) for syllable in syllables):
            table.words[word] = syllables
        else:
            raise ValueError(f"{path.name}: 看不懂这一行：{line}")
    return table


def to_pinyin(text: str) -> str:
    """Spoken text (content.speech_text) as espeak-ng's voice cmn-latn-pinyin takes it: "huan2 kuan3, shi2 yuan2."

    Latin letters stay as they are; marks become pauses. Neutral tone is 5.
    """
    table = read_table()
    _teach(table)
    said, done = [], 0
    for found in _surname_pattern(table).finditer(text):
        if _is_a_name(found, text, table):
            said += [*_syllables(text[done : found.start()]), table.surnames[found[0]]]
            done = found.end()
    said += _syllables(text[done:])
    return _one_pause_each(" ".join(said).translate(_PAUSES))


def _one_pause_each(text: str) -> str:
    """A heap of marks is one pause, the longest of them."""
    return re.sub(r"[\s,.]*[,.][\s,.]*", lambda heap: ". " if "." in heap[0] else ", ", text).strip(" ,")


def _surname_pattern(table: Table) -> re.Pattern[str]:
    one = f"[{''.join(table.surnames)}]"
    ends = f"(?={_HAN}{{1,2}}(?!{_HAN})|{_HAN}{{0,2}}(?:{_CALLED}))"
    return re.compile(f"(?:(?<!{_HAN})|(?<={_TITLES})){one}{ends}")


def _is_a_name(found: re.Match[str], text: str, table: Table) -> bool:
    """单位： and 任务、 begin like a name, but are words."""
    from pypinyin.constants import PHRASES_DICT  # heavy: only the child process pays for it

    behind = text[found.start() : found.start() + 3]
    return not any(behind[:size] in PHRASES_DICT or behind[:size] in table.words for size in (2, 3))


def _teach(table: Table) -> None:
    from pypinyin import load_phrases_dict  # heavy: only the child process pays for it
    from pypinyin.contrib.tone_convert import to_tone

    load_phrases_dict(
        {word: [[to_tone(one)] for one in syllables] for word, syllables in table.words.items()}
    )


def _syllables(text: str) -> list[str]:
    from pypinyin import Style, lazy_pinyin  # heavy: only the child process pays for it

    return lazy_pinyin(text, style=Style.TONE3, neutral_tone_with_five=True, tone_sandhi=True)


if __name__ == "__main__":
    sys.stdout.buffer.write(to_pinyin(sys.stdin.buffer.read().decode()).encode())

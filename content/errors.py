"""The one exception tree: every failure that a person may be told about.

`code` names the failure for translation and tests, the message says what happened and what to do next
(Chinese first: the reader is a villager, an agent or county IT), `is_retryable` says whether the same call may work later.
"""


class XiangtingError(Exception):
    """Base of all errors that reach a person. `code` is stable, the message is for reading."""

    code = "error"
    is_retryable = False

    def __init__(self, message: str, *, code: str | None = None, is_retryable: bool | None = None) -> None:
        super().__init__(message)
        if code is not None:
            self.code = code
        if is_retryable is not None:
            self.is_retryable = is_retryable


class RecordError(XiangtingError):
    """The record cannot be read, written or trusted."""

    code = "record"


class IntakeError(XiangtingError):
    """A file or a form cannot be taken as it is; the message says what to change in it."""

    code = "intake"


class RuleError(XiangtingError):
    """A rule of the domain forbids this step (a sheet that does not balance, a drafter who signs)."""

    code = "rule"


class NotFound(XiangtingError):
    """Nothing here under that number, or not for this person: the two read the same on purpose."""

    code = "not_found"


class SyncError(XiangtingError):
    """The other side could not be reached, or refused."""

    code = "sync"


class GatewayError(XiangtingError):
    """A text message could not be handed over."""

    code = "gateway"

"""Signed heads in C2SP checkpoint form (c2sp.org/tlog-checkpoint, signed-note, tlog-cosignature); it stores nothing."""

import base64
import hashlib
from dataclasses import dataclass

from nacl.exceptions import BadSignatureError
from nacl.signing import SigningKey, VerifyKey

from content.record.events import StreamId

ED25519 = b"\x01"
COSIGNATURE_V1 = b"\x04"


@dataclass(frozen=True)
class Head:
    """What a writer vouches for: the first `size` events of `stream` hash to `root`."""

    stream: StreamId
    size: int
    root: bytes

    def text(self) -> bytes:
        """The checkpoint body, the bytes that are signed: origin, size, base64 root, each on its line."""
        return f"xiangting/{self.stream}\n{self.size}\n{base64.b64encode(self.root).decode()}\n".encode()


def sign(head: Head, key: SigningKey) -> bytes:
    """The writer's Ed25519 signature over the head's text, 64 bytes."""
    return key.sign(head.text()).signature


def is_signed(head: Head, signature: bytes, public_key: bytes) -> bool:
    """Whether this key signed exactly this head."""
    return _verifies(head.text(), signature, public_key)


def cosign(head: Head, key: SigningKey, unix_time: int) -> bytes:
    """The witness's signature: it has seen this head, and no other of this size, at `unix_time` (seconds)."""
    return key.sign(_cosigned_text(head, unix_time)).signature


def is_cosigned(head: Head, unix_time: int, signature: bytes, public_key: bytes) -> bool:
    """Whether this witness cosigned this head with this time."""
    return _verifies(_cosigned_text(head, unix_time), signature, public_key)


def _cosigned_text(head: Head, unix_time: int) -> bytes:
    return f"cosignature/v1\ntime {unix_time}\n".encode() + head.text()


def _verifies(text: bytes, signature: bytes, public_key: bytes) -> bool:
    try:
        VerifyKey(public_key).verify(text, signature)
    except (BadSignatureError, ValueError):
        return False
    return True


def as_note(
    head: Head,
    *,
    signature: bytes,
    public_key: bytes,
    witness: tuple[str, bytes, int, bytes] | None = None,
) -> str:
    """The head as a signed note that other tools of the field can check.

    witness: (name, public key, unix time, cosignature) of the county, when it has cosigned.
    """
    writer = f"xiangting/{head.stream}"
    lines = [head.text().decode(), _signature_line(writer, ED25519, public_key, signature)]
    if witness is not None:
        name, witness_key, unix_time, cosignature = witness
        stamped = unix_time.to_bytes(8, "big") + cosignature
        lines.append(_signature_line(name, COSIGNATURE_V1, witness_key, stamped))
    return "\n".join([lines[0], "\n".join(lines[1:]), ""])


def _signature_line(name: str, algorithm: bytes, public_key: bytes, signature: bytes) -> str:
    key_id = hashlib.sha256(name.encode() + b"\n" + algorithm + public_key).digest()[:4]
    return f"— {name} {base64.b64encode(key_id + signature).decode()}"

"""A node's secrets and its fence file, kept beside the database and never in it, nor in a backup.

The fence remembers how far each of our own streams has come. A database that is behind its fence was restored from a
copy; a fence written on other hardware was cloned. In both cases the node must open a new epoch (see store.py).
"""

import contextlib
import hashlib
import json
import os
import threading
import uuid
from dataclasses import dataclass
from pathlib import Path

from nacl.exceptions import CryptoError
from nacl.public import PrivateKey, PublicKey, SealedBox
from nacl.secret import SecretBox
from nacl.signing import SigningKey

from content.errors import RecordError
from content.record.events import StreamId

FINGERPRINT_BYTES = 16


@dataclass(frozen=True)
class NodeKeys:
    """Three secrets: one signs, one opens what was sealed to this node, one makes fingerprints."""

    signing: SigningKey
    sealing: PrivateKey
    fingerprint_key: bytes

    @property
    def public_key(self) -> bytes:
        """The device's Ed25519 public key, 32 bytes."""
        return self.signing.verify_key.encode()

    @property
    def seal_public_key(self) -> bytes:
        """The X25519 key that others seal to, 32 bytes."""
        return self.sealing.public_key.encode()

    def fingerprint(self, kind: str, value: str) -> str:
        """A keyed BLAKE2b hash of an ID, phone or card number, 32 hex digits; without the key it cannot be guessed.

        `value` is compared after dropping spaces and hyphens and upper-casing (an ID may end in x).
        """
        plain = value.replace(" ", "").replace("-", "").upper()
        message = kind.encode() + b"\x00" + plain.encode()
        return hashlib.blake2b(message, digest_size=FINGERPRINT_BYTES, key=self.fingerprint_key).hexdigest()

    def unseal(self, sealed: bytes) -> bytes:
        """Open what was sealed to this node; RecordError when it was sealed to another."""
        try:
            return SealedBox(self.sealing).decrypt(sealed)
        except CryptoError as exc:
            raise RecordError("这段内容不是封给本机的，打不开。", code="not_sealed_to_us") from exc

    def hide(self, plain: bytes) -> bytes:
        """Encrypt for this node alone: what is kept in the database for a while must not be readable in a copy of it."""
        return SecretBox(self.secret_for("hide")).encrypt(plain)

    def reveal(self, hidden: bytes) -> bytes:
        """The inverse of `hide`. RecordError when another node hid it or it is damaged."""
        try:
            return SecretBox(self.secret_for("hide")).decrypt(hidden)
        except CryptoError as exc:
            raise RecordError("这段内容不是本机保存的，打不开。", code="not_hidden_by_us") from exc

    def secret_for(self, purpose: str) -> bytes:
        """A secret of 32 bytes for one purpose (cookies, hiding), the same at every start."""
        message = f"xiangting-{purpose}/1".encode()
        return hashlib.blake2b(message, digest_size=32, key=self.fingerprint_key).digest()


def seal(plain: bytes, seal_public_key: bytes) -> bytes:
    """Seal to a node: after this the sender cannot read it either (libsodium sealed box)."""
    return SealedBox(PublicKey(seal_public_key)).encrypt(plain)


def load_or_make(folder: Path) -> NodeKeys:
    """The node's keys from `folder`, made on the first call. RecordError when a key file is damaged."""
    folder.mkdir(parents=True, exist_ok=True)
    return NodeKeys(
        signing=SigningKey(_secret(folder / "device.key")),
        sealing=PrivateKey(_secret(folder / "seal.key")),
        fingerprint_key=_secret(folder / "fingerprint.key"),
    )


def _secret(path: Path) -> bytes:
    """32 secret bytes, as one line of hex."""
    with contextlib.suppress(FileExistsError):
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(os.urandom(32).hex() + "\n")
            file.flush()
            os.fsync(file.fileno())
    try:
        secret = bytes.fromhex(path.read_text(encoding="ascii").strip())
    except (ValueError, OSError) as exc:
        raise RecordError(f"密钥文件 {path.name} 读不出来：{exc}", code="bad_key") from exc
    if len(secret) != 32:
        raise RecordError(f"密钥文件 {path.name} 已损坏（应为 64 个十六进制字符）。", code="bad_key")
    return secret


class Fence:
    """How far our own streams have come, written after every commit, outside the database."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._sizes: dict[str, int] = {}
        self._machine = machine_id()
        if path.exists():
            self._read()

    def _read(self) -> None:
        try:
            stored = json.loads(self._path.read_text(encoding="utf-8"))
            self._sizes = {stream: int(size) for stream, size in stored["sizes"].items()}
            self._machine = str(stored["machine"])
        except (ValueError, KeyError, OSError) as exc:
            raise RecordError(
                "围栏文件 fence.json 已损坏。请不要删除；运行 doctor 查看，再以新纪元继续。", code="bad_fence"
            ) from exc

    def is_ours(self) -> bool:
        """Whether the fence was written on this machine (a cloned disk says no)."""
        return self._machine == machine_id()

    def size(self, stream: StreamId) -> int:
        return self._sizes.get(stream, 0)

    def advance(self, stream: StreamId, size: int) -> None:
        """Remember that `stream` has `size` events; called after the commit, before anyone is told."""
        with self._lock:
            if size > self._sizes.get(stream, 0):
                self._sizes[stream] = size
                self._write()

    def adopt_machine(self) -> None:
        """This machine takes over: called once new epochs have been opened."""
        self._machine = machine_id()
        self._write()

    def _write(self) -> None:
        scratch = self._path.with_suffix(".tmp")
        with scratch.open("w", encoding="utf-8") as file:
            json.dump({"machine": self._machine, "sizes": self._sizes}, file)
            file.flush()
            os.fsync(file.fileno())
        scratch.replace(self._path)


def machine_id() -> str:
    """A name for this system and its board, hashed. Not readable or not Linux: the network card's number."""
    raw = "".join(_first_line(Path(p)) for p in ("/etc/machine-id", "/sys/class/dmi/id/product_uuid"))
    raw = raw or f"{uuid.getnode():012x}"
    return hashlib.sha256(b"xiangting-machine/1" + raw.encode()).hexdigest()[:32]


def _first_line(path: Path) -> str:
    try:
        return path.read_text(encoding="ascii").strip()
    except (OSError, ValueError):
        return ""

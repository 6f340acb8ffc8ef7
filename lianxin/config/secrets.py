"""Secrets of an installation: made once for a local one, demanded from a production one."""

import os
import secrets
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

KEY_BYTES = 32


def local_secrets(path: Path) -> dict[str, str]:
    """The secrets of a local installation, made on first use and kept in `path`.

    The file is readable by its owner alone. Whoever loses it loses the sealed names,
    phones and addresses in the database beside it.
    """
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_name(f".{path.name}.{os.getpid()}")
        draft.touch(mode=0o600)
        draft.write_text(
            f"SECRET_KEY={secrets.token_urlsafe(48)}\n"
            f"LIANXIN_KEYS=1:{secrets.token_hex(KEY_BYTES)}\n"
            f"LIANXIN_INDEX_KEY={secrets.token_hex(KEY_BYTES)}\n",
            encoding="utf-8",
        )
        try:
            os.link(draft, path)
        except FileExistsError:
            pass  # Another process was first; its secrets count.
        finally:
            draft.unlink()
    lines = path.read_text(encoding="utf-8").splitlines()
    return dict(line.split("=", 1) for line in lines if "=" in line)


def sealing_keys(text: str) -> dict[int, bytes]:
    """The keys of `LIANXIN_KEYS`, `number:hex` separated by commas, the current one first.

    Numbers run from 0 to 255 and are stored with each sealed field, so that an old key
    stays readable after a new one was put before it.
    """
    keys: dict[int, bytes] = {}
    for part in filter(None, (part.strip() for part in text.split(","))):
        number, _, key = part.partition(":")
        if not number.isdecimal() or int(number) > 255 or int(number) in keys:
            raise ImproperlyConfigured("LIANXIN_KEYS: each key needs its own number, 0 to 255.")
        keys[int(number)] = secret_key("LIANXIN_KEYS", key)
    return keys


def secret_key(name: str, text: str) -> bytes:
    """32 bytes from 64 hexadecimal digits, or a refusal that does not show them."""
    try:
        key = bytes.fromhex(text)
    except ValueError:
        key = b""
    if len(key) != KEY_BYTES:
        raise ImproperlyConfigured(f"{name}: a key is {2 * KEY_BYTES} hexadecimal digits.")
    return key

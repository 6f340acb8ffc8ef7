"""A passkey made in memory, for tests: what a phone would answer (WebAuthn, ES256, no attestation)."""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import dataclass, field
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from django.conf import settings
from fido2.cose import ES256
from fido2.utils import websafe_decode, websafe_encode
from fido2.webauthn import (
    AttestationObject,
    AttestedCredentialData,
    AuthenticatorData,
    CollectedClientData,
)

FLAG = AuthenticatorData.FLAG


@dataclass
class SoftKey:
    """Answers as JSON, as web/js/passkey.js sends them. `verified`: the owner gave finger or PIN."""

    origin: str = ""
    verified: bool = True
    counter: int = 0
    key_id: bytes = field(default_factory=lambda: os.urandom(16))
    user: bytes = b""

    def __post_init__(self) -> None:
        self._private = ec.generate_private_key(ec.SECP256R1())
        self.origin = self.origin or settings.PUBLIC_URL

    def make(self, options: dict[str, Any]) -> str:
        wanted = options["publicKey"]
        self.user = websafe_decode(wanted["user"]["id"])
        public = ES256.from_cryptography_key(self._private.public_key())
        data = AttestedCredentialData.create(bytes(16), self.key_id, public)
        told = self._data(wanted["rp"]["id"], FLAG.AT, data)
        response = {"attestationObject": websafe_encode(AttestationObject.create("none", told, {}))}
        return self._answer("webauthn.create", wanted["challenge"], response)

    def show(self, options: dict[str, Any]) -> str:
        wanted = options["publicKey"]
        self.counter += 1
        told = self._data(wanted["rpId"])
        client = self._client("webauthn.get", wanted["challenge"])
        signed = self._private.sign(
            bytes(told) + hashlib.sha256(client).digest(), ec.ECDSA(hashes.SHA256())
        )
        response = {
            "authenticatorData": websafe_encode(told),
            "signature": websafe_encode(signed),
            "userHandle": websafe_encode(self.user),
        }
        return self._answer("webauthn.get", wanted["challenge"], response)

    def _data(self, host: str, more: int = 0, key: bytes = b"") -> AuthenticatorData:
        flags = FLAG.UP | (FLAG.UV if self.verified else 0) | more
        digest = hashlib.sha256(host.encode()).digest()
        return AuthenticatorData.create(digest, flags, self.counter, key)

    def _client(self, kind: str, challenge: str) -> bytes:
        return CollectedClientData.create(kind, websafe_decode(challenge), self.origin)

    def _answer(self, kind: str, challenge: str, response: dict[str, str]) -> str:
        client = websafe_encode(self._client(kind, challenge))
        name = websafe_encode(self.key_id)
        return json.dumps(
            {
                "id": name,
                "rawId": name,
                "type": "public-key",
                "response": {"clientDataJSON": client, **response},
                "clientExtensionResults": {},
            }
        )

"""OpenID Connect as a relying party: authorization code with PKCE, state and nonce (RFC 6749, 7636,
OpenID Connect Core 3.1). Nothing is fetched but from the provider's own origin."""

from __future__ import annotations

import base64
import hashlib
import hmac
import http.client
import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any
from urllib.parse import urlencode, urlsplit

import jwt
from django.utils.translation import gettext_lazy as _

from lianxin.kernel.foreign import read_json
from lianxin.kernel.refused import Refused

PATIENCE, LARGEST = 10, 256 * 1024  # seconds for an answer, bytes of one
ALGORITHMS = ("RS256", "PS256", "ES256", "EdDSA")
LEEWAY = 60  # seconds that the provider's clock may differ
_LOOPBACK = {"localhost", "127.0.0.1", "::1"}
_CONNECTIONS = {"https": http.client.HTTPSConnection, "http": http.client.HTTPConnection}


class OutsideRefused(Refused):
    message = _("The sign-in elsewhere did not succeed. Please begin again.")
    code = "outside_sign_in"
    status = 403


class OutsideSilent(Refused):
    message = _("The other sign-in service does not answer. Please sign in with your password.")
    code = "outside_silent"
    status = 503
    retry_after = 60


@dataclass(frozen=True, slots=True)
class Ticket:
    """What is kept in the session until the browser comes back: each of it is random, for one use."""

    state: str
    nonce: str
    verifier: str

    @classmethod
    def fresh(cls) -> Ticket:
        return cls(*(secrets.token_urlsafe(32) for _part in range(3)))

    def kept(self) -> dict[str, str]:
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Provider:
    """A provider, known by its issuer; `back` is our address to which it sends browsers."""

    issuer: str
    client_id: str
    client_secret: str
    back: str

    def way_to(self, ticket: Ticket) -> str:
        """Where to send the browser. Raises OutsideSilent, or OutsideRefused on a strange provider."""
        digest = hashlib.sha256(ticket.verifier.encode()).digest()
        asked = {
            "response_type": "code",
            "scope": "openid",
            "client_id": self.client_id,
            "redirect_uri": self.back,
            "state": ticket.state,
            "nonce": ticket.nonce,
            "code_challenge": base64.urlsafe_b64encode(digest).decode().rstrip("="),
            "code_challenge_method": "S256",
        }
        return f"{self._place('authorization_endpoint')}?{urlencode(asked)}"

    def claims(self, ticket: Ticket, given: Mapping[str, str]) -> dict[str, Any]:
        """What the provider says of who came back. Raises OutsideRefused unless state, signature,
        issuer, audience, time and nonce are right (RFC 9207: and the issuer, where it is said)."""
        if not _is_same(ticket.state, given.get("state", "")) or "code" not in given:
            raise OutsideRefused
        if given.get("iss", self.issuer) != self.issuer:
            raise OutsideRefused
        told = self._verified(self._token(ticket, given["code"]))
        if not _is_same(ticket.nonce, str(told["nonce"])):
            raise OutsideRefused
        return told

    def _token(self, ticket: Ticket, code: str) -> str:
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self.back,
            "code_verifier": ticket.verifier,
            "client_id": self.client_id,
            "client_secret": self.client_secret,
        }
        answer = self._fetched(self._place("token_endpoint"), form)
        return str(answer.get("id_token", ""))

    def _verified(self, token: str) -> dict[str, Any]:
        keys = self._fetched(self._place("jwks_uri"))
        try:
            name = jwt.get_unverified_header(token).get("kid")
            known = jwt.PyJWKSet.from_dict(keys).keys
            key = next(one for one in known if name is None or one.key_id == name)
            told: dict[str, Any] = jwt.decode(
                token,
                key,
                algorithms=ALGORITHMS,
                audience=self.client_id,
                issuer=self.issuer,
                leeway=LEEWAY,
                options={"require": ["exp", "iat", "sub", "nonce"]},
            )
        except (jwt.PyJWTError, StopIteration):
            raise OutsideRefused from None
        if told.get("azp", self.client_id) != self.client_id:
            raise OutsideRefused
        return told

    def _place(self, name: str) -> str:
        """An address of the provider, from its own discovery document."""
        told = self._fetched(f"{self.issuer.rstrip('/')}/.well-known/openid-configuration")
        if told.get("issuer") != self.issuer or not isinstance(told.get(name), str):
            raise OutsideRefused
        self._check_own(told[name])
        return str(told[name])

    def _check_own(self, address: str) -> None:
        own, asked = urlsplit(self.issuer), urlsplit(address)
        safe = asked.scheme == "https" or (
            asked.scheme == "http" and own.hostname in _LOOPBACK and asked.hostname in _LOOPBACK
        )
        if not safe or (own.scheme, own.netloc) != (asked.scheme, asked.netloc):
            raise OutsideRefused

    def _fetched(self, address: str, form: Mapping[str, str] | None = None) -> dict[str, Any]:
        """One answer in JSON; redirects are not followed."""
        self._check_own(address)
        status, body = _asked(address, urlencode(form) if form else None)
        if status >= http.client.INTERNAL_SERVER_ERROR:
            raise OutsideSilent
        try:
            answer = read_json(body) if status == http.client.OK else None
        except ValueError:
            answer = None
        if not isinstance(answer, dict):
            raise OutsideRefused
        return answer


def _is_same(kept: str, given: str) -> bool:
    """Compared as bytes: text is refused as soon as it is not ASCII."""
    return hmac.compare_digest(kept.encode(), given.encode())


def _asked(address: str, form: str | None) -> tuple[int, bytes]:
    parts = urlsplit(address)
    line = _CONNECTIONS[parts.scheme](parts.hostname or "", parts.port, timeout=PATIENCE)
    headers = {"Accept": "application/json"}
    if form is not None:
        headers["Content-Type"] = "application/x-www-form-urlencoded"
    try:
        path = f"{parts.path}?{parts.query}" if parts.query else parts.path
        line.request("GET" if form is None else "POST", path, form, headers)
        answer = line.getresponse()
        return answer.status, answer.read(LARGEST)
    except (OSError, http.client.HTTPException):
        raise OutsideSilent from None
    finally:
        line.close()

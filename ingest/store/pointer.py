"""What a Chroma server says of the generation that answers, read in one request and without Chroma's client.

whodoiask                            a collection whose metadata is the pointer; moved last, in one request
whodoiask-lock                       a collection that is there while an ingest writes; its metadata says until when
whodoiask-<generation>-<collection>  the vectors and texts of facts, topics and passages
whodoiask-<generation>-files         the generation's other files, in pieces
"""

from __future__ import annotations

import http.client
import json
import re
from base64 import b64encode
from contextlib import suppress
from dataclasses import dataclass
from urllib.error import HTTPError, URLError
from urllib.parse import unquote, urlsplit
from urllib.request import Request, urlopen

from ingest.errors import UserError

POINTER = "whodoiask"
"""The collection whose metadata says which generation answers; the names of all others begin with it and a dash."""
FORMAT = 1
_GENERATION = re.compile(r"\d+-[0-9a-f]{12}")
_PATH = "/api/v2/tenants/default_tenant/databases/default_database/collections/"


class AwayError(UserError):
    """The server does not answer, or not in time."""


class NothingThereError(UserError):
    """The server answers, and holds no index."""


class OtherVersionError(UserError):
    """The server holds an index that other code wrote."""


@dataclass(frozen=True, slots=True)
class Address:
    """Where a Chroma server listens."""

    host: str
    port: int
    secure: bool
    login: str = ""
    """name:password, for a proxy before the server."""

    @staticmethod
    def of(text: str) -> Address:
        """The address in http://HOST:PORT or https://HOST:PORT, with name:password@ before the host where a proxy asks
        for it; UserError for anything else."""
        try:
            parts = urlsplit(text)
            port = parts.port
        except ValueError:
            parts, port = urlsplit(""), None
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.path.strip("/") or parts.query:
            raise UserError(f"The store {text} is no address of a Chroma server: give it as http://HOST:PORT.")
        login = f"{unquote(parts.username)}:{unquote(parts.password or '')}" if parts.username else ""
        secure = parts.scheme == "https"
        return Address(parts.hostname, port or (443 if secure else 8000), secure, login)

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Basic {b64encode(self.login.encode()).decode()}"} if self.login else {}

    def __str__(self) -> str:
        """Without the password."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{'https' if self.secure else 'http'}://{host}:{self.port}"


@dataclass(frozen=True, slots=True)
class Pointer:
    """What the server says of the generation that answers."""

    generation: str
    before: str
    """The generation that answered until then, which is kept for whoever is fetching it; empty for the first."""
    digest: str
    ground: str
    """Digest of the code and the model that made it."""
    layout: str
    """Only code of the same layout reads it."""
    format: int = FORMAT

    @staticmethod
    def reachable(address: Address, patience: float) -> None:
        """UserError unless a Chroma server answers there, whatever it holds."""
        with suppress(NothingThereError):
            Pointer.read(address, patience)

    @staticmethod
    def read(address: Address, patience: float) -> Pointer:
        """AwayError, or NothingThereError; UserError for an address that answers and is no such store."""
        request = Request(f"{address}{_PATH}{POINTER}", headers=address.headers)  # noqa: S310 - http or https alone
        try:
            with urlopen(request, timeout=patience) as reply:  # noqa: S310
                said = json.load(reply)["metadata"]
            return Pointer(**{name: said[name] for name in Pointer.__dataclass_fields__}).checked()
        except HTTPError as error:
            raise _refused(address, error) from error
        except (URLError, http.client.HTTPException, OSError) as error:
            reason = getattr(error, "reason", None) or error
            said = (
                "no reply in time" if isinstance(reason, TimeoutError) else getattr(reason, "strerror", None) or reason
            )
            raise AwayError(
                f"The store at {address} does not answer ({said}): start it, or check the address."
            ) from error
        except (ValueError, KeyError, TypeError) as error:
            raise UserError(f"What answers at {address} is no store of whodoiask's: check the address.") from error

    def checked(self) -> Pointer:
        """The same; ValueError where a generation has a name that would be none of a folder below the copy's."""
        if not all(map(_GENERATION.fullmatch, [self.generation, *filter(None, [self.before])])):
            raise ValueError("no name of a generation")
        return self


def _refused(address: Address, error: HTTPError) -> UserError:
    if error.code == 404 and b"NotFoundError" in error.read():
        return NothingThereError(
            f"There is no index in the store at {address}: run `whodoiask ingest --store {address}` to build it."
        )
    if error.code in (401, 403):
        return UserError(f"The store at {address} wants another name and password: give them in its address.")
    if error.code >= 500:
        return AwayError(f"The store at {address} does not answer (status {error.code}): try again in a moment.")
    return UserError(f"What answers at {address} is no Chroma server (status {error.code}): check the address.")

"""REST API access policies: with which kinds of credentials callers may come to which API.

Without a policy an API takes HTTP Basic and OAuth. A policy that names an API says what it takes instead, and only such
a policy can open it to API keys: one for all APIs cannot ("REST API access policies", "API key", vendor docs).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from pysnow.sandbox.store import Row, Store

POLICY_TABLE = "sys_api_access_policy"
PROFILE_TABLE = "inbound_auth_profile"

BASIC = "basic"
OAUTH = "oauth"
API_KEY = "api_key"

_VERSION = re.compile(r"^/api/(\w+)/v\d+/")


@dataclass(frozen=True, slots=True)
class Admission:
    """What an API takes.

    Attributes:
        kinds: Kinds of credentials: ``basic``, ``oauth``, ``api_key``.
        key_places: Where an API key may stand: ``header``, ``query``.
    """

    kinds: frozenset[str]
    key_places: frozenset[str] = frozenset()

    def __or__(self, other: Admission) -> Admission:
        return Admission(self.kinds | other.kinds, self.key_places | other.key_places)


_USUAL = Admission(frozenset({BASIC, OAUTH}))
_NOTHING = Admission(frozenset())


@dataclass(frozen=True, slots=True)
class _Policy:
    path: str
    method: str
    is_global: bool
    admission: Admission

    def names(self, method: str, path: str) -> bool:
        is_api = path == self.path or path.startswith(f"{self.path}/")
        return bool(self.path) and is_api and self.method in ("", method)


class ApiPolicies:
    """Answers what an API takes, for one store. Threads may share it.

    What it read is kept until ``forget``: nearly all requests ask, and policies hardly ever change.
    """

    def __init__(self, store: Store) -> None:
        """Read nothing yet.

        Args:
            store: Where policies are kept.
        """
        self._store = store
        self._kept: tuple[_Policy, ...] | None = None

    def forget(self) -> None:
        """Read everything anew when it is needed next; to be called within the transaction that changes it."""
        self._kept = None

    def admission(self, method: str, path: str) -> Admission:
        """Tell what an API takes.

        Args:
            method: HTTP method.
            path: Path of the request, such as ``/api/now/v2/table/incident``.
        """
        plain = _VERSION.sub(r"/api/\1/", path).removeprefix("/api/").lower()
        policies = self._policies()
        found = [policy.admission for policy in policies if not policy.is_global and policy.names(method, plain)]
        if not found:
            found = [policy.admission for policy in policies if policy.is_global]
        return _united(found) if found else _USUAL

    def _policies(self) -> tuple[_Policy, ...]:
        kept = self._kept
        if kept is None:
            # As a writer: whoever is changing policies right now has told us to forget, but has not committed yet.
            with self._store.transaction():
                kept = self._kept = tuple(_read_policies(self._store))
        return kept


def _read_policies(store: Store) -> Iterator[_Policy]:
    if POLICY_TABLE not in store.dictionary:
        return
    profiles = {row["sys_id"]: row for row in store.select(PROFILE_TABLE) if row["active"] == "true"}
    for row in store.select(POLICY_TABLE):
        if row["active"] != "true":
            continue
        is_global = row["global"] == "true"
        named = [profiles[key] for key in (row["inbound_auth_profiles"] or "").split(",") if key in profiles]
        path = (row["rest_api_path"] or "").strip("/").lower()
        yield _Policy(path, (row["http_method"] or "").upper(), is_global, _admission(named, is_global=is_global))


def _admission(profiles: list[Row], *, is_global: bool) -> Admission:
    keys = [] if is_global else [row for row in profiles if row["type"] == API_KEY]
    others = frozenset(row["type"] or "" for row in profiles if row["type"] != API_KEY)
    places = frozenset(row["auth_parameter"] or "header" for row in keys)
    return Admission(others | ({API_KEY} if keys else set()), places)


def _united(admissions: list[Admission]) -> Admission:
    united = _NOTHING
    for admission in admissions:
        united |= admission
    return united

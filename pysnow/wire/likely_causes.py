"""Why an instance refused a caller, as far as there is evidence: what was sent, and the few words that came back.

A 401 says the same whatever is wrong ("User Not Authenticated"), so that nobody learns from it which users exist. What
may be wrong depends on how the caller signs in, see "Basic authentication", "OAuth inbound", "API keys", "REST API
access policies" and "Mutual authentication" of the product documentation (Platform security, Authentication).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from pysnow.auth import API_KEY_HEADER

if TYPE_CHECKING:
    import requests

__all__ = ["causes_of_401", "causes_of_403", "unknown_table"]

_ROLE: Final = "a user without the role snc_platform_rest_api_access, where that is asked for"

_CAUSES_OF_401: Final = {
    "Basic": "a wrong user or password; a user that is locked out or inactive; basic authentication that is kept for "
    "web-service-only users and those with the role snc_basic_auth_api_access; a second factor asked of this user; "
    + _ROLE,
    "Bearer": "a token that has expired or was revoked, or that another instance gave; a REST API access policy that "
    f"does not let OAuth in; {_ROLE}",
    "ApiKey": "a key that is wrong, expired or inactive; no REST API access policy of this API that lets keys in (the "
    f"global policy cannot); {_ROLE}",
    "": "no credentials, or none that this API takes; a client certificate that no active user is mapped to; a session "
    "cookie that has expired, or that came without its X-UserToken",
}
"""By the kind of credentials."""

_SECOND_FACTOR: Final = (
    "The instance asks this user for a second factor: append the one-time code to the password, or sign in with OAuth"
)

_USUAL_TABLES: Final = (
    "task incident problem problem_task change_request change_task sc_request sc_req_item sc_task sc_cat_item "
    "sysapproval_approver task_sla contract_sla kb_knowledge sys_user sys_user_group sys_user_grmember sys_user_role "
    "sys_user_has_role cmdb_ci cmdb_ci_server cmdb_ci_computer cmdb_ci_service cmdb_rel_ci cmn_department cmn_location "
    "core_company sys_attachment sys_audit sys_choice sys_db_object sys_dictionary sys_email sys_journal_field "
    "sys_number sys_properties sys_script syslog"
)
"""Tables that most instances have, and whose names are often misspelt."""

_CAUSES_OF_403: Final = (
    ("acl exception", "An access control (ACL) of the table, record or column does not let this user do that"),
    ("api level acl", "The access control (ACL) of this REST endpoint does not let this user in: ask for its role"),
    ("business rule", "A business rule of the table refused the change; more rights do not help"),
    ("data policy", "A data policy refused the change: give the fields that it asks for"),
    ("unique key", "A record with this sys_id, or other value that must be unique, exists already"),
)
"""What a word of the answer proves."""

_OPEN_403: Final = (
    "Likely causes: an access control (ACL) of the table, record or API; a table that is not open to web services; a "
    "role that this user lacks; a rule of the table that refused the change"
)


def causes_of_401(response: requests.Response) -> str:
    """What may be wrong with the credentials of a request that was answered 401, on one line.

    Args:
        response: The answer. A second factor that lacks shows in its header ``X-MFA_TOKEN`` ("Multi-factor
            authentication" of the product documentation).
    """
    if response.headers.get("X-MFA_TOKEN", "").lower() == "invalid":
        return _SECOND_FACTOR
    headers: Mapping[str, Any] = getattr(response.request, "headers", None) or {}
    return f"Likely causes: {_CAUSES_OF_401[_kind_of_credentials(headers)]}"


def causes_of_403(error: Mapping[str, Any]) -> str:
    """Why a caller who is known may not do this, on one line.

    Args:
        error: Error object of the answer; its words depend on the language of the user, so that most often nothing is
            proven ("REST API HTTP response codes" of the product documentation, KB2466644).
    """
    words = f"{error.get('message')} {error.get('detail')}".lower()
    return next((meaning for sign, meaning in _CAUSES_OF_403 if sign in words), _OPEN_403)


def unknown_table(error: Mapping[str, Any]) -> str | None:
    """What to do about a table that the instance does not have, on one line; None where it is not about that.

    Args:
        error: Error object of an answer with status 400; recorded on a 2026 instance as ``Invalid table <name>``.
    """
    start, found, name = str(error.get("message")).partition("Invalid table ")
    if start or not found:
        return None
    from difflib import get_close_matches

    near = get_close_matches(name.lower(), _USUAL_TABLES.split(), n=1, cutoff=0.75)
    meant = f"Did you mean {near[0]!r}? " if near and near[0] != name else ""
    return f"{meant}client.tables(like=...) lists the tables of the instance"


def _kind_of_credentials(headers: Mapping[str, Any]) -> str:
    if API_KEY_HEADER in headers:
        return "ApiKey"
    scheme = str(headers.get("Authorization", "")).partition(" ")[0]
    return scheme if scheme in ("Basic", "Bearer") else ""

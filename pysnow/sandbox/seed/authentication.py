"""Applications that may ask for OAuth tokens, an API key, and the policies that let keys in."""

from __future__ import annotations

from typing import NamedTuple

from pysnow.sandbox.seed.people import user_id
from pysnow.sandbox.seed.rows import DemoRows

# A registered application of the kind that instances make up an id for.
OAUTH_CLIENT_ID = "ac0dd3408c1031006907010c2cc6ef6d"
OAUTH_CLIENT_SECRET = "demo-secret"

SANDBOX_CREDENTIAL = "sandbox"
"""Client id and secret of the application for everybody, and the API key."""

_REDIRECTS = "http://127.0.0.1:8400/callback"


class _Application(NamedTuple):
    name: str
    client_id: str
    client_secret: str
    user: str


_APPLICATIONS = (
    _Application("Demo application", OAUTH_CLIENT_ID, OAUTH_CLIENT_SECRET, "svc.warehouse"),
    _Application("Sandbox", SANDBOX_CREDENTIAL, SANDBOX_CREDENTIAL, "admin"),
)

# Kind of credentials to the name of its profile.
_PROFILES = {"basic": "HTTP Basic", "oauth": "OAuth", "api_key": "API Key"}

# An API to the beginning of its path. Keys are refused by every API that no policy opens to them.
_APIS = {
    "Table API": "now/table",
    "Aggregate API": "now/stats",
    "Attachment API": "now/attachment",
    "Batch API": "now/batch",
    "Import Set API": "now/import",
}


def add_authentication(rows: DemoRows) -> None:
    """Add OAuth applications, the API key, profiles and policies."""
    for application in _APPLICATIONS:
        _add_application(rows, application)
    key = {"name": "Sandbox", "token": SANDBOX_CREDENTIAL, "user": user_id("admin")}
    rows.add("api_key", "Sandbox", key)
    profiles = [
        rows.add("inbound_auth_profile", name, {"name": name, "sys_name": name, "type": kind})
        for kind, name in _PROFILES.items()
    ]
    for api, path in _APIS.items():
        values = {"name": api, "sys_name": api, "rest_api": api, "rest_api_path": path}
        rows.add("sys_api_access_policy", api, values | {"inbound_auth_profiles": ",".join(profiles)})


def _add_application(rows: DemoRows, application: _Application) -> None:
    values = {
        "name": application.name,
        "sys_name": application.name,
        "client_id": application.client_id,
        "client_secret": application.client_secret,
        "redirect_url": _REDIRECTS,
        "user": user_id(application.user),
    }
    rows.add("oauth_entity", application.name, values)

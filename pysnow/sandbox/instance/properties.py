"""System properties that change how an instance answers (``sys_properties``)."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

INVALID_QUERY_RETURNS_NO_ROWS = "glide.invalid_query.returns_no_rows"
ALLOW_NON_EXISTING_CHOICE = "glide.rest.choice.allow_non_existing_value"
REPLACE_REQUEST_HOST = "glide.rest.replace_request_host_with_property"
DATE_FORMAT = "glide.sys.date_format"
TIME_FORMAT = "glide.sys.time_format"
TIME_ZONE = "glide.sys.default.tz"
REST_ROLE_REQUIRED = "sandbox.rest_api_access_role_required"
"""Whether callers need the role ``snc_platform_rest_api_access``; how instances are told so is not documented."""
BASIC_AUTH_RESTRICTED = "sandbox.basic_auth_restricted"
"""Whether Basic is only for those who need it; how instances are told so is not documented."""
MOST_FAILED_LOGINS = "glide.user.max_unlock_attempts"
"""Failed logins after which a user is locked out; 0, the default here, for any number."""
CLIENT_CREDENTIALS_ENABLED = "glide.oauth.inbound.client.credential.grant_type.enabled"
OAUTH_STATE_REQUIRED = "glide.oauth.state.parameter.required"
ATTACHMENT_MAX_SIZE_MB = "com.glide.attachment.max_size"
ATTACHMENT_EXTENSIONS = "glide.attachment.extensions"
ATTACHMENT_STATE = "sandbox.attachment.state"
"""State of a new attachment. No property of an instance: there the virus scan decides."""
ATTACHMENT_ROLE = "glide.attachment.role"
AUDIT_DELETED_TABLES = "glide.ui.audit_deleted_tables"

# Defaults as in the documentation page "Available system properties". The zone has none there; developer
# instances live in a US one (recorded 2026), which is why display dates differ from raw dates on them.
DEFAULTS: Mapping[str, str] = MappingProxyType(
    {
        INVALID_QUERY_RETURNS_NO_ROWS: "false",
        ALLOW_NON_EXISTING_CHOICE: "true",
        REPLACE_REQUEST_HOST: "true",
        "glide.rest.debug": "false",
        "glide.rest.apis.enabled": "",
        "glide.rest.apis.disabled": "",
        "glide.rest.max_content_length": "10",
        "glide.rest.batch.max.inputSize": "5",
        "glide.rest.batch.max.outputSize": "10",
        "glide.db.max_view_records": "10000",
        "glide.processor.json.row_limit": "250",
        ATTACHMENT_MAX_SIZE_MB: "1024",
        ATTACHMENT_EXTENSIONS: "",
        ATTACHMENT_STATE: "available",
        ATTACHMENT_ROLE: "",
        AUDIT_DELETED_TABLES: "",
        DATE_FORMAT: "yyyy-MM-dd",
        TIME_FORMAT: "HH:mm:ss",
        TIME_ZONE: "America/Los_Angeles",
        REST_ROLE_REQUIRED: "false",
        "glide.ui.session_timeout": "30",
        CLIENT_CREDENTIALS_ENABLED: "false",
        OAUTH_STATE_REQUIRED: "true",
        BASIC_AUTH_RESTRICTED: "false",
        MOST_FAILED_LOGINS: "0",
    }
)


def is_on(properties: Mapping[str, str], name: str) -> bool:
    """Tell whether a true/false property is ``true``."""
    return properties.get(name, "").strip().lower() == "true"


def words_of(properties: Mapping[str, str], name: str) -> frozenset[str]:
    """Return the entries of a property that holds a comma-joined list, in lower case."""
    return frozenset(word.strip().lower() for word in properties.get(name, "").split(",") if word.strip())

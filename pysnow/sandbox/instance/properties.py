"""System properties that change how an instance answers (``sys_properties``)."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

INVALID_QUERY_RETURNS_NO_ROWS = "glide.invalid_query.returns_no_rows"
ALLOW_NON_EXISTING_CHOICE = "glide.rest.choice.allow_non_existing_value"
DATE_FORMAT = "glide.sys.date_format"
TIME_FORMAT = "glide.sys.time_format"
TIME_ZONE = "glide.sys.default.tz"
ATTACHMENT_MAX_SIZE_MB = "com.glide.attachment.max_size"
ATTACHMENT_EXTENSIONS = "glide.attachment.extensions"
AUDIT_DELETED_TABLES = "glide.ui.audit_deleted_tables"

# Defaults as in the documentation page "Available system properties". The zone has none there; developer
# instances live in a US one (recorded 2026), which is why display dates differ from raw dates on them.
DEFAULTS: Mapping[str, str] = MappingProxyType(
    {
        INVALID_QUERY_RETURNS_NO_ROWS: "false",
        ALLOW_NON_EXISTING_CHOICE: "true",
        "glide.rest.replace_request_host_with_property": "true",
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
        AUDIT_DELETED_TABLES: "",
        DATE_FORMAT: "yyyy-MM-dd",
        TIME_FORMAT: "HH:mm:ss",
        TIME_ZONE: "America/Los_Angeles",
        "glide.ui.session_timeout": "30",
        "glide.oauth.inbound.client.credential.grant_type.enabled": "false",
    }
)


def is_on(properties: Mapping[str, str], name: str) -> bool:
    """Tell whether a true/false property is ``true``."""
    return properties.get(name, "").strip().lower() == "true"


def words_of(properties: Mapping[str, str], name: str) -> frozenset[str]:
    """Return the entries of a property that holds a comma-joined list, in lower case."""
    return frozenset(word.strip().lower() for word in properties.get(name, "").split(",") if word.strip())

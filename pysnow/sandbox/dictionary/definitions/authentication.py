"""How callers prove who they are: OAuth registry and credentials, API keys, access policies, certificates, codes."""

from __future__ import annotations

from pysnow.sandbox.dictionary.definitions.columns import (
    boolean,
    column,
    date_time,
    glide_list,
    integer,
    options,
    reference,
    string,
    url,
)
from pysnow.sandbox.dictionary.model import Table

# Registered client applications. Columns from "refresh_token_rotation" to "client_credentials_refresh_token" are
# switches between what releases do differently; their names are our default.
OAUTH_ENTITY = Table(
    "oauth_entity",
    "Application Registry",
    (
        string("name", "Name", 100, display=True),
        string("client_id", "Client ID", 255, unique=True),
        column("client_secret", "Client Secret", "password2", max_length=255),
        string(
            "type",
            "Type",
            choices=options({"client": "OAuth Client", "jwt": "OAuth JWT", "oauth_provider": "OAuth Provider"}),
            default="client",
        ),
        boolean("active", "Active", default="true"),
        integer("access_token_lifespan", "Access Token Lifespan", default="1800"),
        integer("refresh_token_lifespan", "Refresh Token Lifespan", default="8640000"),
        string("redirect_url", "Redirect URL", 4000),
        url("logo_url", "Logo URL"),
        boolean("public_client", "Public Client"),
        string("default_grant_type", "Default Grant type"),
        reference("user", "OAuth Application User", "sys_user"),
        string("comments", "Comments", 1000),
        string("scope_restriction_policy", "Scope Restriction", default="broad"),
        boolean("refresh_token_rotation", "Refresh Token Rotation"),
        boolean("client_credentials_refresh_token", "Refresh Token for Client Credentials"),
        string("user_field", "User Field", 80, default="user_name"),
        integer("clock_skew", "Clock Skew", default="300"),
        boolean("enable_jti_verification", "Enable JTI Verification", default="true"),
    ),
    extends="sys_metadata",
)

# Everything an application was given, and what must not be used twice. The sys_id of a row is made from its text.
OAUTH_CREDENTIAL = Table(
    "oauth_credential",
    "OAuth Credential",
    (
        string(
            "type",
            "Type",
            choices=options(
                {
                    "access_token": "Access Token",
                    "refresh_token": "Refresh Token",
                    "authorization_code": "Authorization Code",
                    "jwt_id": "JWT ID",
                }
            ),
        ),
        column("token", "Token", "password2", max_length=4000),
        reference("peer", "Application Registry", "oauth_entity", cascade="delete", display=True),
        reference("user", "User", "sys_user", cascade="delete"),
        date_time("expires", "Expires"),
        string("scopes", "Scopes", 4000),
        boolean("running", "Running"),
        string("redirect_uri", "Redirect URI", 4000),
        string("code_challenge", "Code Challenge", 128),
    ),
    attributes="no_audit_delete=true",
)

# Keys that assertions of an application of type JWT are signed with. Name and columns are from memory (our default).
JWT_VERIFIER_MAP = Table(
    "jwt_verifier_map",
    "JWT Verifier Map",
    (
        string("name", "Name", 100, display=True),
        reference("oauth_jwt", "OAuth JWT", "oauth_entity", cascade="delete"),
        string("kid", "Kid", 255),
        column("shared_key", "Shared Key", "password2", max_length=4000),
        reference("sys_certificate", "Sys Certificate", "sys_certificate"),
    ),
    extends="sys_metadata",
)

CERTIFICATE = Table(
    "sys_certificate",
    "X.509 Certificate",
    (
        string("name", "Name", 100, display=True),
        boolean("active", "Active", default="true"),
        string("format", "Format", choices=options({"pem": "PEM", "der": "DER"}), default="pem"),
        string(
            "type",
            "Type",
            choices=options({"trust_store": "Trust Store Cert", "java_key_store": "Java Key Store"}),
            default="trust_store",
        ),
        string("pem_certificate", "PEM Certificate", 8000),
        string("short_description", "Short description", 160),
    ),
    extends="sys_metadata",
)

USER_CERTIFICATE = Table(
    "sys_user_certificate",
    "User to X.509 Certificate",
    (
        string("name", "Name", 100, display=True),
        reference("user", "User", "sys_user", cascade="delete"),
        string("issuer", "Issuer", 1000),
        string("subject", "Subject", 1000),
        boolean("active", "Active", default="true"),
    ),
)

API_KEY = Table(
    "api_key",
    "REST API Key",
    (
        string("name", "Name", 100, display=True),
        column("token", "Token", "password2", max_length=255),
        reference("user", "User", "sys_user", cascade="delete"),
        boolean("active", "Active", default="true"),
        date_time("expires", "Expires"),
    ),
    attributes="no_audit_delete=true",
)

# One table for what an instance spreads over several (our default): a kind of credentials that a policy may name.
AUTHENTICATION_PROFILE = Table(
    "inbound_auth_profile",
    "Inbound Authentication Profile",
    (
        string("name", "Name", 100, display=True),
        string(
            "type",
            "Type",
            choices=options({"basic": "HTTP Basic", "oauth": "OAuth", "api_key": "API Key"}),
        ),
        string(
            "auth_parameter",
            "Auth Parameter",
            choices=options({"header": "Header x-sn-apikey", "query": "Query parameter x-sn-apikey"}),
            default="header",
        ),
        boolean("active", "Active", default="true"),
    ),
    extends="sys_metadata",
)

# The columns are from memory (our default).
ACCESS_POLICY = Table(
    "sys_api_access_policy",
    "REST API Access Policy",
    (
        string("name", "Name", 100, display=True),
        boolean("active", "Active", default="true"),
        boolean("global", "Global"),
        string("rest_api", "REST API", 100),
        string("rest_api_path", "REST API path", 255),
        string("http_method", "HTTP method"),
        glide_list("inbound_auth_profiles", "Inbound authentication profiles", "inbound_auth_profile"),
    ),
    extends="sys_metadata",
)

MULTIFACTOR = Table(
    "user_multifactor_auth",
    "User Multifactor Authentication",
    (
        reference("user", "User", "sys_user", cascade="delete", display=True),
        column("multifactor_secret", "Multifactor secret", "password2", max_length=255),
        boolean("validated", "Validated", default="true"),
    ),
    attributes="no_audit_delete=true",
)

TABLES = (
    OAUTH_ENTITY,
    OAUTH_CREDENTIAL,
    JWT_VERIFIER_MAP,
    CERTIFICATE,
    USER_CERTIFICATE,
    API_KEY,
    AUTHENTICATION_PROFILE,
    ACCESS_POLICY,
    MULTIFACTOR,
)

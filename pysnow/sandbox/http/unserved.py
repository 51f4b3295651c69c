"""Documented APIs that this sandbox does not have: refused aloud, so that nobody takes silence for data."""

from __future__ import annotations

from functools import partial

from pysnow.sandbox.http.answer import Answer
from pysnow.sandbox.http.errors import not_emulated
from pysnow.sandbox.http.exchange import Exchange
from pysnow.sandbox.http.routing import Route

_METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")

_APIS = {
    "The CMDB APIs": ("/api/now/cmdb/<path:rest>", "/api/now/v1/cmdb/<path:rest>"),
    "The identification and reconciliation API": ("/api/now/identifyreconcile", "/api/now/v1/identifyreconcile"),
    "The Email API": ("/api/now/email", "/api/now/email/<rest>", "/api/now/v1/email", "/api/now/v1/email/<rest>"),
    "UI metadata": ("/api/now/ui/<path:rest>",),
    "The GraphQL API": ("/api/now/graphql", "/api/now/v1/graphql"),
    "The Performance Analytics API": ("/api/now/pa/<path:rest>", "/api/now/v1/pa/<path:rest>"),
    "The CI/CD API": ("/api/sn_cicd/<path:rest>",),
    "The schema list": ("/api/now/doc/<path:rest>",),
    "Attributes of attachments": ("/api/now/attachment/<id>/attributes", "/api/now/attachment/<id>/attributes/<key>"),
    "The global namespace": ("/api/global/<path:rest>",),
    "The Service Catalog API": ("/api/sn_sc/<path:rest>",),
    "The Change Management API": ("/api/sn_chg_rest/<path:rest>",),
    "The Event Management API": ("/api/sn_em_connector/<path:rest>",),
    "Pages and processors (JSONv2, SCHEMA ...)": ("/<page>.do",),
}


def unserved_routes() -> list[Route]:
    """Build the routes that refuse."""
    return [
        Route(method, path, partial(_refuse, name))
        for name, paths in _APIS.items()
        for path in paths
        for method in _METHODS
    ]


def _refuse(name: str, exchange: Exchange, **parts: str) -> Answer:
    raise not_emulated(f"{name}: {exchange.path}")

"""The demo catalog, and what was ordered from it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import NamedTuple

from pysnow.sandbox.seed.groups import group_id
from pysnow.sandbox.seed.identity import sys_id_of
from pysnow.sandbox.seed.people import user_id
from pysnow.sandbox.seed.rows import DemoRows, moment_text
from pysnow.sandbox.seed.tasks import closed, opened

CATALOG = "Service Catalog"


class _Product(NamedTuple):
    name: str
    category: str
    text: str
    price: str
    model: str = ""
    recurring: str = "0"


class _Order(NamedTuple):
    number: str
    requested_for: str
    products: tuple[tuple[str, int], ...]
    state: str
    age: float


CATEGORIES = ("Hardware", "Software", "Services", "Office")

PRODUCTS = (
    _Product("Standard Notebook", "Hardware", "14 inch notebook for office work", "1499.99", "Halden Notebook 14"),
    _Product("Developer Workstation", "Hardware", "For those who compile all day", "3299", "Halden Workstation Z"),
    _Product("External Monitor", "Hardware", "27 inch, with cable", "289.5"),
    _Product("Headset", "Hardware", "Noise cancelling", "119"),
    _Product("Diagram Editor", "Software", "One seat", "0", "", "12.5"),
    _Product("Database Schema", "Services", "An empty schema on a shared server", "0", "", "40"),
    _Product("VPN Access", "Services", "Work from anywhere", "0"),
    _Product("Business Cards", "Office", "Box of 250", "24"),
)

# product, name, question, type, mandatory, choices
VARIABLES = (
    ("Standard Notebook", "keyboard_layout", "Keyboard layout", "5", "true", ("us", "de", "fr", "jp")),
    ("Standard Notebook", "accessories", "Anything else?", "2", "false", ()),
    ("Developer Workstation", "memory_gb", "Memory (GB)", "5", "true", ("32", "64", "128")),
    ("VPN Access", "reason", "Why do you need it?", "6", "true", ()),
    ("Database Schema", "schema_name", "Name of the schema", "6", "true", ()),
)

ORDERS = (
    _Order("REQ0000001", "abel.tuter", (("Standard Notebook", 1), ("Headset", 1)), "closed_complete", 80),
    _Order("REQ0000002", "rosa.delgado", (("External Monitor", 2),), "closed_complete", 61),
    _Order("REQ0000003", "elliot.stroud", (("Developer Workstation", 1), ("Database Schema", 1)), "in_process", 18),
    _Order("REQ0000004", "employee", (("VPN Access", 1),), "closed_rejected", 33),
    _Order("REQ0000005", "mei.lin", (("Business Cards", 3), ("Headset", 1)), "in_process", 12),
    _Order("REQ0000006", "hina.shimizu", (("Standard Notebook", 1),), "requested", 5),
    _Order("REQ0000007", "charlie.whitcombe", (("Diagram Editor", 1),), "closed_cancelled", 27),
    _Order("REQ0000008", "abel.tuter", (("Developer Workstation", 1),), "requested", 2),
)

# request state: task state, approval, stage of the request, stage of its items
_FOLLOWS = {
    "requested": ("1", "requested", "requested", "waiting_for_approval"),
    "in_process": ("2", "approved", "delivery", "fulfillment"),
    "closed_complete": ("3", "approved", "closed_complete", "complete"),
    "closed_rejected": ("4", "rejected", "closed_rejected", "request_cancelled"),
    "closed_cancelled": ("7", "cancelled", "closed_cancelled", "request_cancelled"),
}
_PRICES = {product.name: product.price for product in PRODUCTS}


def add_catalog(rows: DemoRows) -> None:
    """Add catalog, categories, items and their variables."""
    catalog = rows.add("sc_catalog", CATALOG, {"title": CATALOG, "description": "What you can order"})
    for position, name in enumerate(CATEGORIES):
        values = {"title": name, "full_name": name, "sc_catalog": catalog, "order": str(100 * position)}
        rows.add("sc_category", name, values)
    for product in PRODUCTS:
        _add_product(rows, product, catalog)
    for position, (product_name, name, question, kind, mandatory, choices) in enumerate(VARIABLES):
        values = {
            "name": name,
            "question_text": question,
            "type": kind,
            "cat_item": sys_id_of("sc_cat_item", product_name),
            "mandatory": mandatory,
            "order": str(100 + 10 * position),
        }
        variable = rows.add("item_option_new", f"{product_name}/{name}", values)
        for choice in choices:
            answer = {"question": variable, "text": choice.upper(), "value": choice}
            rows.add("question_choice", f"{product_name}/{name}/{choice}", answer)


def add_orders(rows: DemoRows) -> None:
    """Add requests with their items, tasks and approvals."""
    position = 0
    for order in ORDERS:
        request = _add_request(rows, order)
        for product, quantity in order.products:
            position += 1
            _add_item(rows, order, request, product, quantity, position)


def _add_product(rows: DemoRows, product: _Product, catalog: str) -> None:
    values = {
        "name": product.name,
        "short_description": product.text,
        "description": f"<p>{product.text}.</p>",
        "category": sys_id_of("sc_category", product.category),
        "sc_catalogs": catalog,
        "price": product.price,
        "recurring_price": product.recurring,
        "recurring_frequency": "monthly" if product.recurring != "0" else None,
        "model": sys_id_of("cmdb_model", product.model) if product.model else None,
        "group": group_id("Catalog Fulfillment"),
    }
    rows.add("sc_cat_item", product.name, values, created=rows.ago(400))


def _done(order: _Order, opened_at: datetime, by: str) -> dict[str, str | None]:
    return closed(opened_at, opened_at + timedelta(days=1), by) if order.state.startswith("closed") else {}


def _add_request(rows: DemoRows, order: _Order) -> str:
    when = rows.ago(order.age)
    state, approval, stage, _ = _FOLLOWS[order.state]
    total = sum(float(_PRICES[product]) * quantity for product, quantity in order.products)
    values = opened(order.number, f"Order of {order.products[0][0]}", when, order.requested_for) | {
        "requested_for": user_id(order.requested_for),
        "request_state": order.state,
        "state": state,
        "stage": stage,
        "approval": approval,
        "price": f"{total:g}",
        **_done(order, when, "carla.mendes"),
    }
    request = rows.add("sc_request", order.number, values, created=when, by=order.requested_for, mod_count=2)
    approver = {
        "sysapproval": request,
        "document_id": request,
        "source_table": "sc_request",
        "approver": user_id("helena.brandt"),
        "state": approval,
    }
    rows.add("sysapproval_approver", order.number, approver, created=when, by=order.requested_for)
    return request


def _add_item(rows: DemoRows, order: _Order, request: str, product: str, quantity: int, position: int) -> None:
    number, when = f"RITM{position:07d}", rows.ago(order.age)
    state, approval, _, stage = _FOLLOWS[order.state]
    common = {"request": request, "cat_item": sys_id_of("sc_cat_item", product)}
    values = opened(number, product, when, order.requested_for) | common
    values |= {
        "parent": request,
        "requested_for": user_id(order.requested_for),
        "quantity": str(quantity),
        "price": _PRICES[product],
        "state": state,
        "stage": stage,
        "approval": approval,
        "estimated_delivery": moment_text(when + timedelta(days=7)),
        "sc_catalog": sys_id_of("sc_catalog", CATALOG),
        **_done(order, when, "carla.mendes"),
    }
    item = rows.add("sc_req_item", number, values, created=when, by=order.requested_for, mod_count=1)
    if order.state in {"in_process", "closed_complete"}:
        _add_task(rows, order, item, product, common, position)


def _add_task(rows: DemoRows, order: _Order, item: str, product: str, common: dict[str, str], position: int) -> None:
    number, when = f"SCTASK{position:07d}", rows.ago(order.age)
    values = opened(number, f"Deliver {product}", when, "admin") | common
    values |= {
        "request_item": item,
        "parent": item,
        "state": "3" if order.state == "closed_complete" else "2",
        "assignment_group": group_id("Catalog Fulfillment"),
        "assigned_to": user_id("ruben.vandijk"),
        **_done(order, when, "ruben.vandijk"),
    }
    rows.add("sc_task", number, values, created=when, mod_count=1)

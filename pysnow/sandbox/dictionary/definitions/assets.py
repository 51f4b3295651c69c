"""Assets and contracts: what configuration items and tasks point to outside the CMDB."""

from __future__ import annotations

from pysnow.sandbox.dictionary.definitions.cmdb import INSTALL_STATUSES
from pysnow.sandbox.dictionary.definitions.columns import currency, date, integer, options, reference, string
from pysnow.sandbox.dictionary.model import Table

ASSET = Table(
    "alm_asset",
    "Asset",
    (
        string("display_name", "Display name", 255, display=True),
        string("asset_tag", "Asset tag"),
        string("serial_number", "Serial number", 255),
        reference("model", "Model", "cmdb_model"),
        reference("ci", "Configuration Item", "cmdb_ci"),
        integer("install_status", "State", choices=INSTALL_STATUSES, default="1"),
        string("substatus", "Substate"),
        reference("assigned_to", "Assigned to", "sys_user"),
        reference("managed_by", "Managed by", "sys_user"),
        reference("company", "Company", "core_company"),
        reference("department", "Department", "cmn_department"),
        reference("location", "Location", "cmn_location"),
        reference("cost_center", "Cost center", "cmn_cost_center"),
        currency("cost", "Cost"),
        date("purchase_date", "Purchased"),
        date("warranty_expiration", "Warranty expiration"),
        integer("quantity", "Quantity", default="1"),
        string("comments", "Comments", 4000),
    ),
    domain=True,
)

CONTRACT = Table(
    "ast_contract",
    "Contract",
    (
        string("number", "Number", display=True, read_only=True),
        string("short_description", "Short description", 160),
        string(
            "state",
            "State",
            choices=options({"draft": "Draft", "active": "Active", "expired": "Expired", "cancelled": "Cancelled"}),
            default="draft",
        ),
        string("vendor_contract", "Contract number"),
        reference("vendor", "Vendor", "core_company"),
        reference("contract_administrator", "Contract administrator", "sys_user"),
        date("starts", "Starts"),
        date("ends", "Ends"),
        currency("total_cost", "Total cost"),
    ),
    prefix="CNTR",
    domain=True,
)

TABLES = (
    ASSET,
    Table("alm_hardware", "Hardware Asset", (), extends="alm_asset"),
    CONTRACT,
)

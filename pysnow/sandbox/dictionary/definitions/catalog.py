"""The service catalog: what can be ordered, the orders, and the requests that come of them."""

from __future__ import annotations

from pysnow.sandbox.dictionary.definitions.columns import (
    boolean,
    column,
    date_time,
    duration,
    glide_list,
    html,
    integer,
    options,
    price,
    reference,
    string,
    table_name,
)
from pysnow.sandbox.dictionary.definitions.task import GROUP, USER
from pysnow.sandbox.dictionary.model import Table

REQUEST_STATES = options(
    {
        "requested": "Pending Approval",
        "in_process": "Approved",
        "closed_complete": "Closed Complete",
        "closed_incomplete": "Closed Incomplete",
        "closed_cancelled": "Closed Cancelled",
        "closed_rejected": "Closed Rejected",
    }
)
REQUEST_STAGES = options(
    {
        "requested": "Requested",
        "delivery": "Delivery",
        "closed_complete": "Completed",
        "closed_incomplete": "Closed Incomplete",
        "closed_cancelled": "Request Cancelled",
        "closed_rejected": "Request Rejected",
    }
)
ITEM_STAGES = options(
    {
        "waiting_for_approval": "Waiting for Approval",
        "request_approved": "Request Approved",
        "fulfillment": "Fulfillment",
        "delivery": "Delivery",
        "complete": "Completed",
        "request_cancelled": "Request Cancelled",
    }
)
# question.type: what an order form shows for a variable.
VARIABLE_TYPES = options(
    {
        "1": "Yes / No",
        "2": "Multi Line Text",
        "3": "Multiple Choice",
        "5": "Select Box",
        "6": "Single Line Text",
        "7": "CheckBox",
        "8": "Reference",
        "9": "Date",
        "10": "Date/Time",
        "26": "Email",
    }
)

REQUEST = Table(
    "sc_request",
    "Request",
    (
        reference("requested_for", "Requested for", USER, default="javascript:gs.getUserID()"),
        string("request_state", "Request state", choices=REQUEST_STATES, default="requested"),
        column("stage", "Stage", "workflow", max_length=80, choices=REQUEST_STAGES, default="requested"),
        column("price", "Price", "currency", default="0"),
        string("special_instructions", "Special instructions", 4000),
        string("delivery_address", "Delivery address", 4000),
        date_time("requested_date", "Requested for date"),
        reference("parent_interaction", "Parent Interaction", "task"),
    ),
    extends="task",
    prefix="REQ",
)

REQUESTED_ITEM = Table(
    "sc_req_item",
    "Requested Item",
    (
        reference("request", "Request", "sc_request", cascade="delete"),
        reference("requested_for", "Requested for", USER),
        reference("cat_item", "Item", "sc_cat_item"),
        integer("quantity", "Quantity", default="1"),
        price("price", "Price", default="0"),
        price("recurring_price", "Recurring Price", default="0"),
        column("stage", "Stage", "workflow", max_length=80, choices=ITEM_STAGES, default="waiting_for_approval"),
        reference("configuration_item", "Configuration item", "cmdb_ci"),
        boolean("backordered", "Backordered"),
        boolean("billable", "Billable"),
        date_time("estimated_delivery", "Estimated delivery"),
        reference("context", "Context", "wf_context"),
        reference("sc_catalog", "Catalog", "sc_catalog"),
    ),
    extends="task",
    prefix="RITM",
)

CATALOG_TASK = Table(
    "sc_task",
    "Catalog Task",
    (
        reference("request", "Request", "sc_request"),
        reference("request_item", "Request item", "sc_req_item", cascade="delete"),
        reference("sc_catalog", "Catalog", "sc_catalog"),
        reference("cat_item", "Item", "sc_cat_item"),
    ),
    extends="task",
    prefix="SCTASK",
)

CATALOG = Table(
    "sc_catalog",
    "Catalog",
    (
        string("title", "Title", 100, display=True),
        string("description", "Description", 1000),
        boolean("active", "Active", default="true"),
        reference("manager", "Manager", USER),
        boolean("desktop_continue_shopping", "Continue shopping", default="true"),
    ),
)

CATEGORY = Table(
    "sc_category",
    "Category",
    (
        string("title", "Title", 100, display=True),
        html("description", "Description"),
        boolean("active", "Active", default="true"),
        reference("parent", "Parent", "sc_category"),
        reference("sc_catalog", "Catalog", "sc_catalog"),
        integer("order", "Order", default="0"),
        string("full_name", "Full name", 255),
    ),
)

ITEM = Table(
    "sc_cat_item",
    "Catalog Item",
    (
        string("name", "Name", 100, display=True),
        string("short_description", "Short description", 200),
        html("description", "Description"),
        boolean("active", "Active", default="true"),
        reference("category", "Category", "sc_category"),
        glide_list("sc_catalogs", "Catalogs", "sc_catalog"),
        price("price", "Price", default="0"),
        price("recurring_price", "Recurring price", default="0"),
        string(
            "recurring_frequency",
            "Recurring price frequency",
            choices=options({"monthly": "Monthly", "yearly": "Annually"}),
        ),
        boolean("billable", "Billable"),
        duration("delivery_time", "Delivery time", default="1970-01-03 00:00:00"),
        reference("delivery_plan", "Execution Plan", "sc_cat_item_delivery_plan"),
        reference("group", "Fulfillment group", GROUP),
        reference("owner", "Owner", USER),
        reference("vendor", "Vendor", "core_company"),
        reference("model", "Model", "cmdb_model"),
        integer("order", "Order", default="0"),
        boolean("no_cart", "No cart"),
        boolean("no_order", "No order"),
        string("type", "Type", choices=options({"item": "Item", "bundle": "Bundle"}), default="item"),
        column("picture", "Picture", "user_image", max_length=40),
        string("availability", "Availability", choices=options({"on_desktop": "Desktop Only", "on_both": "Both"})),
    ),
)

PRODUCER = Table(
    "sc_cat_item_producer",
    "Record Producer",
    (table_name("table_name", "Table name"), column("script", "Script", "script_plain", max_length=8000)),
    extends="sc_cat_item",
)

DELIVERY_PLAN = Table(
    "sc_cat_item_delivery_plan",
    "Execution Plan",
    (
        string("name", "Name", 100, display=True),
        duration("total_delivery_time", "Total delivery time"),
        string("description", "Description", 1000),
    ),
)

DELIVERY_TASK = Table(
    "sc_cat_item_delivery_task",
    "Execution Plan Task",
    (
        string("name", "Name", 100),
        string("short_description", "Short description", 160, display=True),
        reference("delivery_plan", "Execution plan", "sc_cat_item_delivery_plan", cascade="delete"),
        reference("group", "Fulfillment group", GROUP),
        integer("order", "Order"),
    ),
)

VARIABLE = Table(
    "item_option_new",
    "Variable",
    (
        string("name", "Name", 100),
        string("question_text", "Question", 200, display=True),
        integer("type", "Type", choices=VARIABLE_TYPES, default="6"),
        reference("cat_item", "Catalog item", "sc_cat_item", cascade="delete"),
        boolean("mandatory", "Mandatory"),
        boolean("active", "Active", default="true"),
        integer("order", "Order", default="100"),
        table_name("reference", "Reference"),
        string("default_value", "Default value", 4000),
        string("help_text", "Help text", 4000),
    ),
)

VARIABLE_CHOICE = Table(
    "question_choice",
    "Question Choice",
    (
        reference("question", "Question", "item_option_new", cascade="delete"),
        string("text", "Text", 255, display=True),
        string("value", "Value", 255),
        integer("order", "Order", default="100"),
        boolean("inactive", "Inactive"),
    ),
)

ANSWER = Table(
    "sc_item_option",
    "Options",
    (
        reference("item_option_new", "Question", "item_option_new", display=True),
        string("value", "Value", 4000),
        integer("order", "Order"),
        reference("cart_item", "Cart item", "sc_cart_item"),
    ),
)

ANSWER_OF_ITEM = Table(
    "sc_item_option_mtom",
    "Variable Ownership",
    (
        reference("request_item", "Parent Item", "sc_req_item", cascade="delete", display=True),
        reference("sc_item_option", "Dependent Item", "sc_item_option", cascade="delete"),
    ),
)

CART = Table(
    "sc_cart",
    "Shopping Cart",
    (
        string("name", "Name", 100, display=True),
        reference("user", "User", USER, cascade="delete"),
        reference("requested_for", "Requested for", USER),
        string("special_instructions", "Special instructions", 4000),
        string("delivery_address", "Delivery address", 4000),
    ),
)

CART_ITEM = Table(
    "sc_cart_item",
    "Cart Item",
    (
        reference("cart", "Cart", "sc_cart", cascade="delete"),
        reference("cat_item", "Catalog item", "sc_cat_item", display=True),
        integer("quantity", "Quantity", default="1"),
        boolean("active", "Active", default="true"),
        string("hint", "Hint", 255),
    ),
)

TABLES = (
    REQUEST,
    REQUESTED_ITEM,
    CATALOG_TASK,
    CATALOG,
    CATEGORY,
    ITEM,
    PRODUCER,
    DELIVERY_PLAN,
    DELIVERY_TASK,
    VARIABLE,
    VARIABLE_CHOICE,
    ANSWER,
    ANSWER_OF_ITEM,
    CART,
    CART_ITEM,
)

"""Where people belong: companies, departments, locations, cost centers, schedules."""

from __future__ import annotations

from pysnow.sandbox.dictionary.definitions.columns import (
    boolean,
    column,
    currency,
    date_time,
    decimal,
    floating,
    html,
    integer,
    options,
    reference,
    string,
    url,
)
from pysnow.sandbox.dictionary.definitions.users import TIME_ZONES
from pysnow.sandbox.dictionary.model import Table

COMPANY = Table(
    "core_company",
    "Company",
    (
        string("name", "Name", 80, display=True),
        reference("parent", "Parent", "core_company"),
        string("street", "Street", 255),
        string("city", "City", 50),
        string("state", "State / Province"),
        string("zip", "Zip / Postal code"),
        string("country", "Country"),
        column("phone", "Phone", "ph_number", max_length=40),
        column("fax_phone", "Fax phone", "ph_number", max_length=40),
        url("website", "Website"),
        reference("contact", "Contact", "sys_user"),
        boolean("customer", "Customer"),
        boolean("vendor", "Vendor"),
        boolean("manufacturer", "Manufacturer"),
        boolean("primary", "Primary"),
        string("vendor_type", "Vendor type", 255),
        string("vendor_manager", "Vendor manager", 255),
        string("stock_symbol", "Stock symbol"),
        string("stock_price", "Stock price"),
        boolean("publicly_traded", "Publicly traded"),
        integer("num_employees", "Number of employees"),
        currency("revenue_per_year", "Revenue per year", default="0"),
        currency("profits", "Profits", default="0"),
        currency("market_cap", "Market cap", default="0"),
        column("fiscal_year", "Fiscal year", "glide_date"),
        string("rank_tier", "Rank tier", choices=options({"strategic": "Strategic", "tactical": "Tactical"})),
        decimal("discount", "Discount"),
        reference("theme", "UI Theme", "sys_ui_theme"),
        string("notes", "Notes", 4000),
        floating("latitude", "Latitude"),
        floating("longitude", "Longitude"),
        string("lat_long_error", "Lat long error", 1000),
        date_time("coordinates_retrieved_on", "Coordinates last retrieved on"),
        column("banner_image", "Banner image", "user_image", max_length=40),
        column("banner_image_light", "Banner image light", "user_image", max_length=40),
        string("banner_text", "Banner text", 100),
        column("apple_icon", "Apple icon", "user_image", max_length=40),
        # Recorded rows show their class although no stock table extends this one.
        column("sys_class_name", "Class", "sys_class_name", max_length=80, default="core_company"),
    ),
)

THEME = Table("sys_ui_theme", "UI Theme", (string("name", "Name", 80, display=True), string("css", "CSS", 4000)))

DEPARTMENT = Table(
    "cmn_department",
    "Department",
    (
        string("name", "Name", 100, display=True),
        string("id", "ID"),
        reference("dept_head", "Department head", "sys_user"),
        reference("primary_contact", "Primary contact", "sys_user"),
        reference("company", "Company", "core_company"),
        reference("parent", "Parent", "cmn_department"),
        reference("cost_center", "Cost center", "cmn_cost_center"),
        reference("business_unit", "Business Unit", "business_unit"),
        string("code", "Code"),
        string("description", "Description", 1000),
        integer("head_count", "Head count", default="0"),
    ),
)

BUSINESS_UNIT = Table(
    "business_unit",
    "Business Unit",
    (
        string("name", "Name", 100, display=True),
        reference("bu_head", "Business unit head", "sys_user"),
        reference("company", "Company", "core_company"),
        reference("parent", "Parent", "business_unit"),
        string("description", "Description", 1000),
    ),
)

COST_CENTER = Table(
    "cmn_cost_center",
    "Cost Center",
    (
        string("name", "Name", 100, display=True),
        string("account_number", "Account number"),
        reference("manager", "Manager", "sys_user"),
        reference("location", "Location", "cmn_location"),
        reference("parent", "Parent", "cmn_cost_center"),
        column("valid_from", "Valid from", "glide_date_time"),
        column("valid_to", "Valid to", "glide_date_time"),
    ),
)

LOCATION = Table(
    "cmn_location",
    "Location",
    (
        string("name", "Name", 100, display=True),
        string("full_name", "Full name", 255),
        string("street", "Street", 255),
        string("city", "City", 50),
        string("state", "State / Province"),
        string("zip", "Zip / Postal code"),
        string("country", "Country"),
        floating("latitude", "Latitude"),
        floating("longitude", "Longitude"),
        reference("parent", "Parent", "cmn_location"),
        reference("company", "Company", "core_company"),
        reference("contact", "Contact", "sys_user"),
        column("phone", "Phone", "ph_number", max_length=40),
        column("fax_phone", "Fax phone", "ph_number", max_length=40),
        reference("phone_territory", "Phone territory", "sys_phone_territory"),
        string("time_zone", "Time zone", choices=TIME_ZONES),
        boolean("stock_room", "Stock room"),
        string("lat_long_error", "Lat long error", 1000),
        date_time("coordinates_retrieved_on", "Coordinates last retrieved on"),
    ),
)

PHONE_TERRITORY = Table(
    "sys_phone_territory",
    "Phone Territory",
    (string("name", "Name", 80, display=True), string("country_code", "Country code", 10)),
)

BUILDING = Table(
    "cmn_building",
    "Building",
    (
        string("name", "Name", 100, display=True),
        reference("location", "Location", "cmn_location"),
        reference("contact", "Contact", "sys_user"),
        integer("floors", "Floors"),
        html("notes", "Notes"),
    ),
)

SCHEDULE = Table(
    "cmn_schedule",
    "Schedule",
    (
        string("name", "Name", 80, display=True),
        string("description", "Description", 1000),
        string("time_zone", "Time zone", choices=TIME_ZONES),
        string("type", "Type"),
        reference("parent", "Parent", "cmn_schedule"),
        boolean("read_only", "Read only"),
    ),
)

SCHEDULE_SPAN = Table(
    "cmn_schedule_span",
    "Schedule Entry",
    (
        string("name", "Name", 80, display=True),
        reference("schedule", "Schedule", "cmn_schedule", cascade="delete"),
        string("type", "Type", choices=options({"exclude": "Excluded", "maintenance": "Maintenance"})),
        column("start_date_time", "When", "schedule_date_time", max_length=40),
        column("end_date_time", "To", "schedule_date_time", max_length=40),
        boolean("all_day", "All day"),
        column("repeat_type", "Repeats", "repeat_type", max_length=40),
        column("days_of_week", "Days of week", "days_of_week", max_length=40),
    ),
)

NOTIFICATION_DEVICE = Table(
    "cmn_notif_device",
    "Notification Device",
    (
        string("name", "Name", 100, display=True),
        string("type", "Type", choices=options({"Email": "Email", "SMS": "SMS", "Voice": "Voice"}), default="Email"),
        reference("user", "User", "sys_user", cascade="delete"),
        column("email_address", "Email address", "email", max_length=100),
        string("phone_number", "Phone number"),
        boolean("primary_email", "Primary email"),
        boolean("active", "Active", default="true"),
        integer("order", "Order", default="100"),
    ),
)

ON_CALL = Table(
    "cmn_rota",
    "Group On-Call Rotation",
    (
        string("name", "Name", 100, display=True),
        reference("group", "Group", "sys_user_group", cascade="delete"),
        reference("schedule", "Schedule", "cmn_schedule"),
        boolean("active", "Active", default="true"),
    ),
)

ROSTER = Table(
    "cmn_rota_roster",
    "Roster",
    (
        string("name", "Name", 100, display=True),
        reference("rota", "Rota", "cmn_rota", cascade="delete"),
        integer("order", "Order"),
        boolean("active", "Active", default="true"),
    ),
)

ROSTER_MEMBER = Table(
    "cmn_rota_member",
    "Rota Member",
    (
        reference("member", "Member", "sys_user", cascade="delete", display=True),
        reference("roster", "Roster", "cmn_rota_roster", cascade="delete"),
        integer("order", "Order"),
    ),
)

TABLES = (
    COMPANY,
    THEME,
    DEPARTMENT,
    BUSINESS_UNIT,
    COST_CENTER,
    LOCATION,
    PHONE_TERRITORY,
    BUILDING,
    SCHEDULE,
    SCHEDULE_SPAN,
    NOTIFICATION_DEVICE,
    ON_CALL,
    ROSTER,
    ROSTER_MEMBER,
)

"""People: users, groups, roles and what ties them together."""

from __future__ import annotations

from pysnow.sandbox.dictionary.definitions.columns import (
    boolean,
    column,
    date_time,
    glide_list,
    integer,
    options,
    reference,
    same,
    string,
)
from pysnow.sandbox.dictionary.model import Table

# A short list; the platform offers every zone of its Java runtime.
TIME_ZONES = same(
    "US/Pacific",
    "US/Mountain",
    "US/Central",
    "US/Eastern",
    "Europe/London",
    "Europe/Berlin",
    "Europe/Amsterdam",
    "Asia/Calcutta",
    "Asia/Tokyo",
    "Australia/Sydney",
    "GMT",
)
# Java patterns, as users pick them in their profile.
DATE_FORMATS = same("yyyy-MM-dd", "MM-dd-yyyy", "dd-MM-yyyy", "dd/MM/yyyy", "dd.MM.yyyy", "MM/dd/yyyy")
TIME_FORMATS = same("HH:mm:ss", "HH.mm.ss", "hh:mm:ss a", "hh.mm.ss a")

USER = Table(
    "sys_user",
    "User",
    (
        string("user_name", "User ID", 40, unique=True),
        string("first_name", "First name", 50),
        string("middle_name", "Middle name", 50),
        string("last_name", "Last name", 50),
        string("name", "Name", 151, display=True),
        column("email", "Email", "email", max_length=100),
        column("phone", "Business phone", "ph_number", max_length=40),
        column("mobile_phone", "Mobile phone", "ph_number", max_length=40),
        column("home_phone", "Home phone", "ph_number", max_length=40),
        string("title", "Title", 60),
        reference("department", "Department", "cmn_department"),
        reference("company", "Company", "core_company"),
        reference("location", "Location", "cmn_location"),
        reference("cost_center", "Cost center", "cmn_cost_center"),
        reference("manager", "Manager", "sys_user"),
        reference("building", "Building", "cmn_building"),
        boolean("active", "Active", default="true"),
        boolean("locked_out", "Locked out"),
        boolean("vip", "VIP"),
        string("time_zone", "Time zone", choices=TIME_ZONES),
        string("date_format", "Date format", choices=DATE_FORMATS),
        string("time_format", "Time format", choices=TIME_FORMATS),
        string(
            "preferred_language",
            "Language",
            3,
            choices=options({"en": "English", "de": "German", "fr": "French", "ja": "Japanese", "nl": "Dutch"}),
        ),
        column("user_password", "Password", "password", max_length=255),
        boolean("password_needs_reset", "Password needs reset"),
        boolean("web_service_access_only", "Web service access only"),
        boolean("internal_integration_user", "Internal Integration User"),
        boolean("enable_multifactor_authn", "Enable Multifactor Authentication"),
        integer("failed_attempts", "Failed login attempts"),
        date_time("last_login_time", "Last login time"),
        column("last_login", "Last login", "glide_date"),
        column("roles", "Roles", "user_roles", max_length=255),
        string("source", "Source", 255),
        string("employee_number", "Employee number"),
        string("gender", "Gender", choices=options({"F": "Female", "M": "Male", "X": "Not specified"})),
        string("introduction", "Prefix"),
        string("country", "Country code", 3),
        string("city", "City"),
        string("state", "State / Province"),
        string("street", "Street", 255),
        string("zip", "Zip / Postal code"),
        column("photo", "Photo", "user_image", max_length=40),
        integer("notification", "Notification", choices=options({"1": "Disable", "2": "Enable"}), default="2"),
        reference("schedule", "Schedule", "cmn_schedule"),
        reference("default_perspective", "Default perspective", "sys_perspective"),
    ),
    domain=True,
)

GROUP = Table(
    "sys_user_group",
    "Group",
    (
        string("name", "Name", 80, display=True),
        string("description", "Description", 1000),
        reference("manager", "Manager", "sys_user"),
        column("email", "Group email", "email", max_length=100),
        reference("parent", "Parent", "sys_user_group"),
        boolean("active", "Active", default="true"),
        glide_list("type", "Type", "sys_user_group_type"),
        boolean("include_members", "Include members"),
        boolean("exclude_manager", "Exclude manager"),
        column("roles", "Roles", "user_roles", max_length=255),
        string("source", "Source", 255),
        reference("default_assignee", "Default assignee", "sys_user"),
        reference("cost_center", "Cost center", "cmn_cost_center"),
    ),
    domain=True,
)

GROUP_TYPE = Table(
    "sys_user_group_type",
    "Group Type",
    (string("name", "Name", 100, display=True), string("description", "Description", 1000)),
)

GROUP_MEMBER = Table(
    "sys_user_grmember",
    "Group Member",
    (
        reference("user", "User", "sys_user", cascade="delete", display=True, mandatory=True),
        reference("group", "Group", "sys_user_group", cascade="delete", mandatory=True),
    ),
)

ROLE = Table(
    "sys_user_role",
    "Role",
    (
        string("name", "Name", 100, display=True),
        string("suffix", "Suffix", 100),
        string("description", "Description", 1000),
        boolean("elevated_privilege", "Elevated privilege"),
        glide_list("assignable_by", "Assignable by", "sys_user_role"),
        string("requires_subscription", "Requires Subscription", choices=same("unspecified", "yes", "no")),
        column("includes_roles", "Includes roles", "user_roles", max_length=4000),
        boolean("grantable", "Grantable", default="true"),
        boolean("can_delegate", "Can delegate", default="true"),
        reference("encryption_context", "Encryption context", "sys_encryption_context"),
    ),
    extends="sys_metadata",
)

ROLE_CONTAINS = Table(
    "sys_user_role_contains",
    "Contained Role",
    (
        reference("role", "Role", "sys_user_role", cascade="delete"),
        reference("contains", "Contains", "sys_user_role", cascade="delete", display=True),
    ),
    extends="sys_metadata",
)

USER_ROLE = Table(
    "sys_user_has_role",
    "User Role",
    (
        reference("user", "User", "sys_user", cascade="delete", display=True),
        reference("role", "Role", "sys_user_role", cascade="delete"),
        boolean("inherited", "Inherited"),
        string("state", "State", choices=options({"active": "Active", "pending": "Pending"}), default="active"),
        reference("granted_by", "Granted by", "sys_user_group", cascade="delete"),
        reference("included_in_role", "Included in role", "sys_user_role"),
        integer("inh_count", "Inheritance Count"),
    ),
)

GROUP_ROLE = Table(
    "sys_group_has_role",
    "Group Role",
    (
        reference("group", "Group", "sys_user_group", cascade="delete", display=True),
        reference("role", "Role", "sys_user_role", cascade="delete"),
        boolean("inherits", "Inherits", default="true"),
        reference("granted_by", "Granted by", "sys_user_group"),
    ),
)

PREFERENCE = Table(
    "sys_user_preference",
    "User Preference",
    (
        string("name", "Name", 100, display=True),
        reference("user", "User", "sys_user", cascade="delete"),
        string("value", "Value", 4000),
        string("type", "Type", choices=same("string", "integer", "boolean", "reference"), default="string"),
        string("description", "Description", 1000),
        boolean("system", "System"),
    ),
)

DELEGATE = Table(
    "sys_user_delegate",
    "Delegate",
    (
        reference("user", "User", "sys_user", cascade="delete", default="javascript:gs.getUserID()"),
        reference("delegate", "Delegate", "sys_user", cascade="delete", display=True),
        date_time("starts", "Starts", default="javascript:gs.nowDateTime()"),
        date_time("ends", "Ends", default="2100-01-01 00:00:00"),
        boolean("approvals", "Approvals", default="true"),
        boolean("assignments", "Assignments", default="true"),
        boolean("notifications", "CC notifications", default="true"),
        boolean("invitations", "Meeting invitations", default="true"),
    ),
)

PERSPECTIVE = Table(
    "sys_perspective",
    "Menu List",
    (
        string("title", "Title", 80, display=True),
        integer("order", "Order"),
        boolean("active", "Active", default="true"),
    ),
)

SKILL = Table(
    "cmn_skill",
    "Skill",
    (
        string("name", "Name", 100, display=True),
        string("description", "Description", 1000),
        boolean("active", "Active", default="true"),
    ),
)

TABLES = (
    USER,
    GROUP,
    GROUP_TYPE,
    GROUP_MEMBER,
    ROLE,
    ROLE_CONTAINS,
    USER_ROLE,
    GROUP_ROLE,
    PREFERENCE,
    DELEGATE,
    PERSPECTIVE,
    SKILL,
)

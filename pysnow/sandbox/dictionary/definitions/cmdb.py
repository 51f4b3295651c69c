"""Configuration items: a few branches of the CMDB's class tree, relations and models.

On a stock instance ``cmdb_ci`` has some 700 descendants; these are the classes that examples speak of.
"""

from __future__ import annotations

from pysnow.sandbox.dictionary.definitions.columns import (
    boolean,
    column,
    currency,
    date,
    date_time,
    decimal,
    integer,
    options,
    reference,
    same,
    string,
)
from pysnow.sandbox.dictionary.model import Table

USER = "sys_user"
GROUP = "sys_user_group"
COMPANY = "core_company"

OPERATIONAL_STATUSES = options(
    {
        "1": "Operational",
        "2": "Non-Operational",
        "3": "Repair in Progress",
        "4": "DR Standby",
        "5": "Ready",
        "6": "Retired",
    }
)
INSTALL_STATUSES = options(
    {
        "1": "Installed",
        "2": "On Order",
        "3": "In Maintenance",
        "4": "Pending Install",
        "5": "Pending Repair",
        "6": "In Stock",
        "7": "Retired",
        "8": "Stolen",
        "100": "Absent",
    }
)
# The CMDB Instance API refuses a ``source`` that is not in this list.
DISCOVERY_SOURCES = same(
    "ServiceNow", "Manual Entry", "ImportSet", "Other Automated", "SG-SCCM", "Altiris", "EventManagement"
)
USED_FOR = same("Production", "Staging", "QA", "Test", "Development", "Demonstration", "Training", "Disaster recovery")

CMDB = Table(
    "cmdb",
    "Base Configuration Item",
    (
        string("name", "Name", 255, display=True),
        string("asset_tag", "Asset tag"),
        string("serial_number", "Serial number", 255),
        reference("assigned_to", "Assigned to", USER),
        reference("company", "Company", COMPANY),
        currency("cost", "Cost"),
        reference("department", "Department", "cmn_department"),
        date("install_date", "Installed"),
        integer("install_status", "Status", choices=INSTALL_STATUSES, default="1"),
        reference("location", "Location", "cmn_location"),
        reference("managed_by", "Managed by", USER),
        reference("owned_by", "Owned by", USER),
        reference("manufacturer", "Manufacturer", COMPANY),
        reference("model_id", "Model ID", "cmdb_model"),
        reference("vendor", "Vendor", COMPANY),
        date("purchase_date", "Purchased"),
        boolean("unverified", "Requires verification"),
        boolean("skip_sync", "Skip sync"),
        reference("asset", "Asset", "alm_asset"),
    ),
    domain=True,
)

CI = Table(
    "cmdb_ci",
    "Configuration Item",
    (
        string("category", "Category"),
        string("subcategory", "Subcategory"),
        integer("operational_status", "Operational status", choices=OPERATIONAL_STATUSES, default="1"),
        string("ip_address", "IP Address", 255),
        string("mac_address", "MAC Address", 18),
        string("fqdn", "Fully qualified domain name", 255),
        string("dns_domain", "DNS Domain", 255),
        string("environment", "Environment", choices=USED_FOR),
        reference("support_group", "Support group", GROUP),
        reference("assignment_group", "Change Group", GROUP),
        reference("change_control", "Approval group", GROUP),
        reference("supported_by", "Supported by", USER),
        string("short_description", "Description", 1000),
        string("comments", "Comments", 4000),
        string("discovery_source", "Discovery source", choices=DISCOVERY_SOURCES),
        date_time("first_discovered", "First discovered"),
        date_time("last_discovered", "Most recent discovery"),
        string("correlation_id", "Correlation ID", 512),
        string("attributes", "Attributes", 65000),
        boolean("monitor", "Monitor"),
        integer("fault_count", "Fault count", default="0"),
        date_time("start_date", "Start date"),
        integer("life_cycle_order", "Life cycle order"),
    ),
    extends="cmdb",
)

HARDWARE = Table("cmdb_ci_hardware", "Hardware", (), extends="cmdb_ci")

COMPUTER = Table(
    "cmdb_ci_computer",
    "Computer",
    (
        string("os", "Operating System"),
        string("os_version", "OS Version", 255),
        string("os_domain", "OS Domain"),
        integer("os_address_width", "OS Address Width (bits)"),
        integer("ram", "RAM (MB)"),
        decimal("disk_space", "Disk space (GB)"),
        integer("cpu_count", "CPU count"),
        decimal("cpu_speed", "CPU speed (MHz)"),
        string("cpu_type", "CPU type"),
        string("cpu_name", "CPU name", 255),
        reference("cpu_manufacturer", "CPU manufacturer", COMPANY),
        integer("cpu_core_count", "CPU core count"),
        string("chassis_type", "Chassis type"),
        string("form_factor", "Form factor"),
        boolean("virtual", "Is Virtual"),
    ),
    extends="cmdb_ci_hardware",
)

SERVER = Table(
    "cmdb_ci_server",
    "Server",
    (
        string("classification", "Classification", choices=USED_FOR, default="Production"),
        string("used_for", "Used for", choices=USED_FOR, default="Production"),
        string("firewall_status", "Firewall status", choices=same("Intranet", "DMZ"), default="Intranet"),
        string("host_name", "Host name", 255),
        reference("dr_backup", "DR Backup", "cmdb_ci"),
    ),
    extends="cmdb_ci_computer",
)

NETGEAR = Table(
    "cmdb_ci_netgear",
    "Network Gear",
    (integer("ports", "Ports"), string("device_type", "Device type"), string("firmware_version", "Firmware version")),
    extends="cmdb_ci_hardware",
)

PRINTER = Table(
    "cmdb_ci_printer",
    "Printer",
    (
        string("print_type", "Print type", choices=same("Laser", "Inkjet", "Thermal")),
        boolean("colors", "Color"),
    ),
    extends="cmdb_ci_hardware",
)

SERVICE = Table(
    "cmdb_ci_service",
    "Service",
    (
        # The vendor's spelling of the element.
        string(
            "busines_criticality",
            "Business criticality",
            choices=same("1 - most critical", "2 - somewhat critical", "3 - less critical", "4 - not critical"),
        ),
        string(
            "service_classification",
            "Service classification",
            choices=same("Business Service", "Technical Service", "Application Service", "Service Offering"),
        ),
        string("version", "Version", 255),
        string("used_for", "Used for", choices=USED_FOR, default="Production"),
        string(
            "service_status",
            "Service status",
            choices=options({"operational": "Operational", "pipeline": "Pipeline", "retired": "Retired"}),
        ),
        string(
            "portfolio_status",
            "Portfolio status",
            choices=options({"pipeline": "Pipeline", "catalog": "Catalog", "retired": "Retired"}),
        ),
        string("number", "Number"),
        date("end_date", "End date"),
    ),
    extends="cmdb_ci",
    prefix="SNSVC",
)

SERVICE_OFFERING = Table(
    "service_offering",
    "Service Offering",
    (
        reference("parent", "Parent", "cmdb_ci_service"),
        string("contract", "Contract", 255),
        currency("price_unit", "Price"),
        boolean("default", "Default"),
    ),
    extends="cmdb_ci_service",
    prefix="SNSVC",
)

APPLICATION = Table(
    "cmdb_ci_appl",
    "Application",
    (
        string("version", "Version", 255),
        string("running_process_command", "Running process command", 1000),
        integer("tcp_port", "TCP port(s)"),
        string("install_directory", "Installation directory", 512),
    ),
    extends="cmdb_ci",
)

DATABASE = Table(
    "cmdb_ci_database",
    "Database",
    (
        string("version", "Version", 255),
        string("type", "Type", choices=same("MySQL", "Oracle", "PostgreSQL", "SQL Server", "DB2")),
    ),
    extends="cmdb_ci",
)

RELATION_TYPE = Table(
    "cmdb_rel_type",
    "CI Relationship Type",
    (
        string("name", "Name", 255, display=True),
        string("parent_descriptor", "Parent descriptor", 100),
        string("child_descriptor", "Child descriptor", 100),
    ),
)

RELATION = Table(
    "cmdb_rel_ci",
    "CI Relationship",
    (
        reference("parent", "Parent", "cmdb_ci", cascade="delete", mandatory=True),
        reference("type", "Type", "cmdb_rel_type", mandatory=True),
        reference("child", "Child", "cmdb_ci", cascade="delete", mandatory=True, display=True),
        integer("connection_strength", "Connection strength"),
        integer("percent_outage", "Percent outage"),
    ),
)

MODEL = Table(
    "cmdb_model",
    "Product Model",
    (
        string("display_name", "Display name", 255, display=True),
        string("name", "Name", 255),
        reference("manufacturer", "Manufacturer", COMPANY),
        string("model_number", "Model number", 100),
        string("short_description", "Short description", 1000),
        string("status", "Status", choices=same("In Production", "Retired", "Sold"), default="In Production"),
        currency("cost", "Cost"),
        column("picture", "Picture", "user_image", max_length=40),
    ),
)

TABLES = (
    CMDB,
    CI,
    HARDWARE,
    COMPUTER,
    SERVER,
    Table("cmdb_ci_linux_server", "Linux Server", (), extends="cmdb_ci_server"),
    Table("cmdb_ci_win_server", "Windows Server", (), extends="cmdb_ci_server"),
    Table("cmdb_ci_unix_server", "UNIX Server", (), extends="cmdb_ci_server"),
    NETGEAR,
    Table("cmdb_ci_ip_router", "IP Router", (), extends="cmdb_ci_netgear"),
    Table("cmdb_ci_ip_switch", "IP Switch", (), extends="cmdb_ci_netgear"),
    PRINTER,
    SERVICE,
    Table("cmdb_ci_service_auto", "Application Service", (), extends="cmdb_ci_service"),
    SERVICE_OFFERING,
    APPLICATION,
    Table("cmdb_ci_app_server", "Application Server", (), extends="cmdb_ci_appl"),
    Table("cmdb_ci_web_server", "Web Server", (), extends="cmdb_ci_appl"),
    DATABASE,
    RELATION_TYPE,
    RELATION,
    MODEL,
)

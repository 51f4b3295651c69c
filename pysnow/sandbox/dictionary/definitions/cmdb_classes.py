"""More classes of the CMDB that clients ask for, each below its stock parent, and what lies around the CMDB."""

from __future__ import annotations

from pysnow.sandbox.dictionary.definitions.cmdb import COMPANY, USER
from pysnow.sandbox.dictionary.definitions.columns import (
    column,
    date_time,
    duration,
    glide_list,
    integer,
    options,
    reference,
    string,
    table_name,
)
from pysnow.sandbox.dictionary.model import Column, Table


def _class(name: str, label: str, parent: str, *columns: Column) -> Table:
    return Table(name, label, columns, extends=parent)


HARDWARE = (
    _class("cmdb_ci_peripheral", "Computer Peripheral", "cmdb_ci_hardware"),
    _class("cmdb_ci_comm", "Communication Device", "cmdb_ci_hardware"),
    _class("cmdb_ci_rack", "Rack", "cmdb_ci_hardware", integer("rack_units", "Rack units")),
    _class("cmdb_ci_ip_firewall", "IP Firewall", "cmdb_ci_netgear"),
    _class("cmdb_ci_wap_network", "Wireless Access Point", "cmdb_ci_netgear"),
    _class("cmdb_ci_aix_server", "AIX Server", "cmdb_ci_unix_server"),
    _class("cmdb_ci_hpux_server", "HPUX Server", "cmdb_ci_unix_server"),
    _class("cmdb_ci_solaris_server", "Solaris Server", "cmdb_ci_unix_server"),
    _class("cmdb_ci_osx_server", "OS/X Server", "cmdb_ci_server"),
    _class("cmdb_ci_storage_server", "Storage Server", "cmdb_ci_server"),
    _class("cmdb_ci_virtualization_server", "Virtualization Server", "cmdb_ci_server"),
    _class("cmdb_ci_esx_server", "ESX Server", "cmdb_ci_virtualization_server"),
    _class("cmdb_ci_lb", "Load Balancer", "cmdb_ci_server"),
    _class("cmdb_ci_lb_bigip", "F5 BIG-IP", "cmdb_ci_lb"),
)

VIRTUAL = (
    _class("cmdb_ci_vm_object", "Virtual Machine Object", "cmdb_ci", string("object_id", "Object ID", 255)),
    _class(
        "cmdb_ci_vm_instance",
        "Virtual Machine Instance",
        "cmdb_ci_vm_object",
        integer("cpus", "CPUs"),
        integer("memory", "Memory (MB)"),
        integer("disks", "Disks"),
        integer("nics", "Network adapters"),
        string("state", "State"),
        string("vm_inst_id", "VM Instance ID", 255),
        string("guest_os_fullname", "Guest OS Fullname", 255),
    ),
    _class("cmdb_ci_vmware_instance", "VMware Virtual Machine Instance", "cmdb_ci_vm_instance"),
    _class("cmdb_ci_ec2_instance", "EC2 Virtual Machine Instance", "cmdb_ci_vm_instance"),
    _class("cmdb_ci_cluster", "Cluster", "cmdb_ci", string("cluster_id", "Cluster ID", 255)),
    _class(
        "cmdb_ci_cluster_node",
        "Cluster Node",
        "cmdb_ci",
        reference("cluster", "Cluster", "cmdb_ci_cluster"),
        reference("server", "Server", "cmdb_ci_server"),
    ),
)

SOFTWARE = (
    _class("cmdb_ci_spkg", "Software", "cmdb_ci", string("version", "Version", 255), string("key", "Key", 255)),
    _class("cmdb_ci_db_instance", "Database Instance", "cmdb_ci_appl"),
    _class("cmdb_ci_db_mssql_instance", "MSFT SQL Instance", "cmdb_ci_db_instance"),
    _class("cmdb_ci_db_mysql_instance", "MySQL Instance", "cmdb_ci_db_instance"),
    _class("cmdb_ci_db_ora_instance", "Oracle Instance", "cmdb_ci_db_instance"),
    _class("cmdb_ci_app_server_java", "Java Application Server", "cmdb_ci_app_server"),
    _class("cmdb_ci_app_server_tomcat", "Tomcat", "cmdb_ci_app_server_java"),
    _class("cmdb_ci_apache_web_server", "Apache Web Server", "cmdb_ci_web_server"),
    _class("cmdb_ci_microsoft_iis_web_server", "Microsoft IIS Web Server", "cmdb_ci_web_server"),
    _class(
        "cmdb_ci_business_app",
        "Business Application",
        "cmdb_ci",
        string("application_type", "Application type"),
        reference("it_application_owner", "IT Application Owner", USER),
        string("business_criticality", "Business criticality"),
        integer("user_base", "User base"),
        string("number", "Number"),
        string("url", "URL", 1024),
    ),
    _class("cmdb_ci_service_business", "Business Service", "cmdb_ci_service"),
    _class("cmdb_ci_service_technical", "Technical Service", "cmdb_ci_service"),
    _class("cmdb_ci_service_discovered", "Mapped Application Service", "cmdb_ci_service_auto"),
)

NETWORK = (
    _class("cmdb_ci_datacenter", "Data Center", "cmdb_ci"),
    _class(
        "cmdb_ci_network_adapter",
        "Network Adapter",
        "cmdb_ci",
        string("netmask", "Netmask", 255),
        reference("cmdb_ci", "Configuration Item", "cmdb_ci"),
    ),
    _class(
        "cmdb_ci_ip_address",
        "IP Address",
        "cmdb_ci",
        string("netmask", "Netmask", 255),
        reference("nic", "Nic", "cmdb_ci_network_adapter"),
    ),
    _class("cmdb_ci_ip_network", "IP Network", "cmdb_ci", string("subnet", "Subnet", 255)),
    _class("cmdb_ci_endpoint", "Endpoint", "cmdb_ci"),
    _class("cmdb_ci_certificate", "Unique Certificate", "cmdb_ci", date_time("valid_to", "Valid to")),
    _class("cmdb_ci_group", "CI Group", "cmdb_ci"),
    _class("cmdb_ci_environment", "Environment", "cmdb_ci"),
)

MODELS = (
    _class("cmdb_hardware_product_model", "Hardware Model", "cmdb_model", integer("rack_units", "Rack units")),
    _class("cmdb_software_product_model", "Software Model", "cmdb_model", string("version", "Version", 255)),
    _class("cmdb_application_product_model", "Application Model", "cmdb_model"),
    _class("cmdb_consumable_product_model", "Consumable Model", "cmdb_model"),
    Table(
        "cmdb_model_category",
        "Model Category",
        (
            string("name", "Name", 100, display=True),
            table_name("cmdb_ci_class", "CI class"),
            table_name("asset_class", "Asset class"),
        ),
    ),
)

SOFTWARE_INSTALLATION = Table(
    "cmdb_sam_sw_install",
    "Software Installation",
    (
        string("display_name", "Display name", 255, display=True),
        string("publisher", "Publisher", 255),
        string("version", "Version", 255),
        reference("installed_on", "Installed on", "cmdb_ci"),
        date_time("install_date", "Install date"),
        string("install_location", "Install location", 1000),
        string("discovery_source", "Discovery source"),
        date_time("last_scanned", "Last scanned"),
    ),
    domain=True,
)

OUTAGE = Table(
    "cmdb_ci_outage",
    "Outage",
    (
        reference("cmdb_ci", "Configuration item", "cmdb_ci"),
        string("short_description", "Short description", 160, display=True),
        string(
            "type",
            "Type",
            choices=options({"outage": "Outage", "degradation": "Degradation", "planned": "Planned Outage"}),
            default="outage",
        ),
        date_time("begin", "Begin"),
        date_time("end", "End"),
        duration("duration", "Duration"),
        reference("task_number", "Task number", "task"),
        string("details", "Details", 4000),
    ),
)

ASSETS = (
    _class("alm_license", "Software License", "alm_asset", integer("rights", "Rights")),
    _class("alm_consumable", "Consumable", "alm_asset"),
    _class("alm_facility", "Facility", "alm_asset"),
    Table(
        "alm_stockroom",
        "Stockroom",
        (
            string("name", "Name", 100, display=True),
            reference("manager", "Manager", USER),
            reference("location", "Location", "cmn_location"),
            reference("assignment_group", "Assignment group", "sys_user_group"),
            glide_list("companies", "Companies", COMPANY),
        ),
    ),
    _class("ast_lease", "Lease", "ast_contract"),
    _class("ast_service", "Service Contract", "ast_contract"),
    _class("ast_warranty", "Warranty", "ast_contract"),
)

AFFECTED_SERVICE = Table(
    "task_cmdb_ci_service",
    "Impacted Service",
    (
        reference("task", "Task", "task", cascade="delete", display=True),
        reference("cmdb_ci_service", "Service", "cmdb_ci_service", cascade="delete"),
        column("manually_added", "Manually added", "boolean", default="true"),
    ),
)

TABLES = (
    *HARDWARE,
    *VIRTUAL,
    *SOFTWARE,
    *NETWORK,
    *MODELS,
    SOFTWARE_INSTALLATION,
    OUTAGE,
    *ASSETS,
    AFFECTED_SERVICE,
)

"""Tables that clients commonly read are there, below their stock parents, even where they hold no rows."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import requests

from pysnow.sandbox import Sandbox
from pysnow.sandbox.dictionary import Dictionary

Call = Callable[..., requests.Response]

TABLES = [
    "sys_ui_action",
    "sys_ui_policy",
    "sys_ui_policy_action",
    "sys_script_client",
    "sys_script",
    "sys_script_include",
    "sys_data_policy2",
    "sys_rest_message",
    "sys_rest_message_fn",
    "sys_plugins",
    "v_plugin",
    "sys_app",
    "sys_scope",
    "sys_store_app",
    "sys_package",
    "label",
    "label_entry",
    "sys_user_preference",
    "sys_user_delegate",
    "sys_email",
    "sysevent",
    "syslog",
    "sys_trigger",
    "sysauto",
    "sysauto_script",
    "sys_update_set",
    "sys_update_xml",
    "sys_remote_update_set",
    "sys_import_set",
    "sys_import_set_row",
    "sys_import_set_run",
    "ecc_queue",
    "ecc_agent",
    "sc_request",
    "sc_req_item",
    "sc_task",
    "sc_cat_item",
    "sc_catalog",
    "sc_category",
    "cmn_location",
    "cmn_department",
    "cmn_cost_center",
    "cmn_schedule",
    "cmn_rota",
    "core_company",
    "alm_asset",
    "alm_hardware",
    "alm_license",
    "alm_stockroom",
    "ast_contract",
    "ast_lease",
    "kb_knowledge",
    "kb_knowledge_base",
    "kb_category",
    "kb_use",
    "m2m_kb_task",
    "change_task",
    "problem_task",
    "incident_task",
    "cmdb_ci_spkg",
    "cmdb_ci_vm_instance",
    "cmdb_ci_db_instance",
    "cmdb_ci_business_app",
    "cmdb_ci_esx_server",
    "cmdb_ci_lb",
    "cmdb_ci_ip_firewall",
    "cmdb_ci_cluster",
    "cmdb_model_category",
    "cmdb_hardware_product_model",
    "cmdb_sam_sw_install",
    "cmdb_ci_outage",
    "task_cmdb_ci_service",
    "sys_ui_view",
    "sys_report",
    "sys_template",
    "sys_translated",
    "sys_ui_message",
    "sys_db_view",
    "metric_instance",
    "sys_object_source",
    "sys_cluster_state",
    "sys_upgrade_history",
    "sys_encryption_context",
    "sysevent_email_action",
    "sys_ws_definition",
    "sys_hub_flow",
]

LINES = {
    "sys_app": "sys_app sys_scope sys_package",
    "sys_plugins": "sys_plugins sys_package",
    "sysauto_script": "sysauto_script sysauto sys_metadata",
    "sys_ui_action": "sys_ui_action sys_metadata",
    "cmdb_ci_esx_server": "cmdb_ci_esx_server cmdb_ci_virtualization_server cmdb_ci_server cmdb_ci_computer"
    " cmdb_ci_hardware cmdb_ci cmdb",
    "cmdb_ci_vmware_instance": "cmdb_ci_vmware_instance cmdb_ci_vm_instance cmdb_ci_vm_object cmdb_ci cmdb",
    "cmdb_ci_app_server_tomcat": "cmdb_ci_app_server_tomcat cmdb_ci_app_server_java cmdb_ci_app_server cmdb_ci_appl"
    " cmdb_ci cmdb",
    "cmdb_ci_service_discovered": "cmdb_ci_service_discovered cmdb_ci_service_auto cmdb_ci_service cmdb_ci cmdb",
    "alm_license": "alm_license alm_asset",
    "ast_lease": "ast_lease ast_contract",
    "cmdb_hardware_product_model": "cmdb_hardware_product_model cmdb_model",
}


def test_tables__are_there(call: Call) -> None:
    missing = [name for name in TABLES if call("GET", f"/api/now/table/{name}?sysparm_limit=1").status_code != 200]
    assert missing == []


def test_tables__are_described(call: Call) -> None:
    params = {"sysparm_query": f"nameIN{','.join(TABLES)}", "sysparm_fields": "name"}
    rows = call("GET", "/api/now/table/sys_db_object", params=params).json()["result"]
    assert {row["name"] for row in rows} == set(TABLES)


@pytest.mark.parametrize(("name", "line"), LINES.items())
def test_parents__are_the_stock_ones(name: str, line: str) -> None:
    assert Dictionary().ancestors(name) == line.split()


def test_records__of_a_class_are_configuration_items(sandbox: Sandbox, call: Call) -> None:
    made = sandbox.add("cmdb_ci_esx_server", {"name": "esx-1", "ram": "1024"})
    answer = call("GET", f"/api/now/table/cmdb_ci/{made['sys_id']}").json()["result"]
    assert (answer["name"], answer["sys_class_name"]) == ("esx-1", "cmdb_ci_esx_server")


def test_plugins__are_read_only(call: Call) -> None:
    assert call("POST", "/api/now/table/v_plugin", json={"name": "x"}).status_code == 403

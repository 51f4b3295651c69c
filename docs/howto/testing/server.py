# ruff: noqa: D100, D103
import subprocess
import sys

PROGRAM = """
import requests, sys
answer = requests.get(sys.argv[1], auth=("svc.helpdesk", "s3cret"), timeout=30)
print(answer.headers["X-Total-Count"])
"""


def test_another_process(servicenow_server):
    address = f"{servicenow_server.url}/api/now/table/incident?number=INC0000060"
    output = subprocess.run([sys.executable, "-c", PROGRAM, address], capture_output=True, text=True, check=True)
    assert output.stdout == "1\n"

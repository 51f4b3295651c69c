"""The program under test. It knows nothing of tests: its client is made when it is imported."""

import pysnow

client = pysnow.Client(instance="dev12345", user="svc.helpdesk", password="s3cret")
incidents = client.table("incident")


def open_ticket(text):
    """Open an incident, and return its number; None when the instance could not take it."""
    try:
        return incidents.create({"short_description": text, "urgency": "1"})["number"]
    except (pysnow.InstanceUnavailable, pysnow.ResponseError):
        return None


def count_open():
    """Count the incidents that are still being worked on; None when the instance is not to be had."""
    try:
        return len(incidents.get({"active": "true"}, fields=["sys_id"]).all())
    except pysnow.InstanceUnavailable:
        return None

"""What a program that writes sees of our types."""

from pathlib import Path
from typing import Any, assert_type

import requests

import pysnow
from pysnow.exceptions import HTTPStatusError

client = pysnow.OAuthClient(client_id="id", client_secret="secret", instance="dev1", token_updater=print)
assert_type(client.generate_token("admin", "secret"), dict[str, Any])
client.set_token({"access_token": "..."})

incidents = client.table("incident")
created = incidents.create({"short_description": "x"})
as_record: dict[str, Any] = created
as_response: pysnow.Response = created
assert_type(created.status_code, int)
assert_type(created["number"], Any)

updated = incidents.update({"number": "INC1"}, {"state": "2"})
also_a_record: dict[str, Any] = updated
assert_type(incidents.delete("number=INC1"), dict[str, Any])

assert_type(incidents.attachments, pysnow.Attachment)
incidents.attachments.upload("0" * 32, Path("a.txt"))
incidents.attachments.upload("0" * 32, data=b"x", name="a.txt")
assert_type(incidents.attachments.download("0" * 32, "a.txt"), Path)
assert_type(incidents.attachments.content("0" * 32), bytes)

try:
    incidents.request("PATCH", "0" * 32, json={"state": "2"})
except HTTPStatusError as error:
    assert_type(error.status, int | None)
    as_requests: requests.HTTPError = error
    as_value: pysnow.ResponseError = error
except pysnow.TransportError as error:
    assert_type(error.committed, bool | None)

incidents.update({"number": "INC1"}, "state=2")  # type: ignore[call-overload]
incidents.attachments.upload("0" * 32, data="text", name="a.txt")  # type: ignore[arg-type]

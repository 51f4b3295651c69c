"""A request in other words, as blocks to copy."""

from __future__ import annotations

from pysnow.sandbox.markup import Html, group
from pysnow.sandbox.pages.layout import copyable
from pysnow.sandbox.pages.python_code import python_code
from pysnow.sandbox.pages.replay import Account, Call, curl_command, encoded_query
from pysnow.sandbox.pages.visit import Visit


def spellings(visit: Visit, call: Call, user: str = "") -> Html:
    """Show a request as Python, as a curl command and as an encoded query, as far as there is one.

    Args:
        visit: The visit.
        call: The request, without secrets.
        user: User name of its caller; empty for the administrator's.
    """
    account = Account(visit.instance.base_url, user or visit.caller.user_name)
    texts = {
        "Python": python_code(call, account),
        "curl": curl_command(call, account),
        "Encoded query": encoded_query(call),
    }
    return group(*(copyable(label, text) for label, text in texts.items() if text))

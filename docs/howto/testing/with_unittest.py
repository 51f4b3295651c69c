# ruff: noqa: D100, D101, D102, PT009
import unittest

import helpdesk

from pysnow.testing import intercept


class TicketTest(unittest.TestCase):
    def setUp(self):
        self.servicenow = self.enterContext(intercept())
        self.servicenow.add_user("svc.helpdesk", password="s3cret", roles=["itil"])

    def test_ticket_has_a_number(self):
        self.assertRegex(helpdesk.open_ticket("Printer on fire"), r"INC\d{7}")

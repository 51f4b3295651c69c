"""What the demo incidents are about."""

from __future__ import annotations

from typing import NamedTuple


class Complaint(NamedTuple):
    """What is wrong.

    Attributes:
        text: Short description.
        category: Category.
        subcategory: Subcategory, empty for none.
        group: Group that it belongs to; empty for not assigned yet.
        impact: 1 to 3.
        urgency: 1 to 3.
        item: Name of the configuration item concerned, empty for none.
    """

    text: str
    category: str = "inquiry"
    subcategory: str = ""
    group: str = ""
    impact: int = 3
    urgency: int = 3
    item: str = ""


COMPLAINTS = (
    Complaint("Mailbox cannot be opened since this morning", "software", "email", "Server Operations", 1, 1, "Email"),
    Complaint("No network share after password change", "network", "", "Network", 1, 1, "win-file-01"),
    Complaint(
        "Wireless drops every few minutes on the second floor", "network", "wireless", "Network", 1, 1, "sw-sd-core-1"
    ),
    Complaint("Printer on the second floor jams with every job", "hardware", "", "Hardware", 3, 3, "prn-bos-2f"),
    Complaint("Payroll run stops with a deadlock", "database", "sql server", "Database", 1, 1, "payroll-prod"),
    Complaint("Notebook does not wake from sleep", "hardware", "", "Hardware", 3, 3, "nb-abel.tuter"),
    Complaint("Need access to the sales folder", "inquiry", "", "Service Desk"),
    Complaint("How do I forward my calls to a colleague?", "inquiry", "", "Service Desk"),
    Complaint("Reset the password of my ERP account", "password_reset", "", "Service Desk", 3, 2),
    Complaint("Web shop answers with error 502", "software", "", "Software", 1, 1, "Retail Web Shop"),
    Complaint("Order export contains empty lines", "software", "", "Software", 2, 3, "Order Tracker"),
    Complaint("Disk of the file server is 98% full", "hardware", "disk", "Server Operations", 2, 1, "win-file-01"),
    Complaint("VPN asks for the code again and again", "network", "vpn", "Network", 2, 2, "rt-sd-edge-1"),
    Complaint("Second monitor stays black", "hardware", "monitor", "Hardware"),
    Complaint("Keyboard types the wrong characters", "hardware", "keyboard", "Hardware"),
    Complaint("Mouse pointer jumps", "hardware", "mouse", "Hardware"),
    Complaint("Antivirus blocks the expense tool", "inquiry", "antivirus", "Security Operations", 2, 2),
    Complaint("Name server does not resolve intranet names", "network", "dns", "Network", 1, 2, "Corporate Network"),
    Complaint("Address pool of the guest network is exhausted", "network", "dhcp", "Network", 2, 2, "sw-den-core-1"),
    Complaint("Report of open invoices takes ten minutes", "database", "oracle", "Database", 2, 3, "erp-prod"),
    Complaint('ERP login page says "session expired" at once', "software", "", "Software", 2, 1, "aix-erp-01"),
    Complaint("Calendar shows meetings one hour late", "software", "email", "Service Desk", 3, 3, "Email"),
    Complaint(
        "Operating system update fails with code 0x80070643", "software", "os", "Service Desk", 3, 3, "nb-rosa.delgado"
    ),
    Complaint("Phone rings, but nobody can be heard", "inquiry", "", "Network", 3, 2),
    Complaint("Shared mailbox missing in the client", "software", "email", "Service Desk"),
    Complaint("Replication of the web shop database lags", "database", "", "Database", 2, 2, "shop-prod"),
    Complaint("Fan of the core switch reports failure", "network", "", "Network", 2, 1, "sw-cgn-core-1"),
    Complaint("Cannot approve a request from my phone", "software", "", "Software"),
    Complaint("New colleague has no badge yet", "inquiry"),
    Complaint("Label printer prints blank labels", "hardware", "", "Hardware", 2, 3, "prn-ldn-1f"),
    Complaint("Order Tracker crashes when I sort by date", "software", "", "Software", 3, 2, "Order Tracker"),
    Complaint("Memory error at start of the workstation", "hardware", "memory", "Hardware", 3, 2),
    Complaint("Video conference room has no sound", "hardware", "", "Hardware", 2, 2),
    Complaint("Phishing mail in the finance department", "inquiry", "email", "Security Operations", 1, 2),
    Complaint("Backup of the ERP database failed", "database", "oracle", "Database", 2, 2, "erp-prod"),
    Complaint("Intranet page shows last year's holidays", "inquiry", "internal application", "Software"),
    Complaint("Duplicate IP address in the lab", "network", "ip address", "Network", 3, 3, "lnx-test-01"),
    Complaint("Locked out after three tries", "password_reset", "", "Service Desk", 3, 1),
    Complaint("CPU of the application server at 100%", "hardware", "cpu", "Server Operations", 1, 2, "lnx-app-01"),
    Complaint("Font missing in the offer template", "software"),
    Complaint("Scanner sends to an old address", "hardware", "", "Hardware"),
    Complaint("Web shop certificate runs out next week", "software", "", "Software", 2, 2, "nginx@lnx-web-01"),
    Complaint("Cannot install the time tracking app", "inquiry", "internal application", "Service Desk"),
    Complaint("Query console refuses my account", "database", "db2", "Database"),
    Complaint("Router in Tokyo restarts at night", "network", "", "Network Asia Pacific", 2, 2, "rt-tyo-edge-1"),
    Complaint("Expense app: umlauts (ä, ö, ü) turn into question marks", "software", "", "Software"),
    Complaint("Battery swells, notebook no longer closes", "hardware", "", "Hardware", 3, 1, "nb-mei.lin"),
    Complaint("Mail server queue grows", "software", "email", "Server Operations", 1, 1, "win-mail-02"),
    Complaint("Contract template missing in the portal", "inquiry"),
    Complaint("Wireless not reachable in meeting room B & C", "network", "wireless", "Network", 2, 3),
    Complaint("Import of price list stops at row 65,536", "software", "", "Software", 3, 2),
    Complaint("Customer sees a stranger's order <urgent>", "software", "", "Software", 1, 1, "Retail Web Shop"),
    Complaint("Screen flickers after docking", "hardware", "monitor", "Hardware", 3, 3, "nb-luca.bianchi"),
    Complaint("Need a list of all assets of my team", "inquiry", "", "Service Desk"),
    Complaint("Test server cannot reach the package mirror", "network", "dns", "Network", 3, 3, "lnx-test-01"),
    Complaint("Signature is lost when answering from the phone", "software", "email", "Service Desk"),
    Complaint("Time on the wall clock display is wrong", "hardware"),
    Complaint("Login takes two minutes in Köln", "network", "", "Network", 2, 2, "sw-cgn-core-1"),
    Complaint("Old ERP server still answers", "hardware", "", "Server Operations", 3, 3, "aix-old-01"),
    Complaint("Unable to send mail with attachments above 5 MB", "inquiry", "email", "Service Desk", 2, 2, "Email"),
    Complaint("Employee handbook link is dead", "inquiry", "internal application", ""),
    Complaint("Badge reader offline at the east entrance", "hardware", "", "Hardware", 2, 2),
    Complaint("Application server out of memory", "software", "", "Software", 1, 2, "shop-backend"),
    Complaint("Please move my desk phone", "inquiry"),
    Complaint("Slow response of the reporting database", "database", "sql server", "Database", 2, 2, "payroll-prod"),
    Complaint("Touchpad does not scroll 🙁", "hardware", "mouse", "Hardware", 3, 3, "nb-oscar.tremblay"),
)

CLOSE_NOTES = {
    "Solution provided": "Cause removed, confirmed with the caller.",
    "Workaround provided": "Works another way until the cause is removed.",
    "Resolved by caller": "The caller reports that it works again.",
    "Resolved by change": "Fixed with the change that was rolled out.",
    "Resolved by problem": "Cause found and removed by the problem team.",
    "User error": "Explained how it is meant to be used.",
    "Duplicate": "Handled under another number.",
    "Solved (Permanently)": "Part replaced.",
}

WORK_NOTES = (
    "Called back, nobody answered. Trying again after lunch.",
    "Logs collected.\nThe error starts at 07:42 and repeats every five minutes.",
    "Restarted the service, watching it.",
    "Handed over to second line with all details.",
    "Vendor case opened.",
)

COMMENTS = (
    "Thank you for your report, we are looking into it.",
    "Could you please tell us when it happened last?",
    "It happens every time, also after a restart.",
    "Works again, thanks!",
)

"""The demo knowledge bases and articles."""

from __future__ import annotations

from pysnow.sandbox.seed.identity import sys_id_of
from pysnow.sandbox.seed.people import user_id
from pysnow.sandbox.seed.rows import DemoRows

# title, owner, categories
BASES = (
    ("IT", "owen.hartley", ("Email", "Network", "Devices", "Policies")),
    ("Human Resources", "joanna.pike", ("Onboarding", "Travel")),
)

# base, category, title, workflow state, views
ARTICLES = (
    ("IT", "Email", "Open a shared mailbox", "published", 412),
    ("IT", "Email", "What to do when mail is not delivered", "published", 388),
    ("IT", "Email", "Report a phishing mail", "published", 951),
    ("IT", "Email", "Mail on the old phone system", "retired", 12),
    ("IT", "Network", "Connect to the VPN", "published", 1204),
    ("IT", "Network", "Join the wireless network", "published", 873),
    ("IT", "Network", "Guest network for visitors", "published", 150),
    ("IT", "Network", "Change the address of a printer", "draft", 0),
    ("IT", "Devices", "Set up a second monitor", "published", 233),
    ("IT", "Devices", "Notebook does not wake up", "review", 3),
    ("IT", "Devices", "Clean a keyboard", "published", 47),
    ("IT", "Policies", "Passwords", "published", 640),
    ("IT", "Policies", "Private use of devices", "pending_retirement", 95),
    ("IT", "Policies", "Backups at home", "outdated", 31),
    ("Human Resources", "Onboarding", "Your first day", "published", 520),
    ("Human Resources", "Onboarding", "Badges and keys", "published", 344),
    ("Human Resources", "Onboarding", "Mentors", "draft", 0),
    ("Human Resources", "Travel", "Book a train", "published", 287),
    ("Human Resources", "Travel", "Expenses", "published", 711),
    ("Human Resources", "Travel", "Visas", "review", 9),
)


def add_knowledge(rows: DemoRows) -> None:
    """Add knowledge bases, categories and articles."""
    for title, owner, categories in BASES:
        values = {"title": title, "description": f"Articles of {title}", "owner": user_id(owner)}
        base = rows.add("kb_knowledge_base", title, values, created=rows.ago(600))
        for name in categories:
            category = {"label": name, "value": name.lower(), "full_category": name, "parent_id": base}
            rows.add("kb_category", f"{title}/{name}", category, created=rows.ago(590))
    for position, (base_title, category_name, title, state, views) in enumerate(ARTICLES, start=1):
        number, created = f"KB{position:07d}", rows.ago(500 - 20 * position)
        article = {
            "number": number,
            "short_description": title,
            "text": f"<h2>{title}</h2><p>Step by step, for every member of staff.</p>",
            "kb_knowledge_base": sys_id_of("kb_knowledge_base", base_title),
            "kb_category": sys_id_of("kb_category", f"{base_title}/{category_name}"),
            "author": user_id("grace.mbeki"),
            "workflow_state": state,
            "active": "false" if state in {"retired", "outdated"} else "true",
            "sys_view_count": str(views),
            "published": created.date().isoformat() if views else None,
            "version": "1.0",
        }
        rows.add("kb_knowledge", number, article, created=created, by="grace.mbeki", mod_count=views % 7)

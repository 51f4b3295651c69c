"""Knowledge bases, categories and articles."""

from __future__ import annotations

from pysnow.sandbox.dictionary.definitions.columns import (
    boolean,
    column,
    date,
    glide_list,
    html,
    integer,
    options,
    reference,
    string,
    table_name,
)
from pysnow.sandbox.dictionary.model import Table

WORKFLOW_STATES = options(
    {
        "draft": "Draft",
        "review": "Review",
        "published": "Published",
        "pending_retirement": "Pending Retirement",
        "retired": "Retired",
        "outdated": "Outdated",
    }
)

KNOWLEDGE_BASE = Table(
    "kb_knowledge_base",
    "Knowledge Base",
    (
        string("title", "Title", 100, display=True),
        string("description", "Description", 1000),
        reference("owner", "Owner", "sys_user"),
        glide_list("kb_managers", "Managers", "sys_user"),
        boolean("active", "Active", default="true"),
        integer("article_validity", "Article validity", default="365"),
    ),
)

CATEGORY = Table(
    "kb_category",
    "Knowledge Category",
    (
        string("label", "Label", 100, display=True),
        string("value", "Value", 40),
        string("full_category", "Full category", 255),
        table_name("parent_table", "Parent table", default="kb_knowledge_base"),
        column("parent_id", "Parent ID", "document_id", max_length=32, dependent_on="parent_table"),
        boolean("active", "Active", default="true"),
    ),
)

ARTICLE = Table(
    "kb_knowledge",
    "Knowledge",
    (
        string("number", "Number", display=True, read_only=True),
        string("short_description", "Short description", 100),
        html("text", "Article body"),
        column("wiki", "Wiki", "wiki_text", max_length=65000),
        string("article_type", "Article type", choices=options({"text": "HTML", "wiki": "Wiki"}), default="text"),
        reference("kb_knowledge_base", "Knowledge base", "kb_knowledge_base", mandatory=True),
        reference("kb_category", "Category", "kb_category"),
        reference("author", "Author", "sys_user", default="javascript:gs.getUserID()"),
        column("workflow_state", "Workflow", "workflow", max_length=40, choices=WORKFLOW_STATES, default="draft"),
        date("published", "Published"),
        date("valid_to", "Valid to", default="2100-01-01"),
        boolean("active", "Active", default="true"),
        integer("sys_view_count", "View count", default="0"),
        integer("use_count", "Use count", default="0"),
        integer("rating", "Rating"),
        column("roles", "Roles", "user_roles", max_length=255),
        string("article_id", "Article ID", 32),
        string("version", "Version", 40),
        boolean("latest", "Latest", default="true"),
        string("language", "Language", 3, default="en"),
        string("meta", "Meta", 4000),
        boolean("disable_commenting", "Disable commenting"),
        reference("cmdb_ci", "Configuration item", "cmdb_ci"),
        string("source", "Source Task", 32),
    ),
    prefix="KB",
)

SUBMISSION = Table(
    "kb_submission",
    "Knowledge Submission",
    (
        html("text", "Text"),
        reference("kb_knowledge_base", "Knowledge base", "kb_knowledge_base"),
        reference("submitted_article", "Submitted article", "kb_knowledge"),
    ),
    extends="task",
    prefix="KBSUB",
)

FEEDBACK = Table(
    "kb_feedback",
    "Knowledge Feedback",
    (
        reference("article", "Article", "kb_knowledge", cascade="delete", display=True),
        reference("user", "User", "sys_user"),
        string("comments", "Comments", 4000),
        integer("rating", "Rating"),
        string("useful", "Useful", choices=options({"yes": "Yes", "no": "No"})),
        boolean("flagged", "Flagged"),
    ),
)

USE = Table(
    "kb_use",
    "Knowledge Use",
    (
        reference("article", "Article", "kb_knowledge", cascade="delete", display=True),
        reference("user", "User", "sys_user"),
        boolean("viewed", "Viewed"),
        boolean("used", "Used"),
        integer("times", "Times", default="1"),
    ),
)

TASK_ARTICLE = Table(
    "m2m_kb_task",
    "Attached Knowledge",
    (
        reference("kb_knowledge", "Knowledge", "kb_knowledge", cascade="delete", display=True),
        reference("task", "Task", "task", cascade="delete"),
    ),
)

TABLES = (KNOWLEDGE_BASE, CATEGORY, ARTICLE, SUBMISSION, FEEDBACK, USE, TASK_ARTICLE)

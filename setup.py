"""Everything that the package says of itself; the version is read from ``pysnow/__init__.py``."""

import re
from pathlib import Path

from setuptools import find_packages, setup

HERE = Path(__file__).parent


def version() -> str:
    """The text of ``__version__``, without importing the package: its dependencies are not here yet."""
    source = (HERE / "pysnow" / "__init__.py").read_text(encoding="utf-8")
    found = re.search(r'^__version__(?:: \w+)? = "([^"]+)"$', source, re.MULTILINE)
    if found is None:
        raise RuntimeError("pysnow/__init__.py has no line __version__ = ...")
    return found.group(1)


def long_description() -> str:
    """The README, and what changed in the latest release."""
    readme = (HERE / "README.rst").read_text(encoding="utf-8")
    changes = (HERE / "CHANGELOG.rst").read_text(encoding="utf-8")
    # A release begins with its version, underlined: everything from the second one on is history.
    starts = [match.start() for match in re.finditer(r"^\d+\.\d+\.\d+.*\n-+$", changes, re.MULTILINE)]
    latest = changes[starts[0] : starts[1] if len(starts) > 1 else None]
    return f"{readme.rstrip()}\n\nLatest changes\n==============\n\n{latest.rstrip()}\n"


SANDBOX = ["werkzeug>=3.0.6"]
CLI = ["rich>=13.0"]
FAST = ["isal>=1.7", "msgspec>=0.19"]
JWT = ["cryptography>=43"]
KEYRING = ["keyring>=25.0"]
ARROW = ["pyarrow>=17.0"]
PANDAS = [*ARROW, "pandas>=2.2"]
POLARS = [*ARROW, "polars>=1.0"]
TEST = [
    *SANDBOX,
    *CLI,
    *JWT,
    "hypothesis>=6.100",
    "pytest>=8.3",
    "pytest-cov>=5.0",
    "pytest-randomly>=3.15",
    "pytest-xdist>=3.6",
    "sybil>=8.0",
]
DOCS = [*SANDBOX, *CLI, "furo>=2024.8.6", "pytest>=8.3", "sphinx>=8.0"]
TYPES = ["mypy>=1.13", "types-python-dateutil>=2.9", "types-requests>=2.32"]
LINT = ["import-linter>=2.5", "ruff>=0.12"]
RELEASE = ["build>=1.2", "twine>=6.1"]

setup(
    name="pysnow",
    version=version(),
    description="Client library for the ServiceNow REST API, with a local instance to try it on",
    long_description=long_description(),
    long_description_content_type="text/x-rst",
    author="The pysnow authors",
    license_expression="MIT",
    license_files=["LICENSE"],
    keywords=["servicenow", "rest", "table api", "itsm", "cmdb", "oauth2"],
    packages=find_packages(include=["pysnow", "pysnow.*"]),
    package_data={"pysnow": ["py.typed"]},
    zip_safe=False,
    python_requires=">=3.11",
    # Lower bounds only: an upper one would keep a program from installing what it needs beside us.
    # `tox -e lowest` runs the suite with exactly these versions.
    install_requires=[
        "python-dateutil>=2.8.2",
        "requests>=2.32.4",
        # Not used here: programs hand its sessions to Client, as the manual has shown for years.
        "requests-oauthlib>=1.3.1",
        # It comes with requests; urllib3 1 cannot read what has arrived so far, and 2.7 closed decompression bombs.
        "urllib3>=2.7.0",
    ],
    extras_require={
        "sandbox": SANDBOX,
        "cli": CLI,
        "fast": FAST,
        "jwt": JWT,
        "keyring": KEYRING,
        "arrow": ARROW,
        "pandas": PANDAS,
        "polars": POLARS,
        "test": TEST,
        "docs": DOCS,
        "types": TYPES,
        "lint": LINT,
        "release": RELEASE,
        "dev": [*TEST, *DOCS, *TYPES, *LINT, *RELEASE, "tox>=4.21"],
    },
    entry_points={
        "console_scripts": ["pysnow = pysnow.cli:main"],
        "pytest11": ["pysnow = pysnow.testing.plugin"],
    },
    classifiers=[
        "Development Status :: 5 - Production/Stable",
        "Intended Audience :: Developers",
        "Intended Audience :: System Administrators",
        "Operating System :: OS Independent",
        "Programming Language :: Python :: 3",
        "Programming Language :: Python :: 3 :: Only",
        "Programming Language :: Python :: 3.11",
        "Programming Language :: Python :: 3.12",
        "Programming Language :: Python :: 3.13",
        "Topic :: Internet :: WWW/HTTP",
        "Topic :: Software Development :: Libraries :: Python Modules",
        "Typing :: Typed",
    ],
)

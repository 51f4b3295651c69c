"""Settings of Sphinx; ``tox -e docs`` builds the manual with them, and fails on any warning."""

import sys
from os.path import commonprefix
from pathlib import Path

from docutils import nodes
from docutils.parsers.rst import Directive
from sphinx.application import Sphinx
from sphinx.domains.python import PythonDomain

import pysnow
from pysnow.cli.arguments import build_parser

project = "pysnow"
author = "The pysnow authors"
project_copyright = f"2026, {author}"
release = version = pysnow.__version__

sys.path.insert(0, str(Path(__file__).parent / "_ext"))

extensions = ["sphinx.ext.autodoc", "sphinx.ext.napoleon", "sandbox_tables"]
exclude_patterns = ["_build", "_ext", "_static"]
default_role = "py:obj"
nitpicky = False
highlight_language = "default"  # Python where it is, without a warning where it is not

html_theme = "furo"
html_static_path = ["_static"]
html_css_files = ["manual.css"]
html_title = f"pysnow {release}"
html_show_sphinx = False
html_theme_options = {"navigation_with_keys": True}

autodoc_default_options = {"members": True, "show-inheritance": True}
autodoc_member_order = "bysource"
autodoc_typehints = "signature"
# A name that several modules have, in the sense of most of them.
autodoc_type_aliases = {"Request": "pysnow.wire.exchange.Request"}
autodoc_class_signature = "mixed"
napoleon_google_docstring = True
napoleon_numpy_docstring = False
napoleon_use_ivar = True


class HelpOfCommand(Directive):
    """What ``pysnow COMMAND --help`` prints, or ``pysnow --help`` without an argument."""

    optional_arguments = 1

    def run(self) -> list[nodes.Node]:
        parser = build_parser()
        if self.arguments:
            (commands,) = (action for action in parser._actions if isinstance(action.choices, dict))
            parser = commands.choices[self.arguments[0]]
        # Otherwise the help is as wide as the terminal that Sphinx happens to run in.
        parser._get_formatter = lambda: parser.formatter_class(prog=parser.prog, width=100)
        text = parser.format_help()
        return [nodes.literal_block(text, text, language="text")]


class NearestName(PythonDomain):
    """Takes a name that several modules have for the nearest of them, seen from the module that mentions it."""

    def find_obj(self, env, modname, classname, name, kind, searchmode=0):
        found = super().find_obj(env, modname, classname, name, kind, searchmode)
        here = f"{modname}.{classname}".split(".")

        def closeness(match: tuple[str, object]) -> tuple[int, int, str]:
            parts = match[0].split(".")
            return -len(commonprefix([parts, here])), len(parts), match[0]

        return sorted(found, key=closeness)[:1] if searchmode else found


def setup(app: Sphinx) -> None:
    app.add_domain(NearestName, override=True)
    app.add_directive("help-of", HelpOfCommand)

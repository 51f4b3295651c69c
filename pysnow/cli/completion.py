"""``pysnow completion``: a script that teaches a shell the commands and their options."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

from pysnow.cli.errors import ExitCode

if TYPE_CHECKING:
    from typing import Any

    Commands = argparse._SubParsersAction[Any]

__all__ = ["add_to", "run"]

_EXAMPLES = """\
examples:
  pysnow completion bash > ~/.local/share/bash-completion/completions/pysnow
  pysnow completion zsh > ~/.zfunc/_pysnow    (with ~/.zfunc in fpath, before compinit)
  pysnow completion fish > ~/.config/fish/completions/pysnow.fish
"""


def add_to(commands: Commands) -> None:
    """Add the command to the parser."""
    parser = commands.add_parser(
        "completion",
        help="print a script that completes commands in a shell",
        description="Print a script that teaches a shell to complete commands and options. Nothing is sent.",
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument("shell", choices=["bash", "zsh", "fish"], help="the shell")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Print the script."""
    from pysnow.cli.arguments import COMMANDS, build_parser
    from pysnow.cli.completion_scripts import SCRIPTS, options_of

    summaries = {name: summary for name, (_, summary) in COMMANDS.items()}
    sys.stdout.write(SCRIPTS[arguments.shell](summaries, options_of(build_parser())))
    return ExitCode.OK

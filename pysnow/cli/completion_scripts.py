"""Scripts that complete commands and options in bash, zsh and fish, made from the parser."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

__all__ = ["SCRIPTS", "Option", "options_of"]


@dataclass(frozen=True, slots=True)
class Option:
    """What a shell needs to know of an option.

    Attributes:
        names: Its spellings, such as ``-q`` and ``--query``.
        about: Its help.
        takes_value: Whether a value follows.
        choices: The values that there are; empty when any will do.
    """

    names: Sequence[str]
    about: str
    takes_value: bool
    choices: Sequence[str] = ()


Options = Mapping[str, Sequence[Option]]
"""The options of each command."""


def options_of(parser: argparse.ArgumentParser) -> Options:
    """Give the options of each command.

    Args:
        parser: The parser of all commands.
    """
    (commands,) = (action for action in parser._actions if isinstance(action, argparse._SubParsersAction))
    return {name: [_option(action) for action in command._actions] for name, command in commands.choices.items()}


def _option(action: argparse.Action) -> Option:
    choices = tuple(map(str, action.choices)) if action.choices else ()
    return Option(action.option_strings, action.help or "", action.nargs != 0, choices)


def bash_script(summaries: Mapping[str, str], options: Options) -> str:
    """Make the script for bash.

    Args:
        summaries: What each command does.
        options: The options of each command.
    """
    cases = "".join(f"        {name}) words={_quoted(' '.join(_words(options[name])))} ;;\n" for name in summaries)
    return f"""\
_pysnow() {{
    local current=${{COMP_WORDS[COMP_CWORD]}} words
    if [ "$COMP_CWORD" -eq 1 ]; then
        COMPREPLY=($(compgen -W {_quoted(" ".join(summaries) + " --help --version")} -- "$current"))
        return
    fi
{_bash_choices(options)}\
    case ${{COMP_WORDS[1]}} in
{cases}\
    esac
    COMPREPLY=($(compgen -W "$words" -- "$current"))
}}
complete -o default -F _pysnow pysnow
"""


def zsh_script(summaries: Mapping[str, str], options: Options) -> str:
    """Make the script for zsh.

    Args:
        summaries: What each command does.
        options: The options of each command.
    """
    cases = "".join(f"        {name}) options=({' '.join(_described(options[name]))}) ;;\n" for name in summaries)
    commands = " ".join(_quoted(f"{name}:{summary}") for name, summary in summaries.items())
    return f"""\
#compdef pysnow
_pysnow() {{
    local -a commands options
    if (( CURRENT == 2 )); then
        commands=({commands})
        _describe command commands
        return
    fi
    case ${{words[2]}} in
{cases}\
    esac
    if [[ $PREFIX == -* ]]; then
        _describe -o option options
    else
        _describe value options
        _files
    fi
}}
if [ "$funcstack[1]" = "_pysnow" ]; then
    _pysnow "$@"
else
    compdef _pysnow pysnow
fi
"""


def fish_script(summaries: Mapping[str, str], options: Options) -> str:
    """Make the script for fish.

    Args:
        summaries: What each command does.
        options: The options of each command.
    """
    lines = []
    for name, summary in summaries.items():
        lines.append(f"complete -c pysnow -f -n __fish_use_subcommand -a {name} -d {_fish_quoted(summary)}")
        seen = _quoted(f"__fish_seen_subcommand_from {name}")
        lines += [f"complete -c pysnow -n {seen}{_fish_option(option)}" for option in options[name]]
    return "\n".join(lines) + "\n"


SCRIPTS: Final[Mapping[str, Callable[[Mapping[str, str], Options], str]]] = {
    "bash": bash_script,
    "zsh": zsh_script,
    "fish": fish_script,
}
"""Makes the script of each shell."""


def _words(options: Sequence[Option]) -> list[str]:
    words = [name for option in options for name in option.names]
    return words + [choice for option in options if not option.names for choice in option.choices]


def _described(options: Sequence[Option]) -> list[str]:
    about = {name: option.about for option in options for name in option.names}
    choices = [choice for option in options if not option.names for choice in option.choices]
    return [*(_quoted(f"{name}:{text}") for name, text in about.items()), *map(_quoted, choices)]


def _bash_choices(options: Options) -> str:
    """Values behind an option that has few: the same in every command that has it, or none are offered."""
    found: dict[str, set[Sequence[str]]] = {}
    for option in (option for command in options.values() for option in command):
        for name in option.names:
            found.setdefault(name, set()).add(tuple(option.choices))
    cases = "".join(
        f'        {name}) COMPREPLY=($(compgen -W {_quoted(" ".join(*choices))} -- "$current")); return ;;\n'
        for name, choices in found.items()
        if len(choices) == 1 and choices != {()}
    )
    return f"    case ${{COMP_WORDS[COMP_CWORD - 1]}} in\n{cases}    esac\n" if cases else ""


def _fish_option(option: Option) -> str:
    if not option.names:
        return f" -f -a {_fish_quoted(' '.join(option.choices))}" if option.choices else ""
    spelled = "".join(f" {'-l' if name.startswith('--') else '-s'} {name.lstrip('-')}" for name in option.names)
    values = (
        f" -x -a {_fish_quoted(' '.join(option.choices))}" if option.choices else " -r" if option.takes_value else ""
    )
    return f"{spelled}{values} -d {_fish_quoted(option.about)}"


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "'\\''") + "'"


def _fish_quoted(text: str) -> str:
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"

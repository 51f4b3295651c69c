"""``pysnow sandbox``: a local instance, for as long as the command runs."""

from __future__ import annotations

import argparse
import signal
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from pysnow.cli.errors import CommandError, ExitCode
from pysnow.cli.local_instance import import_sandbox

if TYPE_CHECKING:
    from types import FrameType
    from typing import Any

    from pysnow.sandbox import Sandbox

    Commands = argparse._SubParsersAction[Any]

__all__ = ["add_to", "run"]


_SQLITE = b"SQLite format 3\0"


def add_to(commands: Commands) -> None:
    """Add the command to the parser."""
    parser = commands.add_parser(
        "sandbox",
        help="run a local instance with demo data",
        description="Run a local ServiceNow instance with demo data until Ctrl-C. The first line of the output is its "
        "address, written once it answers. Sign in as admin with the password admin.",
        allow_abbrev=False,
    )
    parser.add_argument("--port", type=_port, default=0, help="port on the loopback address; 0, the default: any free")
    parser.add_argument(
        "--db", type=_database, metavar="FILE", help="keep the data in this file; made, and filled, if it is missing"
    )
    parser.add_argument(
        "--records",
        type=_count,
        default=0,
        metavar="N",
        help="have N incidents more than the demo data, in memory or in a new file",
    )
    parser.add_argument("--tls", action="store_true", help="serve https, with a certificate made for this run")
    parser.add_argument(
        "--ca-out", type=Path, metavar="FILE", help="write the authority of that certificate to this file"
    )
    parser.add_argument(
        "--fault",
        action="append",
        default=[],
        metavar="SPEC",
        help="play a fault, such as 'latency:seconds=0.2' or 'server-error:probability=0.1'; may be repeated",
    )
    parser.add_argument("--list-faults", action="store_true", help="list the faults and their options, and end")
    parser.add_argument("--seed", type=_count, default=0, metavar="N", help="which faults strike when; 0 by default")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Run the instance until the process is told to stop.

    Raises:
        CommandError: The extra is not installed, the file holds something else, or an option cannot be used.
        OSError: The port is taken, or the file cannot be used.
    """
    sandbox = import_sandbox()
    if arguments.list_faults:
        return _list_faults()
    from pysnow.sandbox.store.errors import StoreError

    try:
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, _stop)
        with _instance(sandbox, arguments) as local:
            print(local.url, flush=True)
            print("Sign in as admin with the password admin. Stop with Ctrl-C.", file=sys.stderr, flush=True)
            print(f"Try: {_example(local.url)}", file=sys.stderr, flush=True)
            while True:
                time.sleep(3600)
    except KeyboardInterrupt:
        pass
    except StoreError as exc:
        raise CommandError(f"{arguments.db} cannot be used: {exc}") from exc
    return ExitCode.OK


def _instance(sandbox: type[Sandbox], arguments: argparse.Namespace) -> Sandbox:
    try:
        instance = sandbox(
            path=arguments.db,
            records=arguments.records,
            port=arguments.port,
            tls=arguments.tls,
            ca_out=arguments.ca_out,
            fault_seed=arguments.seed,
        )
        for spec in arguments.fault:
            instance.faults.add(spec)
    except ValueError as exc:
        raise CommandError(f"{exc} (pysnow sandbox --list-faults)", ExitCode.USAGE) from exc
    return instance


def _list_faults() -> int:
    from pysnow.sandbox.faults.catalogue import fault_table

    for fault in fault_table():
        print(f"{fault.name}\n    {fault.about}")
        for option in fault.options:
            print(f"    {option.name}={option.default}" + (f" ({', '.join(option.choices)})" if option.choices else ""))
    return ExitCode.OK


def _stop(number: int, frame: FrameType | None) -> None:
    # Once is enough: a second signal must not break off the closing of the database.
    for each in (signal.SIGINT, signal.SIGTERM):
        signal.signal(each, signal.SIG_IGN)
    raise KeyboardInterrupt


def _example(url: str) -> str:
    return f"pysnow get incident --instance {url} --user admin --password admin --limit 5"


def _database(text: str) -> Path:
    path = Path(text)
    if not path.exists():
        if not path.absolute().parent.is_dir():
            raise argparse.ArgumentTypeError(f"there is no folder {str(path.parent)!r}")
        return path
    if not path.is_file():
        raise argparse.ArgumentTypeError(f"{text!r} is no file")
    with open(path, "rb") as file:
        start = file.read(len(_SQLITE))
    if start not in (b"", _SQLITE):
        raise argparse.ArgumentTypeError(f"{text!r} is not a database of the sandbox")
    return path


def _port(text: str) -> int:
    number = _count(text)
    if number > 65535:
        raise argparse.ArgumentTypeError(f"a port is a number up to 65535, not {text!r}")
    return number


def _count(text: str) -> int:
    if not (text.isascii() and text.isdigit()):
        raise argparse.ArgumentTypeError(f"a number of 0 or more is needed, not {text!r}")
    return int(text)

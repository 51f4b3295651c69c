"""All kinds of faults, by name."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Literal, get_args, get_origin

from pysnow.sandbox.faults.fault import Fault, Option, option_types
from pysnow.sandbox.faults.kinds import (
    batches,
    clocks,
    codings,
    connections,
    lists,
    oddities,
    pages,
    refusals,
    shapes,
    timing,
    tokens,
)

_KINDS: tuple[type[Fault], ...] = (
    timing.Latency,
    timing.SlowCount,
    timing.Drip,
    timing.HangBefore,
    timing.HangAfter,
    connections.DropBefore,
    connections.DropAfter,
    connections.StaleKeepAlive,
    connections.ResetBody,
    connections.CutBody,
    refusals.TooManyRequests,
    refusals.RateLimit,
    refusals.Accepted,
    refusals.SessionQueue,
    refusals.TransactionCancelled,
    refusals.ServerError,
    refusals.RequestTimeout,
    refusals.Forbidden,
    refusals.Unauthorized,
    refusals.UrlLimit,
    pages.HibernatingPage,
    pages.LoginPage,
    pages.ProxyPage,
    pages.MaintenancePage,
    pages.Redirect,
    pages.ForeignLink,
    shapes.RowsThenError,
    shapes.ErrorOnly,
    shapes.ErrorFirst,
    shapes.NullBody,
    shapes.BareList,
    shapes.EmptyBody,
    shapes.NoResult,
    shapes.WrongResult,
    shapes.RowNotObject,
    shapes.RowWithoutSysId,
    oddities.NotANumber,
    oddities.ByteOrderMark,
    oddities.TrailingBytes,
    oddities.InvalidUtf8,
    oddities.DuplicateKeys,
    oddities.LoneSurrogate,
    oddities.NulCharacter,
    oddities.DeepNesting,
    oddities.HugeInteger,
    oddities.HugeField,
    oddities.ManyMembers,
    oddities.WrongCharset,
    codings.TruncatedGzip,
    codings.CorruptGzip,
    codings.MislabelledGzip,
    codings.DecompressionBomb,
    codings.CodingChain,
    lists.UnstableTies,
    lists.CappedLimit,
    lists.SamePage,
    lists.HiddenRows,
    lists.MovingRows,
    lists.WrongCount,
    tokens.ExpiredToken,
    tokens.RotatedRefreshToken,
    tokens.RevokedRefreshToken,
    tokens.BadExpiry,
    clocks.ClockSkew,
    batches.BatchUnserviced,
    batches.BatchUnknownId,
    batches.BatchRepeatedId,
)

KINDS: dict[str, type[Fault]] = {kind.name(): kind for kind in _KINDS}
"""The classes by name, in the order of their documentation."""


@dataclass(frozen=True, slots=True)
class OptionEntry:
    """One option of a kind of fault.

    Attributes:
        name: Its name.
        default: Its value when it is not given.
        choices: What it may be; empty where its type alone decides.
    """

    name: str
    default: Option
    choices: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class KindEntry:
    """One kind of fault, for documentation.

    Attributes:
        name: Its name.
        about: What it does.
        options: Its options.
    """

    name: str
    about: str
    options: tuple[OptionEntry, ...]


def fault_table() -> list[KindEntry]:
    """Give all kinds of faults, from their docstrings and fields."""
    return [KindEntry(name, kind.about(), _options(kind)) for name, kind in KINDS.items()]


def _options(kind: type[Fault]) -> tuple[OptionEntry, ...]:
    types = option_types(kind)
    return tuple(
        OptionEntry(
            field.name,
            field.default,  # type: ignore[arg-type]  # every option has a default, which a test asserts
            get_args(types[field.name]) if get_origin(types[field.name]) is Literal else (),
        )
        for field in fields(kind)
    )

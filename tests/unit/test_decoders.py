"""Decoders of batches: whatever is installed, the outcome is the standard library's, to the last bit."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pysnow.exceptions import InvalidUsage
from pysnow.reading.accelerators import is_installed
from pysnow.reading.decoders import DECODERS, chosen_decoder, make_decode
from pysnow.reading.json_scanner import LIST, MAX_DEPTH, MAX_DIGITS, JSONScanner

INSTALLED = [name for name in DECODERS if is_installed(name)]
SCANNER = JSONScanner()
DECIMAL_SCANNER = JSONScanner(decimals=True)

decoders = pytest.mark.parametrize("decoder", INSTALLED)


def decoded(batch: bytes, decoder: str = "json", scanner: JSONScanner = SCANNER) -> str:
    """What comes out, written so that 1, 1.0, True and -0.0 differ, and nothing is equal to itself only."""
    return repr(make_decode(scanner, decoder=decoder)(batch))


# Written by hand, because what json.dumps writes has none of what decoders disagree about.
digits = st.text("0123456789", min_size=1, max_size=25)
lengths = st.sampled_from([15, 17, 19, 20, 39, 309, 310, MAX_DIGITS - 1, MAX_DIGITS, MAX_DIGITS + 1, 4301])
numbers = st.one_of(
    st.builds("".join, st.tuples(st.sampled_from(["", "-"]), digits)),
    st.builds("{}{}.{}".format, st.sampled_from(["", "-"]), digits, digits),
    st.builds("{}{}e{}{}".format, digits, st.sampled_from(["", ".5"]), st.sampled_from(["", "-", "+"]), digits),
    st.builds("{}.{}e{}".format, st.integers(0, 9), digits, st.integers(-345, 310)),
    st.builds(lambda digit, length: digit * length, st.sampled_from("129"), lengths),
    st.builds(lambda length: "0." + "1" * (length - 2), lengths),
    st.integers(-(2**66), 2**66).map(str),
    st.floats(allow_nan=False, allow_infinity=False).map(repr),
    st.sampled_from(["-0", "-0.0", "0e5", "1e400", "-1e400", "1e-400", "01", "1.", ".5", "+1", "-", "1e", "0x1"]),
    st.sampled_from([str(2**63 + step) for step in (-1, 0, 1)] + [str(2**64 + step) for step in (-1, 0, 1)]),
    st.sampled_from(["NaN", "Infinity", "-Infinity", "nan", "True", "nul"]),
)
escapes = st.sampled_from([r"\ud83d", r"\ud83d\ude00", r"\ude00", r"\u0000", r"\/", r"\n", r"\x", r"\u12", "\\", '\\"'])
parts = st.one_of(
    st.text(max_size=4), escapes, st.sampled_from(["\x01", "\x7f", "\0", "\u2028", "\ufeff", '},{"', "{["])
)
texts = st.builds("".join, st.lists(parts, max_size=3)).map(lambda text: f'"{text}"')
names = st.one_of(st.sampled_from(['"a"', '"b"', r'"\u0061"']), texts)
scalars = st.one_of(texts, numbers, st.sampled_from(["null", "true", "false"]))
blanks = st.sampled_from(["", "", "", " ", "\n", "\t", "\r\n", "\x0b", "\xa0"])


def in_list(values: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.builds(lambda items, blank: f"[{(',' + blank).join(items)}]", st.lists(values, max_size=3), blanks)


def in_object(values: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    members = st.lists(st.builds("{}{}:{}".format, names, blanks, values), max_size=4)
    return st.builds(lambda items, blank: f"{{{(blank + ',').join(items)}}}", members, blanks)


values = st.recursive(scalars, lambda inner: st.one_of(in_list(inner), in_object(inner)), max_leaves=6)
records = in_object(values)
batches = st.one_of(in_list(records), in_list(in_object(scalars)), in_list(values), values).map(
    lambda text: text.encode("utf-8", "surrogatepass")
)


@st.composite
def damaged(draw: st.DrawFn) -> bytes:
    batch = draw(batches)
    place = draw(st.integers(0, len(batch)))
    filling = draw(st.sampled_from([b"", b"\xff", b"\xc3", b"\xed\xa0\x80", b"\xc0\x80", b"\xef\xbb\xbf", b",", b'"']))
    return batch[:place] + filling + batch[place + draw(st.integers(0, 2)) :]


@decoders
@given(batch=batches)
def test_decode__comes_to_what_the_standard_library_comes_to(batch: bytes, decoder: str) -> None:
    assert decoded(batch, decoder) == decoded(batch)


@decoders
@given(batch=damaged())
def test_decode__comes_to_the_same_about_damage(batch: bytes, decoder: str) -> None:
    assert decoded(batch, decoder) == decoded(batch)


@decoders
@given(batch=batches)
def test_decode__comes_to_the_same_about_decimals(batch: bytes, decoder: str) -> None:
    assert decoded(batch, decoder, DECIMAL_SCANNER) == decoded(batch, "json", DECIMAL_SCANNER)


@decoders
@given(batch=batches)
def test_decode__lets_nothing_pass_that_json_refuses(batch: bytes, decoder: str) -> None:
    try:
        expected = repr(json.loads(batch.decode("utf-8"), strict=False))
    except ValueError:
        expected = "None"
    assert decoded(batch, decoder) in (expected, "None")


def nested(levels: int, inside: str = "{}") -> bytes:
    return b"[" + (b'{"a":' * (levels - 1) + inside.encode() + b"}" * (levels - 1)) + b"]"


@decoders
@pytest.mark.parametrize("levels", range(1, 8))
def test_decode__levels_are_all_alike(levels: int, decoder: str) -> None:
    assert decoded(nested(levels), decoder) == repr(json.loads(nested(levels)))


@decoders
@pytest.mark.parametrize("inside", ["{}", "[]", '"text"', "1.5", str(2**70)])
def test_decode__takes_the_deepest_nesting_allowed(inside: str, decoder: str) -> None:
    batch = nested(MAX_DEPTH - LIST + (inside not in ("{}", "[]")), inside)
    assert decoded(batch, decoder) == repr(json.loads(batch))


@decoders
@pytest.mark.parametrize("levels", [MAX_DEPTH - LIST + 1, 900, 5000, 200_000])
def test_decode__refuses_deeper_nesting(levels: int, decoder: str) -> None:
    assert decoded(nested(levels), decoder) == "None"


@decoders
@pytest.mark.parametrize("number", ["9" * MAX_DIGITS, "-" + "9" * (MAX_DIGITS - 1), "0." + "1" * (MAX_DIGITS - 2)])
def test_decode__takes_the_longest_number(number: str, decoder: str) -> None:
    assert decoded(f'[{{"a":{number}}}]'.encode(), decoder) == repr([{"a": json.loads(number)}])


@decoders
@pytest.mark.parametrize("offset", [0, 1, 50, 99])
@pytest.mark.parametrize("number", ["9" * (MAX_DIGITS + 1), "0." + "1" * MAX_DIGITS, "1e-" + "0" * MAX_DIGITS])
def test_decode__refuses_a_longer_one_wherever_it_stands(number: str, offset: int, decoder: str) -> None:
    assert decoded(f'[{{"a":"{"x" * offset}","b":{number}}}]'.encode(), decoder) == "None"


@decoders
def test_decode__a_text_of_digits_is_no_number(decoder: str) -> None:
    batch = b'[{"a":1,"b":"' + b"1" * 5000 + b'"}]'
    assert decoded(batch, decoder) == repr(json.loads(batch))


@decoders
@pytest.mark.parametrize("power", [31, 53, 63, 64, 65, 200])
@pytest.mark.parametrize("step", [-1, 0, 1])
def test_decode__integers_are_exact(power: int, step: int, decoder: str) -> None:
    number = 2**power + step
    assert decoded(f'[{{"a":{number},"b":{{"c":[{-number}]}}}}]'.encode(), decoder) == repr(
        [{"a": number, "b": {"c": [-number]}}]
    )


@decoders
def test_decode__the_last_of_equal_names_wins(decoder: str) -> None:
    assert decoded(rb'[{"a":"1","b":"2","\u0061":"3"}]', decoder) == "[{'a': '3', 'b': '2'}]"


@decoders
@pytest.mark.parametrize(
    "text", [r"\ud83d", r"\ude00\ud83d", r"\ud83d\ud83d\ude00", "\x01"], ids=["high", "low", "two", "raw"]
)
def test_decode__passes_what_accelerators_refuse(text: str, decoder: str) -> None:
    assert decoded(f'[{{"a":"{text}"}}]'.encode(), decoder) == repr([{"a": json.loads(f'"{text}"', strict=False)}])


@decoders
@pytest.mark.parametrize("number", ["1.10", "1e2", "-0.0", "1E-400", "0." + "3" * 60])
def test_decode__decimals_are_exact(number: str, decoder: str) -> None:
    assert decoded(f'[{{"a":{number}}}]'.encode(), decoder, DECIMAL_SCANNER) == repr([{"a": Decimal(number)}])


@decoders
def test_decode__decimals_are_for_fractions_only(decoder: str) -> None:
    assert decoded(b'[{"a":12}]', decoder, DECIMAL_SCANNER) == "[{'a': 12}]"


@decoders
@pytest.mark.parametrize("number", ["1e400", "-1e400", "NaN", "1" * (MAX_DIGITS + 1)])
def test_decode__decimals_have_the_same_limits(number: str, decoder: str) -> None:
    assert decoded(f'[{{"a":{number}}}]'.encode(), decoder, DECIMAL_SCANNER) == "None"


@decoders
def test_decode__a_number_too_close_to_zero_for_decimal_is_refused(decoder: str) -> None:
    """Its exponent has more digits than Decimal counts; zero would not be exact."""
    assert decoded(b'[{"a":1e-99999999999999999999}]', decoder, DECIMAL_SCANNER) == "None"


def test_chosen_decoder__is_the_first_installed() -> None:
    assert chosen_decoder() == INSTALLED[0]


def test_chosen_decoder__is_what_is_wanted() -> None:
    assert chosen_decoder("json") == "json"


def test_make_decode__refuses_an_unknown_decoder() -> None:
    with pytest.raises(InvalidUsage, match="none of msgspec, orjson, json"):
        make_decode(SCANNER, decoder="simplejson")

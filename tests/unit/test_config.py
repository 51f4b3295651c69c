"""Settings put together: what goes before what, ways of signing in, and secrets that are kept elsewhere."""

from __future__ import annotations

import json
import sys
from itertools import product
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from pysnow.auth import ApiKey, BasicAuth, BearerToken, ClientCertificate, Secret
from pysnow.config.configuration import Configuration, Sources, configure
from pysnow.config.settings import SETTINGS
from pysnow.exceptions import InvalidUsage
from pysnow.oauth.grants import ClientCredentials, OAuthGrant, PasswordGrant, RefreshToken
from pysnow.oauth.oauth_login import REDIRECT_URI, AuthorizationCode
from pysnow.oauth.token_file import FileTokenStore

CANARY = "canary-51c2"


def settings(
    environ: dict[str, str] | None = None, said: dict[str, Any] | None = None, **options: Any
) -> Configuration:
    return configure(said or {}, Sources(environ=environ or {}, files=False, **options))


def in_folder(folder: Path, text: str, *, name: str = "servicenow.toml") -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    path.chmod(0o600)
    return path


# -- what goes before what -------------------------------------------------------------------------------------------

PLACES = ("argument", "environment", "project", "user")
VALUES = {
    "user": ("SERVICENOW_USERNAME", lambda place: place, lambda place: f'"{place}"'),
    "timeout": (
        "SERVICENOW_TIMEOUT",
        lambda place: PLACES.index(place) + 1.0,
        lambda place: f"{PLACES.index(place) + 1}",
    ),
    "instance": ("SERVICENOW_INSTANCE", lambda place: place, lambda place: f'"{place}"'),
    "strict": (
        "SERVICENOW_STRICT",
        lambda place: PLACES.index(place) % 2 == 0,
        lambda place: str(PLACES.index(place) % 2 == 0).lower(),
    ),
}


@pytest.mark.parametrize("name", VALUES)
@pytest.mark.parametrize("there", [there for there in product((True, False), repeat=4) if any(there)])
def test_nearest_place__counts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, there: tuple[bool, ...]
) -> None:
    variable, value, in_toml = VALUES[name]
    told = dict(zip(PLACES, there, strict=True))
    (tmp_path / "work").mkdir()
    monkeypatch.chdir(tmp_path / "work")
    environ = {"XDG_CONFIG_HOME": str(tmp_path / "home"), "APPDATA": str(tmp_path / "home"), "HOME": str(tmp_path)}
    if told["environment"]:
        environ[variable] = str(value("environment")).lower() if name == "strict" else str(value("environment"))
    if told["project"]:
        in_folder(tmp_path / "work", f"{name} = {in_toml('project')}\n")
    if told["user"]:
        in_folder(tmp_path / "home" / "pysnow", f"{name} = {in_toml('user')}\n")
    said = {name: value("argument")} if told["argument"] else {}
    first = next(place for place in PLACES if told[place])
    assert configure(said, Sources(environ=environ)).get(name) == value(first)


def test_default__holds_when_nobody_says_anything() -> None:
    assert (settings().get("timeout", 10), settings().origin("timeout")) == (10, "default")


def test_empty_variable__counts_as_not_set() -> None:
    assert settings({"SERVICENOW_INSTANCE": "", "SN_HOST": "dev9"}).get("instance") == "dev9"


def test_variables_of_ansible__are_second() -> None:
    environ = {"SN_HOST": "theirs", "SN_USERNAME": "bob", "SERVICENOW_INSTANCE": "ours"}
    assert (settings(environ).get("instance"), settings(environ).get("user")) == ("ours", "bob")


def test_prefix__leaves_out_all_others() -> None:
    found = settings({"SERVICENOW_INSTANCE": "a", "SN_HOST": "b", "ACME_INSTANCE": "c"}, prefix="ACME_")
    assert found.get("instance") == "c"


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("TIMEOUT", "5,60", (5.0, 60.0)),
        ("READ_ONLY", "Yes", True),
        ("READ_ONLY", "0", False),
        ("MAX_RETRIES", "7", 7),
        ("CA_BUNDLE", "ca.pem", "ca.pem"),
        ("VERIFY", "false", False),
        ("CLIENT_CERT", "c.pem,k.pem", ("c.pem", "k.pem")),
        ("RATE_LIMIT", "2.5", 2.5),
    ],
)
def test_variable__is_made_into_what_its_setting_needs(name: str, text: str, value: object) -> None:
    found = settings({f"SERVICENOW_{name}": text})
    assert value in [found.get(setting.name) for setting in SETTINGS]


@pytest.mark.parametrize(("name", "text"), [("TIMEOUT", "soon"), ("READ_ONLY", "maybe"), ("MAX_RETRIES", "-1")])
def test_variable_that_cannot_be__is_named(name: str, text: str) -> None:
    with pytest.raises(InvalidUsage, match=f"environment SERVICENOW_{name}"):
        settings({f"SERVICENOW_{name}": text})


# -- files and profiles ----------------------------------------------------------------------------------------------


def test_profile__is_chosen_by_argument_then_variable_then_file(tmp_path: Path) -> None:
    profiles = "".join(f'[profiles.{name}]\ninstance = "{name}"\n' for name in "abc")
    path = in_folder(tmp_path, f'default_profile = "a"\n{profiles}')
    variable = {"SERVICENOW_PROFILE": "b"}
    chosen = [
        configure({}, Sources(environ=environ, path=path), profile).get("instance")
        for environ, profile in (({}, None), (variable, None), (variable, "c"))
    ]
    assert chosen == ["a", "b", "c"]


@pytest.mark.parametrize(("profile", "says"), [("prd", "did you mean 'prod'"), ("zzz", "there are prod, test")])
def test_unknown_profile__names_those_there_are(tmp_path: Path, profile: str, says: str) -> None:
    path = in_folder(tmp_path, "[profiles.prod]\n[profiles.test]\n")
    with pytest.raises(InvalidUsage, match=says):
        configure({}, Sources(environ={}, path=path), profile)


def test_file_named_by_a_variable__must_be_there(tmp_path: Path) -> None:
    with pytest.raises(InvalidUsage, match="none.toml"):
        configure({}, Sources(environ={"SERVICENOW_CONFIG": str(tmp_path / "none.toml")}))


def test_needed_file__names_where_it_was_looked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(InvalidUsage, match=r"servicenow\.toml"):
        configure({}, Sources(environ={}, needs_file=True))


def test_config_false__reads_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SERVICENOW_INSTANCE", "dev1")
    assert configure({}, False).get("instance") is None


@pytest.mark.parametrize("config", [5, "", True, []])
def test_config_of_another_kind__is_refused(config: Any) -> None:
    with pytest.raises(InvalidUsage, match="config"):
        configure({}, config)


def test_profile_without_files__is_refused() -> None:
    with pytest.raises(InvalidUsage, match="profile"):
        configure({}, False, "dev")


# -- who is calling --------------------------------------------------------------------------------------------------

SETS = {
    "token": ({"API_TOKEN": "t"}, BearerToken),
    "api_key": ({"API_KEY": "k"}, ApiKey),
    "client_credentials": ({"CLIENT_ID": "i", "CLIENT_SECRET": "s"}, ClientCredentials),
    "password": ({"CLIENT_ID": "i", "CLIENT_SECRET": "s", "USERNAME": "u", "PASSWORD": "p"}, PasswordGrant),
    "refresh_token": ({"CLIENT_ID": "i", "CLIENT_SECRET": "s", "REFRESH_TOKEN": "r"}, RefreshToken),
    "basic": ({"USERNAME": "u", "PASSWORD": "p"}, BasicAuth),
}


def variables(values: dict[str, str]) -> dict[str, str]:
    return {f"SERVICENOW_{name}": value for name, value in values.items()}


@pytest.mark.parametrize(("name", "given"), [(name, given) for name, (given, _) in SETS.items()])
def test_method__is_read_off_what_is_there(name: str, given: dict[str, str]) -> None:
    found = settings(variables(given))
    assert (type(found.sign_in()), found.explain()["auth_method"].value) == (SETS[name][1], name)


@pytest.mark.parametrize("pair", [("token", "basic"), ("api_key", "basic"), ("token", "client_credentials")])
def test_two_methods__are_both_named(pair: tuple[str, str]) -> None:
    with pytest.raises(InvalidUsage) as caught:
        settings(variables({**SETS[pair[0]][0], **SETS[pair[1]][0]})).sign_in()
    assert all(name in str(caught.value) for name in (*pair, "SERVICENOW_AUTH_METHOD"))


@pytest.mark.parametrize("name", ["token", "basic"])
def test_named_method__decides_between_two(name: str) -> None:
    given = {**SETS["token"][0], **SETS["basic"][0], "AUTH_METHOD": name}
    assert type(settings(variables(given)).sign_in()) is SETS[name][1]


def test_nearer_place__goes_before_a_farther_one(tmp_path: Path) -> None:
    path = in_folder(tmp_path, 'user = "ada"\npassword = "x"\n')
    found = configure({}, Sources(environ={"SERVICENOW_API_TOKEN": "t"}, path=path))
    assert type(found.sign_in()) is BearerToken


@pytest.mark.parametrize("name", ["client_credentials", "password", "refresh_token"])
def test_secret__is_fetched_once(name: str, tmp_path: Path) -> None:
    """A command that asks for a fingerprint is not run twice."""
    told = tmp_path / "told"
    script = tmp_path / "tell.py"
    script.write_text(f"open({str(told)!r}, 'a').write('.'); print('s')")
    settings(variables({**SETS[name][0], "CLIENT_SECRET": f"cmd:{sys.executable} {script}"})).sign_in()
    assert told.read_text() == "."


def test_certificate__counts_when_it_is_named() -> None:
    found = settings(variables({"AUTH_METHOD": "certificate", "CLIENT_CERT": "c.pem", **SETS["basic"][0]}))
    assert type(found.sign_in()) is ClientCertificate


@pytest.mark.parametrize("method", ["authorization_code", "login"])
def test_authorization_code__counts_when_it_is_named(method: str, tmp_path: Path) -> None:
    path = in_folder(
        tmp_path, f'auth_method = "{method}"\nclient_id = "i"\nclient_secret = "env:S"\ntoken_file = "kept.json"\n'
    )
    auth = configure({}, Sources(environ={"S": "s"}, path=path)).sign_in()
    assert isinstance(auth, AuthorizationCode)
    assert (auth.redirect_uri, str(tmp_path / "kept.json") in repr(auth._store)) == (REDIRECT_URI, True)


@pytest.mark.parametrize("name", ["client_credentials", "password", "refresh_token"])
def test_token_file__is_the_store_of_every_grant(name: str, tmp_path: Path) -> None:
    given = {**SETS[name][0], "TOKEN_FILE": str(tmp_path / "kept.json")}
    auth = settings(variables(given)).sign_in()
    assert type(auth) is SETS[name][1]
    assert isinstance(auth, OAuthGrant)
    assert isinstance(auth._store, FileTokenStore)


@pytest.mark.parametrize(("method", "says"), [("bsaic", "did you mean 'basic'"), ("token", "needs token")])
def test_method_that_cannot_be__is_named_with_its_origin(method: str, says: str) -> None:
    with pytest.raises(InvalidUsage, match=f"environment SERVICENOW_AUTH_METHOD: .*{says}"):
        settings({"SERVICENOW_AUTH_METHOD": method}).sign_in()


def test_half_of_a_pair__is_told() -> None:
    with pytest.raises(InvalidUsage, match="there is only client_id"):
        settings({"SERVICENOW_CLIENT_ID": "i"}).sign_in()


# -- secrets ---------------------------------------------------------------------------------------------------------


def secret(text: str, folder: Path, **environ: str) -> str:
    path = in_folder(folder, f"password = {json.dumps(text)}\n")
    return configure({}, Sources(environ=dict(environ), path=path)).secret("password").reveal()


def test_secret__is_what_stands_there(tmp_path: Path) -> None:
    assert secret("a:b", tmp_path) == "a:b"


def test_secret__of_the_environment(tmp_path: Path) -> None:
    assert secret("env:SN_SECRET", tmp_path, SN_SECRET=CANARY) == CANARY


def test_secret__of_a_file_beside(tmp_path: Path) -> None:
    (tmp_path / "password.txt").write_text(f"{CANARY}\n", encoding="utf-8")
    assert secret("file:password.txt", tmp_path) == CANARY


def test_secret__of_a_command(tmp_path: Path) -> None:
    assert secret(f'cmd:"{sys.executable}" -c "print(\'{CANARY}\'); print(2)"', tmp_path) == CANARY


def test_secret__of_a_command_given_as_a_list(tmp_path: Path) -> None:
    path = in_folder(tmp_path, f"password_command = [{sys.executable!r}, '-c', 'print(\"{CANARY}\")']\n")
    assert configure({}, Sources(environ={}, path=path)).secret("password").reveal() == CANARY


def test_secret__of_the_keyring(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = {("servicenow/dev", "ada"): CANARY}
    monkeypatch.setitem(sys.modules, "keyring", SimpleNamespace(get_password=lambda *entry: kept.get(entry)))
    assert secret("keyring:servicenow/dev/ada", tmp_path) == CANARY


def test_secret__that_begins_like_a_place(tmp_path: Path) -> None:
    assert secret("plain:env:X", tmp_path) == "env:X"


def test_secret_of_an_argument__is_never_a_place() -> None:
    assert settings(said={"password": Secret("env:HOME")}).secret("password").reveal() == "env:HOME"


@pytest.mark.parametrize(
    "text",
    [
        "env:NOWHERE",
        "file:none.txt",
        "cmd:/no/such/program",
        "cmd:",
        f"cmd:{sys.executable} -c 'raise SystemExit(3)'",
        f"cmd:{sys.executable} -c pass",
        "keyring:x",
    ],
)
def test_secret_that_cannot_be_had__is_named_with_its_place(tmp_path: Path, text: str) -> None:
    with pytest.raises(InvalidUsage, match=r"servicenow\.toml:1: password cannot be had"):
        secret(text, tmp_path)


def test_missing_keyring__is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "keyring", None)
    with pytest.raises(InvalidUsage, match="pip install"):
        secret("keyring:a/b", tmp_path)


def test_command_in_a_file_that_others_can_write__is_not_run(tmp_path: Path) -> None:
    path = in_folder(tmp_path, "password = 'cmd:echo x'\n")
    path.chmod(0o622)
    with pytest.raises(InvalidUsage, match="not run"):
        configure({}, Sources(environ={}, path=path)).secret("password")


# -- explanations ----------------------------------------------------------------------------------------------------


def test_explain__tells_value_and_origin() -> None:
    found = settings({"SERVICENOW_INSTANCE": "dev1"}, {"user": "ada"})
    told = {name: (row.value, row.origin) for name, row in found.explain().items()}
    assert told == {"instance": ("dev1", "environment SERVICENOW_INSTANCE"), "user": ("ada", "argument")}


@pytest.mark.parametrize(
    "name", ["PASSWORD", "API_TOKEN", "API_KEY", "CLIENT_SECRET", "REFRESH_TOKEN", "OAUTH_CLIENT_SECRET"]
)
@pytest.mark.parametrize("text", [CANARY, f"cmd:echo {CANARY}", f"plain:{CANARY}"])
def test_explain__masks_secrets(name: str, text: str) -> None:
    found = settings({f"SERVICENOW_{name}": text})
    shown = f"{found.explain()} {found!r} {[str(row) for row in found.explain().values()]}"
    assert ("***" in shown, CANARY in shown) == (True, False)


def test_explain__masks_an_address_with_a_password() -> None:
    assert (
        settings({"SERVICENOW_INSTANCE": f"https://u:{CANARY}@dev1.example.com"}).explain()["instance"].value == "***"
    )


def test_explain__names_where_a_secret_is_kept() -> None:
    assert settings({"SERVICENOW_PASSWORD": "env:VAULT"}).explain()["password"].value == "env:VAULT"

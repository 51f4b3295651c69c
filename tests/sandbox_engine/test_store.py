"""Rows in and out, in memory and in a file."""

from __future__ import annotations

import sqlite3
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest

from pysnow.sandbox.dictionary import Column, Dictionary, Table, UnknownTable
from pysnow.sandbox.query import QueryContext, compile, parse
from pysnow.sandbox.store import DuplicateKey, SchemaMismatch, Store, StoreError, UnknownColumn
from pysnow.sandbox.store.remembered import Remembered


@pytest.fixture(params=["memory", "file"])
def any_store(request: pytest.FixtureRequest, dictionary: Dictionary, tmp_path: Path) -> Store:
    """A store of each sort."""
    return Store(dictionary, None if request.param == "memory" else tmp_path / "rows.db")


@pytest.mark.parametrize(
    ("element", "given", "given_back"),
    [
        ("short_description", "Ünïcode 🎉", "Ünïcode 🎉"),
        ("short_description", "", None),
        ("short_description", None, None),
        ("short_description", "007", "007"),
        ("active", "true", "true"),
        ("active", "false", "false"),
        ("active", "1", "true"),
        ("state", "-5", "-5"),
        ("state", "12345678901234567", "12345678901234567"),
        ("state", "many", None),
        ("cost", "12.50", "12.5"),
        ("cost", "12", "12"),
        ("cost", "0", "0"),
        ("opened_at", "2026-03-04 05:06:07", "2026-03-04 05:06:07"),
        ("work_notes", "lost here", None),
        ("watch_list", "a,b", "a,b"),
    ],
)
def test_get__value_comes_back(any_store: Store, element: str, given: str | None, given_back: str | None) -> None:
    any_store.insert("task", {"sys_id": "1", element: given})
    row = any_store.get("task", "1")
    assert row is not None
    assert row[element] == given_back


def test_get__has_every_visible_column(store: Store) -> None:
    store.insert("incident", {"sys_id": "1"})
    assert set(store.get("incident", "1") or {}) == set(store.dictionary.columns("incident"))


def test_get__through_the_parent_hides_own_columns(store: Store) -> None:
    store.insert("incident", {"sys_id": "1", "category": "network"})
    row = store.get("task", "1")
    assert row is not None
    assert (row["sys_class_name"], "category" in row) == ("incident", False)


@pytest.mark.parametrize("table", ["problem", "major_incident", "sys_user"])
def test_get__row_of_another_class_is_not_found(store: Store, table: str) -> None:
    store.insert("incident", {"sys_id": "1"})
    assert store.get(table, "1") is None


def test_get__ids_ignore_case_and_keep_it(store: Store) -> None:
    store.insert("task", {"sys_id": "ABC"})
    assert (store.get("task", "abc") or {})["sys_id"] == "ABC"


def test_get__sibling_columns_of_another_type_do_not_mix(store: Store) -> None:
    store.insert("incident", {"sys_id": "1", "severity": "3"})
    store.insert("problem", {"sys_id": "2", "severity": "high"})
    assert [(store.get(t, i) or {})["severity"] for t, i in (("incident", "1"), ("problem", "2"))] == ["3", "high"]


def test_get_many__missing_ids_are_passed_over(store: Store) -> None:
    store.insert_many("task", ({"sys_id": str(number)} for number in range(5)))
    found = store.get_many("task", ["4", "nope", "1"], columns=["sys_id"])
    assert list(found) == [{"sys_id": "1"}, {"sys_id": "4"}]


def test_get_many__no_ids(store: Store) -> None:
    store.insert("task", {"sys_id": "1"})
    assert list(store.get_many("task", [])) == []


def test_insert__duplicate_id(any_store: Store) -> None:
    any_store.insert("task", {"sys_id": "a"})
    with pytest.raises(DuplicateKey, match="table 'incident': a row with this key exists already"):
        any_store.insert("incident", {"sys_id": "A"})


def test_insert__duplicate_unique_value(store: Store) -> None:
    store.insert("sys_user", {"sys_id": "1", "user_name": "abel"})
    with pytest.raises(DuplicateKey, match="user_name"):
        store.insert("sys_user", {"sys_id": "2", "user_name": "ABEL"})


def test_insert__unique_column_may_be_empty_often(store: Store) -> None:
    store.insert_many("sys_user", [{"sys_id": "1", "user_name": ""}, {"sys_id": "2"}])
    assert store.count("sys_user") == 2


def test_insert__without_sys_id(store: Store) -> None:
    with pytest.raises(StoreError, match="a row of table 'task' has no sys_id"):
        store.insert("task", {"number": "1"})


def test_insert__unknown_column(store: Store) -> None:
    with pytest.raises(UnknownColumn, match="table 'task' has no column 'nope'"):
        store.insert("task", {"sys_id": "1", "nope": "x"})


def test_insert__unknown_table(store: Store) -> None:
    with pytest.raises(UnknownTable):
        store.insert("nope", {"sys_id": "1"})


def test_insert__class_name_chooses_a_subclass(store: Store) -> None:
    store.insert("task", {"sys_id": "1", "sys_class_name": "incident", "category": "network"})
    assert (store.get("incident", "1") or {})["category"] == "network"


def test_insert__class_name_elsewhere_does_not_count(store: Store) -> None:
    store.insert("incident", {"sys_id": "1", "sys_class_name": "problem"})
    assert (store.get("incident", "1") or {})["sys_class_name"] == "incident"


def test_insert_many__all_or_nothing(any_store: Store) -> None:
    with pytest.raises(DuplicateKey):
        any_store.insert_many("task", [{"sys_id": "1"}, {"sys_id": "2"}, {"sys_id": "1"}])
    assert any_store.count("task") == 0


def test_insert_many__rows_with_different_columns(store: Store) -> None:
    rows = [{"sys_id": "1", "number": "A"}, {"number": "B", "sys_id": "2"}, {"sys_id": "3", "state": "4"}]
    assert store.insert_many("task", rows) == 3
    assert [row["number"] for row in store.select("task")] == ["A", "B", None]


def test_insert_many__in_bulk_keeps_the_indexes(tmp_path: Path, dictionary: Dictionary) -> None:
    with closing(Store(dictionary, tmp_path / "rows.db")) as store:
        before = _indexes(tmp_path / "rows.db")
        count = store.insert_many(
            "task", ({"sys_id": f"{number:08d}", "number": str(number)} for number in range(20_500))
        )
        assert (count, _indexes(tmp_path / "rows.db")) == (20_500, before)


def test_insert_many__duplicate_in_bulk_keeps_the_indexes(tmp_path: Path, dictionary: Dictionary) -> None:
    with closing(Store(dictionary, tmp_path / "rows.db")) as store:
        before = _indexes(tmp_path / "rows.db")
        with pytest.raises(DuplicateKey):
            store.insert_many("task", ({"sys_id": str(number % 20_400)} for number in range(20_500)))
        assert (store.count("task"), _indexes(tmp_path / "rows.db")) == (0, before)


def test_update__changes_what_is_named_only(any_store: Store) -> None:
    any_store.insert("incident", {"sys_id": "1", "category": "network", "state": "1"})
    assert any_store.update("task", "1", {"state": "2"})
    row = any_store.get("incident", "1") or {}
    assert (row["category"], row["state"]) == ("network", "2")


def test_update__empty_text_clears(store: Store) -> None:
    store.insert("incident", {"sys_id": "1", "category": "network"})
    store.update("incident", "1", {"category": ""})
    assert (store.get("incident", "1") or {})["category"] is None


def test_update__row_of_another_class(store: Store) -> None:
    store.insert("incident", {"sys_id": "1"})
    assert not store.update("problem", "1", {"category": "x"})


@pytest.mark.parametrize(("sys_id", "found"), [("1", True), ("2", False)])
def test_update__without_values_tells_whether_the_row_exists(store: Store, sys_id: str, found: bool) -> None:
    store.insert("task", {"sys_id": "1"})
    assert store.update("task", sys_id, {}) is found


def test_update__another_class_drops_foreign_columns(store: Store) -> None:
    store.insert("incident", {"sys_id": "1", "number": "N", "caller_id": "abel"})
    store.update("task", "1", {"sys_class_name": "problem"})
    store.update("task", "1", {"sys_class_name": "incident"})
    row = store.get("incident", "1") or {}
    assert (row["number"], row["caller_id"]) == ("N", None)


@pytest.mark.parametrize("name", ["sys_user", "nope", "", None])
def test_update__class_outside_the_hierarchy_is_passed_over(store: Store, name: str | None) -> None:
    store.insert("incident", {"sys_id": "1"})
    store.update("incident", "1", {"sys_class_name": name, "state": "2"})
    row = store.get("incident", "1") or {}
    assert (row["sys_class_name"], row["state"]) == ("incident", "2")


def test_update__to_a_taken_value(store: Store) -> None:
    store.insert_many("sys_user", [{"sys_id": "1", "user_name": "a"}, {"sys_id": "2", "user_name": "b"}])
    with pytest.raises(DuplicateKey):
        store.update("sys_user", "2", {"user_name": "A"})


def test_delete__row_is_gone(any_store: Store) -> None:
    any_store.insert("incident", {"sys_id": "1"})
    assert any_store.delete("task", "1")
    assert any_store.get("incident", "1") is None


def test_delete__row_of_another_class_stays(store: Store) -> None:
    store.insert("incident", {"sys_id": "1"})
    assert not store.delete("problem", "1")
    assert store.count("incident") == 1


def test_select__without_order_by_sys_id(store: Store) -> None:
    store.insert_many("task", [{"sys_id": sys_id} for sys_id in "badc"])
    assert [row["sys_id"] for row in store.select("task")] == ["a", "b", "c", "d"]


def test_select__page(store: Store) -> None:
    store.insert_many("task", [{"sys_id": sys_id} for sys_id in "abcdef"])
    assert [row["sys_id"] for row in store.select("task", limit=2, offset=3)] == ["d", "e"]


@pytest.mark.parametrize(("limit", "offset"), [(-1, 0), (None, -1)])
def test_select__negative_page(store: Store, limit: int | None, offset: int) -> None:
    with pytest.raises(ValueError, match="must not be negative"):
        store.select("task", limit=limit, offset=offset)


def test_select__page_numbers_beyond_64_bits(store: Store) -> None:
    store.insert("task", {"sys_id": "1"})
    assert list(store.select("task", limit=10**30, offset=10**30)) == []


def test_select__columns_under_the_names_asked_for(store: Store) -> None:
    store.insert("sys_user", {"sys_id": "abel", "name": "Abel", "active": "true", "company": "acme"})
    store.insert("core_company", {"sys_id": "acme", "name": "Acme"})
    store.insert("incident", {"sys_id": "1", "caller_id": "abel"})
    columns = ["sys_id", "caller_id.active", "caller_id.company.name", "caller_id.nope", "nope.name", "nope"]
    assert list(store.select("incident", columns=columns)) == [
        {"sys_id": "1", "caller_id.active": "true", "caller_id.company.name": "Acme"}
    ]


def test_select__dot_walk_along_an_empty_reference_is_empty(store: Store) -> None:
    store.insert("incident", {"sys_id": "1"})
    assert list(store.select("incident", columns=["caller_id.name"])) == [{"caller_id.name": None}]


def test_select__dot_walk_by_another_key_never_doubles_rows(store: Store) -> None:
    store.insert_many("sys_db_object", [{"sys_id": i, "name": "incident", "label": "Incident"} for i in "ab"])
    store.insert("sys_number", {"sys_id": "1", "category": "incident"})
    assert list(store.select("sys_number", columns=["category.label"])) == [{"category.label": "Incident"}]


def test_select__no_known_column_still_counts_the_rows(store: Store) -> None:
    store.insert("task", {"sys_id": "1"})
    assert list(store.select("task", columns=["nope"])) == [{}]


def test_select__more_paths_than_sqlite_joins_are_left_out(store: Store) -> None:
    store.insert("task", {"sys_id": "1", "number": "N"})
    paths = ["number"] + ["parent." * depth + "number" for depth in range(1, 90)]
    (row,) = store.select("task", columns=paths)
    assert (row["number"], 50 < len(row) < 90) == ("N", True)


def test_select__query_for_another_table(store: Store, context: QueryContext) -> None:
    query = compile(store.dictionary, "incident", parse(""), context)
    with pytest.raises(ValueError, match="compile it for 'problem'"):
        store.select("problem", query)


def test_select__rows_may_change_while_they_are_read(store: Store) -> None:
    store.insert_many("task", [{"sys_id": sys_id} for sys_id in "abc"])
    for row in store.select("task"):
        store.delete("task", str(row["sys_id"]))
    assert store.count("task") == 0


def test_count__by_class(store: Store) -> None:
    store.insert("incident", {"sys_id": "1"})
    store.insert("major_incident", {"sys_id": "2"})
    store.insert("problem", {"sys_id": "3"})
    counts = [store.count(table) for table in ("task", "incident", "major_incident", "problem")]
    assert counts == [3, 2, 1, 1]


def test_transaction__undone_by_an_error(any_store: Store) -> None:
    def fail_half_way() -> None:
        with any_store.transaction():
            any_store.insert("task", {"sys_id": "1"})
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail_half_way()
    assert any_store.count("task") == 0


def test_transaction__inner_error_undoes_the_inner_part(any_store: Store) -> None:
    with any_store.transaction():
        any_store.insert("task", {"sys_id": "1"})
        with pytest.raises(DuplicateKey):
            any_store.insert_many("task", [{"sys_id": "2"}, {"sys_id": "1"}])
    assert [row["sys_id"] for row in any_store.select("task")] == ["1"]


def test_transaction__sees_what_it_wrote(any_store: Store) -> None:
    with any_store.transaction():
        any_store.insert("task", {"sys_id": "1"})
        assert any_store.count("task") == 1


def test_transaction__a_file_shows_nothing_unfinished(dictionary: Dictionary, tmp_path: Path) -> None:
    file = tmp_path / "rows.db"
    with closing(Store(dictionary, file)) as store, store.transaction(), ThreadPoolExecutor(1) as other:
        store.insert("task", {"sys_id": "1"})
        assert other.submit(store.count, "task").result() == 0


def test_threads__no_write_is_lost(any_store: Store) -> None:
    def write(worker: int) -> None:
        for number in range(25):
            with any_store.transaction():
                any_store.insert("task", {"sys_id": f"{worker}-{number}"})
                any_store.update("task", f"{worker}-{number}", {"state": str(worker)})

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(write, range(8)))
    assert any_store.count("task") == 200


def test_threads__readers_beside_a_writer(any_store: Store) -> None:
    done = threading.Event()

    def read() -> list[int]:
        seen = []
        while not done.is_set():
            seen.append(len(list(any_store.select("task"))))
        return seen

    with ThreadPoolExecutor(3) as pool:
        readers = [pool.submit(read) for _ in range(3)]
        for batch in range(10):
            any_store.insert_many("task", [{"sys_id": f"{batch}-{number}"} for number in range(50)])
        done.set()
        seen = [count for reader in readers for count in reader.result()]
    assert {count % 50 for count in seen} <= {0}


def test_file__opens_again_with_its_rows(dictionary: Dictionary, tmp_path: Path) -> None:
    first = Store(dictionary, tmp_path / "rows.db")
    first.insert("incident", {"sys_id": "1", "number": "INC1"})
    first.set_meta("seed", "demo")
    first.close()
    with closing(Store(dictionary, tmp_path / "rows.db")) as again:
        assert ((again.get("incident", "1") or {})["number"], again.get_meta("seed")) == ("INC1", "demo")


def test_file__of_another_layout_is_refused(dictionary: Dictionary, tmp_path: Path) -> None:
    store = Store(dictionary, tmp_path / "rows.db")
    store.set_meta("schema_version", "0")
    store.close()
    with pytest.raises(SchemaMismatch, match="start a new file"):
        Store(dictionary, tmp_path / "rows.db")


def test_file__of_another_program_is_refused(dictionary: Dictionary, tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "other.db")) as other, other:
        other.execute("CREATE TABLE addresses (name TEXT)")
    with pytest.raises(StoreError, match="another program"):
        Store(dictionary, tmp_path / "other.db")


def test_file__of_another_program_stays_as_it_is(dictionary: Dictionary, tmp_path: Path) -> None:
    path = tmp_path / "other.db"
    with closing(sqlite3.connect(path)) as other, other:
        other.execute("CREATE TABLE addresses (name TEXT)")
    other.close()
    before = path.read_bytes()
    with pytest.raises(StoreError):
        Store(dictionary, path)
    assert path.read_bytes() == before


def test_file__that_is_no_database_is_refused(dictionary: Dictionary, tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("Not a database, but long enough to look like one could. " * 100)
    with pytest.raises(StoreError, match=r"notes\.txt"):
        Store(dictionary, tmp_path / "notes.txt")


def test_file__in_a_missing_directory(dictionary: Dictionary, tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="unable to open"):
        Store(dictionary, tmp_path / "nowhere" / "rows.db")


def test_file__that_is_empty_becomes_a_store(dictionary: Dictionary, tmp_path: Path) -> None:
    (tmp_path / "rows.db").touch()
    assert Store(dictionary, tmp_path / "rows.db").count("task") == 0


def test_file__columns_of_another_type_are_refused(tmp_path: Path) -> None:
    Store(Dictionary((Table("u_x", "X", (Column("a", "A"),)),)), tmp_path / "rows.db").close()
    with pytest.raises(SchemaMismatch, match="u_x.a is stored as TEXT, not INTEGER"):
        Store(Dictionary((Table("u_x", "X", (Column("a", "A", "integer"),)),)), tmp_path / "rows.db")


def test_file__follows_a_grown_dictionary(tmp_path: Path) -> None:
    Store(Dictionary((Table("u_x", "X", (Column("a", "A"),)),)), tmp_path / "rows.db").close()
    grown = Table("u_x", "X", (Column("a", "A"), Column("b", "B", "integer")))
    with closing(Store(Dictionary((grown,)), tmp_path / "rows.db")) as store:
        store.insert("u_x", {"sys_id": "1", "b": "7"})
        assert (store.get("u_x", "1") or {})["b"] == "7"


def test_dictionary__new_table_is_usable_at_once(store: Store) -> None:
    store.dictionary.add_table(Table("u_car", "Car", (Column("u_owner", "Owner", "reference", reference="sys_user"),)))
    store.insert("u_car", {"sys_id": "1", "u_owner": "abel"})
    assert store.count("u_car") == 1


def test_dictionary__new_column_is_empty_in_old_rows(store: Store) -> None:
    store.insert("incident", {"sys_id": "1"})
    store.dictionary.add_column("task", Column("u_x", "X", "boolean"))
    assert (store.get("incident", "1") or {})["u_x"] is None


def test_copy__is_independent(any_store: Store) -> None:
    any_store.insert("task", {"sys_id": "1"})
    twin = any_store.copy()
    twin.insert("task", {"sys_id": "2"})
    assert (any_store.count("task"), twin.count("task")) == (1, 2)


def test_copy__grows_tables_of_its_own(store: Store) -> None:
    twin = store.copy()
    twin.dictionary.add_table(Table("u_x", "X"))
    twin.insert("u_x", {"sys_id": "1"})
    assert "u_x" not in store.dictionary


def test_copy__into_a_file(store: Store, tmp_path: Path) -> None:
    store.insert("task", {"sys_id": "1"})
    store.copy(tmp_path / "rows.db").close()
    assert Store(store.dictionary, tmp_path / "rows.db").count("task") == 1


def test_close__says_so_afterwards(any_store: Store) -> None:
    any_store.close()
    with pytest.raises(StoreError, match="the store is closed"):
        any_store.count("task")


def _indexes(path: Path) -> list[tuple[str, str]]:
    with closing(sqlite3.connect(path)) as connection, connection:
        names = connection.execute("SELECT name, sql FROM sqlite_schema WHERE type = 'index'").fetchall()
        figures = connection.execute("SELECT idx, stat FROM sqlite_stat1").fetchall()
    return sorted(names, key=str) + sorted(figures, key=str)


class _Counter:
    """Work that counts how often it was done."""

    def __init__(self) -> None:
        self.done: list[str] = []

    def __call__(self, name: str, *, loud: bool = False) -> str | None:
        self.done.append(name)
        return (name.upper() if loud else name) or None


def test_remembered__works_once(dictionary: Dictionary) -> None:
    remembered, work = Remembered(dictionary), _Counter()
    assert [remembered(work, "a"), remembered(work, "a"), work.done] == ["a", "a", ["a"]]


def test_remembered__none_is_a_result(dictionary: Dictionary) -> None:
    remembered, work = Remembered(dictionary), _Counter()
    assert [remembered(work, ""), remembered(work, ""), work.done] == [None, None, [""]]


def test_remembered__tells_arguments_apart(dictionary: Dictionary) -> None:
    remembered, work = Remembered(dictionary), _Counter()
    assert [remembered(work, "a"), remembered(work, "b"), remembered(work, "a", loud=True)] == ["a", "b", "A"]


def test_remembered__forgets_when_tables_change(dictionary: Dictionary) -> None:
    remembered, work = Remembered(dictionary), _Counter()
    remembered(work, "a")
    dictionary.add_column("task", Column("u_new", "New"))
    remembered(work, "a")
    assert work.done == ["a", "a"]


def test_remembered__does_not_grow_for_ever(dictionary: Dictionary) -> None:
    remembered, work = Remembered(dictionary), _Counter()
    for number in range(1000):
        remembered(work, str(number))
    remembered(work, "0")
    assert work.done.count("0") == 2

"""Loading exports: all rows of all files, or none."""

from __future__ import annotations

import os

from pysnow.sandbox.acl import SOURCE_TABLES
from pysnow.sandbox.instance.instance import Instance
from pysnow.sandbox.loading.entries import LoadError
from pysnow.sandbox.loading.files import export_files, read_export
from pysnow.sandbox.loading.rows import BadRow, Loaded, RowLoader


def load(instance: Instance, path: str | os.PathLike[str], *, table: str | None = None) -> Loaded:
    """Load the rows of exports.

    Args:
        instance: Where to.
        path: A ``.json``, ``.csv`` or ``.xml`` file, or a folder of them.
        table: Table of rows that do not name theirs; the name of the file tells it unless given.

    Raises:
        LoadError: A file cannot be read, or one of its rows cannot be stored.
    """
    loader = RowLoader(instance.platform, instance.system)
    with instance.store.transaction():
        for file in export_files(path):
            try:
                loader.load(read_export(file, instance.dictionary, table))
            except BadRow as error:
                raise LoadError(file, str(error)) from error
    loaded = loader.loaded
    if "sys_properties" in loaded.rows:
        instance.platform.load_properties()
    if any(name in SOURCE_TABLES for name in loaded.rows):
        instance.platform.security.forget()
    instance.platform.business_rules.forget()
    return loaded

"""Files of one record."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import os
    from collections.abc import Iterator
    from pathlib import Path
    from typing import IO

    from pysnow.attachment import Attachment
    from pysnow.record_response import RecordResponse

__all__ = ["RecordFiles"]


class RecordFiles:
    """Files of one record: iterate over them, attach others. Made by ``record.attachments``; asks nothing by itself.

    Args:
        files: Files of the table.
        sys_id: The record.
    """

    def __init__(self, files: Attachment, sys_id: str) -> None:
        self._files = files
        self._sys_id = sys_id

    def __repr__(self) -> str:
        return f"<RecordFiles of {self._files.table_name} {self._sys_id}>"

    def __iter__(self) -> Iterator[dict[str, Any]]:
        """Give a dict for each file: ``sys_id``, ``file_name``, ``content_type``, ``size_bytes`` ...: one GET."""
        return iter(self._files.get(self._sys_id))

    def upload(
        self,
        file_path: str | bytes | os.PathLike[str] | IO[bytes] | None = None,
        name: str | None = None,
        *,
        data: bytes | IO[bytes] | None = None,
        content_type: str | None = None,
    ) -> RecordResponse:
        """Attach a file, as :meth:`Attachment.upload <pysnow.Attachment.upload>` does.

        Args:
            file_path: Path of the file, or a file opened for reading bytes.
            name: Name of the attachment; the file's own when not given.
            data: The content itself, instead of ``file_path``; needs ``name``.
            content_type: Media type; told from the name or the content when not given.

        Returns:
            The record of the attachment.

        Raises:
            InvalidUsage: An argument cannot be used; nothing was sent.
            AmbiguousWrite: The file may or may not have been attached; ``check()`` looks again.
            PysnowException: It was not.
        """
        return self._files.upload(self._sys_id, file_path, name, data=data, content_type=content_type)

    def download(self, dest: str | os.PathLike[str] = ".", *, overwrite: bool = False) -> list[Path]:
        """Save all files into a folder, under their own names.

        Args:
            dest: An existing folder.
            overwrite: Whether files that stand there are replaced.

        Returns:
            Their paths.

        Raises:
            FileExistsError: A file of the name stands there, or two have the same name.
            PysnowException: A file could not be read.
        """
        return [self._files.download(file["sys_id"], dest, overwrite=overwrite) for file in self]

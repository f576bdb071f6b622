"""Tables too long for memory as Parquet: one file, or a folder of the same name with its parts.

A table is written chunk by chunk in row groups of a fixed length, so that its bytes do not depend
on how it was cut into chunks. Beyond ``ROWS_A_FILE`` rows it becomes a folder of files, which
pyarrow and pandas read by the folder's name as they read a file.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from exoval.running.output_path import make_folder, writing

#: rows of a row group and of a file; a multiple of one another
ROWS_A_GROUP, ROWS_A_FILE = 16_384, 262_144
PART = "part-{:05d}.parquet"


class PartsWriter:
    """Writes a table of one ``schema`` chunk by chunk; holds at most one row group and a chunk.

    ``rows`` counts what was given. Use ``writing_parts``, which puts the files into place.
    """

    def __init__(self, folder: Path, schema: pa.Schema, *, rows_a_file: int = ROWS_A_FILE) -> None:
        self.folder, self.schema, self.rows_a_file = folder, schema, rows_a_file
        self.rows = 0
        self._rows_a_group = min(ROWS_A_GROUP, rows_a_file)
        self._waiting: list[pa.Table] = []
        self._file: pq.ParquetWriter | None = None
        self._in_file = 0
        self._files = 0

    def write(self, chunk: pa.Table) -> None:
        """Add the rows of a chunk, whose columns are those of the schema in any order.

        A column that the chunk lacks is missing in its rows.
        """
        chunk = _with_schema(chunk, self.schema)
        self.rows += len(chunk)
        self._waiting.append(chunk)
        if sum(map(len, self._waiting)) < self._rows_a_group:
            return
        waiting = pa.concat_tables(self._waiting)
        whole = len(waiting) - len(waiting) % self._rows_a_group
        for start in range(0, whole, self._rows_a_group):
            self._write_group(waiting.slice(start, self._rows_a_group))
        # combined, so that the rest does not keep the whole alive
        self._waiting = [waiting.slice(whole).combine_chunks()]

    def close(self) -> None:
        """Write what is left; a table without rows becomes one file without rows."""
        left = pa.concat_tables([self.schema.empty_table(), *self._waiting])
        if len(left) or not self._files:
            self._write_group(left)
        self._close_file()

    def _write_group(self, group: pa.Table) -> None:
        if self._in_file >= self.rows_a_file:
            self._close_file()
        if self._file is None:
            path = self.folder / PART.format(self._files)
            self._file = pq.ParquetWriter(path, self.schema, compression="zstd")
            self._files += 1
        # one batch of rows, whatever chunks they came in, so that the bytes are the same
        self._file.write_table(group.combine_chunks(), row_group_size=max(len(group), 1))
        self._in_file += len(group)

    def _close_file(self) -> None:
        if self._file is not None:
            self._file.close()
        self._file, self._in_file = None, 0


def _with_schema(chunk: pa.Table, schema: pa.Schema) -> pa.Table:
    columns = [
        chunk[field.name].cast(field.type)
        if field.name in chunk.column_names
        else pa.nulls(len(chunk), field.type)
        for field in schema
    ]
    return pa.table(columns, schema=schema)


@contextmanager
def writing_parts(
    path: str | Path, schema: pa.Schema, *, rows_a_file: int = ROWS_A_FILE
) -> Iterator[PartsWriter]:
    """A writer of the table ``path``, which is put into place at the end of the block.

    A block that fails leaves ``path`` as it was. Raises DataNotFound if it cannot be written.
    """
    path = Path(path)
    draft = path.with_name(f".parts-{os.getpid()}-{path.name}")
    with writing(path):
        shutil.rmtree(draft, ignore_errors=True)
        make_folder(draft)
        try:
            writer = PartsWriter(draft, schema, rows_a_file=rows_a_file)
            yield writer
            writer.close()
            parts = sorted(draft.iterdir())
            if path.is_dir():
                shutil.rmtree(path)
            if len(parts) == 1:
                os.replace(parts[0], path)
            else:
                path.unlink(missing_ok=True)
                os.replace(draft, path)
        finally:
            shutil.rmtree(draft, ignore_errors=True)


def parquet_files(path: str | Path) -> list[Path]:
    """The files of a table in order: itself, or the parts in the folder; empty if there is none."""
    path = Path(path)
    if path.is_dir():
        return sorted(path.glob("part-*.parquet"))
    return [path] if path.is_file() else []


def names_to_check(path: str | Path) -> list[str]:
    """The names under which the manifest beside a table lists its files, for ``check_files``.

    A pattern stands for all parts, so that one that is gone is missed.
    """
    path = Path(path)
    if not path.is_dir():
        return [path.name]
    return [f"{path.name}/*", *(f"{path.name}/{one.name}" for one in parquet_files(path))]

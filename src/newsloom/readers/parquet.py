"""Parquet of a crawl: columns of known names, an article a row. Needs pyarrow."""

from collections.abc import Iterator
from functools import partial
from importlib.util import find_spec
from itertools import islice
from typing import Any

from newsloom.errors import BadFile
from newsloom.readers import dayfirst
from newsloom.readers.base import (
    FAULTS,
    HEAD_BYTES,
    Draft,
    Format,
    Input,
    Limits,
    Pending,
    blamed,
    oversized,
    size,
)
from newsloom.readers.names import knows
from newsloom.readers.records import drafted

#: Rows taken from the file at a time; each may be as large as an article.
_ROWS = 16
#: How many times as many are asked, at most, how they write dates.
_LOOKED_AT = 100
#: Bytes that the file's own index of row groups may take.
_THRIFT_BYTES = 16 << 20


def sniff(file: Input) -> bool:
    return file.head.startswith(b"PAR1")


def read(file: Input) -> Iterator[Pending]:
    """The rows in their order; columns of no known name are not read, unless records are to be kept."""
    if find_spec("pyarrow") is None:
        raise BadFile("unsupported", "Parquet needs pyarrow: pip install 'newsloom[parquet]', then retry it.")
    import pyarrow as pa
    from pyarrow import parquet

    faults = (pa.ArrowException, OSError, MemoryError, *FAULTS)
    with file.seekable() as raw:
        try:
            table = parquet.ParquetFile(
                raw,
                pre_buffer=False,  # else the whole file is read before the first row
                thrift_string_size_limit=_THRIFT_BYTES,
                thrift_container_size_limit=_THRIFT_BYTES // 16,
            )
            _bound(table.metadata, file.limits)
            columns = [name for name in table.schema_arrow.names if knows([name]) or file.limits.keep_records]
            batches = table.iter_batches(_ROWS, columns=columns, use_threads=False)
        except faults as error:
            raise _damaged(error) from error
        if not knows(columns):
            raise BadFile("no_text", "The table has no column with a known name; rename its columns.")
        day_first = _order(table)
        while True:
            try:
                batch = next(batches, None)
                rows = [] if batch is None else batch.to_pylist()
            except faults as error:
                raise _damaged(error) from error
            if batch is None:
                return
            for row in rows:
                yield partial(_drafted, row, file.limits, day_first)


def _bound(metadata: Any, limits: Limits) -> None:
    """A column of a row group is unpacked as a whole: it must not be larger than memory."""
    for group in range(metadata.num_row_groups):
        rows = metadata.row_group(group)
        if rows.total_byte_size > limits.max_expanded_bytes:
            raise BadFile(
                "too_large",
                f"A row group unpacks to {size(rows.total_byte_size)}, more than the "
                f"{size(limits.max_expanded_bytes)} allowed; write smaller ones.",
            )


def _damaged(error: BaseException) -> BadFile:
    return BadFile("malformed", f"The table is damaged ({str(error)[:120]}); copy it again.")


def _order(table: Any) -> bool | None:
    """Whether the dates of its first rows have the day first: of no more rows than say as much as the head of a text."""
    import pyarrow as pa

    texts = [column.path for column in table.schema if column.physical_type == "BYTE_ARRAY"]
    columns = [path for path in texts if "published" in knows(path.split("."))]
    told = b""
    try:
        batches = table.iter_batches(_ROWS, columns=columns, use_threads=False) if columns else ()
        for batch in islice(batches, _LOOKED_AT):
            told += str(batch.to_pylist()).encode("utf-8", "replace")
            if len(told) > HEAD_BYTES:
                break
    except (pa.ArrowException, OSError, MemoryError, *FAULTS):  # told where that row is read
        return None
    return dayfirst.told(told)


def _drafted(row: dict[str, Any], limits: Limits, day_first: bool | None) -> Draft:  # noqa: FBT001
    if sum(len(value) for value in row.values() if isinstance(value, str | bytes)) > limits.max_article_bytes:
        raise oversized(limits.max_article_bytes, "row")
    with blamed("The row"):
        return drafted({name: _plain(value) for name, value in row.items()}, limits).settled(day_first)


def _plain(value: Any) -> Any:
    """A value as JSON would have it: dates as text, bytes as what they most likely are."""
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    if isinstance(value, dict):
        return {name: _plain(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [_plain(inner) for inner in value]
    return value.isoformat() if hasattr(value, "isoformat") else value


FORMAT = Format(
    "Parquet",
    "its first four bytes, PAR1",
    "each row; columns go by the same names as in JSON",
    sniff,
    read,
    is_uniform=False,  # that is asked of its rows
    extra="parquet",
)

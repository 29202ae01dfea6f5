"""Bytes of a file → text, or the sentence that says why not.

Everything is UTF-8. Bytes in another encoding are never guessed at: a wrong guess turns names into other names.
"""

from __future__ import annotations

import codecs
import stat
from pathlib import Path

from kg.ingest.findings import UnfitError

MEBIBYTE = 1 << 20
#: The most that a table may hold; a dossier larger than this is better kept as several.
MAX_TABLE_BYTES = 256 * MEBIBYTE
#: YAML is typed by hand; a file beyond this was not.
MAX_YAML_BYTES = 4 * MEBIBYTE
#: The most characters that one field may hold (the csv module of Python stops a little above).
MAX_FIELD_CHARACTERS = 100_000

# First bytes → what such a file is.
_MAGIC = (
    (b"PK\x03\x04", "a zip archive or a spreadsheet (.zip, .xlsx, .ods)"),
    (b"PK\x05\x06", "an empty zip archive"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"BZh", "a bzip2 archive"),
    (b"\xfd7zXZ\x00", "an xz archive"),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive"),
    (b"Rar!\x1a\x07", "a rar archive"),
    (b"\x28\xb5\x2f\xfd", "a zstandard archive"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old Office file (.xls, .doc)"),
    (b"%PDF-", "a PDF"),
    (b"SQLite format 3\x00", "an SQLite database"),
    (b"PAR1", "a Parquet file"),
)
_TAR_MAGIC, _TAR_OFFSET = b"ustar", 257

_OTHER_ENCODINGS = (
    (codecs.BOM_UTF32_LE, "UTF-32"),
    (codecs.BOM_UTF32_BE, "UTF-32"),
    (codecs.BOM_UTF16_LE, "UTF-16"),
    (codecs.BOM_UTF16_BE, "UTF-16"),
)
_SAVE_AS_UTF8 = "save the file as UTF-8 (in a spreadsheet: “CSV UTF-8”)"


class UnfitFileError(UnfitError):
    """A file that cannot be read as text; `line` counts from 1 where one is to blame, `value` is what stands there."""

    def __init__(self, message: str, hint: str, line: int | None = None, value: str | None = None) -> None:
        super().__init__(message, hint)
        self.line, self.value = line, value


def read_text(path: Path, limit: int = MAX_TABLE_BYTES) -> str:
    """The text of the file, without a byte order mark; line ends as they are.

    Raises UnfitFileError for what is no regular file, cannot be opened, is larger than `limit` bytes, is an archive or
    another known binary format, or is not UTF-8.
    """
    try:
        about = path.stat()
        if not stat.S_ISREG(about.st_mode):
            raise UnfitFileError("not a regular file", "put the table itself here")
        if about.st_size > limit:
            raise UnfitFileError(
                f"{about.st_size:,} bytes; the most that is read is {limit:,}", "divide it among several dossiers"
            )
        content = path.read_bytes()
    except OSError as failure:
        raise UnfitFileError(
            f"cannot be opened: {failure.strerror or failure}", "check that it exists and may be read"
        ) from failure
    if archive := binary_format(content):
        raise UnfitFileError(f"this is {archive}, not text", "unpack it, or save the sheet as CSV, and put that here")
    for mark, encoding in _OTHER_ENCODINGS:
        if content.startswith(mark):
            raise UnfitFileError(f"this is {encoding}, not UTF-8", _SAVE_AS_UTF8, 1)
    content = content.removeprefix(codecs.BOM_UTF8)
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as failure:
        line = content.count(b"\n", 0, failure.start) + 1
        raise UnfitFileError("not UTF-8", _SAVE_AS_UTF8, line, f"byte 0x{content[failure.start]:02X}") from failure


def binary_format(content: bytes) -> str | None:
    """What the first bytes say the file is, where that is a known format that is not text."""
    for magic, name in _MAGIC:
        if content.startswith(magic):
            return name
    return "a tar archive" if content.startswith(_TAR_MAGIC, _TAR_OFFSET) else None

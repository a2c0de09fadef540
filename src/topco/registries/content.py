"""The plain content of source files: found in folders, unpacked from gzip and zip, hashed, checked to be UTF-8.

Compression is told from the first bytes, never from the name. Unpacking is a stream into the staging folder, because
Parquet and CSV engines cannot be trusted with archives. One pass over the bytes does everything that needs all of them.
"""

from __future__ import annotations

import codecs
import gzip
import hashlib
import lzma
import zipfile
import zlib
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import IO

from topco.errors import BadInput

PLAIN_SUFFIXES = (
    *(".csv", ".tsv", ".txt", ".xml", ".json", ".jsonl", ".ndjson"),
    *(".ttl", ".nt", ".nq", ".trig", ".rdf", ".owl", ".jsonld"),
)
BINARY_SUFFIXES = (".parquet", ".xlsx")
SUFFIXES = (*PLAIN_SUFFIXES, *BINARY_SUFFIXES, ".gz", ".zip")
_CHUNK = 1 << 22
_HEAD = 1 << 18
_RESOURCE_FORKS = "__MACOSX/"
_GZIP = b"\x1f\x8b"
_ZIP = b"PK\x03\x04"
_PARQUET = b"PAR1"
_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
# An archive that unpacks to more than this many times its size, and to more than a chunk, is taken for a bomb: registry
# files shrink to a tenth, the most regular ones to a hundredth.
_MOST_RATIO = 1_000
_NEWLINE = 0x0A
_WORKBOOK = "[Content_Types].xml"


@dataclass(frozen=True)
class Content:
    """One source file, unpacked. `name` is the name as given (`archive.zip/member.csv` for a member of a zip)."""

    name: str
    path: Path
    sha256: str
    size: int
    lines: int
    head: bytes
    modified: date


def find(paths: list[Path]) -> tuple[list[Path], list[Path]]:
    """The files that these paths name, folders searched through, and the files in folders that were left out.

    Raises:
        BadInput: a path does not exist, or a folder holds no registry file.
    """
    found: list[Path] = []
    skipped: list[Path] = []
    for path in paths:
        if path.is_dir():
            inside = sorted(entry for entry in path.rglob("*") if entry.is_file())
            usable = [entry for entry in inside if entry.suffix.lower() in SUFFIXES]
            if not usable:
                raise BadInput(
                    "The folder holds no registry file.",
                    where=str(path),
                    remedy=f"Registry files end in {', '.join(SUFFIXES)}.",
                )
            found += usable
            skipped += [entry for entry in inside if entry not in usable]
        elif path.is_file():
            found.append(path)
        else:
            raise BadInput("There is no such file or folder.", where=str(path), remedy="Check the path.")
    return list(dict.fromkeys(found)), skipped


def read(path: Path, staging: Path, progress: Callable[[str, int, int | None, str], None]) -> Iterator[Content]:
    """The contents of one file: one, or one for every member of a zip.

    Args:
        path: the file, plain, gzip or zip.
        staging: an existing folder; archives are unpacked there, under names of our own.
        progress: told about bytes.

    Raises:
        BadInput: the file cannot be read, is cut off or damaged, or is not UTF-8.
    """
    try:
        with path.open("rb") as stream:
            magic = stream.read(4)
        if magic.startswith(_GZIP):
            with gzip.open(path) as stream:
                most = max(_CHUNK, _MOST_RATIO * path.stat().st_size)
                yield _take(path.name, path, stream, staging / "unpacked-0", None, progress, most=most)
        elif magic == _PARQUET or (magic == _ZIP and _is_workbook(path)):
            with path.open("rb") as stream:
                yield _take(path.name, path, stream, None, path.stat().st_size, progress, binary=True)
        elif magic == _ZIP:
            yield from _members(path, staging, progress)
        else:
            with path.open("rb") as stream:
                yield _take(path.name, path, stream, None, path.stat().st_size, progress)
    except (EOFError, zlib.error, lzma.LZMAError, gzip.BadGzipFile, zipfile.BadZipFile) as error:
        raise BadInput(
            f"The archive is damaged or cut off: {error}.", where=path.name, remedy="Download it again."
        ) from error
    except NotImplementedError as error:
        raise BadInput(
            "The zip is packed in a way that is not read.", where=path.name, remedy="Unpack it, and load the files."
        ) from error
    except OSError as error:
        raise BadInput(
            f"The file cannot be read: {error.strerror or error}.", where=str(path), remedy="Check its permissions."
        ) from error


def _members(path: Path, staging: Path, progress: Callable[[str, int, int | None, str], None]) -> Iterator[Content]:
    with zipfile.ZipFile(path) as archive:
        members = [info for info in archive.infolist() if not info.filename.startswith(_RESOURCE_FORKS)]
        usable = [info for info in members if Path(info.filename).suffix.lower() in PLAIN_SUFFIXES]
        if not usable:
            raise BadInput(
                "The zip holds no file that could be a registry's.",
                where=path.name,
                remedy=f"Unpack it and look: names should end in {', '.join(PLAIN_SUFFIXES)}.",
            )
        packed = [info for info in members if Path(info.filename).suffix.lower() in (*BINARY_SUFFIXES, ".gz", ".zip")]
        if packed:
            raise BadInput(
                "A file in the zip is itself packed, and is not looked into.",
                where=f"{path.name}/{packed[0].filename}",
                remedy="Unpack the zip, and load the folder.",
            )
        names = [info.filename for info in usable]
        if twice := next((name for name in names if names.count(name) > 1), None):
            raise BadInput(
                "Two files in the zip have one name.",
                where=f"{path.name}/{twice}",
                remedy="Do not trust this archive; get it again from its publisher.",
            )
        for info in usable:
            _must_be_harmless(path.name, info)
        for number, info in enumerate(usable):
            if info.flag_bits & 1:
                raise BadInput("The zip is encrypted.", where=path.name, remedy="Unpack it first.")
            with archive.open(info) as stream:
                name = f"{path.name}/{info.filename}"
                yield _take(name, path, stream, staging / f"unpacked-{number}", info.file_size, progress)


def _must_be_harmless(archive: str, info: zipfile.ZipInfo) -> None:
    """Refuse a member with a name that leads out of the archive, or one that unpacks to far more than it weighs."""
    parts = Path(info.filename.replace("\\", "/")).parts
    if ".." in parts or info.filename.startswith(("/", "\\")):
        raise BadInput(
            "A file in the zip has a name that leads out of it.",
            where=f"{archive}/{info.filename}",
            remedy="Do not trust this archive; get it again from its publisher.",
        )
    if info.file_size > max(_CHUNK, _MOST_RATIO * info.compress_size):
        raise BadInput(
            f"A file in the zip unpacks to {info.file_size // max(info.compress_size, 1):,} times its size.",
            where=f"{archive}/{info.filename}",
            remedy="Do not trust this archive; if it is sound, unpack it and load the files.",
        )


def _is_workbook(path: Path) -> bool:
    with zipfile.ZipFile(path) as archive:
        return _WORKBOOK in archive.namelist()


def _take(
    name: str,
    source: Path,
    stream: IO[bytes] | gzip.GzipFile,
    target: Path | None,
    size: int | None,
    progress: Callable[[str, int, int | None, str], None],
    *,
    binary: bool = False,
    most: int | None = None,
) -> Content:
    digest = hashlib.sha256()
    decoder = codecs.getincrementaldecoder("utf-8")()
    head = b""
    done = lines = 0
    last = b"\n"
    with ExitStack() as stack:
        out = stack.enter_context(target.open("wb")) if target else None
        hashing = stack.enter_context(ThreadPoolExecutor(1))
        while chunk := stream.read(_CHUNK):
            hashed = hashing.submit(digest.update, chunk)
            if not binary and (place := chunk.find(0)) >= 0 and not (head or chunk).startswith(_UTF16):
                line = lines + chunk.count(_NEWLINE, 0, place) + 1
                raise BadInput(
                    f"The file has a NUL byte at offset {done + place} in line {line}.",
                    where=name,
                    remedy="It is damaged, or UTF-16 (then convert it: iconv -f UTF-16LE -t UTF-8): download it again.",
                )
            pending = len(decoder.getstate()[0])
            try:
                if not binary:
                    decoder.decode(chunk)
            except UnicodeDecodeError as error:
                raise _not_utf8(name, head or chunk, chunk, done, lines, error, pending) from error
            if most is not None and done + len(chunk) > most:
                raise BadInput(
                    f"The file unpacks to more than {_MOST_RATIO:,} times its size.",
                    where=name,
                    remedy="Do not trust this archive; if it is sound, unpack it and load the file.",
                )
            if not head:
                head = chunk[:_HEAD]
            if out:
                out.write(chunk)
            lines += chunk.count(b"\n")
            done += len(chunk)
            last = chunk[-1:]
            hashed.result()
            progress(f"reading {name}", done, size, "bytes")
    if decoder.getstate()[0]:
        raise BadInput("The file ends within a character: it is cut off.", where=name, remedy="Download it again.")
    if not done:
        raise BadInput("The file is empty.", where=name, remedy="Download it again.")
    modified = datetime.fromtimestamp(source.stat().st_mtime, UTC).date()
    return Content(name, target or source, digest.hexdigest(), done, lines + (last != b"\n"), head, modified)


def _not_utf8(
    name: str, head: bytes, chunk: bytes, done: int, lines: int, error: UnicodeDecodeError, pending: int
) -> BadInput:
    remedy = "Convert it to UTF-8 (if it is Windows-1252: iconv -f WINDOWS-1252 -t UTF-8), or download it again."
    if head.startswith(_UTF16):
        remedy = "It looks like UTF-16: convert it (iconv -f UTF-16 -t UTF-8)."
    position = max(error.start - pending, 0)
    line = lines + chunk[:position].count(b"\n") + 1
    value = error.object[error.start]
    return BadInput(
        f"The file is not UTF-8: byte 0x{value:02X} at offset {done + error.start - pending} in line {line}.",
        where=name,
        remedy=remedy,
    )

"""The tables of the records and the triggers that keep them append-only; SQLite, every table STRICT.

Whoever has the file can drop a trigger. They stop mistakes; `verify` and a head kept elsewhere find what was done on
purpose.
"""

from __future__ import annotations

from typing import Final

from topco.store.book_file import refusals

VERSION: Final = 1
APPLICATION: Final = 0x746F7072  # "topr"

_TABLES = (
    """
    CREATE TABLE records (
      number INTEGER PRIMARY KEY NOT NULL,
      kind TEXT NOT NULL CHECK (kind IN ('determination', 'screening', 'row')),
      determination TEXT CHECK ((determination IS NULL) = (kind = 'screening')),
      run INTEGER REFERENCES records (number) CHECK ((run IS NULL) = (kind <> 'row')),
      moment TEXT NOT NULL,
      author TEXT NOT NULL,
      note TEXT,
      content_hash TEXT NOT NULL,
      previous TEXT NOT NULL,
      hash TEXT NOT NULL,
      case_id TEXT,
      day TEXT,
      item_class TEXT,
      licence_required TEXT,
      review_policy TEXT,
      veu_result TEXT,
      exceptions TEXT,
      parties TEXT,
      packed INTEGER NOT NULL CHECK (packed IN (0, 1)),
      content BLOB NOT NULL
    ) STRICT""",
    """
    CREATE TABLE head (
      id INTEGER PRIMARY KEY NOT NULL CHECK (id = 1),
      number INTEGER NOT NULL,
      hash TEXT NOT NULL
    ) STRICT""",
)
_INDEXES = ("CREATE INDEX records_determination ON records (determination)",)
_REFUSALS = refusals("the records are", (("records", ("UPDATE", "DELETE")), ("head", ("DELETE",))))
# INSERT OR REPLACE deletes without asking the DELETE triggers: a number that is there already is refused here.
_ORDER = (
    """
    CREATE TRIGGER records_in_order BEFORE INSERT ON records
    WHEN NEW.number <> (SELECT coalesce(max(number), 0) + 1 FROM records)
      OR NEW.previous <> (SELECT coalesce((SELECT hash FROM records WHERE number = NEW.number - 1),
        (SELECT hash FROM head WHERE number = 0))) BEGIN
      SELECT RAISE(ABORT, 'a record follows the last one');
    END""",
    """
    CREATE TRIGGER head_first BEFORE INSERT ON head WHEN EXISTS (SELECT 1 FROM head) BEGIN
      SELECT RAISE(ABORT, 'there is one head');
    END""",
    """
    CREATE TRIGGER head_follows BEFORE UPDATE ON head
    WHEN NEW.number <= OLD.number
      OR NEW.number <> (SELECT max(number) FROM records)
      OR NEW.hash IS NOT (SELECT hash FROM records WHERE number = NEW.number) BEGIN
      SELECT RAISE(ABORT, 'the head moves to the last record');
    END""",
)
STATEMENTS: Final = tuple(" ".join(one.split()) for one in (*_TABLES, *_INDEXES, *_REFUSALS, *_ORDER))
"""What makes an empty database the book; SQLite keeps each as it is written here, so `verify` can compare."""

"""The tables of the book and the triggers that keep it append-only; SQLite, every table STRICT.

Whoever has the file can drop a trigger. They stop mistakes; `verify` and a head kept elsewhere find what was done on
purpose.
"""

from __future__ import annotations

from typing import Final

from topco.store.book_file import refusals

VERSION: Final = 1
APPLICATION: Final = 0x746F7063  # "topc"

TABLES: Final = (
    """
    CREATE TABLE accounts (
      name TEXT PRIMARY KEY NOT NULL,
      kind TEXT NOT NULL CHECK (kind IN ('country', 'lpp', 'nveu', 'uveu')),
      holder TEXT NOT NULL,
      country TEXT NOT NULL,
      period TEXT NOT NULL
    ) STRICT, WITHOUT ROWID""",
    """
    CREATE TABLE entries (
      number INTEGER PRIMARY KEY NOT NULL,
      operation TEXT NOT NULL CHECK (operation IN ('reserve', 'commit', 'release', 'expire', 'correct')),
      about INTEGER REFERENCES entries (number) CHECK ((about IS NULL) = (operation = 'reserve')),
      key TEXT UNIQUE,
      request TEXT NOT NULL,
      determination TEXT NOT NULL,
      party TEXT,
      group_id TEXT,
      group_basis TEXT,
      hq TEXT,
      evidence TEXT,
      author TEXT NOT NULL,
      moment TEXT NOT NULL,
      day TEXT NOT NULL,
      expires TEXT,
      reason TEXT,
      previous TEXT NOT NULL UNIQUE,
      hash TEXT NOT NULL UNIQUE
    ) STRICT""",
    """
    CREATE TABLE postings (
      entry INTEGER NOT NULL REFERENCES entries (number),
      account TEXT NOT NULL REFERENCES accounts (name),
      side TEXT NOT NULL CHECK (side IN ('free', 'reserved', 'committed')),
      day TEXT NOT NULL,
      amount INTEGER NOT NULL CHECK (amount <> 0),
      PRIMARY KEY (entry, account, side)
    ) STRICT, WITHOUT ROWID""",
    """
    CREATE TABLE head (
      id INTEGER PRIMARY KEY NOT NULL CHECK (id = 1),
      number INTEGER NOT NULL,
      hash TEXT NOT NULL
    ) STRICT""",
)
_INDEXES = (
    "CREATE INDEX entries_about ON entries (about)",
    "CREATE INDEX postings_account ON postings (account, side, day, amount)",
    "CREATE INDEX accounts_holder ON accounts (kind, holder)",
)
_REFUSALS = refusals(
    "the ledger is",
    (
        ("accounts", ("UPDATE", "DELETE")),
        ("entries", ("UPDATE", "DELETE")),
        ("postings", ("UPDATE", "DELETE")),
        ("head", ("DELETE",)),
    ),
)
# INSERT OR REPLACE deletes without asking the DELETE triggers: so inserts are refused that would replace anything.
_ORDER = (
    """
    CREATE TRIGGER accounts_once BEFORE INSERT ON accounts
    WHEN EXISTS (SELECT 1 FROM accounts WHERE name = NEW.name) BEGIN
      SELECT RAISE(ABORT, 'the account exists');
    END""",
    """
    CREATE TRIGGER entries_in_order BEFORE INSERT ON entries
    WHEN NEW.number <> (SELECT number + 1 FROM head) OR NEW.previous <> (SELECT hash FROM head)
      OR EXISTS (SELECT 1 FROM entries WHERE key = NEW.key OR hash = NEW.hash) BEGIN
      SELECT RAISE(ABORT, 'an entry follows the head');
    END""",
    """
    CREATE TRIGGER postings_of_the_new_entry BEFORE INSERT ON postings
    WHEN NEW.entry <> (SELECT number + 1 FROM head)
      OR EXISTS (SELECT 1 FROM postings WHERE entry = NEW.entry AND account = NEW.account AND side = NEW.side) BEGIN
      SELECT RAISE(ABORT, 'a posting belongs to the entry that is being written');
    END""",
    """
    CREATE TRIGGER head_first BEFORE INSERT ON head WHEN EXISTS (SELECT 1 FROM head) BEGIN
      SELECT RAISE(ABORT, 'there is one head');
    END""",
    """
    CREATE TRIGGER head_follows BEFORE UPDATE ON head
    WHEN NEW.number <> OLD.number + 1
      OR NEW.hash IS NOT (SELECT hash FROM entries WHERE number = NEW.number)
      OR (SELECT count(*) FROM postings WHERE entry = NEW.number) < 2
      OR EXISTS (SELECT 1 FROM postings WHERE entry = NEW.number GROUP BY account HAVING sum(amount) <> 0) BEGIN
      SELECT RAISE(ABORT, 'the head moves to the next entry, and its postings come to nothing');
    END""",
)
STATEMENTS: Final = tuple(" ".join(one.split()) for one in (*TABLES, *_INDEXES, *_REFUSALS, *_ORDER))
"""What makes an empty database the book; SQLite keeps each as it is written here, so `verify` can compare."""

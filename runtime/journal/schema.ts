/** Raised with every change of the tables; a journal of another version is refused, never guessed at. */
export const JOURNAL_VERSION = 2

export const JOURNAL_TABLES = `
  CREATE TABLE IF NOT EXISTS scanners (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    sha256 TEXT NOT NULL UNIQUE,
    filename TEXT NOT NULL,
    source BLOB NOT NULL,
    created_at TEXT NOT NULL,
    -- What intake said of it, and its place among the scanners of its filename; null for one that came with a run and was never looked at.
    report TEXT,
    version INTEGER,
    hidden INTEGER NOT NULL DEFAULT 0
  );
  CREATE INDEX IF NOT EXISTS scanners_of_filename ON scanners (filename, version);
  CREATE TABLE IF NOT EXISTS runs (
    number INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    -- Null for an exploration of a strategies file.
    scanner_id TEXT REFERENCES scanners (id),
    status TEXT NOT NULL,
    created_at TEXT NOT NULL,
    -- What was asked for and, once known, what it came to: symbols, dates, snapshot, settings, seed.
    plan TEXT NOT NULL,
    state TEXT NOT NULL,
    -- Process that carries the run out, with a token that a process of the same number started later does not have.
    owner_pid INTEGER,
    owner_token TEXT,
    -- Order of the queue: negative once a run has started. Null for runs that never went through it.
    queue_place INTEGER,
    -- When it began to wait.
    queued_at TEXT
  );
  CREATE INDEX IF NOT EXISTS runs_by_status ON runs (status, number);
  CREATE INDEX IF NOT EXISTS runs_of_scanner ON runs (scanner_id, number);
  -- Rows in chunks as they were settled, oldest first; RowChunk says what the columns hold. What is read alone stands in front.
  CREATE TABLE IF NOT EXISTS row_chunks (
    id INTEGER PRIMARY KEY,
    run INTEGER NOT NULL,
    first INTEGER NOT NULL,
    last INTEGER NOT NULL,
    status_mask INTEGER NOT NULL,
    text_length INTEGER NOT NULL,
    positions BLOB NOT NULL,
    statuses BLOB NOT NULL,
    numbers BLOB NOT NULL,
    symbols TEXT NOT NULL,
    dates TEXT NOT NULL,
    outcomes TEXT NOT NULL
  );
  CREATE INDEX IF NOT EXISTS row_chunks_of_run ON row_chunks (run);
  CREATE TABLE IF NOT EXISTS events (
    run INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    body TEXT NOT NULL,
    -- Rows of which the event tells: those of this chunk from one place to before another, after what the body lists.
    chunk INTEGER,
    chunk_from INTEGER,
    chunk_to INTEGER,
    PRIMARY KEY (run, seq)
  ) WITHOUT ROWID;
`

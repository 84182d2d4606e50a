/** Raised with every change of the tables; a journal of another version is refused, never guessed at. */
export const JOURNAL_VERSION = 1

export const JOURNAL_TABLES = `
  CREATE TABLE IF NOT EXISTS scanners (
    id TEXT PRIMARY KEY,
    sha256 TEXT NOT NULL UNIQUE,
    filename TEXT NOT NULL,
    source BLOB NOT NULL,
    created_at TEXT NOT NULL
  ) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS runs (
    number INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    scanner_id TEXT NOT NULL REFERENCES scanners (id),
    status TEXT NOT NULL,
    created_at TEXT NOT NULL,
    -- What was asked for and, once known, what it came to: symbols, dates, snapshot, settings, seed.
    plan TEXT NOT NULL,
    state TEXT NOT NULL,
    -- Process that carries the run out, with a token that a process of the same number started later does not have.
    owner_pid INTEGER,
    owner_token TEXT
  );
  CREATE TABLE IF NOT EXISTS rows (
    run INTEGER NOT NULL,
    position INTEGER NOT NULL,
    symbol TEXT NOT NULL,
    date TEXT NOT NULL,
    status TEXT NOT NULL,
    reason TEXT NOT NULL,
    score REAL,
    direction TEXT,
    data TEXT,
    strategies TEXT,
    batch_id INTEGER,
    worker_id INTEGER,
    attempt INTEGER NOT NULL,
    queue_ms REAL,
    data_ms REAL,
    script_ms REAL,
    error TEXT,
    -- Rows come date by date and are read symbol by symbol: the table itself only grows at its end.
    UNIQUE (run, position)
  );
  CREATE TABLE IF NOT EXISTS events (
    run INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (run, seq)
  ) WITHOUT ROWID;
`

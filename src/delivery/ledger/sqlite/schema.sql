-- What happened to each letter. Its letters are in `letters.sql`.
-- `series` is empty for the organisation's own newsletter. Times are milliseconds since 1970, UTC.
CREATE TABLE plan (
  id INTEGER PRIMARY KEY,
  issue TEXT NOT NULL,
  series TEXT NOT NULL DEFAULT '',
  transport TEXT NOT NULL CHECK (transport IN ('outbox', 'smtp', 'folder')),
  date TEXT NOT NULL,
  content TEXT NOT NULL,
  fingerprint TEXT NOT NULL,
  editions TEXT NOT NULL,
  send_until INTEGER,
  frozen_at INTEGER NOT NULL,
  -- The fingerprint of the key with which the tokens of its readers are made.
  reader_key TEXT NOT NULL DEFAULT '',
  replaced INTEGER NOT NULL DEFAULT 0 CHECK (replaced IN (0, 1)),
  -- Decisions of an operator: nothing more of it is sent; it is sent on although many letters are refused.
  cancelled INTEGER NOT NULL DEFAULT 0 CHECK (cancelled IN (0, 1)),
  accepts_refusals INTEGER NOT NULL DEFAULT 0 CHECK (accepts_refusals IN (0, 1))
);
CREATE UNIQUE INDEX plan_in_force ON plan (issue, transport) WHERE NOT replaced;

-- When letters were sent, for the rate limits; rows older than a day are deleted.
CREATE TABLE rate_slot (
  id INTEGER PRIMARY KEY,
  at INTEGER NOT NULL,
  domain TEXT NOT NULL
);
CREATE INDEX rate_slot_at ON rate_slot (at);

-- Suppressed addresses. `key` and `address` are NULL where the address may not be stored or is not known; it is found by its
-- `tag`. `series` is empty where the suppression is for everything.
CREATE TABLE suppression (
  tag TEXT PRIMARY KEY,
  series TEXT NOT NULL DEFAULT '',
  key TEXT,
  address TEXT,
  reason TEXT NOT NULL CHECK (reason IN ('unsubscribed', 'bounced', 'complained', 'erased', 'manual')),
  at INTEGER NOT NULL,
  source TEXT NOT NULL,
  removed_at INTEGER,
  removed_because TEXT
) WITHOUT ROWID;
CREATE INDEX suppression_key ON suppression (key) WHERE removed_at IS NULL;

-- The readers that letters were planned for, by the tokens in their unsubscribe links; they are never deleted. `tag` is that
-- of a suppression for everything. `key` is NULL once the reader or all of their letters were erased.
CREATE TABLE reader (
  token TEXT PRIMARY KEY,
  tag TEXT NOT NULL,
  key TEXT
) WITHOUT ROWID;

-- The fingerprint of the project's key that this ledger belongs to; no row until a key was used with it.
CREATE TABLE project_key (
  fingerprint TEXT NOT NULL
);

-- What was mailed about each issue to the addresses in `notify`: `done …`, `blocked …` or `recovered`.
CREATE TABLE announcement (
  issue TEXT PRIMARY KEY,
  state TEXT NOT NULL,
  at TEXT NOT NULL
);

-- The letters of plans: what was planned, and what became of it. A mark is on disk before its letter leaves, so that what
-- changes is in small rows of their own, of which a mark writes one page.

-- Who gets which letter. Once a plan is frozen, its letters change only when a person is erased.
CREATE TABLE letter (
  plan INTEGER NOT NULL REFERENCES plan (id),
  number INTEGER NOT NULL,
  address TEXT NOT NULL,
  key TEXT NOT NULL,
  person TEXT NOT NULL,
  audience TEXT NOT NULL,
  edition TEXT NOT NULL,
  message_id TEXT NOT NULL,
  PRIMARY KEY (plan, number)
) WITHOUT ROWID;

-- How far each letter is. Every letter has one from the start.
CREATE TABLE delivery (
  plan INTEGER NOT NULL,
  number INTEGER NOT NULL,
  state TEXT NOT NULL CHECK (state IN
    ('planned', 'in_flight', 'accepted', 'bounced', 'complained', 'left', 'deferred', 'refused', 'in_doubt', 'suppressed',
     'expired', 'cancelled')),
  tries INTEGER NOT NULL DEFAULT 0,
  first_try INTEGER,
  due INTEGER NOT NULL DEFAULT 0,
  at INTEGER,
  -- Why it is in its state: the code, enhanced status (RFC 3463) and text of the relay's reply; what is not a relay's
  -- reply has a text only.
  reason_code INTEGER,
  reason_status TEXT,
  reason_text TEXT,
  -- Whose fault it is that it was refused or bounced; NULL while that is not known.
  failure TEXT CHECK (failure IN ('ours', 'soft', 'hard')),
  PRIMARY KEY (plan, number)
) WITHOUT ROWID;

-- The tables of format 5 on PostgreSQL, and the plans of `format-5.sql`. Its letters, readers and suppressions fit as well.
CREATE TABLE format (number INTEGER NOT NULL);

CREATE TABLE plan (
  id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  issue TEXT NOT NULL,
  series TEXT NOT NULL DEFAULT '',
  transport TEXT NOT NULL CHECK (transport IN ('outbox', 'smtp', 'folder')),
  date TEXT NOT NULL,
  content TEXT NOT NULL,
  fingerprint TEXT NOT NULL,
  editions TEXT NOT NULL,
  send_until BIGINT,
  frozen_at BIGINT NOT NULL,
  reader_key TEXT NOT NULL DEFAULT '',
  replaced BOOLEAN NOT NULL DEFAULT FALSE,
  cancelled BOOLEAN NOT NULL DEFAULT FALSE,
  accepts_refusals BOOLEAN NOT NULL DEFAULT FALSE
);
CREATE UNIQUE INDEX plan_in_force ON plan (issue, transport) WHERE NOT replaced;
CREATE TABLE holder (
  id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  plan BIGINT NOT NULL REFERENCES plan (id),
  expires TIMESTAMPTZ NOT NULL
);

CREATE TABLE letter (
  plan BIGINT NOT NULL REFERENCES plan (id),
  number BIGINT NOT NULL,
  address TEXT NOT NULL,
  key TEXT NOT NULL,
  person TEXT NOT NULL,
  audience TEXT NOT NULL,
  edition TEXT NOT NULL,
  message_id TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN
    ('planned', 'in_flight', 'accepted', 'bounced', 'complained', 'left', 'deferred', 'refused', 'in_doubt', 'suppressed',
     'expired', 'cancelled')),
  tries INTEGER NOT NULL DEFAULT 0,
  first_try BIGINT,
  due BIGINT NOT NULL DEFAULT 0,
  at BIGINT,
  reason_code INTEGER,
  reason_status TEXT,
  reason_text TEXT,
  failure TEXT CHECK (failure IN ('ours', 'soft', 'hard')),
  holder BIGINT,
  tried_by BIGINT,
  PRIMARY KEY (plan, number)
) WITH (fillfactor = 80);
CREATE UNIQUE INDEX letter_key ON letter (plan, key);
CREATE INDEX letter_open ON letter (plan, tries, number, due)
  WHERE state IN ('planned', 'deferred') AND holder IS NULL;
CREATE INDEX letter_held ON letter (holder) WHERE holder IS NOT NULL;
CREATE TABLE rate_slot (
  id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  at BIGINT NOT NULL,
  domain TEXT NOT NULL
);
CREATE INDEX rate_slot_at ON rate_slot (at);
CREATE TABLE suppression (
  tag TEXT PRIMARY KEY,
  series TEXT NOT NULL DEFAULT '',
  key TEXT,
  address TEXT,
  reason TEXT NOT NULL CHECK (reason IN ('unsubscribed', 'bounced', 'complained', 'erased', 'manual')),
  at BIGINT NOT NULL,
  source TEXT NOT NULL,
  removed_at BIGINT,
  removed_because TEXT
);
CREATE INDEX suppression_key ON suppression (key) WHERE removed_at IS NULL;
CREATE TABLE reader (
  token TEXT PRIMARY KEY,
  tag TEXT NOT NULL,
  key TEXT
);
CREATE TABLE project_key (
  fingerprint TEXT NOT NULL
);
CREATE TABLE announcement (
  issue TEXT PRIMARY KEY,
  state TEXT NOT NULL,
  at TEXT NOT NULL
);
INSERT INTO format VALUES (5);
INSERT INTO plan OVERRIDING SYSTEM VALUE VALUES(1,'issues/maj.md','','outbox','Mon, 30 Nov 2026 02:04:34 +0100','875dd12beac7310925461204098de0b1786af267c922bfaf63ec2d3c3935a57e','{"audiences/alle.yaml":"8d8a76f16a6c1b8a7f9be9848da6615ac1c3c0b99adbf0bf1a7a3287a5017d8b","issues/maj.md":"51b3b9813cc0c4da572ba943a2485782693c67fa7a3c6f2de7a13ed054909354","newsletter.yaml":"633a79cd2a07a5b70efaf481dd9667d6f2eb95a1847a02963b76140ba400820e","the built-in themes":"fab3afdcdec5fdbf96a7dab18da479bd1f12b967d2239a17a56030be864f5604"}','[{"audience":"alle","lang":"da","leaves_out":[]},{"audience":"alle","lang":"en","leaves_out":[]}]',NULL,1796000674321,'cced0f08c171d9366abc17cd90d9f3d50ce18615',FALSE,FALSE,FALSE);
INSERT INTO plan OVERRIDING SYSTEM VALUE VALUES(2,'issues/juni.md','','outbox','Mon, 30 Nov 2026 02:04:34 +0100','b0dc95c32c48f86bbf2afd122fea0b45a4df965ae3d70b7755a36384ac52cfbe','{"audiences/alle.yaml":"8d8a76f16a6c1b8a7f9be9848da6615ac1c3c0b99adbf0bf1a7a3287a5017d8b","issues/juni.md":"86e0219058d5f1675709c00a080deacba3a0aa7fedb08e21d8ba1b6541b4caeb","newsletter.yaml":"633a79cd2a07a5b70efaf481dd9667d6f2eb95a1847a02963b76140ba400820e","the built-in themes":"fab3afdcdec5fdbf96a7dab18da479bd1f12b967d2239a17a56030be864f5604"}','[{"audience":"alle","lang":"da","leaves_out":[]},{"audience":"alle","lang":"en","leaves_out":[]}]',NULL,1796000674557,'cced0f08c171d9366abc17cd90d9f3d50ce18615',TRUE,FALSE,FALSE);
INSERT INTO plan OVERRIDING SYSTEM VALUE VALUES(3,'issues/juni.md','','outbox','Mon, 30 Nov 2026 02:04:34 +0100','b0dc95c32c48f86bbf2afd122fea0b45a4df965ae3d70b7755a36384ac52cfbe','{"audiences/alle.yaml":"8d8a76f16a6c1b8a7f9be9848da6615ac1c3c0b99adbf0bf1a7a3287a5017d8b","issues/juni.md":"86e0219058d5f1675709c00a080deacba3a0aa7fedb08e21d8ba1b6541b4caeb","newsletter.yaml":"633a79cd2a07a5b70efaf481dd9667d6f2eb95a1847a02963b76140ba400820e","the built-in themes":"fab3afdcdec5fdbf96a7dab18da479bd1f12b967d2239a17a56030be864f5604"}','[{"audience":"alle","lang":"da","leaves_out":[]},{"audience":"alle","lang":"en","leaves_out":[]}]',NULL,1796000674826,'cced0f08c171d9366abc17cd90d9f3d50ce18615',FALSE,FALSE,FALSE);
-- A host that was killed.
INSERT INTO holder (plan, expires) VALUES (1, clock_timestamp() - interval '1 hour');

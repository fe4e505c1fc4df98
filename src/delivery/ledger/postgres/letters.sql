-- The letters of plans, as in SQLite's schema, and which run holds which of them.

-- Who gets which letter. Once a plan is frozen, its letters change only when a person is erased.
CREATE TABLE letter (
  plan BIGINT NOT NULL REFERENCES plan (id),
  number BIGINT NOT NULL,
  address TEXT NOT NULL,
  key TEXT NOT NULL,
  person TEXT NOT NULL,
  audience TEXT NOT NULL,
  edition TEXT NOT NULL,
  message_id TEXT NOT NULL,
  PRIMARY KEY (plan, number)
);
CREATE UNIQUE INDEX letter_key ON letter (plan, key);

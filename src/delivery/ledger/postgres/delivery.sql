-- How far each letter is. Every letter has one from the start. The server writes a row anew for each change, so that what
-- changes is not in the rows of the letters.
CREATE TABLE delivery (
  plan BIGINT NOT NULL,
  number BIGINT NOT NULL,
  state TEXT NOT NULL CHECK (state IN
    ('planned', 'in_flight', 'accepted', 'bounced', 'complained', 'left', 'deferred', 'refused', 'in_doubt', 'suppressed',
     'expired', 'cancelled')),
  tries INTEGER NOT NULL DEFAULT 0,
  first_try BIGINT,
  due BIGINT NOT NULL DEFAULT 0,
  at BIGINT,
  -- Why it is in its state: the code, enhanced status (RFC 3463) and text of the relay's reply; what is not a relay's
  -- reply has a text only.
  reason_code INTEGER,
  reason_status TEXT,
  reason_text TEXT,
  -- Whose fault it is that it was refused or bounced; NULL while that is not known.
  failure TEXT CHECK (failure IN ('ours', 'soft', 'hard')),
  -- The run that may try it now, and the run that tried it last: only the latter may still settle that attempt.
  holder BIGINT,
  tried_by BIGINT,
  PRIMARY KEY (plan, number)
) WITH (fillfactor = 60);
CREATE INDEX delivery_open ON delivery (plan, tries, number, due)
  WHERE state IN ('planned', 'deferred') AND holder IS NULL;
CREATE INDEX delivery_held ON delivery (holder) WHERE holder IS NOT NULL;

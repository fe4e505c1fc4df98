-- The indexes of `letters.sql`.
CREATE UNIQUE INDEX letter_key ON letter (plan, key);
-- Letters that were tried and are open. Those that never were are tried in the order of the table: a mark, and an outcome
-- that is final, write nothing here.
CREATE INDEX delivery_retry ON delivery (plan, tries, number, due)
  WHERE state = 'deferred' OR state = 'planned' AND tries > 0;

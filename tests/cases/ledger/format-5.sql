-- A ledger of format 5 with letters in every state, as the program of that format wrote it.
PRAGMA foreign_keys = OFF;
BEGIN TRANSACTION;
CREATE TABLE announcement (
  issue TEXT PRIMARY KEY,
  state TEXT NOT NULL,
  at TEXT NOT NULL
);
CREATE TABLE letter (
  plan INTEGER NOT NULL REFERENCES plan (id),
  number INTEGER NOT NULL,
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
INSERT INTO "letter" VALUES(1,0,'Anna@forening0.example','anna@forening0.example','{"address":"Anna@forening0.example","lang":null,"fields":{"antal":"0","first_name":"Anna","name":"Anna","roller":["Bruger","Styregruppe"],"siden":"2020-03-01"},"consent":{"basis":"member","at":"2024-03-01","source":null,"text":null},"origin":{"path":"medlemmer.csv","line":2}}','alle','alle.da','<7f6cfcb34c79b1f46a9516f24c2f52b80eb697cb@forening.example>','accepted',1,1796000000000,0,1796000100000,250,NULL,'written to the outbox as 7f6cfcb34c79b1f46a9516f24c2f52b80eb697cb@forening.example',NULL);
INSERT INTO "letter" VALUES(1,1,'Bo@forening1.example','bo@forening1.example','{"address":"Bo@forening1.example","lang":null,"fields":{"antal":"7","first_name":"Bo","name":"Bo","roller":["Bruger"],"siden":"2021-03-02"},"consent":{"basis":"member","at":"2024-03-01","source":null,"text":null},"origin":{"path":"medlemmer.csv","line":3}}','alle','alle.da','<a79fb95f607f69ca570a157257f7652861d7ed94@forening.example>','bounced',2,1796000000000,0,1796000100001,550,'5.1.1','no such user','hard');
INSERT INTO "letter" VALUES(1,2,'Cia@forening2.example','cia@forening2.example','{"address":"Cia@forening2.example","lang":null,"fields":{"antal":"14","first_name":"Cia","name":"Cia","roller":["Bruger"],"siden":"2022-03-03"},"consent":{"basis":"member","at":"2024-03-01","source":null,"text":null},"origin":{"path":"medlemmer.csv","line":4}}','alle','alle.da','<1dbe77b2ccee43a316b1cd16778b736ec13baab1@forening.example>','complained',3,1796000000000,0,1796000100002,250,NULL,'written to the outbox as 1dbe77b2ccee43a316b1cd16778b736ec13baab1@forening.example',NULL);
INSERT INTO "letter" VALUES(1,3,'Dan@forening0.example','dan@forening0.example','{"address":"Dan@forening0.example","lang":null,"fields":{"antal":"21","first_name":"Dan","name":"Dan","roller":["Bruger"],"siden":"2023-03-04"},"consent":{"basis":"member","at":"2024-03-01","source":null,"text":null},"origin":{"path":"medlemmer.csv","line":5}}','alle','alle.da','<1fb944d04eaf23b2b6ab3176306799ec7268db06@forening.example>','left',1,1796000000000,0,1796000100003,NULL,NULL,'one-click',NULL);
INSERT INTO "letter" VALUES(1,4,'Eva@forening1.example','eva@forening1.example','{"address":"Eva@forening1.example","lang":null,"fields":{"antal":"28","first_name":"Eva","name":"Eva","roller":["Bruger","Styregruppe"],"siden":"2024-03-05"},"consent":{"basis":"member","at":"2024-03-01","source":null,"text":null},"origin":{"path":"medlemmer.csv","line":6}}','alle','alle.da','<13a2b46b66b848b07947a74fed7faf28d7cd88ea@forening.example>','deferred',2,1796000000000,1796000400000,1796000100004,451,'4.7.1','come back later',NULL);
INSERT INTO "letter" VALUES(1,5,'Finn@forening2.example','finn@forening2.example','{"address":"Finn@forening2.example","lang":"en","fields":{"antal":"35","first_name":"Finn","name":"Finn","roller":["Bruger"],"siden":"2020-03-06"},"consent":{"basis":"member","at":"2024-03-01","source":null,"text":null},"origin":{"path":"medlemmer.csv","line":7}}','alle','alle.en','<4dae89fc7dd9d493d00d0a8f4b9754de5b5ef3b7@forening.example>','refused',3,1796000000000,0,1796000100005,550,'5.1.1','no such user','hard');
INSERT INTO "letter" VALUES(1,6,'Gry@forening0.example','gry@forening0.example','{"address":"Gry@forening0.example","lang":null,"fields":{"antal":"42","first_name":"Gry","name":"Gry","roller":["Bruger"],"siden":"2021-03-07"},"consent":null,"origin":{"path":"medlemmer.csv","line":8}}','alle','alle.da','<4f74fa27d1fb0feb9dea2f253a8632511044684e@forening.example>','in_doubt',1,1796000000000,0,1796000100006,250,NULL,'written to the outbox as 4f74fa27d1fb0feb9dea2f253a8632511044684e@forening.example',NULL);
INSERT INTO "letter" VALUES(1,7,'Hans@forening1.example','hans@forening1.example','{"address":"Hans@forening1.example","lang":null,"fields":{"antal":"49","first_name":"Hans","name":"Hans","roller":["Bruger"],"siden":"2022-03-08"},"consent":null,"origin":{"path":"medlemmer.csv","line":9}}','alle','alle.da','<d5048eb227e80064ad11338e472af9edb50488b5@forening.example>','suppressed',2,1796000000000,0,1796000100007,250,NULL,'written to the outbox as d5048eb227e80064ad11338e472af9edb50488b5@forening.example',NULL);
INSERT INTO "letter" VALUES(1,8,'Ida@forening2.example','ida@forening2.example','{"address":"Ida@forening2.example","lang":null,"fields":{"antal":"56","first_name":"Ida","name":"Ida","roller":["Bruger","Styregruppe"],"siden":"2023-03-09"},"consent":null,"origin":{"path":"medlemmer.csv","line":10}}','alle','alle.da','<e1ada5598c6d1dfe59a01d7df67570d5bcdb8dfd@forening.example>','expired',3,1796000000000,0,1796000100008,NULL,NULL,NULL,NULL);
INSERT INTO "letter" VALUES(1,9,'erased-1-9@erased.invalid','erased-1-9@erased.invalid','{"address":"erased-1-9@erased.invalid","lang":null,"fields":{},"consent":null,"origin":{"path":"erased","line":0}}','alle','alle.da','<erased-1-9@erased.invalid>','cancelled',0,NULL,0,1796000692473,NULL,NULL,NULL,NULL);
INSERT INTO "letter" VALUES(1,10,'Kaj@forening1.example','kaj@forening1.example','{"address":"Kaj@forening1.example","lang":null,"fields":{"antal":"70","first_name":"Kaj","name":"Kaj","roller":["Bruger"],"siden":"2020-03-02"},"consent":null,"origin":{"path":"medlemmer.csv","line":12}}','alle','alle.da','<7734ea4d703cfcdcbbb9a4027efb2cebab34529b@forening.example>','planned',2,1796000000000,0,1796000100010,NULL,NULL,NULL,NULL);
INSERT INTO "letter" VALUES(1,11,'Liv@forening2.example','liv@forening2.example','{"address":"Liv@forening2.example","lang":null,"fields":{"antal":"77","first_name":"Liv","name":"Liv","roller":["Bruger"],"siden":"2021-03-03"},"consent":null,"origin":{"path":"medlemmer.csv","line":13}}','alle','alle.da','<2382f96244c39e5b14517c1df49d3723f31bd9ef@forening.example>','in_flight',3,1796000000000,0,1796000100011,NULL,NULL,NULL,NULL);
INSERT INTO "letter" VALUES(2,0,'Anna@forening0.example','anna@forening0.example','{"address":"Anna@forening0.example","lang":null,"fields":{"antal":"0","first_name":"Anna","name":"Anna","roller":["Bruger","Styregruppe"],"siden":"2020-03-01"},"consent":{"basis":"member","at":"2024-03-01","source":null,"text":null},"origin":{"path":"medlemmer.csv","line":2}}','alle','alle.da','<69d2712a1f5bb4aa71e23c1690a54b9e5fbbf4c6@forening.example>','accepted',1,1796000674592,1796000674625,1796000674625,250,NULL,'written to the outbox as 69d2712a1f5bb4aa71e23c1690a54b9e5fbbf4c6@forening.example',NULL);
INSERT INTO "letter" VALUES(2,1,'Bo@forening1.example','bo@forening1.example','{"address":"Bo@forening1.example","lang":null,"fields":{"antal":"7","first_name":"Bo","name":"Bo","roller":["Bruger"],"siden":"2021-03-02"},"consent":{"basis":"member","at":"2024-03-01","source":null,"text":null},"origin":{"path":"medlemmer.csv","line":3}}','alle','alle.da','<b0ab2e9bb245d6340f174f29c3e9c2084d309a86@forening.example>','accepted',1,1796000674625,1796000674635,1796000674635,250,NULL,'written to the outbox as b0ab2e9bb245d6340f174f29c3e9c2084d309a86@forening.example',NULL);
INSERT INTO "letter" VALUES(2,2,'Cia@forening2.example','cia@forening2.example','{"address":"Cia@forening2.example","lang":null,"fields":{"antal":"14","first_name":"Cia","name":"Cia","roller":["Bruger"],"siden":"2022-03-03"},"consent":{"basis":"member","at":"2024-03-01","source":null,"text":null},"origin":{"path":"medlemmer.csv","line":4}}','alle','alle.da','<90445e47a49fda2d58a6a83f485e97fd27f05756@forening.example>','accepted',1,1796000674639,1796000674643,1796000674643,250,NULL,'written to the outbox as 90445e47a49fda2d58a6a83f485e97fd27f05756@forening.example',NULL);
INSERT INTO "letter" VALUES(2,3,'Dan@forening0.example','dan@forening0.example','{"address":"Dan@forening0.example","lang":null,"fields":{"antal":"21","first_name":"Dan","name":"Dan","roller":["Bruger"],"siden":"2023-03-04"},"consent":{"basis":"member","at":"2024-03-01","source":null,"text":null},"origin":{"path":"medlemmer.csv","line":5}}','alle','alle.da','<50c5cbab56a34df3d0bda72ba598103b658c419e@forening.example>','planned',0,NULL,0,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "letter" VALUES(2,4,'Eva@forening1.example','eva@forening1.example','{"address":"Eva@forening1.example","lang":null,"fields":{"antal":"28","first_name":"Eva","name":"Eva","roller":["Bruger","Styregruppe"],"siden":"2024-03-05"},"consent":{"basis":"member","at":"2024-03-01","source":null,"text":null},"origin":{"path":"medlemmer.csv","line":6}}','alle','alle.da','<74e6f2a531f96e46433fbfe194b06fc817bab9a8@forening.example>','planned',0,NULL,0,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "letter" VALUES(3,0,'Anna@forening0.example','anna@forening0.example','{"address":"Anna@forening0.example","lang":null,"fields":{"antal":"0","first_name":"Anna","name":"Anna","roller":["Bruger","Styregruppe"],"siden":"2020-03-01"},"consent":{"basis":"member","at":"2024-03-01","source":null,"text":null},"origin":{"path":"medlemmer.csv","line":2}}','alle','alle.da','<69d2712a1f5bb4aa71e23c1690a54b9e5fbbf4c6@forening.example>','accepted',1,1796000674592,1796000674625,1796000674625,250,NULL,'written to the outbox as 69d2712a1f5bb4aa71e23c1690a54b9e5fbbf4c6@forening.example',NULL);
INSERT INTO "letter" VALUES(3,1,'Bo@forening1.example','bo@forening1.example','{"address":"Bo@forening1.example","lang":null,"fields":{"antal":"7","first_name":"Bo","name":"Bo","roller":["Bruger"],"siden":"2021-03-02"},"consent":{"basis":"member","at":"2024-03-01","source":null,"text":null},"origin":{"path":"medlemmer.csv","line":3}}','alle','alle.da','<b0ab2e9bb245d6340f174f29c3e9c2084d309a86@forening.example>','accepted',1,1796000674625,1796000674635,1796000674635,250,NULL,'written to the outbox as b0ab2e9bb245d6340f174f29c3e9c2084d309a86@forening.example',NULL);
INSERT INTO "letter" VALUES(3,2,'Cia@forening2.example','cia@forening2.example','{"address":"Cia@forening2.example","lang":null,"fields":{"antal":"14","first_name":"Cia","name":"Cia","roller":["Bruger"],"siden":"2022-03-03"},"consent":{"basis":"member","at":"2024-03-01","source":null,"text":null},"origin":{"path":"medlemmer.csv","line":4}}','alle','alle.da','<90445e47a49fda2d58a6a83f485e97fd27f05756@forening.example>','accepted',1,1796000674639,1796000674643,1796000674643,250,NULL,'written to the outbox as 90445e47a49fda2d58a6a83f485e97fd27f05756@forening.example',NULL);
INSERT INTO "letter" VALUES(3,3,'Dan@forening0.example','dan@forening0.example','{"address":"Dan@forening0.example","lang":null,"fields":{"antal":"21","first_name":"Dan","name":"Dan","roller":["Bruger"],"siden":"2023-03-04"},"consent":{"basis":"member","at":"2024-03-01","source":null,"text":null},"origin":{"path":"medlemmer.csv","line":5}}','alle','alle.da','<50c5cbab56a34df3d0bda72ba598103b658c419e@forening.example>','accepted',1,1796000674912,1796000674915,1796000674915,250,NULL,'written to the outbox as 50c5cbab56a34df3d0bda72ba598103b658c419e@forening.example',NULL);
INSERT INTO "letter" VALUES(3,4,'Eva@forening1.example','eva@forening1.example','{"address":"Eva@forening1.example","lang":null,"fields":{"antal":"28","first_name":"Eva","name":"Eva","roller":["Bruger","Styregruppe"],"siden":"2024-03-05"},"consent":{"basis":"member","at":"2024-03-01","source":null,"text":null},"origin":{"path":"medlemmer.csv","line":6}}','alle','alle.da','<74e6f2a531f96e46433fbfe194b06fc817bab9a8@forening.example>','accepted',1,1796000674916,1796000674950,1796000674950,250,NULL,'written to the outbox as 74e6f2a531f96e46433fbfe194b06fc817bab9a8@forening.example',NULL);
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
INSERT INTO "plan" VALUES(1,'issues/maj.md','','outbox','Mon, 30 Nov 2026 02:04:34 +0100','875dd12beac7310925461204098de0b1786af267c922bfaf63ec2d3c3935a57e','{"audiences/alle.yaml":"8d8a76f16a6c1b8a7f9be9848da6615ac1c3c0b99adbf0bf1a7a3287a5017d8b","issues/maj.md":"51b3b9813cc0c4da572ba943a2485782693c67fa7a3c6f2de7a13ed054909354","newsletter.yaml":"633a79cd2a07a5b70efaf481dd9667d6f2eb95a1847a02963b76140ba400820e","the built-in themes":"fab3afdcdec5fdbf96a7dab18da479bd1f12b967d2239a17a56030be864f5604"}','[{"audience":"alle","lang":"da","leaves_out":[]},{"audience":"alle","lang":"en","leaves_out":[]}]',NULL,1796000674321,'cced0f08c171d9366abc17cd90d9f3d50ce18615',0,0,0);
INSERT INTO "plan" VALUES(2,'issues/juni.md','','outbox','Mon, 30 Nov 2026 02:04:34 +0100','b0dc95c32c48f86bbf2afd122fea0b45a4df965ae3d70b7755a36384ac52cfbe','{"audiences/alle.yaml":"8d8a76f16a6c1b8a7f9be9848da6615ac1c3c0b99adbf0bf1a7a3287a5017d8b","issues/juni.md":"86e0219058d5f1675709c00a080deacba3a0aa7fedb08e21d8ba1b6541b4caeb","newsletter.yaml":"633a79cd2a07a5b70efaf481dd9667d6f2eb95a1847a02963b76140ba400820e","the built-in themes":"fab3afdcdec5fdbf96a7dab18da479bd1f12b967d2239a17a56030be864f5604"}','[{"audience":"alle","lang":"da","leaves_out":[]},{"audience":"alle","lang":"en","leaves_out":[]}]',NULL,1796000674557,'cced0f08c171d9366abc17cd90d9f3d50ce18615',1,0,0);
INSERT INTO "plan" VALUES(3,'issues/juni.md','','outbox','Mon, 30 Nov 2026 02:04:34 +0100','b0dc95c32c48f86bbf2afd122fea0b45a4df965ae3d70b7755a36384ac52cfbe','{"audiences/alle.yaml":"8d8a76f16a6c1b8a7f9be9848da6615ac1c3c0b99adbf0bf1a7a3287a5017d8b","issues/juni.md":"86e0219058d5f1675709c00a080deacba3a0aa7fedb08e21d8ba1b6541b4caeb","newsletter.yaml":"633a79cd2a07a5b70efaf481dd9667d6f2eb95a1847a02963b76140ba400820e","the built-in themes":"fab3afdcdec5fdbf96a7dab18da479bd1f12b967d2239a17a56030be864f5604"}','[{"audience":"alle","lang":"da","leaves_out":[]},{"audience":"alle","lang":"en","leaves_out":[]}]',NULL,1796000674826,'cced0f08c171d9366abc17cd90d9f3d50ce18615',0,0,0);
CREATE TABLE project_key (
  fingerprint TEXT NOT NULL
);
CREATE TABLE rate_slot (
  id INTEGER PRIMARY KEY,
  at INTEGER NOT NULL,
  domain TEXT NOT NULL
);
CREATE TABLE reader (
  token TEXT PRIMARY KEY,
  tag TEXT NOT NULL,
  key TEXT
) WITHOUT ROWID;
INSERT INTO "reader" VALUES('17cd19dbdad7af05dd0daea6','f504073556b5b45338f917ea0776bf784bdffd40','ida@forening2.example');
INSERT INTO "reader" VALUES('22a8128573de7b4e83b2a7be','a6aeeb1ce857f04b29a758050e5ecc7400e3fa09','kaj@forening1.example');
INSERT INTO "reader" VALUES('25b88801ce6b40329df01bee','64bbd12887a8283e62bf96a4fc9f67929d6b1d38','liv@forening2.example');
INSERT INTO "reader" VALUES('264cab616d70703e71a30bae','0bac5e55cff033a217558afd72b5f1f60cefd935','hans@forening1.example');
INSERT INTO "reader" VALUES('2e05af3fc8e0f4648044eef0','98e8688bd1459f41ad28d6326567607846213c50','eva@forening1.example');
INSERT INTO "reader" VALUES('61436ffa2cdc322cb23b801d','40680425b989ba37e1313ca350640ed2df7f602b',NULL);
INSERT INTO "reader" VALUES('71442a305d7b1bad7c408c69','ec4854943d13e0eba09dda702b1038d93801967f','finn@forening2.example');
INSERT INTO "reader" VALUES('960cbb414341ea55fd1d6d58','936bf7338ac3932c8e801c68f5cf45bf75773f0e','bo@forening1.example');
INSERT INTO "reader" VALUES('a9d63e549d8c4e7c4749d211','329f2d7b2dd3286ceef5a85da13f9c721a856e19','gry@forening0.example');
INSERT INTO "reader" VALUES('d8c3142f258aeedf2aea14e8','232d8d4831403cc05adc2f029aea0f315da9a93a','cia@forening2.example');
INSERT INTO "reader" VALUES('dc49f444a6b46aa532b9f51f','4ef082711ee7c6a3174b31b1aea24e7f60cc36a8','anna@forening0.example');
INSERT INTO "reader" VALUES('f7bd8e0622dbdef35c6f7b82','d30a6174c11c0957127cdd7aecddc51976f17963','dan@forening0.example');
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
INSERT INTO "suppression" VALUES('40680425b989ba37e1313ca350640ed2df7f602b','',NULL,NULL,'erased',1796000692473,'person erase',NULL,NULL);
CREATE UNIQUE INDEX plan_in_force ON plan (issue, transport) WHERE NOT replaced;
CREATE UNIQUE INDEX letter_key ON letter (plan, key);
CREATE INDEX letter_open ON letter (plan, tries, number, due) WHERE state IN ('planned', 'deferred');
CREATE INDEX rate_slot_at ON rate_slot (at);
CREATE INDEX suppression_key ON suppression (key) WHERE removed_at IS NULL;
COMMIT;
PRAGMA application_id = 0x4e4c7472;
PRAGMA user_version = 5;

-- Times are milliseconds since 1970, 0 where there is none. Keys for searching (…_key)
-- come from package searchkey, and are never shown.

CREATE TABLE member (
  clinic TEXT NOT NULL,
  id TEXT NOT NULL,
  number BIGINT NOT NULL,                   -- 会員番号, counted per clinic, never given again
  kind TEXT NOT NULL DEFAULT 'web',         -- 会員種別 (L13): web or line
  name TEXT NOT NULL DEFAULT '',
  kana TEXT NOT NULL DEFAULT '',
  birth TEXT NOT NULL DEFAULT '',           -- 1980-02-29
  sex TEXT NOT NULL DEFAULT '',             -- female, male, other
  phone TEXT NOT NULL DEFAULT '',
  mail TEXT NOT NULL DEFAULT '',
  card TEXT NOT NULL DEFAULT '',            -- 診察券番号
  memo TEXT NOT NULL DEFAULT '',
  tags TEXT NOT NULL DEFAULT '[]',          -- a JSON list
  name_key TEXT NOT NULL DEFAULT '',
  kana_key TEXT NOT NULL DEFAULT '',
  loose_key TEXT NOT NULL DEFAULT '',
  phone_key TEXT NOT NULL DEFAULT '',
  phone_back TEXT NOT NULL DEFAULT '',      -- phone_key from its end to its beginning
  card_key TEXT NOT NULL DEFAULT '',
  grams BIGINT NOT NULL DEFAULT 0,          -- searchkey.Grams of name and kana
  merged_into TEXT NOT NULL DEFAULT '',     -- id of the member that it became
  version BIGINT NOT NULL DEFAULT 1,
  created BIGINT NOT NULL,
  updated BIGINT NOT NULL,
  PRIMARY KEY (clinic, id)
);
CREATE UNIQUE INDEX member_number ON member (clinic, number);
CREATE UNIQUE INDEX member_card ON member (clinic, card_key) WHERE card_key <> '' AND merged_into = '';
CREATE INDEX member_phone ON member (clinic, merged_into, phone_key, name_key);
CREATE INDEX member_birth ON member (clinic, merged_into, birth, name_key);
CREATE INDEX member_phone_back ON member (clinic, merged_into, phone_back);
CREATE INDEX member_merged ON member (clinic, merged_into) WHERE merged_into <> '';
-- It covers the search, which scans the clinic's part of it in the order of the list.
-- The bits come first: most rows are passed over by them.
CREATE INDEX member_search ON member (clinic, merged_into, kana_key, id, grams, name_key, loose_key, phone_back, card_key);

-- The newest 会員番号 of each clinic. A change of the clinic's members locks its row first.
CREATE TABLE member_count (
  clinic TEXT NOT NULL PRIMARY KEY,
  newest BIGINT NOT NULL
);

-- A merge (名寄せ), which can be undone.
CREATE TABLE member_merge (
  clinic TEXT NOT NULL,
  id TEXT NOT NULL,
  kept TEXT NOT NULL,
  merged TEXT NOT NULL,
  bookings TEXT NOT NULL DEFAULT '[]',      -- ids of the tickets that moved from merged to kept
  at BIGINT NOT NULL,
  by_user TEXT NOT NULL,
  undone BIGINT NOT NULL DEFAULT 0,
  undone_by TEXT NOT NULL DEFAULT '',
  PRIMARY KEY (clinic, id)
);
CREATE INDEX member_merge_of ON member_merge (clinic, merged);
CREATE INDEX member_merge_kept ON member_merge (clinic, kept);

-- Every look at a member and every change (D14).
CREATE TABLE access_log (
  clinic TEXT NOT NULL,
  id TEXT NOT NULL,                         -- sorts by time
  at BIGINT NOT NULL,
  by_user TEXT NOT NULL,
  act TEXT NOT NULL,                        -- search, open, export, add, edit, merge, unmerge, import, erase
  member TEXT NOT NULL DEFAULT '',          -- id; of a search or an export, none
  detail TEXT NOT NULL DEFAULT '',          -- what was searched or exported, without a name
  PRIMARY KEY (clinic, id)
);
CREATE INDEX access_log_member ON access_log (clinic, member, id);

-- The columns that a user has chosen by the gear (L12).
CREATE TABLE column_set (
  clinic TEXT NOT NULL,
  by_user TEXT NOT NULL,
  of TEXT NOT NULL,                         -- members or bookings
  columns TEXT NOT NULL,                    -- a JSON list
  PRIMARY KEY (clinic, by_user, of)
);

-- The projection of the days' logs: one row for each ticket.
CREATE TABLE booking (
  ticket TEXT NOT NULL PRIMARY KEY,
  clinic TEXT NOT NULL,
  service TEXT NOT NULL,
  day TEXT NOT NULL,                        -- of the visit
  epoch TEXT NOT NULL,                      -- of the day's keys when it was projected
  version BIGINT NOT NULL,                  -- of the newest entry that changed it
  state TEXT NOT NULL,                      -- queue.State
  missing BIGINT NOT NULL DEFAULT 0,        -- since when Redis does not have it any more (消えた予約)
  number BIGINT NOT NULL DEFAULT 0,
  channel TEXT NOT NULL DEFAULT '',
  party BIGINT NOT NULL DEFAULT 1,
  first_visit INTEGER NOT NULL DEFAULT 0,
  kind TEXT NOT NULL DEFAULT '',
  session TEXT NOT NULL DEFAULT '',
  slot TEXT NOT NULL DEFAULT '',
  slot_end TEXT NOT NULL DEFAULT '',
  slot_from BIGINT NOT NULL DEFAULT 0,
  slot_to BIGINT NOT NULL DEFAULT 0,
  weight BIGINT NOT NULL DEFAULT 1,
  position TEXT NOT NULL DEFAULT '',        -- as it was issued
  code TEXT NOT NULL DEFAULT '',            -- keyed hash of the cancel code
  mark TEXT NOT NULL DEFAULT '',
  room TEXT NOT NULL DEFAULT '',
  reason TEXT NOT NULL DEFAULT '',
  late INTEGER NOT NULL DEFAULT 0,
  issued BIGINT NOT NULL,                   -- 作成日
  updated BIGINT NOT NULL,                  -- 更新日
  arrived BIGINT NOT NULL DEFAULT 0,
  called BIGINT NOT NULL DEFAULT 0,
  entered BIGINT NOT NULL DEFAULT 0,
  ended BIGINT NOT NULL DEFAULT 0,
  moved_to TEXT NOT NULL DEFAULT '',
  moved_from TEXT NOT NULL DEFAULT '',
  -- The patient, empty after the clinic's retention or an erasure.
  name TEXT NOT NULL DEFAULT '',
  kana TEXT NOT NULL DEFAULT '',
  birth TEXT NOT NULL DEFAULT '',
  sex TEXT NOT NULL DEFAULT '',
  phone TEXT NOT NULL DEFAULT '',
  mail TEXT NOT NULL DEFAULT '',
  card TEXT NOT NULL DEFAULT '',
  symptoms TEXT NOT NULL DEFAULT '',
  memo TEXT NOT NULL DEFAULT '',
  consent INTEGER NOT NULL DEFAULT 0,
  name_key TEXT NOT NULL DEFAULT '',
  kana_key TEXT NOT NULL DEFAULT '',
  phone_key TEXT NOT NULL DEFAULT '',
  card_key TEXT NOT NULL DEFAULT '',
  person BIGINT NOT NULL DEFAULT 0,         -- of these keys, see booking_person; 0 without a patient
  erased BIGINT NOT NULL DEFAULT 0,         -- since when the patient is removed, and stays so
  member TEXT NOT NULL DEFAULT ''           -- id of the member, set by a person; the projection keeps it
);
-- The indexes have what the search filters by, and end in the order of its list.
CREATE INDEX booking_day ON booking (clinic, day, issued, ticket);
CREATE INDEX booking_service ON booking (clinic, service, state, day, issued, ticket, channel);
CREATE INDEX booking_state ON booking (clinic, state, day, issued, ticket, channel);
CREATE INDEX booking_of_person ON booking (clinic, person, day, issued, ticket, service, state, channel);
CREATE INDEX booking_issued ON booking (clinic, issued, ticket);
CREATE INDEX booking_updated ON booking (clinic, updated, ticket);
CREATE INDEX booking_member ON booking (clinic, member, day, issued, ticket) WHERE member <> '';
CREATE INDEX booking_kept ON booking (clinic, day) WHERE erased = 0;
CREATE INDEX booking_missing ON booking (clinic, day) WHERE missing <> 0;

-- Each different patient of the bookings, so that a search for a part of a name does not
-- read all bookings. The key covers it.
CREATE TABLE booking_person (
  clinic TEXT NOT NULL,
  person BIGINT NOT NULL,                   -- a hash of the keys
  name_key TEXT NOT NULL,
  kana_key TEXT NOT NULL,
  phone_key TEXT NOT NULL,
  card_key TEXT NOT NULL,
  PRIMARY KEY (clinic, person, name_key, kana_key, phone_key, card_key)
);

-- How far a day's log is projected.
CREATE TABLE projection (
  clinic TEXT NOT NULL,
  day TEXT NOT NULL,
  epoch TEXT NOT NULL,
  entry TEXT NOT NULL,                      -- id of the newest entry; none: ''
  mark TEXT NOT NULL,                       -- of that entry's act: another one is of another history
  closed INTEGER NOT NULL DEFAULT 0,        -- that entry closed the day: no other is to come
  version BIGINT NOT NULL,
  PRIMARY KEY (clinic, day)
);

-- CSV files, made in the background (L11).
CREATE TABLE export (
  clinic TEXT NOT NULL,
  id TEXT NOT NULL,                         -- sorts by time
  of TEXT NOT NULL,                         -- members or bookings
  query TEXT NOT NULL,                      -- JSON
  columns TEXT NOT NULL,                    -- a JSON list
  encoding TEXT NOT NULL,                   -- utf-8 or cp932
  language TEXT NOT NULL,                   -- of the header
  state TEXT NOT NULL,                      -- due, running, done, failed, expired
  file TEXT NOT NULL DEFAULT '',            -- its name for people
  row_count BIGINT NOT NULL DEFAULT 0,      -- written so far
  total BIGINT NOT NULL DEFAULT 0,
  bytes BIGINT NOT NULL DEFAULT 0,
  replaced BIGINT NOT NULL DEFAULT 0,       -- characters that CP932 does not have
  resume TEXT NOT NULL DEFAULT '',          -- cursor from which another node goes on
  parts BIGINT NOT NULL DEFAULT 0,
  error TEXT NOT NULL DEFAULT '',
  by_user TEXT NOT NULL,
  created BIGINT NOT NULL,
  finished BIGINT NOT NULL DEFAULT 0,
  expires BIGINT NOT NULL DEFAULT 0,
  lease BIGINT NOT NULL DEFAULT 0,          -- until when a node works on it
  node TEXT NOT NULL DEFAULT '',
  attempts BIGINT NOT NULL DEFAULT 0,       -- since its last part
  PRIMARY KEY (clinic, id)
);
CREATE INDEX export_state ON export (state, lease);
CREATE TABLE export_part (
  clinic TEXT NOT NULL,
  export TEXT NOT NULL,
  part BIGINT NOT NULL,
  data BLOB NOT NULL,
  PRIMARY KEY (clinic, export, part)
);

-- The register's own name. The line keeps it too: its nodes all use one register.
CREATE TABLE identity (
  one BIGINT NOT NULL PRIMARY KEY,          -- 1
  id TEXT NOT NULL,
  asked BIGINT NOT NULL                     -- last proof that the database takes writes
);

-- What an erasure removed, without the person.
CREATE TABLE certificate (
  clinic TEXT NOT NULL,
  id TEXT NOT NULL,
  at BIGINT NOT NULL,
  by_user TEXT NOT NULL,
  removed TEXT NOT NULL,                    -- JSON: how many of each store
  PRIMARY KEY (clinic, id)
);

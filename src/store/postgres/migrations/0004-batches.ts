// Batches on their way: rows that are in the database and have not taken effect, and the mark of a database that is being filled.

export const batchesMigration = `
-- The batch of which some rows may have taken effect and some not; whether a migration into the database was begun and not ended.
alter table rollcall.state add column sealed bigint, add column unfinished boolean not null default false;

create table rollcall.batches (
  number bigint generated always as identity primary key,
  daemon text not null,
  at timestamptz not null default now(),
  -- How many of its rows have taken effect; whether all have.
  done int not null default 0,
  ended boolean not null default false
);

create table rollcall.staged (
  batch bigint not null references rollcall.batches on delete cascade,
  n int not null,
  tbl text collate "C" not null,
  id text collate "C" not null,
  value text,
  primary key (batch, n)
);
create index staged_row on rollcall.staged (batch, tbl, id);

-- What a batch takes for granted of large tables; rev as in holds_1.
create table rollcall.staged_guards (
  batch bigint not null references rollcall.batches on delete cascade,
  tbl text collate "C" not null,
  id text collate "C" not null,
  rev bigint not null
);
create index staged_guards_table on rollcall.staged_guards (batch, tbl);
`;

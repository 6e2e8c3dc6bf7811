// The daemons that are there, each with the lock that its session holds, and the names of sites, whose numbers stand in locks.

export const daemonsMigration = `
create table rollcall.sites (
  number integer generated always as identity primary key,
  name text collate "C" not null unique
);
create table rollcall.daemons (
  serial integer generated always as identity primary key,
  daemon text collate "C" not null,
  site text collate "C" not null,
  has_pbx boolean not null,
  version text not null,
  since timestamptz not null default now()
);
`;

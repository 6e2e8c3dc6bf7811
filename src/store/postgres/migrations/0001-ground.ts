// The tables of the store, and the function by which everything is written: it takes the one counter row first, so that revisions are
// given in the order in which commits take effect. The index of contacts is the next migration's.

/** As SCOPE_OF names them; this list is what the migration made, and stays as it is. */
const LARGE = ['contacts', 'favorites', 'retired', 'calls', 'messages'];

/** `more`: further columns, and how they are filled from `x`, what comes with a row for them. */
const MORE: Readonly<Record<string, string>> = { favorites: 'target' };

const each = (text: (table: string) => string): string => LARGE.map(text).join('\n');

const TABLES = `
create table rollcall.state (
  only_row boolean primary key default true check (only_row),
  epoch text not null,
  rev bigint not null,
  -- A program that does not know the migration of this number cannot work with the database.
  compatible_from int not null
);

create table rollcall.small (
  tbl text collate "C" not null,
  id text collate "C" not null,
  value text not null,
  rev bigint not null,
  primary key (tbl, id)
);
create index small_rev on rollcall.small (rev);
${each(
  (table) => `
create table rollcall.${table} (
  id text collate "C" primary key,
  scope text collate "C" not null,
  value text not null,
  rev bigint not null${MORE[table] ? `,\n  ${MORE[table]} text collate "C" not null` : ''}
);
create index ${table}_scope on rollcall.${table} (scope, rev);
create index ${table}_rev on rollcall.${table} (rev);`,
)}
create index favorites_target on rollcall.favorites (target);

-- A row that was removed, or went to another scope.
create table rollcall.removals (
  tbl text collate "C" not null,
  scope text collate "C" not null,
  id text collate "C" not null,
  rev bigint not null,
  primary key (tbl, scope, id)
);
create index removals_scope on rollcall.removals (tbl, scope, rev);
create index removals_rev on rollcall.removals (rev);

-- Rows of each scope of a large table, and up to where its removals are forgotten.
create table rollcall.scopes (
  tbl text collate "C" not null,
  scope text collate "C" not null,
  rows bigint not null default 0,
  floor bigint not null default 0,
  primary key (tbl, scope)
) with (fillfactor = 50);

-- Revisions that are given to nothing: from each start of a daemon on.
create table rollcall.gaps (last bigint not null, next bigint primary key);

-- Who writes: a daemon's newest connection, the last call that was done, and the answer to the last one that had commits.
create table rollcall.writers (
  daemon text primary key,
  generation int not null,
  call bigint not null default 0,
  answered bigint not null default 0,
  answer text,
  at timestamptz not null default now()
) with (fillfactor = 50);
`;

const takeFrom = (table: string): string => {
  const more = MORE[table];
  return `
  when '${table}' then
    if v is null then
      delete from rollcall.${table} where id = i returning scope into was;
    else
      select scope into was from rollcall.${table} where id = i;
      if was is null then
        insert into rollcall.${table} (id, scope, value, rev${more ? `, ${more}` : ''}) values (i, s, v, g${more ? `, coalesce(x, '')` : ''});
      else
        update rollcall.${table} set scope = s, value = v, rev = g${more ? `, ${more} = coalesce(x, '')` : ''} where id = i;
      end if;
    end if;`;
};

/** Writes one row with revision g, and returns the scope that it was in before; of rows of small tables null. `v` null: removes it. */
const TAKE = `
create function rollcall.take_1(t text, i text, s text, v text, x text, g bigint) returns text language plpgsql as $take$
declare was text;
begin
  case t
  ${each(takeFrom)}
  -- A slice of batch i: v of its rows have taken effect then, or with x all of them.
  when 'batches' then
    update rollcall.batches set done = v::int, ended = x is not null where number = i::bigint;
    update rollcall.state set sealed = case when x is null then i::bigint end;
    return null;
  else
    if v is null then
      delete from rollcall.small where tbl = t and id = i;
      insert into rollcall.removals values (t, '', i, g) on conflict (tbl, scope, id) do update set rev = g;
    else
      update rollcall.small set value = v, rev = g where tbl = t and id = i;
      if not found then
        insert into rollcall.small values (t, i, v, g);
        delete from rollcall.removals where tbl = t and scope = '' and id = i;
      end if;
    end if;
    return null;
  end case;
  if was is not null and (v is null or was <> s) then
    update rollcall.scopes set rows = rows - 1 where tbl = t and scope = was;
    insert into rollcall.removals values (t, was, i, g) on conflict (tbl, scope, id) do update set rev = g;
  end if;
  if v is not null and (was is null or was <> s) then
    insert into rollcall.scopes values (t, s, 1) on conflict (tbl, scope) do update set rows = scopes.rows + 1;
    delete from rollcall.removals where tbl = t and scope = s and id = i;
  end if;
  return was;
end $take$;

-- Whether a row has revision r (-1: is not there; -2: never), or with a text v that value.
create function rollcall.holds_1(t text, i text, r bigint, v text) returns boolean language plpgsql as $holds$
declare found_rev bigint; found_value text;
begin
  case t
  ${each((table) => `when '${table}' then select rev into found_rev from rollcall.${table} where id = i;`)}
  when 'batches' then
    select done into found_rev from rollcall.batches where number = i::bigint and not ended;
    -- Before its first slice: what the batch takes for granted of large tables.
    if r = 0 and (${LARGE.map(
      (table) => `exists (
      select from rollcall.staged_guards q where q.batch = i::bigint and q.tbl = '${table}'
        and q.rev <> coalesce((select l.rev from rollcall.${table} l where l.id = q.id), -1)
    )`,
    ).join(' or ')}) then found_rev := -2; end if;
  else select rev, value into found_rev, found_value from rollcall.small where tbl = t and id = i;
  end case;
  if v <> '' then return found_value is not distinct from v; end if;
  return coalesce(found_rev, -1) = r;
end $holds$;
`;

/**
 * Takes commits one after the other: nw and ng say how many of the writes and guards belong to each, the lists are as wire.ts makes them.
 * Notes have -1 guards. The answer is JSON: the revision before, that of each commit (null: a guard did not hold; -1: it waits for a batch, and
 * nothing was done), and of each row of a large table that
 * was written the scope that it was in before.
 */
const COMMIT = `
create function rollcall.commit_1(
  who text, gen int, number bigint, answers boolean, nw int[], ng int[],
  wt text, wi text, ws text, wv text, wx text, gt text, gi text, gr bigint[], gv text
) returns text language plpgsql as $commit$
declare
  tables text[] := string_to_array(wt, E'\\x01'); ids text[] := string_to_array(wi, E'\\x01');
  scopes text[] := string_to_array(ws, E'\\x01'); vals text[] := string_to_array(wv, E'\\x01');
  more text[] := string_to_array(wx, E'\\x01');
  guarded text[] := string_to_array(gt, E'\\x01'); guards text[] := string_to_array(gi, E'\\x01');
  held text[] := string_to_array(gv, E'\\x01');
  revs bigint[] := '{}'; was text[] := '{}';
  -- Places of contacts in the lists: the last one of each counts.
  contacts int[] := '{}';
  before bigint; g bigint; w int := 0; h int := 0; good boolean; old text; result text;
  -- The batch that is taking effect, and whether commits wait for it: one that has to do with its rows, and all after it.
  sealing bigint; waits boolean := false; slice boolean;
begin
  select rev, sealed into before, sealing from rollcall.state for update;
  g := before;
  for k in 1 .. coalesce(array_length(nw, 1), 0) loop
    slice := nw[k] > 0 and tables[w + 1] = 'batches';
    if waits and not slice and ng[k] >= 0 then
      good := false;
    elsif sealing is null or ng[k] < 0 or (slice and ids[w + 1] = sealing::text) then
      good := true;
    elsif slice then
      good := false;
    else
      waits := exists (
        select from (
          select * from unnest(tables[w + 1 : w + nw[k]], ids[w + 1 : w + nw[k]])
          union all select * from unnest(guarded[h + 1 : h + ng[k]], guards[h + 1 : h + ng[k]])
        ) r(t, i) join rollcall.staged s on s.batch = sealing and s.tbl = r.t and s.id = coalesce(r.i, '')
      );
      good := not waits;
    end if;
    if not good then
      w := w + nw[k];
      h := h + ng[k];
      revs := revs || -1::bigint;
      continue;
    end if;
    for m in 1 .. ng[k] loop
      h := h + 1;
      good := good and rollcall.holds_1(guarded[h], coalesce(guards[h], ''), gr[h], coalesce(held[h], ''));
    end loop;
    if not good then
      w := w + nw[k];
      revs := revs || null::bigint;
      continue;
    end if;
    g := g + 1;
    revs := revs || g;
    for m in 1 .. nw[k] loop
      w := w + 1;
      old := rollcall.take_1(
        tables[w], coalesce(ids[w], ''), coalesce(scopes[w], ''), nullif(vals[w], ''), nullif(more[w], ''), g
      );
      if tables[w] in (${LARGE.map((table) => `'${table}'`).join(', ')}) then was := was || old; end if;
      if tables[w] = 'contacts' then contacts := contacts || w; end if;
    end loop;
    if slice then select sealed into sealing from rollcall.state; end if;
  end loop;
  if contacts <> '{}' then
    perform rollcall.unindex_contacts_1(array_agg(c.id) filter (where c.payload is null)),
      rollcall.index_contacts_1(
        array_agg(c.id) filter (where c.payload is not null), array_agg(c.scope) filter (where c.payload is not null),
        array_agg(c.payload) filter (where c.payload is not null)
      )
      from (
        select distinct on (ids[p]) coalesce(ids[p], '') as id, coalesce(scopes[p], '') as scope, nullif(more[p], '') as payload
          from unnest(contacts) as p order by ids[p], p desc
      ) as c;
  end if;
  result := json_build_object('before', before, 'revs', revs, 'was', was)::text;
  if g > before then
    update rollcall.state set rev = g;
    perform pg_notify('rollcall', g::text);
  end if;
  if answers then
    update rollcall.writers set call = number, answered = number, answer = result, at = now()
      where daemon = who and generation = gen;
  else
    update rollcall.writers set call = number, at = now() where daemon = who and generation = gen;
  end if;
  if not found then raise exception 'another connection writes for this daemon' using errcode = 'RC001'; end if;
  return result;
end $commit$;
`;

/** A run of a daemon begins: revisions are left out from here to where it counts on. Or it has a new connection, and what the old one sent is too late. */
const BEGIN = `
create function rollcall.open_1(who text, skipped bigint) returns text language plpgsql as $open$
declare held record;
begin
  select epoch, rev into held from rollcall.state for update;
  if held.rev > 0 then
    insert into rollcall.gaps values (held.rev, held.rev + skipped);
    delete from rollcall.gaps where next not in (select next from rollcall.gaps order by next desc limit 1000);
    update rollcall.state set rev = held.rev + skipped;
    perform pg_notify('rollcall', (held.rev + skipped)::text);
  end if;
  delete from rollcall.writers where at < now() - interval '7 days';
  insert into rollcall.writers (daemon, generation) values (who, 1);
  return json_build_object('epoch', held.epoch, 'rev', case when held.rev > 0 then held.rev + skipped else 0 end)::text;
end $open$;

create function rollcall.resume_1(who text, gen int) returns text language plpgsql as $resume$
declare held record; own record;
begin
  select epoch, rev into held from rollcall.state for update;
  insert into rollcall.writers (daemon, generation) values (who, gen)
    on conflict (daemon) do update set generation = gen, at = now() returning call, answered, answer into own;
  return json_build_object(
    'epoch', held.epoch, 'rev', held.rev, 'floor', (select coalesce(max(floor), 0) from rollcall.scopes),
    'call', own.call, 'answered', own.answered, 'answer', own.answer::json
  )::text;
end $resume$;
`;

/** Forgets the oldest removals from a scope, up to a revision and so many at most; returns how many. Nobody writes meanwhile. */
const FORGET = `
create function rollcall.forget_1(t text, s text, g bigint, most int) returns bigint language plpgsql as $forget$
declare gone record;
begin
  perform rev from rollcall.state for update;
  with oldest as (
    select id from rollcall.removals where tbl = t and scope = s and rev <= g order by rev limit most
  ), gone as (
    delete from rollcall.removals r using oldest o where r.tbl = t and r.scope = s and r.id = o.id returning r.rev
  ) select count(*) as count, max(rev) as rev into gone from gone;
  if gone.count > 0 then
    insert into rollcall.scopes (tbl, scope, floor) values (t, s, gone.rev)
      on conflict (tbl, scope) do update set floor = greatest(scopes.floor, excluded.floor);
  end if;
  return gone.count;
end $forget$;
`;

export const ground = TABLES + TAKE + COMMIT + BEGIN + FORGET;

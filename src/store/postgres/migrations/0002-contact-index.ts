// What contacts are searched and found by number by, beside the table of contacts: one row per contact and one per key of its numbers,
// and the two functions that a commit calls. The payload is that of search-payload.ts.
//
// A commit calls `rollcall.index_contacts_1(ids, scopes, payloads)` with all contacts it puts, each once, after they are in the table; and
// `rollcall.unindex_contacts_1(ids)` with those it removes. Both take many at once: some hundred a call are cheapest. What is in the
// index as it should be is not written again. Ids and scopes are as the table of contacts has them.

/** `text` of a column is as search-order.ts writes it. Personal contacts are few in each book, and are in no index of words. */
export const contactIndexMigration = `
create table rollcall.contact_search (
  id text collate "C" primary key,
  scope text collate "C" not null,
  shared boolean not null,
  rules smallint not null,
  name text collate "C" not null,
  words tsvector not null,
  name_bits bigint not null,
  company_bits bigint not null,
  other_bits bigint not null,
  digits text collate "C" not null,
  created text collate "C" not null,
  forms text[] collate "C" not null,
  places smallint[] not null
);
-- The lexemes of digits: every four in a row and the last three of each number, and the first four.
create function rollcall.runs_1(digits text) returns tsvector language plpgsql immutable strict parallel safe as $$
declare
  runs text[] := '{}';
  n text;
begin
  foreach n in array string_to_array(digits, e'\\n') loop
    continue when n = '';
    runs := runs || ('s' || left(n, 4));
    if length(n) >= 4 then runs := runs || ('d' || right(n, 3)); end if;
    for at in 1 .. greatest(length(n) - 3, 1) loop runs := runs || ('d' || substr(n, at, 4)); end loop;
  end loop;
  return array_to_tsvector(runs);
end $$;

create index contact_search_names on rollcall.contact_search (scope, name, id)
  include (name_bits, company_bits, other_bits);
-- An index alone answers only for pages that were cleaned up since they were written: also where contacts were only added.
alter table rollcall.contact_search set (autovacuum_vacuum_insert_scale_factor = 0.02, autovacuum_vacuum_scale_factor = 0.05);
create index contact_search_words on rollcall.contact_search using gin (words, rollcall.runs_1(digits))
  with (fastupdate = on, gin_pending_list_limit = 512) where shared;

create table rollcall.contact_numbers (
  scope text collate "C" not null,
  form text collate "C" not null,
  place smallint not null,
  created text collate "C" not null,
  id text collate "C" not null,
  primary key (scope, form, place, created, id)
);

-- Takes out the numbers of these contacts, as they are indexed now. "offset 0": one contact after the other, each by the index, also while nobody has
-- counted the tables yet.
create function rollcall.unindex_numbers_1(gone text[]) returns void
language sql set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off as $$
  delete from rollcall.contact_numbers where ctid = any (array(
    select n.ctid from unnest(gone) g(id)
    cross join lateral (select * from rollcall.contact_search s where s.id = g.id offset 0) s
    cross join unnest(s.forms, s.places) f(form, place)
    cross join lateral (
      select n.ctid from rollcall.contact_numbers n
      where n.scope = s.scope and n.form = f.form and n.place = f.place and n.created = s.created and n.id = s.id offset 0
    ) n
  ));
$$;

create function rollcall.unindex_contacts_1(gone text[]) returns void
language plpgsql set enable_seqscan = off as $$
begin
  perform rollcall.unindex_numbers_1(gone);
  delete from rollcall.contact_search where id = any(gone);
end $$;

create function rollcall.index_contacts_1(ids text[], scopes text[], payloads text[]) returns void
language plpgsql set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off as $$
begin
  if exists (select from rollcall.contact_search where id = any(ids)) then
    perform rollcall.unindex_numbers_1(array(
      select g.id from unnest(ids, scopes, payloads) g(id, scope, payload)
      cross join jsonb_to_record(g.payload::jsonb) p(created text, forms text[], places smallint[])
      cross join lateral (select * from rollcall.contact_search s where s.id = g.id offset 0) s
      where (s.scope, s.created, s.forms, s.places) is distinct from (g.scope, p.created, p.forms, p.places)
    ));
  end if;

  with given as materialized (
    select g.id, g.scope, p.*
    from unnest(ids, scopes, payloads) g(id, scope, payload),
      jsonb_to_record(g.payload::jsonb)
        p(shared boolean, rules smallint, name text, words text[], bits bigint[], digits text, created text, forms text[], places smallint[])
  ), searched as (
    insert into rollcall.contact_search as s
      (id, scope, shared, rules, name, words, name_bits, company_bits, other_bits, digits, created, forms, places)
    select id, scope, shared, rules, name, array_to_tsvector(words), bits[1], bits[2], bits[3], digits, created, forms, places from given
    on conflict (id) do update set
      scope = excluded.scope, shared = excluded.shared, rules = excluded.rules, name = excluded.name, words = excluded.words,
      name_bits = excluded.name_bits, company_bits = excluded.company_bits, other_bits = excluded.other_bits,
      digits = excluded.digits, created = excluded.created, forms = excluded.forms, places = excluded.places
    where (s.scope, s.shared, s.rules, s.name, s.words, s.digits, s.created, s.forms, s.places) is distinct from
      (excluded.scope, excluded.shared, excluded.rules, excluded.name, excluded.words, excluded.digits, excluded.created,
       excluded.forms, excluded.places)
  )
  insert into rollcall.contact_numbers (scope, form, place, created, id)
  select g.scope, f.form, f.place, g.created, g.id from given g, unnest(g.forms, g.places) f(form, place)
  on conflict do nothing;
end $$;

create function rollcall.contacts_by_number_1(books text[], forms text[], low text, high text, most int)
returns table (id text, value text, rev bigint)
language plpgsql stable rows 20 set jit = off set plan_cache_mode = force_generic_plan
set enable_seqscan = off set enable_bitmapscan = off set enable_hashjoin = off set enable_mergejoin = off as $$
#variable_conflict use_column
begin
  return query with recursive keyed as materialized (
    -- Of each book the first holders of each form; those of its first form that has any are meant.
    select b.scope, f.turn, n.place, n.created, n.id from unnest(books) b(scope)
    cross join unnest(forms) with ordinality f(form, turn)
    cross join lateral (
      select n.place, n.created, n.id from rollcall.contact_numbers n
      where n.scope = b.scope and n.form = f.form order by n.place, n.created, n.id limit most
    ) n
  ), turns as materialized (
    select k.scope, min(k.turn) as turn from keyed k group by k.scope
  ), ends(scope, form) as (
    -- Of the other books the forms with the ending, one after the other.
    select b.scope, n.form from (select unnest(books) except select scope from turns) b(scope)
    cross join lateral (
      select n.form from rollcall.contact_numbers n
      where n.scope = b.scope and n.form >= low and n.form < high order by n.form limit 1
    ) n where low is not null
    union all
    select e.scope, n.form from ends e cross join lateral (
      select n.form from rollcall.contact_numbers n
      where n.scope = e.scope and n.form > e.form and n.form < high order by n.form limit 1
    ) n
  ), ended as (
    select distinct on (e.scope, n.id) e.scope, n.place, n.created, n.id from ends e cross join lateral (
      select n.place, n.created, n.id from rollcall.contact_numbers n
      where n.scope = e.scope and n.form = e.form order by n.place, n.created, n.id limit most
    ) n order by e.scope, n.id, n.place
  ), best as (
    select e.*, row_number() over (partition by e.scope order by e.place, e.created, e.id) as turn from ended e
  ), meant as (
    select k.scope, k.place, k.created, k.id from keyed k join turns t on t.scope = k.scope and t.turn = k.turn
    union all
    select b.scope, b.place, b.created, b.id from best b where b.turn <= most
  )
  select c.id, c.value, c.rev from meant m join rollcall.contacts c on c.id = m.id
  order by m.scope, m.place, m.created, m.id;
end $$;
`;

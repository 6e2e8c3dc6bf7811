// Who may view and manage which company books: the rules, and before they are saved what they would mean for each user.
import { useMemo } from 'preact/hooks';
import type { Book, Permission } from '../../../client/types.ts';
import type { Texts } from '../texts/en.ts';
import { useTexts } from '../texts/texts.ts';
import { PermissionDialog, rightOf } from './permission-dialog.tsx';
import { previewPermissions } from './permission-preview.ts';
import { PermissionTable } from './permission-table.tsx';
import { RulesPage } from './rules-page.tsx';
import { type People, useCompanyBooks, usePeople } from './use-people.ts';
import { useRules } from './use-rules.ts';
import { whoText } from './who.tsx';

export function PermissionsPage() {
  const texts = useTexts();
  const { admin } = texts;
  const rules = useRules('permissions');
  const people = usePeople();
  const { books } = useCompanyBooks();
  const rows = usePreview(people, books, rules.now, rules.list);
  const changed = rows.filter((row) => row.changed > 0).length;
  const sentence = (rule: Permission) => ruleSentence(rule, people, books, texts);
  return (
    <RulesPage<Permission>
      title={admin.pages.permissions}
      lead={admin.permissions.lead}
      noneText={admin.permissions.noneText}
      rules={rules}
      sentence={sentence}
      effect={admin.permissions.effect(changed)}
      begin={(id) => ({ id, order: 0, who: { everyone: true }, books: '*', view: true, manage: false })}
      onSave={() => rules.save((list) => withBooks(list, books))}
      dialog={(given) => <PermissionDialog {...given} people={people} books={books} />}
    >
      <PermissionTable rows={rows} books={books} rules={rules.list} sentence={sentence} dirty={rules.dirty} />
    </RulesPage>
  );
}

export function usePreview(
  people: People,
  books: readonly Book[],
  now: readonly Permission[],
  next: readonly Permission[],
) {
  const key = JSON.stringify([now, next]);
  return useMemo(() => {
    const users = people.users.map((user) => ({
      extension: user.id,
      name: people.byNumber.get(user.id)?.name ?? user.id,
      groups: user.groups,
      admin: user.admin,
      disabled: user.disabled,
    }));
    return previewPermissions(
      users,
      books.map(({ id }) => id),
      now,
      next,
    );
  }, [people, books, key]);
}

/** Books that were deleted while this was edited leave their rules, and a rule that named no other goes. */
function withBooks(list: readonly Permission[], books: readonly Book[]): Permission[] {
  const there = new Set(books.map(({ id }) => id));
  return list.flatMap((rule) => {
    if (rule.books === '*') return [rule];
    const left = rule.books.filter((id) => there.has(id));
    return left.length > 0 ? [{ ...rule, books: left }] : [];
  });
}

function ruleSentence(rule: Permission, people: People, books: readonly Book[], texts: Texts): string {
  const { permissions } = texts.admin;
  const names = rule.books === '*' ? [] : rule.books.map((id) => books.find((book) => book.id === id)?.name);
  const which =
    rule.books === '*' ? permissions.everyBook : names.map((name) => name ?? permissions.goneBook).join(', ');
  return permissions.sentence[rightOf(rule)](whoText(rule.who, people.byNumber, texts), which);
}

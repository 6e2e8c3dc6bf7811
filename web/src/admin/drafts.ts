// Edits of rules that are not saved yet, kept while one goes to another page and as long as the log-in lasts.
import type { Client } from '../../../client/api.ts';
import type { Edit, Rule } from './rule-list.ts';

export type RuleKind = 'permissions' | 'visibility';

const drafts = new WeakMap<Client, Map<RuleKind, Edit<Rule>>>();
const listeners = new Set<() => void>();

export function draftOf<R extends Rule>(client: Client, kind: RuleKind): Edit<R> | undefined {
  return drafts.get(client)?.get(kind) as Edit<R> | undefined;
}

/** Undefined: nothing is edited any more. */
export function keepDraft(client: Client, kind: RuleKind, edit: Edit<Rule> | undefined): void {
  const kept = drafts.get(client) ?? new Map<RuleKind, Edit<Rule>>();
  drafts.set(client, kept);
  if (edit) kept.set(kind, edit);
  else kept.delete(kind);
  for (const listener of [...listeners]) listener();
}

/** Returns the function that stops it. */
export function subscribeDrafts(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

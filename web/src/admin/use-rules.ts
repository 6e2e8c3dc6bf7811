// One list of rules as a page edits it: what is in force, what is edited, whether somebody else has changed it meanwhile, and
// saving it whole.
import { useEffect, useState } from 'preact/hooks';
import type { Permission, Visibility } from '../../../client/types.ts';
import { useClient, useMirror, useRedraw } from '../hooks/use-client.ts';
import { draftOf, keepDraft, type RuleKind, subscribeDrafts } from './drafts.ts';
import { type Edit, inOrder, moveRule, putRule, removeRule, sameRules, toSend } from './rule-list.ts';

interface RulesOf {
  readonly permissions: Permission;
  readonly visibility: Visibility;
}

export interface RuleEditing<R> {
  readonly loading: boolean;
  /** In force. */
  readonly now: readonly R[];
  readonly list: readonly R[];
  readonly dirty: boolean;
  /** The list in force has become another one since this edit began. */
  readonly overtaken: boolean;
  readonly busy: boolean;
  readonly failure: Error | undefined;
  put(rule: R): void;
  remove(id: string): void;
  move(id: string, place: number): void;
  discard(): void;
  /** Goes on with this edit over what the other one has made. */
  keepMine(): void;
  /** Resolves with whether it is saved. `clean` makes the list one that can be saved. */
  save(clean?: (list: readonly R[]) => readonly R[]): Promise<boolean>;
}

export function useRules<K extends RuleKind>(kind: K): RuleEditing<RulesOf[K]> {
  type R = RulesOf[K];
  const client = useClient();
  const mirror = client.mirror(kind);
  useMirror(mirror);
  useRedraw(subscribeDrafts, client);
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<Error>();
  const now = inOrder(mirror.values() as Iterable<R>);
  const keep = (next: Edit<R> | undefined) => keepDraft(client, kind, next);
  const kept = draftOf<R>(client, kind);
  const edit = kept && !sameRules(kept.list, now) ? kept : undefined;
  const list = edit?.list ?? now;
  const dirty = edit !== undefined;
  const settled = kept !== undefined && !dirty && mirror.state === 'live';
  useEffect(() => {
    if (settled) keepDraft(client, kind, undefined);
  }, [settled, client, kind]);
  useUnsavedWarning(dirty);
  const change = (next: readonly R[]) => {
    setFailure(undefined);
    keep(sameRules(next, now) ? undefined : { base: edit?.base ?? now, list: next });
  };
  return {
    loading: mirror.state === 'loading',
    now,
    list,
    dirty,
    overtaken: edit !== undefined && !busy && !sameRules(edit.base, now),
    busy,
    failure,
    put: (rule) => change(putRule(list, rule)),
    remove: (id) => change(removeRule(list, id)),
    move: (id, place) => change(moveRule(list, id, place)),
    discard: () => {
      setFailure(undefined);
      keep(undefined);
    },
    keepMine: () => keep({ base: now, list }),
    save: async (clean = (rules) => rules) => {
      setBusy(true);
      setFailure(undefined);
      try {
        const rules = toSend(clean(list)) as never;
        await (kind === 'permissions'
          ? client.request('permissions.set', { rules })
          : client.request('visibility.set', { rules }));
        keep(undefined);
        return true;
      } catch (error) {
        setFailure(error as Error);
        return false;
      } finally {
        setBusy(false);
      }
    },
  };
}

/** The browser asks before the window is closed. */
function useUnsavedWarning(dirty: boolean): void {
  useEffect(() => {
    if (!dirty) return;
    const ask = (event: BeforeUnloadEvent) => event.preventDefault();
    addEventListener('beforeunload', ask);
    return () => removeEventListener('beforeunload', ask);
  }, [dirty]);
}

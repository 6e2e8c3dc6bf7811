// The answer of a lookup as those who ask are shown it: a client as the viewer he is, the operator without what is a user's own.
import type { Access } from './access.ts';
import type { Asker, Directory, Explanation } from './caller.ts';
import { type ContactItem, contactItem, PERSONAL_BOOK } from './contact-row.ts';
import type { Explained, Lookup } from './lookup.ts';
import type { Viewer } from './viewer.ts';

/** The result of `lookup.number`. */
export interface NumberAnswer extends Partial<Explanation> {
  readonly name?: string;
  /** As the viewer sees it. */
  readonly contact?: ContactItem;
  readonly extension?: string;
}

export interface NumberQuestion {
  readonly number: string;
  /** The extension that is called. */
  readonly callee?: string | undefined;
  readonly outside?: boolean | undefined;
}

/** What the dialplan would get, for the operator: nothing of a personal contact but that there is one. */
export interface LookupView extends Explanation {
  readonly directory?: Directory;
  /** Absent when nobody is found or it is withheld. */
  readonly name?: string;
  readonly company?: string;
  /** Id of the company book, or `personal`. */
  readonly book?: string;
  /** Whose number it is, also when a contact names the caller or nobody. */
  readonly extension?: string;
  /** A personal contact of the callee names the caller: who that is, is the callee's own. */
  readonly withheld?: true;
}

export async function answerClient(
  { lookup, access }: { readonly lookup: Pick<Lookup, 'explain'>; readonly access: Access },
  viewer: Viewer,
  { number, explain = false }: { readonly number: string; readonly explain?: boolean | undefined },
): Promise<NumberAnswer> {
  const { caller, extension, explanation } = await lookup.explain({ viewer }, number);
  const { sees } = access.sight(viewer);
  return {
    ...(caller ? { name: caller.name } : {}),
    ...(caller?.contact ? { contact: contactItem(caller.contact.id, caller.contact.row, sees) } : {}),
    ...(extension === undefined ? {} : { extension }),
    ...(explain ? explanation : {}),
  };
}

export async function answerOperator(
  lookup: Pick<Lookup, 'explain'>,
  { number, callee = '', outside }: NumberQuestion,
): Promise<LookupView> {
  const asker: Asker = callee === '' ? 'anyone' : { callee };
  return operatorView(await lookup.explain(asker, number, { outside }));
}

function operatorView({ caller, extension, explanation }: Explained): LookupView {
  const known = { ...(extension === undefined ? {} : { extension }), ...explanation };
  if (!caller) return known;
  const { directory, name, company, contact } = caller;
  if (directory === 'personal') return { directory, book: PERSONAL_BOOK, withheld: true, ...known };
  return {
    ...{ directory, name },
    ...(company === undefined ? {} : { company }),
    ...(contact ? { book: contact.row.book } : {}),
    ...known,
  };
}

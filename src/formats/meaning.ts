// What a column of a table says of a contact. Pure.

import type { NUMBER_TYPES, PLACE_TYPES } from '../domain/contact.ts';
import { isColumnTarget } from '../domain/contact-columns.ts';
import type { ADDRESS_PARTS } from './template.ts';

export type NumberType = (typeof NUMBER_TYPES)[number];
export type PlaceType = (typeof PLACE_TYPES)[number];
export type AddressPart = (typeof ADDRESS_PARTS)[number];

const SINGLE = ['id', 'name', 'firstName', 'middleName', 'lastName', 'company', 'title', 'remark'] as const;
export type Single = (typeof SINGLE)[number];

/** `slot`: columns with the same one speak of the same number, e-mail or address. */
export type Meaning =
  | { readonly holds: Single }
  /** `type`: where no other column tells it. */
  | { readonly holds: 'number'; readonly type: NumberType; readonly slot?: string }
  | { readonly holds: 'email'; readonly type: PlaceType; readonly slot?: string }
  /** Several of the same part are put together. `spare`: for an address of which nothing else is told. */
  | {
      readonly holds: 'address';
      readonly type: PlaceType;
      readonly part: AddressPart;
      readonly slot: string;
      readonly spare?: true;
    }
  | {
      readonly holds: 'numberType' | 'numberFlags' | 'numberExtension' | 'emailType' | 'addressType';
      readonly slot: string;
    }
  | { readonly holds: 'numberOrder' };

/** One of COLUMN_TARGETS; null for a column that only tells more of another one. */
export function targetOf(meaning: Meaning | null): string | null {
  switch (meaning?.holds) {
    case 'number':
    case 'email':
      return `${meaning.holds}:${meaning.type}`;
    case 'address':
      return `address:${meaning.type}:${meaning.part}`;
    default:
      return SINGLE.find((single) => single === meaning?.holds) ?? null;
  }
}

/** `target`: one of COLUMN_TARGETS. `slot`: of an address. */
export function meaningOf(target: string, slot = ''): Meaning {
  if (!isColumnTarget(target)) throw new Error(`${target} is no target`);
  const single = SINGLE.find((known) => known === target);
  if (single) return { holds: single };
  const [holds, type, part] = target.split(':');
  if (holds === 'number') return { holds, type: type as NumberType };
  if (holds === 'email') return { holds, type: type as PlaceType };
  return { holds: 'address', type: type as PlaceType, part: part as AddressPart, slot };
}

/** Whether only one column can have the target. */
export function isSingle(target: string): boolean {
  return SINGLE.some((single) => single === target);
}

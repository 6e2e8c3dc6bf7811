// Who a vCard is of: first name, last name and company, which programs write into N, FN and ORG in ways of their own. Pure.
import { oneLine } from './cell-text.ts';
import { namesOf } from './row-names.ts';
import type { Properties } from './vcard-property.ts';

interface CardName {
  readonly firstName: string | undefined;
  readonly lastName: string | undefined;
  readonly company: string | undefined;
  /** The property that the names were taken from. */
  readonly from: 'N' | 'FN';
}

/** N where it says something; else FN, which is the company's name or is taken apart. */
export function nameOf(properties: Properties): CardName {
  const company = firstText(properties, 'ORG');
  const whole = firstText(properties, 'FN');
  const parts = (properties.get('N') ?? []).find(({ values }) => values.slice(0, 3).some((part) => part.trim() !== ''));
  const [family = '', given = '', further = ''] = parts?.values ?? [];
  if (!parts && company === '' && isOrganization(properties)) return named('', '', whole, 'FN');
  const { first, last, isWhole } = namesOf({
    whole,
    first: oneLine(given, ' ').trim(),
    middle: oneLine(further.replaceAll(',', ' '), ' ').trim(),
    last: oneLine(family, ' ').trim(),
    company,
  });
  return named(first, last, company, isWhole ? 'FN' : 'N');
}

function named(first: string, last: string, company: string, from: CardName['from']): CardName {
  return { firstName: first || undefined, lastName: last || undefined, company: company || undefined, from };
}

/** The first component that is not empty, in one line. */
export function firstText(properties: Properties, name: string): string {
  for (const { values } of properties.get(name) ?? []) {
    for (const value of values) {
      const text = oneLine(value, ' ').trim();
      if (text !== '') return text;
    }
  }
  return '';
}

function isOrganization(properties: Properties): boolean {
  return /^org$/i.test(firstText(properties, 'KIND')) || /^company$/i.test(firstText(properties, 'X-ABSHOWAS'));
}

// What the directory shows of an extension, out of what the PBX says and what the operator says. Pure.
import type { DirectoryDetails, ExtensionItem, ExtensionRow } from './rows.ts';

/** The row of an extension: what `rollcall user` says of a colleague goes before what the PBX says. `site`: whose PBX has it; empty: it has no name. */
export function extensionRow(
  number: string,
  said: ExtensionRow['said'],
  details: DirectoryDetails,
  site = '',
): ExtensionRow {
  const place = site === '' ? {} : { site };
  const email = details.email ?? said.email;
  const item: ExtensionItem = {
    id: number,
    number,
    name: details.name ?? said.name ?? number,
    ...(email ? { email } : {}),
    ...(details.mobile ? { mobile: details.mobile } : {}),
    groups: details.groups ?? [],
    ...place,
  };
  return { item, ...place, said };
}

export function sameExtension(a: ExtensionRow, b: ExtensionRow): boolean {
  return (
    a.site === b.site &&
    a.said.name === b.said.name &&
    a.said.email === b.said.email &&
    a.item.name === b.item.name &&
    a.item.email === b.item.email &&
    a.item.mobile === b.item.mobile &&
    a.item.groups.length === b.item.groups.length &&
    a.item.groups.every((group, i) => group === b.item.groups[i])
  );
}

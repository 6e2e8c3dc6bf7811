// The ids of extensions where several PBXes have the same numbers: what a PBX calls an extension, with the digits of its site in
// front. Pure.

/** The id of an extension that its PBX knows by this number. */
export function toId(prefix: string, number: string): string {
  return prefix + number;
}

/** The number by which its PBX knows an extension; undefined for an id without the digits of the site. */
export function toNumber(prefix: string, id: string): string | undefined {
  return id.startsWith(prefix) && id.length > prefix.length ? id.slice(prefix.length) : undefined;
}

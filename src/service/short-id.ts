// Ids of company books and rules: short enough to be typed, of lower-case letters and digits. Pure.

/** 12 characters out of a random UUID: 48 bits of chance, in front of its version. */
export function shortId(newId: () => string): string {
  return newId().replaceAll('-', '').slice(0, 12).toLowerCase();
}

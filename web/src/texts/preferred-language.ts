// Which language somebody gets. Pure.

/** The one chosen before, else the first of the browser's `tags` that is `known`, else English. */
export function preferredLanguage(known: readonly string[], chosen: string | null, tags: readonly string[]): string {
  const wanted = [chosen ?? '', ...tags.map((tag) => tag.toLowerCase().split('-')[0] ?? '')];
  return wanted.find((id) => known.includes(id)) ?? 'en';
}

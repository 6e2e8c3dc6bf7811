// One AMI message, read safely. Header names are lower case, as asterisk-manager gives them.

/** A message or event as it came; read it with `header`, never by property, since the peer chooses the names. */
export type AmiMessage = Readonly<Record<string, unknown>>;

/** The value of a header, or undefined when it is absent or was not text. Of a repeated header the first counts. */
export function header(message: AmiMessage, name: string): string | undefined {
  if (!Object.hasOwn(message, name)) return undefined;
  const value = message[name];
  const first = Array.isArray(value) ? value[0] : value;
  return typeof first === 'string' ? first : undefined;
}

const REASON_CHARS = 200;

/** What Asterisk says of a refusal, short enough to be shown. */
export function reasonOf(answer: AmiMessage): string {
  return header(answer, 'message')?.slice(0, REASON_CHARS) ?? 'no reason given';
}

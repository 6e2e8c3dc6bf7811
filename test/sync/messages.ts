// What the tests of sync ask of the messages that a client took.
import type { FakeSocket, ServerMessage } from '../support/fake-socket.ts';

export interface Item {
  readonly id: string;
  readonly [field: string]: unknown;
}

/** Methods of messages, `sync.change` and `sync.gone` with the collection; responses as `response`. */
export function kinds(messages: readonly ServerMessage[]): string[] {
  return messages.map(({ method, params }) => {
    if (!method) return 'response';
    return params?.['collection'] ? `${method} ${params['collection']}` : method;
  });
}

/** What came since the last look. */
export function news(socket: FakeSocket): ServerMessage[] {
  return socket.received.splice(0);
}

/** The newest cursor of each collection. */
export function cursorsOf(messages: readonly ServerMessage[]): Record<string, string> {
  return Object.fromEntries(
    messages.flatMap(({ params }) => (params?.['cursor'] ? [[params['collection'], params['cursor']]] : [])),
  );
}

/** The items that a message puts. */
export function putsOf({ params }: ServerMessage): readonly Item[] {
  return (params?.['put'] ?? []) as Item[];
}

export function removesOf({ params }: ServerMessage): readonly string[] {
  return (params?.['remove'] ?? []) as string[];
}

// The floor of a first sync: one JSON.stringify of the whole book as clients are told it.
import { contactItem } from '../../src/service/contact-row.ts';
import { answering, cpuMicros, type Question } from '../support/child.ts';
import { madeContacts } from '../support/contacts.ts';

let items: object[] = [];
let text = '';

answering({
  fill: ({ count }: Question) => {
    items = [...madeContacts({ count: Number(count) })].map(({ id, row }) => contactItem(id, row, () => true));
  },
  /** Microseconds of CPU, and the length of the text in bytes. */
  stringify: () => {
    const cpu = cpuMicros();
    text = JSON.stringify(items);
    return { cpu: cpuMicros() - cpu, bytes: Buffer.byteLength(text) };
  },
});

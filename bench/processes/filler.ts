// A store of either kind, filled before daemons are started on it, or changed beside them as another daemon would.
import { systemClock } from '../../src/service/clock.ts';
import { aboutThisProcess, answering, type Question } from '../support/child.ts';
import { openContactServices } from '../support/contact-services.ts';
import { edit, fillStore } from '../support/filled-store.ts';
import { openLogIns } from '../support/log-ins.ts';
import { openAt, type Place } from '../support/place.ts';

const { store, close } = await openAt(JSON.parse(process.argv[2] ?? '{}') as Place);
const report = () => undefined;
const { sweeper } = await openContactServices(store, systemClock, report);
const { users, tokens } = openLogIns(store, sweeper, systemClock, report);
let ids: string[] = [];

/** Contacts from one on, each in a commit of its own, so many at a time. */
async function editSome({ from, count, writers }: Question): Promise<void> {
  const due = ids.slice(Number(from), Number(from) + Number(count));
  const run = async (): Promise<void> => {
    for (let id = due.pop(); id !== undefined; id = due.pop()) await edit(store, id);
  };
  await Promise.all(Array.from({ length: Number(writers) }, run));
}

answering({
  ...aboutThisProcess,
  tokens: ({ count, atLeast }: Question) => tokens(Number(count), Number(atLeast ?? 1)),
  contacts: async ({ count }: Question) => {
    ids = await fillStore(store, Number(count));
    return ids.slice(0, 1_000);
  },
  edit: editSome,
  close: async () => {
    users.close();
    await close();
  },
});

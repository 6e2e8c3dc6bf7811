// AstDB on paper behind a fake link: answers the actions that read and write it as Asterisk does, keeps the writes in order, and
// can lose the connection after so many of them.
import { type ActionFields, AmiError } from '../../src/pbx/ami/link-port.ts';
import type { AmiMessage } from '../../src/pbx/ami/message.ts';
import { FakeLink } from './fake-link.ts';

const ALLOWED = ['DBGet', 'DBGetTree', 'DBPut', 'DBDel'];

export class PaperAstdb {
  readonly link = new FakeLink();
  /** By `family/key`. */
  readonly entries = new Map<string, string>();
  /** `put family/key value` and `del family/key`, as they took effect. */
  readonly writes: string[] = [];
  /** The connection goes instead of the write after so many. */
  writesLeft = Number.POSITIVE_INFINITY;
  /** Whether % in a key stands for anything, as in every Asterisk so far. */
  hasWildcards = true;
  /** Entries that Asterisk does not write, for whatever reason. */
  refuses: (path: string) => boolean = () => false;
  /** Longest value that DBGet gives, in characters. */
  longestRead = Number.POSITIVE_INFINITY;

  constructor(allowed: readonly string[] = ALLOWED) {
    const commands = Object.fromEntries(allowed.map((action) => [action.toLowerCase(), 'about it']));
    this.link.answer('ListCommands', () => [{ response: 'Success', ...commands }]);
    const actions: Record<string, (fields: ActionFields) => readonly AmiMessage[]> = {
      DBGet: (fields) => this.#get(fields),
      DBGetTree: (fields) => this.#tree(fields),
      DBPut: (fields) => this.#write('put', fields),
      DBDel: (fields) => this.#write('del', fields),
    };
    for (const [name, answer] of Object.entries(actions)) {
      this.link.answer(name, allowed.includes(name) ? answer : () => refuse(name, 'Permission denied'));
    }
    this.link.up();
  }

  /** The entries of one family, by key. */
  family(name: string): Record<string, string> {
    const prefix = `${name}/`;
    const own = [...this.entries].filter(([path]) => path.startsWith(prefix));
    return Object.fromEntries(own.map(([path, value]) => [path.slice(prefix.length), value]));
  }

  #get(fields: ActionFields): readonly AmiMessage[] {
    const value = this.entries.get(pathOf(fields));
    if (value === undefined) return refuse('DBGet', 'Database entry not found');
    return [{ event: 'DBGetResponse', val: value.slice(0, this.longestRead) }];
  }

  #tree(fields: ActionFields): readonly AmiMessage[] {
    const key = fields['Key'] === undefined ? '' : `/${String(fields['Key'])}`;
    const like = `/${String(fields['Family'])}${key}/%`.replace(/[^%\w/]/g, '\\$&').replaceAll('_', '.');
    const pattern = new RegExp(`^${this.hasWildcards ? like.replaceAll('%', '.*') : like.replace(/%$/, '.*')}$`, 'i');
    return [...this.entries].flatMap(([path, val]) => (pattern.test(`/${path}/`) ? [{ key: `/${path}`, val }] : []));
  }

  #write(what: 'put' | 'del', fields: ActionFields): readonly AmiMessage[] {
    const path = pathOf(fields);
    if (this.writesLeft <= 0) {
      this.link.down();
      throw new AmiError('away', 'the connection was lost');
    }
    if (this.refuses(path)) return refuse(String(fields.Action), 'Failed to update entry');
    if (what === 'del' && !this.entries.has(path)) return refuse('DBDel', 'Database entry could not be deleted');
    this.writesLeft -= 1;
    if (what === 'del') this.entries.delete(path);
    else this.entries.set(path, String(fields['Val']));
    this.writes.push(what === 'del' ? `del ${path}` : `put ${path} ${String(fields['Val'])}`);
    return [{ response: 'Success' }];
  }
}

function pathOf(fields: ActionFields): string {
  return `${String(fields['Family'])}/${String(fields['Key'])}`;
}

function refuse(action: string, why: string): never {
  throw new AmiError('refused', `Asterisk refused ${action}: ${why}`);
}

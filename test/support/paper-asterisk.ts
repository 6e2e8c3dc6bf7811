// As much of an Asterisk as the facts are made of, behind a fake link: hints, device states, presentities and AstDB, with
// the answers and events that the recordings show. Set its fields, or let actions change them.
import { AmiError } from '../../src/pbx/ami/link-port.ts';
import type { AmiMessage } from '../../src/pbx/ami/message.ts';
import { FakeLink } from './fake-link.ts';

export interface PaperHint {
  readonly exten: string;
  readonly context: string;
  readonly hint: string;
  readonly status?: string;
}

const EVERYTHING = [
  'ListCommands',
  'ExtensionStateList',
  'DeviceStateList',
  'PresenceStateList',
  'DBGet',
  'DBGetTree',
  'DBPut',
  'DBDel',
  'Getvar',
  'Setvar',
  'Originate',
  'VoicemailUsersList',
];

export class PaperAsterisk {
  readonly link = new FakeLink();
  hints: PaperHint[] = [];
  /** By device. */
  readonly devices = new Map<string, string>();
  /** By presentity: state, subtype and message as PresenceStateChange writes them. */
  readonly presentities = new Map<string, readonly [state: string, subtype: string, message: string]>();
  /** By family and key, such as `DND/1001`. */
  readonly astdb = new Map<string, string>();
  /** What Getvar answers; a variable that is not here has an empty value. */
  readonly variables = new Map<string, string>();
  /** By mailbox. */
  readonly mailboxes = new Map<string, { readonly fullname: string; readonly email: string }>();
  /** What the AMI user may do. */
  readonly allowed = new Set(EVERYTHING);

  constructor() {
    const on = (action: string, answer: (fields: Readonly<Record<string, string>>) => readonly AmiMessage[]) => {
      this.link.answer(action, (fields) => {
        if (!this.allowed.has(action)) throw refused(fields, 'Permission denied');
        return answer(fields as Readonly<Record<string, string>>);
      });
    };
    on('ListCommands', () => [Object.fromEntries([...this.allowed].map((name) => [name.toLowerCase(), '(Priv: …)']))]);
    on('ExtensionStateList', () => this.hints.map((hint) => ({ event: 'ExtensionStatus', status: '0', ...hint })));
    on('DeviceStateList', () => [...this.devices].map(([device, state]) => ({ device, state })));
    on('PresenceStateList', () => [...this.presentities.keys()].map((name) => this.#presence(name)));
    on('DBGetTree', ({ Family }) => this.#tree(Family ?? ''));
    on('DBGet', (fields) => this.#key(fields));
    on('DBPut', ({ Family, Key, Val }) => {
      this.astdb.set(`${Family}/${Key}`, Val ?? '');
      return [{}];
    });
    on('DBDel', (fields) => {
      if (!this.astdb.delete(`${fields['Family']}/${fields['Key']}`)) throw notFound(fields);
      return [{}];
    });
    on('Getvar', ({ Variable }) => [{ variable: Variable, value: this.variables.get(Variable ?? '') ?? '' }]);
    on('Setvar', (fields) => this.#setvar(fields));
    on('Originate', ({ Channel }) => this.#originate(Channel ?? ''));
    on('VoicemailUsersList', () => [...this.mailboxes].map(([voicemailbox, box]) => ({ voicemailbox, ...box })));
  }

  /** An extension as the samples have it: a PJSIP phone, DND device and presentity. */
  addExtension(exten: string, state = 'NOT_INUSE'): void {
    const hint = `PJSIP/${exten}&Custom:DND${exten},CustomPresence:${exten}`;
    this.hints.push({ exten, context: 'internal', hint });
    this.devices.set(`PJSIP/${exten}`, state);
  }

  /** A device changes its state and says so. */
  setDevice(device: string, state: string): void {
    if (this.devices.get(device) === state) return;
    this.devices.set(device, state);
    this.link.emit('DeviceStateChange', { device, state });
  }

  /** A presentity is set and says so, even when nothing changes. */
  setPresence(presentity: string, state: string, subtype = '', message = ''): void {
    this.presentities.set(presentity, [state, subtype, message]);
    this.link.emit('PresenceStateChange', this.#presence(presentity));
  }

  #presence(presentity: string): Record<string, string> {
    const [status = '', subtype = '', message = ''] = this.presentities.get(presentity) ?? [];
    return { presentity, status, subtype, message };
  }

  #tree(family: string): AmiMessage[] {
    const within = [...this.astdb].filter(([key]) => key.startsWith(`${family}/`));
    return within.map(([key, val]) => ({ event: 'DBGetTreeResponse', key: `/${key}`, val }));
  }

  #key(fields: Readonly<Record<string, string>>): AmiMessage[] {
    const val = this.astdb.get(`${fields['Family']}/${fields['Key']}`);
    if (val === undefined) throw notFound(fields);
    return [{ event: 'DBGetResponse', val }];
  }

  /** The event comes after the response, in a turn of its own. */
  #setvar(fields: Readonly<Record<string, string>>): AmiMessage[] {
    const [, name = '', target = ''] = /^(DEVICE_STATE|PRESENCE_STATE)\((.*)\)$/.exec(fields['Variable'] ?? '') ?? [];
    if (name === '') throw refused(fields, 'Variable not set');
    const value = fields['Value'] ?? '';
    setImmediate(() => {
      if (name === 'DEVICE_STATE') return this.setDevice(target, value);
      const [state = '', subtype = '', message = ''] = value.split(',');
      this.setPresence(target, state, decoded(subtype), decoded(message));
    });
    return [{ message: 'Variable Set' }];
  }

  /** The context rollcall-control. */
  #originate(channel: string): AmiMessage[] {
    const [, way, number = ''] = /^Local\/(on|off)_([0-9]+)@rollcall-control\/n$/.exec(channel) ?? [];
    setImmediate(() => {
      if (way === 'on') this.astdb.set(`DND/${number}`, 'YES');
      if (way === 'off') this.astdb.delete(`DND/${number}`);
      if (way) this.setDevice(`Custom:DND${number}`, way === 'on' ? 'BUSY' : 'UNAVAILABLE');
    });
    return [{ message: 'Originate successfully queued' }];
  }
}

function decoded(base64: string): string {
  return Buffer.from(base64, 'base64')
    .toString('utf8')
    .replace(/[\\"'?]/g, '\\$&');
}

function refused(fields: Readonly<Record<string, unknown>>, why: string): AmiError {
  return new AmiError('refused', `Asterisk refused ${fields['Action']}: ${why}`);
}

function notFound(fields: Readonly<Record<string, unknown>>): AmiError {
  return refused(fields, 'Database entry not found');
}

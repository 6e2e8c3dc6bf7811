// Whether the AMI user may do what the call history, click to call and chat with phones need.
import type { Privileges } from '../../pbx/privileges.ts';
import type { Presence } from './dialplan.ts';
import { type Finding, ok, warn } from './finding.ts';

/** `context`: whether [rollcall-messages] is in the dialplan. `sip`: the setting `messages.sip`. */
export function checkCalls(may: Privileges, username: string, context: Presence, sip: boolean): Finding[] {
  return [history(may, username), dialing(may, username), ...(sip ? [messages(may, username, context)] : [])];
}

function history(may: Privileges, username: string): Finding {
  const topic = 'call history';
  if (may('CoreShowChannels')) return ok(topic, 'calls are followed, also those that go on when the daemon starts');
  return warn(
    topic,
    `calls that go on when the daemon starts are not known: add write=reporting to ${username} in manager.conf`,
  );
}

function dialing(may: Privileges, username: string): Finding {
  const topic = 'click to call';
  if (may('Originate')) return ok(topic, 'clients can have calls made');
  return warn(topic, `clients cannot have calls made: add write=originate to ${username} in manager.conf`);
}

function messages(may: Privileges, username: string, context: Presence): Finding {
  const topic = 'chat with phones';
  if (!may('MessageSend'))
    return warn(topic, `messages do not go to phones: add write=message to ${username} in manager.conf`);
  if (context === 'missing')
    return warn(
      topic,
      'messages go to phones, and none come back: include the files of config/asterisk and give the endpoints a message_context (docs/asterisk.md), or set messages.sip to false',
    );
  return ok(topic, 'messages go to phones, and come from those whose message_context ends in [rollcall-messages]');
}

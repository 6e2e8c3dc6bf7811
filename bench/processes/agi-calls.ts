// Calls that ask a FastAGI server, as Asterisk does: connect, the request, an answer to each command, until the server
// closes. Tells how long each took.
import { connect } from 'node:net';
import { answering } from '../support/child.ts';

const REQUEST = `agi_network: yes
agi_network_script: lookup
agi_request: agi://127.0.0.1:4573/lookup
agi_channel: PJSIP/trunk-00000016
agi_language: en
agi_type: PJSIP
agi_uniqueid: 1767600000.16
agi_version: 22.10.1
agi_callerid: +442079460000
agi_calleridname: LONDON GB
agi_callingpres: 0
agi_callingani2: 0
agi_callington: 0
agi_callingtns: 0
agi_dnid: 442079461001
agi_rdnis: unknown
agi_context: from-trunk
agi_extension: 1001
agi_priority: 3
agi_enhanced: 0.0
agi_accountcode:${' '}
agi_threadid: 140000000000000
agi_arg_1: 1001

`;
const COMMANDS = 4;

/** Milliseconds. */
function call(port: number): Promise<number> {
  const begun = performance.now();
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true }, () => socket.write(REQUEST));
    let commands = 0;
    socket.on('data', () => {
      commands += 1;
      socket.write('200 result=1\n');
    });
    socket.on('error', reject);
    socket.on('close', () => {
      if (commands === COMMANDS) resolve(performance.now() - begun);
      else reject(new Error(`${commands} commands came`));
    });
  });
}

answering({
  calls: async ({ port, rounds, atOnce }) => {
    const times: number[] = [];
    for (let i = 0; i < Number(rounds); i++) {
      times.push(...(await Promise.all(Array.from({ length: Number(atOnce) }, () => call(Number(port))))));
    }
    return times;
  },
});

// The methods of calls and chat: each hands its params to a use case and names the result.
import type { Params } from '../protocol/methods.ts';
import type { Dialing } from '../service/dialing.ts';
import type { Messages } from '../service/messages.ts';
import type { Viewer } from '../service/viewer.ts';

export interface CallServices {
  readonly dialing: Pick<Dialing, 'dial'>;
  readonly messages: Pick<Messages, 'send' | 'read'>;
}

interface Asking {
  readonly viewer: Viewer;
}

type CallMethod = 'calls.dial' | 'messages.send' | 'messages.read';

type CallHandlers = {
  readonly [M in CallMethod]: (services: CallServices, asking: Asking, params: Params<M>) => Promise<object>;
};

export const CALL_HANDLERS: CallHandlers = {
  async 'calls.dial'({ dialing }, { viewer }, { number }) {
    return { call: await dialing.dial(viewer, number) };
  },

  async 'messages.send'({ messages }, { viewer }, wish) {
    return { message: await messages.send(viewer, wish) };
  },

  async 'messages.read'({ messages }, { viewer }, mark) {
    await messages.read(viewer, mark);
    return {};
  },
};

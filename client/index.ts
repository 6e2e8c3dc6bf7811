// The client library: `rollcall/client`.
export type * from './api.ts';
export { createClient } from './client.ts';
export { displayName } from './display-name.ts';
export { isRequestFailure } from './failure.ts';
export { pbxOf } from './pbx-of.ts';
export type * from './types.ts';

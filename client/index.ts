// The client library: `rollcall/client`.
export type * from './api.ts';
export type * from './types.ts';

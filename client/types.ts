// What the wire carries, as types: the items of each collection, and the params and result of each method. Nothing here
// exists at run time. The daemon's own docs/protocol.md is the source.

export type Status = 'available' | 'away' | 'do_not_disturb' | 'lunch' | 'business_trip' | 'off_work';
export type Line = 'idle' | 'ringing' | 'in_use' | 'on_hold' | 'busy' | 'unavailable' | 'unknown';
export type Indicator = Status | 'ringing' | 'on_call' | 'offline';
export type NumberType = 'business' | 'mobile' | 'home' | 'business_fax' | 'home_fax' | 'other';
export type PlaceType = 'work' | 'home' | 'other';
export type Platform = 'web' | 'android' | 'ios' | 'windows' | 'mac' | 'desk' | 'sdk' | 'other';

/** Whether a PBX is reached; `since` when. */
export interface Pbx {
  /** `pbx`: the one of the server's own site; else the name of another site. */
  readonly id: string;
  readonly connected: boolean;
  /** ISO 8601 in UTC, as all times here. */
  readonly since: string;
  /** Absent where there are no several sites. */
  readonly site?: string;
}

/** A time in which nobody watched the calls: calls that were made then may be missing in the history. */
export interface CallGap {
  readonly id: string;
  readonly from: string;
  readonly until: string;
  /** Whose calls; absent where there are no several sites. */
  readonly site?: string;
}

export interface Extension {
  /** The extension number. */
  readonly id: string;
  readonly number: string;
  readonly name: string;
  readonly email?: string;
  readonly mobile?: string;
  readonly groups: readonly string[];
  /** Whose PBX has it; absent where there are no several sites. */
  readonly site?: string;
}

export interface Presence {
  /** The extension number. */
  readonly id: string;
  readonly status: Status;
  readonly note?: string;
  readonly until?: string;
  readonly line: Line;
  readonly online: boolean;
  readonly indicator: Indicator;
  /** Of the indicator. */
  readonly since: string;
}

export interface Book {
  readonly id: string;
  readonly kind: 'personal' | 'company';
  readonly name: string;
  readonly rights: { readonly view: boolean; readonly manage: boolean };
}

export interface ContactNumber {
  readonly type: NumberType;
  readonly number: string;
}

export interface ContactEmail {
  readonly type: PlaceType;
  readonly address: string;
}

export interface ContactAddress {
  readonly type: PlaceType;
  readonly street?: string;
  readonly city?: string;
  readonly state?: string;
  readonly zip?: string;
  readonly country?: string;
}

/** What a client may say of a contact. Absent means empty. */
export interface ContactFields {
  readonly firstName?: string;
  readonly lastName?: string;
  readonly company?: string;
  readonly title?: string;
  /** At least one; order is kept. */
  readonly numbers: readonly ContactNumber[];
  readonly emails?: readonly ContactEmail[];
  readonly addresses?: readonly ContactAddress[];
  readonly remark?: string;
}

export interface Contact extends ContactFields {
  readonly id: string;
  /** `personal`, or the id of a company book. */
  readonly book: string;
  readonly kind: 'personal' | 'company';
  /** Rises with each change. */
  readonly rev: number;
  readonly created: string;
  readonly updated: string;
  /** Extension number; absent when the operator did it or the extension is hidden from the user. */
  readonly updatedBy?: string;
}

export interface Favorite {
  /** `extension:1001` or `contact:<id>`. */
  readonly id: string;
  readonly at: string;
}

export type CallDisposition = 'answered' | 'missed' | 'no_answer' | 'busy' | 'failed' | 'cancelled';
export type MissedReason = 'no_answer' | 'declined' | 'busy' | 'dnd' | 'cancelled' | 'unregistered';
/** Of a call made with `calls.dial` that ended at the user's own phone. */
export type PhoneReason = 'phone_no_answer' | 'phone_declined' | 'phone_busy' | 'phone_unreachable';
/** `phone`: the user's own phone rings; `calling`, `ringing`: the number is called, rings; `talking`: somebody answered. */
export type CallState = 'phone' | 'calling' | 'ringing' | 'talking';

/** An entry of the user's own call history. */
export interface Call {
  readonly id: string;
  readonly at: string;
  readonly direction: 'in' | 'out';
  /** Empty when it is withheld. */
  readonly number: string;
  readonly name?: string;
  /** The id of the contact whose name it is. */
  readonly contact?: string;
  /** The colleague who it is. */
  readonly extension?: string;
  /** Only while a call that was made with `calls.dial` goes on. */
  readonly state?: CallState;
  /** Absent while the call goes on. In: `answered` or `missed`; out: all but `missed`. */
  readonly disposition?: CallDisposition;
  readonly reason?: MissedReason | PhoneReason;
  /** Seconds. */
  readonly ring: number;
  readonly talk: number;
}

/** A chat message between the user and one colleague. */
export interface Message {
  readonly id: string;
  /** The extension of the other one. */
  readonly with: string;
  readonly from: string;
  readonly at: string;
  readonly text: string;
  readonly delivered?: string;
  readonly read?: string;
}

export type Who = { readonly everyone: true } | { readonly extension: string } | { readonly group: string };

export interface Permission {
  readonly id: string;
  readonly order: number;
  readonly who: Who;
  /** All company books, or those with these ids. */
  readonly books: '*' | readonly string[];
  readonly view: boolean;
  readonly manage: boolean;
}

export interface Visibility {
  readonly id: string;
  readonly order: number;
  readonly who: Who;
  readonly whom: Who;
  readonly see: boolean;
}

export interface User {
  /** The extension number. */
  readonly id: string;
  readonly name?: string;
  readonly email?: string;
  readonly mobile?: string;
  readonly groups: readonly string[];
  readonly admin: boolean;
  readonly disabled: boolean;
  readonly hasPassword: boolean;
  /** Numbers that reach the extension on do not disturb. */
  readonly letThrough?: readonly string[];
}

/** The item of each collection whose name is known beforehand; `contacts:<book>` holds contacts. */
export interface Collections {
  pbx: Pbx;
  extensions: Extension;
  presence: Presence;
  books: Book;
  favorites: Favorite;
  calls: Call;
  callGaps: CallGap;
  messages: Message;
  permissions: Permission;
  visibility: Visibility;
  users: User;
}

/** A feature that is off says why, and the version it needs. */
export interface FeatureOff {
  readonly off: 'client_too_old' | 'platform_unsupported' | 'no_permission' | 'not_configured';
  readonly needs?: string;
}

export interface Features {
  readonly contacts: true | FeatureOff;
  readonly company: { readonly view: boolean; readonly manage: boolean } | FeatureOff;
  readonly phoneDirectory: boolean;
  readonly calls: true | FeatureOff;
  readonly chat: true | FeatureOff;
}

/** The answer to `session.open`. */
export interface Session {
  readonly session: string;
  readonly extension: string;
  readonly name: string;
  readonly admin: boolean;
  readonly token: string;
  readonly tokenExpires: string;
  readonly server: { readonly product: string; readonly version: string; readonly protocol: number };
  readonly features: Features;
  readonly limits: { readonly messageBytes: number; readonly requestsPerSecond: number; readonly pageItems: number };
}

/** An open log-in of the user. */
export interface Login {
  readonly id: string;
  readonly platform: Platform;
  readonly version: string;
  readonly since: string;
  readonly address: string;
  readonly current: boolean;
}

export type NewPermission = Omit<Permission, 'id' | 'order'> & { readonly id?: string; readonly order?: number };
export type NewVisibility = Omit<Visibility, 'id' | 'order'> & { readonly id?: string; readonly order?: number };

/** Params and result of each method that a client calls itself; opening, renewing and syncing is done by the client. */
export interface Methods {
  'session.list': { params: Record<never, never>; result: readonly Login[] };
  'session.revoke': { params: { id: string }; result: Record<never, never> };
  'session.ping': { params: Record<never, never>; result: Record<never, never> };
  'presence.set': {
    params: { status: Status; note?: string; until?: string; extension?: string };
    result: { readonly presence: Presence };
  };
  'contacts.create': {
    params: { book: string; contact: ContactFields; id?: string };
    result: { readonly contact: Contact };
  };
  'contacts.update': {
    /** `patch`: a JSON Merge Patch (RFC 7396); `null` takes a field away, a list replaces the whole list. */
    params: { id: string; patch: { readonly [F in keyof ContactFields]?: ContactFields[F] | null }; ifRev?: number };
    result: { readonly contact: Contact };
  };
  'contacts.addNumber': {
    params: { id: string; type: NumberType; number: string };
    result: { readonly contact: Contact };
  };
  'contacts.move': { params: { id: string; book: string }; result: { readonly contact: Contact } };
  'contacts.delete': {
    params: { id: string; ifRev?: number } | { ids: readonly string[] };
    result: { readonly deleted: number };
  };
  'contacts.search': {
    params: { text: string; books?: readonly string[]; limit?: number };
    result: { readonly contacts: readonly Contact[] };
  };
  'lookup.number': {
    params: { number: string; explain?: boolean };
    result: {
      readonly name?: string;
      readonly contact?: Contact;
      readonly extension?: string;
      readonly forms?: readonly string[];
      readonly books?: readonly string[];
      readonly rule?: string;
      readonly steps?: readonly string[];
    };
  };
  'favorites.add': { params: { id: string }; result: Record<never, never> };
  'favorites.remove': { params: { id: string }; result: Record<never, never> };
  /** Rings the user's own phone, then the number. The call is in `calls` while it goes on, with its `state`. */
  'calls.dial': { params: { number: string }; result: { readonly call: Call } };
  /** With a client-made `id` (UUID) the call can be repeated safely. */
  'messages.send': { params: { to: string; text: string; id?: string }; result: { readonly message: Message } };
  /** Everything that `with` wrote up to the message `upTo` is read. */
  'messages.read': { params: { with: string; upTo: string }; result: Record<never, never> };
  'books.create': { params: { name: string }; result: { readonly book: Book } };
  'books.rename': { params: { id: string; name: string }; result: { readonly book: Book } };
  'books.delete': { params: { id: string }; result: Record<never, never> };
  'permissions.set': { params: { rules: readonly NewPermission[] }; result: Record<never, never> };
  'visibility.set': { params: { rules: readonly NewVisibility[] }; result: Record<never, never> };
  'users.set': {
    params: {
      id: string;
      name?: string;
      email?: string;
      mobile?: string;
      groups?: readonly string[];
      admin?: boolean;
      disabled?: boolean;
      password?: string;
      /** The present password, when a user changes his own. */
      current?: string;
    };
    result: { readonly user: User };
  };
}

export type Method = keyof Methods;
export type ParamsOf<M extends Method> = Methods[M]['params'];
export type ResultOf<M extends Method> = Methods[M]['result'];

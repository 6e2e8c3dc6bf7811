// Where an import stands, from choosing a file to its report, and what may happen at each point. Pure.
import type { ImportReport, OnDuplicate, Progress } from '../../../src/domain/contact-import.ts';

/** The part of a browser's File that counts here. */
export interface Chosen {
  readonly name: string;
  readonly size: number;
}

export interface Running {
  /** From 0 to 1, of the file's bytes. */
  readonly sent: number;
  readonly progress?: Progress;
  /** Another import has to end first. */
  readonly queued?: boolean;
}

interface Wish<F extends Chosen> {
  readonly file: F;
  readonly onDuplicate: OnDuplicate;
  /** What somebody said that the columns are; undefined: as they were recognised. */
  readonly columns?: readonly (string | null)[];
}

interface Sent {
  readonly running: Running;
  /** Another object for each time that the file is sent. */
  readonly run: object;
}

interface Previewed<F extends Chosen> extends Wish<F> {
  /** Of a dry run of just this wish. */
  readonly report: ImportReport;
}

export type Flow<F extends Chosen> =
  | { readonly step: 'choose'; readonly failure?: Error }
  /** `before`: a report of the same file, read in another way, to go back to. */
  | ({ readonly step: 'checking'; readonly before?: Previewed<F> } & Sent & Wish<F>)
  | ({ readonly step: 'preview'; readonly failure?: Error } & Previewed<F>)
  | ({ readonly step: 'importing' } & Sent & Previewed<F>)
  | ({ readonly step: 'done'; readonly report: ImportReport } & Wish<F>);

export type FlowEvent<F extends Chosen> =
  | { readonly kind: 'chosen'; readonly file: F }
  /** The same file again, read or stored in another way. */
  | { readonly kind: 'changed'; readonly onDuplicate?: OnDuplicate; readonly columns?: readonly (string | null)[] }
  | { readonly kind: 'running'; readonly running: Running }
  | { readonly kind: 'reported'; readonly report: ImportReport }
  | { readonly kind: 'failed'; readonly failure: Error }
  | { readonly kind: 'cancelled' }
  | { readonly kind: 'confirmed' }
  | { readonly kind: 'again' };

function started(): Sent {
  return { running: { sent: 0 }, run: {} };
}

/** What does not fit where the import stands changes nothing. */
export function nextFlow<F extends Chosen>(flow: Flow<F>, event: FlowEvent<F>): Flow<F> {
  switch (event.kind) {
    case 'chosen':
      return { step: 'checking', file: event.file, onDuplicate: 'update', ...started() };
    case 'again':
      return { step: 'choose' };
    case 'changed': {
      if (flow.step !== 'preview') return flow;
      const { onDuplicate = flow.onDuplicate, columns = flow.columns } = event;
      const wish = { file: flow.file, onDuplicate, ...(columns ? { columns } : {}) };
      const before = { ...wishOf(flow), report: flow.report };
      return { step: 'checking', ...wish, before, ...started() };
    }
    case 'confirmed':
      return flow.step === 'preview' ? { step: 'importing', ...wishOf(flow), report: flow.report, ...started() } : flow;
    case 'running':
      return flow.step === 'checking' || flow.step === 'importing' ? { ...flow, running: event.running } : flow;
    case 'reported':
      return reported(flow, event.report);
    case 'failed':
      return back(flow, event.failure);
    case 'cancelled':
      return back(flow);
  }
}

function reported<F extends Chosen>(flow: Flow<F>, report: ImportReport): Flow<F> {
  if (flow.step === 'checking') return { step: 'preview', ...wishOf(flow), report };
  if (flow.step === 'importing') return { step: 'done', ...wishOf(flow), report };
  return flow;
}

/** To where the user can decide again. */
function back<F extends Chosen>(flow: Flow<F>, failure?: Error): Flow<F> {
  const why = failure ? { failure } : {};
  if (flow.step === 'importing') return { step: 'preview', ...wishOf(flow), report: flow.report, ...why };
  if (flow.step !== 'checking') return flow;
  return flow.before ? { step: 'preview', ...flow.before, ...why } : { step: 'choose', ...why };
}

function wishOf<F extends Chosen>({ file, onDuplicate, columns }: Wish<F>): Wish<F> {
  return { file, onDuplicate, ...(columns ? { columns } : {}) };
}

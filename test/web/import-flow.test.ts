import { describe, expect, test } from 'vitest';
import type { ImportReport } from '../../src/domain/contact-import.ts';
import { type Chosen, type Flow, type FlowEvent, nextFlow } from '../../web/src/import/flow.ts';
import { failedRowsName, failedRowsType, howFar, storedRows } from '../../web/src/import/report-view.ts';

const file = { name: 'contacts.csv', size: 10 };
const report = (id: string, more: Partial<ImportReport> = {}): ImportReport => ({
  ...{ id, dryRun: true, rows: 3, added: 2, updated: 1, unchanged: 0, skipped: 0, failed: 0 },
  ...{ errors: [], warnings: [], moreErrors: 0, moreWarnings: 0 },
  file: { format: 'csv', layout: 'Yeastar P-Series', encoding: 'UTF-8', delimiter: ',' },
  ...{ columns: [], preview: [], undoable: false },
  ...more,
});

function play(...events: FlowEvent<Chosen>[]): Flow<Chosen> {
  return events.reduce<Flow<Chosen>>(nextFlow, { step: 'choose' });
}

const CHOSEN: FlowEvent<Chosen> = { kind: 'chosen', file };
const REPORTED: FlowEvent<Chosen> = { kind: 'reported', report: report('dry') };
const failure = new Error('no');

describe('an import', () => {
  test('goes from a file over its preview to its report', () => {
    const wish = { file, onDuplicate: 'update' as const };
    expect(play(CHOSEN)).toEqual({ step: 'checking', ...wish, running: { sent: 0 }, run: {} });
    expect(play(CHOSEN, REPORTED)).toEqual({ step: 'preview', ...wish, report: report('dry') });
    expect(play(CHOSEN, REPORTED, { kind: 'confirmed' })).toEqual({
      ...{ step: 'importing', ...wish },
      report: report('dry'),
      running: { sent: 0 },
      run: {},
    });
    const done = play(CHOSEN, REPORTED, { kind: 'confirmed' }, { kind: 'reported', report: report('real') });
    expect(done).toEqual({ step: 'done', ...wish, report: report('real') });
    expect(nextFlow(done, { kind: 'again' })).toEqual({ step: 'choose' });
  });

  test('is checked again when the columns or the rule for duplicates change, and keeps both', () => {
    const first = play(CHOSEN, REPORTED, { kind: 'changed', columns: ['name', null] });
    expect(first).toEqual({
      ...{ step: 'checking', file, onDuplicate: 'update', columns: ['name', null], running: { sent: 0 }, run: {} },
      before: { file, onDuplicate: 'update', report: report('dry') },
    });
    const second = [
      { kind: 'reported' as const, report: report('2') },
      { kind: 'changed' as const, onDuplicate: 'skip' as const },
    ];
    const flow = second.reduce<Flow<Chosen>>(nextFlow, first);
    expect(flow).toMatchObject({ step: 'checking', onDuplicate: 'skip', columns: ['name', null] });
  });

  test('goes back to what was shown before when a further check fails or is cancelled', () => {
    const change: FlowEvent<Chosen> = { kind: 'changed', columns: [null] };
    const shown = play(CHOSEN, REPORTED);
    expect(play(CHOSEN, REPORTED, change, { kind: 'cancelled' })).toEqual(shown);
    expect(play(CHOSEN, REPORTED, change, { kind: 'failed', failure })).toEqual({ ...shown, failure });
    expect(play(CHOSEN, REPORTED, { kind: 'confirmed' }, { kind: 'failed', failure })).toEqual({ ...shown, failure });
  });

  test('begins anew when the first check fails or is cancelled', () => {
    expect(play(CHOSEN, { kind: 'failed', failure })).toEqual({ step: 'choose', failure });
    expect(play(CHOSEN, { kind: 'cancelled' })).toEqual({ step: 'choose' });
  });

  test('takes no notice of what comes too late', () => {
    expect(play({ kind: 'confirmed' })).toEqual({ step: 'choose' });
    expect(play(REPORTED)).toEqual({ step: 'choose' });
    expect(play({ kind: 'running', running: { sent: 1 } })).toEqual({ step: 'choose' });
    expect(play(CHOSEN, { kind: 'changed', onDuplicate: 'add' })).toEqual(play(CHOSEN));
    const done = play(CHOSEN, REPORTED, { kind: 'confirmed' }, { kind: 'reported', report: report('real') });
    expect(nextFlow(done, { kind: 'cancelled' })).toBe(done);
  });
});

describe('how far an import is', () => {
  test('is told by the bytes sent, then by the rows', () => {
    expect(howFar({ sent: 0.42 })).toEqual({ phase: 'sending', percent: 42, known: true });
    expect(howFar({ sent: 1 })).toEqual({ phase: 'waiting', percent: 100, known: false });
    expect(howFar({ sent: 1, progress: { phase: 'saving', done: 50, total: 200 } })).toEqual({
      ...{ phase: 'saving', percent: 25, known: true },
    });
  });

  test('is not known while another import has to end first', () => {
    expect(howFar({ sent: 0, queued: true })).toEqual({ phase: 'queued', percent: 0, known: false });
  });

  test('is never beyond the end, and unknown without a total', () => {
    expect(howFar({ sent: 1, progress: { phase: 'reading', done: 30, total: 20 } }).percent).toBe(100);
    expect(howFar({ sent: 1, progress: { phase: 'reading', done: 30, total: 0 } }).known).toBe(false);
  });
});

test('what is stored is what is added and updated', () => {
  expect(storedRows(report('x'))).toBe(3);
});

test('the rows that failed are kept under the name of their file', () => {
  expect(failedRowsName('my.contacts.csv', 'csv', 'failed')).toBe('my.contacts-failed.csv');
  expect(failedRowsName('.csv', 'csv', 'failed')).toBe('contacts-failed.csv');
  expect(failedRowsType(report('x'))).toBe('csv');
  expect(failedRowsType(report('x', { file: { format: 'vcard', layout: 'vCard 3.0', encoding: 'UTF-8' } }))).toBe(
    'vcf',
  );
});

// A report as it is shown: how far an import is, and which of its numbers are worth a word. Pure.

import type { ImportReport } from '../../../src/domain/contact-import.ts';
import type { Running } from './flow.ts';

export const OUTCOMES = ['added', 'updated', 'unchanged', 'skipped', 'failed'] as const;

/** Rows that would be, or were, stored. */
export function storedRows(report: ImportReport): number {
  return report.added + report.updated;
}

/** `known` is false while it cannot be told how far it is. `percent` from 0 to 100. */
interface HowFar {
  readonly phase: 'queued' | 'sending' | 'waiting' | 'reading' | 'saving';
  readonly percent: number;
  readonly known: boolean;
}

/** Estimates of the number of rows may be too low: what is done then counts. */
export function howFar({ sent, progress, queued }: Running): HowFar {
  if (queued) return { phase: 'queued', percent: 0, known: false };
  if (!progress) {
    if (sent < 1) return { phase: 'sending', percent: percentOf(sent), known: true };
    return { phase: 'waiting', percent: 100, known: false };
  }
  const { phase, done, total } = progress;
  if (total <= 0) return { phase, percent: 0, known: false };
  return { phase, percent: percentOf(done / Math.max(done, total)), known: true };
}

function percentOf(part: number): number {
  return Math.max(0, Math.min(100, Math.floor(part * 100)));
}

/** The name under which the rows that failed are kept, after the file they came from. */
export function failedRowsName(file: string, type: 'csv' | 'vcf', suffix: string): string {
  const stem = file.replace(/\.[^.]*$/, '') || 'contacts';
  return `${stem}-${suffix}.${type}`;
}

export function failedRowsType(report: ImportReport): 'csv' | 'vcf' {
  return report.file.format === 'vcard' ? 'vcf' : 'csv';
}

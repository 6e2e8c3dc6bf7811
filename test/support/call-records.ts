// Records of calls as a test writes them: an answered call of 1001 to 1002, but for what is said otherwise.
import type { CallRecord } from '../../src/domain/call-record.ts';
import { type RecordedCall, type RecordedPhones, recordedCalls } from '../../src/domain/record-entries.ts';

export const RECORD_START = Date.parse('2026-01-05T08:00:00Z');

/** `from`, `to`: extensions with a phone `PJSIP/<number>`; times are seconds after RECORD_START. */
export function recorded({
  from = '1001',
  to = '1002',
  start = 0,
  answer = undefined as number | undefined,
  end = 10,
  id = undefined as string | undefined,
  ...others
}: Partial<Omit<CallRecord, 'start' | 'answer' | 'end'>> & {
  from?: string;
  to?: string;
  start?: number;
  answer?: number | undefined;
  end?: number;
  /** Linked and unique id. */
  id?: string | undefined;
} = {}): CallRecord {
  return {
    ...(id === undefined ? {} : { uniqueId: id, linkedId: id }),
    ...{ source: from, destination: to, context: 'internal', callerId: `"" <${from}>` },
    ...{ channel: `PJSIP/${from}-00000001`, destinationChannel: `PJSIP/${to}-00000002` },
    ...{ lastApplication: 'Dial', lastData: `PJSIP/${to},20` },
    start: RECORD_START + start * 1000,
    ...(answer === undefined ? {} : { answer: RECORD_START + answer * 1000 }),
    end: RECORD_START + end * 1000,
    disposition: answer === undefined ? 'NO ANSWER' : 'ANSWERED',
    ...others,
  };
}

/** Extensions of four digits that begin with 1, each with phones `PJSIP/<number>` and `PJSIP/<number>-2`. */
export const recordedPhones = {
  extensionsOf: (device: string): readonly string[] => /^PJSIP\/(1\d{3})(?:-2)?$/.exec(device)?.slice(1) ?? [],
  isExtension: (number: string): boolean => /^1\d{3}$/.test(number),
};

export function callsOf(records: readonly CallRecord[], phones: RecordedPhones = recordedPhones): RecordedCall[] {
  return [...recordedCalls(records, phones)];
}

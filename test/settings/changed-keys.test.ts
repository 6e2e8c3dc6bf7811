import { expect, test } from 'vitest';
import { changedKeys } from '../../src/settings/changed-keys.ts';
import { file, settingsFrom } from '../support/settings-from.ts';

const read = (text: string) => settingsFrom(file(text)).settings;
const before = read('pbx: { ami: { secret: old } }\nlookup: { country: GB }\nlog: { level: info }\n');

test('names what counts after a restart only, and never a value', () => {
  const after = read(
    'data: ./elsewhere\npbx: { ami: { secret: new }, extensions: { pattern: "^[0-9]{3}$" } }\nlookup: { country: DE, order: [company] }\n',
  );
  expect(changedKeys(before, after)).toEqual(['data', 'lookup.country', 'lookup.order', 'pbx.ami', 'pbx.extensions']);
});

test('says nothing of the log level, which is taken over, nor of what is as it was', () => {
  const after = read('pbx: { ami: { secret: old } }\nlog: { level: trace }\n');
  expect(changedKeys(before, after)).toEqual([]);
});

// An Asterisk and its phones for the tests of one `describe` block.
//
//   describe.each(labVersions)('… on Asterisk %s', (version) => {
//     const lab = withAsterisk({ version });
//     const plugIn = withPhones(lab);
//     test('…', async () => { const ann = await plugIn('1001'); … lab().amiPort … });
import { afterAll, afterEach, beforeAll } from 'vitest';
import { type Asterisk, startAsterisk } from './asterisk.ts';
import { openPhone, type Phone, type PhoneOptions } from './phone.ts';
import type { LabSetup } from './setup.ts';

export { labVersions } from './asterisk.ts';

/**
 * Starts an Asterisk before the block's tests and removes it after them. Returns the function that gives it. Where it
 * cannot be installed the tests fail and say why.
 */
export function withAsterisk(setup: LabSetup): () => Asterisk {
  let asterisk: Asterisk | undefined;
  beforeAll(async () => {
    asterisk = await startAsterisk(setup);
  });
  afterAll(() => asterisk?.dispose());
  return () => {
    if (!asterisk) throw new Error('the lab is ready in tests and hooks only');
    return asterisk;
  };
}

/** Returns the function that opens a phone for the length of one test. */
export function withPhones(lab: () => Asterisk): (user: string, options?: PhoneOptions) => Promise<Phone> {
  const phones: Phone[] = [];
  afterEach(async () => {
    await Promise.all(phones.splice(0).map((phone) => phone.close()));
  });
  return async (user, options) => {
    const phone = await openPhone(lab(), user, options);
    phones.push(phone);
    return phone;
  };
}

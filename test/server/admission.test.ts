import { describe, expect, it } from 'vitest';
import { Admission } from '../../src/server/admission.ts';

const LIMITS = { total: 6, perAddress: 4, unopened: 4, unopenedPerAddress: 2 };

describe('Admission', () => {
  it('refuses by the address before all are refused', () => {
    const admission = new Admission(LIMITS);
    admission.enter('192.0.2.1');
    admission.enter('192.0.2.1');
    expect(admission.refusal('192.0.2.1')).toBe('unopened_address');
    expect(admission.refusal('192.0.2.2')).toBeUndefined();
    admission.enter('192.0.2.2');
    admission.enter('192.0.2.3');
    expect(admission.refusal('192.0.2.4')).toBe('unopened');
  });

  it('makes room for strangers when sessions open, up to the limits on all connections', () => {
    const admission = new Admission(LIMITS);
    for (let i = 0; i < 4; i++) {
      expect(admission.refusal('192.0.2.1')).toBeUndefined();
      admission.enter('192.0.2.1');
      admission.opened('192.0.2.1');
    }
    expect(admission.refusal('192.0.2.1')).toBe('address');
    admission.enter('192.0.2.2');
    admission.enter('192.0.2.2');
    expect(admission.refusal('192.0.2.3')).toBe('total');
  });

  it('forgets who has left, whether his session was open or not', () => {
    const admission = new Admission(LIMITS);
    for (const opened of [true, false]) {
      for (const address of ['192.0.2.1', '192.0.2.1', '2001:db8::1']) admission.enter(address);
      if (opened) for (const address of ['192.0.2.1', '192.0.2.1', '2001:db8::1']) admission.opened(address);
      expect({ connections: admission.connections, addresses: admission.addresses }).toEqual({
        connections: 3,
        addresses: 2,
      });
      for (const address of ['192.0.2.1', '192.0.2.1', '2001:db8::1']) admission.leave(address, opened);
      expect({ connections: admission.connections, addresses: admission.addresses }).toEqual({
        connections: 0,
        addresses: 0,
      });
      expect(admission.refusal('192.0.2.1')).toBeUndefined();
    }
  });

  it('counts the addresses of one IPv6 network as one', () => {
    const admission = new Admission(LIMITS);
    admission.enter('2001:db8:1:2::1');
    admission.enter('2001:db8:1:2:3:4:5:6');
    expect(admission.refusal('2001:db8:1:2:ffff::9')).toBe('unopened_address');
    expect(admission.refusal('2001:db8:1:3::1')).toBeUndefined();
  });
});

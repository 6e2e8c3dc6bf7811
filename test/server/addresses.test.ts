import { describe, expect, it } from 'vitest';
import { addressReader, neighbourhood, plainAddress } from '../../src/server/addresses.ts';

describe('plainAddress', () => {
  it.each([
    ['192.0.2.1', '192.0.2.1'],
    [' 192.0.2.1 ', '192.0.2.1'],
    ['192.0.2.1:5060', '192.0.2.1'],
    ['::ffff:192.0.2.1', '192.0.2.1'],
    ['::FFFF:c000:0201', '192.0.2.1'],
    ['[::ffff:192.0.2.1]:443', '192.0.2.1'],
    ['2001:DB8:0:0::1', '2001:db8::1'],
    ['[2001:db8::1]', '2001:db8::1'],
    ['[2001:db8::1]:443', '2001:db8::1'],
    ['fe80::1%eth0', 'fe80::1'],
  ])('reads %s as %s', (text, address) => {
    expect(plainAddress(text)).toBe(address);
  });

  it.each(['', 'unknown', 'localhost', '192.0.2', '192.0.2.256', '192.0.2.1:x', '[192.0.2.1', '1:2:3', '"192.0.2.1"'])(
    'knows no address in %j',
    (text) => {
      expect(plainAddress(text)).toBeUndefined();
    },
  );
});

describe('neighbourhood', () => {
  it.each([
    ['192.0.2.1', '192.0.2.1'],
    ['::1', '0:0:0:0::/64'],
    ['2001:db8::1', '2001:db8:0:0::/64'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:db8:1:2::', '2001:db8:1:2::/64'],
  ])('counts %s as %s', (address, key) => {
    expect(neighbourhood(address)).toBe(key);
  });
});

describe('addressReader', () => {
  const addressOf = addressReader(['10.0.0.0/8', '192.0.2.7', '2001:db8:ffff::/48']);

  it.each([
    ['a peer that is no proxy is taken as it is', '198.51.100.1', '203.0.113.9', '198.51.100.1'],
    ['a proxy is believed', '10.1.2.3', '203.0.113.9', '203.0.113.9'],
    ['a proxy by IPv4 in IPv6 is believed', '::ffff:10.1.2.3', '203.0.113.9', '203.0.113.9'],
    ['an IPv6 proxy is believed', '2001:db8:ffff::1', '2001:db8::5', '2001:db8::5'],
    ['what stands left of the first stranger is not believed', '10.1.2.3', '1.1.1.1, 203.0.113.9', '203.0.113.9'],
    ['proxies in a row are passed', '10.1.2.3', '203.0.113.9, 192.0.2.7, 10.9.9.9', '203.0.113.9'],
    ['garbage ends the way at the last proxy', '10.1.2.3', '203.0.113.9, unknown, 10.9.9.9', '10.9.9.9'],
    ['an empty header says nothing', '10.1.2.3', '', '10.1.2.3'],
    ['only proxies: the leftmost', '10.1.2.3', '10.0.0.1, 10.0.0.2', '10.0.0.1'],
    ['a proxy that says nothing is itself', '10.1.2.3', undefined, '10.1.2.3'],
  ])('%s', (_title, connection, header, address) => {
    expect(addressOf(connection, header)).toBe(address);
  });

  it('knows nothing of a connection that is gone', () => {
    expect(addressOf(undefined, '203.0.113.9')).toBeUndefined();
  });

  it('believes nobody when no proxy is trusted', () => {
    expect(addressReader([])('10.1.2.3', '203.0.113.9')).toBe('10.1.2.3');
  });

  it.each(['10.0.0.0/33', '10.0.0.0/-1', '10.0.0.0/', '10.0.0.0/8/8', '::/129', 'proxy.example.com', ''])(
    'refuses the setting %j in a clear sentence',
    (entry) => {
      expect(() => addressReader([entry])).toThrow(
        `listen.trustedProxies: "${entry}" is neither an address nor address/bits, such as 10.0.0.0/8`,
      );
    },
  );
});

import { describe, expect, it } from '@jest/globals';
import { addressKey } from 'nestjs-naver-captcha';
import fc from 'fast-check';

describe('addressKey()', () => {
  it.each([
    ['203.0.113.9', '203.0.113.9'],
    ['203.0.113.9:50001', '203.0.113.9'],
    [' 203.0.113.9 ', '203.0.113.9'],
    ['[203.0.113.9]:80', '203.0.113.9'],
    ['::ffff:203.0.113.9', '203.0.113.9'],
    ['::FFFF:203.0.113.9', '203.0.113.9'],
    ['::ffff:cb00:7109', '203.0.113.9'],
    ['0:0:0:0:0:ffff:cb00:7109', '203.0.113.9'],
    ['0000:0000:0000:0000:0000:ffff:cb00:7109', '203.0.113.9'],
    ['[::ffff:203.0.113.9]:50001', '203.0.113.9'],
    ['::ffff:203.0.113.9%eth0', '203.0.113.9'],
    ['64:ff9b::203.0.113.9', '203.0.113.9'],
    ['64:ff9b::cb00:7109', '203.0.113.9'],
    ['::ffff:102:304', '1.2.3.4'],
  ])('knows the IPv4 address in %j', (text, household) => {
    expect(addressKey(text)).toBe(household);
  });

  it.each([
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:db8:1:2::', '2001:db8:1:2::/64'],
    ['2001:DB8:1:2:FFFF:FFFF:FFFF:FFFF', '2001:db8:1:2::/64'],
    ['2001:0db8:0001:0002:0000:0000:0000:0001', '2001:db8:1:2::/64'],
    ['2001:db8:1:2::203.0.113.9', '2001:db8:1:2::/64'],
    ['[2001:db8:1:2::1]', '2001:db8:1:2::/64'],
    ['[2001:db8:1:2::1]:50001', '2001:db8:1:2::/64'],
    ['fe80::1%eth0', 'fe80::/64'],
    ['[fe80::1%eth0]:80', 'fe80::/64'],
    ['::1', '::/64'],
    ['2001:db8:1:2::/64', '2001:db8:1:2::/64'],
  ])('knows the /64 of %j', (text, household) => {
    expect(addressKey(text)).toBe(household);
  });

  it.each([
    undefined,
    '',
    ' ',
    'unknown',
    '_hidden',
    'example.com',
    '256.1.1.1',
    '1.2.3',
    '127.1',
    '0x7f.0.0.1',
    '0177.0.0.1',
    '010.0.0.1',
    '2130706433',
    '1.2.3.4.5',
    '1.2.3.4:',
    '1.2.3.4:x',
    '1.2.3.4:123456',
    '1.2.3.4, 5.6.7.8',
    '1.2.3.4/8',
    '1.2.3.4/64/64',
    '[1.2.3.4',
    '2001:db8::1::2',
    '2001:db8:1:2:3:4:5:6:7',
    '2001:db8::/32',
    '[2001:db8::1]x',
    '[[::1]]',
    '%eth0',
    '1.2.3.4%a\nb',
    '1'.repeat(1_000_000),
    '[' + ':'.repeat(90),
    'toString',
  ])('lets %j share one limit with all that is no address', (text) => {
    expect(addressKey(text)).toBe('unknown');
  });

  it('gives every spelling of an address one household, and itself', () => {
    fc.assert(
      fc.property(fc.oneof(fc.ipV4(), fc.ipV6()), fc.integer({ min: 0, max: 65535 }), (address, port) => {
        const household = addressKey(address);
        const withPort = address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
        expect(household).not.toBe('unknown');
        expect(addressKey(withPort)).toBe(household);
        expect(addressKey(address.toUpperCase())).toBe(household);
        expect(addressKey(household)).toBe(household);
      }),
    );
  });

  it('takes any text without a throw', () => {
    fc.assert(fc.property(fc.string({ maxLength: 200, unit: 'binary' }), (text) => addressKey(text) !== ''));
  });
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isNetwork, loopback, networkOf, networks, plainAddress } from '../../src/exchange/networks.ts';

test('counts a whole network of IPv6 as one address', () => {
  assert.equal(networkOf('2001:db8:0:1::5'), networkOf('2001:db8:0:1:ffff::9'));
  assert.notEqual(networkOf('2001:db8:0:1::5'), networkOf('2001:db8:0:2::5'));
  assert.equal(networkOf('::ffff:192.0.2.1'), '192.0.2.1');
});

test('takes addresses and networks of both families, and nothing that holds less or more than it seems to', () => {
  for (const good of ['192.0.2.1', '192.0.2.0/24', '10.0.0.0/8', '0.0.0.0/0', '2001:db8::/32', '::1', '::/0'])
    assert.equal(isNetwork(good), true, good);
  const bad = [
    '',
    '192.0.2.1/24',
    '10.1.0.0/8',
    '192.0.2.0/33',
    '2001:db8::1/64',
    '2001:db8::/129',
    'localhost',
  ];
  for (const each of [
    ...bad,
    '192.0.2',
    '010.0.0.1',
    '::ffff:192.0.2.1',
    '::ffff:0:0/96',
    ' 192.0.2.1',
    '1.2.3.4/',
  ])
    assert.equal(isNetwork(each), false, each);
});

test('knows an address by what it is, however a socket writes it', () => {
  const { hold } = networks(['192.0.2.0/24', '2001:db8::/32', 'fe80::/10']);
  for (const inside of ['192.0.2.7', '::ffff:192.0.2.7', '2001:DB8::9', 'fe80::1%eth0'])
    assert.equal(hold(inside), true, inside);
  for (const outside of [
    '192.0.3.7',
    '::ffff:192.0.3.7',
    '2001:db9::9',
    '::1',
    '',
    'unknown',
    '192.0.2.7:80',
  ])
    assert.equal(hold(outside), false, outside);
  assert.equal(networks([]).hold('192.0.2.1'), false);
  assert.equal(plainAddress('::FFFF:192.0.2.1'), '192.0.2.1');
});

test('this machine is what its own addresses say', () => {
  const here = networks(loopback);
  for (const address of ['127.0.0.1', '127.9.9.9', '::1', '::ffff:127.0.0.1'])
    assert.equal(here.hold(address), true);
  assert.equal(here.hold('192.0.2.1'), false);
});

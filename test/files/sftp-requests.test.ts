import assert from 'node:assert/strict';
import { test } from 'node:test';
import { takeRequests } from '../../src/files/sftp-requests.ts';

function world() {
  const seen: string[] = [];
  const state = { window: 1000, flooded: false, paused: false };
  const socket = {
    pause: () => {
      state.paused = true;
      return socket as never;
    },
    resume: () => {
      state.paused = false;
      return socket as never;
    },
    writableLength: 0,
    destroyed: false,
  };
  const requests = takeRequests({
    socket,
    window: () => state.window,
    onFlood: () => {
      state.flooded = true;
    },
    onFault: (error) => seen.push(String(error)),
  });
  return { state, seen, requests };
}

test('carries requests out in their order, and goes on after one that fails', async () => {
  const { seen, requests } = world();
  requests.add(0, async () => void seen.push('one'));
  requests.add(0, () => Promise.reject(new Error('two')));
  requests.add(0, async () => void seen.push('three'));
  await requests.finish();
  assert.deepEqual(seen, ['one', 'Error: two', 'three']);
});

test('answers nothing while the client takes nothing, and calls who goes on asking a flood', async () => {
  const { state, seen, requests } = world();
  state.window = 0;
  for (let at = 0; at < 2000; at += 1) requests.add(0, async () => void seen.push('answered'));
  assert.equal(state.flooded, true);
  await requests.stop();
  assert.deepEqual(seen, []);
});

test('reads no more from a client whose bytes wait to be written, until they are', async () => {
  const { state, requests } = world();
  requests.add(5 * 1024 * 1024, async () => {});
  assert.equal(state.paused, true);
  await requests.finish();
  assert.equal(state.paused, false);
});

// Everything that a well-behaved step doesn't do: allocates objects, strings and buffers, parses JSON, posts messages.
// Pausing such a thread at the wrong instruction freezes the process.
import { MessageChannel, receiveMessageOnPort } from 'node:worker_threads';

const ROUNDS = 40;
const OBJECTS = 20;

export default {
  name: 'allocating',
  description: 'allocates, builds strings, parses JSON, posts messages',
  prepare(seed) {
    return { seed, digest: 0, ...ports() };
  },
  step(state) {
    for (let i = 0; i < ROUNDS; i++) {
      const text = textOf(state.seed, i);
      const parsed = JSON.parse(text);
      const buffer = Buffer.alloc(512 + (i % 7) * 64, i);
      state.port1.postMessage({ text, buffer });
      const got = receiveMessageOnPort(state.port2);
      state.digest = fold(state.digest, parsed.length + got.message.text.length + buffer[1]);
    }
  },
  checksum(state) {
    return state.digest;
  },
  expected(seed, _size, units) {
    const results = Array.from({ length: ROUNDS }, (_, i) => OBJECTS + textOf(seed, i).length + i);
    let digest = 0;
    for (let unit = 0; unit < units; unit++) for (const result of results) digest = fold(digest, result);
    return digest;
  },
};

function textOf(seed, i) {
  return JSON.stringify(Array.from({ length: OBJECTS }, (_, n) => ({ n, text: `item ${n} of ${seed + i}` })));
}

function fold(digest, result) {
  return (Math.imul(digest, 31) + result) | 0;
}

function ports() {
  const { port1, port2 } = new MessageChannel();
  port1.unref();
  port2.unref();
  return { port1, port2 };
}

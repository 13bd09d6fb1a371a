import { test } from 'node:test';
import assert from 'node:assert/strict';
import { says } from '../lib/reading.mjs';

test('a text is held against a number as exactly as it says', () => {
  for (const [text, told, expected] of [
    ['12.7 s', 12_740, true],
    ['12.7\u00a0s', 12_760, false],
    ['250 ms', 250.4, true],
    ['99.93 %', 0.9993, true],
    ['99.9 %', 0.9979, false],
    ['48\u202f211', 48_211, true],
    ['64', 63, false],
    ['Unknown', 0, false],
    ['', 0, false],
  ]) {
    assert.equal(says(text, told), expected, `${text} for ${told}`);
  }
});

// The library sends an argument that is undefined as a parameter of its own, which a server refuses.
import { expect, test, vi } from 'vitest';
import { sendRequest } from '../../client/src/language/send-request.ts';

const params = { trusted: true };
const token = { isCancellationRequested: false };

test.each([
  ['nothing else', undefined, undefined, ['varsmith/x']],
  ['parameters', params, undefined, ['varsmith/x', params]],
  ['a token', undefined, token, ['varsmith/x', token]],
  ['parameters and a token', params, token, ['varsmith/x', params, token]],
] as const)('a request with %s has no further argument', async (_, given, stop, wanted) => {
  const send = vi.fn(async (..._all: unknown[]) => 'answer');
  expect(await sendRequest({ sendRequest: send as never }, 'varsmith/x', given, stop)).toBe('answer');
  expect(send.mock.calls).toEqual([wanted]);
});

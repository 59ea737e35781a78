/** The server does something for itself between edits, and at rest. */
import { expect, test } from 'vitest';
import { folder } from '../workspace/support.ts';
import { messages, startSession } from './support.ts';

test('when everything is analysed, and then at rest', async () => {
  const done: string[] = [];
  await new Promise<void>(resolve => {
    const upkeep = {
      betweenEdits: () => void done.push('between'),
      atRest: () => {
        done.push('rest');
        resolve();
        return false;
      },
    };
    void startSession({ root: folder({}), upkeep: () => upkeep });
  });
  expect(done.at(-2)).toBe('between');
  expect(done.at(-1)).toBe('rest');
});

test('after each edit', async () => {
  let next = () => {};
  const upkeep = { betweenEdits: () => next(), atRest: () => false };
  const session = await startSession({ root: folder({}), upkeep: () => upkeep });
  for (const version of [1, 2, 3]) {
    const done = new Promise<void>(resolve => {
      next = resolve;
    });
    if (version === 1) session.open('a.nix', 'bad', version);
    else session.edit('a.nix', version, { text: `bad ${version}` });
    const report = await session.publication('a.nix', published => published.version === version);
    expect(messages(report)).toEqual(['This is bad.']);
    await done;
  }
});

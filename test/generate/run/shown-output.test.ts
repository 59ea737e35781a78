import { describe, expect, it } from 'vitest';
import { shownNames, shownOutput } from '../../../server/src/generate/run/shown-output.ts';
import type { ProcessResult } from '../../../server/src/host/programs/process.ts';

const SECRET = 'canary-9f31-plain';
const known = { secrets: [Buffer.from(SECRET)], open: [] };

function said(stdout: string, stderr = '', truncated = false): ProcessResult {
  const streams = { stdout: Buffer.from(stdout), stderr: Buffer.from(stderr) };
  return { end: 'exit', code: 1, signal: null, ...streams, truncated };
}

describe('names of files that were not asked for', () => {
  it('hold no secret, and as many are told as before', () => {
    const names = ['log', SECRET, `x-${SECRET.slice(3)}`];
    expect(shownNames({ names, more: 19_987 }, known)).toEqual({
      names: ['log', '[secret]', 'x-[secret]'],
      more: 19_987,
    });
    expect(shownNames({ names: [], more: 0 }, known)).toEqual({ names: [], more: 0 });
  });

  it('are only counted where a secret is too short to be told apart', () => {
    const short = { secrets: [Buffer.from('123')], open: [] };
    expect(shownNames({ names: ['a', 'a123'], more: 5 }, short)).toEqual({ names: ['[secret]'], more: 6 });
  });
});

describe('output', () => {
  it('is the end of both streams, without what was cut off in the middle of a line', () => {
    expect(shownOutput(said('out\n', `err ${SECRET}\n`), known, '1 MiB')).toBe('out\nerr [secret]');
    expect(shownOutput(said(`kept\ncut ${SECRET.slice(0, 6)}`, '', true), known, '1 MiB')).toBe(
      'kept\n(Output after 1 MiB was dropped.)',
    );
    const long = shownOutput(said(`${'y'.repeat(300_000)}\n${SECRET}\n`.repeat(3)), known, '1 MiB');
    expect(long).toBe(`${'y'.repeat(1000)}…\n[secret]`);
  });

  it('of a script that was ended in the middle of a secret shows none of it', () => {
    expect(shownOutput(said(`now ${SECRET.slice(0, 12)}`), known, '1 MiB')).toBe('now [secret]');
  });
});

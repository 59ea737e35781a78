/** The driver counts as an answer what answers, against a server whose findings are known. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { measure, type Options } from '../../bench/driver/measure.mjs';

const folder = mkdtempSync(join(tmpdir(), 'varsmith-driver-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function file(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

const registry = file('registry.nix', 'one\ntwo\n');
const matrix = file('matrix.nix', 'three\n');

function fake(options: Partial<Options>, ...args: string[]) {
  const command = [process.execPath, join(__dirname, 'fake-server.cjs'), ...args];
  const brief = { startReps: 1, edits: 4, reps: 2, gap: 0, settle: 0, timeout: 120_000 };
  const bad = { line: 1, character: 0, text: 'bad\n' };
  return measure({ command, files: [registry, matrix], root: folder, break: bad, ...brief, ...options });
}

describe('the driver', () => {
  test('sees a finding come and go with every edit', async () => {
    const { keystroke } = await fake({ untilChanged: true });
    expect(keystroke).toMatchObject({ n: 4, lost: 0, counts: [1, 0] });
  });

  test('takes the first answer to a version, repeated or not, unless told otherwise', async () => {
    const { keystroke } = await fake({});
    expect(keystroke).toMatchObject({ n: 4, lost: 0, counts: [0, 1] });
  });

  test('waits for the findings of another file', async () => {
    const { keystroke } = await fake({
      crossFile: matrix,
      break: { line: 0, character: 0, text: 'export bad\n' },
    });
    expect(keystroke).toMatchObject({ n: 4, lost: 0, counts: [1, 0] });
  });

  test('opens with the mistake already there, in as many fresh processes as asked', async () => {
    const { open, start, openCounts, keystroke } = await fake({
      openBroken: true,
      untilChanged: true,
      openReps: 3,
    });
    expect([open?.n, start.n, openCounts]).toEqual([3, 3, [1, 0]]);
    expect(keystroke.counts).toEqual([0, 1]);
  });

  test('puts another text in the place of the one before where every text is to be new', async () => {
    const each = (count: number) => 'bad\n'.repeat(count + 1);
    const { keystroke } = await fake({
      openBroken: true,
      untilChanged: true,
      break: { line: 1, character: 0, text: 'bad\n', each },
    });
    expect(keystroke).toMatchObject({ n: 4, lost: 0, counts: [2, 3, 4, 5] });
  });

  test('pulls where the server offers it', async () => {
    const { diagnostics, keystroke } = await fake({ untilChanged: true }, 'pull');
    expect([diagnostics, keystroke.n, keystroke.counts]).toEqual(['pull', 4, [1, 0]]);
  });

  test('a burst of an even number of edits ends on a changed finding', async () => {
    const { burst } = await fake({ burst: 6, edits: 0, untilChanged: true });
    expect(burst).toMatchObject({ n: 5, lost: 0 });
  });

  test('counts empty answers', async () => {
    const { requests } = await fake({ edits: 0 });
    expect(requests).toEqual({ hover: expect.objectContaining({ n: 2, empty: 2, failed: 0 }) });
  });

  test('says that a finding never came, and goes on', async () => {
    const harmless = { line: 1, character: 0, text: 'good\n' };
    const { keystroke } = await fake({ break: harmless, untilChanged: true, timeout: 50 });
    expect(keystroke).toMatchObject({ lost: 3, counts: [] });
  });

  test('says why a server is gone', async () => {
    await expect(fake({ break: { line: 0, character: 0, text: 'crash\n' } })).rejects.toThrow('code 3');
    const missing = fake({ command: [join(folder, 'no-such-server')] });
    await expect(missing).rejects.toThrow('ENOENT');
  });
});

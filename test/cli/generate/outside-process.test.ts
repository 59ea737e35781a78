/** Stores outside of the repository and a program that is killed; and what is left to be found of their secrets. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { findSandbox } from '../../../server/src/host/sandbox/find-sandbox.ts';
import { OWN_KINDS, outsideFleet } from '../outside-stores.ts';
import { buildProgram, everythingIn, gitObjects, start, temporary } from '../program.ts';

const hasSandbox = 'sandbox' in (await findSandbox(process.platform, ['/usr/bin', '/bin']));
const BOX = hasSandbox ? [] : ['--no-sandbox'];

buildProgram();

const PAIR = (text: string) =>
  `g = { files.public.secret = false; files.private = { }; script = "printf ${text} | tee $out/public > $out/private"; };`;

describe('a run that is killed while the password store is written to', () => {
  it('is noticed by the next one, which makes the halves fit again', async () => {
    const made = await outsideFleet(OWN_KINDS.stub, { m: PAIR('one') });
    expect((await start(made, 'generate', ...BOX).ended).code).toBe(0);
    made.machine('m', PAIR('two'));
    writeFileSync(join(made.env.PASSWORD_STORE_DIR as string, 'kill'), '');
    expect((await start(made, 'generate', ...BOX, '-g', 'g', '--yes').ended).code).toBe('SIGKILL');
    // The value arrived as a whole; the file that belongs to it did not.
    expect((await made.run(['get', 'm', 'g/private'])).stdout).toBe('two');
    expect((await made.run(['get', 'm', 'g/public'])).stdout).toBe('one');

    const next = await start(made, 'generate', ...BOX, '--yes').ended;
    expect([next.code, next.output]).toEqual([
      0,
      expect.stringContaining('left behind by an interrupted run; overwrites private, public'),
    ]);
    expect((await made.run(['get', 'm', 'g/public'])).stdout).toBe('two');
    expect((await start(made, 'generate', ...BOX).ended).output).toBe('Nothing to generate.\n');
  });
});

describe.each(Object.values(OWN_KINDS))('secrets in $name', kind => {
  it('are found nowhere but there', async () => {
    const made = await outsideFleet(kind, {
      m: `
      a = { prompts.p = { type = "hidden"; persist = true; }; files.out = { }; script = "printf canary-output-1 > $out/out"; };
      b = { dependencies = [ "a" ]; files.copy = { }; script = "cat $in/a/* > $out/copy"; };
      c = { dependencies = [ "a" ]; files.f = { }; script = "cat $in/a/p >&2; exit 1"; };`,
    });
    const answers = join(made.home, '../answers');
    mkdirSync(answers);
    writeFileSync(join(answers, 'p'), 'canary-prompt');
    const given = ['--prompt', `a/p=@${join(answers, 'p')}`];
    const outputs = [(await start(made, 'generate', ...BOX, ...given).ended).output];
    for (const command of [
      ['list', '--json'],
      ['verify'],
      ['plan', '--json'],
      ['fix'],
      ['generate', ...BOX, '-g', 'c'],
    ])
      outputs.push((await start(made, ...command).ended).output);
    const calls = kind === OWN_KINDS.stub ? readFileSync(join(made.home, '../calls'), 'utf8') : '';
    const sources = /printf canary-output-1/g;
    const seen = [
      ...outputs,
      calls,
      everythingIn(made.root),
      gitObjects(made.root),
      everythingIn(temporary(made)),
    ];
    expect(seen.join('\n').replace(sources, '')).not.toContain('canary');
    // It was all there.
    expect((await made.run(['get', 'm', 'b/copy'])).stdout).toBe('canary-output-1canary-prompt');
  });
});

/** What is kept between edits must not grow with them: no text is kept much longer than it is current. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { SHAPES } from './many-shapes.ts';
import { fleetWorkspace, plainFleet } from './workspace.ts';

setFlagsFromString('--expose-gc');
const collectGarbage: () => void = runInNewContext('gc');

/** More than the texts whose values one set may mix. */
const FEW = 12;

const entry = (text: string) =>
  text.replace('  beta =', '  delta = mkPromptedSecret { generator = "delta"; envVar = "D"; };\n  beta =');

describe('after 60 edits only a few texts are kept', () => {
  it.each<[string, string, (text: string, count: number) => string]>([
    ['a comment in the registry', 'lib/secret-registry.nix', (text, count) => `# ${count}\n${text}`],
    [
      'an entry that comes and goes',
      'lib/secret-registry.nix',
      (text, n) => (n % 2 === 0 ? entry(text) : text),
    ],
    ['an entry', 'lib/secret-registry.nix', (text, n) => text.replace('"BETA"', `"BETA${n}"`)],
    [
      'a function of the registry',
      'lib/secret-registry.nix',
      (text, n) => text.replace('"hidden"', `"h${n}"`),
    ],
    [
      'a row of the matrix',
      'lib/machine-env-matrix.nix',
      (text, n) => text.replace('"gamma"', `"gamma${n}"`),
    ],
    [
      'a list of the matrix',
      'lib/machine-env-matrix.nix',
      (text, n) => text.replace('[ "alpha" ]', `[ "a${n}" ]`),
    ],
    [
      'a function that makes generators',
      'lib/vars-generators.nix',
      (text, n) => text.replace('let\n', `let\n  a${n} = 1;\n`),
    ],
    ['a machine', 'hosts/emily.nix', (text, n) => text.replace('let\n', `let\n  a${n} = 1;\n`)],
  ])('of %s', async (_, file, edit) => {
    const workspace = fleetWorkspace(SHAPES);
    plainFleet(workspace.fleet());
    const texts: WeakRef<object>[] = [];
    for (let count = 0; count < 60; count++) {
      workspace.write({ [file]: edit(SHAPES[file] as string, count) });
      plainFleet(workspace.fleet());
      texts.push(new WeakRef(workspace.files.parse(file) as object));
    }
    // What a WeakRef was asked for is kept until the end of the turn.
    await new Promise(setImmediate);
    collectGarbage();
    expect(texts.filter(text => text.deref() !== undefined).length).toBeLessThanOrEqual(FEW);
  });
});

/** Scripts as rules get them: followed once a text, and kept no longer than somebody has that text. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { followed } from '../../server/src/checks/facts/followed-scripts.ts';
import type { GeneratorScript } from '../../server/src/fleet/model/generators.ts';

function scriptOf(text: string): GeneratorScript {
  const source = { text, holes: [], segments: [] };
  return { text, source, file: null, at: { file: 'a.nix', start: 0, end: text.length } };
}

/** Resolves when what is held by weak references alone has been collected. */
async function collected(): Promise<void> {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  // What a weak reference was asked for in a turn is held until its end.
  await new Promise(resolve => setImmediate(resolve));
  collect();
}

describe('a followed script', () => {
  it('is shared by generators whose scripts say the same', () => {
    const one = followed(scriptOf('echo shared > "$out/key"'));
    const other = followed(scriptOf('echo shared > "$out/key"'));
    expect(one).not.toBe(other);
    expect(other?.tree).toBe(one?.tree);
    expect(other?.flow).toBe(one?.flow);
  });

  it('stays for as long as somebody has the script', async () => {
    const script = scriptOf('echo kept > "$out/key"');
    const tree = new WeakRef(followed(script)?.tree ?? {});
    await collected();
    expect(followed(script)?.tree).toBe(tree.deref());
  });

  it('is forgotten with the last script that says so: every keystroke leaves one behind', async () => {
    const trees = Array.from({ length: 40 }, (_, typed) => {
      return new WeakRef(followed(scriptOf(`echo ${typed} > "$out/key"`))?.tree ?? {});
    });
    await collected();
    // Not all: the engine may hold what it had in hand last.
    expect(trees.filter(tree => tree.deref() !== undefined).length).toBeLessThan(5);
  });
});

/**
 * Generator scripts as rules read them: parsed and flow-analysed, each text once.
 *
 * Environment of a script: clan-core d7c35d912, clan_lib/vars/generate.py; `set -euo pipefail` is prepended,
 * and the caller's environment is inherited.
 */

import { placeInScript } from '../../fleet/generators/script.ts';
import type { GeneratorScript, ScriptSource } from '../../fleet/model/generators.ts';
import type { Place } from '../../nix/places.ts';
import { scriptFollower } from '../../shell/flow/flow.ts';
import type { Flow, FlowOptions } from '../../shell/flow/flow-facts.ts';
import { parseScript } from '../../shell/parse/parse.ts';
import type { Range, ShellTree } from '../../shell/syntax.ts';
import { memoized } from '../../std.ts';

export interface FollowedScript {
  readonly source: ScriptSource;
  readonly tree: ShellTree;
  readonly flow: Flow;
  /** Returns the source place of a range of the script, or null if it is not written anywhere. */
  placeOf(range: Range): Place | null;
}

/** `$in`, `$out` and `$prompts` are set for the script; the others are inherited wherever `clan` runs. */
const SURROUNDINGS: FlowOptions = {
  directories: ['in', 'out', 'prompts'],
  outputs: ['out'],
  environment: [
    'HOME',
    'PATH',
    'PWD',
    'SHLVL',
    'TMPDIR',
    'USER',
    'LANG',
    'TERM',
    'SHELL',
    'EDITOR',
    'LOGNAME',
  ],
  errexit: true,
  pipefail: true,
};

/** Returns the analysis of a script, or null if the script is not known. */
export function followed(script: GeneratorScript | null): FollowedScript | null {
  const source = script?.source ?? null;
  if (source === null) return null;
  const before = bySource.get(source);
  if (before !== undefined) return before;
  const tree = treeOf(source);
  const fresh: FollowedScript = {
    source,
    tree,
    flow: flowOf(tree),
    placeOf: ({ start, end }) => placeInScript(source, start, end),
  };
  bySource.set(source, fresh);
  return fresh;
}

/** Caches the analysis, because every rule about scripts asks for every script. */
const bySource = new WeakMap<ScriptSource, FollowedScript>();

/**
 * Trees by script text, held weakly: a tree takes ninety times the memory of its text, and every keystroke in a
 * script leaves one behind.
 */
const trees = new Map<string, WeakRef<ShellTree>>();
const left = new FinalizationRegistry<string>(key => {
  if (trees.get(key)?.deref() === undefined) trees.delete(key);
});

function treeOf({ text, holes }: ScriptSource): ShellTree {
  const key = `${holes.map(({ start, end }) => `${start}-${end}`).join()}\0${text}`;
  const shellTree = trees.get(key)?.deref();
  if (shellTree !== undefined) return shellTree;
  const tree = parseScript({ text, holes });
  trees.set(key, new WeakRef(tree));
  left.register(tree, key);
  return tree;
}

/**
 * A cache that speeds up typing in a script and does not affect results, so all fleets of a process can share
 * it.
 */
const followTree = scriptFollower(SURROUNDINGS);

const flowOf = memoized((tree: ShellTree): Flow => followTree(tree));

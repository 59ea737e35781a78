/**
 * Generators' scripts as rules read them: parsed and followed, each text once.
 *
 * Surroundings of a script: clan-core d7c35d912, clan_lib/vars/generate.py; `set -euo pipefail` comes before it, and
 * the environment is the caller's.
 */

import { placeInScript } from '../../fleet/generators/script.ts';
import type { GeneratorScript, ScriptSource } from '../../fleet/model/generators.ts';
import type { Place } from '../../nix/places.ts';
import { scriptFollower } from '../../shell/flow/flow.ts';
import type { Flow, FlowOptions } from '../../shell/flow/flow-facts.ts';
import { parseScript } from '../../shell/parse/parse.ts';
import type { Range, ShellTree } from '../../shell/syntax.ts';

export interface FollowedScript {
  readonly source: ScriptSource;
  readonly tree: ShellTree;
  readonly flow: Flow;
  /** Where a stretch of the script is written; null if it is written nowhere. */
  placeOf(range: Range): Place | null;
}

/** `$in`, `$out` and `$prompts` are the script's; the others are there wherever somebody runs `clan`. */
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

/** Returns what a script does; null if it is not known. */
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

/** Every rule about scripts asks for every script. */
const bySource = new WeakMap<ScriptSource, FollowedScript>();

/**
 * By what scripts say, for as long as one says it: a tree takes ninety times the room of its text, and every keystroke
 * in a script leaves one behind.
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

/** Its memory serves typing in a script and changes nothing in the flows: all fleets of a process may share it. */
const followTree = scriptFollower(SURROUNDINGS);

const flows = new WeakMap<ShellTree, Flow>();

function flowOf(tree: ShellTree): Flow {
  let flow = flows.get(tree);
  if (flow === undefined) {
    flow = followTree(tree);
    flows.set(tree, flow);
  }
  return flow;
}

/** Lists the possible values of a word on the command line, for completion in shells. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Fleet } from '../fleet/model/fleet.ts';
import type { NameKind } from '../modules/read.ts';
import type { Workspace } from '../workspace/workspace.ts';
import type { Io } from './io.ts';
import { nearestRoot, openWorkspace } from './load.ts';
import type { NameSource } from './table/command-spec.ts';

/** Returns the distinct names, sorted; none outside a fleet. */
export async function namesOf(source: NameSource, io: Io): Promise<readonly string[]> {
  const names = source === 'rule' ? await ruleNames() : await fleetNames(source, io);
  // Names with line breaks or control characters cannot be typed.
  return [...new Set(names)].filter(name => /^[^\p{Cc}\s]+$/u.test(name)).sort();
}

async function ruleNames(): Promise<readonly string[]> {
  const { rules } = await import('../checks/rules/index.ts');
  return rules.flatMap(({ id }) => [id, `${id.slice(0, id.indexOf('/'))}/*`]);
}

async function fleetNames(source: Exclude<NameSource, 'rule'>, io: Io): Promise<readonly string[]> {
  if (nearestRoot(io.cwd) === null) return [];
  const workspace = await openWorkspace(undefined, io);
  const fleet = workspace.fleet();
  if (source === 'machine') return fleet.machines.map(({ name }) => name);
  if (source === 'user') return userNames(workspace, fleet);
  const generators = fleet.generators.filter(isWhole);
  if (source === 'generator') return generators.map(({ name }) => name);
  return generators.flatMap(({ name, body }) =>
    body()
      .files.filter(isWhole)
      .map(file => `${name}/${file.name}`),
  );
}

/** Returns whether a name has no holes, and so can be typed. */
const isWhole = ({ nameKind }: { readonly nameKind: NameKind }) => nameKind !== 'pattern';

function userNames({ root }: Workspace, { directory }: Fleet): readonly string[] {
  try {
    return readdirSync(join(root, directory ?? '', 'sops/users'));
  } catch {
    // A fleet without users has no such folder.
    return [];
  }
}

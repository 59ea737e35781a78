/** The names that a word on the command line may be, for shells that complete it. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Fleet } from '../fleet/model/fleet.ts';
import type { NameKind } from '../modules/read.ts';
import type { Workspace } from '../workspace/workspace.ts';
import type { Io } from './io.ts';
import { nearestRoot, openWorkspace } from './load.ts';
import type { NameSource } from './table/command-spec.ts';

/** @returns sorted, each once; none where there is no fleet */
export async function namesOf(source: NameSource, io: Io): Promise<readonly string[]> {
  const names = source === 'rule' ? await ruleNames() : await fleetNames(source, io);
  // A name with a line's end or a control character in it cannot be typed anyway.
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

/** A name with holes cannot be typed. */
const isWhole = ({ nameKind }: { readonly nameKind: NameKind }) => nameKind !== 'pattern';

function userNames({ root }: Workspace, { directory }: Fleet): readonly string[] {
  try {
    return readdirSync(join(root, directory ?? '', 'sops/users'));
  } catch {
    // A fleet without users has no such folder.
    return [];
  }
}

/** Plans the smallest clan: a flake, a machine, and a generator in the machine's module. Writes nothing itself. */
import { below } from '../../store/vars/files.ts';
import { machineNameProblem } from '../names/machine-name.ts';
import type { Snapshot } from '../snapshot.ts';
import type { Pipeline, PipelineOptions } from './pipeline.ts';
import { clanName, flakeNix, gitAttributes } from './pipeline-flake.ts';
import { machineSettings } from './pipeline-registry.ts';
import type { Refused } from './scaffold.ts';
import { templateBindings } from './scaffold-templates.ts';

const FLAKE_PATH = 'flake.nix';

/** Returns the files of the clan, or the reason why it cannot be created. */
export function layPlainClan(
  { fleet, files }: Pick<Snapshot, 'fleet' | 'files'>,
  { folder, machine, system }: PipelineOptions,
): Pipeline | Refused {
  const problem = machineNameProblem(machine);
  if (problem !== null) return { refused: problem };
  const others = fleet.machines.map(({ name }) => name).filter(name => name !== machine);
  if (others.length > 0)
    return {
      refused: `This fleet already has machines (${others.slice(0, 3).join(', ')}${others.length > 3 ? ', …' : ''}). Add a generator to one of them instead.`,
    };
  const directory = fleet.directory ?? '';
  const wanted = [
    { path: below(directory, `machines/${machine}/configuration.nix`), text: plainMachineNix(system) },
    { path: FLAKE_PATH, text: flakeNix(clanName(folder), machine, system) },
    { path: '.gitattributes', text: gitAttributes(directory) },
  ];
  const created = wanted.filter(({ path }) => files.kind(path) === null);
  const isFlakeForeign = !fleet.isClan && files.kind(FLAKE_PATH) !== null;
  return {
    created,
    kept: wanted.filter(({ path }) => files.kind(path) !== null).map(({ path }) => path),
    left: [],
    next: isFlakeForeign
      ? ['flake.nix declares no clan yet: declare one there, with the machine in its inventory.']
      : [],
  };
}

function plainMachineNix(system: string): string {
  const [{ lines: [first = '', ...others] = [] } = { lines: [] }] =
    templateBindings('random-password', 'example-password') ?? [];
  const generator = [`clan.core.vars.generators.example-password = ${first}`, ...others].map(
    line => `${line === '' ? '' : '  '}${line}\n`,
  );
  return `\
{ pkgs, ... }:
{
  # Generated once, and stored below vars/, encrypted. Modules refer to its file as
  # config.clan.core.vars.generators.example-password.files.password.path.
${generator.join('')}
${machineSettings(system)}}
`;
}

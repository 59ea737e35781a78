/** Makes entries about the repository: how it was recognised, its content, and what cannot be analysed. */
import { counted } from '../checks/facts/wording.ts';
import { declarationsOf } from '../generate/plan/declarations.ts';
import { below } from '../store/vars/files.ts';
import type { ActionNames } from './actions.ts';
import { analysisEntry, refusedEntries } from './analysis.ts';
import type { Examined } from './examined.ts';
import { type Entry, entry, type Section } from './report.ts';

const MAX_NAMES = 8;

export function fleetSection(examined: Examined, names: ActionNames): Section {
  const { fleet, files } = examined;
  const declared = declarationsOf(fleet, file => files.text(file));
  return {
    title: 'Fleet',
    entries: [
      rootEntry(examined),
      filesEntry(examined),
      ...untrackedEntries(examined, names),
      clanEntry(examined),
      machinesEntry(examined),
      generatorsEntry(examined, names),
      registryEntry(examined, names),
      settingsEntry(examined),
      analysisEntry(examined, declared),
      ...refusedEntries(examined),
    ],
  };
}

function rootEntry({ root, marker }: Examined): Entry {
  if (marker !== null) return entry('root', 'found', `${root}, recognised by ${marker}`);
  return entry('root', 'absent', `${root}, as given`, {
    details: ['Looked for .clan-flake, flake.nix and .git in it.'],
    advice: 'If this is not the folder of the fleet, open that one, or name it.',
  });
}

function filesEntry({ nixFiles, skipped }: Examined): Entry {
  const details = skipped.slice(0, MAX_NAMES).map(({ path, reason }) => `${path}: ${reason}`);
  if (skipped.length > MAX_NAMES) details.push(`… and ${skipped.length - MAX_NAMES} more`);
  const text = counted(nixFiles, 'Nix file');
  if (skipped.length === 0) return entry('files', nixFiles > 0 ? 'found' : 'absent', text);
  return entry('files', 'unknown', `${text}; ${skipped.length} could not be read`, { details });
}

/** Returns an entry if the flake reads files that git does not track. */
function untrackedEntries({ untracked }: Examined, names: ActionNames): Entry[] {
  const paths = untracked();
  if (paths.length === 0) return [];
  const details = paths.slice(0, MAX_NAMES);
  if (paths.length > MAX_NAMES) details.push(`… and ${paths.length - MAX_NAMES} more`);
  return [
    entry(
      'not in git',
      'problem',
      `${counted(paths.length, 'path')} that the flake needs; Nix does not see ${paths.length === 1 ? 'it' : 'them'}`,
      {
        details,
        advice: `${names.track(paths)} is enough; nothing has to be committed.`,
        ...{ action: 'track', paths },
      },
    ),
  ];
}

function clanEntry({ fleet }: Examined): Entry {
  return fleet.isClan
    ? entry('clan-core', 'found', 'used by this fleet')
    : entry('clan-core', 'absent', 'apparently not used here; rules that only concern clan report nothing', {
        details: ['Looked for .clan-flake and for flake outputs and modules of clan-core.'],
      });
}

function machinesEntry({ fleet }: Examined): Entry {
  const { machines, machinesComplete } = fleet;
  const more = machinesComplete ? '' : '; there may be more';
  if (machines.length > 0)
    return entry('machines', 'found', `${machines.length}: ${some(machines.map(({ name }) => name))}${more}`);
  const details = [
    `Looked in the inventory, in flake outputs, in ${below(fleet.directory ?? '', 'machines/')}, and in modules that read a matrix.`,
  ];
  if (!machinesComplete)
    return entry('machines', 'unknown', 'none that can be determined without Nix', {
      details,
      advice:
        "List the machines in the clan's inventory or as nixosConfigurations to get findings that name them.",
    });
  return entry('machines', 'absent', 'none', {
    details,
    advice:
      'Nothing to do for a library of modules. Otherwise declare machines in the inventory of the clan, or as nixosConfigurations.',
  });
}

function generatorsEntry({ fleet }: Examined, names: ActionNames): Entry {
  const count = fleet.generators.length;
  const ofClan = fleet.clanGenerators.length;
  const text = `${count} declared here, ${ofClan} added by clan-core's services`;
  if (count + ofClan > 0) return entry('generators', 'found', text);
  const details = ['Looked for clan.core.vars.generators in all Nix files.'];
  if (fleet.isClan)
    return entry('generators', 'absent', 'none', {
      details,
      advice: `Declare one: ${names.newGenerator} writes it from a template, and completion offers templates too.`,
    });
  return entry('generators', 'absent', 'none; nothing here needs one', { details });
}

function registryEntry({ fleet }: Examined, names: ActionNames): Entry {
  if (fleet.registries.length === 0)
    return entry('registry', 'absent', 'none; a fleet does not need one', {
      details: ['Looked for sets of generator metadata, and for **/secret-registry.nix.'],
      ...(fleet.isClan
        ? { advice: `To define secrets once and select them by machine, begin with ${names.init}.` }
        : {}),
    });
  const lines = fleet.registries.map(({ file, keys }) => `${file}: ${counted(keys.length, 'key')}`);
  const rows = fleet.matrices.reduce((sum, matrix) => sum + matrix.rows.length, 0);
  const text = `${counted(fleet.registries.length, 'registry', 'registries')}, ${counted(rows, 'matrix row')}`;
  return entry('registry', 'found', text, { details: lines });
}

function settingsEntry({ files, problems, enabled }: Examined): Entry {
  const where = files.kind('varsmith.json') === 'file' ? 'varsmith.json' : 'no varsmith.json; none is needed';
  if (problems.length > 0)
    return entry('settings', 'problem', `${where}; ${counted(problems.length, 'mistake')}`, {
      details: problems,
      advice: 'Correct them: docs/configuration.md has all settings.',
    });
  if (!enabled)
    return entry('settings', 'problem', `${where}; the analysis is turned off`, {
      advice: 'Set "enable" to true to have findings.',
    });
  return entry('settings', 'found', where);
}

function some(names: readonly string[]): string {
  const more = names.length > MAX_NAMES ? `, … (${names.length - MAX_NAMES} more)` : '';
  return names.slice(0, MAX_NAMES).join(', ') + more;
}

/** What was understood of the repository: how it was recognised, what is in it, and what cannot be analysed. */
import { counted } from '../checks/wording.ts';
import { lineStartsOf, positionAt } from '../nix/source.ts';
import { below } from '../store/files.ts';
import type { Examined } from './ground.ts';
import { type Entry, entry, type Section } from './report.ts';
import { bySentence, followsFrom } from './unknown-words.ts';

/** Reasons are listed up to here; the rest is counted. */
const MAX_REASONS = 12;
const MAX_NAMES = 8;

export function fleetSection(examined: Examined): Section {
  return {
    title: 'Fleet',
    entries: [
      rootEntry(examined),
      filesEntry(examined),
      clanEntry(examined),
      machinesEntry(examined),
      generatorsEntry(examined),
      registryEntry(examined),
      settingsEntry(examined),
      analysisEntry(examined),
      ...refusedEntries(examined),
    ],
  };
}

function rootEntry({ root, marker }: Examined): Entry {
  if (marker !== null) return entry('root', 'found', `${root}, recognised by ${marker}`);
  return entry('root', 'absent', `${root}, taken as it was given`, {
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

function clanEntry({ fleet }: Examined): Entry {
  return fleet.isClan
    ? entry('clan-core', 'found', 'The fleet uses clan-core.')
    : entry(
        'clan-core',
        'absent',
        'Nothing here is recognised as clan-core’s; rules of clan alone are silent.',
        {
          details: ['Looked for .clan-flake and for flake outputs and modules of clan-core.'],
        },
      );
}

function machinesEntry({ fleet }: Examined): Entry {
  const { machines, machinesComplete } = fleet;
  const more = machinesComplete ? '' : '; there may be more';
  if (machines.length === 0)
    return entry('machines', 'absent', `none${machinesComplete ? '' : ' that can be told without Nix'}`, {
      details: [
        `Looked in the inventory, in flake outputs, in ${below(fleet.directory ?? '', 'machines/')}, and in modules that read a matrix.`,
      ],
      advice: 'Declare machines in the inventory of the clan, or as nixosConfigurations.',
    });
  return entry('machines', 'found', `${machines.length}: ${some(machines.map(({ name }) => name))}${more}`);
}

function generatorsEntry({ fleet }: Examined): Entry {
  const count = fleet.generators.length;
  const brought = fleet.brought().length;
  const text = `${count} declared here, ${brought} brought by clan-core's services`;
  if (count + brought > 0) return entry('generators', 'found', text);
  return entry('generators', 'absent', 'none', {
    details: ['Looked for clan.core.vars.generators in all Nix files.'],
    advice: 'Declare one: `varsmith new generator` writes it from a template, and completion has them too.',
  });
}

function registryEntry({ fleet }: Examined): Entry {
  if (fleet.registries.length === 0)
    return entry('registry', 'absent', 'none; a fleet does not need one', {
      details: ['Looked for sets of generator metadata, and for **/secret-registry.nix.'],
      advice: 'To define secrets once and select them by machine, begin with `varsmith init`.',
    });
  const lines = fleet.registries.map(({ file, keys }) => `${file}: ${counted(keys.length, 'key')}`);
  const rows = fleet.matrices.reduce((sum, matrix) => sum + matrix.rows.length, 0);
  const text = `${counted(fleet.registries.length, 'registry', 'registries')}, ${counted(rows, 'matrix row')}`;
  return entry('registry', 'found', text, { details: lines });
}

function settingsEntry({ files, problems, enabled }: Examined): Entry {
  const where =
    files.kind('varsmith.json') === 'file' ? 'varsmith.json' : 'no varsmith.json, and none is needed';
  if (problems.length > 0)
    return entry('settings', 'problem', `${where}; ${counted(problems.length, 'mistake')}`, {
      details: problems,
      advice: 'Correct them: docs/configuration.md has all settings.',
    });
  if (!enabled)
    return entry('settings', 'problem', `${where}; the analysis is switched off`, {
      advice: 'Set "enable" to true to have findings.',
    });
  return entry('settings', 'found', where);
}

/** Reasons with counts, the commonest first, each with one place. */
function analysisEntry({ fleet, files }: Examined): Entry {
  const sentences = bySentence(fleet.notAnalysable);
  const kinds = [...new Set(sentences.map(([, [{ what }]]) => what))];
  if (sentences.length === 0) return entry('not analysable', 'found', 'nothing; all of it was understood');
  const details = sentences.slice(0, MAX_REASONS).map(([sentence, places]) => {
    const [{ at }] = places;
    const place = `${at.file}:${lineOf(files.text(at.file), at.start)}`;
    return `${sentence} (${places.length === 1 ? place : `${places.length} places, the first ${place}`})`;
  });
  if (sentences.length > MAX_REASONS) details.push(`… and ${sentences.length - MAX_REASONS} more reasons`);
  return entry('not analysable', 'unknown', `${counted(fleet.notAnalysable.length, 'place')} without Nix`, {
    details,
    advice: followsFrom(kinds),
  });
}

/** Files that Nix refuses where it certainly comes to them; no entry where there are none. */
function refusedEntries({ fleet, files }: Examined): Entry[] {
  const places = fleet.faults().flatMap(({ file, reach, syntax, refused }) => {
    const at = syntax ?? refused[0];
    return reach === 'certain' && at !== undefined ? [`${file}:${lineOf(files.text(file), at.start)}`] : [];
  });
  if (places.length === 0) return [];
  const details = places.slice(0, MAX_NAMES);
  if (places.length > MAX_NAMES) details.push(`… and ${places.length - MAX_NAMES} more`);
  const text = `${counted(places.length, 'file')}: whatever imports ${places.length === 1 ? 'it' : 'them'} cannot be evaluated`;
  return [
    entry('refused by Nix', 'problem', text, { details, advice: '`varsmith check` says what is wrong.' }),
  ];
}

/** From 1. */
function lineOf(text: string | null, offset: number): number {
  return text === null ? 1 : positionAt(lineStartsOf(text), offset).line + 1;
}

function some(names: readonly string[]): string {
  const more = names.length > MAX_NAMES ? `, … (${names.length - MAX_NAMES} more)` : '';
  return names.slice(0, MAX_NAMES).join(', ') + more;
}

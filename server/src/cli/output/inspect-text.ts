/** Prints the summary of a fleet for people. */
import { counted } from '../../checks/facts/wording.ts';
import { bySentence } from '../../doctor/unknown-words.ts';
import { type Io, type Paint, painter, printable } from '../io.ts';
import { secretsText } from './inspect-text-secrets.ts';
import { type Inspection, OTHER_FLAKE } from './inspection.ts';

/** The most reasons that are listed; the rest is counted. */
const MAX_REASONS = 20;

/** The most places that are listed per reason. */
const MAX_PLACES = 3;

/**
 * Prints the summary.
 * @param nix a line about Nix's answer, or `null` if it was not asked
 */
export function writeInspection(
  inspection: Inspection,
  { stdout, env }: Io,
  nix: string | null = null,
): void {
  const paint = painter(stdout, env);
  const sections = [
    paint('bold', inspection.root),
    machinesText(inspection, paint),
    generatorsText(inspection, paint),
    registriesText(inspection, paint),
    usesText(inspection, paint),
    storeText(inspection, paint),
    secretsText(inspection, paint),
    notAnalysableText(inspection, paint),
    nix === null ? '' : paint('bold', nix),
  ];
  stdout.write(`${sections.filter(text => text !== '').join('\n\n')}\n`);
}

function title(paint: Paint, text: string, rest = ''): string {
  return rest === '' ? paint('bold', text) : `${paint('bold', text)}: ${rest}`;
}

function machinesText({ machines, generators: all }: Inspection, paint: Paint): string {
  const width = Math.max(0, ...machines.map(({ name }) => name.length));
  const isOpen = all.some(generator => generator.machines === null && !('catalogue' in generator));
  const lines = machines.map(({ name, system, class: kind, generators }) => {
    const platform = system ?? kind ?? 'platform not known';
    return `  ${printable(name).padEnd(width)}  ${printable(platform).padEnd(18)}  ${has(generators.length, isOpen)}`;
  });
  const classes = tally(
    machines.map(({ class: kind }) => kind ?? 'unknown'),
    { nixos: 'NixOS', darwin: 'nix-darwin', unknown: 'not known which' },
  );
  return [title(paint, counted(machines.length, 'machine'), classes), ...lines].join('\n');
}

/** Returns the number of generators of a machine, as far as it is known. */
function has(count: number, isOpen: boolean): string {
  if (!isOpen) return counted(count, 'generator');
  return count === 0 ? 'generators not known' : `${counted(count, 'generator')} or more`;
}

function generatorsText({ generators: all, exports, secrets }: Inspection, paint: Paint): string {
  const generators = all.filter(generator => !('catalogue' in generator));
  if (all.length + exports.length === 0) return secrets.length > 0 ? '' : paint('bold', 'no generators');
  const leftovers = all.filter(generator => 'leftover' in generator).length;
  const foreign = all.filter(
    generator => 'catalogue' in generator && generator.catalogue === OTHER_FLAKE,
  ).length;
  const ofClan = all.length - generators.length - leftovers - foreign;
  const files = generators.flatMap(generator => generator.files);
  const tallied = tally(
    generators.map(({ completeness }) => completeness),
    { full: 'known in full', partial: 'in part', opaque: 'not at all' },
  );
  const kinds = tally(
    files.map(({ secret }) => (secret === null ? 'unknown' : secret ? 'secret' : 'public')),
    { secret: 'secret', public: 'public', unknown: 'not known which' },
  );
  const prompts = generators.reduce((sum, generator) => sum + generator.prompts.length, 0);
  return [
    title(paint, counted(generators.length, 'generator'), tallied),
    `  ${counted(files.length, 'file')}${kinds === '' ? '' : `: ${kinds}`}`,
    `  ${counted(prompts, 'prompt')}`,
    ...(ofClan > 0 ? [`  and ${counted(ofClan, 'generator')} of clan-core's own services and modules`] : []),
    ...(foreign > 0 ? [`  and ${counted(foreign, 'generator')} of other flakes`] : []),
    ...(exports.length > 0
      ? [
          `  and ${counted(exports.length, 'generator')} of exports: ${exports.map(exported => printable(exported.generator)).join(', ')}`,
        ]
      : []),
    ...(leftovers > 0 ? [`  left over from services of clan-core: ${leftovers}`] : []),
  ].join('\n');
}

function registriesText({ registries }: Inspection, paint: Paint): string {
  return registries
    .map(({ file, keys }) => {
      const used = keys.filter(({ machines }) => machines.length > 0).length;
      const rest = `${counted(keys.length, 'key')}, ${used} of them on a machine`;
      return title(paint, `Registry ${printable(file)}`, rest);
    })
    .join('\n');
}

function usesText({ references }: Inspection, paint: Paint): string {
  if (references.length === 0) return '';
  const statuses = tally(
    references.map(({ status }) => status),
    {
      resolved: 'resolved',
      catalogue: "of clan-core's services",
      guarded: 'guarded',
      undefined: 'undefined',
      unknown: 'not known',
    },
  );
  return title(paint, counted(references.length, 'use'), statuses);
}

function storeText({ store, generators }: Inspection, paint: Paint): string {
  if (store.entries.length + generators.length === 0) return '';
  const kinds = tally(
    store.entries.map(({ kind }) => kind),
    { secret: 'secret', public: 'public' },
  );
  const backend = store.backend === null ? '' : ` (${store.backend})`;
  return [
    title(paint, `${counted(store.entries.length, 'stored file')}${backend}`, kinds),
    ...store.machineBackends.map(backend => `  ${printable(backend.machine)}: ${printable(backend.backend)}`),
  ].join('\n');
}

/** Returns the reasons why something is unknown, the most frequent first, with their places. */
function notAnalysableText({ notAnalysable }: Inspection, paint: Paint): string {
  if (notAnalysable.length === 0) return '';
  const reasons = bySentence(notAnalysable);
  const lines = reasons
    .slice(0, MAX_REASONS)
    .flatMap(([sentence, places]) => [
      `${String(places.length).padStart(5)}  ${printable(sentence)}`,
      ...places
        .slice(0, MAX_PLACES)
        .map(({ file, line, column }) => `         ${printable(file)}:${line}:${column}`),
      ...(places.length > MAX_PLACES ? [`         … and ${places.length - MAX_PLACES} more`] : []),
    ]);
  if (reasons.length > MAX_REASONS) lines.push(`  … and ${reasons.length - MAX_REASONS} more reasons`);
  return [
    title(paint, `${counted(notAnalysable.length, 'place')} not analysable without Nix`),
    ...lines,
  ].join('\n');
}

/** Returns counts such as `3 secret, 1 public` in the order of `words`, without zeros. */
function tally<Kind extends string>(kinds: readonly Kind[], words: Readonly<Record<Kind, string>>): string {
  return (Object.keys(words) as Kind[])
    .map(kind => ({ kind, count: kinds.filter(candidate => candidate === kind).length }))
    .filter(({ count }) => count > 0)
    .map(({ kind, count }) => `${count} ${words[kind]}`)
    .join(', ');
}

/** Renders the hover cards of generators and their files. */
import { nixSaysOf } from '../../checks/facts/eval/nix-says.ts';
import { storedStates } from '../../checks/facts/store/generated.ts';
import { isCatalogueGenerator } from '../../fleet/catalogue/catalogue.ts';
import type { Generator, GeneratorBody, GeneratorFile } from '../../fleet/model/generators.ts';
import type { ClanGenerator } from '../../fleet/model/services.ts';
import type { Place } from '../../nix/places.ts';
import { isLacking, shortTallyText, tallyOf } from '../../store/vars/tally.ts';
import { dependentsOf } from '../graph/calls.ts';
import type { Snapshot } from '../snapshot.ts';
import { code, fenced, plain } from '../words/markdown.ts';
import type { HoverContext } from './hover-context.ts';
import {
  definedPhrase,
  deployedLocationPhrase,
  filePhrase,
  machinesPhrase,
  placementOf,
  valuePhrase,
} from './hover-words.ts';

/** Returns the card of a generator, or null if the name is not known. */
export function generatorCard(context: HoverContext, name: string): string | null {
  const same = context.index.generators.get(name);
  if (!same) return clanGeneratorCards(context, name);
  return same.map(generator => oneGenerator(context, generator)).join('\n\n---\n\n');
}

/** Returns the card of a generator from a clan-core service, as in the locked version. */
function clanGeneratorCards({ snapshot }: HoverContext, name: string): string | null {
  const clanGenerators = snapshot.fleet.clanGenerators.filter(generator => generator.name === name);
  const cards = clanGenerators.map(generator => clanGeneratorCard(snapshot, generator));
  if (cards.length > 0) return [...new Set(cards)].join('\n\n---\n\n');
  return isCatalogueGenerator(name)
    ? `**${plain(name)}** · generator of one of clan-core's own services`
    : null;
}

function clanGeneratorCard(snapshot: Snapshot, generator: ClanGenerator): string {
  const { name, machines, body: bodyOf, bodyOn } = generator;
  const [only, ...others] = machines ?? [];
  const body = only === undefined || others.length > 0 ? bodyOf() : bodyOn(only);
  const lines = [
    ...body.files.map(file => `- ${code(file.name)} ${filePhrase(file)}`),
    ...detailsOf(body),
    ...(machines === null ? [] : [`- Machines: ${shortList(machines.map(plain))}`]),
    ...nixPhrase(snapshot, generator),
  ];
  const script = body.script?.source?.text;
  return [
    `**${plain(name)}** · generator ${originPhrase(generator)}${sharePhrase(body.share)}`,
    lines.join('\n'),
    ...(script === undefined ? [] : [fenced('bash', script)]),
  ].join('\n\n');
}

function originPhrase({ service, isOfOtherFlake }: ClanGenerator): string {
  if (isOfOtherFlake) return 'of another flake';
  return service === null ? 'of clan-core' : `of clan-core's service ${plain(service)}`;
}

function oneGenerator(context: HoverContext, generator: Generator): string {
  const body = generator.body();
  const placement = placementOf(generator, body);
  const lines = [
    ...body.files.map(
      file =>
        `- ${code(file.name)} ${filePhrase(file)} → ${deployedLocationPhrase(context, placement, file)}`,
    ),
    ...detailsOf(body),
    ...dependentsPhrase(context, generator.name),
    ...ownersPhrase(context, generator),
    ...storedPhrase(context, generator),
    ...nixPhrase(context.snapshot, generator),
  ];
  const parts = [
    `**${plain(generator.name)}** · generator${sharePhrase(body.share)}${conditionPhrase(generator)}`,
  ];
  if (lines.length > 0) parts.push(lines.join('\n'));
  if (body.completeness === 'opaque') parts.push('Its declaration cannot be read without Nix.');
  if (body.completeness === 'partial') parts.push('There may be more files or prompts.');
  parts.push(
    ...definedPhrase(
      context,
      generator.definitions.map(({ at }) => at),
    ),
  );
  return parts.join('\n\n');
}

function detailsOf(body: GeneratorBody): string[] {
  const lines: string[] = [];
  for (const { name, type, description } of body.prompts) {
    const label = description === null || description === name ? '' : ` “${plain(description)}”`;
    lines.push(`- Asks for ${code(name)}${type === null ? '' : ` (${plain(type)})`}${label}`);
  }
  if (body.dependencies.length > 0) {
    lines.push(`- Depends on ${body.dependencies.map(({ value }) => code(value)).join(', ')}`);
  }
  if (body.runtimeInputs.length > 0) lines.push(`- Runs with ${body.runtimeInputs.map(code).join(', ')}`);
  if (body.script && body.script.text === null) lines.push('- Its script cannot be read without Nix');
  if (!body.script && body.completeness === 'full' && body.files.some(({ from }) => from === 'files')) {
    lines.push('- It has no script');
  }
  return lines;
}

/** Returns the card of a generator's file, or of the generator if the file is not known. */
export function fileCard(context: HoverContext, generatorName: string, fileName: string): string | null {
  const same = context.index.generators.get(generatorName) ?? [];
  const cards = same.flatMap(generator => {
    const body = generator.body();
    const file = body.files.find(({ name }) => name === fileName);
    return file ? [oneFile(context, generator, body, file)] : [];
  });
  return cards.length > 0 ? cards.join('\n\n---\n\n') : generatorCard(context, generatorName);
}

function oneFile(
  context: HoverContext,
  generator: Generator,
  body: GeneratorBody,
  file: GeneratorFile,
): string {
  const placement = placementOf(generator, body);
  const lines = [`- ${filePhrase(file)} → ${deployedLocationPhrase(context, placement, file)}`];
  if (file.secret === false) lines.push(`- Value: ${valuePhrase(context, placement, file.name)}`);
  if (file.mode !== null && file.secret !== false) lines.push(`- Mode ${code(file.mode)}`);
  lines.push(...ownersPhrase(context, generator), ...nixPhrase(context.snapshot, generator, file.name));
  const places: readonly Place[] = [file.at];
  return [
    `**${plain(generator.name)}/${plain(file.name)}** · file${sharePhrase(body.share)}`,
    lines.join('\n'),
    ...definedPhrase(context, places),
  ].join('\n\n');
}

/** Lists the dependents of a generator. */
function dependentsPhrase({ snapshot }: HoverContext, name: string): string[] {
  const names = dependentsOf(snapshot, name).map(({ other }) => code(other.name));
  return names.length === 0 ? [] : [`- Needed by ${shortList(names)}`];
}

/** Describes how much is stored, if known, and the machines where it is missing. */
function storedPhrase({ snapshot }: HoverContext, generator: Generator): string[] {
  const states = storedStates(snapshot);
  const placements = states.placements(generator);
  const tally = tallyOf(placements.map(({ state }) => state));
  if (tally.unknown === tally.generators) return [];
  const lacking = placements.flatMap(({ machine, state }) => {
    if (machine !== null) return isLacking(state) ? [plain(machine)] : [];
    // What is shared is stored once, and some of its machines may be unable to decrypt it.
    if (state !== 'unreadable') return [];
    return (generator.machines ?? []).filter(name => states.stateOn(generator, name) === state).map(plain);
  });
  const isAll = lacking.length === tally.generators && (tally.unreadable ?? 0) === 0;
  const where = lacking.length === 0 || isAll ? '' : `: ${shortList(lacking)}`;
  const text = shortTallyText(tally);
  return [`- ${text.charAt(0).toUpperCase()}${text.slice(1)}${where}`];
}

/** Says who vouches for a generator or one of its files, where Nix was asked. */
function nixPhrase(
  { fleet }: Snapshot,
  { name, machines }: Pick<Generator, 'name' | 'machines'>,
  file: string | null = null,
): string[] {
  const says = nixSaysOf(fleet.nix, { generator: name, machine: null, file }, machines ?? []);
  return says === null ? [] : [`- ${plain(says.sentence)}`];
}

const MAX_NAMES = 12;

function shortList(names: readonly string[]): string {
  return names.slice(0, MAX_NAMES).join(', ') + (names.length > MAX_NAMES ? ', …' : '');
}

/** Lists the machines that have it, as far as known. */
function ownersPhrase(context: HoverContext, { machines, machinesComplete }: Generator): string[] {
  if (machines === null) return [];
  const others = machinesComplete || machines.length === 0 ? '' : ', perhaps others';
  return [`- Machines: ${machinesPhrase(context, machines)}${others}`];
}

/** Returns the placement in clan's terms. */
export function sharePhrase(share: boolean | null): string {
  if (share === null) return '';
  return share ? ' · shared' : ' · per machine';
}

function conditionPhrase({ conditional }: Generator): string {
  return conditional ? ' · conditional' : '';
}

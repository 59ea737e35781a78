/**
 * Computes inlay hints for implicit facts about generators and files: that a file is secret, that each machine
 * has its own and, if requested, the path at a use. Facts that the declaration states get no hint. Pure; shows
 * only the path of a secret, never its value.
 */

import type { Generator, GeneratorBody, GeneratorFile } from '../../fleet/model/generators.ts';
import type { Use } from '../../fleet/model/uses.ts';
import type { Place } from '../../nix/places.ts';
import {
  type DeployedLocation,
  deployedLocationOf,
  placementOf,
  publicValues,
} from '../hover/hover-words.ts';
import { type FleetIndex, indexOf } from '../names/fleet-index.ts';
import type { Snapshot } from '../snapshot.ts';
import { shortened } from '../words/markdown.ts';

/** `declarations`: hints at declarations; `all`: also at uses, with paths and public values. */
export type HintLevel = 'off' | 'declarations' | 'all';

export interface InlayHint {
  readonly file: string;
  /** The hint follows the character before this 0-based UTF-16 offset. */
  readonly offset: number;
  readonly label: string;
  /** Plain text, or null if there is none. */
  readonly tooltip: string | null;
}

const MAX_VALUE = 40;

/**
 * Returns the hints of a file.
 *
 * @param range limits them to names that end in it; 0-based UTF-16 offsets, both inclusive
 */
export function inlayHints(
  snapshot: Snapshot,
  file: string,
  range: { readonly start: number; readonly end: number },
  level: HintLevel,
): readonly InlayHint[] {
  if (level === 'off') return [];
  const index = indexOf(snapshot);
  const hints = new Map<number, InlayHint>();
  const add = (at: Place, label: string, tooltip: string | null) => {
    if (at.file !== file || at.end < range.start || at.end > range.end) return;
    const offset = behindQuote(snapshot, at);
    if (!hints.has(offset)) hints.set(offset, { file, offset, label, tooltip });
  };
  for (const { at, subject, role } of index.targetsIn(file)) {
    if (role !== 'declaration') continue;
    if (subject.kind === 'generator') hintGenerator(index, subject.name, at, add);
    else if (subject.kind === 'file') hintFile(snapshot, index, subject, at, add);
  }
  if (level === 'all')
    for (const use of snapshot.fleet.units.get(file)?.uses ?? []) hintUse(snapshot, index, use, add);
  return [...hints.values()].sort((a, b) => a.offset - b.offset);
}

type Add = (at: Place, label: string, tooltip: string | null) => void;

/** Returns the offset after a name, including a closing quote. */
function behindQuote({ files }: Snapshot, at: Place): number {
  return files.text(at.file)?.[at.end] === '"' ? at.end + 1 : at.end;
}

function only(index: FleetIndex, name: string): { generator: Generator; body: GeneratorBody } | null {
  const [generator, ...others] = index.generators.get(name) ?? [];
  if (generator === undefined || others.length > 0) return null;
  const body = generator.body();
  return body.completeness === 'opaque' ? null : { generator, body };
}

function hintGenerator(index: FleetIndex, name: string, at: Place, add: Add): void {
  const onlyGenerator = only(index, name);
  if (onlyGenerator === null) return;
  const { body, generator } = onlyGenerator;
  if (body.share === null || isWritten(body, 'generator', null, 'share')) return;
  // If a function creates them, one place declares many.
  if (
    !generator.definitions.some(
      definition => definition.at.file === at.file && definition.at.start === at.start,
    )
  )
    return;
  add(
    at,
    body.share ? 'shared' : 'per machine',
    body.share
      ? 'All machines have the same values.'
      : 'Each machine has its own values: `share` is not set.',
  );
}

function isWritten(
  body: GeneratorBody,
  of: 'generator' | 'file',
  owner: string | null,
  option: string,
): boolean {
  return body
    .options()
    .some(
      writtenOption =>
        writtenOption.of === of && writtenOption.owner === owner && writtenOption.name === option,
    );
}

function hintFile(
  snapshot: Snapshot,
  index: FleetIndex,
  { generator: owner, file: name }: { readonly generator: string; readonly file: string },
  at: Place,
  add: Add,
): void {
  const generator = only(index, owner);
  const file = generator?.body.files.find(generatorFile => generatorFile.name === name);
  if (!generator || file === undefined || file.secret === null || file.from === 'prompt') return;
  if (file.at.file !== at.file || file.at.start !== at.start) return;
  if (isWritten(generator.body, 'file', name, 'secret')) return;
  const lying = deployedLocationOf(snapshot, placementOf(generator.generator, generator.body), file);
  add(at, file.secret ? 'secret' : 'public', whereWords(file, lying));
}

function whereWords(file: GeneratorFile, lying: DeployedLocation): string {
  if (lying === 'nowhere') return 'It is not deployed to any machine.';
  if (lying === 'elsewhere') return 'Its location on a machine depends on the store.';
  return file.secret === false ? `Its value is kept in ${lying.path}.` : `On a machine it is ${lying.path}.`;
}

function hintUse(snapshot: Snapshot, index: FleetIndex, use: Use, add: Add): void {
  const { generator: name, generatorKind, fileName, fileKind, attribute, attributeAt } = use;
  if (attributeAt === null || fileName === null || generatorKind === 'pattern' || fileKind === 'pattern')
    return;
  const generator = only(index, name);
  const file = generator?.body.files.find(generatorFile => generatorFile.name === fileName);
  if (!generator || file === undefined || generator.body.share === null) return;
  const placement = placementOf(generator.generator, generator.body);
  if (attribute === 'path' && file.secret === true) {
    const lying = deployedLocationOf(snapshot, placement, file);
    if (typeof lying === 'object') add(attributeAt, lying.path, 'Where the file is on the machine.');
  }
  if (attribute !== 'value' || file.secret !== false) return;
  const [value, ...others] = publicValues(snapshot, placement, fileName).keys();
  if (value !== undefined && others.length === 0)
    add(attributeAt, `= ${shortened(value.trim().replace(/\s+/g, ' '), MAX_VALUE)}`, null);
}

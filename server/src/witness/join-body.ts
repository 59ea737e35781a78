/**
 * The body of a generator with what Nix says of it put in: on the machine that Nix was asked about, nothing of it is unknown but what
 * Nix could not say. What was read keeps its places.
 */

import type {
  GeneratorBody,
  GeneratorFile,
  GeneratorPrompt,
  GeneratorScript,
  ScriptSegment,
} from '../fleet/model/generators.ts';
import type { NixFile, NixGenerator } from '../fleet/model/nix-answer.ts';
import type { Known, Place } from '../nix/places.ts';
import { uniqueBy } from '../std.ts';
import { filledHoles } from './script-holes.ts';

/** @param at where the generator is declared, for what stands nowhere else */
export function joinedBody(body: GeneratorBody, nix: NixGenerator, at: Place): GeneratorBody {
  const files =
    nix.files === null ? body.files : [...nix.files].map(([name, file]) => fileOf(name, file, body, at));
  const prompts = nix.prompts === null ? body.prompts : promptsOf(body, nix.prompts, at);
  const complete = {
    files: nix.files !== null || body.complete.files,
    prompts: nix.prompts !== null || body.complete.prompts,
    dependencies: nix.dependencies !== null || body.complete.dependencies,
    packages: nix.runtimeInputs !== null || body.complete.packages,
  };
  const packages = packagesOf(body, nix.runtimeInputs, at);
  const script = scriptOf(body.script, nix.script, at);
  const isFull = Object.values(complete).every(Boolean) && script?.text !== null;
  return {
    ...body,
    completeness: isFull ? 'full' : body.completeness === 'opaque' ? 'partial' : body.completeness,
    share: nix.share ?? body.share,
    ...{ files, prompts, packages, complete, script },
    dependencies:
      nix.dependencies === null
        ? body.dependencies
        : nix.dependencies.map(value => knownIn(body.dependencies, value, at)),
    runtimeInputs: packages.map(({ value }) => value),
    validation: nix.validation === undefined ? body.validation : (nix.validation ?? undefined),
    asksMachine: false,
  };
}

/**
 * Returns a body in which an older answer of Nix fills what is not known. It says nothing about what there is, since edits may have
 * changed that.
 */
export function filledBody(body: GeneratorBody, older: NixGenerator): GeneratorBody {
  return {
    ...body,
    share: body.share ?? older.share,
    files: body.files.map(file => withUnknownsOf(file, older.files?.get(file.name), FILE_VALUES)),
    prompts: body.prompts.map(prompt =>
      withUnknownsOf(prompt, older.prompts?.get(prompt.name), PROMPT_VALUES),
    ),
    validation: body.validation === null ? (older.validation ?? null) : body.validation,
  };
}

const FILE_VALUES = ['secret', 'deploy', 'owner', 'mode', 'neededFor'] as const;
const PROMPT_VALUES = ['type', 'description', 'persist'] as const;

/** Returns the item with values for what is null in it. */
function withUnknownsOf<T, K extends keyof T>(
  item: T,
  older: { readonly [Name in K]: unknown } | undefined,
  values: readonly K[],
): T {
  const filled = values.filter(value => item[value] === null && older !== undefined && older[value] !== null);
  return { ...item, ...Object.fromEntries(filled.map(value => [value, older?.[value]])) };
}

function knownIn(read: readonly Known<string>[], value: string, at: Place): Known<string> {
  return read.find(candidate => candidate.value === value) ?? { value, at };
}

function fileOf(name: string, nix: NixFile, { files }: GeneratorBody, at: Place): GeneratorFile {
  const read = files.find(file => file.name === name && file.nameKind !== 'pattern');
  return {
    name,
    nameKind: read?.nameKind ?? 'resolved',
    secret: nix.secret ?? read?.secret ?? null,
    deploy: nix.deploy ?? read?.deploy ?? null,
    owner: nix.owner ?? read?.owner ?? null,
    group: nix.group ?? read?.group ?? null,
    hasDefaultGroup: nix.group === null && read?.hasDefaultGroup === true,
    mode: nix.mode ?? read?.mode ?? null,
    neededFor: nix.neededFor ?? read?.neededFor ?? null,
    from: read?.from ?? 'files',
    conditional: false,
    at: read?.at ?? at,
  };
}

function promptsOf(
  { prompts }: GeneratorBody,
  nix: NonNullable<NixGenerator['prompts']>,
  at: Place,
): readonly GeneratorPrompt[] {
  return [...nix].map(([name, prompt]) => {
    const read = prompts.find(candidate => candidate.name === name);
    return {
      name,
      type: prompt.type ?? read?.type ?? null,
      description: prompt.description ?? read?.description ?? null,
      persist: prompt.persist ?? read?.persist ?? null,
      at: read?.at ?? at,
    };
  });
}

/** Returns the packages: as read if all of them were, since attributes of nixpkgs say more than the names that Nix has. */
function packagesOf(
  { packages, complete }: GeneratorBody,
  nix: readonly string[] | null,
  at: Place,
): readonly Known<string>[] {
  if (nix === null || (complete.packages && packages.length === nix.length)) return packages;
  return nix.map(
    name => packages.find(({ value }) => value === name || value.endsWith(`.${name}`)) ?? { value: name, at },
  );
}

function scriptOf(read: GeneratorScript | null, nix: string | null, at: Place): GeneratorScript | null {
  // A script that fails is a script all the same.
  if (nix === null) return read ?? { text: null, source: null, at, file: null };
  if (read === null && nix === '') return null;
  return { ...joinedScript(read, nix, at), evaluated: nix };
}

function joinedScript(read: GeneratorScript | null, nix: string, at: Place): GeneratorScript {
  if (read?.text == null || read.source === null)
    return { ...wholeScript(nix, read?.at ?? at), file: read?.file ?? null };
  const filled = filledHoles(read.source, nix);
  // The texts do not match, so Nix is right.
  if (filled === null) return { ...wholeScript(nix, read.at), file: null };
  return filled.text === read.text ? read : { ...read, text: filled.text, source: filled };
}

function wholeScript(text: string, at: Place): Omit<GeneratorScript, 'file'> {
  const segments: readonly ScriptSegment[] = [
    { start: 0, end: text.length, literal: null, map: [], from: 0, path: null },
  ];
  return { text, source: { text, holes: [], segments }, at };
}

/** A body of which nothing is known. */
export const OPAQUE: GeneratorBody = {
  ...{
    completeness: 'opaque',
    share: null,
    files: [],
    prompts: [],
    dependencies: [],
    runtimeInputs: [],
    packages: [],
  },
  complete: { files: false, prompts: false, dependencies: false, packages: false },
  options: () => [],
  ...{ script: null, validation: null, asksMachine: true },
};

/** Returns the common body of several machines: values that differ are unknown, and names are those of any machine. */
export function agreedBody(bodies: readonly GeneratorBody[]): GeneratorBody {
  const [first = OPAQUE, ...others] = bodies;
  const text = JSON.stringify(first);
  if (others.every(body => JSON.stringify(body) === text)) return first;
  const agreed = <T>(of: (body: GeneratorBody) => T): T | null =>
    bodies.every(body => JSON.stringify(of(body)) === JSON.stringify(of(first))) ? of(first) : null;
  const complete = bodies.every(({ completeness }) => completeness === 'full');
  return {
    ...first,
    completeness: complete ? 'full' : 'partial',
    share: agreed(({ share }) => share),
    files: agreedItems(
      bodies.map(({ files }) => files),
      ['secret', 'deploy', 'owner', 'group', 'mode', 'neededFor'],
    ).map(file => ({
      ...file,
      conditional: !bodies.every(({ files }) => files.some(({ name }) => name === file.name)),
    })),
    prompts: agreedItems(
      bodies.map(({ prompts }) => prompts),
      ['type', 'description', 'persist'],
    ),
    dependencies: uniqueBy(
      bodies.flatMap(({ dependencies }) => dependencies),
      ({ value }) => value,
    ),
    packages: uniqueBy(
      bodies.flatMap(({ packages }) => packages),
      ({ value }) => value,
    ),
    runtimeInputs: [...new Set(bodies.flatMap(({ runtimeInputs }) => runtimeInputs))],
    script: agreed(({ script }) => script) ?? (first.script && { ...first.script, text: null, source: null }),
    validation: agreed(({ validation }) => validation),
  };
}

function agreedItems<T extends { readonly name: string }, K extends keyof T>(
  lists: readonly (readonly T[])[],
  values: readonly K[],
): readonly T[] {
  return uniqueBy(lists.flat(), ({ name }) => name).map(item => {
    const same = lists.flatMap(list => list.filter(({ name }) => name === item.name));
    const differing = values.filter(value => same.some(other => other[value] !== item[value]));
    return { ...item, ...Object.fromEntries(differing.map(value => [value, null])) };
  });
}

/**
 * Builds the body of a generator that clan-core adds from its body in the catalogue: fills names and settings into the
 * holes, and leaves unknown ones as clan-core writes them. Knows nothing of inventories.
 */

import type { Setting } from '../../modules/settings.ts';
import { settingAt } from '../../modules/settings.ts';
import type { Place } from '../../nix/places.ts';
import type {
  GeneratorBody,
  GeneratorFile,
  GeneratorPrompt,
  GeneratorScript,
  ScriptSegment,
  WrittenOption,
} from '../model/generators.ts';
import type { ClanGenerator } from '../model/services.ts';
import type { CatalogueBody } from './catalogue-bodies.ts';
import { filled, type Holes, isFilled } from './catalogue-names.ts';

/** The Nix expressions that replace holes without a value. */
const EXPRESSIONS: Readonly<Record<string, string>> = {
  inst: 'instanceName',
  machine: 'machine.name',
  controller: 'controllerName',
  'clan-domain': 'config.clan.core.settings.domain',
  stateVersion: 'config.system.stateVersion',
  hosts: 'lib.concatStringsSep "," hosts',
  'hosts-and-clan': 'lib.concatStringsSep "," hosts',
  'sorted-hosts': 'lib.concatStringsSep "," hosts',
  'sorted-hosts-and-clan': 'lib.concatStringsSep "," hosts',
  tlds: 'lib.concatStringsSep "," settings.tlds',
  'zone-content': 'zoneContent',
};

const HOLE = /<([\w-]+|pkgs\.[\w.-]+|\.\/[\w.-]+)>/g;
/** Matches the names of holes; other text in angle brackets is Bash or a pattern. */
const IS_HOLE = new RegExp(
  `^(?:${[...Object.keys(EXPRESSIONS), 'user', 'network', 'provider', 'domain', 'endpoint', 'domains', 'domains-and-clan'].join('|')}|pkgs\\..*|\\./.*)$`,
);

/** The values that fill in a body. */
export interface BodyValues {
  readonly holes: Holes;
  /** The place that adds the generator; all parts of the body get it. */
  readonly at: Place;
  readonly share: boolean | null;
  /** Maps the files whose secrecy depends on settings to whether they are secret. */
  readonly secrets: ReadonlyMap<string, boolean | null>;
}

/** Returns the body that the settings select; null if they do not decide it. */
export function chosenBody(cases: readonly CatalogueBody[], settings: Setting | null): CatalogueBody | null {
  for (const body of cases) {
    const answers = Object.entries(body.when ?? {}).map(([path, value]) => is(settings, path, value));
    if (answers.every(answer => answer === true)) return body;
    if (!answers.includes(false)) return null;
  }
  return null;
}

function is(settings: Setting | null, path: string, value: boolean | string): boolean | null {
  const setting = settings === null ? null : settingAt(settings, path.split('.'));
  if (setting === undefined) return false;
  return setting?.kind === 'plain' ? setting.value === value : null;
}

export function clanGeneratorBody(body: CatalogueBody, filling: BodyValues): GeneratorBody {
  const { holes, at } = filling;
  const files = body.files.map(file => fileOf(file, body, filling));
  const packages = (body.runtimeInputs ?? []).map(name => ({ value: packageName(name), at }));
  const isMade = packages.some(({ value }) => value.startsWith('('));
  const complete = {
    files: files.every(file => file.nameKind !== 'pattern'),
    prompts: true,
    dependencies: true,
    packages: body.runtimeInputs !== null && !isMade,
  };
  const script = body.script === undefined ? null : scriptOf(body.script, holes, at);
  const validation = body.validation === undefined ? undefined : dataOf(body.validation, holes);
  const isFull = Object.values(complete).every(Boolean) && script?.text !== null;
  return {
    completeness: isFull ? 'full' : 'partial',
    share: filling.share,
    files,
    prompts: (body.prompts ?? []).map(
      (prompt): GeneratorPrompt => ({
        name: filled(prompt.name, holes),
        type: prompt.type ?? 'hidden',
        persist: prompt.persist ?? false,
        description: prompt.description === undefined ? null : filled(prompt.description, holes),
        at,
      }),
    ),
    dependencies: (body.dependencies ?? []).map(name => ({ value: filled(name, holes), at })),
    runtimeInputs: packages.map(({ value }) => value),
    packages,
    complete,
    options: () => optionsOf(body, validation, filling),
    script,
    validation,
    asksMachine: false,
  };
}

/** Returns a body with only the names of files and prompts, for an unknown version of clan-core. */
export function namesOnly(
  {
    files,
    prompts,
    dependencies,
    share,
  }: Pick<ClanGenerator, 'files' | 'prompts' | 'dependencies' | 'share'>,
  at: Place,
): GeneratorBody {
  return {
    completeness: 'partial',
    share,
    files: files.map(
      (file): GeneratorFile => ({
        name: file.name,
        nameKind: file.name.includes('${') ? 'pattern' : 'resolved',
        secret: file.secret,
        deploy: file.deploy,
        owner: null,
        group: null,
        hasDefaultGroup: false,
        mode: null,
        neededFor: file.neededFor,
        from: 'files',
        conditional: !file.certain,
        at,
      }),
    ),
    prompts: prompts.map(name => ({ name, type: null, description: null, persist: null, at })),
    dependencies: dependencies.map(value => ({ value, at })),
    runtimeInputs: [],
    packages: [],
    complete: { files: false, prompts: false, dependencies: false, packages: false },
    options: () => [],
    script: { text: null, source: null, file: null, at },
    validation: null,
    asksMachine: false,
  };
}

function fileOf(
  file: CatalogueBody['files'][number],
  { prompts = [] }: CatalogueBody,
  { holes, at, secrets }: BodyValues,
): GeneratorFile {
  const name = filled(file.name, holes);
  const isOfPrompt =
    Object.keys(file).length === 1 &&
    prompts.some(prompt => prompt.persist === true && prompt.name === file.name);
  return {
    name,
    nameKind: isFilled(file.name, holes) ? 'resolved' : 'pattern',
    secret: secrets.has(name) ? (secrets.get(name) ?? null) : (file.secret ?? true),
    deploy: file.deploy ?? true,
    owner: file.owner === undefined ? 'root' : file.owner,
    group: file.group ?? null,
    hasDefaultGroup: file.group === undefined,
    mode: file.mode ?? '0400',
    neededFor: file.neededFor ?? 'services',
    from: isOfPrompt ? 'prompt' : 'files',
    conditional: false,
    at,
  };
}

/** Writes out a package that clan-core makes with `callPackage`, which the catalogue has as a name in parentheses. */
function packageName(name: string): string {
  return name.startsWith('(') ? `(pkgs.${name.slice(1, -1)} …)` : name;
}

function scriptOf(template: string | null, holes: Holes, at: Place): GeneratorScript {
  if (template === null) return { text: null, source: null, file: null, at };
  const open: { start: number; end: number }[] = [];
  const segments: ScriptSegment[] = [];
  let text = '';
  const add = (piece: string, isHole: boolean) => {
    if (piece === '') return;
    const [start, end] = [text.length, text.length + piece.length];
    if (isHole) open.push({ start, end });
    segments.push({ start, end, literal: null, map: [], from: isHole ? null : 0, path: null });
    text += piece;
  };
  let from = 0;
  for (const { 0: written, 1: name = '', index } of template.matchAll(HOLE)) {
    if (!IS_HOLE.test(name)) continue;
    add(template.slice(from, index), false);
    const value = holes.get(name);
    if (value !== undefined) add(value, false);
    else add(`\${${expressionOf(name)}}`, true);
    from = index + written.length;
  }
  add(template.slice(from), false);
  return { text, source: { text, holes: open, segments }, file: null, at };
}

function expressionOf(name: string): string {
  return EXPRESSIONS[name] ?? (/^(pkgs\.|\.\/)/.test(name) ? name : `settings.${name}`);
}

/** Fills the holes of plain data; returns null if one of them is unknown. */
function dataOf(template: unknown, holes: Holes): unknown {
  if (typeof template === 'string') {
    if (/^<domains(-and-clan)?>$/.test(template)) return domainsOf(holes.get(template.slice(1, -1)));
    return isFilled(template, holes) ? filled(template, holes) : null;
  }
  if (typeof template !== 'object' || template === null) return template;
  const entries = Object.entries(template).map(([name, value]) => [name, dataOf(value, holes)] as const);
  return entries.some(([, value]) => value === null) ? null : Object.fromEntries(entries);
}

/** Maps each domain to itself, as `lib.genAttrs domains lib.id` does. */
function domainsOf(list: string | undefined): unknown {
  return list === undefined
    ? null
    : Object.fromEntries(
        list
          .split(',')
          .filter(Boolean)
          .map(name => [name, name]),
      );
}

/** Returns the options outside of the body that a plan needs: `display` of prompts and `validation`. */
function optionsOf(
  { prompts = [] }: CatalogueBody,
  validation: unknown,
  { holes, at }: BodyValues,
): WrittenOption[] {
  const shared = { at, valueAt: at, conditional: false, priority: 100 };
  const plain = (value: boolean): Setting => ({ kind: 'plain', value });
  const displays = prompts.map((prompt): WrittenOption => {
    const entries = new Map([['required', plain(prompt.required ?? true)]]);
    const value: Setting = { kind: 'set', entries, complete: true };
    return {
      of: 'prompt',
      owner: filled(prompt.name, holes),
      name: 'display',
      kind: 'attrs',
      value,
      ...shared,
    };
  });
  if (validation === undefined) return displays;
  const value: Setting =
    validation === null
      ? { kind: 'unknown', reason: "it depends on clan-core's settings" }
      : settingOf(validation);
  return [...displays, { of: 'generator', owner: null, name: 'validation', kind: 'attrs', value, ...shared }];
}

function settingOf(value: unknown): Setting {
  if (typeof value !== 'object' || value === null)
    return { kind: 'plain', value: value as boolean | number | string | null };
  const entries = new Map(Object.entries(value).map(([name, inner]) => [name, settingOf(inner)] as const));
  return { kind: 'set', entries, complete: true };
}

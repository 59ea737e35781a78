/**
 * Instantiates entries of the catalogue for the machines and instances that add them, with the body of the locked
 * version of clan-core, and joins machines whose generators are equal.
 */

import type { Setting } from '../../modules/settings.ts';
import { settingAt } from '../../modules/settings.ts';
import type { Place } from '../../nix/places.ts';
import { once, sortedUnique, uniqueBy } from '../../std.ts';
import type { GeneratorBody } from '../model/generators.ts';
import type { ClanGenerator, ClanGeneratorFile, Instance } from '../model/services.ts';
import { bodiesOf, type CatalogueBody } from './catalogue-bodies.ts';
import type { CatalogueFile, CatalogueGenerator } from './catalogue-data.ts';
import { filled, type Holes, isFilled } from './catalogue-names.ts';
import type { LockedClanCore } from './locked-clan-core.ts';
import { chosenBody, clanGeneratorBody, namesOnly } from './render-body.ts';

/** The source that adds a generator of the catalogue. Null means unknown. */
export interface CatalogueSource {
  readonly instance: Instance | null;
  readonly holes: Holes;
  readonly machine: string | null;
  /** Holes whose values are the machine's own options. */
  readonly values?: Holes;
  readonly settings: Setting | null;
  readonly certain: boolean;
  /** False if the source may add the generator to machines that are not known. */
  readonly machinesComplete: boolean;
  readonly at: Place;
}

/** A generator, with a key that is equal for generators to be joined. */
interface RenderedGenerator {
  readonly generator: ClanGenerator;
  readonly key: string;
}

/** Instantiates an entry; returns null if the locked clan-core does not have the generator. */
function render(
  entry: CatalogueGenerator,
  occasion: CatalogueSource,
  locked: LockedClanCore | null,
): RenderedGenerator | null {
  const { instance, holes, machine, values = NO_HOLES, settings, certain, machinesComplete, at } = occasion;
  const cases = bodiesOf(entry, locked);
  if (cases?.length === 0 || !isOfVersion(entry, cases, locked)) return null;
  const files = entry.files.flatMap(file => fileOf(file, holes, settings));
  const share = shareOf(entry, settings);
  const named = {
    files,
    prompts: entry.prompts.map(prompt => filled(prompt, holes)),
    dependencies: entry.dependencies.map(dependency => filled(dependency, holes)),
    share,
  };
  const chosen = cases === null ? null : chosenBody(cases, settings);
  const bySetting = entry.files.filter(({ secretBy }) => secretBy !== undefined);
  const secrets = new Map(
    bySetting.flatMap(file => fileOf(file, holes, settings)).map(file => [file.name, file.secret]),
  );
  const filledWith = (all: Holes) =>
    chosen === null
      ? namesOnly(named, at)
      : clanGeneratorBody(chosen, { holes: all, at, share: share ?? chosen.share ?? null, secrets });
  // A generator that is named after its machine exists on that machine only.
  const common = entry.name.includes('<machine>') ? textHoles(holes) : textHoles(without(holes, 'machine'));
  const body = once(() => filledWith(common));
  const onMachines = new Map<string, GeneratorBody>();
  const generator: ClanGenerator = {
    name: filled(entry.name, holes),
    isPattern: !isFilled(entry.name, holes),
    machines: machine === null ? null : [machine],
    // Other versions may give it to members of other roles.
    machinesComplete: machinesComplete && cases !== null,
    certain,
    ...named,
    ...(chosen === null ? {} : namesOf(body())),
    service: entry.service,
    instance,
    body,
    bodyOn(name) {
      let onMachine = onMachines.get(name);
      if (onMachine === undefined) {
        onMachine = filledWith(textHoles(new Map([...holes, ...values, ['machine', name]])));
        onMachines.set(name, onMachine);
      }
      return onMachine;
    },
  };
  const chosenIndex = cases === null || chosen === null ? -1 : cases.indexOf(chosen);
  const { name, dependencies, prompts } = generator;
  const facts = [name, certain, share, generator.files, entry.service, instance?.name, dependencies, prompts];
  return { generator, key: JSON.stringify([facts, machine === null, chosenIndex, [...common]]) };
}

/** Returns whether the locked version is known to have a generator, if that is one that the newest no longer has. */
function isOfVersion(
  { former }: CatalogueGenerator,
  cases: readonly CatalogueBody[] | null,
  locked: LockedClanCore | null,
): boolean {
  return former === undefined || (cases !== null && locked !== null && locked.from >= former.since);
}

const NO_HOLES: Holes = new Map();

function namesOf(body: GeneratorBody): Pick<ClanGenerator, 'files' | 'prompts' | 'dependencies'> {
  return {
    files: body.files.map(({ name, secret, deploy, neededFor }) => ({
      ...{ name, secret, deploy: deploy ?? true, neededFor: neededFor ?? 'services', certain: true },
    })),
    prompts: body.prompts.map(({ name }) => name),
    dependencies: body.dependencies.map(({ value }) => value),
  };
}

function without(holes: Holes, name: string): Holes {
  return new Map([...holes].filter(([hole]) => hole !== name));
}

/**
 * Adds the holes that are derived from others: the domains with the clan's own, and the machine's host names in them.
 */
function textHoles(holes: Holes): Holes {
  const [machine, clan, domains] = [holes.get('machine'), holes.get('clan-domain'), holes.get('domains')];
  if (domains === undefined) return holes;
  const listed = domains.split(',').filter(Boolean);
  const all = new Map(holes);
  const put = (list: readonly string[], suffix: string) => {
    all.set(`domains${suffix}`, list.join(','));
    if (machine === undefined) return;
    const hosts = (names: readonly string[]) => names.map(domain => `${machine}.${domain}`).join(',');
    all.set(`hosts${suffix}`, hosts(list));
    all.set(`sorted-hosts${suffix}`, hosts(sortedUnique(list)));
  };
  put(listed, '');
  if (clan !== undefined)
    put(
      uniqueBy([clan, ...listed], domain => domain),
      '-and-clan',
    );
  return all;
}

/** Returns the domains in which a service names the machine, as the holes of texts. */
export function domainHoles({ domains }: CatalogueGenerator, settings: Setting): Holes {
  if (domains === undefined) return new Map();
  const setting = settingAt(settings, domains.split('.'));
  if (setting === null || (setting?.kind !== 'list' && setting !== undefined)) return new Map();
  const texts = (setting?.items ?? []).map(textOf);
  const literals = texts.filter(text => text !== null);
  const isWhole = setting?.complete !== false && literals.length === texts.length;
  return new Map(
    isWhole && new Set(literals).size === literals.length ? [['domains', literals.join(',')]] : [],
  );
}

export function textOf(setting: Setting | null): string | null {
  return setting?.kind === 'plain' && typeof setting.value === 'string' ? setting.value : null;
}

/** Returns whether a setting is true or a non-empty list; null if unknown. */
export function isTrue(settings: Setting, path: string, fallback: boolean): boolean | null {
  const setting = settingAt(settings, path.split('.'));
  if (setting === undefined) return fallback;
  if (setting?.kind === 'plain' && typeof setting.value === 'boolean') return setting.value;
  if (setting?.kind === 'list') return setting.items.length > 0 ? true : setting.complete ? false : null;
  return null;
}

function shareOf({ share }: CatalogueGenerator, settings: Setting | null): boolean | null {
  if (typeof share === 'boolean') return share;
  return settings === null ? null : isTrue(settings, share.setting, share.default);
}

function fileOf(file: CatalogueFile, holes: Holes, settings: Setting | null): ClanGeneratorFile[] {
  let certain = true;
  if (file.unless !== undefined) {
    const setting = settings === null ? null : settingAt(settings, [file.unless.setting]);
    if (setting !== undefined && textOf(setting) === null) certain = false;
    if (setting !== undefined && textOf(setting) === file.unless.is) return [];
  }
  const { secretBy } = file;
  const secret =
    secretBy === undefined ? file.secret : settings === null ? null : isTrue(settings, secretBy, file.secret);
  return [
    { name: filled(file.name, holes), secret, deploy: file.deploy, neededFor: file.neededFor, certain },
  ];
}

/** Generators with the same key. */
interface Group {
  readonly first: ClanGenerator;
  readonly machines: Set<string>;
  /** The generators with values of a machine's own options, by machine. */
  readonly own: Map<string, ClanGenerator>;
}

/** Collects generators and joins those that several machines have alike. */
export function createCollector(locked: LockedClanCore | null): {
  add(entry: CatalogueGenerator, occasion: CatalogueSource): void;
  all(): readonly ClanGenerator[];
} {
  const groups = new Map<string, Group>();
  return {
    add(entry, occasion) {
      const rendered = render(entry, occasion, locked);
      if (rendered === null) return;
      const { generator, key } = rendered;
      const group = groups.get(key);
      if (group === undefined)
        groups.set(key, { first: generator, machines: new Set(generator.machines), own: new Map() });
      else for (const machine of generator.machines ?? []) group.machines.add(machine);
      if (occasion.machine !== null && occasion.values !== undefined)
        groups.get(key)?.own.set(occasion.machine, generator);
    },
    all: () =>
      [...groups.values()].map(({ first, machines, own }) => ({
        ...first,
        machines: first.machines && [...machines],
        bodyOn: machine => (own.get(machine) ?? first).bodyOn(machine),
      })),
  };
}

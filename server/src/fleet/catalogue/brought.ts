/**
 * What an entry of the catalogue is where it is brought: its names, its files, and its body in the version of clan-core that the flake
 * has locked. Machines that have it alike are joined.
 */

import type { Setting } from '../../modules/settings.ts';
import { settingAt } from '../../modules/settings.ts';
import type { Place } from '../../nix/places.ts';
import { once, sortedUnique, uniqueBy } from '../../std.ts';
import type { GeneratorBody } from '../model/generators.ts';
import type { BroughtFile, BroughtGenerator, Instance } from '../model/services.ts';
import { broughtBody, chosenBody, namesOnly } from './brought-body.ts';
import { bodiesOf } from './catalogue-bodies.ts';
import type { CatalogueFile, CatalogueGenerator } from './catalogue-data.ts';
import { filled, type Holes, isFilled } from './catalogue-names.ts';
import type { LockedClanCore } from './locked-clan-core.ts';

/** What brings a generator of the catalogue; `null` is not known. */
export interface Occasion {
  readonly instance: Instance | null;
  readonly holes: Holes;
  readonly machine: string | null;
  readonly settings: Setting | null;
  readonly certain: boolean;
  readonly at: Place;
}

/** A generator with what tells it apart from others of its name. */
interface Rendered {
  readonly generator: BroughtGenerator;
  readonly key: string;
}

/** Returns the generator with the names that it has there; null where the locked clan-core has none of it. */
function render(
  entry: CatalogueGenerator,
  occasion: Occasion,
  locked: LockedClanCore | null,
): Rendered | null {
  const { instance, holes, machine, settings, certain, at } = occasion;
  const cases = bodiesOf(entry, locked);
  if (cases?.length === 0) return null;
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
      : broughtBody(chosen, { holes: all, at, share: share ?? chosen.share ?? null, secrets });
  // What is named after its machine is of no other.
  const common = entry.name.includes('<machine>') ? textHoles(holes) : textHoles(without(holes, 'machine'));
  const body = once(() => filledWith(common));
  const onMachines = new Map<string, GeneratorBody>();
  const generator: BroughtGenerator = {
    name: filled(entry.name, holes),
    isPattern: !isFilled(entry.name, holes),
    machines: machine === null ? null : [machine],
    machinesComplete: false,
    certain,
    ...named,
    ...(chosen === null ? {} : namesOf(body())),
    service: entry.service,
    instance,
    body,
    bodyOn(name) {
      let known = onMachines.get(name);
      if (known === undefined) {
        known = filledWith(textHoles(new Map([...holes, ['machine', name]])));
        onMachines.set(name, known);
      }
      return known;
    },
  };
  const chosenIndex = cases === null || chosen === null ? -1 : cases.indexOf(chosen);
  const { name, dependencies, prompts } = generator;
  const facts = [name, certain, share, generator.files, entry.service, instance?.name, dependencies, prompts];
  return { generator, key: JSON.stringify([facts, machine === null, chosenIndex, [...common]]) };
}

function namesOf(body: GeneratorBody): Pick<BroughtGenerator, 'files' | 'prompts' | 'dependencies'> {
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

/** Adds the holes that are made of others: the domains with the clan's, and the names of a machine in them. */
function textHoles(holes: Holes): Holes {
  const [machine, clan, domains] = [holes.get('machine'), holes.get('clan-domain'), holes.get('domains')];
  if (domains === undefined) return holes;
  const own = domains.split(',').filter(Boolean);
  const all = new Map(holes);
  const put = (list: readonly string[], suffix: string) => {
    all.set(`domains${suffix}`, list.join(','));
    if (machine === undefined) return;
    const hosts = (names: readonly string[]) => names.map(domain => `${machine}.${domain}`).join(',');
    all.set(`hosts${suffix}`, hosts(list));
    all.set(`sorted-hosts${suffix}`, hosts(sortedUnique(list)));
  };
  put(own, '');
  if (clan !== undefined)
    put(
      uniqueBy([clan, ...own], domain => domain),
      '-and-clan',
    );
  return all;
}

/** Returns the domains that a service makes names of the machine for, as the holes of texts. */
export function domainHoles({ domains }: CatalogueGenerator, settings: Setting): Holes {
  if (domains === undefined) return new Map();
  const setting = settingAt(settings, domains.split('.'));
  if (setting === null || (setting?.kind !== 'list' && setting !== undefined)) return new Map();
  const texts = (setting?.items ?? []).map(textOf);
  const known = texts.filter(text => text !== null);
  const isWhole = setting?.complete !== false && known.length === texts.length;
  return new Map(isWhole && new Set(known).size === known.length ? [['domains', known.join(',')]] : []);
}

export function textOf(setting: Setting | null): string | null {
  return setting?.kind === 'plain' && typeof setting.value === 'string' ? setting.value : null;
}

/** Returns whether the setting is true, or a list that has something in it, or `null` if that is not known. */
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

function fileOf(file: CatalogueFile, holes: Holes, settings: Setting | null): BroughtFile[] {
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

/** Joins what several machines have alike. */
export function createCollector(locked: LockedClanCore | null): {
  add(entry: CatalogueGenerator, occasion: Occasion): void;
  all(): readonly BroughtGenerator[];
} {
  const found = new Map<string, { readonly first: BroughtGenerator; readonly machines: Set<string> }>();
  return {
    add(entry, occasion) {
      const rendered = render(entry, occasion, locked);
      if (rendered === null) return;
      const { generator, key } = rendered;
      const known = found.get(key);
      if (known === undefined) found.set(key, { first: generator, machines: new Set(generator.machines) });
      else for (const machine of generator.machines ?? []) known.machines.add(machine);
    },
    all: () =>
      [...found.values()].map(({ first, machines }) => ({
        ...first,
        machines: first.machines && [...machines],
      })),
  };
}

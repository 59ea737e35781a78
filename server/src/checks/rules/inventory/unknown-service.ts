/** inventory/unknown-service: the service module of an instance does not exist in its input. */

import { attributeText, indentOf, insertBelow, stringText } from '../../../edits/edits.ts';
import { bindingAround } from '../../../edits/locate.ts';
import { didYouMean, suggest } from '../../../edits/suggest.ts';
import type { Sources } from '../../../edits/text-edit.ts';
import { flakeInputs } from '../../../flake/flake-inputs.ts';
import { FORMER_SERVICES, SERVICES } from '../../../fleet/catalogue/catalogue-services.ts';
import type { Instance } from '../../../fleet/model/services.ts';
import type { Place } from '../../../nix/places.ts';
import { placeIdentity } from '../../../nix/places.ts';
import type { SourceFile } from '../../../nix/source.ts';
import { sortedUnique } from '../../../std.ts';
import {
  hasServiceOfClanCore,
  isCatalogued,
  isOtherClanCore,
  lockedFrom,
} from '../../facts/inventory/clan-core-version.ts';
import { certainInstances, isDeployed, replacement } from '../../facts/inventory/named-in-roles.ts';
import type { CheckContext, Fix, Report, Rule, Severity } from '../../rule.ts';

export const unknownService: Rule = {
  id: 'inventory/unknown-service',
  severity: 'error',
  summary: 'An instance of a service that does not exist',
  documentation: `\
Clan looks for the service module of an instance under \`module.name\`, which is the instance's own name unless it is
set: in clan-core where \`module.input\` is not set, in the \`clan.modules\` of this flake where it is \`"self"\`, and in
those of a flake input otherwise. There is no such module, or no such input, and evaluation of every machine of the clan
ends with \`clan-core doesn't provide clan-module with name '…'\`, or \`Flake doesn't provide input with name '…'\`.

The services of clan-core are known as of one commit. Where \`flake.lock\` names a newer clan-core, a fork, or none,
only a misspelling of an existing name (\`wiregaurd\`) is reported, as a warning. The services of other inputs are not
known. Nothing is reported for \`"self"\` while this repository may have service modules that cannot be seen.

Correct the name; set \`module.input = "self"\` for a service of your own, or \`module.name\` if the instance has another
name than its service.

Source: clan-core, \`lib/resolve-module\`.`,
  examples: ({ FLAKE, LOCK }) => ({
    bad: [
      {
        title: 'A service of this repository that clan looks for in clan-core',
        files: {
          'flake.nix': FLAKE,
          'flake.lock': LOCK,
          'clan.nix': `\
{
  modules.backup = { roles.client = { }; };
  inventory.machines.emily = { };
  inventory.instances.home-backup = {
    module.name = "backup";
    #             ^^^^^^^^ inventory/unknown-service: set \`module.input = "self"\`
    roles.client.machines.emily = { };
  };
}
`,
        },
      },
      {
        title: 'An instance with another name than its service',
        files: {
          'flake.nix': FLAKE,
          'flake.lock': LOCK,
          'clan.nix': `\
{
  inventory.machines.emily = { };
  inventory.instances.my-network.roles.peer.tags = [ "all" ];
  #                   ^^^^^^^^^^ inventory/unknown-service: clan-core has no service "my-network"
}
`,
        },
      },
      {
        title: 'A misspelled input, and a misspelled service of this repository',
        files: {
          'flake.nix': `\
{
  inputs.clan-core.url = "https://git.clan.lol/clan/clan-core/archive/main.tar.gz";
  inputs.clan-community.url = "https://git.clan.lol/clan/clan-community/archive/main.tar.gz";
  outputs =
    { self, clan-core, ... }:
    clan-core.lib.clan {
      inherit self;
      imports = [ ./clan.nix ];
    };
}
`,
          'clan.nix': `\
{
  modules.backup = { roles.client = { }; };
  inventory.machines.emily = { };
  inventory.instances = {
    desktop = {
      module = { name = "desktop"; input = "clan-comunity"; };
      #                                    ^^^^^^^^^^^^^^^ inventory/unknown-service: Did you mean "clan-community"?
      roles.sway.machines.emily = { };
    };
    home-backup = {
      module = { name = "backups"; input = "self"; };
      #                 ^^^^^^^^^ inventory/unknown-service: Did you mean "backup"?
      roles.client.machines.emily = { };
    };
  };
}
`,
        },
      },
    ],
    good: [
      {
        title: 'Services of clan-core, of this repository, and of another flake',
        files: {
          'flake.nix': FLAKE.replace('{\n', '{\n  inputs.clan-community.url = "github:example/services";\n'),
          'flake.lock': LOCK,
          'clan.nix': `\
{
  modules.backup = { roles.client = { }; };
  inventory.machines.emily = { };
  inventory.instances = {
    sshd.roles.server.tags = [ "all" ];
    backup = {
      module.input = "self";
      roles.client.machines.emily = { };
    };
    desktop = {
      module.input = "clan-community";
      roles.sway.machines.emily = { };
    };
  };
}
`,
        },
      },
      {
        title: 'Service modules that cannot be listed',
        files: {
          'flake.nix': FLAKE,
          'clan.nix': `\
{ inputs, ... }:
{
  modules = inputs.services.modules;
  inventory.machines.emily = { };
  inventory.instances.backup = {
    module.input = "self";
    roles.client.machines.emily = { };
  };
}
`,
        },
      },
    ],
  }),
  check: function* (context) {
    const seen = new Set<string>();
    for (const instance of certainInstances(context.fleet)) {
      const problem = problemOf(context, instance);
      if (problem === null || seen.has(placeIdentity(problem.at)) || !isDeployed(problem.at)) continue;
      seen.add(placeIdentity(problem.at));
      yield problem;
    }
  },
};

function problemOf(context: CheckContext, instance: Instance): Report | null {
  const { name, input, inputAt, nameAt } = instance.module;
  const at = nameAt ?? instance.at[0] ?? null;
  if (name === null || at === null) return null;
  const ofClanCore = hasServiceOfClanCore(context.sources, instance);
  if (ofClanCore === true) return notOfClanCore(context, instance, name, at);
  if (input === 'self') return notOfSelf(context, name, at, inputAt);
  const inputs = input === null ? null : flakeInputs(context.sources);
  if (input === null || inputAt === null || inputs === null || inputs.has(input)) return null;
  const meant = suggest(input, inputs);
  return {
    at: inputAt,
    message: `The flake has no input "${input}". With it, no machine of the clan evaluates.${
      meant === null ? ' Add it to `inputs` in flake.nix.' : didYouMean(meant)
    }`,
    fixes: replacement(context.sources, inputAt, input, meant),
  };
}

function notOfSelf(
  { fleet, sources }: CheckContext,
  name: string,
  at: Place,
  inputAt: Place | null,
): Report | null {
  const { serviceModules, serviceModulesComplete } = fleet;
  if (!serviceModulesComplete || serviceModules.some(module => module.name === name)) return null;
  const ofClanCore = SERVICES.some(service => service.name === name);
  const names = sortedUnique(serviceModules.map(module => module.name));
  const meant = ofClanCore ? null : suggest(name, names);
  const advice = ofClanCore
    ? ' clan-core has one: leave out `module.input`.'
    : meant === null
      ? ' Add it to `clan.modules`.'
      : didYouMean(meant);
  return {
    at,
    message: `This flake has no service "${name}" in \`clan.modules\`.${advice}`,
    related: inputAt === null ? [] : [{ at: inputAt, message: 'A service of this flake' }],
    fixes: replacement(sources, at, name, meant),
  };
}

function notOfClanCore(
  { fleet, sources }: CheckContext,
  instance: Instance,
  name: string,
  at: Place,
): Report | null {
  if (SERVICES.some(service => service.name === name)) return null;
  const names = SERVICES.map(service => service.name);
  const report = (severity: Severity, advice: string, fixes: readonly Fix[]): Report => ({
    at,
    severity,
    message: `clan-core has no service "${name}".${advice}`,
    fixes,
  });

  const former = FORMER_SERVICES.find(service => service.name === name);
  if (former !== undefined) {
    const time = lockedFrom(sources);
    if (time === null || time * 1000 < Date.parse(former.date) || isOtherClanCore(sources)) return null;
    return report('error', ` It was removed on ${former.date}. ${former.instead}`, []);
  }
  const catalogued = isCatalogued(sources);
  // Another version of clan-core may have it as a service.
  const severity = catalogued ? 'error' : 'warning';
  if (fleet.serviceModules.some(module => module.name === name))
    return catalogued
      ? report(
          severity,
          ' This flake has one: set `module.input = "self"`.',
          ownInputFix(sources, instance, name, at),
        )
      : null;
  const short = /^@clan\/(.+)$/.exec(name)?.[1];
  const meant = short !== undefined && names.includes(short) ? short : suggest(name, names);
  if (!catalogued && meant === null) return null;
  const isDefault = instance.module.nameAt === null;
  const advice = isDefault
    ? ' An instance uses the service with its own name unless `module.name` is set.'
    : '';
  return report(
    severity,
    advice + didYouMean(meant),
    isDefault && meant !== null ? [] : replacement(sources, at, name, meant),
  );
}

/** Returns the fix that declares the service as one of this flake, on a new line next to its name. */
function ownInputFix(
  sources: Sources,
  { module, name: writtenName }: Instance,
  name: string,
  at: Place,
): Fix[] {
  const file = sources.parse(at.file);
  if (file === null || module.inputAt !== null) return [];
  const edit = module.nameAt === null ? belowInstance(file, writtenName, at) : besideName(file, at);
  if (edit === null) return [];
  return [
    { title: `Take "${name}" from this flake`, edits: [{ ...at, ...edit }], preferred: true, guess: true },
  ];
}

interface Insertion {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

function besideName(file: SourceFile, at: Place): Insertion | null {
  const bound = bindingAround(file, at);
  if (bound?.binding.kind !== 'bind') return null;
  const { path } = bound.binding;
  const last = path.at(-1);
  if (last?.kind !== 'name' || last.name !== 'name') return null;
  const names = path.slice(0, -1).map(name => (name.kind === 'name' ? attributeText(name.name) : null));
  if (names.includes(null)) return null;
  const text = `${[...names, 'input'].join('.')} = ${stringText('self')};`;
  const alone = /^[ \t]*$/.test(
    file.text.slice(
      file.lineStarts.findLast(start => start <= bound.binding.start) ?? 0,
      bound.binding.start,
    ),
  );
  if (!alone) return { start: bound.binding.end, end: bound.binding.end, text: ` ${text}` };
  return insertBelow(file, bound.binding, [indentOf(file, bound.binding.start) + text]);
}

/**
 * Returns where to insert below `backup = { … }`, or null: `instances.backup.roles… = …` has no single place.
 */
function belowInstance(file: SourceFile, instance: string, at: Place): Insertion | null {
  const bound = bindingAround(file, at);
  if (bound?.binding.kind !== 'bind') return null;
  const { path, value } = bound.binding;
  const last = path.at(-1);
  if (last?.kind !== 'name' || last.name !== instance || value.kind !== 'attrs') return null;
  const first = value.bindings[0];
  if (first === undefined) return null;
  const gap = file.text.slice(value.start + 1, first.start);
  return {
    start: first.start,
    end: first.start,
    text: `module.input = "self";${gap.trim() === '' ? gap : ' '}`,
  };
}

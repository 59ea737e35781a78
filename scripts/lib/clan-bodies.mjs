// From what Nix said of probes (clan-probes.mjs) to the catalogue's bodies: marks become holes, defaults are left out, versions that
// say the same are one.

import { isDeepStrictEqual } from 'node:util';
import { MARKS } from './clan-probes.mjs';

const FILE_DEFAULTS = {
  secret: true,
  deploy: true,
  owner: 'root',
  group: 'root',
  mode: '0400',
  neededFor: 'services',
};
const PROMPT_DEFAULTS = { type: 'hidden', persist: false, required: true };

/**
 * @param {readonly any[]} answers of all versions, those of a service in the order of time
 * @param {readonly any[]} entries the generators of generators.json
 */
export function bodiesOf(answers, entries) {
  return entries.flatMap(entry => {
    // Core modules are on every machine: a service that changes often shows all of their versions.
    const own = answers
      .filter(({ service }) => entry.service === null || service === entry.service)
      .sort((a, b) => a.since - b.since);
    const versions = [];
    for (const { since, machines } of own) {
      const cases = casesOf(entry, machines);
      if (entry.service === null && cases.length === 0) continue;
      if (!isDeepStrictEqual(versions.at(-1)?.cases, cases)) versions.push({ since, cases });
    }
    const { name, service, roles = [] } = entry;
    return [{ name, service, ...(roles.length === 0 ? {} : { roles }), versions }];
  });
}

/** What the generator is, told apart by what decides. None: there is no such generator. */
function casesOf({ name, roles = [], service }, machines) {
  const found = machines
    .filter(({ role }) => service === null || roles.length === 0 || roles.includes(role))
    .flatMap(({ role, probe, generators }) =>
      Object.entries(generators)
        .filter(([generator]) => withHoles(generator) === name)
        .map(([, body]) => ({ role, when: probe.when, body: bodyOf(body, probe.on === 'darwin') })),
    )
    // The controller is its own: what it depends on has the hole of the machine.
    .filter(({ role }, _, all) => role !== 'controller' || all.every(each => each.role === 'controller'));
  const cases = [];
  for (const { when, body } of found) {
    const same = cases.find(each => isDeepStrictEqual(each.when, when));
    if (same === undefined) cases.push({ when, body });
    else if (!isDeepStrictEqual(same.body, body))
      throw new Error(`${name} differs without a reason: ${JSON.stringify([same.body, body])}`);
  }
  const [first] = cases;
  if (cases.every(({ body }) => isDeepStrictEqual(body, first.body)))
    return cases.slice(0, 1).map(({ body }) => body);
  // What holds otherwise comes last.
  return cases
    .sort((a, b) => Number(a.when === undefined) - Number(b.when === undefined))
    .map(({ when, body }) => ({ ...(when && { when }), ...body }));
}

function bodyOf(body, isDarwin) {
  const { share, files, prompts, dependencies, runtimeInputs, script, validation } = JSON.parse(
    withHoles(JSON.stringify(body)),
  );
  return {
    ...(share ? { share } : {}),
    files: Object.entries(files).map(([name, options]) => ({
      name,
      ...beside(options, isDarwin ? { ...FILE_DEFAULTS, group: 'wheel' } : FILE_DEFAULTS),
    })),
    ...(Object.keys(prompts).length === 0
      ? {}
      : { prompts: Object.entries(prompts).map(([name, options]) => promptOf(name, options)) }),
    ...(dependencies.length === 0 ? {} : { dependencies }),
    ...(runtimeInputs?.ok.length === 0
      ? {}
      : { runtimeInputs: runtimeInputs && [...new Set(runtimeInputs.ok.map(packageOf))] }),
    ...(script?.ok === '' ? {} : { script: script?.ok ?? null }),
    ...(validation?.ok === null ? {} : { validation: validation?.ok ?? null }),
  };
}

function promptOf(name, { description, ...options }) {
  return {
    name,
    ...(description?.ok === name ? {} : { description: description?.ok ?? null }),
    ...beside(options, PROMPT_DEFAULTS),
  };
}

/** The options that are not the default; null where Nix could not say. */
function beside(options, defaults) {
  return Object.fromEntries(
    Object.entries(options).flatMap(([name, answer]) => {
      const value = answer === null ? null : answer.ok;
      return value === defaults[name] ? [] : [[name, value]];
    }),
  );
}

function withHoles(text) {
  return MARKS.reduce((all, [mark, hole]) => all.replace(mark, hole), text);
}

/** `/NIXPKG/jq` is `jq`; what is made in place has brackets: `(callPackage)`. */
function packageOf(path) {
  const name = path.replace('/NIXPKG/', '');
  return name.includes('(') ? `(${name.split('(')[0]})` : name;
}

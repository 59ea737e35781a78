/** Small fleets of several machines with mistakes in them, and modules of which nobody can say what they define. */
import fc from 'fast-check';
import type { Texts } from '../checks/harness.ts';

export const MACHINES = ['lea', 'noa', 'tove'] as const;
/** Of generators that machines declare, and of one that all of them have: two declarations of one would be a mistake of Nix. */
const OWN_NAMES = ['database', 'mail', 'wireguard'];
const COMMON_NAME = 'api-token';
const NAMES = [...OWN_NAMES, COMMON_NAME];
const FILES = ['key', 'password', 'cert'];

/** The machine that is given a module more. */
export const CHANGED = MACHINES[0];

/** By what it is: a module that is added to the imports of one machine. */
export const UNKNOWN_MODULES: Readonly<Record<string, string>> = {
  'a module of an input': 'inputs.other.nixosModules.service',
  'a list of modules of an input': '{ imports = inputs.other.modules; }',
  'a file that is not there': '../../modules/missing.nix',
  'a module called with unknown arguments': '(import inputs.other { inherit config; })',
  'options of an input': '{ clan.core.vars = inputs.other.vars; }',
  'generators of an input': '{ clan.core.vars.generators = inputs.other.generators; }',
  'generators made by a function of an input':
    '{ clan.core.vars.generators = inputs.other.lib.generatorsOf config; }',
  'a generator by a computed name':
    '{ clan.core.vars.generators.${config.services.backup.name} = { files.key = { }; script = "echo > $out/key"; }; }',
  'a generator by a computed name with a known part':
    '{ clan.core.vars.generators."backup-${config.services.backup.name}" = { files.key = { }; script = "echo > $out/key"; }; }',
  'a generator for each of a set':
    '{ clan.core.vars.generators = builtins.mapAttrs (_: _: { files.key = { }; }) config.services.backup.jobs; }',
  'merged generators for each of a set':
    '{ clan.core.vars.generators = lib.mkMerge (lib.mapAttrsToList (name: _: { "job-${name}" = { files.key = { }; }; }) config.services.backup.jobs); }',
  'a generator of which one part is computed':
    '{ clan.core.vars.generators.database = config.services.backup.generator; }',
  'files of a generator that are computed':
    '{ clan.core.vars.generators.database.files = config.services.backup.files; }',
  'dependencies that are computed':
    '{ clan.core.vars.generators.database.dependencies = config.services.backup.dependencies; }',
  'secrets of sops-nix that are computed': '{ sops.secrets = config.services.backup.secrets; }',
  'a secret of sops-nix by a computed name':
    '{ sops.secrets.${config.services.backup.name} = { sopsFile = ./secrets.yaml; }; }',
  'secrets of agenix that are computed': '{ age.secrets = config.services.backup.secrets; }',
};

/** A machine of a fleet: what its configuration says, and what is stored for it. */
export interface MachineText {
  readonly body: readonly string[];
  readonly stored: readonly string[];
}

const name = fc.constantFrom(...NAMES);
const file = fc.constantFrom(...FILES);
const slip = (names: fc.Arbitrary<string>, ...more: readonly string[]) =>
  fc.oneof({ weight: 3, arbitrary: names }, { weight: 1, arbitrary: fc.constantFrom(...more) });

const generatorOf = (names: readonly string[]) =>
  fc
    .record({
      name: fc.constantFrom(...names),
      files: fc.uniqueArray(file, { minLength: 1, maxLength: 2 }),
      isPublic: fc.boolean(),
      share: fc.boolean(),
      dependencies: fc.uniqueArray(slip(name, 'databse'), { maxLength: 2 }),
      script: fc.constantFrom(
        'pwgen -s 48 1 > "$out/key"',
        'echo one > "$out/password"',
        'cp "$in/database/key" "$out/cert"',
        'pwgen 8 > "$secrets/key"',
        'cat "$prompts/code" > "$out/key"',
      ),
      guard: fc.constantFrom('', 'lib.mkIf config.services.mail.enable ', 'lib.mkIf true '),
    })
    .map(
      one => `  clan.core.vars.generators."${one.name}" = ${one.guard}{
    share = ${one.share};
${one.files.map(each => `    files."${each}" = { secret = ${!one.isPublic}; };`).join('\n')}
    dependencies = [ ${one.dependencies.map(each => `"${each}"`).join(' ')} ];
    runtimeInputs = [ pkgs.pwgen ];
    script = ''
      ${one.script}
    '';
  };`,
    );

const use = fc
  .record({
    name: slip(name, 'databse', 'unknown'),
    file: slip(file, 'pasword'),
    attribute: fc.constantFrom('path', 'value'),
    service: fc.nat(99),
  })
  .map(
    one =>
      `  services.s${one.service}.file = config.clan.core.vars.generators."${one.name}".files."${one.file}".${one.attribute};`,
  );

const secret = fc
  .record({ name: fc.constantFrom('token', 'tokn'), isUse: fc.boolean(), service: fc.nat(99) })
  .map(one =>
    one.isUse
      ? `  services.t${one.service}.file = config.sops.secrets."${one.name}".path;`
      : `  sops.secrets."${one.name}" = { sopsFile = ../../secrets/all.yaml; };`,
  );

export const machine: fc.Arbitrary<MachineText> = fc
  .record({
    generators: fc.uniqueArray(generatorOf(OWN_NAMES), {
      maxLength: 2,
      selector: text => text.split('"')[1],
    }),
    uses: fc.uniqueArray(use, { maxLength: 3, selector: text => text.split('.')[1] }),
    secrets: fc.uniqueArray(secret, { maxLength: 2, selector: text => text.split('=')[0] }),
    stored: fc.uniqueArray(fc.tuple(name, file), { maxLength: 2, selector: parts => parts.join('/') }),
  })
  .map(({ generators, uses, secrets, stored }) => ({
    body: [...generators, ...uses, ...secrets],
    stored: stored.map(parts => parts.join('/')),
  }));

/** A module that every machine imports. */
const common = fc
  .array(generatorOf([COMMON_NAME]), { maxLength: 1 })
  .map(generators => `{ config, lib, pkgs, ... }:\n{\n${generators.join('\n')}\n}\n`);

/** The files of a fleet, where the changed machine also imports `more`. */
export type FleetOf = (more: string | null) => Texts;

export const fleets: fc.Arbitrary<FleetOf> = fc
  .record({ machines: fc.tuple(fc.constant({ body: [], stored: [] }), machine, machine), common })
  .map(({ machines, common: module }) => (more: string | null) => ({
    'flake.nix': FLAKE,
    'modules/common.nix': module,
    'secrets/all.yaml': 'sops:\n    version: 3.9.0\n',
    ...Object.fromEntries(
      MACHINES.flatMap((each, index) => {
        const { body, stored } = machines[index] as MachineText;
        const extra = each === CHANGED && more !== null ? [more] : [];
        return [
          [`machines/${each}/configuration.nix`, configuration(['../../modules/common.nix', ...extra], body)],
          ...stored.map(path => [`vars/per-machine/${each}/${path}/value`, 'x\n']),
        ];
      }),
    ),
  }));

const SHARED_DATABASE = /(generators\."database" = [^{]*\{\n\s*share = )true/g;

/**
 * Returns the fleet as one that can be compared with and without the module: a shared generator is one for all machines, so
 * that what a machine adds to it is about all of them. If the module adds to a generator, that is each machine's own.
 */
export function comparable(fleetOf: FleetOf, module: string): FleetOf {
  if (!module.includes('generators.database')) return fleetOf;
  return more =>
    Object.fromEntries(
      Object.entries(fleetOf(more)).map(([path, text]) => [path, text.replace(SHARED_DATABASE, '$1false')]),
    );
}

export const FLAKE = `{
  outputs = { clan-core, self, ... }@inputs:
    let clan = clan-core.lib.clan {
      inherit self;
      specialArgs = { inherit inputs; };
      inventory.machines = { ${MACHINES.map(each => `${each} = { };`).join(' ')} };
    };
    in { inherit (clan.config) nixosConfigurations clanInternals; };
}
`;

export function configuration(imports: readonly string[], body: readonly string[]): string {
  return `{ config, lib, pkgs, inputs, ... }:
{
  imports = [ ${imports.join(' ')} ];
${body.join('\n')}
}
`;
}

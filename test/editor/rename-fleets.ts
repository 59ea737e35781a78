// Fleets for renaming: generators, files, prompts, keys and machines written in many manners, all of them used, with
// public values that are stored.
import fc from 'fast-check';

export type Files = Readonly<Record<string, string>>;

interface Drawn {
  readonly name: string;
  readonly files: readonly string[];
  readonly isPublic: boolean;
  readonly share: boolean;
  readonly prompt: { readonly name: string; readonly persist: boolean } | null;
  /** How much of the generators before it is read. */
  readonly reads: number;
  readonly manner: number;
}

const NAMES = ['ca', 'web', 'app-token', 'db_admin', 'mail', 'root-ca'] as const;
const FILES = ['key', 'crt', 'ca.key', 'hash', 'id_ed25519.pub'] as const;

const generator = fc.record({
  name: fc.constantFrom(...NAMES),
  files: fc.uniqueArray(fc.constantFrom(...FILES), { minLength: 1, maxLength: 3 }),
  isPublic: fc.boolean(),
  share: fc.boolean(),
  prompt: fc.option(fc.record({ name: fc.constantFrom('password', 'user'), persist: fc.boolean() })),
  reads: fc.nat(2),
  manner: fc.nat(23),
});

const KEYS = ['anthropic', 'gmail', 'hetzner', 'ntfy-topic'] as const;

const MACHINES = ['lea', 'noa-2', 'web01', 'tove'] as const;

/** A module with generators and uses of them, and a registry with a matrix, its generators and its accessors. */
export const fleets: fc.Arbitrary<Files> = fc
  .record({
    generators: fc.uniqueArray(generator, { minLength: 1, maxLength: 4, selector: ({ name }) => name }),
    keys: fc.uniqueArray(fc.constantFrom(...KEYS), { minLength: 1, maxLength: 4 }),
    shared: fc.boolean(),
    steps: fc.boolean(),
    manner: fc.nat(15),
    machines: fc.uniqueArray(fc.constantFrom(...MACHINES), { minLength: 2, maxLength: 2 }),
  })
  .map(({ generators, keys, shared, steps, manner, machines: [first = '', second = ''] }) => ({
    'flake.nix': flake([first, second], manner),
    '.clan-flake': '',
    [`machines/${first}/configuration.nix`]: `{ ... }:\n{\n  imports = [ ../../own.nix ../../pipeline.nix ];\n${
      manner % 2 === 0 ? `  networking.hostName = "${first}";\n` : ''
    }}\n`,
    [`machines/${second}/configuration.nix`]: '{ ... }: { imports = [ ../../own.nix ]; }\n',
    'own.nix': ownModule(generators),
    'pipeline.nix': pipeline(keys, first),
    'lib/secret-registry.nix': registry(keys),
    'lib/machine-env-matrix.nix': matrix(keys, shared, [first, second]),
    ...(steps ? { 'lib/session-vars-spec.nix': spec(keys, first, manner) } : {}),
    ...storedValues(generators, [first, second], manner),
  }));

/** Machines in the inventory, with tags and roles, by path or in sets. */
function flake(machines: readonly string[], manner: number): string {
  const [first = '', second = ''] = machines;
  const declared =
    manner % 2 === 0
      ? `inventory.machines = { ${first} = { }; ${second}.tags = [ "home" ]; };`
      : `inventory.machines.${first} = { }; inventory.machines.${second}.deploy.targetHost = "root@host";`;
  const roles =
    manner % 3 === 0
      ? ` inventory.instances.sshd.roles.server.machines.${first} = { };`
      : manner % 3 === 1
        ? ` inventory.instances.sshd = { roles.server.machines = { ${second} = { }; "${first}" = { }; }; };`
        : '';
  return `{ outputs = { clan-core, self, ... }: { clan = clan-core.lib.clan { inherit self; ${declared}${roles} }; }; }\n`;
}

/** Of public files, and in some fleets of prompts that are kept: for all machines, or for the first. */
function storedValues(generators: readonly Drawn[], machines: readonly string[], manner: number): Files {
  const texts: Record<string, string> = {};
  const owners = [machines.slice(0, 1), machines, machines, []][manner % 4] ?? [];
  for (const { name, files, isPublic, share, prompt } of generators)
    for (const place of share ? ['shared'] : owners.map(owner => `per-machine/${owner}`)) {
      for (const file of isPublic ? files : [])
        texts[`vars/${place}/${name}/${file}/value`] = `value of ${file}`;
      if (prompt?.persist === true && manner % 4 === 2)
        texts[`vars/${place}/${name}/${prompt.name}/secret`] = '{}';
    }
  return texts;
}

function spec(keys: readonly string[], machine: string, manner: number): string {
  const hydrated = keys.map(key => `(hydrate "${key}")`).join(' ');
  const [shared, own] = manner % 2 === 0 ? [hydrated, ''] : ['', hydrated];
  return `let
  registry = import ./secret-registry.nix { pkgs = null; };
  hydrate = key: {
    kind = "hydrate";
    name = registry.\${key}.envVar;
    from = "\${registry.\${key}.envVar}_FILE";
    keys = [ key ];
  };
in
{
  shared = [ ${shared} ];
  machines.${machine} = [ ${own} ];
}
`;
}

function attribute(name: string, quoted: boolean): string {
  return quoted || !/^[A-Za-z_][\w'-]*$/.test(name) ? `"${name}"` : name;
}

function ownModule(generators: readonly Drawn[]): string {
  const lines = ['{ config, pkgs, ... }:', 'let', '  inherit (config.clan.core.vars) generators;', 'in', '{'];
  for (const [position, one] of generators.entries()) {
    const before = generators.slice(0, position).slice(-one.reads);
    const read = one.reads === 0 ? [] : before;
    lines.push(...declaration(one, read), ...uses(one));
  }
  return [...lines, '}', ''].join('\n');
}

function declaration(
  { name, files, isPublic, share, prompt, manner }: Drawn,
  read: readonly Drawn[],
): string[] {
  const isQuoted = manner % 2 === 1;
  const isDotted = manner % 3 === 0;
  const body = [
    ...(share ? ['share = true;'] : []),
    ...(read.length > 0 ? [`dependencies = [ ${read.map(one => `"${one.name}"`).join(' ')} ];`] : []),
    ...(isDotted
      ? files.map(
          file => `files.${attribute(file, isQuoted)}.${isPublic ? 'secret = false' : 'deploy = true'};`,
        )
      : [
          'files = {',
          ...files.map(file => `  ${attribute(file, isQuoted)} = {${isPublic ? ' secret = false;' : ''} };`),
          '};',
        ]),
    ...(prompt === null
      ? []
      : [
          `prompts.${prompt.name} = {`,
          '  type = "hidden";',
          ...(prompt.persist ? ['  persist = true;'] : []),
          '};',
        ]),
    "script = ''",
    ...script(files, prompt, read, manner).map(line => `  ${line}`),
    "'';",
  ];
  const own = attribute(name, isQuoted);
  const whole = [`${own} = {`, ...body.map(line => `  ${line}`), '};'];
  return manner % 4 === 0
    ? ['  clan.core.vars = {', '    generators = {', ...whole.map(line => `      ${line}`), '    };', '  };']
    : [`  clan.core.vars.generators.${whole[0]}`, ...whole.slice(1).map(line => `  ${line}`)];
}

function script(
  files: readonly string[],
  prompt: Drawn['prompt'],
  read: readonly Drawn[],
  manner: number,
): string[] {
  const sources = [
    ...read.map(one => `${word('in', manner)}/${one.name}/${one.files[0]}${manner % 2 === 0 ? '' : '"'}`),
    ...(prompt === null ? [] : [`"$prompts/${prompt.name}"`]),
  ];
  const input = sources.length === 0 ? 'date' : `cat ${sources.join(' ')}`;
  return files.map(file => `${input} > ${word('out', manner)}/${file}${manner % 2 === 0 ? '' : '"'}`);
}

/** `$out`, `"$out`, `''${out}` */
function word(root: string, manner: number): string {
  if (manner % 2 === 1) return `"$${root}`;
  return manner % 3 === 0 ? `''\${${root}}` : `$${root}`;
}

function uses({ name, files, isPublic, manner }: Drawn): string[] {
  return files.map((file, position) => {
    const own = attribute(name, manner % 5 === 0);
    const base = (manner + position) % 2 === 0 ? 'generators' : 'config.clan.core.vars.generators';
    const [option, field] = isPublic ? ['text', 'value'] : ['source', 'path'];
    return `  environment.etc."${name}-${position}".${option} = ${base}.${own}.files.${attribute(file, false)}.${field};`;
  });
}

function registry(keys: readonly string[]): string {
  const entries = keys.map(
    key => `  ${key} = mk {
    generator = "${key}-secret";
    envVar = "${key.toUpperCase().replaceAll('-', '_')}";
    fileAttr = "key";
  };`,
  );
  return `{ pkgs ? null }:
let
  mk = { generator, envVar, fileAttr }: {
    inherit generator envVar fileAttr;
    files.\${fileAttr} = { };
    prompts.\${fileAttr}.type = "hidden";
    script = ''cat "$prompts/\${fileAttr}" > "$out/\${fileAttr}"'';
  };
in
{
${entries.join('\n')}
}
`;
}

function matrix(keys: readonly string[], shared: boolean, [first, second]: readonly string[]): string {
  const list = `[ ${keys.map(key => `"${key}"`).join(' ')} ]`;
  return shared
    ? `let\n  common = ${list};\nin\n{\n  ${first} = common;\n  ${second} = [ ];\n}\n`
    : `{\n  ${first} = ${list};\n  ${second} = [ ];\n}\n`;
}

function pipeline(keys: readonly string[], machine: string): string {
  return `{ config, pkgs, ... }:
let
  registry = import ./lib/secret-registry.nix { inherit pkgs; };
  keysOf = import ./lib/machine-env-matrix.nix;
  getPath = key: config.clan.core.vars.generators.\${registry.\${key}.generator}.files.\${registry.\${key}.fileAttr}.path;
in
{
  clan.core.vars.generators = builtins.listToAttrs (
    map (key: {
      name = registry.\${key}.generator;
      value = { inherit (registry.\${key}) files prompts script; };
    }) keysOf.${machine}
  );
${keys.map(key => `  services.${key}.file = getPath "${key}";`).join('\n')}
}
`;
}

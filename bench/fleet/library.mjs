/**
 * The fleet's `lib/` as Nix text: registry, matrix, the pure function from keys to generators, and the accessors.
 */
import { indent, list } from './text.mjs';

export function registryText(entries) {
  return `# Every secret and setting of the fleet, by logical key. Imported without a package set by all pure readers.
{
  pkgs ? null,
}:
let
  tools = names: if pkgs == null then [ ] else map (name: pkgs.\${name}) names;

  mkPromptedSecret =
    {
      generator,
      envVar,
      description,
      domain,
      kind,
      fileAttr ? "key",
      promptAttr ? "value",
      secret ? true,
      owner ? "root",
    }:
    {
      inherit generator envVar fileAttr secret domain kind;
      share = true;
      files.\${fileAttr} = {
        inherit secret owner;
        mode = if secret then "0400" else "0444";
      };
      prompts.\${promptAttr} = {
        inherit description;
        type = if secret then "hidden" else "line";
        persist = false;
      };
      runtimeInputs = tools [ "coreutils" ];
      script = ''cat "$prompts/\${promptAttr}" > "$out/\${fileAttr}"'';
    };

  mkRandomSecret =
    {
      generator,
      envVar ? null,
      domain,
      kind,
      fileAttr ? "key",
      bytes ? 32,
      owner ? "root",
    }:
    {
      inherit generator envVar fileAttr domain kind;
      secret = true;
      share = false;
      files.\${fileAttr} = {
        secret = true;
        inherit owner;
        mode = "0400";
      };
      runtimeInputs = tools [ "openssl" ];
      script = ''
        openssl rand -hex \${toString bytes} > "$out/\${fileAttr}"
      '';
    };
in
{
${entries.map(entryText).join('')}}
`;
}

function entryText(entry) {
  const name = `generator = "${entry.generator}";`;
  const kind = `domain = "${entry.domain}"; kind = "${entry.kind}";`;
  const file = entry.fileAttr === 'key' ? '' : ` fileAttr = "${entry.fileAttr}";`;
  if (entry.helper === 'random') {
    const env = entry.envVar === null ? '' : ` envVar = "${entry.envVar}";`;
    return `  ${entry.key} = mkRandomSecret {\n    ${name}${env} ${kind}${file} };\n`;
  }
  const description = `description = "${entry.vendor} ${entry.kind} (from the console of ${entry.vendor})";`;
  const secret = entry.secret ? '' : ' secret = false;';
  return (
    `  ${entry.key} = mkPromptedSecret {\n    ${name} envVar = "${entry.envVar}";${secret}\n` +
    `    ${description} ${kind}${file} };\n`
  );
}

export function matrixText({ lists, machines }) {
  return `# Which machine has which keys of the registry.
let
  registry = import ./secret-registry.nix { };

  # For machines that hold everything.
  allKeys = builtins.attrNames registry;

  sharedCore = ${indent(list(lists.sharedCore), 2)};

  workstation = ${indent(list(lists.workstation), 2)};

  servers = ${indent(list(lists.servers), 2)};
in
{
${machines.map(rowText).join('\n')}}
`;
}

function rowText({ name, row }) {
  if (row.all === 'names') return `  ${name} = allKeys;\n`;
  // To the function below, no keys means all of them.
  if (row.all === 'empty-list') return `  ${name} = [ ];\n`;
  const own = row.own.length > 0 ? [list(row.own)] : [];
  return `  ${name} = ${indent([...row.shared, ...own].join(' ++ ') || '[ ]', 2)};\n`;
}

export const GENERATORS = `# Pure: a list of registry keys in, the value of clan.core.vars.generators out. No keys means all.
{
  keys ? null,
  pkgs ? null,
}:
let
  registry = import ./secret-registry.nix { inherit pkgs; };

  selectedKeys = if keys == null || keys == [ ] then builtins.attrNames registry else keys;

  entryFor = key: registry.\${key} or (throw "Unknown secret key in envMatrix: \${key}");

  optional = name: entry: if entry ? \${name} then { \${name} = entry.\${name}; } else { };

  mkGenerator = entry: {
    name = entry.generator;
    value = {
      inherit (entry) files script;
      share = entry.share or false;
    }
    // optional "prompts" entry
    // optional "runtimeInputs" entry;
  };
in
builtins.listToAttrs (map (key: mkGenerator (entryFor key)) selectedKeys)
`;

export const ACCESSORS = `# Where the file of a key is deployed. Safe on the machine itself only, where its generators are assigned.
{
  pkgs ? null,
}:
let
  # Metadata needs no package set, and must not force one.
  registry = import ./secret-registry.nix { pkgs = null; };

  entryFor = key: registry.\${key} or (throw "Unknown secret key: \${key}");
in
rec {
  getPath =
    { osConfig, key }:
    let
      entry = entryFor key;
      generators = osConfig.clan.core.vars.generators;
    in
    if builtins.hasAttr entry.generator generators then
      generators.\${entry.generator}.files.\${entry.fileAttr}.path
    else
      throw "Generator '\${entry.generator}' not configured for secret key '\${key}'";

  getVmPath =
    { key, mountPoint }:
    let
      entry = entryFor key;
    in
    "\${mountPoint}/vars/\${entry.generator}/\${entry.fileAttr}";

  mkPasswordCmd = { osConfig, key }: "cat \${getPath { inherit osConfig key; }}";

  # A viewer for people; the only thing here that needs packages.
  viewer = if pkgs == null then null else pkgs.jq;
}
`;

/**
 * Nix code of a new pipeline, part 1: the registry with a few example entries, and the matrix. Formatted like
 * nixfmt does, since users will edit it.
 */
import { attributeText } from '../../edits/edits.ts';

/** The keys of the new registry. */
const EXAMPLE_KEYS: readonly string[] = ['example', 'example-account', 'example-password'];

export const REGISTRY_NIX = `\
# Every secret and every prompted setting of the fleet, defined once. All other files name a key of
# this set and take generator names, file names and variables from here.
#
# \`pkgs\` is used in \`runtimeInputs\` alone and Nix is lazy, so whoever needs metadata only imports
# this file with \`pkgs = null\`.
{
  pkgs ? null,
}:
let
  # Who may read the files on a machine: put the user here whose sessions are to use them.
  owner = "root";

  # A public file ends up in the Nix store, where owner and mode would mean nothing.
  fileOptions =
    secret:
    if secret then
      {
        secret = true;
        inherit owner;
        mode = "0400";
      }
    else
      { secret = false; };

  # Somebody types the value in; the script only copies it from the prompt to the file.
  mkPromptedSecret =
    {
      generator,
      envVar,
      description,
      domain,
      kind,
      fileAttr ? "key",
      promptAttr ? fileAttr,
      secret ? true,
      share ? false,
    }:
    {
      inherit
        generator
        envVar
        domain
        kind
        fileAttr
        secret
        share
        ;
      files.\${fileAttr} = fileOptions secret;
      prompts.\${promptAttr} = {
        inherit description;
        type = if secret then "hidden" else "line";
      };
      script = ''
        cat "$prompts/\${promptAttr}" > "$out/\${fileAttr}"
      '';
    };

  # The script makes the value. \`fileAttr\` says which of its files the environment variable and the
  # accessors mean.
  mkGeneratedSecret =
    {
      generator,
      envVar,
      domain,
      kind,
      script,
      prompts ? null,
      runtimeInputs ? [ ],
      fileAttr ? "key",
      files ? {
        \${fileAttr} = fileOptions secret;
      },
      secret ? true,
      share ? false,
    }:
    {
      inherit
        generator
        envVar
        domain
        kind
        script
        runtimeInputs
        fileAttr
        files
        secret
        share
        ;
    }
    // (if prompts == null then { } else { inherit prompts; });
in
{
  # A secret that somebody types in. Sessions get EXAMPLE_API_KEY_FILE, the path of its file.
  example = mkPromptedSecret {
    generator = "example-api-key";
    envVar = "EXAMPLE_API_KEY";
    description = "API key of an example service";
    domain = "example";
    kind = "api-key";
  };

  # A setting that is no secret. Sessions get EXAMPLE_ACCOUNT, its value.
  example-account = mkPromptedSecret {
    generator = "example-account";
    envVar = "EXAMPLE_ACCOUNT";
    description = "Account name at the example service";
    domain = "example";
    kind = "setting";
    fileAttr = "name";
    secret = false;
  };

  # A secret that a script makes. \`envVar = null\` would keep it out of sessions.
  example-password = mkGeneratedSecret {
    generator = "example-password";
    envVar = "EXAMPLE_PASSWORD";
    domain = "example";
    kind = "password";
    fileAttr = "password";
    runtimeInputs = [ pkgs.openssl ];
    script = ''
      openssl rand -base64 32 | tr -d '\\n' > "$out/password"
    '';
  };
}
`;

/**
 * Returns the matrix.
 *
 * @param hasExamples whether the first machine gets the example keys, so that each has a machine
 */
export function matrixNix(machines: readonly string[], hasExamples: boolean): string {
  const keys = EXAMPLE_KEYS.map(key => `    "${key}"\n`).join('');
  const rows = machines.map((machine, index) =>
    index === 0 && hasExamples
      ? `  ${attributeText(machine)} = [\n${keys}  ];\n`
      : `  ${attributeText(machine)} = [ ];\n`,
  );
  return `\
# Which machine gets which keys of the registry. A machine holds no secret that is not named here.
{
${rows.join('')}}
`;
}

const HARDWARE_NIX = `
  # To be replaced by what the machine's own hardware needs.
  boot.loader.systemd-boot.enable = true;
  fileSystems."/".device = "/dev/disk/by-label/root";
`;

/**
 * Returns the module of a machine that takes its generators from its row and sets the variables of its
 * sessions.
 *
 * @param root the relative path from its folder to the root: `../..`
 */
export function machineNix(machine: string, system: string, root: string): string {
  return `\
# A machine that takes its generators from its row of the matrix.
{ config, pkgs, ... }:
let
  envMatrix = import ${root}/lib/machine-env-matrix.nix;
  keys = envMatrix.${attributeText(machine)};
  varsGenerators = import ${root}/lib/vars-generators.nix { inherit keys pkgs; };
  session = import ${root}/lib/machine-session.nix { inherit keys; };
in
{
  # Stays in the body. In \`imports\` it would have to be known before the configuration exists, which
  # ends in infinite recursion as soon as the fleet is looked at from another architecture.
  clan.core.vars.generators = varsGenerators;

${machineSettings(system)}
  # For the shells of everybody. For one user alone there are lib/hjem-session-variables.nix and
  # lib/home-session-variables.nix.
  environment.extraInit = (session config).bash;
  environment.etc."nushell/session-variables.nu".text = (session config).nushell;
}
`;
}

/** Returns the lines of a module that every machine has: its platform, and placeholders for its hardware. */
export function machineSettings(system: string): string {
  const isDarwin = system.endsWith('-darwin');
  return `\
  nixpkgs.hostPlatform = "${system}";
  system.stateVersion = ${isDarwin ? '6' : '"25.11"'};
${isDarwin ? '' : HARDWARE_NIX}`;
}

/** Nix code of a new pipeline, part 4: the flake of a new clan, and the git settings for stored values. */
import { attributeText } from '../../edits/edits.ts';

/**
 * Returns the flake of a new clan.
 *
 * @param name of the clan
 * @param system of its first machine, in Nix's notation
 */
export function flakeNix(name: string, machine: string, system: string): string {
  const machineClass = system.endsWith('-darwin') ? 'darwin' : 'nixos';
  return `\
{
  description = "The machines of ${name}, with their secrets declared once";

  inputs = {
    clan-core.url = "https://git.clan.lol/clan/clan-core/archive/main.tar.gz";
    nixpkgs.follows = "clan-core/nixpkgs";
  };

  outputs =
    { self, clan-core, ... }:
    let
      clan = clan-core.lib.clan {
        inherit self;

        meta.name = "${name}";

        # A machine named here is made of machines/<name>/configuration.nix.
        inventory.machines = {
          ${attributeText(machine)}.machineClass = "${machineClass}";
        };
      };
    in
    {
      inherit (clan.config) nixosConfigurations darwinConfigurations clanInternals;
      clan = clan.config;
    };
}
`;
}

/**
 * Returns a valid clan name.
 *
 * @param folder the name of its folder
 */
export function clanName(folder: string): string {
  return folder.replace(/[^A-Za-z0-9_-]+/g, '-').replace(/^-+|-+$/g, '') || 'fleet';
}

/**
 * Returns the `.gitattributes` for stored values.
 *
 * @param directory of the clan in the repository; '' for the root
 */
export function gitAttributes(directory: string): string {
  const folders = ['vars', 'sops', 'secrets'].map(name => (directory === '' ? name : `${directory}/${name}`));
  return `\
# Stored values are exactly the bytes that were made: git changes no line ending in them, and does not
# merge two of them line by line.
${folders.map(folder => `${folder}/** -text -merge\n`).join('')}`;
}

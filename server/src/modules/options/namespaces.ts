/**
 * Names at the top of a machine's options that are not the fleet's own: those of NixOS and of nix-darwin, and those of
 * flakes whose modules many machines import. What the fleet declares below them stands beside options that are not known
 * here.
 */

/** At nixpkgs 26.05 and nix-darwin of the same time. */
const SYSTEM =
  'appstream assertions boot console containers documentation dysnomia ec2 environment fileSystems fonts gtk hardware ' +
  'homebrew i18n ids image isoImage jobs krb5 launchd lib location meta nesting netboot networking nix nixops nixpkgs oci ' +
  'openstack passthru power powerManagement programs proxmox proxmoxLXC qt sdImage security services snapraid sound ' +
  'specialisation stubby swapDevices system systemd tarball test testing time users virtualisation warnings xdg ' +
  'zramSwap amazonImage azure cloudstack deployment diskSize facebook google hyperv kexec linode virtualbox vmware ' +
  'clan clanConfig clanCore';

/** Of flakes that are known, by what they are usually called. */
const FLAKES =
  'age catppuccin chaotic colmena comin disko facter flatpak home home-manager hjem jovian lanzaboote lollypops mailserver ' +
  'microvm my-nixos niri nixos-facter nixvim nix-homebrew nur preservation simple-nixos-mailserver snowfallorg sops ' +
  'stylix vars wsl xmonad';

const FOREIGN_NAMESPACES: ReadonlySet<string> = new Set([...SYSTEM.split(' '), ...FLAKES.split(' ')]);

/** Inputs whose modules declare options below names of their own alone, by the names that everybody gives them. */
const KNOWN_INPUTS = new Set(
  (
    'nixpkgs nixpkgs-unstable nixpkgs-stable nixos-hardware hardware nixos-facter-modules home-manager disko srvos sops-nix ' +
    'sops agenix ragenix nix-index-database lanzaboote stylix catppuccin impermanence preservation microvm nixos-wsl ' +
    'nix-homebrew nixvim niri niri-flake clan-core clan darwin nix-darwin hjem nur chaotic jovian disko-zfs ' +
    'nix-minecraft nixos-generators simple-nixos-mailserver nixos-mailserver buildbot-nix harmonia treefmt-nix ' +
    'spicetify-nix determinate lix-module nix-flatpak vscode-server nixos-vscode-server nixos-apple-silicon ' +
    'apple-silicon comin colmena nixos-anywhere'
  ).split(' '),
);

export function isKnownInput(name: string): boolean {
  return KNOWN_INPUTS.has(name);
}

/** What a set may say as a module beside options. */
const MODULE_WORDS: ReadonlySet<string> = new Set([
  'imports',
  'options',
  'config',
  'meta',
  'key',
  'disabledModules',
  'freeformType',
]);

/** May a name at the top of a module's definitions be one of the fleet's own? */
export function mayBeOwn(name: string): boolean {
  return !name.startsWith('_') && !FOREIGN_NAMESPACES.has(name) && !MODULE_WORDS.has(name);
}

/** May a file of that text declare options? */
export function mayDeclareOptions(text: string): boolean {
  return /\bmk\w*Option\b|OptionModule|\boptions\b/.test(text);
}

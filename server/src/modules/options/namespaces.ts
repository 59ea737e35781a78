/**
 * The top-level option names of NixOS, nix-darwin and widely used flakes. Options that the fleet declares below these
 * names have siblings that are not known here.
 */

/** Names in nixpkgs 26.05 and nix-darwin of the same time. */
const SYSTEM =
  'appstream assertions boot console containers documentation dysnomia ec2 environment fileSystems fonts gtk hardware ' +
  'homebrew i18n ids image isoImage jobs krb5 launchd lib location meta nesting netboot networking nix nixops nixpkgs oci ' +
  'openstack passthru power powerManagement programs proxmox proxmoxLXC qt sdImage security services snapraid sound ' +
  'specialisation stubby swapDevices system systemd tarball test testing time users virtualisation warnings xdg ' +
  'zramSwap amazonImage azure cloudstack deployment diskSize facebook google hyperv kexec linode virtualbox vmware ' +
  'clan clanConfig clanCore';

/** Namespaces of well-known flakes, by their usual names. */
const FLAKES =
  'age catppuccin chaotic colmena comin disko facter flatpak home home-manager hjem jovian lanzaboote lollypops mailserver ' +
  'microvm my-nixos niri nixos-facter nixvim nix-homebrew nur preservation simple-nixos-mailserver snowfallorg sops ' +
  'stylix vars wsl xmonad';

const FOREIGN_NAMESPACES: ReadonlySet<string> = new Set([...SYSTEM.split(' '), ...FLAKES.split(' ')]);

/** Inputs whose modules declare options only below namespaces of their own, by their usual names. */
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

/** Attributes that a module may have beside options. */
const MODULE_WORDS: ReadonlySet<string> = new Set([
  'imports',
  'options',
  'config',
  'meta',
  'key',
  'disabledModules',
  'freeformType',
]);

/** Returns whether a top-level name in a module's definitions may be one of the fleet's own. */
export function mayBeOwn(name: string): boolean {
  return !name.startsWith('_') && !FOREIGN_NAMESPACES.has(name) && !MODULE_WORDS.has(name);
}

/** Returns whether a file with this text may declare options. */
export function mayDeclareOptions(text: string): boolean {
  return /\bmk\w*Option\b|OptionModule|\boptions\b/.test(text);
}

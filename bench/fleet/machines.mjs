/** The folder of one machine of a large fleet, as Nix text. */
import { generatorText } from './shared.mjs';

export function configurationText({ name, tag, index }, own) {
  const modules = Object.keys(own).map(module => `    ./${module}.nix\n`);
  return `# ${name}: number ${index} of the estate.
{
  config,
  lib,
  pkgs,
  ...
}:
let
  envMatrix = import ../../lib/machine-env-matrix.nix;

  varsGenerators = import ../../lib/vars-generators.nix {
    keys = envMatrix.${name};
    inherit pkgs;
  };

  vars = config.clan.core.vars.generators;
in
{
  imports = [
    ./hardware-configuration.nix
    ../../modules/base.nix
    ../../modules/${tag}.nix
${modules.join('')}  ];

  clan.core.vars.generators = varsGenerators;

  networking.hostName = "${name}";
  system.stateVersion = "25.05";
  time.timeZone = "Europe/Berlin";

  environment.etc."${name}/identity".source = vars.host-identity.files.public.path;
  environment.etc."${name}/app".source = vars.app-admin.files.secret.path;

  users.users.admin = {
    isNormalUser = true;
    extraGroups = [ "wheel" ];
    hashedPasswordFile = vars.root-password.files.secret.path;
  };

  environment.systemPackages = lib.optionals (config.networking.domain != null) [
    pkgs.htop
    pkgs.tmux
  ];
}
`;
}

/** A module of one machine: three generators and the services that read them. */
export function ownModuleText({ name }, module, generators) {
  return `{ config, pkgs, ... }:
let
  vars = config.clan.core.vars.generators;
in
{
  config = {
${generators.map(generatorText).join('\n')}
${generators.map(generator => serviceText(generator, module, name)).join('\n')}  };
}
`;
}

function serviceText(generator, module, name) {
  return `    systemd.services."${module}-${generator}" = {
      description = "${generator} on ${name}";
      wantedBy = [ "multi-user.target" ];
      after = [ "network-online.target" ];
      serviceConfig = {
        DynamicUser = true;
        LoadCredential = [ "secret:\${vars.${generator}.files.secret.path}" ];
        Restart = "on-failure";
      };
      script = ''
        exec \${pkgs.curl}/bin/curl --fail --header @"$CREDENTIALS_DIRECTORY/secret" https://${generator}.example
      '';
    };
`;
}

export const HARDWARE = `# As \`nixos-generate-config\` writes it.
{ lib, modulesPath, ... }:
{
  imports = [ (modulesPath + "/profiles/qemu-guest.nix") ];

  boot.initrd.availableKernelModules = [
    "ahci"
    "xhci_pci"
    "virtio_pci"
    "sr_mod"
    "virtio_blk"
  ];
  boot.kernelModules = [ "kvm-amd" ];

  fileSystems."/" = {
    device = "/dev/disk/by-label/root";
    fsType = "ext4";
  };

  fileSystems."/boot" = {
    device = "/dev/disk/by-label/boot";
    fsType = "vfat";
  };

  swapDevices = [ ];

  nixpkgs.hostPlatform = lib.mkDefault "x86_64-linux";
}
`;

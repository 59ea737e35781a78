# tove: the home server, x86_64-linux. It keeps the backups and runs an agent in a virtual machine.
{
  config,
  inputs,
  pkgs,
  ...
}:
let
  inherit (config.clan.core.vars) generators;

  envMatrix = import ../../../lib/machine-env-matrix.nix;
  varsGenerators = import ../../../lib/vars-generators.nix {
    keys = envMatrix.tove;
    inherit pkgs;
  };
  mkHjemUser = import ../../clan/hjem-users.nix;
  secrets = import ../../../lib/secrets.nix { inherit pkgs; };
  sessionExtras = import ../../../lib/machine-session-extras.nix { machine = "tove"; };

  agentSecrets = "/run/agent-secrets";
in
{
  imports = [
    inputs.hjem.nixosModules.default
    inputs.microvm.nixosModules.host
    (import ../../shared/mesh.nix { machine = "tove"; })
    (import ../../shared/vars/certificates.nix { machine = "tove"; })
  ];

  # In the body, never in `imports`: see emily.
  clan.core.vars.generators = varsGenerators;

  nixpkgs.hostPlatform = "x86_64-linux";
  system.stateVersion = "25.11";

  boot.loader.systemd-boot.enable = true;
  fileSystems."/".device = "/dev/disk/by-label/root";

  users.mutableUsers = false;
  users.users.ada = {
    isNormalUser = true;
    home = "/home/ada";
    hashedPasswordFile = generators.login-password.files.password-hash.path;
  };

  hjem.users.ada = mkHjemUser {
    directory = "/home/ada";
    keys = envMatrix.tove;
    inherit (sessionExtras) extraSessionVars extraNuSessionVars;
  };

  # The other end has to know it, and it is no secret.
  environment.etc."wireguard/public-key".text = generators.wireguard.files.public.value;

  services.restic.backups.home = {
    initialize = true;
    repository = "/srv/backup/tove";
    paths = [ "/home" ];
    passwordFile = generators.restic-password.files.password.path;
    backupCleanupCommand = ''
      ${pkgs.curl}/bin/curl --data "Backup of tove has run" \
        https://ntfy.sh/${generators.ntfy.files.topic.value}
    '';
  };

  # Others keep their backups here. The key of the certificate reaches the service as a credential.
  services.restic.server = {
    enable = true;
    dataDir = "/srv/backup";
    extraFlags = [
      "--tls"
      "--tls-cert=${generators.host-certificate.files.chain.path}"
      "--tls-key=%d/tls-key"
    ];
  };
  systemd.services.restic-rest-server.serviceConfig.LoadCredential =
    "tls-key:${generators.host-certificate.files.key.path}";

  # Inside the guest there is no vars configuration to ask, hence the path below the mount point.
  microvm.vms.agent.config = {
    microvm.shares = [
      {
        proto = "virtiofs";
        tag = "agent-secrets";
        source = "/run/secrets/vars";
        mountPoint = agentSecrets;
      }
    ];
    environment.sessionVariables.ANTHROPIC_API_KEY_FILE = secrets.getVmPath {
      key = "anthropic";
      mountPoint = agentSecrets;
    };
  };
}

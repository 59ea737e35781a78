# The WireGuard mesh: each machine has an address in one private network and knows the keys of all others.
{ machine }:
{ clanLib, config, ... }:
let
  inherit (config.clan.core.vars) generators;

  envMatrix = import ../../lib/machine-env-matrix.nix;
  others = builtins.filter (
    name: name != machine && builtins.elem "wireguard" envMatrix.${name}
  ) (builtins.attrNames envMatrix);

  # What another machine has published; its configuration is not asked.
  published =
    name: generator: file:
    clanLib.getPublicValue {
      flake = config.clan.core.settings.directory;
      machine = name;
      inherit generator file;
    };
in
{
  networking.wg-quick.interfaces.wg0 = {
    address = [ "${generators.mesh-address.files.address.value}/64" ];
    listenPort = 51820;
    privateKeyFile = generators.wireguard.files.private.path;
    peers = map (name: {
      publicKey = published name "wireguard" "public";
      allowedIPs = [ "${published name "mesh-address" "address"}/128" ];
      endpoint = "${name}.orchard.internal:51820";
      persistentKeepalive = 25;
    }) others;
  };
}

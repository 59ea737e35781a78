# Accessors: from a registry key to the place of its file.
#
# `pkgs` only names the `cat` of password commands, for programs that start without a PATH. The
# registry itself is read without it.
{
  pkgs ? null,
}:
let
  registry = import ./secret-registry.nix { pkgs = null; };

  entryOf = key: registry.${key} or (throw "Unknown secret key '${key}'");

  cat = if pkgs == null then "cat" else "${pkgs.coreutils}/bin/cat";

  # The deployed file. Asks the machine's configuration, so it belongs into modules that are
  # evaluated for that machine.
  getPath =
    { osConfig, key }:
    let
      entry = entryOf key;
      generator =
        osConfig.clan.core.vars.generators.${entry.generator}
          or (throw "Generator '${entry.generator}' not configured for secret key '${key}'");
    in
    generator.files.${entry.fileAttr}.path;

  # The same file as a virtual machine sees it below a shared mount point. Needs no configuration.
  getVmPath =
    { key, mountPoint }:
    let
      entry = entryOf key;
    in
    "${mountPoint}/${entry.generator}/${entry.fileAttr}";

  # For options that want a command which prints the password.
  mkPasswordCmd = { osConfig, key }: "${cat} ${getPath { inherit osConfig key; }}";
in
{
  inherit getPath getVmPath mkPasswordCmd;
}

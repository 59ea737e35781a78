# D12: from another flake's library of generators.
{ inputs, ... }:
{
  clan.core.vars.generators.library-password = inputs.generator-library.lib.password { length = 48; };
}

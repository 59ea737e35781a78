/**
 * Files shared by the examples of inventory rules: a flake that takes its clan from `clan.nix`, and its lock.
 */

import { CLAN_CORE_COMMIT } from '../../fleet/catalogue/catalogue.ts';
import { CLAN_CORE_TIME } from '../../fleet/catalogue/catalogue-services.ts';

export const FLAKE = `\
{
  outputs =
    { self, clan-core, ... }:
    clan-core.lib.clan {
      inherit self;
      imports = [ ./clan.nix ];
    };
}
`;

/** A lock file that pins the clan-core version described by the catalogue. */
export const LOCK = `\
{
  "nodes": {
    "clan-core": {
      "locked": {
        "lastModified": ${CLAN_CORE_TIME},
        "owner": "clan-lol",
        "repo": "clan-core",
        "rev": "${CLAN_CORE_COMMIT}",
        "type": "github"
      }
    },
    "root": { "inputs": { "clan-core": "clan-core" } }
  },
  "root": "root",
  "version": 7
}
`;

/** A service of the workspace with one required and one optional setting. */
export const BACKUP = `\
{
  _class = "clan.service";
  manifest.name = "backup";
  roles.client = {
    interface = { lib, ... }: {
      options.keep = lib.mkOption { type = lib.types.ints.positive; default = 7; };
      options.domain = lib.mkOption { type = lib.types.str; };
    };
    perInstance = { settings, ... }: {
      nixosModule.environment.etc."backup".text = "\${settings.domain} \${toString settings.keep}";
    };
  };
}
`;

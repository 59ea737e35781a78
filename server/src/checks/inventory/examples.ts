/** What the examples of these rules share: a flake whose clan is in `clan.nix`, and its lock. */

import { CLAN_CORE_COMMIT } from '../../fleet/catalogue.ts';
import { CLAN_CORE_TIME } from '../../fleet/catalogue-services.ts';

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

/** A lock that names the clan-core that the catalogue describes. */
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

// Small fleets of sops-nix and agenix, with a cursor in them.
import { mkdirSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { encryptedYaml, VALUE } from '../../server/src/checks/examples/sops-examples.ts';
import { loadEngine } from '../../server/src/workspace/engine.ts';
import { createWorkspace } from '../../server/src/workspace/workspace.ts';
import { folder } from '../workspace/support.ts';
import type { At } from './support.ts';

const engine = await loadEngine();

const ADMIN = 'age1admin00000000000000000000000000000000000000000000000000000';
const SERVER = 'age1server0000000000000000000000000000000000000000000000000000';

/** Two machines with a module of secrets in common, and a user of home-manager. */
export const SOPS: Readonly<Record<string, string>> = {
  '.sops.yaml': `keys:
  - &admin ${ADMIN}
  - &server ${SERVER}
creation_rules:
  - path_regex: secrets/.*\\.yaml$
    key_groups:
      - age: [*admin, *server]
`,
  'flake.nix': `{
  outputs = { nixpkgs, sops-nix, home-manager, ... }: {
    nixosConfigurations = {
      laptop = nixpkgs.lib.nixosSystem { system = "x86_64-linux"; modules = [ ./hosts/laptop ./modules/secrets.nix ]; };
      server = nixpkgs.lib.nixosSystem { system = "x86_64-linux"; modules = [ ./hosts/server ./modules/secrets.nix ]; };
    };
  };
}
`,
  'modules/secrets.nix': `{ config, ... }:
{
  sops.defaultSopsFile = ../secrets/common.yaml;
  sops.secrets."api/token" = { owner = "ada"; mode = "0440"; restartUnits = [ "web.service" ]; };
  sops.secrets.ada-password = {
    sopsFile = ../secrets/users.yaml;
    key = "users/ada";
    neededForUsers = true;
  };
  users.users.ada.hashedPasswordFile = config.sops.secrets.ada-password.path;
}
`,
  'hosts/laptop/default.nix':
    '{ imports = [ ./wg.nix ]; home-manager.users.ada = import ../../home/ada.nix; }\n',
  'hosts/laptop/wg.nix': '{ }\n',
  'hosts/server/default.nix': `{ config, ... }:
{
  imports = [ ./wg.nix ];
  services.web.tokenFile = config.sops.secrets."api/token".path;
  sops.secrets.mistake = { };
  sops.secrets.gone.sopsFile = ./nothing.yaml;
  sops.templates."app.env".content = "TOKEN=\${config.sops.placeholder."api/token"}";
  services.web.environmentFile = config.sops.templates."app.env".path;
}
`,
  'hosts/server/wg.nix': '{ }\n',
  'home/ada.nix':
    '{ config, ... }: { sops.secrets.git = { sopsFile = ../secrets/users.yaml; key = "git"; }; }\n',
  'secrets/common.yaml': encryptedYaml(`api:\n    token: ${VALUE}\nwg: ${VALUE}\n`, [ADMIN, SERVER]),
  'secrets/users.yaml': encryptedYaml(`users:\n    ada: ${VALUE}\ngit: ${VALUE}\n`, [ADMIN]),
};

/** A machine with two secrets. */
export const AGENIX: Readonly<Record<string, string>> = {
  'flake.nix': `{
  outputs = { nixpkgs, agenix, ... }: {
    nixosConfigurations.web = nixpkgs.lib.nixosSystem { system = "x86_64-linux"; modules = [ ./hosts/web.nix ]; };
  };
}
`,
  'hosts/web.nix': `{ config, ... }:
{
  age.secrets.db = { file = ../secrets/db.age; owner = "postgres"; };
  services.db.passwordFile = config.age.secrets.db.path;
}
`,
  'secrets/secrets.nix': `let
  ada = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAda0000000000000000000000000000000000000000 ada@home";
  web = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIWeb0000000000000000000000000000000000000000";
in
{
  "db.age".publicKeys = [ ada web ];
  "mail.age".publicKeys = [ ada ];
}
`,
  'secrets/db.age': 'age-encryption.org/v1\n-> ssh-ed25519 AAAA\n',
  'secrets/mail.age': 'age-encryption.org/v1\n-> ssh-ed25519 AAAA\n',
};

/**
 * A fleet with the cursor behind `before`.
 * @param links path to target, relative to the link's folder
 */
export function inFleet(
  files: Readonly<Record<string, string>>,
  file: string,
  before: string,
  links: Readonly<Record<string, string>> = {},
): At {
  const offset = (files[file] ?? '').indexOf(before);
  if (offset === -1) throw new Error(`${file} has no ${before}`);
  const root = folder(files);
  for (const [path, target] of Object.entries(links)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    symlinkSync(target, join(root, path));
  }
  return { snapshot: createWorkspace({ root, engine }).snapshot(), file, offset: offset + before.length };
}

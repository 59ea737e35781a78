/** Fleets of which half is unknown: every second module missing, and names of which nothing is known. */
import fc from 'fast-check';
import type { Texts } from '../checks/harness.ts';
import { configuration, FLAKE, MACHINES, type MachineText, machine } from './unknown-modules.ts';

/** The files of a fleet with those of its modules that are there. */
export type PartsOf = (isThere: (index: number) => boolean) => Texts;

/** A mistake of its own in each machine, in a generator that is declared in full: it is one whatever else there is. */
export const MISTAKE = `{ pkgs, ... }:
{
  clan.core.vars.generators.door = {
    files.key = { };
    runtimeInputs = [ pkgs.pwgen ];
    script = ''
      pwgen -s 48 1 > "$out/kez"
    '';
  };
}
`;

/** Fleets with each statement of a machine in a module of its own, counted through all machines. */
export const fleetsInParts: fc.Arbitrary<PartsOf> = fc
  .tuple(...MACHINES.map(() => machine))
  .map(machines => isThere => {
    let index = 0;
    const texts: Record<string, string> = {
      'flake.nix': FLAKE,
      'secrets/all.yaml': 'sops:\n    version: 3.9.0\n',
    };
    for (const [at, name] of MACHINES.entries()) {
      const { body, stored } = machines[at] as MachineText;
      const folder = `machines/${name}`;
      const parts = body.map((_, part) => `./part${part}.nix`);
      texts[`${folder}/configuration.nix`] = configuration(['./door.nix', ...parts], []);
      texts[`${folder}/door.nix`] = MISTAKE;
      for (const [part, statement] of body.entries()) {
        const isPart = isThere(index++);
        if (isPart) texts[`${folder}/part${part}.nix`] = configuration([], [statement]);
      }
      for (const path of stored) texts[`vars/per-machine/${name}/${path}/value`] = 'x\n';
    }
    return texts;
  });

const hole = fc.constantFrom('${config.a.b}', '${config.networking.hostName}', '${lib.x config}', '${name}');
const nameOfHoles = fc.array(hole, { minLength: 1, maxLength: 3 }).map(holes => `"${holes.join('')}"`);

/** A module with names that are nothing but holes. */
export const moduleOfHoles: fc.Arbitrary<string> = fc
  .record({
    generator: nameOfHoles,
    file: nameOfHoles,
    prompt: nameOfHoles,
    dependency: nameOfHoles,
    secret: nameOfHoles,
    used: nameOfHoles,
    isPlaced: fc.boolean(),
  })
  .map(
    holes => `{ config, lib, pkgs, name, ... }:
{
  clan.core.vars.generators.${holes.generator} = {
    files.${holes.file} = { };
    prompts.${holes.prompt} = { };
    dependencies = [ ${holes.dependency} ];
    script = ''cat "$in/${holes.dependency.slice(1, -1)}/x" > "$out/${holes.file.slice(1, -1)}"'';
  };
  sops.secrets.${holes.secret} = { };
  services.holes.${holes.isPlaced ? holes.used : 'x'} = config.clan.core.vars.generators.${holes.used}.files.${holes.file}.path;
}
`,
  );

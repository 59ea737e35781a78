/** nixos-unified: with `autoWire`, the files in `configurations/` and `modules/` become outputs of the flake. */

import { inputs, wellKnownArgument } from '../../modules/modules.ts';
import { attr, attrs, attrsOf } from '../../nix/eval/construct.ts';
import type { Evaluation } from '../../nix/eval/evaluation.ts';
import type { AttrsValue, Lazy } from '../../nix/eval/value.ts';
import { type Builder, configurationsOf, type Host, modulesIn, pathsBy, pathTo, startOf } from './layout.ts';

/** The argument `flake` of every module: `flake.inputs`, `flake.self`. */
const FLAKE: AttrsValue = attrsOf({ inputs, self: wellKnownArgument('self') as Lazy }, null);

const KINDS: readonly (readonly [kind: string, builder: Builder])[] = [
  ['nixos', 'nixosSystem'],
  ['darwin', 'darwinSystem'],
];

export function nixosUnified(cx: Evaluation, config: AttrsValue): AttrsValue {
  const hosts = KINDS.flatMap(([kind, builder]) =>
    [...modulesIn(cx, `configurations/${kind}`, true)].map(
      ([name, file]): Host => ({
        name,
        builder,
        modules: [pathTo(cx, file)],
        specialArgs: attrsOf({ flake: FLAKE }, null),
        system: null,
        at: startOf(cx, file),
      }),
    ),
  );
  const outputs = configurationsOf(hosts);
  for (const kind of ['nixos', 'darwin', 'home'])
    outputs.set(`${kind}Modules`, attr(pathsBy(cx, modulesIn(cx, `modules/${kind}`, true)), null));
  return attrs(outputs, config.origin);
}

/**
 * Finds the home-manager modules that a machine's module gives to its users. They read the machine's generators
 * (`osConfig`) and may declare some. Unknown modules are left out, since nothing is concluded from their absence.
 */

import { definitionsOf } from '../../modules/read.ts';
import type { Evaluation } from '../../nix/eval/evaluation.ts';
import type { Lazy, Origin, Value } from '../../nix/eval/value.ts';
import { placeOf } from '../../nix/places.ts';
import { extentOf } from '../../nix/source.ts';
import type { GeneratorDefinition } from '../model/generators.ts';
import type { ModuleImport } from './imports.ts';

/** The contents of modules for users. */
export interface HomeModules {
  readonly imports: readonly ModuleImport[];
  readonly definitions: readonly GeneratorDefinition[];
}

/**
 * Reads the modules for users.
 * @param option the value of `home-manager`
 * @param fallback the place for values that are not written in a file
 * @param readModule reads an inline module
 */
export function homeModules(
  cx: Evaluation,
  option: Lazy,
  certain: boolean,
  fallback: Origin,
  readModule: (module: Lazy) => HomeModules,
): HomeModules {
  const imports: ModuleImport[] = [];
  const definitions: GeneratorDefinition[] = [];

  function read(lazy: Lazy, sure: boolean): void {
    for (const definition of definitionsOf(cx, lazy)) {
      if (definition.never) continue;
      const value = cx.resolve(definition.value);
      const isSure = sure && !definition.conditional;
      const file = fileOf(value, fallback);
      if (file !== null) imports.push({ target: { file }, certain: isSure, at: placeOf(fallback) });
      else {
        const inner = readModule(value);
        for (const moduleImport of inner.imports)
          imports.push(isSure ? moduleImport : { ...moduleImport, certain: false });
        if (isSure) definitions.push(...inner.definitions);
      }
    }
  }

  for (const { value, conditional, never } of definitionsOf(cx, option)) {
    if (value.kind !== 'attrs' || never) continue;
    const sure = certain && !conditional;
    const shared = value.entries.get('sharedModules');
    for (const definition of shared === undefined ? [] : definitionsOf(cx, shared.value)) {
      const items = definition.value.kind === 'list' && !definition.never ? definition.value.items : [];
      for (const item of items) if (item.kind !== 'spread') read(item, sure && !definition.conditional);
    }
    const users = value.entries.get('users');
    for (const definition of users === undefined ? [] : definitionsOf(cx, users.value)) {
      if (definition.value.kind !== 'attrs' || definition.never) continue;
      const isSure = sure && !definition.conditional && users?.optional !== true;
      for (const user of [...definition.value.entries.values(), ...definition.value.patterns])
        read(user.value, isSure && !user.optional);
    }
  }
  return { imports, definitions };
}

/** Returns the file if a value is all of it, as in `users.ann = import ./home.nix`; null otherwise. */
function fileOf(value: Value, { file: user }: Origin): string | null {
  if ((value.kind !== 'lambda' && value.kind !== 'attrs') || value.origin === null) return null;
  const { file, start, end } = value.origin;
  if (file.path === user.path) return null;
  const { root } = file;
  const isAll = root.start === start && root.end === end;
  const whole = extentOf(file);
  return isAll || (whole.start === start && whole.end === end) ? file.path : null;
}

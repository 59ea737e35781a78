/** Builds examples for rules about generators. */

/**
 * Returns a module that declares one generator.
 *
 * @param body the lines of the generator's attribute set, not indented
 */
export function generatorFile(name: string, body: string): Readonly<Record<string, string>> {
  return {
    [`modules/${name}.nix`]: `{ pkgs, ... }:\n{\n  clan.core.vars.generators.${name} = {\n${body.replace(/^(?=.)/gm, '    ')}  };\n}\n`,
  };
}

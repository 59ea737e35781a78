/** A generator with a script of 500 lines, in a module of its own. */

const FILES = 96;

/** The module. Each file is made by five lines of the script. */
export function scriptModule() {
  const names = Array.from({ length: FILES }, (_, i) => `key-${String(i).padStart(2, '0')}`);
  const lines = names.flatMap(name => [
    `      # ${name}, and how long it is.`,
    '      length=32',
    '      if [ -n "$length" ]; then',
    `        openssl rand -hex "$length" | tr -d '\\n' > "$out/${name}"`,
    '      fi',
  ]);
  return [
    '# Many keys of one kind.',
    '{ pkgs, ... }:',
    '{',
    '  clan.core.vars.generators.many-keys = {',
    `    files = pkgs.lib.genAttrs [ ${names.map(name => `"${name}"`).join(' ')} ] (_: { });`,
    '    runtimeInputs = [ pkgs.openssl ];',
    "    script = ''",
    ...lines,
    "    '';",
    '  };',
    '}',
    '',
  ].join('\n');
}

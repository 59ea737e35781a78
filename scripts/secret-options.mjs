// Compares the table of options that take a secret (server/src/checks/facts/use/data) with a checkout of nixpkgs:
//
//   node scripts/secret-options.mjs --nixpkgs DIR [--nix-instantiate PROGRAM]
//
// Says of each option, and of the one to set instead, whether the module that the table names declares it, and as a text or a path.
// Whether a text is the secret itself or the path of a file is in no type: that is decided by hand, from the module. Exit code 1 if
// anything differs.

import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { ROOT } from './lib/root.mjs';

const { values } = parseArgs({
  options: { nixpkgs: { type: 'string' }, 'nix-instantiate': { type: 'string', default: 'nix-instantiate' } },
});
const nixpkgs = resolve(values.nixpkgs ?? '');
if (values.nixpkgs === undefined || !existsSync(join(nixpkgs, 'lib'))) {
  console.error('--nixpkgs DIR is needed, a checkout of nixpkgs.');
  process.exit(2);
}

const table = join(ROOT, 'server/src/checks/facts/use/data/secret-options.json');
const { options } = JSON.parse(readFileSync(table, 'utf8'));
const wanted = options.flatMap(({ option, takes, module, instead }) => [
  { option, takes, module },
  ...(instead === undefined
    ? []
    : [{ option: [...option.split('.').slice(0, -1), instead].join('.'), takes: 'path', module }]),
]);
const faults = wanted.flatMap(each => faultOf(each) ?? []);
for (const fault of faults) console.log(fault);
console.log(`${wanted.length} options, ${faults.length} faults`);
process.exitCode = faults.length > 0 ? 1 : 0;

/** What is wrong with an option; null if nothing is. */
function faultOf({ option, takes, module }) {
  if (!existsSync(join(nixpkgs, module))) return `${option}: there is no ${module}`;
  const { type, error } = typeOf(module, option.split('.'));
  if (error !== undefined) return `${option}: ${module} does not evaluate: ${error}`;
  if (type === null) return `${option}: ${module} has no such option`;
  const isText = /\b(any|string|value|atom)\b/.test(type);
  const isPath = /\bpath\b/.test(type);
  return (takes === 'value' ? isText && !isPath : isText || isPath)
    ? null
    : `${option}: its type is "${type}"`;
}

function typeOf(module, names) {
  const expression = `import ${join(ROOT, 'scripts/secret-options.nix')} ${nixOf({ module, names })}`;
  const { status, stdout, stderr } = spawnSync(
    values['nix-instantiate'],
    ['--eval', '--strict', '--json', '--expr', expression],
    { encoding: 'utf8' },
  );
  if (status === 0) return { type: JSON.parse(stdout) };
  return {
    error:
      stderr
        .split('\n')
        .findLast(line => line.includes('error:'))
        ?.trim() ?? 'nothing said why',
  };
}

function nixOf({ module, names }) {
  const list = names.map(name => JSON.stringify(name)).join(' ');
  return `{ nixpkgs = ${nixpkgs}; module = ${JSON.stringify(module)}; names = [ ${list} ]; }`;
}

/** Follows programs that create keys and key pairs, whose files depend on more than one option. */

import { literal, variablesIn, withSuffix } from '../flow/values.ts';
import { SPECIAL_OPTIONS } from './file-tools.ts';
import { readOptions } from './tool-options.ts';
import type { ToolRun } from './tool-run.ts';

/** Returns whether a word matches the pattern of an option. */
export function flag(run: ToolRun, pattern: RegExp): boolean {
  return run.words.some(word => pattern.test(literal(word.value) ?? ''));
}

/** Follows `ssh-keygen`: `-f F` creates `F` and `F.pub`; most other options make it do something else. */
function sshKeygen(run: ToolRun): void {
  const { options, operands } = readOptions(run.words, SPECIAL_OPTIONS['ssh-keygen']);
  const other = options.some(option =>
    option.role === null
      ? /[yleicBHLpqQAhUkv]*[yleicBHLpQAkU]/.test(option.name)
      : /^[sDFRrMYk]$/.test(option.name),
  );
  const signs = options.some(option => option.name === 's');
  const prints = options.some(option => option.role === null && /^q?[yleB]q?v*$/.test(option.name));
  for (const { word, role, value, name } of options) {
    if (value === null) run.option(word);
    else if (name === 'f') {
      const at = { ...word, value };
      if (prints) run.read(at);
      else if (other) run.unknown(at);
      else {
        run.write(at, run.path(at));
        run.write(at, withSuffix(run.path(at), '.pub'));
      }
    } else if (role === 'read') run.read({ ...word, value });
    else run.text({ ...word, value });
  }
  for (const word of operands) {
    if (!signs) {
      run.unknown(word);
      continue;
    }
    run.read(word);
    const path = run.path(word);
    if (path.rest?.endsWith('.pub'))
      run.write(word, { ...path, rest: path.rest.replace(/\.pub$/, '-cert.pub') });
    else run.unknown(word);
  }
}

/** Follows `htpasswd`: `-c FILE USER PASSWORD` writes FILE; with `-n` it prints. */
function htpasswd(run: ToolRun): void {
  const { options, operands } = readOptions(run.words, SPECIAL_OPTIONS.htpasswd);
  for (const { word } of options) run.option(word);
  const letters = options
    .filter(option => option.role === null)
    .map(option => option.name)
    .join('');
  const all = run.words
    .map(word => literal(word.value) ?? '')
    .filter(text => /^-[a-zA-Z]/.test(text))
    .join('');
  const flags = letters + all;
  const [file, ...rest] = flags.includes('n') ? [undefined, ...operands] : operands;
  if (file) run.write(file, run.path(file), true, flags.includes('c') ? 'command' : 'change');
  for (const word of rest) if (word) run.text(word);
}

/** Follows `step crypto keypair PUBLIC PRIVATE`, `step certificate create SUBJECT CERT KEY`. */
function step(run: ToolRun): void {
  const [group, action] = run.words.map(word => literal(word.value));
  const { options, operands } = readOptions(run.words, SPECIAL_OPTIONS.step);
  for (const { word, role, value } of options) {
    if (value === null) run.option(word);
    else if (role === 'read') run.read({ ...word, value });
    else if (role === 'directory') run.directory({ ...word, value });
    else run.text({ ...word, value });
  }
  // A word with an unknown number of fields shifts the others, but a path in a known directory is a file either way.
  const shifted = operands.some(word => word.many);
  if (shifted && (group === 'crypto' || group === 'certificate')) {
    for (const word of operands) {
      if (variablesIn(word.value).length > 0 && !word.many) run.write(word, run.path(word), false);
      else run.text(word);
    }
  } else if (group === 'crypto' && action === 'keypair')
    for (const word of operands) run.write(word, run.path(word));
  else if (group === 'certificate' && action === 'create') {
    const [subject, ...files] = operands;
    if (subject) run.text(subject);
    for (const word of files) run.write(word, run.path(word));
  } else for (const word of operands) run.unknown(word);
}

/** Follows `nix-store --generate-binary-cache-key NAME SECRET PUBLIC`. */
function nixStore(run: ToolRun): void {
  const operands = run.words.filter(word => !/^-/.test(literal(word.value) ?? ''));
  if (!flag(run, /^--generate-binary-cache-key$/)) {
    for (const word of run.words) run.unknown(word);
    return;
  }
  const [name, ...files] = operands;
  if (name) run.text(name);
  for (const word of files) {
    if (operands.length === 3) run.write(word, run.path(word));
    else run.unknown(word);
  }
}

/** Follows `cfssljson`: `-bare PREFIX` writes the files contained in its input. */
function cfssljson(run: ToolRun): void {
  const { options, operands } = readOptions(run.words, SPECIAL_OPTIONS.cfssljson);
  for (const { word } of options) run.option(word);
  for (const word of operands) {
    const path = run.path(word);
    run.write(word, withSuffix(path, '.pem'), false);
    run.write(word, withSuffix(path, '-key.pem'), false);
    run.write(word, withSuffix(path, '.csr'), false);
  }
}

export const keyTools: Readonly<Record<string, (run: ToolRun) => void>> = {
  'ssh-keygen': sshKeygen,
  htpasswd,
  step,
  'nix-store': nixStore,
  cfssljson,
};

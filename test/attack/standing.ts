/**
 * What attacks on writing read of a fleet afterwards: the values of its secrets, by a reader that shares nothing with ours,
 * whether they fit each other, and what is left over.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join, relative } from 'node:path';
import { readSopsIndependently } from '../store/independent-reader.ts';

/** Values that name what they are made from, so that two that do not fit are seen. */
export const GENERATORS = `
  root = {
    share = true; files.key = { }; files.cert.secret = false;
    script = ''
      made=$RANDOM$RANDOM; printf 'root-%s' "$made" > $out/key; printf 'root-%s' "$made" > $out/cert
    '';
  };
  token = {
    files.t = { }; script = "printf 'token-%s' $RANDOM$RANDOM > $out/t";
  };
  leaf = {
    dependencies = [ "root" "token" ]; files.l = { }; files.p.secret = false;
    script = ''
      cat $in/root/key $in/token/t > $out/l; cat $in/root/cert > $out/p
    '';
  };`;

/** The machines that may declare them. */
const MACHINES = ['m', 'n', 'o'];

/** What the secrets say, or why they cannot be opened, by path. */
export type Values = ReadonlyMap<string, string | Error>;

/** All files and links below a folder, but those of Git. */
function filesIn(root: string): string[] {
  return readdirSync(root, { recursive: true, withFileTypes: true })
    .filter(entry => !entry.isDirectory())
    .map(entry => relative(root, join(entry.parentPath, entry.name)))
    .filter(path => !path.startsWith('.git/'));
}

export const secretsIn = (root: string) => filesIn(root).filter(path => path.endsWith('/secret'));

/** @param key the text of a key file */
export function valuesWith(key: string): (root: string) => Values {
  // Most runs leave most secrets as they are: what was opened once is not opened again.
  const opened = new Map<string, string | Error>();
  const opening = (text: string): string | Error => {
    const known = opened.get(text);
    if (known !== undefined) return known;
    let value: string | Error;
    try {
      value = readSopsIndependently(text, key).toString();
    } catch (error) {
      value = error as Error;
    }
    opened.set(text, value);
    return value;
  };
  return root =>
    new Map(secretsIn(root).map(path => [path, opening(readFileSync(join(root, path), 'utf8'))]));
}

/** Why the values of the fleet do not fit each other. */
export function misfits(root: string, values: Values): string[] {
  const open = (path: string) => readFileSync(join(root, path), 'utf8');
  const rootKey = values.get('vars/shared/root/key/secret');
  const found = MACHINES.filter(machine => existsSync(join(root, 'machines', machine))).filter(machine => {
    const own = `vars/per-machine/${machine}`;
    const token = values.get(`${own}/token/t/secret`);
    const leaf = values.get(`${own}/leaf/l/secret`);
    return leaf !== `${rootKey}${token}` || open(`${own}/leaf/p/value`) !== rootKey;
  });
  const isOwn = open('vars/shared/root/cert/value') === rootKey;
  return [
    ...found.map(machine => `${machine}: leaf does not fit`),
    ...(isOwn ? [] : ['cert and key differ']),
  ];
}

const LEFT_OVER = /\.varsmith-|\.new$/;

/** Files of ours beside those of the fleet and of Git. */
export function litterIn(root: string): string[] {
  const own = join(root, '.git/varsmith');
  return [
    ...filesIn(root).filter(path => LEFT_OVER.test(path)),
    ...(existsSync(own) ? filesIn(own).filter(path => /(^|\/)(lock|journal)|\.new/.test(path)) : []),
    ...readdirSync(join(root, '.git')).filter(name => name.startsWith('index.lock')),
  ];
}

export function gitIn(root: string, ...args: readonly string[]): string {
  return execFileSync('git', args, { cwd: root, encoding: 'utf8' });
}

/** What a fleet holds, by path: the values of secrets, the targets of links, all else as it is. */
export function contentsIn(root: string, values: Values): Record<string, string> {
  const content = (path: string): string => {
    const value = values.get(path);
    if (value !== undefined) return String(value);
    // Other keys of machines each time.
    if (path.endsWith('key.json')) return 'a key';
    return readFileSync(join(root, path), 'utf8');
  };
  return Object.fromEntries(
    readdirSync(root, { recursive: true, withFileTypes: true })
      .filter(entry => !entry.isDirectory())
      .map((entry): [string, string] => {
        const path = relative(root, join(entry.parentPath, entry.name));
        return [path, entry.isSymbolicLink() ? `-> ${readlinkSync(join(root, path))}` : path];
      })
      .filter(([path]) => !path.startsWith('.git/'))
      .map(([path, text]) => [path, text === path ? content(path) : text]),
  );
}

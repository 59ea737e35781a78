// What scripts do, as far as expressions can tell.

import { spawnSync } from 'node:child_process';

/** The programs of packages. @type {Readonly<Record<string, readonly string[]>>} */
export const PROGRAMS = {
  age: ['age-keygen', 'age'],
  apacheHttpd: ['htpasswd'],
  authelia: ['authelia'],
  caddy: ['caddy'],
  cfssl: ['cfssl', 'cfssljson'],
  cryptsetup: ['cryptsetup'],
  diceware: ['diceware'],
  garage: ['garage'],
  gawk: ['awk'],
  gnugrep: ['grep'],
  gnupg: ['gpg'],
  gnused: ['sed'],
  jq: ['jq'],
  kubectl: ['kubectl'],
  libargon2: ['argon2'],
  libuuid: ['uuidgen'],
  minisign: ['minisign'],
  mkpasswd: ['mkpasswd'],
  nkeys: ['nk'],
  nsc: ['nsc'],
  openssh: ['ssh-keygen'],
  openssl: ['openssl'],
  pwgen: ['pwgen'],
  python3: ['python3', 'python'],
  radicle: ['rad'],
  'ssh-to-age': ['ssh-to-age'],
  'step-cli': ['step'],
  syncthing: ['syncthing'],
  tor: ['tor'],
  unixtools: ['xxd'],
  'util-linux': ['uuidgen'],
  whois: ['mkpasswd'],
  'wireguard-tools': ['wg'],
  xkcdpass: ['xkcdpass'],
  xxd: ['xxd'],
  yggdrasil: ['yggdrasil', 'yggdrasilctl'],
  zerotierone: ['zerotier-idtool'],
};

export const programsOf = ({ name }) => (Object.hasOwn(PROGRAMS, name) ? PROGRAMS[name] : []);

const escaped = text => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

/** A program where a command begins. */
export function commandOf(program) {
  return new RegExp(
    `(^|[|;&(!]|\\$\\(|\\b(?:if|then|do|else)\\s|\\n)[ \\t]*${escaped(program)}(?=[\\s)|;]|$)`,
  );
}

/** Comments as spaces, so that nothing moves. */
export const withoutComments = text =>
  text.replace(/(^|\n)([ \t]*)#[^\n]*/g, comment => comment.replace(/[^\n]/g, ' '));

/** Matches outside of comments, with their offsets in the script's text. */
export const matchesIn = (script, pattern) => [...withoutComments(script.text).matchAll(pattern)];

/** `$out/<file>`, `${out}/<file>`, `"$out"/<file>` */
export const outputOf = file => new RegExp(`\\$(?:out|\\{out\\})"?/${escaped(file)}(?![\\w.-])`, 'g');

export const namesOutput = ({ text }, file) => outputOf(file).test(withoutComments(text));

/** What Bash gets: Nix's escapes undone, interpolations made into a word. */
function decoded(text, quotes) {
  const words = text.replace(/(^|[^$'])\$\{(?:[^{}]|\{[^{}]*\})*\}/g, '$1NIXWORD');
  const plain =
    quotes === 2
      ? words.replace(/''\$/g, '$').replace(/'''/g, "''").replace(/''\\n/g, '\n')
      : words.replace(/\\(["$\\])/g, '$1').replace(/\\n/g, '\n');
  return plain.replace(/\$\$\{/g, '${');
}

const isBash = code => spawnSync('bash', ['-n'], { input: code }).status === 0;

/** Whether Bash reads a script as it is, and not any more without a part of it. */
export function breaksWithout({ text, quotes }, { start, end }) {
  const broken = text.slice(0, start) + text.slice(end);
  return isBash(decoded(text, quotes)) && !isBash(decoded(broken, quotes));
}

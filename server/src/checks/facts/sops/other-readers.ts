/**
 * Finds readers of encrypted files outside of Nix: scripts, Terraform, `just` and `make` recipes, and
 * documentation. Texts are only searched for names.
 */

import { perObject } from '../../memory/kept.ts';
import type { CheckContext, CheckFiles } from '../../rule.ts';
import { NOT_SEARCHED } from './sops-files.ts';

/**
 * Returns a predicate that tells whether something other than Nix may read a key. Searches the repository on
 * first use.
 */
export function namedInScripts({ fleet, sources, stored }: CheckContext): (key: string) => boolean {
  let inNix: readonly string[] | null = null;
  return key => {
    inNix ??= [...callsInNix(sources, fleet.secrets)];
    const name = wordOf(key);
    return [...scriptsFor(stored()).of(sources), ...inNix].some(text => name.test(text));
  };
}

/** Cached per state of the files other than Nix. */
const scriptsFor = perObject(() => {
  let texts: readonly string[] | null = null;
  return {
    of(sources: CheckFiles): readonly string[] {
      texts ??= [...scriptsIn(sources)];
      return texts;
    },
  };
});

/** Returns a pattern for the last segment of a key as a whole word. */
function wordOf(key: string): RegExp {
  const name = key.slice(key.lastIndexOf('/') + 1).replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  return new RegExp(`(?<![\\w-])${name}(?![\\w-])`);
}

/** Larger repositories are searched only in part. */
const MAX_FILES = 4_000;
const MAX_LENGTH = 200_000;

const TEXTS =
  /(^|\/)([^./]+|[^/]+\.(sh|bash|zsh|fish|nu|py|rb|pl|js|mjs|ts|go|rs|tf|hcl|toml|ya?ml|json|md|txt|mk|just))$/;

function* scriptsIn(sources: CheckFiles): Iterable<string> {
  const open = [''];
  let count = 0;
  while (open.length > 0) {
    const folder = open.pop() as string;
    const links = new Set((sources.links?.(folder) ?? []).map(link => link.name));
    for (const { name, kind } of sources.list(folder) ?? []) {
      const path = folder === '' ? name : `${folder}/${name}`;
      if (links.has(name) || name === '.git' || name === '.sops.yaml') continue;
      if (kind === 'directory') {
        if (!NOT_SEARCHED.has(name)) open.push(path);
        continue;
      }
      if (!TEXTS.test(path) || ++count > MAX_FILES) continue;
      const text = sources.text(path);
      // An encrypted file contains the word in its own metadata.
      if (text === null || text.length > MAX_LENGTH || ENCRYPTED.test(text)) continue;
      if (/\b(sops|r?age|agenix)\b/.test(text)) yield text;
    }
  }
}

const ENCRYPTED = /\bENC\[AES256_GCM,/;

/** Yields the texts of Nix files with scripts that call the program. */
function* callsInNix(sources: CheckFiles, facts: readonly { readonly file: string }[]): Iterable<string> {
  for (const { file } of facts) {
    const text = sources.text(file);
    if (text !== null && /\bsops['"}]?\s+(-|exec|decrypt|edit)|--extract\b/.test(text)) yield text;
  }
}

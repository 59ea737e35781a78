/**
 * Finds the encrypted files of a repository by content, for selection by the user. Searches only on request.
 */
import { perObject } from '../../checks/memory/kept.ts';
import { folderOf } from '../../nix/eval/paths.ts';
import type { StoreContents } from '../../store/vars/read.ts';
import type { Snapshot } from '../snapshot.ts';

export interface EncryptedFiles {
  /** Files encrypted by sops, sorted. */
  readonly sops: readonly string[];
  /** `*.age` files, sorted. */
  readonly age: readonly string[];
}

/** Returns the encrypted files, cached per state of the files other than Nix. */
export function encryptedFiles(snapshot: Snapshot): EncryptedFiles {
  return foundIn(snapshot.stored()).of(snapshot);
}

const foundIn = perObject((_: StoreContents) => {
  let files: EncryptedFiles | null = null;
  return {
    of(snapshot: Snapshot): EncryptedFiles {
      files ??= search(snapshot);
      return files;
    },
  };
});

/** The maximum number of folders to search, more than any repository has outside of its store. */
const MAX_FOLDERS = 5_000;

/** The maximum number of files that are opened to detect encryption. */
const MAX_OPENED = 500;

const NOT_SEARCHED: ReadonlySet<string> = new Set(['node_modules', 'result', 'vars', 'target', 'dist']);

/** Matches folders of clan's own files, which are not offered. */
const CLANS_OWN = /(^|\/)sops\/(secrets|users|machines|groups)$/;

function search(snapshot: Snapshot): EncryptedFiles {
  const sops: string[] = [];
  const age: string[] = [];
  const open = [''];
  let opened = 0;
  for (let count = 0; open.length > 0 && count < MAX_FOLDERS; count++) {
    const folder = open.pop() as string;
    for (const { name, kind } of snapshot.files.list(folder) ?? []) {
      const path = folder === '' ? name : `${folder}/${name}`;
      if (name.startsWith('.')) continue;
      if (kind === 'directory') {
        if (!NOT_SEARCHED.has(name) && !CLANS_OWN.test(path)) open.push(path);
      } else if (name.endsWith('.age')) age.push(path);
      else if (mayBeEncrypted(name) && opened++ < MAX_OPENED && isEncrypted(snapshot, path)) sops.push(path);
    }
  }
  return { sops: sops.sort(), age: age.sort() };
}

function mayBeEncrypted(name: string): boolean {
  return /\.(ya?ml|json|env|ini|enc|bin|sops|key|pem|conf|txt)$/.test(name) || !name.includes('.');
}

/** Detects encryption by marks of the metadata, because parsing large files would be slow. */
function isEncrypted({ files }: Snapshot, path: string): boolean {
  const text = files.text(path);
  if (text?.includes('ENC[') !== true) return false;
  return /^["']?sops["']?:|^sops_mac\s*=|^\[sops\]|"sops"\s*:\s*\{/m.test(text);
}

/** Returns a path relative to a file: `../secrets/a.yaml`. */
export function pathFrom(file: string, target: string): string {
  const from = folderOf(file) === '' ? [] : folderOf(file).split('/');
  const to = target.split('/');
  let same = 0;
  while (same < from.length && same < to.length - 1 && from[same] === to[same]) same++;
  const up = from.slice(same).map(() => '..');
  return [...(up.length === 0 ? ['.'] : up), ...to.slice(same)].join('/');
}

/** Finds the encrypted files of a repository by their content, to choose one. Searches only on request. */
import { keeping } from '../../checks/memory/kept.ts';
import { folderOf } from '../../nix/eval/paths.ts';
import type { StoreContents } from '../../store/vars/read.ts';
import type { Snapshot } from '../snapshot.ts';

export interface EncryptedFiles {
  /** Encrypted by sops, sorted. */
  readonly sops: readonly string[];
  /** `*.age`, sorted. */
  readonly age: readonly string[];
}

/** Found once for each state of what is not Nix. */
export function encryptedFiles(snapshot: Snapshot): EncryptedFiles {
  return foundIn(snapshot.stored()).of(snapshot);
}

const foundIn = keeping((_: StoreContents) => {
  let files: EncryptedFiles | null = null;
  return {
    of(snapshot: Snapshot): EncryptedFiles {
      files ??= search(snapshot);
      return files;
    },
  };
});

/** More than any repository keeps beside its store. */
const MAX_FOLDERS = 5_000;

/** Files that are opened to see whether they are encrypted. */
const MAX_OPENED = 500;

const NOT_SEARCHED: ReadonlySet<string> = new Set(['node_modules', 'result', 'vars', 'target', 'dist']);

/** Folders of clan's own files, which are not offered. */
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

/** Going by the marks of its metadata: parsing all of what may be large would keep a person waiting. */
function isEncrypted({ files }: Snapshot, path: string): boolean {
  const text = files.text(path);
  if (text?.includes('ENC[') !== true) return false;
  return /^["']?sops["']?:|^sops_mac\s*=|^\[sops\]|"sops"\s*:\s*\{/m.test(text);
}

/** A path as a file writes it: `../secrets/a.yaml`. */
export function pathFrom(file: string, target: string): string {
  const from = folderOf(file) === '' ? [] : folderOf(file).split('/');
  const to = target.split('/');
  let same = 0;
  while (same < from.length && same < to.length - 1 && from[same] === to[same]) same++;
  const up = from.slice(same).map(() => '..');
  return [...(up.length === 0 ? ['.'] : up), ...to.slice(same)].join('/');
}

/** A repository in memory, with symbolic links: what the store is read from. */

import { joinPath } from '../../server/src/nix/eval/paths.ts';
import type { Change } from '../../server/src/store/vars/changes.ts';
import type { Link, StoreFiles } from '../../server/src/store/vars/files.ts';

/** A text, or a link to what `link` says. */
export type Content = string | { readonly link: string };

/** @param contents by path; a link to a folder has what is in the folder */
export function storeFiles(contents: Readonly<Record<string, Content>>): StoreFiles {
  const resolve = (path: string, hops = 0): string | null => {
    if (hops > 40) return null;
    const names = path.split('/');
    for (const i of names.keys()) {
      const content = contents[names.slice(0, i + 1).join('/')];
      if (typeof content !== 'object') continue;
      const target = joinPath(names.slice(0, i).join('/'), content.link);
      return target === null ? null : resolve([target, ...names.slice(i + 1)].join('/'), hops + 1);
    }
    return path;
  };
  const paths = Object.keys(contents);
  const kind: StoreFiles['kind'] = path => {
    const real = resolve(path);
    if (real === null) return null;
    if (typeof contents[real] === 'string') return 'file';
    return real === '' || paths.some(one => one.startsWith(`${real}/`)) ? 'directory' : null;
  };
  const names = (folder: string): string[] => {
    const real = resolve(folder);
    if (real === null || kind(real) !== 'directory') return [];
    const prefix = real === '' ? '' : `${real}/`;
    const below = paths.filter(one => one.startsWith(prefix)).map(one => one.slice(prefix.length));
    return [...new Set(below.map(one => one.split('/')[0] as string))];
  };
  const pathOf = (folder: string, name: string) => (folder === '' ? name : `${folder}/${name}`);
  return {
    kind,
    list: folder =>
      kind(folder) !== 'directory'
        ? null
        : names(folder).flatMap(name => {
            const what = kind(pathOf(folder, name));
            return what === null ? [] : [{ name, kind: what }];
          }),
    text: path => {
      const real = resolve(path);
      const content = real === null ? undefined : contents[real];
      return typeof content === 'string' ? content : null;
    },
    links: folder =>
      kind(folder) !== 'directory'
        ? null
        : names(folder).flatMap((name): Link[] => {
            const content = contents[pathOf(resolve(folder) ?? folder, name)];
            return typeof content === 'object' ? [{ name, target: content.link }] : [];
          }),
  };
}

/** What age writes. */
export const AGE_FILE = '-----BEGIN AGE ENCRYPTED FILE-----\n';

/** What sops writes beside a ciphertext. */
export function sopsSecret(...recipients: readonly string[]): string {
  const age = recipients.map(recipient => ({ recipient, enc: '-----BEGIN AGE ENCRYPTED FILE-----' }));
  return JSON.stringify({ data: 'ENC[AES256_GCM,data:AA==,type:str]', sops: { age, kms: null, pgp: null } });
}

/** The contents after changes, in memory. */
export function applied(
  contents: Readonly<Record<string, Content>>,
  changes: readonly Change[],
): Record<string, Content> {
  const after: Record<string, Content> = { ...contents };
  for (const change of changes) {
    for (const path of Object.keys(after))
      if (path === change.path || path.startsWith(`${change.path}/`)) delete after[path];
    if (change.kind === 'write') after[change.path] = Buffer.from(change.bytes).toString('utf8');
    if (change.kind === 'link') after[change.path] = { link: change.target };
  }
  return after;
}

// Mistakes in what is stored: values in clear text, conflicts, links, what is gone.

import { lstatSync, readFileSync, readlinkSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { isFile } from '../fleet.mjs';
import { isSecret } from '../generator.mjs';
import { changed, spotsOf, usesOf } from '../mutant.mjs';
import { storedIn } from './declarations.mjs';

const isLink = ({ root }, path) => lstatSync(join(root, path)).isSymbolicLink();

/** @type {Record<string, import('../mutant.mjs').Operator>} */
export const STORED = {
  'stored-plaintext': fleet =>
    fleet.paths
      .filter(
        path => /(^|\/)vars\/(shared|per-machine\/[^/]+)\/.*\/secret$/.test(path) && isFile(fleet, path),
      )
      .map(path => changed(path, { write: path, text: 'correct horse battery staple\n' })),

  'stored-conflict': fleet =>
    fleet.paths
      .filter(path => /(^|\/)vars\/.*\/secret$/.test(path) && isFile(fleet, path))
      .flatMap(path => {
        const lines = readFileSync(join(fleet.root, path), 'utf8').split('\n');
        if (!lines[0].startsWith('{')) return [];
        lines.splice(1, 0, '<<<<<<< HEAD', lines[1], '=======', lines[1], '>>>>>>> other');
        return changed(path, { write: path, text: lines.join('\n') });
      }),

  'stored-link-broken': fleet =>
    fleet.paths
      .filter(path => /(^|\/)vars\/.*\/(users|machines|groups)\/[^/]+$/.test(path) && isLink(fleet, path))
      .map(path => {
        const to = `${readlinkSync(join(fleet.root, path))}x`;
        return changed(path, { link: path, to }, { names: [basename(path)] });
      }),

  'stored-machine-dropped': fleet =>
    fleet.paths
      .filter(path => /(^|\/)vars\/.*\/machines\/[^/]+$/.test(path) && isLink(fleet, path))
      .map(path =>
        changed(dirname(dirname(path)), { remove: path }, { names: [basename(path)], anywhere: /^store\// }),
      ),

  'stored-value-removed': fleet =>
    fleet.generators.flatMap(generator =>
      [...generator.files]
        .filter(
          ([name, file]) =>
            generator.name &&
            isSecret(file) === false &&
            usesOf(fleet, generator, name).some(
              ({ attribute, isGuarded }) => attribute.text === 'value' && !isGuarded,
            ),
        )
        .flatMap(([name]) =>
          storedIn(fleet, generator, name, 'value').map(path =>
            changed(path, { remove: path }, { names: [name], also: spotsOf(usesOf(fleet, generator, name)) }),
          ),
        ),
    ),
};

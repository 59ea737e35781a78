// Links of docs/ as the site needs them. In docs/ they are paths, which GitHub and editors follow: to other pages, to
// schemas, and to files of the repository.

import { posix } from 'node:path';

/** Where a file of the repository can be read. */
const REPOSITORY = 'https://github.com/varsmith/varsmith/blob/main';

/** The anchor that GitHub gives to a heading: the links between pages are written for it. */
export function anchor(heading) {
  return heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, '')
    .replaceAll(' ', '-');
}

/** The name of the page that a `README.md` is on the site. */
export function pageFile(path) {
  return path.replace(/(^|\/)README\.md$/, '$1index.md');
}

/**
 * A link as the site needs it.
 * @param from the page it stands on, relative to docs/
 */
export function siteLink(href, from) {
  if (/^([a-z]+:|#|\/)/.test(href)) return href;
  const [path, hash] = href.split('#');
  const target = posix.normalize(posix.join('docs', posix.dirname(from), path));
  const suffix = hash === undefined ? '' : `#${hash}`;
  if (!target.startsWith('docs/')) return `${REPOSITORY}/${target}${suffix}`;
  if (target.endsWith('.json') && target.startsWith('docs/schemas/')) return target.slice('docs'.length);
  if (!target.endsWith('.md')) return `${REPOSITORY}/${target}${suffix}`;
  return pageFile(path) + suffix;
}

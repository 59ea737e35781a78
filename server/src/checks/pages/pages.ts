/** Links to Varsmith's documentation on the web. Knows the names of the pages, not their contents. */

/** The address of the public documentation. Pages have the same names as below `docs/`, without `.md`. */
const DOCUMENTATION = 'https://varsmith.github.io/varsmith';

/**
 * Returns the address of a page.
 *
 * @param page relative to `docs/`, without extension: `configuration`; may have an anchor, `generate#prompts`
 */
export function pageUrl(page: string): string {
  return `${DOCUMENTATION}/${page}`;
}

/** Returns the page name of a rule, as `pageUrl` expects it: `rules/registry/unknown-key`. */
export function rulePageName(id: string): string {
  return `rules/${id}`;
}

/** Returns the address of a rule's page. */
export function ruleUrl(id: string): string {
  return pageUrl(rulePageName(id));
}

/**
 * Returns the anchor that GitHub and our site give a heading: lower case, no punctuation, dashes for spaces.
 */
export function anchor(heading: string): string {
  return heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, '')
    .replaceAll(' ', '-');
}

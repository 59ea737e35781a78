/** Where Varsmith is documented on the web. Knows the names of the pages, not what stands on them. */

/** The address of the public documentation. Pages are named as below `docs/`, without `.md`. */
const DOCUMENTATION = 'https://varsmith.github.io/varsmith';

/**
 * Returns the address of a page.
 * @param page relative to `docs/`, without its ending: `configuration`; an anchor may follow, `generate#prompts`
 */
export function pageUrl(page: string): string {
  return `${DOCUMENTATION}/${page}`;
}

/** Returns the page of a rule, as `pageUrl` takes it: `rules/registry/unknown-key`. */
export function rulePageName(id: string): string {
  return `rules/${id}`;
}

/** Returns the address of a rule's page. */
export function ruleUrl(id: string): string {
  return pageUrl(rulePageName(id));
}

/**
 * Returns the anchor that GitHub and our site give to a heading: lower case, without punctuation, dashes for spaces.
 */
export function anchor(heading: string): string {
  return heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, '')
    .replaceAll(' ', '-');
}

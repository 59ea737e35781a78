/** Where rules are documented on the web. Knows the page, not what stands on it. */

const PAGE = 'https://github.com/varsmith/varsmith/blob/main/docs/rules.md';

/** The address of a rule's documentation. */
export function ruleUrl(id: string): string {
  return `${PAGE}#${anchor(id)}`;
}

/** The anchor that GitHub gives to a heading: lower case, without punctuation, dashes for spaces. */
export function anchor(heading: string): string {
  return heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, '')
    .replaceAll(' ', '-');
}

/** What other programs are given of the person's environment. */

type Environment = Readonly<Record<string, string | undefined>>;

/** All that is set. */
export function definedOnly(env: Environment): Record<string, string> {
  return Object.fromEntries(
    Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}

/** Variables that hold keys of sops and age. */
const KEYS = /^(SOPS_AGE_|AGE_KEY|SOPS_NIX_SECRET)/;

/** The same for programs that have no use for keys. */
export function withoutKeys(env: Environment): Record<string, string> {
  return Object.fromEntries(Object.entries(definedOnly(env)).filter(([name]) => !KEYS.test(name)));
}

/**
 * What a synthetic fleet consists of, as plain data: registry entries, machines and the keys each selects.
 *
 * Everything follows from the two counts by arithmetic, so that the same counts give the same fleet on every
 * machine. Nothing here knows how Nix is written.
 */

const VENDORS = [
  ['anthropic', 'ai'],
  ['openrouter', 'ai'],
  ['mistral', 'ai'],
  ['deepseek', 'ai'],
  ['groq', 'ai'],
  ['cohere', 'ai'],
  ['hindsight', 'ai'],
  ['huggingface', 'ai'],
  ['cloudflare', 'network'],
  ['tailscale', 'network'],
  ['hetzner', 'network'],
  ['porkbun', 'network'],
  ['netbird', 'network'],
  ['gandi', 'network'],
  ['bunny', 'network'],
  ['fastly', 'network'],
  ['gmail', 'mail'],
  ['icloud', 'mail'],
  ['fastmail', 'mail'],
  ['mailgun', 'mail'],
  ['postmark', 'mail'],
  ['sendgrid', 'mail'],
  ['migadu', 'mail'],
  ['purelymail', 'mail'],
  ['borgbase', 'backup'],
  ['backblaze', 'backup'],
  ['wasabi', 'backup'],
  ['rsyncnet', 'backup'],
  ['storj', 'backup'],
  ['grafana', 'monitoring'],
  ['sentry', 'monitoring'],
  ['healthchecks', 'monitoring'],
  ['pagerduty', 'monitoring'],
  ['ntfy', 'monitoring'],
  ['github', 'forge'],
  ['gitlab', 'forge'],
  ['forgejo', 'forge'],
  ['sourcehut', 'forge'],
  ['cachix', 'forge'],
  ['attic', 'forge'],
];

/** `helper` names the function of the registry that builds an entry of this kind. */
const KINDS = [
  { kind: 'api-key', helper: 'prompted', fileAttr: 'key', secret: true },
  { kind: 'token', helper: 'prompted', fileAttr: 'token', secret: true },
  { kind: 'password', helper: 'random', fileAttr: 'password', secret: true },
  { kind: 'account-id', helper: 'prompted', fileAttr: 'name', secret: false },
  { kind: 'signing-key', helper: 'random', fileAttr: 'key', secret: true },
];

/** Own keys of a machine, beside those of the shared lists. */
const OWN_KEYS = 6;

/**
 * @param {number} machineCount at least 1
 * @param {number} keyCount at least 8
 */
export function planFleet(machineCount, keyCount) {
  if (machineCount < 1 || keyCount < 8)
    throw new RangeError('a fleet has at least one machine and eight keys');
  const entries = Array.from({ length: keyCount }, (_, index) => entryAt(index));
  const lists = sharedLists(entries);
  const machines = Array.from({ length: machineCount }, (_, index) =>
    machineAt(index, machineCount, entries, lists),
  );
  return { entries, lists, machines };
}

function entryAt(index) {
  const [vendor, domain] = VENDORS[index % VENDORS.length];
  const kind = KINDS[Math.floor(index / VENDORS.length) % KINDS.length];
  const round = Math.floor(index / (VENDORS.length * KINDS.length));
  const key = `${vendor}-${kind.kind}${round === 0 ? '' : `-${round + 1}`}`;
  // A password is read from its file by one program and belongs in no shell, so every other one has no variable.
  const exported = kind.kind !== 'password' || index % 2 === 0;
  return {
    ...kind,
    key,
    vendor,
    domain,
    generator: key,
    envVar: exported ? key.toUpperCase().replaceAll('-', '_') : null,
  };
}

/** Three lists that rows of the matrix share; their keys are disjoint, and no row's own keys come from them. */
function sharedLists(entries) {
  const keys = entries.map(entry => entry.key);
  const core = Math.max(2, Math.min(10, Math.floor(keys.length / 6)));
  const group = Math.max(1, Math.min(12, Math.floor(keys.length / 8)));
  return {
    sharedCore: keys.slice(0, core),
    workstation: keys.slice(core, core + group),
    servers: keys.slice(core + group, core + 2 * group),
    rest: keys.slice(core + 2 * group),
  };
}

function machineAt(index, count, entries, lists) {
  const name = `m${String(index).padStart(Math.max(2, String(count - 1).length), '0')}`;
  const system = index % 4 === 3 ? 'aarch64-darwin' : 'x86_64-linux';
  const row = rowAt(index, count, lists);
  const keys = row.all ? entries.map(entry => entry.key) : [...row.shared.flatMap(l => lists[l]), ...row.own];
  return { name, index, system, row, keys };
}

/** A row: `shared ++ own`, or all keys, written as the registry's names or as the empty list. */
function rowAt(index, count, lists) {
  if (index === count - 1 || index % 10 === 9) {
    return { all: index % 20 === 19 ? 'empty-list' : 'names', shared: [], own: [] };
  }
  const take = Math.min(OWN_KEYS, lists.rest.length);
  const own = Array.from({ length: take }, (_, i) => lists.rest[(index * OWN_KEYS + i) % lists.rest.length]);
  const shared = [
    ['sharedCore', 'servers'],
    ['sharedCore'],
    ['sharedCore', 'workstation'],
    ['sharedCore', 'workstation', 'servers'],
    [],
  ][index % 5];
  // A row without shared lists spells out what it takes of the core.
  return { all: null, shared, own: shared.length > 0 ? own : [...lists.sharedCore.slice(0, 2), ...own] };
}

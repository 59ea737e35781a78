// What clan-options.mjs writes: the options of clan-core as tables of plain data.

const MAX_DESCRIPTION = 240;

/** The paths of all options: names joined by dots, `*` for what a set or a list holds; for a service, below its roles. */
export function pathsIn(described, kind) {
  return [...typesIn(described, kind).keys()];
}

/** Which options another version had that this one has not, and which had another type there, or had not to be set. */
export function differences(now, then, kind) {
  const types = typesIn(now, kind);
  const before = typesIn(then, kind);
  const gone = [...before.keys()].filter(path => !types.has(path));
  const changed = [...before].filter(([path, type]) => types.has(path) && types.get(path) !== type);
  return { gone, changed: changed.map(([path]) => path) };
}

/** Each option's path with what counts of its type, as text. */
function typesIn(described, kind) {
  const found = new Map();
  if (kind === 'service') for (const [role, level] of Object.entries(described)) addLevel(found, level, role);
  else addLevel(found, described, '');
  return found;
}

function addLevel(found, level, path) {
  found.set(path === '' ? '.' : path, level.freeform === undefined ? 'closed' : 'open');
  addGroup(found, level.options, path);
}

function addGroup(found, options, path) {
  for (const [name, option] of Object.entries(options)) {
    const own = path === '' ? name : `${path}.${name}`;
    if (option.group !== undefined) {
      found.set(own, 'group');
      addGroup(found, option.group, own);
    } else {
      found.set(own, `${JSON.stringify(shapeOf(option.type))} ${option.required}`);
      addType(found, option.type, own);
    }
  }
}

function addType(found, type, path) {
  if (typeof type === 'string') return;
  if (type.submodule !== undefined) addLevel(found, type.submodule, path);
  for (const inner of [type.nullOr, ...(type.oneOf ?? [])])
    if (inner !== undefined) addType(found, inner, path);
  for (const inner of [type.listOf, type.attrsOf])
    if (inner !== undefined) addType(found, inner, `${path}.*`);
}

/** A type without the options that it has inside. */
function shapeOf(type) {
  if (typeof type === 'string' || type.enum !== undefined) return type;
  if (type.submodule !== undefined) return 'submodule';
  if (type.oneOf !== undefined) return { oneOf: type.oneOf.map(shapeOf) };
  const [[kind, inner]] = Object.entries(type);
  return { [kind]: shapeOf(inner) };
}

/** Settings without a default that a service reads only in some cases, or never, by service and role. */
const NOT_ALWAYS_READ = {
  'matrix-synapse': ['default.services.matrix-synapse.package'],
  wireguard: ['peer.controller'],
};

/** The same, with those settings free to be left out. */
function withoutUnread(name, { options, ...more }) {
  const free = (node, path) => {
    const [first, ...rest] = path;
    if (first === undefined) return { ...node, required: false };
    const [key, inner] = node.group === undefined ? ['options', node.options] : ['group', node.group];
    return { ...node, [key]: { ...inner, [first]: free(inner[first], rest) } };
  };
  let result = options;
  for (const path of NOT_ALWAYS_READ[name] ?? []) {
    const [role, ...rest] = pathTo(result, path);
    result = { ...result, [role]: free(result[role], rest) };
  }
  return { ...more, options: result };
}

/** The names of a path: those of options may have no dots in them here. */
function pathTo(options, path) {
  const names = path.split('.');
  if (options[names[0]] === undefined) throw new Error(`There is no role for ${path}.`);
  return names;
}

/**
 * The tables by the names of their files, below server/src/fleet/options/data.
 * @param described `{ commit, clan, inventory, services }`; see clan-options.mjs
 */
export function clanOptionsTables({ commit, clan, inventory, services }) {
  const shown = ({ options, ...more }) => ({ ...more, options: worded(options) });
  const table = (schema, data) => ({ $schema: `./${schema}.schema.json`, commit, ...data });
  const all = Object.entries(services).map(([name, service]) => [
    name,
    withDescriptions(shown(withoutUnread(name, service))),
  ]);
  return {
    'clan-options.json': table('options', shown(clan)),
    'inventory-options.json': table('options', shown(inventory)),
    'service-options.json': table('service-options', { services: Object.fromEntries(all) }),
  };
}

/** The descriptions of the roles beside their options. */
function withDescriptions({ options, ...more }) {
  const roles = Object.entries(options).map(([role, { description, ...level }]) => [
    role,
    level,
    description,
  ]);
  return {
    ...more,
    descriptions: Object.fromEntries(
      roles.flatMap(([role, , text]) => (text === undefined ? [] : [[role, text]])),
    ),
    options: Object.fromEntries(roles.map(([role, level]) => [role, level])),
  };
}

/** The same with descriptions of one paragraph, and without what is usual. */
function worded(value) {
  if (Array.isArray(value)) return value.map(worded);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).flatMap(([key, inner]) => {
    if (key === 'description' && typeof inner === 'string') {
      const text = firstParagraph(inner);
      return text === '' ? [] : [[key, text]];
    }
    return key === 'required' && inner === false ? [] : [[key, worded(inner)]];
  });
  return Object.fromEntries(entries);
}

function firstParagraph(text) {
  const plain = text
    .split(/\n\s*\n|:::/)[0]
    .replace(/\s+/g, ' ')
    .trim();
  return plain.length <= MAX_DESCRIPTION
    ? plain
    : `${plain.slice(0, MAX_DESCRIPTION).replace(/\s\S*$/, '')} …`;
}

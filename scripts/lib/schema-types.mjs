// TypeScript types made from the JSON schemas of Varsmith's outputs. Pure: schemas in, text out. What a schema says in
// a way that is not known here is an error, so that no type says less than its schema unseen.

/** @param schemas the name of each type, with its schema */
export function typesPage(schemas) {
  const parts = Object.entries(schemas).map(([name, schema]) => declarations(name, schema));
  return `// The JSON of Varsmith's commands. Made from the schemas of the folder \`schemas\`; fields may be added while
// \`schemaVersion\` is 1, and none is renamed or removed.

${parts.join('\n')}`;
}

function declarations(name, schema) {
  const known = Object.keys(schema.$defs ?? {});
  const typeName = each => `${name}${each[0].toUpperCase()}${each.slice(1)}`;
  const context = {
    name: reference => {
      const [, definition, property] = /^#\/\$defs\/([^/]+)(?:\/properties\/([^/]+))?$/.exec(reference) ?? [];
      const isThere = property === undefined || property in (schema.$defs?.[definition]?.properties ?? {});
      if (!known.includes(definition) || !isThere)
        throw new Error(`${name}: ${reference} is not to be found.`);
      return property === undefined ? typeName(definition) : `${typeName(definition)}['${property}']`;
    },
  };
  const own = (title, described, text) => `${comment(described, '')}export type ${title} = ${text};\n`;
  return [
    own(
      `${name}Output`,
      { description: schema.title },
      typeOf({ ...schema, description: undefined }, context, ''),
    ),
    ...known.map(each => own(typeName(each), schema.$defs[each], typeOf(schema.$defs[each], context, ''))),
  ].join('\n');
}

const SCALARS = { string: 'string', boolean: 'boolean', integer: 'number', number: 'number', null: 'null' };

/** Keywords that say nothing of the type. */
const SILENT = new Set([
  '$schema',
  '$id',
  '$defs',
  'title',
  'description',
  'minimum',
  'maximum',
  'minItems',
  'pattern',
  'required',
  'default',
  'examples',
  'format',
  'minLength',
  'uniqueItems',
]);
const SPOKEN = new Set([
  'type',
  'const',
  'enum',
  'allOf',
  'anyOf',
  'oneOf',
  'items',
  'properties',
  'additionalProperties',
  '$ref',
]);

function typeOf(schema, context, indent) {
  for (const keyword of Object.keys(schema))
    if (schema[keyword] !== undefined && !SILENT.has(keyword) && !SPOKEN.has(keyword))
      throw new Error(`The keyword "${keyword}" of a schema has no type yet.`);
  if (schema.$ref !== undefined) return context.name(schema.$ref);
  if ('const' in schema) return JSON.stringify(schema.const);
  if (schema.enum !== undefined) return schema.enum.map(value => JSON.stringify(value)).join(' | ');
  for (const [keyword, sign] of [
    ['allOf', ' & '],
    ['anyOf', ' | '],
    ['oneOf', ' | '],
  ])
    if (schema[keyword] !== undefined)
      return schema[keyword].map(part => bracketed(typeOf(part, context, indent))).join(sign);
  const types = [schema.type ?? []].flat();
  if (types.length === 0) return 'unknown';
  return types.map(type => typed(type, schema, context, indent)).join(' | ');
}

function typed(type, schema, context, indent) {
  if (type === 'array') return `readonly ${bracketed(typeOf(schema.items ?? {}, context, indent))}[]`;
  if (type !== 'object') return SCALARS[type];
  const required = new Set(schema.required ?? []);
  const inner = `${indent}  `;
  const fields = Object.entries(schema.properties ?? {}).map(([name, field]) => {
    const key = /^[A-Za-z_$][\w$]*$/.test(name) ? name : JSON.stringify(name);
    const optional = required.has(name) ? '' : '?';
    return `${comment(field, inner)}${inner}readonly ${key}${optional}: ${typeOf(field, context, inner)};\n`;
  });
  const more = schema.additionalProperties;
  if (typeof more === 'object') {
    if (fields.length > 0) throw new Error('Named fields beside others have no type yet.');
    return `{ readonly [name: string]: ${typeOf(more, context, inner)} }`;
  }
  return fields.length === 0 ? '{ readonly [name: string]: unknown }' : `{\n${fields.join('')}${indent}}`;
}

/** Brackets around a type that is several, joined outside of all braces. */
function bracketed(type) {
  let outside = type;
  for (let before = ''; before !== outside; ) {
    before = outside;
    outside = outside.replace(/\{[^{}]*\}/g, '');
  }
  return /[|&]/.test(outside) ? `(${type})` : type;
}

function comment({ description }, indent) {
  return description === undefined ? '' : `${indent}/** ${description.replaceAll('*/', '*\u200b/')} */\n`;
}

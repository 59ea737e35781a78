/**
 * Files of about 500 lines for the servers Varsmith is measured beside: a shell script, and a YAML file with its
 * schema. Deterministic.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const SERVICES = 41;

function scriptText() {
  const parts = Array.from(
    { length: SERVICES },
    (_, i) => `
# Deploys service ${i}.
deploy_${i}() {
  local host="$1" release="\${2:-latest}"
  for attempt in 1 2 3; do
    if copy_release "$host" "service-${i}" "$release"; then
      restart "$host" "service-${i}"
      return 0
    fi
    log "service-${i}: attempt $attempt failed"
  done
  return 1
}
`,
  );
  return `#!/usr/bin/env bash
set -euo pipefail

log() { printf '%s\\n' "$*" >&2; }
copy_release() { rsync -a "releases/$2/$3/" "$1:/srv/$2/"; }
restart() { ssh "$1" systemctl restart "$2"; }
${parts.join('')}
deploy_0 "$@"
`;
}

function inventoryText() {
  const parts = Array.from(
    { length: SERVICES },
    (_, i) => `  - name: service-${i}
    image: registry.example/service-${i}:1.${i}
    replicas: ${1 + (i % 4)}
    ports:
      - ${8000 + i}
      - ${9000 + i}
    environment:
      LOG_LEVEL: info
      REGION: eu-${i % 3}
      TOKEN_FILE: /run/secrets/service-${i}
    health:
      path: /healthz
      seconds: 30
`,
  );
  return `version: 1\nservices:\n${parts.join('')}`;
}

const SCHEMA = {
  type: 'object',
  additionalProperties: false,
  properties: {
    version: { type: 'integer' },
    services: {
      type: 'array',
      items: {
        type: 'object',
        required: ['name', 'image'],
        properties: {
          name: { type: 'string', description: 'The name of the service.' },
          image: { type: 'string', description: 'What it runs.' },
          replicas: { type: 'integer', minimum: 1 },
          ports: { type: 'array', items: { type: 'integer' } },
          environment: { type: 'object', additionalProperties: { type: 'string' } },
          health: { type: 'object', properties: { path: { type: 'string' }, seconds: { type: 'integer' } } },
        },
      },
    },
  },
};

/**
 * Writes the files into `directory` and says how to measure on them: paths, edits that add and remove a finding
 * (0-based), and the settings without which a server would find nothing, or go to the network.
 */
export function writeNeighbours(directory) {
  mkdirSync(directory, { recursive: true });
  const put = (name, text) => {
    const path = join(directory, name);
    writeFileSync(path, text);
    return path;
  };
  const script = scriptText();
  const schema = put('inventory.schema.json', JSON.stringify(SCHEMA));
  return {
    // Without shellcheck bash-language-server has no findings; it answers every edit with an empty list.
    bash: {
      openBroken: false,
      untilChanged: false,
      files: [put('deploy.sh', script)],
      break: { line: 250, character: 0, text: 'if then (\n' },
      settings: { bashIde: { shellcheckPath: '', backgroundAnalysisMaxFiles: 0 } },
    },
    yaml: {
      files: [put('inventory.yaml', inventoryText())],
      break: { line: 0, character: 0, text: 'wrong: true\n' },
      settings: {
        yaml: { validate: true, schemaStore: { enable: false }, schemas: { [schema]: ['inventory.yaml'] } },
        http: { proxy: '', proxyStrictSSL: true },
      },
    },
  };
}

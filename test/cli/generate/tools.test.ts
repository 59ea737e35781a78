/**
 * Generators of the kinds that fleets have, with the real tools in the real sandbox; what they make is checked with the
 * same tools. Generators of a tool that is not installed here are left out, which is said.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { findCommand } from '../../../server/src/host/programs/commands.ts';
import { findSandbox } from '../../../server/src/host/sandbox/find-sandbox.ts';
import { createLastingFleet, type LastingFleet } from '../generating-fleet.ts';

const FOLDERS = ['/usr/bin', '/bin', '/usr/sbin'];
const hasSandbox = 'sandbox' in (await findSandbox(process.platform, FOLDERS));
const BOX = hasSandbox ? [] : ['--no-sandbox'];
const installed = new Set<string>();
for (const tool of [
  'openssl',
  'ssh-keygen',
  'mkpasswd',
  'wg',
  'htpasswd',
  'xkcdpass',
  'pwgen',
  'age-keygen',
  'jq',
  'xxd',
  'uuidgen',
])
  if ((await findCommand(tool, FOLDERS)) !== null) installed.add(tool);

interface Kind {
  readonly tools: readonly string[];
  readonly nix: string;
}

/** By name. What depends on another needs the other's tools. */
const KINDS: Readonly<Record<string, Kind>> = {
  'host-key': {
    tools: ['ssh-keygen'],
    nix: `runtimeInputs = [ pkgs.openssh ]; files.key = { }; files."key.pub".secret = false;
      script = ''ssh-keygen -q -t ed25519 -N "" -C host -f "$out"/key'';`,
  },
  'host-key-rsa': {
    tools: ['ssh-keygen'],
    nix: `runtimeInputs = [ pkgs.openssh ]; files.rsa = { }; files."rsa.pub".secret = false;
      script = ''ssh-keygen -q -t rsa -b 2048 -N "" -C "" -f $out/rsa'';`,
  },
  'ssh-authority': {
    tools: ['ssh-keygen'],
    nix: `share = true; runtimeInputs = [ pkgs.openssh ]; files.ca.deploy = false; files."ca.pub".secret = false;
      script = ''ssh-keygen -q -t ed25519 -N "" -C authority -f $out/ca'';`,
  },
  'host-certificate': {
    tools: ['ssh-keygen'],
    nix: `dependencies = [ "host-key" "ssh-authority" ]; runtimeInputs = [ pkgs.openssh ];
      files."key-cert.pub".secret = false; validation = { host = "m"; };
      script = ''
        cp $in/host-key/key.pub key.pub
        ssh-keygen -q -s $in/ssh-authority/ca -I m -h -n m,m.example.org key.pub
        mv key-cert.pub $out/
      '';`,
  },
  'root-authority': {
    tools: ['openssl'],
    nix: `share = true; runtimeInputs = with pkgs; [ openssl ]; files."ca.key".deploy = false; files."ca.crt".secret = false;
      script = ''
        openssl ecparam -name prime256v1 -genkey -noout -out $out/ca.key
        openssl req -x509 -new -key $out/ca.key -days 3650 -subj "/O=Example/CN=Root" -out $out/ca.crt
      '';`,
  },
  'issuing-authority': {
    tools: ['openssl'],
    nix: `share = true; dependencies = [ "root-authority" ]; runtimeInputs = [ pkgs.openssl ];
      files."issuing.key".deploy = false; files."issuing.crt".secret = false;
      script = ''
        openssl ecparam -name prime256v1 -genkey -noout -out $out/issuing.key
        openssl req -new -key $out/issuing.key -subj "/O=Example/CN=Issuing" -out request.csr
        printf 'basicConstraints=critical,CA:TRUE,pathlen:0\\nkeyUsage=keyCertSign,cRLSign\\n' > extensions
        openssl x509 -req -in request.csr -CA $in/root-authority/ca.crt -CAkey $in/root-authority/ca.key \\
          -CAcreateserial -days 1000 -extfile extensions -out $out/issuing.crt
      '';`,
  },
  'web-certificate': {
    tools: ['openssl'],
    nix: `dependencies = [ "issuing-authority" ]; runtimeInputs = [ pkgs.openssl ];
      files."web.key" = { owner = "nginx"; mode = "0440"; }; files."web.crt".secret = false; files."chain.crt".secret = false;
      script = ''
        openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out $out/web.key
        openssl req -new -key $out/web.key -subj "/CN=www.example.org" -addext "subjectAltName=DNS:www.example.org" -out web.csr
        openssl x509 -req -in web.csr -CA $in/issuing-authority/issuing.crt -CAkey $in/issuing-authority/issuing.key \\
          -copy_extensions copy -set_serial 0x"$(openssl rand -hex 8)" -days 300 -out $out/web.crt
        cat $out/web.crt $in/issuing-authority/issuing.crt > $out/chain.crt
      '';`,
  },
  'web-bundle': {
    tools: ['openssl'],
    nix: `dependencies = [ "web-certificate" "store-password" ]; runtimeInputs = [ pkgs.openssl ]; files."web.p12" = { };
      script = ''openssl pkcs12 -export -inkey $in/web-certificate/web.key -in $in/web-certificate/web.crt \\
        -passout file:$in/store-password/password -out $out/web.p12'';`,
  },
  'store-password': {
    tools: ['openssl'],
    nix: `runtimeInputs = [ pkgs.openssl ]; files.password = { }; script = "openssl rand -base64 24 > $out/password";`,
  },
  tunnel: {
    tools: ['wg'],
    nix: `runtimeInputs = [ pkgs.wireguard-tools ]; files.private = { }; files.public.secret = false;
      script = ''
        wg genkey > $out/private
        wg pubkey < $out/private > $out/public
      '';`,
  },
  'tunnel-shared-key': {
    tools: ['wg'],
    nix: `share = true; runtimeInputs = [ pkgs.wireguard-tools ]; files.psk = { }; script = "wg genpsk > $out/psk";`,
  },
  'tunnel-config': {
    tools: ['wg'],
    nix: `dependencies = [ "tunnel" "tunnel-shared-key" ]; files."wg0.conf" = { };
      script = ''
        cat > $out/wg0.conf <<EOF
        [Interface]
        PrivateKey = $(cat $in/tunnel/private)
        [Peer]
        PresharedKey = $(cat $in/tunnel-shared-key/psk)
        EOF
      '';`,
  },
  'login-password': {
    tools: ['mkpasswd'],
    nix: `prompts.password = { type = "hidden"; persist = true; }; files.password.deploy = false;
      files.hash.neededFor = "users"; runtimeInputs = [ pkgs.mkpasswd ];
      script = "mkpasswd -s -m sha-512 < $prompts/password > $out/hash";`,
  },
  'root-password': {
    tools: ['mkpasswd', 'xkcdpass'],
    nix: `files.password.deploy = false; files.hash = { }; runtimeInputs = with pkgs; [ xkcdpass mkpasswd coreutils ];
      script = ''
        xkcdpass --numwords 5 --delimiter - --count 1 | tr -d "\\n" > $out/password
        mkpasswd -s -m sha-512 < $out/password | tr -d "\\n" > $out/hash
      '';`,
  },
  'web-users': {
    tools: ['htpasswd', 'openssl'],
    nix: `prompts.user = { }; files.password = { }; files.htpasswd = { }; runtimeInputs = [ pkgs.apacheHttpd pkgs.openssl ];
      script = ''
        openssl rand -hex 12 | tr -d "\\n" > $out/password
        htpasswd -niB "$(cat "$prompts/user")" < $out/password > $out/htpasswd
      '';`,
  },
  'admin-token': {
    tools: ['openssl'],
    nix: `files.token = { }; script = "\${pkgs.openssl}/bin/openssl rand -hex 32 | tr -d '\\\\n' > $out/token";`,
  },
  'api-tokens': {
    tools: ['pwgen'],
    nix: `files.read = { }; files.write = { }; runtimeInputs = [ pkgs.pwgen ];
      script = ''for scope in read write; do pwgen -s 40 1 > "$out/$scope"; done'';`,
  },
  'backup-identity': {
    tools: ['age-keygen'],
    nix: `runtimeInputs = [ pkgs.age ]; files.identity = { }; files.recipient.secret = false;
      script = ''
        age-keygen -o $out/identity 2> /dev/null
        age-keygen -y $out/identity > $out/recipient
      '';`,
  },
  'disk-key': {
    tools: [],
    nix: `files.key.neededFor = "partitioning"; script = "head -c 4096 /dev/urandom > $out/key";`,
  },
  'machine-id': {
    tools: ['xxd'],
    nix: `files.id.secret = false; runtimeInputs = [ pkgs.unixtools.xxd ];
      script = ''head -c 16 /dev/urandom | xxd -p | tr -d "\\n" > $out/id'';`,
  },
  'cluster-id': {
    tools: ['uuidgen'],
    nix: `share = true; files.uuid.secret = false; runtimeInputs = [ pkgs.util-linux ]; script = "uuidgen > $out/uuid";`,
  },
  'sync-device': {
    tools: ['openssl'],
    nix: `runtimeInputs = [ pkgs.openssl ]; files."key.pem" = { }; files."cert.pem" = { }; files.id.secret = false;
      script = ''
        openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:secp384r1 -nodes -days 7300 -subj /CN=sync \\
          -keyout $out/key.pem -out $out/cert.pem 2> /dev/null
        openssl x509 -in $out/cert.pem -outform DER | sha256sum | cut -d " " -f 1 | head -c 56 > $out/id
      '';`,
  },
  'signing-key': {
    tools: ['openssl'],
    nix: `runtimeInputs = [ pkgs.openssl ]; files."signing.pem" = { }; files."public.pem".secret = false;
      script = ''
        openssl genpkey -algorithm ed25519 -out "$out/signing.pem"
        openssl pkey -in "$out/signing.pem" -pubout -out "$out/public.pem"
      '';`,
  },
  'service-config': {
    tools: ['jq', 'openssl'],
    nix: `prompts.domain = { }; dependencies = [ "admin-token" ]; files."config.json" = { }; runtimeInputs = [ pkgs.jq ];
      script = ''
        jq -n --rawfile token $in/admin-token/token --arg domain "$(cat $prompts/domain)" \\
          '{ domain: $domain, auth: { token: $token } }' > $out/config.json
      '';`,
  },
  'service-environment': {
    tools: ['openssl', 'pwgen'],
    nix: `dependencies = [ "admin-token" "api-tokens" ]; files.env = { };
      script = ''
        {
          printf 'ADMIN_TOKEN=%s\\n' "$(cat $in/admin-token/token)"
          printf 'READ_TOKEN=%s\\n' "$(cat $in/api-tokens/read)"
        } > $out/env
      '';`,
  },
  wifi: {
    tools: [],
    nix: `share = true; prompts.ssid.persist = true; prompts.password = { type = "hidden"; persist = true; };
      files.ssid.secret = false;`,
  },
};

const isThere = (name: string) => (KINDS[name]?.tools ?? []).every(tool => installed.has(tool));
const names = Object.keys(KINDS).filter(isThere);

const ANSWERS = [
  'login-password/password=correct horse',
  'web-users/user=ada',
  'service-config/domain=example.org',
  'wifi/ssid=home',
  'wifi/password=guess me',
];

describe('real tools', () => {
  let made: LastingFleet;
  let files: string;

  beforeAll(async () => {
    const nix = names.map(name => `${name} = { ${KINDS[name]?.nix} };`).join('\n');
    made = await createLastingFleet({ m: nix });
    files = join(made.home, 'files');
    const answers = ANSWERS.filter(one => names.includes(one.split('/')[0] as string));
    const { code, stderr } = await made.run([
      'generate',
      ...BOX,
      ...answers.flatMap(one => ['--prompt', one]),
    ]);
    if (code !== 0) throw new Error(stderr);
    // All that was made, as a machine would have it.
    const { vars } = JSON.parse((await made.run(['list', '--json'])).stdout);
    for (const { id } of vars) {
      const { value, encoding } = JSON.parse((await made.run(['get', 'm', id, '--json'])).stdout);
      mkdirSync(join(files, id, '..'), { recursive: true });
      writeFileSync(join(files, id), Buffer.from(value, encoding), { mode: 0o600 });
    }
    return () => made.remove();
  }, 300_000);

  const text = (id: string) => readFileSync(join(files, id), 'utf8');
  const tool = (command: string, ...args: readonly string[]) =>
    execFileSync(command, args, { cwd: files, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
  const check = (name: string, verify: () => void) => {
    if (isThere(name)) it(name, verify);
    else console.info(`"${name}" is not tried: ${KINDS[name]?.tools.join(', ')} not installed.`);
  };

  it('make everything, once', async () => {
    expect((await made.run(['verify'])).stdout).toBe('All vars are present and valid.\n');
    expect((await made.run(['generate'])).stdout).toBe('Nothing to generate.\n');
    expect(made.git('status', '--porcelain')).toBe('');
  });

  for (const [name, key, type] of [
    ['host-key', 'key', 'ED25519'],
    ['host-key-rsa', 'rsa', 'RSA'],
    ['ssh-authority', 'ca', 'ED25519'],
  ] as const)
    check(name, () => {
      expect(tool('ssh-keygen', '-l', '-f', `${name}/${key}.pub`)).toContain(`(${type})`);
      const derived = tool('ssh-keygen', '-y', '-f', `${name}/${key}`).split(' ')[1]?.trim();
      expect(text(`${name}/${key}.pub`)).toContain(derived);
    });
  check('host-certificate', () => {
    const shown = tool('ssh-keygen', '-L', '-f', 'host-certificate/key-cert.pub');
    expect(shown).toContain('host certificate');
    const authority = tool('ssh-keygen', '-l', '-f', 'ssh-authority/ca.pub').split(' ')[1];
    expect(shown).toContain(`Signing CA: ED25519 ${authority}`);
  });
  check('root-authority', () =>
    expect(tool('openssl', 'verify', '-CAfile', 'root-authority/ca.crt', 'root-authority/ca.crt')).toContain(
      'OK',
    ),
  );
  check('issuing-authority', () =>
    expect(
      tool('openssl', 'verify', '-CAfile', 'root-authority/ca.crt', 'issuing-authority/issuing.crt'),
    ).toContain('OK'),
  );
  check('web-certificate', () => {
    const verified = tool(
      'openssl',
      'verify',
      '-verify_hostname',
      'www.example.org',
      '-CAfile',
      'root-authority/ca.crt',
      '-untrusted',
      'issuing-authority/issuing.crt',
      'web-certificate/web.crt',
    );
    expect(verified).toContain('OK');
    const own = tool('openssl', 'pkey', '-in', 'web-certificate/web.key', '-pubout');
    expect(tool('openssl', 'x509', '-in', 'web-certificate/web.crt', '-noout', '-pubkey')).toBe(own);
    expect(text('web-certificate/chain.crt')).toBe(
      text('web-certificate/web.crt') + text('issuing-authority/issuing.crt'),
    );
  });
  check('web-bundle', () =>
    expect(
      tool(
        'openssl',
        'pkcs12',
        '-in',
        'web-bundle/web.p12',
        '-passin',
        'file:store-password/password',
        '-nokeys',
      ),
    ).toContain('CN = www.example.org'),
  );
  check('store-password', () => expect(text('store-password/password')).toMatch(/^[\w+/]{32}\n$/));
  check('tunnel', () => {
    const derived = execFileSync('wg', ['pubkey'], { input: text('tunnel/private'), encoding: 'utf8' });
    expect(text('tunnel/public')).toBe(derived);
  });
  check('tunnel-config', () =>
    expect(text('tunnel-config/wg0.conf')).toBe(
      `[Interface]\nPrivateKey = ${text('tunnel/private')}[Peer]\nPresharedKey = ${text('tunnel-shared-key/psk')}`,
    ),
  );
  check('login-password', () => {
    const hash = text('login-password/hash').trim();
    const salt = hash.split('$')[2] as string;
    const again = execFileSync('mkpasswd', ['-s', '-m', 'sha-512', '-S', salt], {
      input: 'correct horse',
      encoding: 'utf8',
    });
    expect([again.trim(), text('login-password/password')]).toEqual([hash, 'correct horse']);
  });
  check('root-password', () => {
    // Some of the words have a hyphen of their own: t-shirt, yo-yo.
    expect(text('root-password/password')).toMatch(/^\w+(-\w+){4,}$/);
    const salt = text('root-password/hash').split('$')[2] as string;
    const again = execFileSync('mkpasswd', ['-s', '-m', 'sha-512', '-S', salt], {
      input: text('root-password/password'),
      encoding: 'utf8',
    });
    expect(again.trim()).toBe(text('root-password/hash'));
  });
  check('web-users', () => {
    // It says so on standard error, and fails where the password is not the one.
    execFileSync('htpasswd', ['-vi', join(files, 'web-users/htpasswd'), 'ada'], {
      input: text('web-users/password'),
      stdio: 'pipe',
    });
    expect(text('web-users/htpasswd')).toMatch(/^ada:\$2y\$/);
  });
  check('admin-token', () => expect(text('admin-token/token')).toMatch(/^[0-9a-f]{64}$/));
  check('api-tokens', () =>
    expect(text('api-tokens/read') + text('api-tokens/write')).toMatch(/^\w{40}\n\w{40}\n$/),
  );
  check('backup-identity', () =>
    expect(tool('age-keygen', '-y', 'backup-identity/identity')).toBe(text('backup-identity/recipient')),
  );
  check('disk-key', () => expect(readFileSync(join(files, 'disk-key/key')).length).toBe(4096));
  check('machine-id', () => expect(text('machine-id/id')).toMatch(/^[0-9a-f]{32}$/));
  check('cluster-id', () => expect(text('cluster-id/uuid')).toMatch(/^[0-9a-f-]{36}\n$/));
  check('sync-device', () => {
    const own = tool('openssl', 'pkey', '-in', 'sync-device/key.pem', '-pubout');
    expect(tool('openssl', 'x509', '-in', 'sync-device/cert.pem', '-noout', '-pubkey')).toBe(own);
    expect(text('sync-device/id')).toMatch(/^[0-9a-f]{56}$/);
  });
  check('signing-key', () =>
    expect(tool('openssl', 'pkey', '-in', 'signing-key/signing.pem', '-pubout')).toBe(
      text('signing-key/public.pem'),
    ),
  );
  check('service-config', () =>
    expect(JSON.parse(text('service-config/config.json'))).toEqual({
      domain: 'example.org',
      auth: { token: text('admin-token/token') },
    }),
  );
  check('service-environment', () =>
    expect(text('service-environment/env')).toBe(
      `ADMIN_TOKEN=${text('admin-token/token')}\nREAD_TOKEN=${text('api-tokens/read')}`,
    ),
  );
  check('wifi', () => expect([text('wifi/ssid'), text('wifi/password')]).toEqual(['home', 'guess me']));
});

/** What lies on disk and which generator of clan-core, of today or of earlier, it is a leftover of. */
import { describe, expect, it } from 'vitest';
import { CATALOGUE } from '../../server/src/fleet/catalogue/catalogue-data.ts';
import { FORMER } from '../../server/src/fleet/catalogue/catalogue-former.ts';
import { leftoverOf } from '../../server/src/fleet/catalogue/catalogue-leftovers.ts';

/** Stored files, none of which anything declares. */
const onMachine = (name: string, files: readonly string[]) =>
  leftoverOf({ name, shared: false, files }, files);
const shared = (name: string, files: readonly string[]) => leftoverOf({ name, shared: true, files }, files);

describe('a leftover', () => {
  it('of a service that clan-core still has', () => {
    expect(onMachine('tor_web', ['hostname', 'hs_ed25519_secret_key'])).toMatchObject({
      service: 'tor',
      complete: true,
    });
  });

  it('of a module that clan-core had', () => {
    expect(onMachine('disk-id', ['diskId'])).toMatchObject({ service: 'disk-id', complete: true });
  });

  it('has the files as clan-core had them', () => {
    expect(onMachine('user-password', ['user-password', 'user-password-hash'])?.files).toEqual([
      { name: 'user-password', secret: true, deploy: false, neededFor: 'services' },
      { name: 'user-password-hash', secret: true, deploy: true, neededFor: 'users' },
    ]);
  });

  it('of which only a part is stored', () => {
    expect(shared('data-mesher-ca', ['ca.pub'])).toMatchObject({ service: 'data-mesher', complete: false });
  });

  it('of core itself has no service', () => {
    expect(onMachine('machine-id', ['machineId'])?.service).toBeNull();
  });

  it('that several services have alike is of none of them in particular', () => {
    expect(shared('openssh-ca', ['id_ed25519', 'id_ed25519.pub'])).toMatchObject({
      service: null,
      complete: true,
    });
  });
});

describe('of several versions of a generator, the one that fits', () => {
  it('is the one whose files are stored', () => {
    expect(onMachine('zerotier', ['zerotier-ip', 'zerotier-identity-secret'])?.complete).toBe(true);
    expect(
      onMachine('zerotier', ['zerotier-ip', 'zerotier-identity-secret', 'zerotier-network-id'])?.complete,
    ).toBe(true);
  });

  it('may be a former one, of which files are left beside those of today', () => {
    const files = ['admin_token', 'metrics_token', 'rpc_secret'];
    const found = leftoverOf({ name: 'garage', shared: false, files }, ['rpc_secret']);
    expect(found?.files.map(({ name }) => name)).toEqual(['rpc_secret']);
    expect(found?.complete).toBe(false);
  });

  it('is told by where it is stored', () => {
    expect(shared('iwd.home', ['password', 'ssid'])?.service).toBe('wifi');
    expect(onMachine('iwd.home', ['iwd.home'])?.service).toBe('iwd');
    expect(shared('iwd.home', ['iwd.home'])).toBeNull();
  });

  it('fills the holes of files with those of the name', () => {
    expect(onMachine('cert-web', ['web.key', 'web.crt'])?.service).toBe('pki');
    expect(onMachine('cert-web', ['mail.key'])).toBeNull();
  });
});

describe('no leftover', () => {
  it.each([
    ['of an unknown name', 'my-own', ['password']],
    ['of a known name with other files', 'syncthing', ['password']],
    ['of a known name with one file that clan-core never had', 'disk-id', ['diskId', 'mine']],
    ['of a name that only begins alike', 'disk-id-2', ['diskId']],
    ['of a hole with nothing in it', 'iwd.', ['iwd.']],
  ])('%s', (_, name, files) => {
    expect(onMachine(name, files)).toBeNull();
  });
});

describe('the data of former generators', () => {
  it('has letters of its own in every name, so that no name fits by chance', () => {
    for (const { name } of FORMER) expect(name.replace(/<\w+>/g, '').length).toBeGreaterThan(3);
  });

  it('names a commit of the past, its day and the file', () => {
    for (const { commit, date, source } of FORMER) {
      expect(commit).toMatch(/^[0-9a-f]{12}$/);
      expect(date).toMatch(/^202[4-9]-\d\d-\d\d$/);
      expect(source).toMatch(/^(clanModules|clanServices|nixosModules|modules)\/.+\.nix$/);
    }
  });

  it('lists only what clan-core no longer has so', () => {
    const keyOf = (one: { name: string; share: unknown; files: readonly { name: string }[] }) =>
      JSON.stringify([one.name, one.share, one.files.map(({ name }) => name).sort()]);
    const today = new Set(CATALOGUE.map(keyOf));
    expect(FORMER.map(keyOf).filter(key => today.has(key))).toEqual([]);
    expect(new Set(FORMER.map(keyOf)).size).toBe(FORMER.length);
  });
});

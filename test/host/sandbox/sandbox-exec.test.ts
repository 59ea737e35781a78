/**
 * The sandbox of macOS, as far as it can be tested anywhere: the text of its profile, and that it is chosen there. Where
 * there is a Mac, `script.test.ts` runs in it.
 */
import { describe, expect, it } from 'vitest';
import { findSandbox, isSeenIn } from '../../../server/src/host/sandbox/find-sandbox.ts';
import { macProfile } from '../../../server/src/host/sandbox/sandbox-exec.ts';

const profile = macProfile({
  scratch: '/private/var/folders/x/varsmith-1/box',
  readOnly: ['/Users/ada/fleet/make.sh', '/odd "name"\\'],
});

/** The expressions at the top, each on one line. */
function rules(text: string): string[] {
  return text
    .trim()
    .split(/\n(?=\()/)
    .map(one => one.replace(/\s+/g, ' '));
}

/** The folders and files of the rules that allow this. */
function allowed(what: string): string[] {
  return rules(profile)
    .filter(one => new RegExp(`^\\(allow [^(]*${what}`).test(one))
    .flatMap(one =>
      [...one.matchAll(/\((?:subpath|literal) "([^"]*(?:\\.[^"]*)*)"\)/g)].map(found => found[1] ?? ''),
    );
}

describe('the box of macOS', () => {
  it('denies what it does not allow, and the network once more', () => {
    expect(rules(profile).slice(0, 4)).toEqual([
      '(version 1)',
      '(deny default)',
      '(import "system.sb")',
      '(deny network*)',
    ]);
    expect(profile).not.toContain('(allow network');
    expect(profile).not.toMatch(/\(allow (default|file-read\*|file-write\*|process-exec)\)/);
  });

  it('lets a script write to its folder and to what keeps nothing, and nowhere else', () => {
    expect(allowed('file-write\\*')).toEqual(['/private/var/folders/x/varsmith-1/box']);
    expect(allowed('file-write-data')).toEqual(expect.arrayContaining(['/dev/null', '/dev/fd']));
    expect(allowed('file-write-data').every(path => path.startsWith('/dev/'))).toBe(true);
  });

  it('shows the system, what is to be shown, and nothing of a home', () => {
    const read = allowed('file-read\\*');
    expect(read).toEqual(expect.arrayContaining(['/nix/store', '/usr', '/Users/ada/fleet/make.sh']));
    expect(read.filter(path => /^\/(Users|home|var|private\/tmp|tmp)\b/.test(path))).toEqual([
      '/Users/ada/fleet/make.sh',
    ]);
    expect(allowed('process-exec')).toContain('/Users/ada/fleet/make.sh');
  });

  it('leads to no keychain, no clipboard, no other process, no device and no setting', () => {
    const all = rules(profile);
    const denied = (what: string) => all.lastIndexOf(`(deny ${what})`);
    const imported = all.indexOf('(import "system.sb")');
    for (const what of [
      'network*',
      'system-socket',
      'mach-lookup',
      'mach-register',
      'process-info*',
      'sysctl-write',
      'iokit-open',
      'user-preference-read',
      'user-preference-write',
      'file-write-setugid',
    ])
      expect([what, denied(what) > imported]).toEqual([what, true]);
    const services = all.filter(one => one.startsWith('(allow mach-lookup'));
    expect(services).toHaveLength(1);
    expect(all.indexOf(services[0] as string)).toBeGreaterThan(denied('mach-lookup'));
    expect(services[0]).not.toMatch(/security|pasteboard|windowserver|launchservices|cfprefsd|tccd/i);
    expect(all.filter(one => one.includes('process-info*'))).toEqual([
      '(deny process-info*)',
      '(allow process-info* (target same-sandbox))',
    ]);
  });

  it('does not tell what is there in homes, but on the way to what is shown', () => {
    const all = rules(profile).filter(one => one.includes('file-read-metadata'));
    expect(all).toEqual([
      '(allow file-read-metadata)',
      '(deny file-read-metadata (subpath "/Users") (subpath "/Volumes") (subpath "/private/var/root"))',
      '(allow file-read-metadata (literal "/Users/ada/fleet") (literal "/Users/ada") (literal "/Users") ' +
        '(literal "/private/var/folders/x/varsmith-1") (literal "/private/var/folders/x") ' +
        '(literal "/private/var/folders") (literal "/private/var") (literal "/private"))',
    ]);
    // The last rule that matches counts.
    expect(rules(profile).findIndex(one => one.startsWith('(allow file-read* '))).toBeGreaterThan(
      rules(profile).indexOf(all[2] as string),
    );
  });

  it('takes names as they are', () => {
    expect(profile).toContain(String.raw`(subpath "/odd \"name\"\\")`);
  });

  it('is that of macOS alone', async () => {
    for (const platform of ['win32', 'freebsd'])
      expect(await findSandbox(platform, [])).toEqual({ problem: `there is none for ${platform}` });
    expect(await findSandbox('linux', [])).toEqual({
      problem: 'bubblewrap (the command "bwrap") is not installed',
    });
    expect(isSeenIn('sandbox-exec', '/opt/homebrew/bin/openssl')).toBe(true);
    expect(isSeenIn('bwrap', '/opt/homebrew/bin/openssl')).toBe(false);
    expect(isSeenIn('sandbox-exec', '/Users/ada/bin/openssl')).toBe(false);
  });
});

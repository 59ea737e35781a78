/**
 * The box of macOS, as far as it can be tested anywhere: the text of its profile, and that it is chosen there. Where
 * there is a Mac, `script.test.ts` runs in it.
 */
import { describe, expect, it } from 'vitest';
import { findBox, isSeenIn } from '../../server/src/host/boxes.ts';
import { macProfile } from '../../server/src/host/sandbox-mac.ts';

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

  it('takes names as they are', () => {
    expect(profile).toContain(String.raw`(subpath "/odd \"name\"\\")`);
  });

  it('is that of macOS alone', async () => {
    for (const platform of ['win32', 'freebsd'])
      expect(await findBox(platform, [])).toEqual({ problem: `there is none for ${platform}` });
    expect(await findBox('linux', [])).toEqual({
      problem: 'bubblewrap (the command "bwrap") is not installed',
    });
    expect(isSeenIn('sandbox-exec', '/opt/homebrew/bin/openssl')).toBe(true);
    expect(isSeenIn('bwrap', '/opt/homebrew/bin/openssl')).toBe(false);
    expect(isSeenIn('sandbox-exec', '/Users/ada/bin/openssl')).toBe(false);
  });
});

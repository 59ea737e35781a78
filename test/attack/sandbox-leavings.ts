/** What scripts leave in `$out` and in their folder for whoever collects it. */

/** For whatever ends by itself, on a machine that has much else to do; less than what counts as a hang. */
export const ENOUGH_SECONDS = 50;

interface Leaving {
  readonly script: string;
  /** How the run ends. */
  readonly code: number;
  /** After how long it is ended, where it never ends by itself. */
  readonly seconds?: number;
}

/** By what a script leaves. */
export const LEAVINGS = (outside: string): Readonly<Record<string, Leaving>> => ({
  'a link in $out': { script: `ln -s ${outside}/keep $out/a`, code: 1 },
  'a hard link in $out': { script: 'ln /etc/passwd $out/a || ln /usr/bin/env $out/a', code: 1 },
  'a pipe in $out': { script: 'mkfifo $out/a', code: 1 },
  'a socket in $out': {
    script: 'perl -e \'socket(S, 1, 1, 0); chdir $ENV{out}; bind(S, pack("S a*", 1, "a\\0"))\'',
    code: 1,
  },
  'a folder in $out': { script: 'mkdir $out/a; echo x > $out/a/b', code: 1 },
  'a link for $out': { script: `rm -rf $out; ln -s ${outside} $out`, code: 1 },
  'a file that is too large': { script: 'head -c 30000000 /dev/zero > $out/a', code: 1 },
  'closed folders': {
    script: `echo x > $out/a; mkdir c; cp $prompts/x c/leak; ln -s / c/root; ln -s ${outside} c/o; chmod 0 c; chmod 0 .`,
    code: 0,
  },
  'a very deep folder': {
    script:
      'for i in $(seq 1 400); do mkdir dddddddddddddddddddd; cd dddddddddddddddddddd; done; cp $prompts/x leak; echo x > $out/a',
    code: 0,
  },
  'a very deep folder in $out': {
    script:
      'cd $out; echo x > a; for i in $(seq 1 400); do mkdir dddddddddddddddddddd; cd dddddddddddddddddddd; done',
    code: 0,
  },
  'very many folders': { script: 'mkdir -p $(seq -f "d%g/e" 1 3000); echo x > $out/a', code: 0 },
  'names that are no UTF-8': {
    script: "mkdir $'d\\xff'; cp $prompts/x $'d\\xff/leak\\n'; echo x > $out/a",
    code: 0,
  },
  'processes in the background': {
    script:
      'setsid sleep 100000 </dev/null >/dev/null 2>&1 & (trap "" TERM HUP INT; sleep 100000) & echo x > $out/a',
    code: 0,
  },
  'a script that ignores signals': {
    script: 'trap "" TERM INT HUP; while :; do sleep 1; done',
    code: 1,
    seconds: 2,
  },
  'a lot of output': { script: 'head -c 50000000 /dev/zero | tr "\\0" y; echo x > $out/a', code: 0 },
  'many processes': { script: 'for i in $(seq 1 200); do sleep 1000 & done; echo x > $out/a', code: 0 },
});

/**
 * Scripts that try to leave their sandbox: what they reach of the host, of the kernel and of the person's login, in the room
 * and in a sandbox of their own, run by root and by an ordinary user. And what they leave behind for whoever collects it.
 */
import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { findSandbox } from '../../server/src/host/sandbox/find-sandbox.ts';
import { createLastingFleet, type LastingFleet } from '../cli/generating-fleet.ts';
import { buildProgram, MEMORY } from '../cli/program.ts';
import { describeIf } from '../conditionally.ts';
import { write } from '../workspace/support.ts';
import { expectNothingBroken, isLong, LIMIT_MS, openLedger } from './ledger.ts';
import { ENOUGH_SECONDS, LEAVINGS } from './sandbox-leavings.ts';
import { attackProgram, handOver, PEOPLE } from './victim.ts';

const ledger = openLedger('sandbox');
buildProgram();

const sandbox = await findSandbox(process.platform, ['/usr/bin', '/bin', '/run/current-system/sw/bin']);
const hasBwrap = 'sandbox' in sandbox && sandbox.sandbox.kind === 'bwrap';

/** What a probe may use of the host: things that are there, so that to be unseen is to be kept out. */
interface Host {
  readonly pid: number;
  readonly port: number;
  readonly socket: string;
  readonly secret: string;
  readonly key: string;
}

/** By name: a condition in Bash that holds where the sandbox is left. */
const REACHES: (host: Host) => Readonly<Record<string, string>> = ({ pid, port, secret, key }) => ({
  'a file of the person': `[ -e ${secret} ] || cat ${secret}`,
  'the key': `[ -e ${key} ] || cat ${key}`,
  "the person's file through /proc/1/root": `cat /proc/1/root${secret}`,
  '/root': 'ls /root/* || ls /root/.??*',
  '/home': 'ls /home/*',
  '/etc/shadow': '[ -e /etc/shadow ]',
  '/etc/machine-id': '[ -e /etc/machine-id ]',
  '/run': 'ls /run/*',
  '/sys': 'ls /sys/*',
  '/var': 'ls /var/*',
  'the room': '[ -e /tmp/room ]',
  'a process of the host': `[ -e /proc/${pid}/status ] && grep -q host-sleeper /proc/${pid}/cmdline`,
  'a signal to the host': `kill -0 ${pid} && grep -qa host-sleeper /proc/${pid}/cmdline`,
  'loopback of the host': `(exec 3<>/dev/tcp/127.0.0.1/${port})`,
  'the terminal': '(exec 3<>/dev/tty)',
  'the environment': 'env | grep -i "host-canary\\|SOPS_\\|AGE_\\|SSH_\\|DBUS\\|XDG_"',
  'a setting of the kernel':
    'for f in /proc/sys/*/* /proc/sys/*/*/* /proc/sys/*/*/*/*; do [ -f $f ] && [ -w $f ] && exit 0; done; exit 1',
  'sysrq-trigger': '[ -w /proc/sysrq-trigger ]',
  'a change of the system':
    'for d in /usr /usr/bin /nix/store /etc/ssl /proc /sys /tmp/vars/bin; do (: > $d/probe) && exit 0; done; exit 1',
  'a device':
    'for d in /dev/mem /dev/kmsg /dev/kvm /dev/sda /dev/vda /dev/fuse /dev/vsock; do [ -e $d ] && exit 0; done; exit 1',
  'a capability': 'grep -q "^Cap\\(Eff\\|Prm\\|Inh\\|Amb\\):.*[1-9a-f]" /proc/self/status',
  'new privileges': '! grep -q "^NoNewPrivs:.*1" /proc/self/status',
  'no filter of system calls': '! grep -q "^Seccomp:.*2" /proc/self/status',
  'files without limit': '[ "$(ulimit -f)" = unlimited ]',
  'core dumps': '[ "$(ulimit -c)" != 0 ]',
  'processes without limit': '[ "$(ulimit -u)" = unlimited ]',
  'memory without limit': '[ "$(ulimit -v)" = unlimited ] && [ "$(ulimit -d)" = unlimited ]',
  'a namespace of users': 'unshare -U true',
  'a namespace of mounts': 'unshare -Um true',
  'root in the box': '[ "$(id -u)" = 0 ]',
});

/** By name: numbers of x86_64 and aarch64, with arguments that the kernel refuses with other words than a filter does. */
const CALLS: Readonly<Record<string, readonly [number, number, string]>> = {
  keyctl: [250, 219, '0, -3, 0, 0, 0'],
  add_key: [248, 217, '0, 0, 0, 0, -3'],
  request_key: [249, 218, '0, 0, 0, 0'],
  bpf: [321, 280, '-1, 0, 0'],
  perf_event_open: [298, 241, '0, 0, -1, -1, 0'],
  io_uring_setup: [425, 425, '0, 0'],
  userfaultfd: [323, 282, '-1'],
  'unshare of users': [272, 97, '0x10000000'],
  kexec_load: [246, 104, '0, 0, 0, 0'],
  init_module: [175, 105, '0, 0, 0'],
};

/** Families of sockets beside unix (1), inet (2) and inet6 (10): packets, netlink's kin, the hypervisor, algorithms. */
const FAMILIES = {
  netlink: 16,
  packet: 17,
  alg: 38,
  vsock: 40,
  bluetooth: 31,
  can: 29,
  xdp: 44,
  qipcrtr: 42,
  tipc: 30,
};

/** What Perl does for the probes of Bash: system calls by number. A filter says EPERM (1), EACCES (13), ENOSYS (38) or EAFNOSUPPORT (97). */
function perlProbe(host: Host): string {
  const at = process.arch === 'arm64' ? 1 : 0;
  const calls = Object.entries(CALLS).map(
    ([name, [x86, arm, args]]) =>
      `$! = 0; $r = syscall(${at === 0 ? x86 : arm}, ${args}); print "REACHED call ${name}: $r $!\\n" unless refused($r);`,
  );
  const families = Object.entries(FAMILIES).map(
    ([name, family]) => `$! = 0; $r = socket(my $s${family}, ${family}, 3, 0) ? 0 : -1;
print "REACHED sockets of ${name}: $!\\n" if $r == 0;
$r = socket(my $t${family}, ${family}, 1, 0) ? 0 : -1; print "REACHED sockets of ${name}: $!\\n" if $r == 0;`,
  );
  return [
    'use Socket; sub refused { my $r = shift; return $r == -1 && grep { $!+0 == $_ } (1, 13, 38, 97); }',
    ...calls,
    ...families,
    `socket(my $u, 1, 1, 0); print "REACHED an abstract socket of the host\\n" if connect($u, pack("S a*", 1, "\\0${host.socket}"));`,
    'print "perl done\\n";',
    '',
  ].join('\n');
}

/** A script that says which of the probes reach something. */
function probeScript(host: Host): string {
  const probes = Object.entries(REACHES(host)).map(
    ([name, condition]) => `( ${condition} ) >/dev/null 2>&1 </dev/null && echo "REACHED ${name}"`,
  );
  return ['set +e', ...probes, 'echo "bash done"', ''].join('\n');
}

async function openHost(made: LastingFleet): Promise<Host> {
  const sleeper = spawn('sleep', ['100000'], { argv0: 'host-sleeper', stdio: 'ignore' });
  onTestFinished(() => void sleeper.kill('SIGKILL'));
  const server = createServer(socket => socket.destroy());
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const address = server.address();
  const base = dirname(made.home);
  writeFileSync(join(base, 'secret-of-host'), 'host-canary');
  return {
    pid: sleeper.pid ?? 0,
    port: typeof address === 'object' ? (address?.port ?? 0) : 0,
    // Taken by everybody who asks the system for a name of its own; nobody may be heard in the sandbox.
    socket: `varsmith-attack-${process.pid}`,
    secret: join(base, 'secret-of-host'),
    key: join(made.home, '.config/sops/age/keys.txt'),
  };
}

/** In a generator; `''` and `${` have other forms in Nix. */
const nixText = (text: string) => `''\n${text.replaceAll("''", "'''").replaceAll('${', "''${")}\n''`;

describeIf(
  hasBwrap,
  'a script',
  () => {
    for (const { name, uid } of PEOPLE)
      it(`run by ${name} reaches nothing outside of its box`, async () => {
        const made = await createLastingFleet({ m: '' });
        onTestFinished(() => made.remove());
        const host = await openHost(made);
        write(made.root, 'machines/m/probe.sh', probeScript(host));
        write(made.root, 'machines/m/probe.pl', perlProbe(host));
        const tools = 'runtimeInputs = [ pkgs.perl pkgs.util-linux pkgs.gnugrep ]; files.a.secret = false;';
        const perl = `cat > probe.pl <<'END'\n${perlProbe(host)}\nEND\nperl probe.pl >> $out/a 2>&1\n`;
        const inRoom = `{ ${probeScript(host)}\n} > $out/a 2>&1\n${perl}`;
        made.machine(
          'm',
          `room = { ${tools} script = ${nixText(inRoom)}; };
         box = { ${tools} script = ''
           bash \${./probe.sh} > $out/a 2>&1
           perl \${./probe.pl} >> $out/a 2>&1
         ''; };`.replace('pkgs.perl', 'pkgs.bash pkgs.perl'),
        );
        made.git('add', '-A');
        made.git('commit', '-qm', 'probes');
        handOver(made, uid);
        const run = await attackProgram(made, ['generate', '--yes'], {
          uid,
          env: { HOST_CANARY: 'host-canary' },
        });
        for (const place of ['room', 'box']) {
          const path = join(made.root, `vars/per-machine/m/${place}/a/value`);
          const said = existsSync(path) ? readFileSync(path, 'utf8') : run.stdout + run.stderr;
          const isDone = said.includes('bash done') && said.includes('perl done');
          ledger.judge('sandbox: probes run', isDone ? null : `${name}, ${place}: ${said}`);
          const reached = new Set(said.split('\n').flatMap(line => /^REACHED ([^:]+)/.exec(line)?.[1] ?? []));
          const names = [
            ...Object.keys(REACHES(host)),
            ...Object.keys(CALLS).map(call => `call ${call}`),
            ...Object.keys(FAMILIES).map(family => `sockets of ${family}`),
            'an abstract socket of the host',
          ];
          ledger.count('reached', reached.size);
          for (const probe of names.filter(each => ledger.tries(`sandbox: ${each}`)))
            ledger.judge(
              `sandbox: ${probe}`,
              reached.has(probe) ? `${name}, ${place}: ${said.slice(0, 900)}` : null,
            );
        }
        expectNothingBroken(ledger);
      });

    for (const { name, uid } of PEOPLE)
      it(`run by ${name} may leave what it wants: the run ends, and nothing is followed or kept`, async () => {
        const made = await createLastingFleet({ m: '' });
        onTestFinished(() => made.remove());
        const outside = join(made.home, '../outside');
        mkdirSync(outside);
        writeFileSync(join(outside, 'keep'), 'outside-canary');
        for (const [at, [what, { script, code, seconds = ENOUGH_SECONDS }]] of Object.entries(
          LEAVINGS(outside),
        ).entries()) {
          // In the short form half of them, each left by one of these.
          const isShared = PEOPLE.length > 1 && !isLong;
          if (!ledger.tries(`sandbox: ${what}`) || (isShared && at % 4 !== 2 * Number(uid === null)))
            continue;
          made.machine(
            'm',
            `g = { prompts.x.type = "hidden"; files.a.secret = false; runtimeInputs = [ pkgs.perl pkgs.util-linux ];
           script = ${nixText(script)}; };`,
          );
          writeFileSync(join(made.home, 'x'), 'Canary8-left-behind');
          handOver(made, uid);
          const answer = ['--prompt', `g/x=@${join(made.home, 'x')}`];
          const args = [
            'generate',
            '--yes',
            '--regenerate',
            '--no-commit',
            '--timeout',
            String(seconds),
            ...answer,
          ];
          const run = await attackProgram(made, args, { uid });
          ledger.count('leavings');
          const value = join(made.root, 'vars/per-machine/m/g/a/value');
          const wrong = [
            ...(run.code === code ? [] : [`ended with ${run.code}: ${run.stderr}`]),
            ...(/unexpected|ENAMETOOLONG|TypeError/.test(run.stderr) ? [run.stderr] : []),
            ...(readFileSync(join(outside, 'keep'), 'utf8') === 'outside-canary'
              ? []
              : ['changed a file outside']),
            ...(existsSync(value) && readFileSync(value, 'utf8').includes('outside-canary')
              ? ['read outside']
              : []),
            ...leftIn(run.pid),
          ];
          ledger.judge(`sandbox: ${what}`, wrong.length === 0 ? null : `${name}: ${wrong.join('; ')}`);
        }
        expectNothingBroken(ledger);
      });
  },
  { timeout: LIMIT_MS },
);

it('is only attacked where there is one', () => {
  expect(['linux', 'darwin', 'win32']).toContain(process.platform);
});

/** What is left of a run in memory, which is removed. */
function leftIn(pid: number): string[] {
  const own = readdirSync(MEMORY).filter(name => name.startsWith(`varsmith-${pid}.`));
  // Too deep for Node, as it may be.
  if (own.length > 0) execFileSync('rm', ['-rf', ...own.map(name => join(MEMORY, name))]);
  return own.map(name => `${name} is left`);
}

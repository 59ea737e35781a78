/**
 * The filter of the calls that a script may make to the kernel, as a program for seccomp: what it refuses, and how that
 * becomes the bytes that bubblewrap hands to the kernel. `node scripts/seccomp.mjs` writes them down.
 *
 * Refused is what no script of a generator has a use for, and what reaches beyond the sandbox or much of the kernel:
 *
 * * the keyrings, which belong to the login rather than to the sandbox; the kernel's log;
 * * bpf, perf, userfaultfd and io_uring (which makes calls that no filter sees);
 * * sockets of all families but unix and IPv4 and IPv6: of netlink nothing in an empty network depends, and vsock leads
 *   to the host of a virtual machine;
 * * user namespaces, in which a script would be root again.
 *
 * A refused call fails as it does on a kernel that does not know it or does not allow it, and programs go on without.
 */

/** Numbers of `linux/audit.h`, and of each architecture's own table of calls. */
export const ARCHITECTURES = {
  x86_64: {
    audit: 0xc000003e,
    // From here on the calls of the x32 ABI: the same once more, under other numbers.
    below: 0x40000000,
    refused: {
      keyctl: 250,
      add_key: 248,
      request_key: 249,
      syslog: 103,
      bpf: 321,
      perf_event_open: 298,
      userfaultfd: 323,
    },
    absent: { io_uring_setup: 425, io_uring_enter: 426, io_uring_register: 427, clone3: 435 },
    byFamily: { socket: 41, socketpair: 53 },
    byFlags: { clone: 56, unshare: 272 },
  },
  i386: {
    audit: 0x40000003,
    // The arguments of socketcall lie in memory, where no filter can look.
    refused: {
      keyctl: 288,
      add_key: 286,
      request_key: 287,
      syslog: 103,
      bpf: 357,
      perf_event_open: 336,
      userfaultfd: 374,
      socketcall: 102,
    },
    absent: { io_uring_setup: 425, io_uring_enter: 426, io_uring_register: 427, clone3: 435 },
    byFamily: { socket: 359, socketpair: 360 },
    byFlags: { clone: 120, unshare: 310 },
  },
  aarch64: {
    audit: 0xc00000b7,
    refused: {
      keyctl: 219,
      add_key: 217,
      request_key: 218,
      syslog: 116,
      bpf: 280,
      perf_event_open: 241,
      userfaultfd: 282,
    },
    absent: { io_uring_setup: 425, io_uring_enter: 426, io_uring_register: 427, clone3: 435 },
    byFamily: { socket: 198, socketpair: 199 },
    byFlags: { clone: 220, unshare: 97 },
  },
  arm: {
    audit: 0x40000028,
    refused: {
      keyctl: 311,
      add_key: 309,
      request_key: 310,
      syslog: 103,
      bpf: 386,
      perf_event_open: 364,
      userfaultfd: 388,
    },
    absent: { io_uring_setup: 425, io_uring_enter: 426, io_uring_register: 427, clone3: 435 },
    byFamily: { socket: 281, socketpair: 288 },
    byFlags: { clone: 120, unshare: 337 },
  },
};

/** By `process.arch`: what the kernel runs there, the 32-bit programs of old included. Calls of any other are refused. */
export const FILTERED = { x64: ['x86_64', 'i386'], arm64: ['aarch64', 'arm'] };

/** AF_UNIX, AF_INET, AF_INET6. */
const FAMILIES = [1, 2, 10];
const CLONE_NEWUSER = 0x10000000;

export const ALLOW = 0x7fff0000;
const ERRNO = 0x00050000;
export const EPERM = ERRNO | 1;
/** For calls that programs do without where the kernel is older, and try no further. */
export const ENOSYS = ERRNO | 38;
/** What the kernel itself says to a family that it does not have. */
export const EAFNOSUPPORT = ERRNO | 97;

/** Places in `struct seccomp_data`. Both processors are little-endian, and these arguments have 32 bits that count. */
const NUMBER = 0;
const ARCHITECTURE = 4;
const FIRST_ARGUMENT = 16;

/** Codes of classic BPF. */
const LOAD = 0x20;
const GO = 0x05;
const IF = { equal: 0x15, atLeast: 0x35, anyBit: 0x45 };
const RETURN = 0x06;

/** @param arch a name of `process.arch` in `FILTERED` */
export function filterBytes(arch) {
  const known = FILTERED[arch].map(name => ({ name, ...ARCHITECTURES[name] }));
  return assemble([
    load(ARCHITECTURE),
    ...known.map(({ name, audit }) => when('equal', audit, name)),
    go('refused'),
    ...known.flatMap(callsOf),
    label('family'),
    load(FIRST_ARGUMENT),
    ...FAMILIES.map(family => when('equal', family, 'allowed')),
    end(EAFNOSUPPORT),
    label('flags'),
    load(FIRST_ARGUMENT),
    when('anyBit', CLONE_NEWUSER, 'refused'),
    label('allowed'),
    end(ALLOW),
    label('refused'),
    end(EPERM),
    label('absent'),
    end(ENOSYS),
  ]);
}

function callsOf({ name, below, refused, absent, byFamily, byFlags }) {
  const each = (calls, target) => Object.values(calls).map(number => when('equal', number, target));
  return [
    label(name),
    load(NUMBER),
    ...(below === undefined ? [] : [when('atLeast', below, 'absent')]),
    ...each(refused, 'refused'),
    ...each(absent, 'absent'),
    ...each(byFamily, 'family'),
    ...each(byFlags, 'flags'),
    end(ALLOW),
  ];
}

const load = place => ({ code: LOAD, value: place });
const when = (test, value, target) => ({ code: IF[test], value, target });
const go = target => ({ code: GO, target });
const end = value => ({ code: RETURN, value });
const label = name => ({ label: name });

/** `struct sock_filter` one after the other: code, how many to skip if so, if not, value. */
function assemble(lines) {
  const places = new Map();
  const program = [];
  for (const line of lines) {
    if (line.label === undefined) program.push(line);
    else places.set(line.label, program.length);
  }
  const bytes = Buffer.alloc(program.length * 8);
  for (const [at, { code, value = 0, target }] of program.entries()) {
    const skipped = target === undefined ? 0 : places.get(target) - at - 1;
    bytes.writeUInt16LE(code, at * 8);
    bytes.writeUInt8(code === GO ? 0 : skipped, at * 8 + 2);
    bytes.writeUInt32LE(code === GO ? skipped : value, at * 8 + 4);
  }
  return bytes;
}

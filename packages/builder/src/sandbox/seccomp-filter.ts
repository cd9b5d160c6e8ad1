import process from 'node:process'

/**
 * Calls of the kernel that nothing confined needs, by their number on x64 and on arm64 (0: there is none). Most need rights
 * that are dropped anyway; without them a mistake of the kernel in one of them is out of reach too. What they would do:
 * look into or steer other processes, change mounts and namespaces, load code into the kernel, use keys that no namespace
 * divides.
 */
const REFUSED: Readonly<Record<string, readonly [x64: number, arm64: number]>> = {
  ptrace: [101, 117],
  process_vm_readv: [310, 270],
  process_vm_writev: [311, 271],
  pidfd_getfd: [438, 438],
  kcmp: [312, 272],
  mount: [165, 40],
  umount2: [166, 39],
  pivot_root: [155, 41],
  chroot: [161, 51],
  open_tree: [428, 428],
  move_mount: [429, 429],
  fsopen: [430, 430],
  fsconfig: [431, 431],
  fsmount: [432, 432],
  fspick: [433, 433],
  mount_setattr: [442, 442],
  name_to_handle_at: [303, 264],
  open_by_handle_at: [304, 265],
  unshare: [272, 97],
  setns: [308, 268],
  init_module: [175, 105],
  finit_module: [313, 273],
  delete_module: [176, 106],
  kexec_load: [246, 104],
  bpf: [321, 280],
  perf_event_open: [298, 241],
  userfaultfd: [323, 282],
  io_uring_setup: [425, 425],
  io_uring_enter: [426, 426],
  io_uring_register: [427, 427],
  add_key: [248, 217],
  request_key: [249, 218],
  keyctl: [250, 219],
  swapon: [167, 224],
  swapoff: [168, 225],
  reboot: [169, 142],
  acct: [163, 89],
  syslog: [103, 116],
  quotactl: [179, 60],
  fanotify_init: [300, 262],
  iopl: [172, 0],
  ioperm: [173, 0],
  modify_ldt: [154, 0],
}

/** Unix, IPv4, IPv6 and netlink (which lists interfaces). Sockets to the hypervisor are in no namespace of the network. */
const SOCKET_FAMILIES = [1, 2, 10, 16]

const MACHINES: Readonly<
  Record<string, { audit: number; column: 0 | 1; clone: number; clone3: number; socket: number }>
> = {
  x64: { audit: 0xc000003e, column: 0, clone: 56, clone3: 435, socket: 41 },
  arm64: { audit: 0xc00000b7, column: 1, clone: 220, clone3: 435, socket: 198 },
}

/** Every namespace that `clone` can make. */
const NEW_NAMESPACES = 0x7e020000
/** From here on x64 has a second set of numbers for the same calls. */
const X32 = 0x40000000

const LOAD = 0x20
const IF_EQUAL = 0x15
const IF_AT_LEAST = 0x35
const IF_ANY_BIT = 0x45
const RETURN = 0x06

const ALLOW = 0x7fff0000
const KILL = 0x80000000
const errno = (code: number): number => 0x00050000 | code
const EPERM = errno(1)
const ENOSYS = errno(38)
const EAFNOSUPPORT = errno(97)

/** Where the kernel puts the call's number, the machine and the first argument's lower half, in bytes. */
const NUMBER = 0
const MACHINE = 4
const ARGUMENT = 16

type Instruction = readonly [code: number, value: number, ifTrue?: number, ifFalse?: number]

/**
 * The filter as the kernel takes it (classic BPF, `struct sock_filter`), for bubblewrap's `--seccomp`; null on a machine
 * whose numbers are not known here.
 *
 * @see https://www.kernel.org/doc/html/latest/userspace-api/seccomp_filter.html
 */
export function seccompFilter(arch: string = process.arch): Buffer | null {
  const machine = MACHINES[arch]
  if (!machine) return null
  const refused = Object.values(REFUSED).map((numbers) => numbers[machine.column])
  const program: Instruction[] = [
    [LOAD, MACHINE],
    [IF_EQUAL, machine.audit, 1, 0],
    [RETURN, KILL],
    [LOAD, NUMBER],
    ...(arch === 'x64' ? answer(IF_AT_LEAST, X32, EPERM) : []),
    ...refused.filter((number) => number > 0).flatMap((number) => answer(IF_EQUAL, number, EPERM)),
    ...answer(IF_EQUAL, machine.clone3, ENOSYS), // its flags cannot be seen from here; callers go on with clone
    [IF_EQUAL, machine.clone, 0, 4],
    [LOAD, ARGUMENT],
    ...answer(IF_ANY_BIT, NEW_NAMESPACES, EPERM),
    [RETURN, ALLOW],
    [IF_EQUAL, machine.socket, 1, 0],
    [RETURN, ALLOW],
    [LOAD, ARGUMENT],
    ...SOCKET_FAMILIES.flatMap((family) => answer(IF_EQUAL, family, ALLOW)),
    [RETURN, EAFNOSUPPORT],
  ]
  return encode(program)
}

const answer = (test: number, value: number, result: number): Instruction[] => [
  [test, value, 0, 1],
  [RETURN, result],
]

function encode(program: readonly Instruction[]): Buffer {
  const bytes = Buffer.alloc(program.length * 8)
  for (const [index, [code, value, ifTrue = 0, ifFalse = 0]] of program.entries()) {
    bytes.writeUInt16LE(code, index * 8)
    bytes.writeUInt8(ifTrue, index * 8 + 2)
    bytes.writeUInt8(ifFalse, index * 8 + 3)
    bytes.writeUInt32LE(value, index * 8 + 4)
  }
  return bytes
}

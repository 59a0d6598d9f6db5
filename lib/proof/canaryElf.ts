import { wrongInput } from '../fault/fault.ts';
import { formatPlatform, parsePlatform } from '../oci/platform.ts';

/** What an ELF header says of the processor that a file is for. */
export interface ElfMachine {
  /** As OCI and Go name it; undefined for one that they have no name for. */
  architecture: string | undefined;
  /** `e_machine` of the System V ABI. */
  machine: number;
  bits: 32 | 64;
  endian: 'little' | 'big';
  /** `e_type`: 2 is an executable, 3 one that is position-independent, or a shared object. */
  type: number;
}

interface Program {
  machine: number;
  bits: 32 | 64;
  endian: 'little' | 'big';
  /** `e_flags`: the ABI, where an architecture has several. */
  flags: number;
  /** The instructions of exit(0), as they lie in memory, in hex. */
  code: string;
}

/** By architecture, for Linux. The numbers of exit are from the kernel's `syscall.tbl` of each. */
const PROGRAMS: Readonly<Record<string, Program>> = {
  // xor edi,edi; push 60; pop rax; syscall
  amd64: { machine: 62, bits: 64, endian: 'little', flags: 0, code: '31ff 6a3c 58 0f05' },
  // mov x0,#0; mov x8,#93; svc #0
  arm64: { machine: 183, bits: 64, endian: 'little', flags: 0, code: '000080d2 a80b80d2 010000d4' },
  // mov r0,#0; mov r7,#1; svc #0; EABI version 5, without which the number would be part of svc
  arm: { machine: 40, bits: 32, endian: 'little', flags: 0x05000000, code: '0000a0e3 0170a0e3 000000ef' },
  // xor ebx,ebx; push 1; pop eax; int 0x80
  '386': { machine: 3, bits: 32, endian: 'little', flags: 0, code: '31db 6a01 58 cd80' },
  // li r3,0; li r0,1; sc; ELFv2, where the entry point is code and not a descriptor of it
  ppc64le: { machine: 21, bits: 64, endian: 'little', flags: 2, code: '00006038 01000038 02000044' },
  // lghi %r2,0; svc 1
  s390x: { machine: 22, bits: 64, endian: 'big', flags: 0, code: 'a7290000 0a01' },
  // li a0,0; li a7,93; ecall; the double-float ABI of every distro
  riscv64: { machine: 243, bits: 64, endian: 'little', flags: 4, code: '13050000 9308d005 73000000' },
  // addiu a0,zero,0; addiu v0,zero,5058; syscall; MIPS64 release 2, whose n64 ABI has no flag of its own
  mips64le: { machine: 8, bits: 64, endian: 'little', flags: 0x80000000, code: '00000424 c2130224 0c000000' },
  // addiu a0,zero,0; addiu v0,zero,4001; syscall; MIPS32 release 2 and the o32 ABI
  mipsle: { machine: 8, bits: 32, endian: 'little', flags: 0x70001000, code: '00000424 a10f0224 0c000000' },
  // addi.w a0,zero,0; addi.w a7,zero,93; syscall 0; the double-float ABI, version 1 of its objects
  loong64: { machine: 258, bits: 64, endian: 'little', flags: 0x43, code: '04008002 0b748102 00002b00' },
};

/** The platforms that there is a canary for, and every variant of them: it makes no difference to a canary. */
export const canaryPlatforms: readonly string[] = Object.keys(PROGRAMS).map((architecture) =>
  formatPlatform({ os: 'linux', architecture }),
);

/** Whether there is a canary for a platform. */
export function hasCanary(platform: string): boolean {
  const { os, architecture } = parsePlatform(platform);
  return os === 'linux' && Object.hasOwn(PROGRAMS, architecture);
}

/** Where the program is mapped: a multiple of every page size (4 to 64 KiB) and above `mmap_min_addr`. */
const ADDRESS = 0x400000;
const PAGE = 0x10000;

/**
 * A static program for a platform that exits with status 0 and does nothing else: about 130 bytes, a header, one
 * segment and the code (System V ABI, "ELF Header" and "Program Header").
 *
 * @throws {Fault} for a platform that there is no canary for.
 */
export function canaryElf(platform: string): Buffer {
  const program = hasCanary(platform) ? PROGRAMS[parsePlatform(platform).architecture] : undefined;
  if (program === undefined) {
    throw wrongInput({
      message: `there is no canary for ${platform}, so an emulator for it could not be found out`,
      next: `Verify platforms among ${canaryPlatforms.join(', ')}`,
    });
  }
  const { machine, bits, endian, flags, code } = program;
  const instructions = Buffer.from(code.replaceAll(' ', ''), 'hex');
  const wide = bits === 64;
  const [headerSize, segmentSize] = wide ? [64, 56] : [52, 32];
  const start = headerSize + segmentSize;
  const size = start + instructions.length;
  const put = fieldWriter(Buffer.alloc(size), endian);

  put.bytes(Buffer.from([0x7f, 0x45, 0x4c, 0x46, wide ? 2 : 1, endian === 'little' ? 1 : 2, 1]), 16);
  put.u16(2, machine); // e_type: executable; e_machine
  put.u32(1); // e_version
  put.address(wide, ADDRESS + start, headerSize, 0); // e_entry, e_phoff, e_shoff
  put.u32(flags);
  put.u16(headerSize, segmentSize, 1, 0, 0, 0); // e_ehsize, e_phentsize, e_phnum, no sections

  const READ_EXECUTE = 5;
  put.u32(1); // p_type: load
  if (wide) put.u32(READ_EXECUTE);
  put.address(wide, 0, ADDRESS, ADDRESS, size, size); // p_offset, p_vaddr, p_paddr, p_filesz, p_memsz
  if (!wide) put.u32(READ_EXECUTE);
  put.address(wide, PAGE); // p_align

  return put.bytes(instructions, instructions.length);
}

/** Writes one field after the other into a buffer, in the byte order of the processor. */
function fieldWriter(buffer: Buffer, endian: 'little' | 'big') {
  let at = 0;
  const u32 = (...values: number[]): void => {
    for (const value of values) {
      at = endian === 'little' ? buffer.writeUInt32LE(value, at) : buffer.writeUInt32BE(value, at);
    }
  };
  return {
    u32,
    u16(...values: number[]): void {
      for (const value of values) {
        at = endian === 'little' ? buffer.writeUInt16LE(value, at) : buffer.writeUInt16BE(value, at);
      }
    },
    /** Addresses, offsets and sizes; none here needs more than 32 bits. */
    address(wide: boolean, ...values: number[]): void {
      for (const value of values) {
        if (!wide) u32(value);
        else if (endian === 'little') u32(value, 0);
        else u32(0, value);
      }
    },
    /** Returns the buffer. `length` is what the bytes are padded to. */
    bytes(bytes: Buffer, length: number): Buffer {
      bytes.copy(buffer, at);
      at += length;
      return buffer;
    },
  };
}

/** `e_machine`, bits and byte order to the name that OCI and Go have for it (psABI of each; `elf.h`). */
const ARCHITECTURES: Readonly<Record<string, string>> = {
  '2/32/big': 'sparc',
  '3/32/little': '386',
  '8/32/big': 'mips',
  '8/32/little': 'mipsle',
  '8/64/big': 'mips64',
  '8/64/little': 'mips64le',
  '20/32/big': 'ppc',
  '21/64/big': 'ppc64',
  '21/64/little': 'ppc64le',
  '22/32/big': 's390',
  '22/64/big': 's390x',
  '40/32/big': 'armbe',
  '40/32/little': 'arm',
  '43/64/big': 'sparc64',
  '62/64/little': 'amd64',
  '183/64/big': 'arm64be',
  '183/64/little': 'arm64',
  '243/32/little': 'riscv',
  '243/64/little': 'riscv64',
  '258/64/little': 'loong64',
};

/**
 * Reads the ELF header at the start of a file; 64 bytes of it are enough.
 * Returns a problem, to go behind "is", for what is no ELF file.
 */
export function elfMachineOf(bytes: Uint8Array): ElfMachine | { problem: string } {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (buffer.toString('latin1', 0, 4) !== '\x7fELF') return { problem: `not an ELF file${startOf(buffer)}` };
  const [bits, endian] = [buffer[4] === 2 ? 64 : 32, buffer[5] === 2 ? 'big' : 'little'] as const;
  const known = [1, 2].includes(buffer[4] ?? 0) && [1, 2].includes(buffer[5] ?? 0) && buffer[6] === 1;
  if (!known || buffer.length < (bits === 64 ? 64 : 52))
    return { problem: 'an ELF file with a broken header' };
  const u16 = (at: number): number =>
    endian === 'little' ? buffer.readUInt16LE(at) : buffer.readUInt16BE(at);
  const machine = u16(18);
  return {
    architecture: ARCHITECTURES[`${machine}/${bits}/${endian}`],
    machine,
    bits,
    endian,
    type: u16(16),
  };
}

/**
 * The architecture that a program is built for, as OCI names it (`arm64`, `arm`, `386`); a header does not tell the
 * variant. Returns a problem, to go behind "is", for what is no program.
 */
export function elfArchitecture(bytes: Uint8Array): { architecture: string } | { problem: string } {
  const elf = elfMachineOf(bytes);
  if ('problem' in elf) return elf;
  const { architecture, machine, bits, endian, type } = elf;
  if (type !== 2 && type !== 3) return { problem: `an ELF file of type ${type}, not a program` };
  if (architecture !== undefined) return { architecture };
  return { problem: `for an unknown processor (ELF machine ${machine}, ${bits} bits, ${endian} endian)` };
}

function startOf(buffer: Buffer): string {
  if (buffer.length === 0) return ', but empty';
  const [line = ''] = buffer.toString('latin1', 0, 40).split('\n');
  return line.startsWith('#!') ? `, but a script: ${JSON.stringify(line)}` : '';
}

// Reads the constants that an ELF executable or library exports under a prefix.
import { closeSync, openSync, readSync } from 'node:fs';

const dynamicSymbols = 11;
const noBits = 8;
const symbolSize = 24;
const largestTable = 256 * 1024 * 1024;

interface Section {
  readonly type: number;
  readonly address: number;
  readonly offset: number;
  readonly size: number;
  readonly link: number;
}

/**
 * The 32-bit integers which the 64-bit ELF file exports by names that begin with `prefix`, without the prefix. Empty if the
 * file is no such file, or exports none. Dynamic symbols survive `strip`. Throws where the file cannot be read.
 */
export function readConstants(file: string, prefix: string): ReadonlyMap<string, number> {
  const descriptor = openSync(file, 'r');
  try {
    const read = (offset: number, length: number): Buffer => {
      const bytes = Buffer.alloc(Math.min(length, largestTable));
      readSync(descriptor, bytes, 0, bytes.length, offset);
      return bytes;
    };
    return constantsOf(readSections(read), read, prefix);
  } finally {
    closeSync(descriptor);
  }
}

type Read = (offset: number, length: number) => Buffer;

function readSections(read: Read): Section[] {
  const header = read(0, 64);
  const is64BitLittleEndian = header.readUInt32BE(0) === 0x7f_45_4c_46 && header.readUInt16LE(4) === 0x01_02;
  if (!is64BitLittleEndian) return [];
  const size = header.readUInt16LE(58);
  const table = read(Number(header.readBigUInt64LE(40)), size * header.readUInt16LE(60));
  return Array.from({ length: size === 0 ? 0 : table.length / size }, (_, index) => {
    const at = index * size;
    return {
      type: table.readUInt32LE(at + 4),
      address: Number(table.readBigUInt64LE(at + 16)),
      offset: Number(table.readBigUInt64LE(at + 24)),
      size: Number(table.readBigUInt64LE(at + 32)),
      link: table.readUInt32LE(at + 40),
    };
  });
}

function constantsOf(sections: readonly Section[], read: Read, prefix: string): Map<string, number> {
  const constants = new Map<string, number>();
  const table = sections.find(({ type }) => type === dynamicSymbols);
  const strings = table && sections[table.link];
  if (table === undefined || strings === undefined) return constants;
  const symbols = read(table.offset, table.size);
  const names = read(strings.offset, strings.size);
  const start = Buffer.from(prefix);
  for (let at = 0; at + symbolSize <= symbols.length; at += symbolSize) {
    const name = symbols.readUInt32LE(at);
    if (names[name] !== start[0] || names.compare(start, 0, start.length, name, name + start.length) !== 0) continue;
    const section = sections[symbols.readUInt16LE(at + 6)];
    if (section === undefined) continue;
    const offset = section.offset + Number(symbols.readBigUInt64LE(at + 8)) - section.address;
    const key = names.toString('latin1', name + start.length, names.indexOf(0, name));
    constants.set(key, section.type === noBits ? 0 : read(offset, 4).readInt32LE(0));
  }
  return constants;
}

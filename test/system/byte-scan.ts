import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

/** Bytes that must be in no file: one way in which one secret may have been written. */
export interface Form {
  secret: string;
  form: string;
  bytes: Buffer;
}

export interface Finding {
  /** Relative to the folder that was scanned. */
  file: string;
  secret: string;
  form: string;
}

/** Long enough to occur nowhere by chance. A longer one would more often lie across the border of two pages of a database. */
const LONGEST_FORM = 40;

/**
 * The forms in which a value may lie in a file: as it is, in base64 of either alphabet wherever it begins among the bytes
 * that were encoded with it, in hexadecimal, and in UTF-16 of either byte order. Of what is long the end is taken.
 */
export function formsOf(secret: string, value: string | Buffer): Form[] {
  const plain = Buffer.from(value as string);
  const wide = Buffer.from(plain.toString('latin1'), 'utf16le');
  const base64 = [0, 1, 2].flatMap((alignment) => {
    const text = base64Core(plain, alignment);
    const urlText = text.replaceAll('+', '-').replaceAll('/', '_');
    return [
      [`base64 after ${alignment}`, text],
      ...(urlText === text ? [] : [[`base64url after ${alignment}`, urlText]]),
    ] as [string, string][];
  });
  const forms: [string, Buffer | string][] = [
    ['plain', plain],
    ...base64,
    ['hex', plain.toString('hex')],
    ['HEX', plain.toString('hex').toUpperCase()],
    ['UTF-16LE', wide],
    ['UTF-16BE', Buffer.from(wide).swap16()],
  ];
  return forms.map(([form, bytes]) => ({
    secret,
    form,
    bytes: Buffer.from(bytes as string, 'latin1').subarray(-LONGEST_FORM),
  }));
}

/** The characters that are the same whatever stands before and after the value; `alignment` bytes of a group precede it. */
function base64Core(value: Buffer, alignment: number): string {
  const bytes = Buffer.concat([Buffer.alloc(alignment), value]);
  const first = [0, 2, 3][alignment];
  return bytes.toString('base64').slice(first, Math.floor((bytes.length * 8) / 6));
}

/** Looks for every form in every file of a folder and of the folders in it. Each is told once for a file. */
export function scanFolder(folder: string, forms: readonly Form[]): Finding[] {
  const scan = scanner(forms);
  return filesIn(folder).flatMap((file) =>
    scan(readFileSync(file)).map(({ secret, form }) => ({
      file: path.relative(folder, file),
      secret,
      form,
    })),
  );
}

/** Every file in a folder and in the folders in it. */
export function filesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name));
}

/** One pass for all forms: of each place only the two bytes that it begins with are looked at, unless a form begins so. */
function scanner(forms: readonly Form[]): (bytes: Buffer) => Form[] {
  const byStart = Map.groupBy(forms, ({ bytes }) => bytes.readUInt16BE(0));
  const begins = new Uint8Array(0x10000);
  for (const start of byStart.keys()) begins[start] = 1;
  return (bytes) => {
    const found = new Set<Form>();
    let start = bytes[0] ?? 0;
    for (let next = 1; next < bytes.length; next += 1) {
      start = ((start & 0xff) << 8) | (bytes[next] as number);
      if (begins[start] === 0) continue;
      for (const form of byStart.get(start) ?? []) {
        if (bytes.subarray(next - 1, next - 1 + form.bytes.length).equals(form.bytes))
          found.add(form);
      }
    }
    return [...found];
  };
}

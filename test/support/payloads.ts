import { readdirSync, readFileSync } from 'node:fs';

const FOLDER = new URL('../payloads/', import.meta.url);

export type PayloadFolder = 'instagram' | 'messenger' | 'whatsapp';

/** The names of all recorded webhooks of one product, without `.json`. */
export function payloadNames(folder: PayloadFolder): string[] {
  return readdirSync(new URL(`${folder}/`, FOLDER))
    .map((file) => file.replace(/\.json$/, ''))
    .toSorted();
}

/** One recorded webhook, JSON-parsed anew for each call, so that a test may change it. */
export function payload(folder: PayloadFolder, name: string): unknown {
  return JSON.parse(readFileSync(new URL(`${folder}/${name}.json`, FOLDER), 'utf8'));
}

/** The rows of `sources.tsv`: file, origin, place in it, licence, note. */
export function payloadSources(): { file: string; origin: string; licence: string }[] {
  const [, ...rows] = readFileSync(new URL('sources.tsv', FOLDER), 'utf8').trimEnd().split('\n');
  return rows.map((row) => {
    const [file = '', origin = '', , licence = ''] = row.split('\t');
    return { file, origin, licence };
  });
}

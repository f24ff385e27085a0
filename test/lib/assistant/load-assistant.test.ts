import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { loadAssistant } from '../../../lib/assistant/load-assistant.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'assistant-'));
  await mkdir(join(folder, 'knowledge'));
  await writeFile(join(folder, 'knowledge', 'a.md'), '# Delivery\n\nBy bicycle.');
});
afterEach(() => rm(folder, { recursive: true }));

const GOOD = `persona: Brief.
languages: [en, de]
knowledge: knowledge
`;

async function load(yaml: string) {
  const path = join(folder, 'assistant.yaml');
  await writeFile(path, yaml);
  return loadAssistant(path);
}

async function problems(yaml: string): Promise<string[]> {
  const error = await load(yaml).catch((thrown: Error) => thrown);
  if (!(error instanceof Error)) throw new Error('it loaded');
  return error.message.split('\n');
}

test('the sample assistant loads, with its knowledge', async () => {
  const sample = await loadAssistant('assistant/assistant.yaml');
  expect(sample.languages[0]).toBe('en');
  expect(sample.hours).toMatchObject({ monday: [], sunday: [{ opens: '08:00', closes: '13:00' }] });
  expect(sample.links).toEqual(['example.com']);
  expect(sample.accounts).toBeNull();
  expect(sample.knowledge.size).toBeGreaterThan(20);
});

test('what is optional may be left out', async () => {
  const { knowledge, ...rest } = await load(GOOD);
  expect(rest).toEqual({
    persona: 'Brief.',
    languages: ['en', 'de'],
    hours: null,
    accounts: null,
    links: null,
  });
  expect(knowledge.search('bicycle', 5)).toHaveLength(1);
});

test('every problem is told at once, each with its line and what to do', async () => {
  const yaml = `persona: Brief.
languages:
  - en
  - xx
knowledge: knowledge
colour: red
hours:
  timezone: Mars/Olympus
  monday: ['9-17']
  tuesday: ['17:00-09:00']
  wednesday: ['09:00-12:00', '11:00-13:00']
  caturday: ['09:00-12:00']
accounts:
  instagram: [17840000000000001]
links:
  - https://example.com
`;
  expect(await problems(yaml)).toEqual([
    'assistant.yaml:4: languages.1: use one of en, de, es, pt, fr',
    'assistant.yaml:6: colour: remove it, there is no such setting',
    'assistant.yaml:8: hours.timezone: use a time zone of the IANA list, such as "Europe/Lisbon"',
    'assistant.yaml:9: hours.monday.0: write the range as "09:00-17:30", in 24-hour time',
    'assistant.yaml:10: hours.tuesday.0: close later than you open; a night that passes 24:00 is two ranges on two days',
    'assistant.yaml:11: hours.wednesday: put the ranges in order, without overlap',
    'assistant.yaml:12: hours.caturday: remove it, there is no such setting',
    'assistant.yaml:14: accounts.instagram.0: put the id in quotes: as a number it loses digits',
    'assistant.yaml:16: links.0: write a bare domain in lower case, such as example.com',
  ]);
});

test.each([
  ['', 'assistant.yaml:1: file: write a YAML map with persona, languages and knowledge'],
  ['just text', 'assistant.yaml:1: file: write a YAML map with persona, languages and knowledge'],
  [
    '# nothing\npersona: Brief.\nknowledge: knowledge',
    'assistant.yaml:2: languages: list the languages, the default first, such as [en, es]',
  ],
  [GOOD.replace('[en, de]', '[en, en]'), 'assistant.yaml:2: languages: list each language once'],
  [GOOD.replace('[en, de]', '[]'), 'assistant.yaml:2: languages: list at least one language'],
  [
    GOOD.replace('Brief.', '""'),
    'assistant.yaml:1: persona: describe in a few sentences who the assistant is and how it speaks',
  ],
  [
    GOOD.replace(': knowledge', ': /etc'),
    'assistant.yaml:3: knowledge: name the folder relative to this file',
  ],
  [
    GOOD.replace(': knowledge', ': elsewhere'),
    'assistant.yaml:3: knowledge: create this folder, there is none of that name',
  ],
  [
    `${GOOD}hours: always`,
    'assistant.yaml:4: hours: give a timezone and the days on which you are open',
  ],
])('%j is refused with its line', async (yaml, problem) => {
  expect(await problems(yaml)).toEqual([problem]);
});

test.each([
  [`${GOOD}hours: {timezone: 'UTC'\nlinks: [`, 5],
  [`${GOOD}persona: Again.`, 4],
  ['persona: "unclosed\nlanguages: [en]', 2],
  [`persona: !unknown x\n`, 1],
  [`a: b: c\n`, 1],
])('YAML that cannot be read is refused with a line: %j', async (yaml, line) => {
  const [first] = await problems(yaml);
  expect(first).toMatch(new RegExp(`^assistant\\.yaml:${line}: not YAML: `));
});

test('a missing file is told with its path', async () => {
  const path = join(folder, 'none.yaml');
  await expect(loadAssistant(path)).rejects.toThrow(`${path}: cannot be read (ENOENT)`);
});

test('files of the knowledge folder that cannot be used are told by name', async () => {
  await writeFile(join(folder, 'knowledge', 'b.md'), Buffer.from([0x23, 0x20, 0xff, 0xfe]));
  await writeFile(join(folder, 'knowledge', 'c.md'), 'x'.repeat(300_000));
  await mkdir(join(folder, 'knowledge', 'd.md'));
  expect(await problems(GOOD)).toEqual([
    'assistant.yaml:3: knowledge: b.md: save it as UTF-8',
    'assistant.yaml:3: knowledge: c.md: split it, 262144 bytes is the most',
    'assistant.yaml:3: knowledge: d.md: it must be a file',
  ]);
});

test('a folder without Markdown, or with empty files, is told', async () => {
  await rm(join(folder, 'knowledge', 'a.md'));
  await writeFile(join(folder, 'knowledge', 'notes.txt'), 'Text.');
  expect((await problems(GOOD))[0]).toContain('put at least one Markdown file');
  await writeFile(join(folder, 'knowledge', 'a.md'), '# Only a heading\n');
  expect((await problems(GOOD))[0]).toContain('write something into the files');
});

test('a mounted folder of links is read once, and subfolders are read too', async () => {
  await mkdir(join(folder, 'knowledge', '..data'));
  await mkdir(join(folder, 'knowledge', 'more'));
  await writeFile(join(folder, 'knowledge', '..data', 'b.md'), 'Linked words.');
  await symlink(join('..data', 'b.md'), join(folder, 'knowledge', 'b.md'));
  await writeFile(join(folder, 'knowledge', 'more', 'c.md'), 'Deeper words.');
  const { knowledge } = await load(GOOD);
  expect(knowledge.size).toBe(3);
  expect(knowledge.search('linked', 9).map(({ source }) => source)).toEqual(['b.md']);
  expect(knowledge.search('deeper', 9).map(({ source }) => source)).toEqual(['more/c.md']);
});

import { readdirSync, readFileSync } from 'node:fs';

const FOLDER = 'docs/decisions';
const names = readdirSync(FOLDER).toSorted();

test('decisions are numbered without gaps, and each tells its context, the decision and the consequences', () => {
  names.forEach((name, index) => {
    const number = String(index + 1).padStart(4, '0');
    const text = readFileSync(`${FOLDER}/${name}`, 'utf8');
    expect(name).toMatch(new RegExp(`^${number}-[a-z0-9-]+\\.md$`));
    expect(text).toMatch(new RegExp(`^# ${number}\\. .+\\n`));
    expect([...text.matchAll(/^## (.+)$/gm)].map(([, heading]) => heading)).toEqual([
      'Context',
      'Decision',
      'Consequences',
    ]);
  });
});

import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { openLogFile } from '../../local/log-file.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const folder = temporaryFolder();

describe('a log file', () => {
  it('goes on where it ended, for its owner alone, and has its last lines at hand', () => {
    const file = path.join(folder, 'kept.log');
    openLogFile(file).write('before');
    const log = openLogFile(file);
    for (let line = 1; line <= 30; line += 1) log.write(`line ${line}`);
    expect(readFileSync(file, 'utf8').split('\n')).toHaveLength(32);
    expect(log.lastLines()).toHaveLength(20);
    expect(log.lastLines().at(-1)).toBe('line 30');
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  it('stays bounded, keeps one older file, and loses no recent line', () => {
    const file = path.join(folder, 'bounded.log');
    const log = openLogFile(file, 1_000);
    for (let line = 1; line <= 500; line += 1) log.write(`line ${line}`);
    expect(readdirSync(folder).filter((name) => name.startsWith('bounded'))).toEqual([
      'bounded.log',
      'bounded.log.1',
    ]);
    for (const name of [file, `${file}.1`]) expect(statSync(name).size).toBeLessThan(1_100);
    const both = readFileSync(`${file}.1`, 'utf8') + readFileSync(file, 'utf8');
    expect(both.trim().split('\n').at(-1)).toBe('line 500');
    expect(both.length).toBeGreaterThan(1_000);
  });
});

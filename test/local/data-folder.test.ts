import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { openDataFolder } from '../../local/data-folder.ts';
import { processIdentity } from '../../local/process-identity.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const home = temporaryFolder();
let count = 0;
const newFolder = () => path.join(home, `data-${(count += 1)}`);

describe('the data folder', () => {
  it('is made for its owner alone, and a folder that exists keeps its rights', () => {
    const made = openDataFolder(newFolder());
    expect(statSync(made.path).mode & 0o777).toBe(0o700);
    const existing = newFolder();
    mkdirSync(existing);
    chmodSync(existing, 0o755);
    openDataFolder(existing);
    expect(statSync(existing).mode & 0o777).toBe(0o755);
  });

  it('is held by one start at a time: the second says by whom', () => {
    const folder = newFolder();
    const held = openDataFolder(folder);
    expect(() => openDataFolder(folder)).toThrow(
      `${folder} is in use by another start (process ${process.pid}): stop that one, or set DATA_DIR to another folder`,
    );
    held.release();
    openDataFolder(folder).release();
    expect(readdirSync(folder)).toEqual([]);
  });

  it('is taken over from a start that is dead, also when its number has been given again', async () => {
    const dead = spawn('true');
    await once(dead, 'exit');
    const locks = [
      JSON.stringify({ pid: dead.pid, identity: 'any' }),
      JSON.stringify({ pid: process.pid, identity: `${processIdentity(process.pid)}0` }),
      '',
    ];
    for (const lock of locks) {
      const folder = newFolder();
      mkdirSync(folder);
      writeFileSync(path.join(folder, 'start.lock'), lock);
      openDataFolder(folder);
      expect(readdirSync(folder)).toEqual(['start.lock']);
    }
  });
});

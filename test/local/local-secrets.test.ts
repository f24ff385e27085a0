import { readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { loadLocalSecrets } from '../../local/local-secrets.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const folder = temporaryFolder();

describe('the secrets of a local start', () => {
  it('are made once, differ from each other, outlive a restart, and only their owner can read them', () => {
    const file = path.join(folder, 'secrets.json');
    const made = loadLocalSecrets(file);
    expect(new Set(Object.values(made)).size).toBe(7);
    expect(loadLocalSecrets(file)).toEqual(made);
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  it('keep their values when a later version needs one more', () => {
    const file = path.join(folder, 'older.json');
    const { metaAppSecret, ...older } = loadLocalSecrets(file);
    writeFileSync(file, JSON.stringify(older));
    const now = loadLocalSecrets(file);
    expect(now).toMatchObject(older);
    expect(now.metaAppSecret).not.toBe(metaAppSecret);
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual(now);
  });

  it.each(['', '{', '[1]', '{"metaAppSecret": 7}'])(
    'are not overwritten when the file holds %j',
    (content) => {
      const file = path.join(folder, 'other.json');
      writeFileSync(file, content);
      expect(() => loadLocalSecrets(file)).toThrow(
        `${file} does not hold the secrets that an earlier start made: remove it, and new ones are made`,
      );
      expect(readFileSync(file, 'utf8')).toBe(content);
    },
  );
});

import { API_SETTINGS } from '../../api/api-settings.ts';
import { readSettings } from '../../lib/config.ts';
import type { SettingName } from '../../lib/config.ts';
import { MIGRATE_SETTINGS } from '../../worker/migrate-settings.ts';
import { WORKER_SETTINGS } from '../../worker/worker-settings.ts';
import { checkoutFile, tableUnder } from './page-tables.ts';

const PAGE = 'docs/settings.md';
const rows = tableUnder(PAGE, '## Settings of the processes');
const described = rows.map(({ setting }) => setting as SettingName);

/** A type has no names at run time, so they are read where the schema stands. */
const inCode = [...checkoutFile('lib/config.ts').matchAll(/^ {2}([A-Z][A-Z_]+):/gm)].map(
  ([, name]) => name,
);

const READERS: Record<string, readonly string[]> = {
  api: API_SETTINGS,
  worker: WORKER_SETTINGS,
  migrate: MIGRATE_SETTINGS,
};

function valueOf(name: SettingName, environment: Record<string, string>): unknown {
  return readSettings(environment, [name])[name];
}

test('every setting of the code stands in docs/settings.md, and every one that stands there exists', () => {
  expect(inCode.length).toBeGreaterThan(30);
  expect(described.toSorted()).toEqual(inCode.toSorted());
});

test.each(rows)('$setting is read by exactly the processes that docs/settings.md names', (row) => {
  const readers = Object.keys(READERS).filter((name) =>
    READERS[name]?.includes(row['setting'] ?? ''),
  );
  expect(row['read by']).toBe(readers.length > 0 ? readers.join(', ') : 'none yet');
});

test.each(rows)(
  '$setting has the default that docs/settings.md gives',
  ({ setting, default: value }) => {
    const name = setting as SettingName;
    if (value === 'required') expect(() => valueOf(name, {})).toThrow(`${name} is not set`);
    else if (value === 'not set') expect(valueOf(name, {})).toBeUndefined();
    else if (value === 'empty') expect(valueOf(name, {})).toEqual([]);
    else expect(valueOf(name, {})).toEqual(valueOf(name, { [name]: value ?? '' }));
  },
);

test.each(rows)(
  'the example that docs/settings.md gives for $setting is accepted',
  ({ setting, example }) => {
    const name = setting as SettingName;
    // An address alone does not say that it is spoken to with TLS; a key does.
    const environment = { TEMPORAL_API_KEY: 'secret', [name]: example ?? '' };
    expect(() => readSettings(environment, [name, 'TEMPORAL_API_KEY'])).not.toThrow();
  },
);

test('the settings that docs/settings.md keeps for npm start and tests are read there, and by no process', () => {
  const sources = ['local/temporal/binary-wanted.ts', 'test/support/find-chromium.ts'].map(
    checkoutFile,
  );
  const local = tableUnder(
    PAGE,
    'Beside the settings above, it and the tests read these, the last two for tests alone:',
  );
  expect(local).toHaveLength(3);
  for (const { setting = '' } of local) {
    expect(sources.some((source) => source.includes(`'${setting}'`))).toBe(true);
    expect(inCode).not.toContain(setting);
  }
});

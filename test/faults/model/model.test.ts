import { testDatabase } from '../../support/test-postgres.ts';
import { tryScenarios } from './try-scenarios.ts';

/** The first of many: `npm run faults -- model --seeds 10000` goes on from here. */
const SEEDS = 120;

test('whatever people, Meta and the model do, and in whatever order, no promise is broken', async () => {
  const database = await testDatabase();
  try {
    expect(await tryScenarios(database.connectionString, { first: 1, count: SEEDS })).toBeNull();
  } finally {
    await database.drop();
  }
}, 300_000);

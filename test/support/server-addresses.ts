/** Environment variables by which the setup of a run tells its test files, which run in other processes, of its servers. */
const NAMES = {
  postgresUrl: 'MAYFLY_TEST_POSTGRES_URL',
  temporalAddress: 'MAYFLY_TEST_TEMPORAL_ADDRESS',
  shortRunsAddress: 'MAYFLY_TEST_TEMPORAL_OF_SHORT_RUNS',
  testServerPath: 'MAYFLY_TEST_TEMPORAL_TEST_SERVER',
} as const;

type Address = keyof typeof NAMES;

/** For the setup of a run. */
export function publishAddresses(addresses: Record<Address, string>): void {
  for (const [address, value] of Object.entries(addresses)) {
    process.env[NAMES[address as Address]] = value;
  }
}

/** For a test file. Throws when the servers were not started. */
export function addressOf(address: Address): string {
  const value = process.env[NAMES[address]];
  if (value) return value;
  throw new Error('the test servers were not started: run jest with its own configuration');
}

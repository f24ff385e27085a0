/** A program of its own, run before the tests: whatever servers and browser they need and this machine lacks is fetched. */
import { findTemporalCli, findTestServer } from '../../lib/temporal/temporal-binaries.ts';
import { findChromium } from './find-chromium.ts';

const report = (line: string) => process.stdout.write(`${line}\n`);

const found = await Promise.allSettled([
  findTemporalCli(report),
  findTestServer(report),
  findChromium(report),
]);
for (const search of found) {
  if (search.status === 'rejected') {
    const reason: unknown = search.reason;
    report(reason instanceof Error ? reason.message : String(reason));
    process.exitCode = 1;
  }
}

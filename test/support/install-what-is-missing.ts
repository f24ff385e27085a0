/** A program of its own, run before the tests: the servers and the browser that they need and this machine lacks are fetched. */
import { findTemporalCli, findTestServer } from '../../local/temporal/temporal-binaries.ts';
import { findChromium } from './find-chromium.ts';

const report = (line: string) => process.stdout.write(`${line}\n`);

const [cli, testServer, chromium] = await Promise.allSettled([
  findTemporalCli(report),
  findTestServer(report),
  findChromium(report),
]);
for (const search of [cli, testServer, chromium]) {
  if (search.status === 'rejected') {
    const reason: unknown = search.reason;
    report(reason instanceof Error ? reason.message : String(reason));
  }
}
// Without a browser the tests of pages fail, each by itself; without Temporal there is no test to begin with.
if (cli.status === 'rejected' || testServer.status === 'rejected') process.exitCode = 1;
